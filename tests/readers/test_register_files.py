"""Files of every kind and of no kind: encodings, old formats, damaged, hostile and foreign files, the right sheet among many."""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.styles import Font

from ims_xl.hosts.base import SheetText
from ims_xl.readers.register import looks_like_register, read_register, read_register_sheet
from ims_xl.readers.tables import open_tables
from ims_xl.vocabulary import ImsXlError
from tests.readers import registers as made
from tests.readers.registers import ALPHA, BETA, CLIENT, as_csv, as_text, as_xls, as_xlsx

HEADS = ["Party", "GSTIN", "Invoice No", "Invoice Date", "Taxable Value", "IGST", "CGST", "SGST", "Total"]
ROW = ["Alpha", ALPHA, "A-1", "05/10/2026", "1000", "", "90", "90", "1180"]
IMS = [
    ["Section", "Supplier GSTIN", "Supplier name", "Document number", "Document date", "Document value", "Place of supply", "Taxable value", "IGST", "CGST", "SGST", "Cess", "Source form",
     "Supplier period", "Filing status", "Portal action"],
    ["B2B", ALPHA, "Alpha", "A-1", "05-10-2026", "1180", "27", "1000", "", "90", "90", "", "R1", "102026", "Filed", "No Action"],
]
GSTR2B = [
    ["GSTIN of supplier", "Trade/Legal name", "Invoice Details", "", "", "", "Place of supply", "Supply Attract Reverse Charge", "Taxable Value (₹)", "Tax Amount", "", "", "",
     "GSTR-1/IFF/GSTR-5 Period", "GSTR-1/IFF/GSTR-5 Filing Date", "ITC Availability", "Reason", "Applicable % of Tax Rate", "Source", "IRN", "IRN Date"],
    ["", "", "Invoice number", "Invoice type", "Invoice Date", "Invoice Value(₹)", "", "", "", "Integrated Tax(₹)", "Central Tax(₹)", "State/UT Tax(₹)", "Cess(₹)", "", "", "", "", "", "", "", ""],
    [ALPHA, "Alpha", "A-1", "Regular", "05-10-2026", "1180", "27", "No", "1000", "", "90", "90", "", "Oct'26", "11-11-2026", "Yes", "", "100%", "", "", ""],
]
SUMMARY = [["Supplier GSTIN", "Taxable Value", "IGST", "CGST", "SGST"], [ALPHA, "1000", "", "90", "90"]]
MASTER = [["Party", "GSTIN", "State"], ["Alpha", ALPHA, "MH"]]
SALES = [["Sales Register"], ["Customer Name", *HEADS[1:]], ROW]


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", "\t"), ("utf-16", ","), ("cp1252", ";"), ("utf-8", "|"), ("utf-16-le", ";")])
def test_csv_is_read_in_any_of_the_usual_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    path = as_csv(tmp_path, [["ABC, Pune"], HEADS, ["Société", *ROW[1:4], "1,00,000.50", *ROW[5:]], ["Two\nlines", ALPHA, "000123", *ROW[3:]], ROW], encoding=encoding, delimiter=separator)
    read = read_register(path, CLIENT)
    assert list(read.ledger["taxable_value"]) == [10000050, 100000, 100000]
    assert list(read.ledger["supplier_name"]) == ["Société", "Two lines", "Alpha"]
    assert list(read.rows) == [3, 4, 6], "file lines, a quoted line break counting"
    assert read.sheet == ""


def test_a_first_line_naming_the_separator_is_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("sep=;\n" + ";".join(HEADS) + "\n" + ";".join(ROW) + "\n", encoding="utf-8")
    read = read_register(path, CLIENT)
    assert len(read.ledger) == 1 and read.header_row == 2


def test_old_xls_keeps_long_numbers_and_dates(tmp_path: Path) -> None:
    rows = [["Title"], HEADS, ["Alpha", ALPHA, 1234567890123456, datetime.date(2026, 10, 5), 1000.5, "", 90, 90, ""], ["Alpha", ALPHA, "000123", 46300, 10, "", 1, 1, ""], ["Alpha", ALPHA, 12.0, "5 Oct 26", 10, "", 1, 1, ""]]
    read = read_register(as_xls(tmp_path, rows), CLIENT)
    assert list(read.ledger["document_number"]) == ["1234567890123456", "000123", "12"]
    assert list(read.ledger["document_date"].dt.strftime("%Y-%m-%d")) == ["2026-10-05", "2026-10-05", "2026-10-05"]
    assert read.ledger["taxable_value"].iloc[0] == 100050


def test_xlsx_numbers_dates_and_texts_come_as_they_are(tmp_path: Path) -> None:
    rows = [HEADS, ["Alpha", ALPHA, 12.0, datetime.date(2026, 10, 5), 123456789.123, "", 0.1 + 0.2, 90, ""], ["Alpha", ALPHA, "1E5", datetime.datetime(2026, 10, 5, 14, 30), 1e5, "", 90, 90, ""], ["Alpha", ALPHA, "=SUM(A1)", 46300, 1, "", 1, 1, ""]]
    path = as_xlsx(tmp_path, rows)
    text = open_tables(path).read("Sheet1")
    assert text.frame.loc[2].tolist()[2:8] == ["12", "2026-10-05", "123456789.123", "", "0.3", "90"]
    read = read_register(path, CLIENT)
    assert list(read.ledger["document_number"]) == ["12", "1E5", "=SUM(A1)"]
    assert set(read.ledger["document_date"].dt.day) == {5}
    assert list(read.ledger["taxable_value"]) == [12345678912, 10000000, 100]


def test_html_and_spreadsheet_xml_that_call_themselves_xls_are_read(tmp_path: Path) -> None:
    page = tmp_path / "h.xls"
    page.write_text("<html><body><table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (HEADS, ROW)) + "</table>", encoding="utf-8")
    book = tmp_path / "s.xls"
    cells = "".join("<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>" for row in (HEADS, ROW))
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    book.write_text(f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}"><Worksheet ss:Name="P"><Table>{cells}</Table></Worksheet></Workbook>', encoding="utf-8")
    for path in (page, book):
        assert list(read_register(path, CLIENT).ledger["taxable_value"]) == [100000]


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.csv", b"", "is empty"), ("a.csv", b" \n\n", "is empty"), ("a.pdf", b"%PDF-1.4 xxxx", "is a PDF"), ("a.xlsx", b"PK\x03\x04garbage", "damaged"),
    ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "damaged or locked"), ("a.csv", bytes(range(256)) * 20, "neither a workbook nor text"), ("a.xml", b"<?xml version='1.0'?><a><b/></a>", "without a table"),
    ("a.csv", b"just one line of words\nand another\n", "no columns"), ("a.csv", b"1,2,3\n4,5,6\n", "no row of headings"), ("t.xml", b"<ENVELOPE><BODY></BODY></ENVELOPE>", "without any voucher"),
    ("t.xml", b"<ENVELOPE><VOUCHER><DATE>1</ENVELOPE>", "damaged XML"),
    ("l.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><ENVELOPE><VOUCHER><DATE>&a;</DATE></VOUCHER></ENVELOPE>', "without a table"),
    ("h.csv", b"H,1,GC1,08102026\nT,1,2\n", "bill record of Marg"),
])
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImsXlError, match=re.escape(told)) as caught:
        read_register(path, CLIENT)
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_a_folder_and_a_missing_sheet_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.xlsx", tmp_path):
        with pytest.raises(ImsXlError):
            read_register(path, CLIENT)
    with pytest.raises(ImsXlError, match="has no sheet 'Other'; it has: Sheet1"):
        read_register(as_xlsx(tmp_path, [HEADS, ROW]), CLIENT, sheet="Other")


def _with_part(path: Path, change: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | change).items():
            archive.writestr(name, content)
    return path


def test_sheets_that_claim_or_touch_a_billion_cells_are_read_by_what_they_hold(tmp_path: Path) -> None:
    part = "xl/worksheets/sheet1.xml"
    claims = as_xlsx(tmp_path, [HEADS, ROW], name="claims.xlsx")
    content = zipfile.ZipFile(claims).read(part)
    _with_part(claims, {part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', content)})
    stray = as_xlsx(tmp_path, [HEADS, ROW], name="stray.xlsx")
    book = openpyxl.load_workbook(stray)
    book.active["XFD1048576"] = "x"
    book.save(stray)
    styled = as_xlsx(tmp_path, [HEADS, ROW], name="styled.xlsx")
    book = openpyxl.load_workbook(styled)
    for row in range(10, 1_048_000, 40_000):
        book.active.cell(row, 90).font = Font(bold=True)
    book.save(styled)
    for path in (claims, stray, styled):
        assert list(read_register(path, CLIENT).ledger["taxable_value"]) == [100000]


def test_a_workbook_that_would_unpack_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ims_xl.readers import tables_guard

    monkeypatch.setattr(tables_guard, "LARGEST_PART", 1 << 20)
    path = as_xlsx(tmp_path, [HEADS, ROW])
    part = "xl/worksheets/sheet1.xml"
    content = zipfile.ZipFile(path).read(part)
    _with_part(path, {part: content.replace(b"</sheetData>", b"</sheetData>" + b" " * (2 << 20))})
    with pytest.raises(ImsXlError, match="would unpack to more than 1 MB"):
        read_register(path, CLIENT)


def test_formulas_that_were_never_calculated_are_told(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path, [HEADS, ROW, ["Alpha", ALPHA, "A-2", "05/10/2026", "1000", "", "", "90", ""]])
    book = openpyxl.load_workbook(path)
    book.active["G3"].value = "=E3*9%"
    book.save(path)
    problems = read_register(path, CLIENT).problems
    assert [(p.row, p.field) for p in problems] == [(3, "cgst")] and "never calculated (the first is G3)" in problems[0].message


def test_a_supplier_merged_over_its_bills_stands_in_each_of_them(tmp_path: Path) -> None:
    rows = [HEADS, ROW, ["", "", "A-2", *ROW[3:]], ["", "", "A-3", *ROW[3:]], ["Beta", BETA, "B-1", "05/10/2026", "100", "18", "", "", "118"]]
    read = read_register(as_xlsx(tmp_path, rows, merges=("A2:A4", "B2:B4")), CLIENT)
    assert list(read.ledger["supplier_gstin"]) == [ALPHA, ALPHA, ALPHA, BETA]
    assert list(read.ledger["supplier_name"]) == ["Alpha", "Alpha", "Alpha", "Beta"]


def test_rates_below_a_heading_may_be_numbers_shown_as_per_cent(tmp_path: Path) -> None:
    rows = [["Party", "GSTIN", "Bill No", "Bill Date", "Taxable Value", "", "CGST", "", "SGST", ""], ["", "", "", "", 0.05, 0.18, 0.025, 0.09, 0.025, 0.09], ["A", ALPHA, "A-1", "05/10/2026", 100, 200, 2.5, 18, 2.5, 18]]
    ledger = read_register(as_xlsx(tmp_path, rows), CLIENT).ledger
    assert ledger.iloc[0][["taxable_value", "cgst", "sgst"]].tolist() == [30000, 2050, 2050]


def test_cells_with_names_before_their_tags_are_guarded_too(tmp_path: Path) -> None:
    part = "xl/worksheets/sheet1.xml"
    path = as_xlsx(tmp_path, [HEADS, ROW])
    content = zipfile.ZipFile(path).read(part).decode()
    content = re.sub(r"<(/?)(worksheet|sheetData|row|c|v|is|t|sheetPr|dimension|sheetViews|sheetView|sheetFormatPr|pageMargins|outlinePr|pageSetUpPr|selection)\b", r"<\1x:\2", content).replace("xmlns=", "xmlns:x=")
    far = content.replace("</x:sheetData>", '<x:row r="1048576"><x:c r="XFD1048576" t="n"><x:v>1</x:v></x:c></x:row></x:sheetData>')
    from ims_xl.readers.tables_guard import guarded_sheets

    assert guarded_sheets(_with_part(path, {part: far.encode()}))["Sheet1"].sparse
    assert not guarded_sheets(_with_part(path, {part: content.encode()}))["Sheet1"].sparse


def test_the_registers_sheet_is_found_among_others(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path, SUMMARY, sheet="Summary", others={"IMS data": IMS, "B2B": GSTR2B, "Parties": MASTER, "Sales Oct": SALES, "Sheet7": [["x"], [], HEADS, ROW]})
    read = read_register(path, CLIENT)
    assert read.sheet == "Sheet7" and list(read.rows) == [4]


@pytest.mark.parametrize("rows", [IMS, GSTR2B, SUMMARY, MASTER, SALES, [["x"]]])
def test_other_sheets_do_not_look_like_a_register(rows: made.Rows) -> None:
    assert looks_like_register(as_text(rows, "Sheet1")) == 0


@pytest.mark.parametrize("rows", [made.contract(), made.tally_columnar(), made.tally_gst_vouchers(), made.tally_voucher_format(), made.busy(), made.marg(), made.zoho(), made.erpnext(), made.sap(),
                                  made.quickbooks(), made.handmade(), made.gstn_template(), made.gstr2_b2b(), made.gstr2_cdnr(), made.gstr2_impg(), [HEADS, ROW], [[*HEADS, "Match", "Differs in", "IMS rows"], ROW]])
def test_every_register_looks_like_one_unless_it_bears_the_name_of_a_tab_of_ours(rows: made.Rows) -> None:
    assert looks_like_register(as_text(rows, "Sheet1")) > 0
    for name in ("Not in IMS", "Portal 2B", "Log", "Log (IMS)", "GSTR-3B"):
        assert looks_like_register(as_text(rows, name)) == 0


def test_portal_sheets_and_sales_alone_are_refused_by_name(tmp_path: Path) -> None:
    for rows, told in ((IMS, "portal"), (GSTR2B, "portal"), (SALES, "sales")):
        with pytest.raises(ImsXlError, match=told):
            read_register(as_xlsx(tmp_path, rows, name=f"{told}.xlsx"), CLIENT)


def test_a_register_of_another_gstin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImsXlError, match=f"register of {BETA}, not of {CLIENT}"):
        read_register(as_csv(tmp_path, [[f"GSTIN: {BETA}"], HEADS, ROW]), CLIENT)
    with pytest.raises(ImsXlError, match=f"register of {BETA}, not of {CLIENT}"):
        read_register(as_csv(tmp_path, [[*HEADS, "Company GSTIN"], [*ROW, BETA]]), CLIENT)
    assert len(read_register(as_csv(tmp_path, [[f"GSTIN: {CLIENT}"], HEADS, ROW]), CLIENT).ledger) == 1


def test_every_line_of_a_large_register_is_read() -> None:
    count = 20_000
    numbers = np.arange(count)
    taxable = 1000 + numbers % 977
    import pandas as pd

    frame = pd.DataFrame({
        1: numbers.astype(str), 2: "Purchase", 3: [f"{1 + i % 28:02d}-10-2026" for i in range(count)], 4: np.where(numbers % 3, ALPHA, BETA), 5: "A supplier", 6: [f"INV/{i}/26-27" for i in range(count)],
        7: (46296 + numbers % 20).astype(str), 8: "27-Maharashtra", 9: "N", 10: "", 11: taxable.astype(str), 12: "", 13: (taxable * 0.09).round(2).astype(str), 14: (taxable * 0.09).round(2).astype(str), 15: "",
        16: "Inputs", 17: "8471", 18: "words", 19: "18", 20: "",
    }, dtype="str")
    heads = ["Voucher No", "Voucher Type", "Date", "Supplier GSTIN", "Supplier Name", "Invoice No", "Invoice Date", "Place of Supply", "Reverse Charge", "Invoice Value", "Taxable Value", "IGST", "CGST", "SGST", "Cess",
             "ITC Eligibility", "HSN", "Narration", "Rate", "Receipt Date"]
    whole = pd.concat([pd.DataFrame([heads], columns=frame.columns, dtype="str"), frame], ignore_index=True)
    whole.index = pd.RangeIndex(1, len(whole) + 1)
    read = read_register_sheet(SheetText("Purchases", whole), "big.xlsx", CLIENT)
    assert len(read.ledger) == count and int(read.ledger["taxable_value"].sum()) == int(taxable.sum()) * 100
