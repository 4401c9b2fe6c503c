"""The sample client on the disk: three files, the same bytes for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from ims_xl.period import Period
from ims_xl.sample.portal_json import gstr2b_json, ims_json
from ims_xl.sample.world import Booking, World, make_world

GSTIN = "27AAKCB4321Q1ZA"
PERIOD = Period(2026, 10)
_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Date", 11), ("Particulars", 34), ("Voucher Type", 12), ("Voucher No.", 12), ("Supplier Invoice No.", 20), ("Supplier Invoice Date", 14), ("GSTIN/UIN", 18),
    ("Place of Supply", 14), ("Reverse Charge", 9), ("ITC Eligibility", 13), ("Receipt Date", 12), ("Gross Total", 14), ("Purchase 5%", 14), ("Purchase 18%", 14), ("Purchase 40%", 14),
    ("Purchase Exempt", 14), ("Input IGST", 12), ("Input CGST", 12), ("Input SGST", 12), ("Input Cess", 10), ("Round Off", 8),
)
_BASE = {5: "Purchase 5%", 18: "Purchase 18%", 40: "Purchase 40%", 0: "Purchase Exempt"}


@dataclass(frozen=True)
class SampleClient:
    gstin: str
    name: str
    period: Period
    ims: Path
    register: Path
    gstr2b: Path
    world: World


def write_sample(
    folder: Path, seed: int = 20261114, documents: int = 240, gstin: str = GSTIN, period: Period = PERIOD, name: str = "Balaji Traders Private Limited", dirt: float = 1.0,
) -> SampleClient:
    """Writes IMS JSON, GSTR-2B JSON and the register into `folder`. `dirt` 0 books everything as it is, 1 is an ordinary client."""
    folder.mkdir(parents=True, exist_ok=True)
    world = make_world(random.Random(f"{seed} {gstin} {period}"), gstin, period, documents, dirt)
    paths = {kind: folder / f"{period.code}_{gstin}_{kind}" for kind in ("IMS.json", "GSTR2B.json", "purchase_register.xlsx")}
    paths["IMS.json"].write_text(ims_json(world), "utf-8")
    paths["GSTR2B.json"].write_text(gstr2b_json(world), "utf-8")
    _register(world, name, paths["purchase_register.xlsx"])
    return SampleClient(gstin, name, period, paths["IMS.json"], paths["purchase_register.xlsx"], paths["GSTR2B.json"], world)


def _register(world: World, name: str, path: Path) -> None:
    """A columnar purchase register as Tally exports it: titles, one row a voucher, a column per ledger, a grand total."""
    bookings = sorted([b for p in world.papers for b in p.bookings] + list(world.only_books), key=lambda b: (b.posted, b.name, b.number))
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 11, 10), "author": name, "title": "Purchase Register"})
    sheet = book.add_worksheet("Purchase Register")
    bold, money, day = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "dd-mmm-yy"})
    for row, text in enumerate((name, "Gala No. 7, Industrial Estate, Pune", "Purchase Register", f"{world.period.start:%d-%b-%y} to {world.period.end:%d-%b-%y}")):
        sheet.write_string(row, 0, text, bold)
    for column, (heading, width) in enumerate(_COLUMNS):
        sheet.write_string(5, column, heading, bold)
        sheet.set_column(column, column, width)
    totals: dict[str, int] = {}
    for number, booking in enumerate(bookings, 1):
        _line(sheet, 5 + number, _cells(booking, number, world), totals, money, day)
    last = 6 + len(bookings)
    sheet.write_string(last, 1, "Grand Total", bold)
    for column, (heading, _) in enumerate(_COLUMNS):
        if heading in totals:
            sheet.write_number(last, column, totals[heading] / 100, money)
    book.close()


def _cells(booking: Booking, number: int, world: World) -> dict[str, Any]:
    value = booking.taxable + (0 if booking.reverse_charge else sum(booking.heads))
    rounding = round(value / 100) * 100 - value
    cells: dict[str, Any] = {
        "Date": booking.posted, "Particulars": booking.name, "Voucher Type": booking.voucher_type, "Voucher No.": f"{booking.voucher_type[:1]}/{number:04d}", "Supplier Invoice No.": booking.number,
        "Supplier Invoice Date": booking.dated, "GSTIN/UIN": booking.gstin, "Place of Supply": "Maharashtra" if world.gstin.startswith("27") else world.gstin[:2],
        "Reverse Charge": "Yes" if booking.reverse_charge else "", "ITC Eligibility": booking.eligibility, "Receipt Date": booking.received or "",
        "Gross Total": value + rounding, _BASE[booking.rate]: booking.taxable, "Round Off": rounding,
    }
    for heading, amount in zip(("Input IGST", "Input CGST", "Input SGST", "Input Cess"), booking.heads):
        cells[heading] = amount
    return cells


def _line(sheet: Any, row: int, cells: dict[str, Any], totals: dict[str, int], money: Any, day: Any) -> None:
    for column, (heading, _) in enumerate(_COLUMNS):
        value = cells.get(heading, "")
        if isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
        elif isinstance(value, int):
            if value:
                sheet.write_number(row, column, value / 100, money)
            totals[heading] = totals.get(heading, 0) + value
        elif value != "":
            sheet.write_string(row, column, value)
