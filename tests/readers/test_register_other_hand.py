"""Registers by another hand than the samples of `tests/readers/registers`: every line below was counted and added up by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ims_xl.readers.register import RegisterFile, read_register, read_register_sheet
from tests.readers.registers import CLIENT, as_csv, as_text, as_xlsx, gstin

A, B, D = gstin("27", "AACCV1234M"), gstin("29", "AAECM5678K"), gstin("27", "ABCPS3456L")
PLAIN = ["Supplier", "GSTIN", "Bill No", "Bill Date", "Taxable", "IGST", "CGST", "SGST"]
VARUN, MANGAL = ["Varun", A, "1", "05-10-2026", "200", "", "18", "18"], ["Mangal", B, "2", "05-10-2026", "100", "18", "", ""]
Line = tuple[int, str, str, str, float, float, float, float]


def lines(read: RegisterFile) -> list[Line]:
    """Sheet row, supplier, number, date, taxable value, IGST, CGST, SGST in rupees."""
    ledger = read.ledger
    days = ledger["document_date"].dt.strftime("%Y-%m-%d").fillna("")
    money = [[int(v) / 100 for v in ledger[name]] for name in ("taxable_value", "igst", "cgst", "sgst")]
    return [tuple(line) for line in zip((int(r) for r in read.rows), ledger["supplier_gstin"], ledger["document_number"], days, *money)]  # type: ignore[misc]


def of(rows: Sequence[Sequence[Any]], merged: tuple[str, ...] = (), name: str = "Sheet1") -> RegisterFile:
    """Cells as the readers of files give them: dates as ISO, numbers in their shortest form."""
    return read_register_sheet(as_text([["" if c is None else c for c in row] for row in rows], name, merged=merged), "r.xlsx", CLIENT)


TALLY = ["Date", "Particulars", "Buyer/Supplier", "Voucher Type", "Voucher No.", "Voucher Ref. No.", "Voucher Ref. Date", "GSTIN/UIN", "Quantity", "Rate", "Value", "Addl. Cost", "Gross Total",
         "Purchase GST 18% Local", "Input CGST 9%", "Input SGST 9%", "Purchase Interstate @12%", "Input IGST 12%", "Freight Inward", "Round Off", "TDS on Contract"]
BUSY = ["S.No.", "Section", "Date", "Party", "GSTIN", "Vch/Bill No", "Doc. No.", "Doc. Date", "Total Amount", "Taxable Amt", "Tax Rate", "IGST", "CGST", "SGST", "Cess"]
BOOKS: dict[str, tuple[Sequence[Sequence[Any]], tuple[str, ...], list[Line]]] = {
    "Tally columnar with Dr and Cr, freight, round-off and TDS": ([
        ["Shree Vardhan Traders"], [f"GSTIN: {CLIENT}"], ["Purchase Register"], ["1-Oct-26 to 31-Oct-26"], [], TALLY,
        ["3-Oct-26", "Varun", "Varun", "Purchase", "41", "VM/26-27/118", "2-Oct-26", A, "10 Nos", "100.00", "1000.00", "", "1180.00 Cr", "1000.00 Dr", "90.00 Dr", "90.00 Dr"],
        ["9-Oct-26", "Mangal", "Mangal", "Purchase", "42", "000871", "46303", B, "", "", "5000.00", "", "5712.00 Cr", "", "", "", "5000.00 Dr", "612.00 Dr", "100.00 Dr"],
        ["12-Oct-26", "Tirupati", "Tirupati", "Purchase", "43", "TS-9", "12-Oct-26", D, "", "", "", "", "2323.60 Cr", "2000.00 Dr", "180.00 Dr", "180.00 Dr", "", "", "", "0.40 Cr", "36.00 Cr"],
        ["15-Oct-26", "Varun", "Varun", "Debit Note", "DN/3", "VM/CN/7", "14-Oct-26", A, "", "", "100.00", "", "118.00 Dr", "100.00 Cr", "9.00 Cr", "9.00 Cr"],
        ["20-Oct-26", "Cash", "", "Payment", "P-8", "", "", "", "", "", "", "", "500.00"],
        ["", "Grand Total", "", "", "", "", "", "", "", "", "", "", "8597.60 Cr", "2900.00 Dr", "261.00 Dr", "261.00 Dr", "5000.00 Dr", "612.00 Dr", "100.00 Dr", "0.40 Cr", "36.00 Cr"]],
        (), [(7, A, "VM/26-27/118", "2026-10-02", 1000, 0, 90, 90), (8, B, "000871", "2026-10-08", 5100, 612, 0, 0), (9, D, "TS-9", "2026-10-12", 2000, 0, 180, 180), (10, A, "VM/CN/7", "2026-10-14", -100, 0, -9, -9)]),
    "Busy in blocks, with the note's original below it": ([
        ["SVT"], [f"GSTIN : {CLIENT}"], ["Supply Inward Register"], ["From 01-10-2026 To 31-10-2026"], ["Block: B2B"], BUSY,
        ["1", "B2B", "05-10-2026", "Varun", A, "101", "V/1", "04-10-2026", "2,300.00", "1,000.00", "18.00", "0.00", "90.00", "90.00", "0.00"],
        ["", "", "", "", "", "", "", "", "", "1,000.00", "12.00", "0.00", "60.00", "60.00", "0.00"], ["", "", "", "Total", "", "", "", "", "2,300.00", "2,000.00", "", "0.00", "150.00", "150.00", "0.00"],
        ["Block: CDNR"], BUSY, ["1", "CDNR", "07-10-2026", "Varun", A, "DN1", "C/4", "07-10-2026", "118.00", "100.00", "18.00", "0.00", "9.00", "9.00", "0.00"],
        ["Org. Inv. No. : V/1  Dt. 04-10-2026"], ["Doc. Type : Credit Note"]],
        (), [(7, A, "V/1", "2026-10-04", 1000, 0, 90, 90), (8, A, "V/1", "2026-10-04", 1000, 0, 60, 60), (12, A, "C/4", "2026-10-07", 100, 0, 9, 9)]),
    "rates and states under headings of three lines": ([
        ["PURCHASES OCT 2026"], ["Sl", "Supplier details", "", "Bill details", "", "Local purchases", "", "", "", "", "", "Interstate", "", "Bill total"],
        ["", "Name", "GSTIN", "No.", "Date", "GST 5%", "", "", "GST 18%", "", "", "IGST 18%", "", ""], ["", "", "", "", "", "Taxable", "CGST", "SGST", "Taxable", "CGST", "SGST", "Taxable", "IGST", ""],
        ["1", "Varun", A, "V/1", "05/10/26", "1000", "25", "25", "2000", "180", "180", "", "", "3410"], ["2", "Mangal", B, "M/2", "06/10/26", "", "", "", "", "", "", "500", "90", "590"],
        ["3", "Varun", A, "V/3", "07/10/26", "", "", "", "100", "9", "9", "", "", "118"]],
        ("B2:C2", "D2:E2", "F2:K2", "L2:M2", "F3:H3", "I3:K3", "L3:M3", "N2:N4", "A2:A4"),
        [(5, A, "V/1", "2026-10-05", 3000, 0, 205, 205), (6, B, "M/2", "2026-10-06", 500, 90, 0, 0), (7, A, "V/3", "2026-10-07", 100, 0, 9, 9)]),
    "the total between headings and bills": ([PLAIN, ["", "", "", "", "300", "18", "18", "18"], VARUN, MANGAL], (), [(3, A, "1", "2026-10-05", 200, 0, 18, 18), (4, B, "2", "2026-10-05", 100, 18, 0, 0)]),
    "suppliers with their totals above their bills": ([PLAIN, ["Varun", A, "", "", "300", "", "27", "27"], ["", "", "V1", "04-10-26", "100", "", "9", "9"], ["", "", "V2", "05-10-26", "200", "", "18", "18"], MANGAL], (),
        [(3, A, "V1", "2026-10-04", 100, 0, 9, 9), (4, A, "V2", "2026-10-05", 200, 0, 18, 18), (5, B, "2", "2026-10-05", 100, 18, 0, 0)]),
    "twenty-five title rows": ([*[[f"Note {i}: values in rupees, GSTIN, taxable"] for i in range(25)], PLAIN, VARUN], (), [(27, A, "1", "2026-10-05", 200, 0, 18, 18)]),
    "totals of pages carried over": ([PLAIN, VARUN, ["", "", "Page Total", "", "200", "0", "18", "18"], ["C/F", "", "", "", "200", "0", "18", "18"], [], ["SVT"], ["Page 2"], PLAIN, ["B/F", "", "", "", "200", "0", "18", "18"], MANGAL,
        ["", "", "Grand Total", "", "300", "18", "18", "18"]], (), [(2, A, "1", "2026-10-05", 200, 0, 18, 18), (10, B, "2", "2026-10-05", 100, 18, 0, 0)]),
    "GSTINs in small letters and with spaces": ([PLAIN, ["Varun", A.lower(), *VARUN[2:]], ["Mangal", f" {B[:2]} {B[2:12]} {B[12:]}", *MANGAL[2:]]], (), [(2, A, "1", "2026-10-05", 200, 0, 18, 18), (3, B, "2", "2026-10-05", 100, 18, 0, 0)]),
    "vendor codes before vendor names": ([["Vendor", "Trade Name", *PLAIN[1:]], ["1000017", *VARUN], ["1000018", *MANGAL]], (), [(2, A, "1", "2026-10-05", 200, 0, 18, 18), (3, B, "2", "2026-10-05", 100, 18, 0, 0)]),
    "the value taxed under IGST and under CGST apart": ([["Party", "GSTIN", "Inv No", "Inv Date", "IGST Taxable", "IGST", "CGST/SGST Taxable", "CGST", "SGST"], ["Varun", A, "1", "05-10-26", "", "", "200", "18", "18"], ["Mangal", B, "2", "05-10-26", "100", "18", "", "", ""]], (),
        [(2, A, "1", "2026-10-05", 200, 0, 18, 18), (3, B, "2", "2026-10-05", 100, 18, 0, 0)]),
}


@pytest.mark.parametrize("books", BOOKS)
def test_every_line_is_read_to_the_paisa(books: str) -> None:
    rows, merged, expected = BOOKS[books]
    read = of(rows, merged)
    assert lines(read) == expected
    assert sum(Decimal(str(line[4])) for line in expected) * 100 == int(read.ledger["taxable_value"].sum())


def test_busy_notes_know_their_kind_and_their_original() -> None:
    note = of(BOOKS["Busy in blocks, with the note's original below it"][0]).ledger.iloc[-1]
    assert (note["document_type"], note["original_number"], note["original_date"].day) == ("Credit Note", "V/1", 4)
    untold = of([BUSY, ["1", "CDNR", "07-10-2026", "Varun", A, "DN1", "C/4", "07-10-2026", "118", "100", "18", "0", "9", "9", "0"]])
    assert untold.ledger["document_type"].iloc[0] == "Credit Note" and "read as the supplier's credit notes" in untold.problems[0].message


def test_a_title_of_notes_is_obeyed_and_said() -> None:
    below = of([PLAIN, VARUN, ["Purchase returns"], MANGAL, ["Purchases of capital goods"], ["Varun", A, "3", "06-10-2026", "10", "", ".9", ".9"]])
    assert list(below.ledger["voucher_type"]) == ["", "Debit Note", ""] and "title that says Debit Note" in below.problems[0].message
    assert list(of([["Credit Notes received"], PLAIN, VARUN]).ledger["document_type"]) == ["Credit Note"]
    assert not of([["Purchase and Debit Note Register"], PLAIN, VARUN]).problems


def test_a_column_of_dr_and_cr_tells_the_rarer_side_as_returns() -> None:
    read = of([[*PLAIN, "Dr/Cr"], [*VARUN, "Cr"], [*MANGAL, "Cr"], ["Varun", A, "3", "06-10-2026", "10", "", ".9", ".9", "Dr"]])
    assert list(read.ledger["taxable_value"]) == [20000, 10000, -1000] and "Dr side" in read.problems[0].message
    assert not of([[*PLAIN, "Debit/Credit"], [*VARUN, "Credit"], [*MANGAL, "Credit"]]).ledger["document_type"].any()


def test_a_second_table_with_its_columns_in_another_order_is_read_by_its_own_headings() -> None:
    read = of([["Purchases"], PLAIN, VARUN, ["Total", "", "", "", "200", "", "18", "18"], [], ["Debit notes"], ["Note No", "Note Date", "GSTIN", "Party Name", "CGST", "SGST", "IGST", "Taxable Value", "Total"],
               ["C-1", "09-10-2026", B, "Mangal", "", "", "18", "100", "118"], ["Total", "", "", "", "0", "0", "18", "100", "118"]])
    assert lines(read) == [(3, A, "1", "2026-10-05", 200, 0, 18, 18), (8, B, "C-1", "2026-10-09", 100, 18, 0, 0)]
    assert list(read.ledger["voucher_type"]) == ["", "Debit Note"] and read.counts["totals"] == 2


def test_names_under_a_register_are_no_vouchers_and_are_listed() -> None:
    read = of([PLAIN, VARUN, MANGAL, ["Total", "", "", "2", "300", "18", "18", "18"], ["Prepared by", "", "Ramesh"], ["Checked by", "", "Suresh", "", "", "", "10-11-2026"]])
    assert len(read.ledger) == 2 and [p.row for p in read.problems] == [5, 6]


def test_no_under_itc_eligible_means_ineligible() -> None:
    assert list(of([[*PLAIN, "ITC Eligible"], [*VARUN, "Y"], [*MANGAL, "N"]]).ledger["itc_eligibility"]) == ["", "Ineligible"]


def test_equally_plausible_amounts_are_both_shown_for_confirmation() -> None:
    read = of([["Party", "GSTIN", "Invoice No", "Invoice Date", "Net Amount", "Sub Total", "IGST", "CGST", "SGST"], ["Varun", A, "1", "05-10-26", "100", "500", "", "9", "9"], ["Mangal", B, "2", "05-10-26", "200", "100", "18", "", ""]])
    assert list(read.mapping_shown.loc[read.mapping_shown["how"] == "confirm", "heading"]) == ["Net Amount", "Sub Total"] and "could each be the taxable value" in read.problems[0].message


def test_business_place_is_the_recipients_gstin_where_it_holds_gstins() -> None:
    assert set(of([["Business Place", *PLAIN], [CLIENT, *VARUN], [CLIENT, *MANGAL]]).ledger["recipient_gstin"]) == {CLIENT}
    assert set(of([["Business Place", *PLAIN], ["MH01", *VARUN]]).ledger["recipient_gstin"]) == {""}


def test_every_months_sheet_is_read_and_every_voucher_has_its_own_name(tmp_path: Path) -> None:
    months = {f"{month} 26": [["Vch No", *PLAIN], ["1", "Varun", A, f"{month}/1", f"05-{place:02d}-2026", 100 * place, "", 9 * place, 9 * place], ["2", *MANGAL[:2], f"{month}/2", f"06-{place:02d}-2026", 100, 18, "", ""]]
              for place, month in ((8, "Aug"), (9, "Sep"))}
    october = [["Vch No", *PLAIN], ["1", "Varun", A, "Oct/1", "05-10-2026", 1000, "", 90, 90]]
    read = read_register(as_xlsx(tmp_path, october, sheet="Oct 26", others={**months, "Notes": [["call Varun"]], "Sales": [PLAIN, ["Buyer", D, "S-1", "05-10-2026", 100, "", 9, 9]]}), CLIENT)
    assert sorted(lines(read)) == sorted([
        (2, A, "Oct/1", "2026-10-05", 1000, 0, 90, 90), (2, A, "Aug/1", "2026-08-05", 800, 0, 72, 72), (3, B, "Aug/2", "2026-08-06", 100, 18, 0, 0), (2, A, "Sep/1", "2026-09-05", 900, 0, 81, 81),
        (3, B, "Sep/2", "2026-09-06", 100, 18, 0, 0)])
    assert set(read.ledger["source_sheet"]) == {"Oct 26", "Aug 26", "Sep 26"} and read.ledger["voucher_number"].is_unique
    assert [(p.sheet, "is not read" in p.message) for p in read.problems] == [("Sales", True)]


def test_a_sheet_that_repeats_others_is_named_and_not_read_twice(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path, [PLAIN, VARUN], sheet="October", others={"All": [PLAIN, MANGAL, VARUN, ["Varun", A, "9", "09-09-2026", "10", "", ".9", ".9"]], "Notes": [PLAIN, VARUN, VARUN]})
    read = read_register(path, CLIENT)
    assert len(read.ledger) == 5 and [(p.sheet, "copy" in p.message) for p in read.problems] == [("October", True)]   # `Notes` has one line twice: that is no copy
    hidden = as_xlsx(tmp_path, [PLAIN, VARUN], name="h.xlsx", sheet="Now", others={"Before": [PLAIN, MANGAL]})
    import openpyxl

    book = openpyxl.load_workbook(hidden)
    book["Before"].sheet_state = "hidden"
    book.save(hidden)
    read = read_register(hidden, CLIENT)
    assert len(read.ledger) == 1 and [(p.sheet, "is hidden" in p.message) for p in read.problems] == [("Before", True)]


def test_a_text_file_of_sap_in_utf16_has_signs_behind_and_internal_numbers_before(tmp_path: Path) -> None:
    heads = ["Company Code", "Business Place", "Fiscal Year", "Document Number", "Document Type", "Posting Date", "Document Date", "Reference", "Vendor", "Vendor Name", "Vendor GSTIN", "Tax Code", "Base Amount", "CGST Amount",
             "SGST Amount", "IGST Amount", "RCM CGST", "RCM SGST", "RCM IGST", "Total Inv. Amount"]
    rows = [["GST INPUT REGISTER"], ["Run: 02.11.2026"], heads,
            ["1000", "MH01", "2026", "5100000123", "RE", "05.10.2026", "03.10.2026", "VM/118", "100023", "Varun", A, "V1", "1,00,000.00", "9,000.00", "9,000.00", "0.00", "0", "0", "0", "1,18,000.00"],
            ["1000", "MH01", "2026", "5100000125", "KR", "06.10.2026", "04.10.2026", "0000456", "100025", "Mangal", B, "R1", "2,000.00", "0", "0", "0", "50.00", "50.00", "0", "2,000.00"],
            ["1000", "MH01", "2026", "5100000126", "KG", "08.10.2026", "07.10.2026", "CN9", "100023", "Varun", A, "V1", "1,000.00-", "90.00-", "90.00-", "0", "0", "0", "0", "1,180.00-"]]
    read = read_register(as_csv(tmp_path, rows, encoding="utf-16", delimiter="\t"), CLIENT)
    assert lines(read) == [(4, A, "VM/118", "2026-10-03", 100000, 0, 9000, 9000), (5, B, "0000456", "2026-10-04", 2000, 0, 50, 50), (6, A, "CN9", "2026-10-07", -1000, 0, -90, -90)]
    assert list(read.ledger["reverse_charge"]) == ["", "Y", ""] and list(read.ledger["voucher_number"]) == ["5100000123", "5100000125", "5100000126"]


def test_dates_of_excel_and_of_persons_in_one_column(tmp_path: Path) -> None:
    typed: list[Any] = [date(2026, 10, 5), 46300, "46300", "5-Oct-26", "05.10.2026", "2026-10-05", "5/10/26", "05Oct2026", "2026-10-05T00:00:00", "5th October 2026"]
    read = read_register(as_xlsx(tmp_path, [PLAIN, *[["Varun", A, f"{place}", day, 100, "", 9, 9] for place, day in enumerate(typed)]]), CLIENT)
    assert {line[3] for line in lines(read)} == {"2026-10-05"} and not read.problems
