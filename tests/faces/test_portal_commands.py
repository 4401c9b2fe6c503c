"""`export`, `errors` and `fill-offline-tool` on a real book, from the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import openpyxl
import pytest

from ims_xl.book import open_state
from ims_xl.faces.cli import main
from ims_xl.readers.portal import read_ims
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write
from tests.writers.tool_workbook import tool_workbook

SECTIONS = ("b2b", "b2ba", "b2bdn", "b2bdna", "b2bcn", "b2bcna", "ecom", "ecoma", "impg", "impgsez")


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("client")
    write(folder / "ims.json", ims_download(*(record(section, gstin(place), f"0{place}01", taxable="296941.40", igst="53449.45", original=("O", "01-09-2026")) for place, section in enumerate(SECTIONS))))
    write(folder / "register.csv", "Voucher No,Voucher Type,Voucher Date,Supplier GSTIN,Supplier Name,Supplier Invoice No,Supplier Invoice Date,Taxable Value,IGST,CGST,SGST\n"
                                   f"V1,Purchase,07-10-2026,{gstin(0)},A,0001,07-10-2026,296941.40,53449.45,0,0\n")
    assert main(["run", "--gstin", RECIPIENT, "--period", "2026-10", "--ims", str(folder / "ims.json"), "--register", str(folder / "register.csv"), "-o", str(folder / "book.xlsx"),
                 "--as-of", "2026-11-15", "--quiet"]) == 0
    return folder


@pytest.fixture
def book(month: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "book.xlsx"
    copy.write_bytes((month / "book.xlsx").read_bytes())
    return copy


def retyped(book: Path, number: str, **cells: object) -> None:
    """Types into the IMS sheet as a person would."""
    workbook = openpyxl.load_workbook(book)
    sheet = workbook["IMS"]
    columns = {cell.value: cell.column for cell in sheet[6]}
    row = next(row for row in range(7, sheet.max_row + 1) if sheet.cell(row, columns["Document number"]).value == number)
    for heading, value in cells.items():
        sheet.cell(row, columns[heading.replace("_", " ")]).value = value
    workbook.save(book)


def test_export_writes_the_file_says_what_it_does_and_notes_its_hash_in_the_log(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = book.with_name("upload.json")
    assert main(["export", str(book), "-o", str(out)]) == 0
    sent = json.loads(out.read_text(encoding="utf-8"))
    assert sent["rtin"] == RECIPIENT and set(sent["invdata"]) == set(SECTIONS[:8]) and sent["invdata"]["b2b"][0]["action"] == "A"
    assert out.read_bytes().count(b"296941.40") == 8
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert digest in capsys.readouterr().out and any(digest in text for text in open_state(book).state.log["after"])
    before = book.read_bytes()
    assert main(["export", str(book), "-o", str(out)]) == 2 and book.read_bytes() == before
    assert "exists already" in capsys.readouterr().err


def test_export_refuses_what_the_portal_would_and_writes_nothing(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    retyped(book, "0401", Action="Reject", Remarks="x" * 251)
    retyped(book, "0801", Action="Reject")
    before = book.read_bytes()
    assert main(["export", str(book), "-o", str(book.with_name("upload.json")), "--gstr3b", str(book.with_name("3b.json"))]) == 2
    told = capsys.readouterr().err
    assert "251 characters" in told and "cannot be rejected" in told and "row 11, B2B-CN 0401" in told
    assert book.read_bytes() == before and not book.with_name("upload.json").exists() and not book.with_name("3b.json").exists()


def test_what_a_person_types_goes_out_and_the_3b_json_beside_it(book: Path) -> None:
    retyped(book, "0201", Action="Reject", Remarks="Not our document")
    assert main(["export", str(book), "-o", str(book.with_name("u.json")), "--profile", "api-strict", "--gstr3b", str(book.with_name("3b.json")), "--quiet"]) == 0
    (sent,) = json.loads(book.with_name("u.json").read_text(encoding="utf-8"))["invdata"]["b2bdn"]
    assert (sent["action"], sent["prev_status"], sent["remarks"]) == ("R", "N", "Not our document")
    assert json.loads(book.with_name("3b.json").read_text(encoding="utf-8"))["gstin"] == RECIPIENT


def test_once_the_portal_holds_it_there_is_nothing_to_upload(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = open_state(book).state
    codes = {"Accept": "A", "Pending": "P"}
    actions = dict(zip(state.ims["document_number"], state.work["action"]))
    held = ims_download(*(record(section, gstin(place), f"0{place}01", taxable="296941.40", igst="53449.45", original=("O", "01-09-2026"), action=codes[actions[f"0{place}01"]],
                                 remarks=state.work["remarks"][place] or None) for place, section in enumerate(SECTIONS)))
    assert main(["pull", str(book), "--ims", str(write(book.with_name("held.json"), held)), "--as-of", "2026-11-15", "--quiet"]) == 0
    assert main(["export", str(book), "-o", str(book.with_name("upload.json"))]) == 0
    assert "nothing to upload" in capsys.readouterr().out and not book.with_name("upload.json").exists()


def test_errors_find_their_rows_and_go_when_the_portal_has_accepted(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = write(book.with_name("errors.json"), json.dumps({"status_cd": "PE", "error_report": {
        "cn": [{"stin": gstin(4), "error_cd": "IMSSAV0054", "error_msg": "Please enter value", "inv": [{"inum": "0401", "rtnprd": "102026"}]}],
        "b2b": [{"stin": gstin(77), "error_cd": "IMSSAV0010", "error_msg": "edited", "inv": [{"inum": "9"}]}]}}))
    assert main(["sign", str(book), "--as", "preparer", "--name", "R. Iyer", "--quiet"]) == 0
    assert main(["errors", str(book), str(report)]) == 0
    told = capsys.readouterr().out
    assert "not in the book: B2B 9" in told and "sign-off by R. Iyer (preparer)" in told
    put = open_state(book).state.work["portal_error"]
    assert put[4].startswith("IMSSAV0054: Please enter value") and (put != "").sum() == 1
    held = ims_download(record("b2bcn", gstin(4), "0401", taxable="296941.40", igst="53449.45", action="P"), container="D2")
    assert main(["pull", str(book), "--ims", str(write(book.with_name("cn.json"), held)), "--as-of", "2026-11-15", "--quiet"]) == 0
    assert not (open_state(book).state.work["portal_error"] != "").any()
    assert main(["errors", str(book), str(book.with_name("cn.json"))]) == 2


def test_the_offline_tool_is_filled_and_read_back_changes_nothing(month: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool = tool_workbook(read_ims(month / "ims.json").ledger, book.with_name("tool.xlsm"))
    out = book.with_name("filled.xlsm")
    assert main(["fill-offline-tool", str(tool), str(book), "-o", str(out)]) == 0
    assert "B2B-CN: 1 documents in the tool, 1 filled" in capsys.readouterr().out
    assert openpyxl.load_workbook(out)["B2B"]["G7"].value == "Accept"
    assert main(["fill-offline-tool", str(tool), str(book), "-o", str(book.with_name("filled.xlsx"))]) == 2
    assert main(["pull", str(book), "--ims", str(out), "--as-of", "2026-11-15"]) == 0
    assert "(0 new, 0 changed, 0 gone)" in capsys.readouterr().out
    assert (open_state(book).state.ims["raw"] != "").all(), "the portal's own records are kept"
