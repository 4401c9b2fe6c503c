"""The Offline Tool is filled in its own columns and keeps everything else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from ims_xl.hosts import open_book
from ims_xl.readers.offline_tool import read_tool, says_accepted
from ims_xl.readers.portal import read_ims
from ims_xl.readers.sniff import FileKind, sniff
from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.vocabulary import ImsXlError
from ims_xl.writers.offline_tool import fill_tool
from tests.portal_files import RECIPIENT, gstin, ims_download, record, write
from tests.writers.tool_workbook import MACROS, tool_workbook

EIGHT = ("b2b", "b2ba", "b2bdn", "b2bdna", "b2bcn", "b2bcna", "ecom", "ecoma")


def downloaded(tmp_path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    records = [record(section, gstin(place), f"{place:06d}", taxable="1000", cgst="90", sgst="90", original=("O-1", "01-09-2026")) for place, section in enumerate(EIGHT)]
    ims = read_ims(write(tmp_path / "ims.json", ims_download(*records)), RECIPIENT).ledger
    return ims, empty(WORK_COLUMNS, len(ims)).assign(action="No Action")


def filled(tmp_path: Path, ims: pd.DataFrame, work: pd.DataFrame, tool: Path) -> tuple[Path, tuple[str, ...]]:
    host = open_book(tool)
    made = fill_tool(read_tool(host), ims, work, past=says_accepted(tool))
    out = tmp_path / f"filled{tool.suffix}"
    host.paint(made.plan)
    host.save(out)
    host.close()
    return out, made.lines


def under(path: Path, sheet: str, heading: str, top: int) -> object:
    page = openpyxl.load_workbook(path, keep_vba=True)[sheet]
    for row in (top, top + 1):
        for cell in page[row]:
            if cell.value == heading:
                return page.cell(top + 2, cell.column).value
    raise AssertionError(heading)


def test_the_tool_is_known_by_its_sheets(tmp_path: Path) -> None:
    assert sniff(tool_workbook(downloaded(tmp_path)[0], tmp_path / "any name.xlsm")) is FileKind.OFFLINE_TOOL


def test_every_sheet_takes_status_and_remarks_in_its_own_columns(tmp_path: Path) -> None:
    ims, work = downloaded(tmp_path)
    out, lines = filled(tmp_path, ims, work.assign(action="Reject", remarks="Not ours"), tool_workbook(ims, tmp_path / "tool.xlsm"))
    for sheet, top in (("B2B", 5), ("B2BA", 6), ("B2B-DN", 5), ("B2B-DNA", 6), ("B2B-CN", 5), ("B2B-CNA", 6), ("ECO", 5), ("ECOA", 6)):
        assert (under(out, sheet, "Status*", top), under(out, sheet, "Remarks", top), under(out, sheet, "Previous Status", top)) == ("Reject", "Not ours", "No Action"), sheet
    assert len(lines) == 8


def test_declarations_stand_in_the_declared_columns_and_nowhere_else(tmp_path: Path) -> None:
    ims, work = downloaded(tmp_path)
    note = int(ims.index[ims["section"] == "B2B-CN"][0])
    for name, value in {"action": "Accept", "reduce_itc": "Yes", "reduce_cgst": 4550, "reduce_sgst": 4550, "remarks": "Half availed"}.items():
        work.loc[note, name] = value
    out, _ = filled(tmp_path, ims, work, tool_workbook(ims, tmp_path / "tool.xlsm"))
    sheet = openpyxl.load_workbook(out)["B2B-CN"]
    assert [sheet.cell(7, column).value for column in range(10, 20)] == [0, 90, 90, 0, "Yes", 0, 45.5, 45.5, 0, "Half availed"]
    assert openpyxl.load_workbook(out)["B2B"].cell(7, 7).value == "No Action"


def test_macros_drop_downs_and_untouched_sheets_stay_byte_for_byte(tmp_path: Path) -> None:
    ims, work = downloaded(tmp_path)
    tool = tool_workbook(ims, tmp_path / "tool.xlsm")
    work.loc[0, "action"] = "Accept"
    out, _ = filled(tmp_path, ims, work, tool)
    with zipfile.ZipFile(tool) as before, zipfile.ZipFile(out) as after:
        assert after.read("xl/vbaProject.bin") == MACROS
        changed = {name for name in before.namelist() if name in after.namelist() and before.read(name) != after.read(name)}
    assert changed <= {"xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"}
    assert openpyxl.load_workbook(out)["B2B"].data_validations.dataValidation[0].formula1 == '"Accept,Reject,Pending,No Action"'
    headings = openpyxl.load_workbook(out)["B2B"]
    assert headings["G5"].value == "Status*" and headings["G6"].value is None


def test_the_tools_own_word_for_accepted_is_kept(tmp_path: Path) -> None:
    ims, work = downloaded(tmp_path)
    ims = ims.assign(portal_action=["Accept", *["No Action"] * 7])
    out, _ = filled(tmp_path, ims, work.assign(action=["Reject", *["No Action"] * 7]), tool_workbook(ims, tmp_path / "tool.xlsm", accepted_word="Accepted"))
    assert under(out, "B2B", "Status*", 5) == "Rejected"


def test_rows_that_validate_would_stop_at_are_refused(tmp_path: Path) -> None:
    ims, work = downloaded(tmp_path)
    host = open_book(tool_workbook(ims, tmp_path / "tool.xlsm"))
    with pytest.raises(ImsXlError, match="Reduce ITC is not answered"):
        fill_tool(read_tool(host), ims, work.assign(action="Accept"))


def test_an_empty_tool_says_what_to_do_first(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match="open the downloaded IMS JSON in it"):
        read_tool(open_book(tool_workbook(downloaded(tmp_path)[0].iloc[:0], tmp_path / "tool.xlsm")))


def test_documents_that_the_tool_lacks_are_told(tmp_path: Path) -> None:
    ims, work = downloaded(tmp_path)
    tool = tool_workbook(ims.iloc[1:], tmp_path / "tool.xlsm")
    _, lines = filled(tmp_path, ims, work.assign(action="Pending"), tool)
    assert lines[-1].startswith("1 documents with an action are not in the tool (000000)")


def another_tool(path: Path, ims: pd.DataFrame, options: str) -> Path:
    """A later version by another hand: two columns more on the left, one line of headings in row 9, locked sheets, hidden columns, other words offered."""
    book = openpyxl.Workbook()
    book.active.title = "Home"
    heads = ["Sl. No.", "Select", "GSTIN of Supplier", "Trade / Legal Name", "Number", "Note number", "Note Date", "Note Value (₹)", "Place of Supply", "Taxable Value (₹)", "Integrated Tax (₹)", "Central Tax (₹)",
             "State/UT Tax (₹)", "Cess (₹)", "Remarks", "Status *", "Whether ITC to be reduced", "Declared Integrated Tax", "Declared Central Tax", "Declared State/UT Tax", "Declared Cess", "Previous Status", "Previous Remarks"]
    for name in ("B2B", "B2B-CN", "B2BA"):
        sheet = book.create_sheet(name)
        note = name == "B2B-CN"
        for place, head in enumerate(heads, 1):
            text = head if note else head.replace("Note", "Invoice")
            sheet.cell(9, place, None if head == "Number" or (not note and place in range(17, 22)) else text)
        rows = ims[ims["section"] == name].to_dict("records") if name != "B2BA" else []
        for down, row in enumerate(rows, 10):
            values = [down, None, row["supplier_gstin"], row["supplier_name"], None, row["document_number"], row["document_date"], row["document_value"] / 100, "27-Maharashtra", row["taxable_value"] / 100,
                      *(row[head] / 100 for head in ("igst", "cgst", "sgst", "cess")), None, "No Action", None, None, None, None, None, "No Action"]
            for place, value in enumerate(values, 1):
                sheet.cell(down, place, value)
        sheet.protection.sheet = True
        sheet.column_dimensions["V"].hidden = True
        rule = DataValidation(type="list", formula1=f'"{options}"', sqref="P10:P99")
        sheet.add_data_validation(rule)
    book.save(path)
    return path


@pytest.mark.parametrize(("options", "accepted", "rejected"), [("Accepted,Rejected,Pending,No Action", "Accepted", "Rejected"), ("Accept,Reject,Pending,No Action", "Accept", "Reject")])
def test_another_version_of_the_tool_is_filled_by_its_headings_in_the_words_it_offers(tmp_path: Path, options: str, accepted: str, rejected: str) -> None:
    ims, work = downloaded(tmp_path)
    work = work.assign(action=["Reject", *["No Action"] * 3, "Accept", *["No Action"] * 3], remarks=["Not ours", "", "", "", "Half availed", "", "", ""], reduce_itc=["", "", "", "", "Yes", "", "", ""])
    work.loc[4, ["reduce_cgst", "reduce_sgst"]] = 4550
    out, _ = filled(tmp_path, ims, work, another_tool(tmp_path / "tool.xlsx", ims, options))
    book = openpyxl.load_workbook(out)
    assert [book["B2B"].cell(10, place).value for place in (6, 15, 16, 22)] == ["000000", "Not ours", rejected, "No Action"]
    assert [book["B2B-CN"].cell(10, place).value for place in (15, 16, 17, 18, 19, 20, 21, 22)] == ["Half availed", accepted, "Yes", 0, 45.5, 45.5, 0, "No Action"]
    assert book["B2B"].protection.sheet and book["B2B"].column_dimensions["V"].hidden
