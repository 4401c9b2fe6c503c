"""A GSTR-2B workbook column by column as the domain notes list it (section 3.2), by another hand than `gstr2b_workbook.py`. Test code only.

Every sheet is a list of headings (`Group: a; b` = merged group above its own) and rows of cells in the order of the letters; nothing here
knows JSON. `drift` writes headings, dates, amounts and periods as other exports have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

TAX = "Integrated Tax(₹); Central Tax(₹); State/UT Tax(₹); Cess(₹)"
REDUCED = f"Whether ITC to be reduced (Taxpayer's Input)|Amount declared by taxpayer for ITC reduction: {TAX}"
G1 = "GSTR-1/IFF/GSTR-5 Period|GSTR-1/IFF/GSTR-5 Filing Date"
G1_SHORT = "GSTR-1/IFF Period|GSTR-1/IFF Filing Date"
G1_ECO = "GSTR-1/1A/IFF period|GSTR-1/1A/IFF filing date"
ITC = "ITC Availability|Reason"
SOURCE = "Source|IRN|IRN Date"
WHO = "GSTIN of supplier|Trade/Legal name"
INVOICE = "Invoice Details: Invoice number; Invoice type; Invoice Date; Invoice Value(₹)"
NOTE = "Credit note/Debit note details: Note number; Note type; Note Supply type; Note date; Note Value (₹)"
ECO = "Document details: Document number; Document type; Document date; Document value(₹)"
MONEY = f"Taxable Value (₹)|Tax Amount: {TAX}"
PLACE = "Place of supply|Supply Attract Reverse Charge"
ISD = "GSTIN of ISD|Trade/Legal name|ISD Document type|ISD Document number|ISD Document date|Original Invoice Number|Original invoice date|Input tax distribution by ISD: " + TAX + "|ISD GSTR-6 Period|ISD GSTR-6 Filing Date"
BOE = "Icegate Reference Date|Port Code|Bill of Entry Details: Number; Date; Taxable Value|Amount of tax (₹): Integrated Tax(₹); Cess(₹)"
PERCENT = "Applicable % of Tax Rate"
OLD_INVOICE, OLD_NOTE, OLD_ECO, OLD_ISD = "Invoice number|Invoice Date", "Note type|Note number|Note date", "Document number|Document date", "ISD Document type|Document Number|Document date"

SHEETS: dict[str, tuple[int, str, str]] = {   # name -> (columns of the original band, headings, last letter)
    "B2B": (0, f"{WHO}|{INVOICE}|{PLACE}|{MONEY}|{G1}|{ITC}|{PERCENT}|{SOURCE}", "U"),
    "B2BA": (2, f"{OLD_INVOICE}|{WHO}|{INVOICE}|{PLACE}|{MONEY}|{REDUCED}|{G1}|{ITC}|{PERCENT}", "Y"),
    "B2B-CDNR": (0, f"{WHO}|{NOTE}|{PLACE}|{MONEY}|{REDUCED}|{G1}|{ITC}|{PERCENT}|{SOURCE}", "AA"),
    "B2B-CDNRA": (3, f"{OLD_NOTE}|{WHO}|{NOTE}|{PLACE}|{MONEY}|{REDUCED}|{G1}|{ITC}|{PERCENT}", "AA"),
    "ECO": (0, f"GSTIN of ECO|Trade/Legal name|{ECO}|Place of supply|Taxable value (₹)|Tax amount: {TAX}|{G1_ECO}|ITC availability|Reason|{SOURCE}", "S"),
    "ECOA": (2, f"{OLD_ECO}|GSTIN of ECO|Trade/Legal name|{ECO}|Place of supply|Taxable value (₹)|Tax amount: {TAX}|{REDUCED}|{G1_ECO}|ITC availability|Reason", "W"),
    "ISD": (0, f"{ISD}|Eligibility of ITC", "N"),
    "ISDA": (3, f"{OLD_ISD}|{ISD}|Eligibility of ITC", "Q"),
    "IMPG": (0, BOE, "G"), "IMPGA": (0, f"{BOE}|Type of Amendment", "H"), "IMPGSEZ": (0, f"{WHO}|{BOE}", "I"), "IMPGSEZA": (0, f"{WHO}|{BOE}|Type of Amendment", "J"),
    "B2B (ITC Reversal)": (0, f"{WHO}|{INVOICE}|{PLACE}|{MONEY}|{G1_SHORT}|{ITC}|{PERCENT}|{SOURCE}", "U"),
    "B2BA (ITC Reversal)": (2, f"{OLD_INVOICE}|{WHO}|{INVOICE}|{PLACE}|{MONEY}|{G1_SHORT}|{ITC}|{PERCENT}", "T"),
    "B2B-DNR": (0, f"{WHO}|{NOTE.replace('Credit note/Debit', 'Debit')}|{PLACE}|{MONEY}|{G1_SHORT}|{ITC}|{PERCENT}|{SOURCE}", "V"),
    "B2B-DNRA": (3, f"{OLD_NOTE}|{WHO}|{NOTE.replace('Credit note/Debit', 'Debit')}|{PLACE}|Rate(%)|Taxable Value (₹): {TAX}|Tax Amount|{G1_SHORT}|{ITC}|{PERCENT}", "W"),
    "B2B(Rejected)": (0, f"{WHO}|{INVOICE}|Place of supply|{MONEY}|Remarks|{G1}|{PERCENT}|{SOURCE}", "S"),
    "B2BA(Rejected)": (2, f"{OLD_INVOICE}|{WHO}|{INVOICE}|Place of supply|{MONEY}|Remarks|{G1_SHORT}|{PERCENT}", "R"),
    "B2B-CDNR(Rejected)": (0, f"{WHO}|{NOTE}|Place of supply|{MONEY}|Remarks|{G1}|{PERCENT}|{SOURCE}", "T"),
    "B2B-CDNRA(Rejected)": (3, f"{OLD_NOTE}|{WHO}|{NOTE}|Place of supply|{MONEY}|Remarks|{G1}|{PERCENT}", "T"),
    "ECO(Rejected)": (0, f"GSTIN of ECO|Trade/Legal name|{ECO}|Place of supply|Taxable value (₹)|Tax amount: {TAX}|Remarks|{G1_ECO}|{SOURCE}", "R"),
    "ECOA(Rejected)": (2, f"{OLD_ECO}|GSTIN of ECO|Trade/Legal name|{ECO}|Place of supply|Taxable value (₹)|Tax amount: {TAX}|Remarks|{G1_ECO}", "Q"),
    "ISD(Rejected)": (0, ISD, "M"), "ISDA(Rejected)": (3, f"{OLD_ISD}|{ISD}", "P"),
}
DRIFTS = ("", "dates", "headings", "unmerged", "text", "shuffled")


def other_workbook(path: Path, recipient: str, rows: dict[str, list[list[Any]]], drift: str = "", generated: str = "14/11/2026", old: bool = False) -> Path:
    """A workbook of October 2026 with those rows; `old` puts Rate(%) behind reverse charge (the rows of B2B and B2B-CDNR bear it there)."""
    book = Workbook()
    me = book.active
    me.title = "Read me"
    for row, (label, value) in enumerate((("Goods and Services Tax - GSTR-2B", ""), ("", ""), ("", ""), ("Financial Year", "2026-27"), ("Tax Period", "October"), ("GSTIN", recipient), ("Legal Name", "SVT"),
                                          ("Trade Name (if any)", "SVT"), ("Date of generation", generated)), 1):
        me.cell(row, 1, label), me.cell(row, 3, value)
    names = list(SHEETS)
    for title in ("ITC Available", "ITC not available", "ITC Reversal", "ITC Rejected"):
        book.create_sheet(title)["A1"] = "FORM GSTR-2B"
    for name in reversed(names) if drift == "shuffled" else names:
        band, heads, last = SHEETS[name]
        columns = _columns(heads, old and name in ("B2B", "B2B-CDNR"))
        if not old:
            assert get_column_letter(len(columns)) == last, (name, get_column_letter(len(columns)))
        sheet = book.create_sheet(name.lower() if drift == "shuffled" else name)
        sheet["A4"] = name
        _head(sheet, band, columns, drift)
        for down, cells in enumerate(rows.get(name, ())):
            assert len(cells) == len(columns), name
            for place, value in enumerate(cells, 1):
                if value not in (None, ""):
                    sheet.cell((8 if band else 7) + down, place, _cell(value, drift))
    book.save(path)
    return path


def _columns(heads: str, old: bool) -> list[tuple[str, str]]:
    made: list[tuple[str, str]] = []
    for part in heads.split("|"):
        group, _, inside = part.partition(": ")
        made += [(group, own) for own in inside.split("; ")] if inside else [("", part)]
        if old and part == "Supply Attract Reverse Charge":
            made.append(("", "Rate(%)"))
    return made


def _head(sheet: Any, band: int, columns: Sequence[tuple[str, str]], drift: str) -> None:
    top = 6 if band else 5
    if band:
        sheet.cell(5, 1, "Original Details"), sheet.cell(5, band + 1, "Revised Details")
        if drift != "unmerged":
            sheet.merge_cells(start_row=5, end_row=5, start_column=1, end_column=band)
    shown = ""
    for place, (group, own) in enumerate(columns, 1):
        if drift == "headings":
            own = own.replace("(₹)", " (₹)").replace("/GSTR-5", "/1A/GSTR-5").replace("ITC Availability", "ITC availability").replace("Invoice type", "Invoice\nType").upper()
        if not group:
            sheet.cell(top, place, own)
            if drift != "unmerged":
                sheet.merge_cells(start_row=top, end_row=top + 1, start_column=place, end_column=place)
        else:
            if group != shown:
                sheet.cell(top, place, group)
            sheet.cell(top + 1, place, own)
        shown = group


def _cell(value: Any, drift: str) -> Any:
    if isinstance(value, date) and drift not in ("dates", "shuffled"):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and drift == "text":
        return f"{value:,.2f}"
    return value
