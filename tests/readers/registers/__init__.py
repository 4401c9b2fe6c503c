"""Builders of registers as accounting packages write them: our own samples with their headings and habits, made anew in every test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ims_xl.gstin import check_character
from ims_xl.hosts.base import SheetText


def gstin(state: str, pan: str) -> str:
    """A GSTIN with the right check character."""
    first = f"{state}{pan}1Z"
    return first + check_character(first)


ALPHA = gstin("27", "AAPFU0939F")
BETA = gstin("29", "AABCT1332L")
GAMMA = gstin("27", "AAACR5055K")
CLIENT = gstin("27", "AAKCB4321Q")

Rows = Sequence[Sequence[Any]]


def as_csv(folder: Path, rows: Rows, name: str = "register.csv", encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def as_xlsx(folder: Path, rows: Rows, name: str = "register.xlsx", sheet: str = "Sheet1", merges: Sequence[str] = (), others: dict[str, Rows] | None = None) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = sheet
    for title, content in ({sheet: rows} | (others or {})).items():
        page = book[title] if title in book.sheetnames else book.create_sheet(title)
        for r, row in enumerate(content, start=1):
            for c, value in enumerate(row, start=1):
                if value is not None and value != "":
                    cell = page.cell(r, c)
                    cell.value = value
                    if isinstance(value, str) and value.startswith("="):
                        cell.data_type = "s"
    for area in merges:
        book[sheet].merge_cells(area)
    book.save(folder / name)
    return folder / name


def as_xls(folder: Path, rows: Rows, name: str = "register.xls") -> Path:
    import datetime

    import xlwt

    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    dated = xlwt.easyxf(num_format_str="dd-mm-yyyy")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None and value != "":
                page.write(r, c, value, dated if isinstance(value, datetime.date) else xlwt.Style.default_style)
    book.save(str(folder / name))
    return folder / name


def as_text(rows: Rows, name: str = "Purchases", first_row: int = 1, merged: tuple[str, ...] = ()) -> SheetText:
    width = max(len(row) for row in rows)
    frame = pd.DataFrame([[str(v) for v in row] + [""] * (width - len(row)) for row in rows], dtype="str")
    frame.columns = pd.RangeIndex(1, width + 1)
    frame.index = pd.RangeIndex(first_row, first_row + len(rows))
    return SheetText(name, frame, merged)


CONTRACT_HEADINGS = (
    "voucher_number", "voucher_type", "voucher_date", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "place_of_supply",
    "document_value", "reverse_charge", "taxable_value", "igst", "cgst", "sgst", "cess", "itc_eligibility", "receipt_date",
)


def contract() -> Rows:
    """The plain columns of the contract, typed by a person."""
    return [
        CONTRACT_HEADINGS,
        ["1", "Purchase", "2026-10-05", ALPHA, "Alpha", "", "000123", "05/10/2026", "27", "1180", "N", "1,000.00", "", "90", "90", "", "Inputs", ""],
        ["2", "Debit Note", "2026-10-06", BETA, "Beta", "", "1E5", "46301", "29-Karnataka", "118", "no", "100", "18", "", "", "", "17(5)", "2026-11-02"],
        ["3", "Purchase", "06-10-26", GAMMA, "Gamma", "", "X/1", "6 Oct 2026", "Maharashtra", "", "", "(50.00)", "", "4.5 Dr", "4.50", "", "Capital Goods", ""],
    ]


def tally_columnar() -> Rows:
    """Tally Prime, Purchase Register, columnar: a column a ledger, Dr and Cr, a journal and a debit note among the purchases."""
    return [
        ["ABC Traders"], ["12 Market Road, Pune"], ["Purchase Register"], ["1-Oct-26 to 31-Oct-26"], [],
        ["Date", "Particulars", "Voucher Type", "Voucher No.", "Supplier Invoice No.", "Supplier Invoice Date", "GSTIN/UIN", "Quantity", "Value", "Gross Total",
         "Purchase IGST 18%", "Purchase GST 18%", "Input CGST @9%", "Input SGST @9%", "IGST@18%", "Freight Inward", "Purchase Exempt", "Round Off"],
        ["5-Oct-26", "Alpha", "Purchase", "1", "A-1", "3-Oct-26", ALPHA, "5", "1000.00", "1180.00 Cr", "", "1000.00 Dr", "90.00 Dr", "90.00 Dr", "", "", "", ""],
        ["5-Oct-26", "Beta", "Purchase", "2", "B-1", "4-Oct-26", BETA, "", "", "1298.40", "1000", "", "", "", "198", "100", "", "0.40"],
        ["6-Oct-26", "Gamma", "Debit Note", "1", "C-9", "4-Oct-26", GAMMA, "", "", "118", "", "100", "9", "9", "", "", "", ""],
        ["7-Oct-26", "Village shop", "Purchase", "3", "", "", "", "", "", "500", "", "", "", "", "", "", "500", ""],
        ["8-Oct-26", "Gamma", "Journal", "7", "G/77", "8-Oct-26", GAMMA, "", "", "590", "", "", "45", "45", "", "500", "", ""],
        ["", "Grand Total", "", "", "", "", "", "5", "1000", "3686.4", "1000", "1100", "144", "144", "198", "600", "500", "0.40"],
    ]


def tally_gst_vouchers() -> Rows:
    return [
        ["ABC Traders"], ["GSTR-2B - Voucher Register"], [],
        ["Date", "Particulars", "Vch Type", "Vch No.", "Doc No.", "Doc Date", "GSTIN/UIN", "Taxable Amount", "Integrated Tax", "Central Tax", "State Tax", "Cess", "Tax Amount", "Invoice Amount"],
        ["5-Oct-26", "Alpha", "Purchase", "1", "A-1", "3-Oct-26", ALPHA, "1,000.00", "", "90.00", "90.00", "", "180.00", "1,180.00"],
        ["6-Oct-26", "Beta", "Purchase", "2", "B/9", "4-Oct-26", BETA, "1,00,000.00", "18,000.00", "", "", "", "18,000.00", "1,18,000.00"],
    ]


def tally_voucher_format() -> Rows:
    blank = [""] * 9
    return [
        ["Voucher Date", "Voucher Type Name", "Voucher Number", "Reference No.", "Reference Date", "Buyer/Supplier - Mailing Name", "Buyer/Supplier - GSTIN/UIN", "Buyer/Supplier - State",
         "Place of Supply", "Ledger Name", "Ledger Amount", "Ledger Amount Dr/Cr", "Item Name", "Item Amount", "Voucher Narration"],
        ["05-10-2026", "Purchase", "1", "A-1", "03-10-2026", "Alpha", ALPHA, "Maharashtra", "Maharashtra", "Alpha", "1180.00", "Cr", "", "", ""],
        [*blank, "Purchase GST 18%", "1000.00", "Dr", "", "", ""], [*blank, "Input CGST 9%", "90.00", "Dr", "", "", ""], [*blank, "Input SGST 9%", "90.00", "Dr", "", "", ""],
        ["06-10-2026", "Debit Note", "1", "C-1", "03-10-2026", "Beta", BETA, "Karnataka", "Maharashtra", "Beta", "118.00", "Dr", "", "", ""],
        [*blank, "Purchase", "", "", "Item X", "100.00", ""], [*blank, "IGST", "18.00", "Cr", "", "", ""], [*blank, "Round Off", "0.00", "Cr", "", "", ""],
    ]


def tally_day_book() -> Rows:
    return [
        ["Day Book"], ["1-Oct-26 to 31-Oct-26"],
        ["Date", "Particulars", "Vch Type", "Vch No.", "Supplier Invoice No.", "GSTIN/UIN", "Gross Total", "Purchase", "CGST", "SGST", "Sales", "Bank Charges", "HDFC Bank"],
        ["5-Oct-26", "Alpha", "Purchase", "1", "A-1", ALPHA, "1180", "1000", "90", "90", "", "", ""],
        ["5-Oct-26", "A customer", "Sales", "1", "", BETA, "1180", "", "90", "90", "1000", "", ""],
        ["5-Oct-26", "The bank", "Payment", "1", "BK/10", GAMMA, "118", "", "9", "9", "", "100", ""],
        ["5-Oct-26", "Alpha", "Payment", "2", "", "", "500", "", "", "", "", "", "500"],
        ["6-Oct-26", "(cancelled)", "Purchase", "2", "", "", "", "", "", "", "", "", ""],
    ]


def busy() -> Rows:
    heads = ["S.No.", "Section", "Date", "Party", "GSTIN", "Vch/Bill No", "Doc. No.", "Doc. Date", "Bill Amount", "Taxable Amt", "Tax Rate", "IGST", "CGST", "SGST", "Cess"]
    return [
        ["XYZ LTD"], ["Plot 7"], [f"GSTIN : {CLIENT}"], ["Supply Inward Register"], ["From 01-10-2026 To 31-10-2026"], [],
        heads,
        ["1", "B2B", "05-10-2026", "Alpha", ALPHA, "PV-1", "A-1", "03-10-2026", "2300.00", "1000.00", "18%", "", "90.00", "90.00", ""],
        ["", "", "", "", "", "", "", "", "", "1000.00", "12%", "", "60.00", "60.00", ""],
        ["2", "B2B", "05-10-2026", "Beta", BETA, "PV-2", "B-1", "03-10-2026", "118.00", "100.00", "18%", "18", "", "", ""],
        ["XYZ LTD"], heads,
        ["3", "CDNR", "05-10-2026", "Gamma", GAMMA, "DN-2", "CN-1", "03-10-2026", "-118.00", "-100.00", "18%", "", "-9", "-9", ""],
        ["", "Org. Inv. : A-77"],
        ["", "", "", "Total", "", "", "", "", "2300.00", "2000.00", "", "18", "141", "141", ""],
    ]


def marg() -> Rows:
    return [
        ["SrNo", "Customer Name", "GST Number", "Bill No", "Bill Date", "HSN", "Desc", "GST%", "Qty", "UNIT", "Taxable Amt", "SGST", "CGST", "IGST", "Oth Amt", "Bill Amt"],
        ["1", "Alpha", ALPHA, "VPT/26-27/11", "07-Oct-2026", "6107", "61079110", "5.00", "60.00", "PCS", "15736.17", "393.41", "393.41", "0.00", "0.01", "16523.00"],
        ["2", "Gamma", GAMMA, "2026-27/017", "08/Oct/2026", "6107", "61079110", "5.00", "50.00", "PCS", "4357.13", "108.93", "108.93", "0.00", "0.01", "4575.00"],
    ]


def marg_bill_csv(folder: Path) -> Path:
    head = f"H,1,GC10943,08102026,,00000000,,1,,08102026,,,08102026,27-MAHARASHTRA,0,0,,0,,,,,,,,,S,,BVEV,,Beta,9999999999,{BETA},x"
    items = [
        "T,OIF,CO,0001973,,Item 200,30ML,,N5,00000000,,,5,0,130,,130,,0,,71,0,64,6065.37,4.76,3164.63,158.23,0,0,G,x",
        "T,OIF,CO,0001972,,Item 30,30ML,,N5,00000000,,,5,0,110,,110,,0,,44,0,64,3180.54,4.76,1659.46,82.97,0,0,G,x",
    ]
    path = folder / "marg.csv"
    path.write_text("\n".join([head, *items, "F,4824.09,5065.29,0,0,0,0,,0,241.20,"]) + "\n", encoding="utf-8")
    return path


ZOHO_HEADINGS = (
    "Bill Date", "Due Date", "Bill ID", "Vendor Name", "Bill Number", "PurchaseOrder", "Currency Code", "Exchange Rate", "SubTotal", "Total", "Adjustment", "Is Inclusive Tax", "Bill Status",
    "Item Name", "Account", "HSN/SAC", "Quantity", "Rate", "Item Total", "Tax Name", "Tax Percentage", "Tax Amount", "Reverse Charge Tax Name", "ITC Eligibility", "Source of Supply",
    "Destination of Supply", "GST Treatment", "GST Identification Number (GSTIN)", "CGST Rate %", "SGST Rate %", "IGST Rate %", "CESS Rate %", "CGST(FCY)", "SGST(FCY)", "IGST(FCY)", "CGST",
    "SGST", "IGST", "CESS",
)


def zoho() -> Rows:
    def bill(day: str, key: str, name: str, number: str, status: str, total: str, item: str, amount: str, inclusive: str, rcm: str, itc: str, gst: str, c: str, s: str, i: str) -> list[str]:
        return [day, "", key, name, number, "", "INR", "1", "300", total, "0", inclusive, status, item, "Cost of Goods Sold", "8471", "1", amount, amount, "GST18", "18", "", rcm, itc, "KA" if gst == BETA else "MH",
                "MH", "business_gst", gst, "9", "9", "", "", c, s, i, c, s, i, "0"]

    return [
        ZOHO_HEADINGS,
        bill("2026-10-02", "9001", "Alpha", "A-1", "Open", "354", "X", "100", "false", "", "Eligible", ALPHA, "9", "9", "0"),
        bill("2026-10-02", "9001", "Alpha", "A-1", "Open", "354", "Y", "200", "false", "", "Ineligible - Section 17(5)", ALPHA, "18", "18", "0"),
        bill("2026-10-03", "9002", "Beta", "B-1", "Draft", "236", "Y", "200", "false", "", "", BETA, "", "", "36"),
        bill("2026-10-04", "9003", "Beta", "B-2", "Paid", "118", "Z", "118", "true", "", "", BETA, "", "", "18"),
        bill("2026-10-05", "9004", "Gamma", "G-1", "Open", "100", "Freight", "100", "false", "CGST/SGST 5% RCM", "", GAMMA, "2.5", "2.5", "0"),
    ]


def erpnext() -> Rows:
    return [
        ["Invoice", "Posting Date", "Supplier", "Supplier Name", "Supplier GSTIN", "Company GSTIN", "Is Reverse Charge", "GST Category", "Bill No", "Bill Date", "Net Total",
         "Input Tax CGST - ABC", "Input Tax SGST - ABC", "Input Tax IGST - ABC", "Input Tax CGST RCM - ABC", "Input Tax SGST RCM - ABC", "Total Tax", "Grand Total", "Rounded Total"],
        ["PINV-1", "2026-10-05", "SUP-1", "Alpha", ALPHA, CLIENT, "0", "Registered Regular", "A-1", "2026-10-03", "1000", "90", "90", "0", "0", "0", "180", "1180", "1180"],
        ["PINV-2", "2026-10-05", "SUP-1", "Alpha", ALPHA, CLIENT, "0", "Registered Regular", "CN-1", "2026-10-03", "-100", "-9", "-9", "0", "0", "0", "-18", "-118", "-118"],
        ["PINV-3", "2026-10-05", "SUP-2", "Gamma", GAMMA, CLIENT, "1", "Registered Regular", "T-1", "2026-10-03", "1000", "0", "0", "0", "25", "25", "50", "1000", "1000"],
    ]


def erpnext_itemised() -> Rows:
    return [
        ["Item Code", "Item Name", "HSN Code", "Invoice", "Posting Date", "Supplier", "Supplier Name", "Supplier GSTIN", "Company GSTIN", "Supplier Invoice No", "Supplier Invoice Date",
         "GST Category", "Qty", "Rate", "Amount", "CGST Rate", "CGST Amount", "SGST Rate", "SGST Amount", "IGST Rate", "IGST Amount", "Total Tax", "Total"],
        ["I1", "Bolt", "7318", "PINV-1", "2026-10-05", "S1", "Alpha", ALPHA, CLIENT, "A-1", "2026-10-03", "Registered Regular", "2", "500", "1000", "9", "90", "9", "90", "0", "0", "180", "1180"],
        ["I2", "Nut", "7318", "PINV-1", "2026-10-05", "S1", "Alpha", ALPHA, CLIENT, "A-1", "2026-10-03", "Registered Regular", "2", "50", "100", "9", "9", "9", "9", "0", "0", "18", "118"],
    ]


def sap() -> Rows:
    return [
        ["Company Code", "Business Place", "Fiscal Year", "Document Number", "Document Type", "Posting Date", "Document Date", "Reference", "Vendor", "Vendor Name", "Vendor GSTIN", "Place of Supply",
         "Tax Code", "Base Amount", "CGST Rate", "CGST Amount", "SGST Amount", "IGST Amount", "Import IGST", "RCM CGST", "RCM SGST", "RCM IGST", "Comp. CESS", "Total Inv. Amount"],
        ["1000", "MH01", "2026", "5105600001", "RE", "05.10.2026", "01.10.2026", "A-1", "100001", "Alpha", ALPHA, "27", "V1", "1000", "9", "90", "90", "0", "0", "0", "0", "0", "0", "1180"],
        ["1000", "MH01", "2026", "5105600002", "RE", "06.10.2026", "02.10.2026", "T/9", "100002", "Gamma", GAMMA, "27", "R1", "2000", "0", "0", "0", "0", "0", "50", "50", "0", "0", "2000"],
        ["1000", "MH01", "2026", "5105600003", "KG", "07.10.2026", "02.10.2026", "CN7", "100001", "Alpha", ALPHA, "27", "V1", "100-", "9", "9-", "9-", "0", "0", "0", "0", "0", "0", "118-"],
    ]


def quickbooks() -> Rows:
    return [
        ["My Company"], ["Transaction List by Vendor"], ["October 2026"], [],
        ["Date", "Transaction Type", "Num", "Name", "GSTIN", "Memo/Description", "Amount", "Tax Amount", "CGST", "SGST", "IGST"],
        ["05/10/2026", "Bill", "A-1", "Alpha", ALPHA, "x", "1000.00", "180", "90", "90", ""],
        ["06/10/2026", "Vendor Credit", "VC-1", "Beta", BETA, "", "-100", "-18", "", "", "-18"],
        ["TOTAL", "", "", "", "", "", "900.00", "162", "90", "90", "-18"],
    ]


def handmade() -> Rows:
    """Rate-wise blocks under merged headings, a total that adds the blocks, another total below."""
    return [
        ["Sr No", "Party Name", "GSTIN", "Inv No", "Inv Date", "5%", "", "", "18%", "", "", "", "Total Taxable", "Total"],
        ["", "", "", "", "", "Taxable", "CGST", "SGST", "Taxable", "CGST", "SGST", "IGST", "", ""],
        ["1", "Alpha", ALPHA, "12.0", "03.10.2026", "100", "2.5", "2.5", "200", "18", "18", "", "300", "341"],
        ["2", "Beta", BETA, "B/7", "04-10-26", "", "", "", "1,00,000", "", "", "18000", "100000", "118000"],
        ["", "", "TOTAL", "", "", "100", "2.5", "2.5", "100200", "18", "18", "18000", "100300", "118341"],
    ]


def gstn_template() -> Rows:
    return [
        ["GSTIN of recipient*", CLIENT, "", "Financial year*", "2026-27"], ["Trade/Legal name", "ABC", "", "Tax period*", "October"], [], [],
        ["GSTIN of Supplier/ECO*", "Trade/Legal name", "Type of inward supplies*", "Document type*", "Document number*", "Document date*", "Taxable value (₹)*", "Integrated tax (₹)",
         "Central tax (₹)", "State/UT tax (₹)", "Cess (₹)"],
        [ALPHA, "Alpha", "B2B", "Invoice", "A-1", "05-10-2026", "1000", "", "90", "90", "0"],
        [ALPHA, "Alpha", "B2B", "Credit Note", "CN-1", "05-10-2026", "100", "", "9", "9", "0"],
        [BETA, "Beta", "SEZWP", "Debit Note", "DN-1", "06-10-2026", "100", "18", "", "", "0"],
    ]


def gstr2_b2b() -> Rows:
    return [
        ["GSTIN of Supplier", "Invoice Number", "Invoice date", "Invoice Value", "Place Of Supply", "Reverse Charge", "Invoice Type", "Rate", "Taxable Value", "Integrated Tax Paid",
         "Central Tax Paid", "State/UT Tax Paid", "Cess Paid", "Eligibility For ITC", "Availed ITC Integrated Tax", "Availed ITC Central Tax", "Availed ITC State/UT Tax", "Availed ITC Cess"],
        [BETA, "A1", "12-Oct-26", "3,28,000.00", "27-Maharashtra", "N", "Regular", "18", "1,00,000.00", "18000", "0", "0", "0", "Inputs", "18000", "0", "0", "0"],
        [BETA, "A1", "12-Oct-26", "3,28,000.00", "27-Maharashtra", "N", "Regular", "5", "2,00,000.00", "10000", "0", "0", "0", "Capital goods", "10000", "0", "0", "0"],
        [ALPHA, "A2", "13-Oct-26", "1,180", "27-Maharashtra", "N", "Regular", "18", "1000", "0", "90", "90", "0", "Ineligible", "0", "0", "0", "0"],
    ]


def gstr2_cdnr() -> Rows:
    return [
        ["GSTIN of Supplier", "Note/Refund Voucher Number", "Note/Refund Voucher date", "Invoice/Advance Payment Voucher Number", "Invoice/Advance Payment Voucher date", "Pre GST",
         "Document Type", "Reason For Issuing document", "Supply Type", "Note/Refund Voucher Value", "Rate", "Taxable Value", "Integrated Tax Paid", "Central Tax Paid", "State/UT Tax Paid",
         "Cess Paid", "Eligibility For ITC", "Availed ITC Integrated Tax"],
        [ALPHA, "CN-1", "05-Oct-26", "A-1", "01-Sep-26", "N", "C", "01-Sales Return", "Intra State", "1180", "18", "1000", "", "90", "90", "", "Inputs", "0"],
        [BETA, "DN-1", "06-Oct-26", "B-1", "01-Sep-26", "N", "D", "07-Others", "Inter State", "118", "18", "100", "18", "", "", "", "Input services", "18"],
    ]


def gstr2_impg() -> Rows:
    return [
        ["Port Code", "Bill Of Entry Number", "Bill Of Entry Date", "Bill Of Entry Value", "Document type", "GSTIN Of SEZ Supplier", "Rate", "Taxable Value", "Integrated Tax Paid", "Cess Paid",
         "Eligibility For ITC", "Availed ITC Integrated Tax", "Availed ITC Cess"],
        ["INNSA1", "2345678", "05-Oct-26", "118000", "Imports", "", "18", "100000", "18000", "0", "Inputs", "18000", "0"],
        ["INSEZ1", "2345679", "06-Oct-26", "118000", "Received from SEZ", ALPHA, "18", "100000", "18000", "0", "Inputs", "18000", "0"],
    ]


def tally_xml(folder: Path, encoding: str = "utf-8") -> Path:
    def entry(name: str, amount: str, party: bool = False) -> str:
        return f"<LEDGERENTRIES.LIST><LEDGERNAME>{name}</LEDGERNAME><ISPARTYLEDGER>{'Yes' if party else 'No'}</ISPARTYLEDGER><AMOUNT>{amount}</AMOUNT></LEDGERENTRIES.LIST>"

    def voucher(kind: str, number: str, reference: str, party: str, gst: str, entries: str, extra: str = "") -> str:
        return (f'<TALLYMESSAGE xmlns:UDF="TallyUDF"><VOUCHER VCHTYPE="{kind}"><DATE>20261005</DATE><VOUCHERTYPENAME>{kind}</VOUCHERTYPENAME><VOUCHERNUMBER>{number}</VOUCHERNUMBER>'
                f"<REFERENCE>{reference}</REFERENCE><REFERENCEDATE>20261003</REFERENCEDATE><PARTYLEDGERNAME>{party}</PARTYLEDGERNAME><PARTYGSTIN>{gst}</PARTYGSTIN>"
                f"<PLACEOFSUPPLY>Maharashtra</PLACEOFSUPPLY><NARRATION>x &#4; y</NARRATION>{extra}{entries}</VOUCHER></TALLYMESSAGE>")

    stock = ("<ALLINVENTORYENTRIES.LIST><STOCKITEMNAME>Bolt</STOCKITEMNAME><AMOUNT>-1000.00</AMOUNT><ACCOUNTINGALLOCATIONS.LIST><LEDGERNAME>Purchase</LEDGERNAME>"
             "<AMOUNT>-1000.00</AMOUNT></ACCOUNTINGALLOCATIONS.LIST></ALLINVENTORYENTRIES.LIST>")
    body = "".join((
        voucher("Purchase", "1", "A-1", "Alpha &amp; Co", ALPHA, entry("Alpha &amp; Co", "1180.00", True) + entry("Input CGST", "-90.00") + entry("Input SGST", "-90.00") + stock),
        voucher("Debit Note", "1", "CN-1", "Beta", BETA, entry("Beta", "-118.00", True) + entry("Purchase Returns", "100.00") + entry("IGST 18%", "18.00")),
        voucher("Sales", "1", "", "Customer", GAMMA, entry("Customer", "-1180.00", True) + entry("Sales", "1000.00") + entry("Output CGST", "90.00") + entry("Output SGST", "90.00")),
        voucher("Purchase", "2", "", "", "", "", "<ISCANCELLED>Yes</ISCANCELLED>"),
    ))
    path = folder / "tally.xml"
    path.write_text(f"<ENVELOPE><BODY><IMPORTDATA><REQUESTDATA>{body}</REQUESTDATA></IMPORTDATA></BODY></ENVELOPE>", encoding=encoding)
    return path
