"""IMS-like sheets in any workbook, and files told by their content."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ims_xl.hosts.base import SheetText
from ims_xl.readers.ims_sheet import IMS_LIKE, looks_like_ims, read_ims_sheet
from ims_xl.readers.ims_sheet_rows import period_code, section_label
from ims_xl.readers.portal import read_ims
from ims_xl.readers.sniff import FileKind, sniff
from ims_xl.vocabulary import ImsXlError, Section
from tests.gstr2b_workbook import portal_workbook
from tests.portal_files import gstin, gstr2b, ims_download, record, write

OWN = {"section": "Section", "supplier_gstin": "Supplier GSTIN", "supplier_name": "Supplier name", "document_number": "Document number", "document_date": "Document date",
       "document_value": "Document value", "place_of_supply": "Place of supply", "taxable_value": "Taxable value", "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess",
       "source_form": "Source form", "supplier_period": "Supplier period", "filing_status": "Filing status", "portal_action": "Portal action", "original_number": "Original number",
       "original_date": "Original date", "port_code": "Port code"}
OURS = ["Match", "Differs in", "Register rows", "Why", "Suggested action", "Action", "Set by", "Reviewed", "Remarks", "Reduce ITC"]
BOOKS = ["Date", "Particulars", "GSTIN/UIN", "Supplier Invoice No.", "Supplier Invoice Date", "Voucher Type", "Voucher No.", "Taxable Value", "IGST", "CGST", "SGST"]


def sheet(*lines: list[str], name: str = "Sheet1") -> SheetText:
    width = max(map(len, lines))
    frame = pd.DataFrame([[*line, *[""] * (width - len(line))] for line in lines], dtype="str")
    frame.columns, frame.index = pd.RangeIndex(1, width + 1), pd.RangeIndex(1, len(lines) + 1)
    return SheetText(name, frame)


def own_sheet(ledger: pd.DataFrame) -> SheetText:
    rows = []
    for row in ledger.to_dict("records"):
        shown = []
        for name in OWN:
            value = row[name]
            shown.append(f"{value / 100:.2f}" if isinstance(value, int) else "" if pd.isna(value) else f"{value:%Y-%m-%d}" if name.endswith("date") else str(value))
        rows.append([*shown, "Exact", "", "1", "because", "Accept", "Reject", "person", "", "not ours", "Yes"])
    return sheet(*[[""]] * 5, [*OWN.values(), *OURS], *rows, name="IMS")


def test_our_own_sheet_reads_back_what_it_holds(tmp_path: Path) -> None:
    ledger = read_ims(write(tmp_path / "ims.json", ims_download(*(record(section.key, gstin(place), f"00{place}", taxable="296941.40", igst="1.5", action="RAPN"[place % 4], original=("O/1", "01-09-2026"))
                                                                 for place, section in enumerate(Section))))).ledger
    read = read_ims_sheet(own_sheet(ledger))
    for name in (*OWN, "key"):
        pd.testing.assert_series_equal(read.ledger[name], ledger[name])
    assert read.header_row == 6 and read.rows.tolist() == list(range(7, 19)) and not read.problems
    assert read.columns == {name: place for place, name in enumerate(OWN, 1)}, "our columns to the right are never the portal's"


@pytest.mark.parametrize("heads", [
    ["GSTIN of supplier", "Trade/Legal name", "Invoice number", "Invoice type", "Invoice date", "Invoice value (Rs)", "Place of supply", "Taxable value", "Integrated tax", "Central tax", "State/UT tax", "Cess",
     "Status", "Source", "Return period", "Filing status"],
    ["Supplier GSTIN", "Party Name", "Document No.", "Inv Type", "Doc. Date", "Total Value (₹)", "POS", "Taxable Amount", "IGST Amount", "CGST Amount", "SGST Amount", "Cess Amount", "Action", "Form",
     "Supplier Return Period", "Filed"],
])
def test_the_portals_excel_and_what_people_make_of_it(heads: list[str]) -> None:
    found = read_ims_sheet(sheet(["Invoice Management System"], [], heads, [gstin(1), "A & Co", "000451", "Regular", "07/10/2026", "1,18,000.00", "27-Maharashtra", "1,00,000", "18,000", "0", "0", "0",
                                                                          "Accepted", "R1", "Oct'26", "Filed"], ["Total", "", "", "", "", "118000"], name="Download"))
    row = found.ledger.iloc[0]
    assert len(found.ledger) == 1 and not found.problems and found.rows.tolist() == [4]
    assert (row["section"], row["document_number"], row["document_date"], row["document_value"], row["place_of_supply"], row["igst"], row["portal_action"], row["supplier_period"], row["filing_status"]) == (
        "B2B", "000451", pd.Timestamp(2026, 10, 7), 11800000, "27", 1800000, "Accept", "102026", "Filed")


def test_sections_come_from_document_type_original_number_and_port_where_no_column_says() -> None:
    heads = ["Supplier GSTIN", "Document number", "Document type", "Document date", "Taxable value", "IGST", "Original invoice number", "Port code"]
    found = read_ims_sheet(sheet(heads, [gstin(1), "1", "Invoice", "01-10-2026", "10", "1", "", ""], [gstin(1), "2", "Credit Note", "01-10-2026", "-10", "-1", "", ""],
                                 [gstin(1), "3", "Debit note", "01-10-2026", "10", "1", "OLD", ""], ["", "4455", "Bill of Entry", "01-10-2026", "10", "1", "", "INNSA1"],
                                 [gstin(1), "4456", "", "01-10-2026", "10", "1", "", "INNSA1"], [gstin(1), "6", "", "01-10-2026", "-10", "-1", "", ""]))
    assert found.ledger["section"].tolist() == ["B2B", "B2B-CN", "B2B-DNA", "IMPG", "IMPGSEZ", "B2B-CN"] and (found.ledger["taxable_value"] == 1000).all()


def test_two_line_headings_and_the_name_of_the_sheet_tell_the_section() -> None:
    found = read_ims_sheet(sheet(["Original details", "", "", "Note details", "", "", "Tax amount", ""], ["Note number", "Note date", "GSTIN of supplier", "Note number", "Note date", "Taxable value", "Integrated tax", "Cess"],
                                 ["CN-0", "01-09-2026", gstin(1), "CN-1", "02-10-2026", "100", "18", "0"], name="B2B-CNA"))
    assert found.ledger.loc[0, ["section", "document_number", "original_number"]].tolist() == ["B2B-CNA", "CN-1", "CN-0"]


def test_rows_that_cannot_be_read_are_told_and_duplicates_keep_their_rows() -> None:
    heads = list(OWN.values())
    good = ["B2B", gstin(1), "A", "1", "2026-10-01", "118", "27", "100", "18", "0", "0", "0", "R1", "102026", "Filed", "No Action"]
    found = read_ims_sheet(sheet(heads, good, good, [*good[:3], "", *good[4:]], [*good[:7], "abc", *good[8:]], ["B2X", *good[1:3], "9", *good[4:6], "Nowhere", *good[7:]], [*good[:7], "-5", *good[8:]], name="IMS"))
    assert found.rows.tolist() == [2, 3, 5, 6, 7] and found.ledger["key"].is_unique
    assert {(problem.row, problem.field) for problem in found.problems} >= {(4, "document_number"), (5, "taxable_value"), (6, "section"), (6, "place_of_supply"), (7, "taxable_value")}


def test_documents_without_a_readable_date_are_known_again() -> None:
    good = ["B2B", gstin(1), "A", "1", "", "118", "27", "100", "18", "0", "0", "0", "R1", "102026", "Filed", "No Action"]
    found = read_ims_sheet(sheet(list(OWN.values()), good, [*good[:3], "2", "=soon", *good[5:]], name="IMS"))
    assert found.ledger["key"].tolist() == [f"{gstin(1)}|B2B|1|", f"{gstin(1)}|B2B|2|"]


def test_an_ims_sheet_is_told_from_a_register_and_from_a_2b_sheet(tmp_path: Path) -> None:
    ims = sheet(list(OWN.values()), ["B2B", gstin(1), "A", "1", "2026-10-01", "118", "27", "100", "18", "0", "0", "0", "R1", "102026", "Filed", "No Action"], name="Portal data")
    books = sheet(BOOKS, ["01-10-2026", "A", gstin(1), "1", "01-10-2026", "Purchase", "7", "100", "18", "0", "0"], name="Purchases")
    assert looks_like_ims(ims) >= IMS_LIKE > looks_like_ims(books) == 0
    assert looks_like_ims(sheet(["nothing"], ["here"])) == 0
    with pytest.raises(ImsXlError, match="no row of headings"):
        read_ims_sheet(sheet(["nothing"]))


def test_a_sheet_with_headings_and_no_row_is_an_empty_ledger() -> None:
    found = read_ims_sheet(sheet(list(OWN.values()), name="IMS"))
    assert found.ledger.empty and looks_like_ims(sheet(list(OWN.values()), name="IMS")) > 0


@pytest.mark.parametrize(("text", "code"), [("102026", "102026"), ("92026", "092026"), ("Oct'26", "102026"), ("October 2026", "102026"), ("2026-10", "102026"), ("2026-10-01", "102026"), ("10/2026", "102026"), ("10", "10"), ("", "")])
def test_periods_in_every_dress(text: str, code: str) -> None:
    assert period_code(text) == code


def test_sections_in_every_dress() -> None:
    for text, label in (("b2bcn", "B2B-CN"), ("B2B - Credit notes (Amendment)", "B2B-CNA"), ("B2B CN", "B2B-CN"), ("ecoma", "ECOA"), ("IMPGSEZA", "IMPGSEZA"), ("B2B - Invoices (IMS)", "B2B"), ("Purchases", "")):
        assert section_label(text) == label, text


def book(path: Path, *sheets: SheetText) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for one in sheets:
        page = made.create_sheet(one.name)
        for line in one.frame.itertuples(index=False):
            page.append([value or None for value in line])
    made.save(path)
    return path


def test_files_are_told_by_content_whatever_their_name(tmp_path: Path) -> None:
    ims = sheet(list(OWN.values()), ["B2B", gstin(1), "A", "1", "2026-10-01", "118", "27", "100", "18", "0", "0", "0", "R1", "102026", "Filed", "No Action"], name="x")
    books = sheet(BOOKS, ["01-10-2026", "A", gstin(1), "1", "01-10-2026", "Purchase", "7", "100", "18", "0", "0"], name="y")
    cases = {
        "a.txt": (ims_download(record("b2b")), FileKind.IMS_JSON), "b.json": (ims_download(record("impg", number="1"), container="D2"), FileKind.IMS_JSON), "c.json": (gstr2b(), FileKind.GSTR2B_JSON),
        "d.json": ('{"rtin":"27","reqtyp":"SAVE","invdata":{}}', FileKind.UPLOAD_JSON), "e.json": ('{"imsDetailsErr":{}}', FileKind.ERROR_JSON), "f.json": ('{"status_cd":"PE","err_cnt":"1"}', FileKind.API_STATUS_JSON),
        "g.json": ('{"gstin":"x","ret_period":"102026","sup_details":{},"itc_elg":{}}', FileKind.GSTR3B_JSON), "h.json": ('{"gstin":"x","fp":"102026","b2b":[{"ctin":"y","inv":[]}]}', FileKind.UNKNOWN),
        "i.json": ("voucher,gstin,date\n1,2,3\n", FileKind.REGISTER), "j.json": ("<?xml version='1.0'?><ENVELOPE/>", FileKind.REGISTER), "k": ("plain words", FileKind.UNKNOWN),
        "l.json": ("\ufeff" + ims_download(record("b2b", name='"docdata": "itcsumm":')), FileKind.IMS_JSON),
    }
    for name, (text, kind) in cases.items():
        assert sniff(write(tmp_path / name, text)) is kind, name
    assert sniff(book(tmp_path / "m.xlsx", ims, books)) is FileKind.IMS_EXCEL and sniff(book(tmp_path / "n.xlsx", books)) is FileKind.REGISTER
    assert sniff(portal_workbook(gstr2b(), tmp_path / "register.xlsx")) is FileKind.GSTR2B_EXCEL
    (tmp_path / "o.xlsx").write_bytes(b"PK\x03\x04 broken")
    for wrong in ("o.xlsx", "missing.json"):
        with pytest.raises(ImsXlError, match=wrong):
            sniff(tmp_path / wrong)
    with pytest.raises(ImsXlError, match="folder"):
        sniff(tmp_path)
