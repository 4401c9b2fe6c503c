"""Plain tables keep their text, name their faults, and write what they were given."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from ims_xl.readers import plain
from ims_xl.vocabulary import ImsXlError

HEAD = "voucher_number,supplier_gstin,document_number,document_date,taxable_value,unknown"


def read(path: Path) -> dict[str, list[str]]:
    columns, _ = plain.read_table(path, plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    return {name: array.to_pylist() for name, array in columns.items()}


def test_text_stays_as_typed_and_unknown_columns_are_left(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"{HEAD}\n0007,,000123,01-04-2025,1E5,x\nNULL,NA,nan,,,\n", encoding="utf-8")
    assert read(path) == {"voucher_number": ["0007", "NULL"], "supplier_gstin": ["", "NA"], "document_number": ["000123", "nan"], "document_date": ["01-04-2025", ""], "taxable_value": ["1E5", ""]}


def test_headings_may_be_dressed(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\ufeff Voucher_Number ,TAXABLE_VALUE\nV1,5\n", encoding="utf-8")
    assert read(path) == {"voucher_number": ["V1"], "taxable_value": ["5"]}


def test_parquet_of_any_type_becomes_text(tmp_path: Path) -> None:
    import datetime

    path = tmp_path / "r.parquet"
    pa.parquet.write_table(pa.table({"voucher_number": pa.array(["V1", None]).dictionary_encode(), "taxable_value": pa.array([10.5, None]), "document_date": pa.array([datetime.datetime(2025, 4, 1), None])}), path)
    assert read(path) == {"voucher_number": ["V1", ""], "taxable_value": ["10.5", ""], "document_date": ["2025-04-01", ""]}


def test_parquet_whose_bytes_spell_no_text_is_refused(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(1, pa.array([0, 2], pa.int32()).buffers()[1], pa.py_buffer(b"\xdaV"))
    pa.parquet.write_table(pa.table({"voucher_number": broken}), tmp_path / "r.parquet")
    with pytest.raises(ImsXlError, match="not a readable Parquet file"):
        read(tmp_path / "r.parquet")


def test_line_breaks_in_quotes_do_not_make_lines(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('voucher_number,supplier_name,taxable_value\nV1,"A\nB",5\nV2,C,6\n', encoding="utf-8")
    assert read(path)["voucher_number"] == ["V1", "V2"]


def test_missing_columns_are_named_with_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("voucher_number\nV1\n", encoding="utf-8")
    with pytest.raises(ImsXlError, match=r"r\.csv: column 'taxable_value' is missing; the headings in it are 'voucher_number'"):
        read(path)


def test_unreadable_cells_are_problems_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f"{HEAD}\nV1,,1,32-01-2026,5,\nV2,,2,,five,\n", encoding="utf-8")
    columns, _ = plain.read_table(path, plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    ledger, problems = plain.typed_register(columns, path)
    assert [(p.row, p.field) for p in problems] == [(3, "taxable_value"), (2, "document_date")]
    assert ledger.taxable_value.tolist() == [500, 0]


def test_a_table_written_is_read_the_same(tmp_path: Path) -> None:
    for name in ("t.csv", "t.parquet"):
        plain.write_table({"voucher_number": ["=1+1", 'a"b', "x,y"], "taxable_value": ["1", "2", ""]}, tmp_path / name)
        assert read(tmp_path / name) == {"voucher_number": ["=1+1", 'a"b', "x,y"], "taxable_value": ["1", "2", ""]}


def test_a_line_in_which_nothing_stands_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("voucher_number,supplier_gstin,document_number,document_date,taxable_value\nV1,,A-1,01-10-2026,100\n,,,,\n,,,,\n", encoding="utf-8")
    columns, _ = plain.read_table(path, plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    ledger, problems = plain.typed_register(columns, path)
    assert len(ledger) == 3
    assert [(problem.row, problem.message) for problem in problems] == [(3, "nothing stands in this line"), (4, "nothing stands in this line")]
