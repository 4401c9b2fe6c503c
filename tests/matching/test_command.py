"""`ims-xl match` as a user meets it: tables in, MATCHES out, and one clear sentence where something is wrong."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from ims_xl.faces.cli import main

HEAD_IMS = "section,supplier_gstin,document_number,document_date,taxable_value,igst"
HEAD_REGISTER = "voucher_number,supplier_gstin,document_number,document_date,taxable_value,igst"
LINE_IMS = "b2b,27AAPFU0939F1ZV,000123,2026-10-03,10000.00,1800.00"
LINE_REGISTER = "V1,27AAPFU0939F1ZV,000123,03/10/2026,\"10,000.00\",1800"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ims.csv").write_text(f"{HEAD_IMS}\n{LINE_IMS}\n", encoding="utf-8")
    (tmp_path / "register.csv").write_text(f"{HEAD_REGISTER}\n{LINE_REGISTER}\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *more: str, ims: str = "ims.csv", register: str = "register.csv", output: str = "matches.csv") -> int:
    return main(["match", str(folder / ims), str(folder / register), "-o", str(folder / output), *more])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_matches_have_the_promised_columns(folder: Path) -> None:
    assert run(folder) == 0
    (match,) = rows(folder / "matches.csv")
    assert {k: match[k] for k in ("ims_rows", "register_rows", "match_class", "clean", "confidence", "differences")} == {
        "ims_rows": "0", "register_rows": "0", "match_class": "exact", "clean": "true", "confidence": "100", "differences": ""}
    assert match["explanation"]


def test_parquet_in_and_out_says_the_same(folder: Path) -> None:
    for name in ("ims", "register"):
        table = pa.csv.read_csv(folder / f"{name}.csv", convert_options=pa.csv.ConvertOptions(column_types={"document_number": pa.string(), "taxable_value": pa.string()}))
        pa.parquet.write_table(table, folder / f"{name}.parquet")
    assert run(folder) == 0
    assert run(folder, ims="ims.parquet", register="register.parquet", output="matches.parquet") == 0
    columns = pa.parquet.read_table(folder / "matches.parquet").to_pydict()
    assert [str(columns[k][0]) for k in columns] == list(rows(folder / "matches.csv")[0].values())


def test_the_report_counts_and_lists(folder: Path) -> None:
    (folder / "register.csv").write_text(f"{HEAD_REGISTER}\n{LINE_REGISTER}\nV2,27AAPFU0939F1ZV,9,32-13-2026,n/a,0\n,27AAPFU0939F1ZV,10,03-10-2026,77,0\n", encoding="utf-8")
    assert run(folder, "--report", str(folder / "report.json")) == 0
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["rows"] == {"ims": 1, "register": 3, "problems": 3}
    assert {(p["row"], p["field"]) for p in report["problems"]} == {(3, "document_date"), (3, "taxable_value"), (4, "voucher_number")}
    assert sum(report["matches"].values()) == len(rows(folder / "matches.csv")) == 3
    assert set(report["seconds"]) == {"read", "match", "write"}


@pytest.mark.parametrize(("name", "text", "said"), [
    ("ims.csv", "section,supplier_gstin\nb2b,X\n", "'document_number', 'document_date', 'taxable_value' is missing"),
    ("ims.csv", HEAD_IMS + ",igst\n" + LINE_IMS + ",1\n", "'igst' stands there twice"),
    ("register.csv", "voucher_number, Voucher_Number ,taxable_value\nV1,V1,1\n", "'voucher_number' stands there twice"),
    ("ims.csv", "", "is empty"),
    ("ims.csv", "   \n", "is empty"),
    ("ims.csv", HEAD_IMS + "\nb9b,27AAPFU0939F1ZV,1,2026-10-03,1,1\n", "line 2: section 'b9b' is unknown"),
    ("ims.csv", "\ufeff", "is empty"),
    ("ims.csv", "IMS of October\n" + HEAD_IMS + "\n", "the headings in it are 'IMS of October'"),
    ("ims.csv", "PK\x03\x04 and so on", "an Excel workbook or another zip file by its content"),
    ("ims.csv", f'{HEAD_IMS},supplier_name\n{LINE_IMS},"Om Traders\n{LINE_IMS},Sai\n', "line 2: a quotation mark is opened there and never closed"),
])
def test_a_table_that_cannot_be_understood_is_refused_in_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    assert run(folder) == 2
    message = capsys.readouterr().err
    assert said in message
    assert name in message
    assert len(message.strip().splitlines()) == 1
    assert not (folder / "matches.csv").exists()


def test_wrong_endings_and_missing_files_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, output="matches.xlsx") == 2
    assert run(folder, ims="ims.txt") == 2
    assert run(folder, ims="none.csv") == 2
    assert run(folder, output="no/such/folder.csv") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_that_is_no_parquet_is_refused(folder: Path) -> None:
    (folder / "ims.parquet").write_bytes(b"not parquet at all")
    assert run(folder, ims="ims.parquet") == 2


def test_an_output_that_exists_is_kept_unless_forced(folder: Path) -> None:
    (folder / "matches.csv").write_text("mine", encoding="utf-8")
    assert run(folder) == 2
    assert (folder / "matches.csv").read_text(encoding="utf-8") == "mine"
    assert run(folder, "--force") == 0


def test_an_input_is_never_overwritten(folder: Path) -> None:
    assert run(folder, "--force", output="ims.csv") == 2
    assert run(folder, "--force", "--report", str(folder / "register.csv")) == 2
    assert LINE_IMS in (folder / "ims.csv").read_text(encoding="utf-8")


def test_tables_without_rows_give_no_results(folder: Path) -> None:
    (folder / "ims.csv").write_text(HEAD_IMS + "\n", encoding="utf-8")
    (folder / "register.csv").write_text(HEAD_REGISTER + "\n", encoding="utf-8")
    assert run(folder) == 0
    assert rows(folder / "matches.csv") == []


def test_one_empty_side_leaves_the_other_alone(folder: Path) -> None:
    (folder / "register.csv").write_text(HEAD_REGISTER + "\n", encoding="utf-8")
    assert run(folder) == 0
    assert [r["match_class"] for r in rows(folder / "matches.csv")] == ["not_in_books"]


def test_short_and_long_lines_are_reported_and_stay_in_place(folder: Path) -> None:
    (folder / "ims.csv").write_text(f"{HEAD_IMS}\nb2b,27AAPFU0939F1ZV,7,2026-10-01\n{LINE_IMS},surplus\n", encoding="utf-8")
    assert run(folder, "--report", str(folder / "report.json")) == 0
    assert [p["row"] for p in json.loads((folder / "report.json").read_text(encoding="utf-8"))["problems"]] == [2, 3, 2]
    assert [r["match_class"] for r in rows(folder / "matches.csv")] == ["not_in_books", "exact"]


def test_hostile_text_comes_through_as_text(folder: Path) -> None:
    name = '"=cmd|\'/c calc\'!A1\nsecond line, ""quoted"""'
    (folder / "ims.csv").write_text(f"{HEAD_IMS},supplier_name\n{LINE_IMS},{name}\n", encoding="utf-8")
    (folder / "register.csv").write_text(f"\ufeff{HEAD_REGISTER},narration\r\n{LINE_REGISTER},\u20b9 \u0928\u092e\u0938\u094d\u0924\u0947\r\n", encoding="utf-8")
    assert run(folder) == 0
    assert rows(folder / "matches.csv")[0]["match_class"] == "exact"


def test_a_file_in_the_old_windows_encoding_is_read(folder: Path) -> None:
    (folder / "register.csv").write_bytes(f"{HEAD_REGISTER},supplier_name\n{LINE_REGISTER},Caf\u00e9\n".encode("cp1252"))
    assert run(folder) == 0


@pytest.mark.parametrize(("separator", "encoding", "ending"), [(";", "utf-8", "\n"), ("\t", "utf-8", "\r\n"), (",", "utf-16", "\r\n"), ("|", "utf-8-sig", "\n"), (",", "utf-8", "\r")])
def test_tables_as_spreadsheets_of_all_countries_write_them(folder: Path, separator: str, encoding: str, ending: str) -> None:
    text = f"{HEAD_IMS}\n{LINE_IMS}\n".replace(",", separator).replace("\n", ending)
    (folder / "ims.csv").write_bytes(text.encode(encoding))
    assert run(folder) == 0
    assert rows(folder / "matches.csv")[0]["match_class"] == "exact"


@pytest.mark.parametrize(("field", "typed"), [("igst", "NaN"), ("igst", "inf"), ("taxable_value", "9" * 30), ("document_date", "31-02-2026"), ("supplier_gstin", "27AAPFU")])
def test_what_cannot_be_read_is_listed_with_its_line(folder: Path, field: str, typed: str) -> None:
    line = dict(zip(HEAD_IMS.split(","), LINE_IMS.split(","))) | {field: typed}
    (folder / "ims.csv").write_text(f"{HEAD_IMS}\n{','.join(line.values())}\n", encoding="utf-8")
    assert run(folder, "--report", str(folder / "report.json")) == 0
    (problem,) = json.loads((folder / "report.json").read_text(encoding="utf-8"))["problems"]
    assert (problem["row"], problem["field"]) == (2, field)
    assert typed in problem["message"]


def test_a_failed_write_leaves_what_stood_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "matches.csv").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("ims_xl.readers.plain.arrow_csv.write_csv", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert run(folder, "--force") == 2
    assert (folder / "matches.csv").read_text(encoding="utf-8") == "mine"


def test_a_story_needs_no_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", str(folder / "ims.csv"), str(folder / "register.csv"), "--explain", "ims:0"]) == 0
    assert "number as written +41" in capsys.readouterr().out
    assert main(["match", str(folder / "ims.csv"), str(folder / "register.csv")]) == 2
    assert main(["match", str(folder / "ims.csv"), str(folder / "register.csv"), "--explain", "ims:9"]) == 2


def test_a_row_that_could_not_be_read_whole_is_never_clean(folder: Path) -> None:
    (folder / "ims.csv").write_text(f"{HEAD_IMS}\n{LINE_IMS.replace('1800.00', 'n/a')}\n", encoding="utf-8")
    (folder / "register.csv").write_text(f"{HEAD_REGISTER}\n{LINE_REGISTER.replace(',1800', ',0')}\n", encoding="utf-8")
    assert run(folder) == 0
    (row,) = rows(folder / "matches.csv")
    assert (row["match_class"], row["clean"]) == ("exact", "false")
    assert row["explanation"].endswith("A cell of it could not be read; see the problems.")


def test_a_line_of_totals_is_listed_and_stops_nothing(folder: Path) -> None:
    (folder / "ims.csv").write_text(f"sep=,\n{HEAD_IMS}\n\n{LINE_IMS}\nTotal,,,,10000.00,1800.00\n", encoding="utf-8")
    assert run(folder, "--report", str(folder / "report.json")) == 0
    problems = json.loads((folder / "report.json").read_text(encoding="utf-8"))["problems"]
    assert [(p["row"], p["field"]) for p in problems] == [(5, "section"), (5, "supplier_gstin"), (5, "document_number"), (5, "document_date")]
    assert [(r["match_class"], r["clean"]) for r in rows(folder / "matches.csv")] == [("exact", "true"), ("not_in_books", "false")]


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.struct({"a": pa.string()})])
def test_parquet_columns_of_another_kind_are_named(folder: Path, capsys: pytest.CaptureFixture[str], kind: pa.DataType) -> None:
    fields = dict(zip(HEAD_IMS.split(","), LINE_IMS.split(",")))
    pyarrow.parquet.write_table(pa.table({name: pa.nulls(1, kind) if name == "igst" else [text] for name, text in fields.items()}), folder / "ims.parquet")
    assert run(folder, ims="ims.parquet") == 2
    assert "column 'igst' holds" in capsys.readouterr().err


def test_names_that_no_file_can_bear_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    assert run(folder, ims="loop.csv") == 2
    assert run(folder, ims="x" * 300 + ".csv") == 2
    assert capsys.readouterr().err.count("cannot be used as a file here") == 2


def test_an_input_that_may_not_be_read_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    assert run(folder) == 2
    assert "cannot be read (Permission denied)" in capsys.readouterr().err


def test_matches_and_report_are_written_both_or_neither(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "old.json").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("ims_xl.readers.plain.arrow_csv.write_csv", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert run(folder, "--report", str(folder / "new.json")) == 2
    assert run(folder, "--report", str(folder / "old.json"), "--force") == 2
    assert sorted(path.name for path in folder.iterdir()) == ["ims.csv", "old.json", "register.csv"]
    assert (folder / "old.json").read_text(encoding="utf-8") == "mine"
    monkeypatch.setattr("ims_xl.faces.commands_match.write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert run(folder, "--report", str(folder / "new.json")) != 0
    assert not (folder / "matches.csv").exists()
