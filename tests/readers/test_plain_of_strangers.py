"""Plain tables as strangers write them: encodings without a mark, decimal commas, cells that must not be blank, lines counted as the file has them."""

from pathlib import Path

import pandas as pd
import pytest

from ims_xl.readers import plain
from ims_xl.vocabulary import Problem

HEAD = "section;supplier_gstin;document_number;document_date;taxable_value;igst;cess"


def read(folder: Path, *lines: str, encoding: str = "utf-8") -> tuple[pd.DataFrame, list[Problem]]:
    (folder / "ims.csv").write_bytes("\n".join([HEAD, *lines, ""]).encode(encoding))
    columns, listed = plain.read_table(folder / "ims.csv", plain.IMS_COLUMNS, plain.IMS_REQUIRED)
    ledger, problems = plain.typed_ims(columns, folder / "ims.csv")
    return ledger, [*listed, *problems]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_need_no_mark(tmp_path: Path, encoding: str) -> None:
    ledger, problems = read(tmp_path, "b2b;27AAPFU0939F1ZV;7;2026-10-03;10;1;0", encoding=encoding)
    assert ledger["document_number"].tolist() == ["7"]
    assert problems == []


def test_a_decimal_comma_is_read_where_the_table_writes_it_throughout(tmp_path: Path) -> None:
    ledger, problems = read(tmp_path, "b2b;27AAPFU0939F1ZV;7;2026-10-03;1.234,50;1234,5;90,00", "b2b;27AAPFU0939F1ZV;8;2026-10-03;-1.234.567,89;1.234;5")
    assert ledger[["taxable_value", "igst", "cess"]].to_numpy().tolist() == [[123450, 123450, 9000], [-123456789, 123400, 500]]
    assert [p.field for p in problems] == ["taxable_value"]             # the negative one
    assert ledger["doubtful"].tolist() == [False, True]


@pytest.mark.parametrize("other", ["1234.50", "1,23,456", "1,234.00", ".5"])
def test_one_amount_of_the_indian_form_forbids_decimal_commas(tmp_path: Path, other: str) -> None:
    ledger, problems = read(tmp_path, f"b2b;27AAPFU0939F1ZV;7;2026-10-03;1234,5;{other};0")
    assert ledger["taxable_value"].tolist() == [0]
    assert [(p.row, p.field) for p in problems] == [(2, "taxable_value")]
    assert ledger["doubtful"].all()


def test_lines_are_those_of_the_file_and_long_cells_are_cut(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "", 'b2b;27AAPFU0939F1ZV;"7', 'A";2026-10-03;10;1;0', "", f"b2b;27AAPFU0939F1ZV;8;2026-10-03;{'x' * 500};1;0")
    ((row, message),) = [(p.row, p.message) for p in problems]
    assert row == 6
    assert len(message) < 120


def test_what_must_not_be_blank_is_listed_but_an_import_has_no_supplier(tmp_path: Path) -> None:
    ledger, problems = read(tmp_path, "b2b;;;;;1;0", "impg;;1234567;2026-10-03;10;1;0", "b2b;27AAPFU0939F1ZV;8;2026-10-03;0;0;0")
    assert [(p.row, p.field) for p in problems] == [(2, "supplier_gstin"), (2, "document_number"), (2, "document_date"), (2, "taxable_value")]
    assert ledger["doubtful"].tolist() == [True, False, False]


def test_words_of_a_register_are_read_as_any_register_has_them(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("\n\nvoucher_number,voucher_type,reverse_charge,taxable_value\nV1,DN,TRUE,5\nV2,Purchase Return,no,5\nV3,Bill,perhaps,5\n", encoding="utf-8")
    columns, _ = plain.read_table(path, plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    ledger, problems = plain.typed_register(columns, path)
    assert ledger[["voucher_type", "reverse_charge"]].to_numpy().tolist() == [["Debit Note", "Y"], ["Debit Note", "N"], ["Purchase", ""]]
    assert [(p.row, p.field) for p in problems] == [(6, "reverse_charge")]
    assert ledger["doubtful"].tolist() == [False, False, True]
