"""How fast a person's own workbook is read, reconciled and given back, against openpyxl loading and saving the same file in the same run.

    python bench/workbook.py [--rows 100000] [--small 10000] [--keep DIR]

Prints CPU seconds, wall seconds and peak memory of each step, and the ratio that `docs/workbook-editing.md` promises (at most 0.15).
Needs only what the project needs (XlsxWriter makes the workbook, openpyxl is measured against); runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

import ims_xl
from ims_xl.gstin import check_character

IMS = ("Section", "Supplier GSTIN", "Supplier name", "Document number", "Document date", "Document value", "Place of supply", "Taxable value", "IGST", "CGST", "SGST", "Cess",
       "Source form", "Supplier period", "Filing status", "Portal action", "Original number", "Original date", "Checked by", "Note")
REGISTER = ("Voucher No.", "Voucher Type", "Voucher Date", "Supplier GSTIN", "Supplier Name", "Supplier Invoice No.", "Supplier Invoice Date", "Place of Supply", "Invoice Value", "Taxable Value",
            "IGST", "CGST", "SGST", "Cess", "ITC Eligibility", "HSN", "Narration", "Cost centre", "Branch", "Entered by")
HEADER_ROW = 3


@dataclass(frozen=True)
class Measured:
    what: str
    cpu: float
    wall: float
    peak_mb: float


def make(path: Path, rows: int, seed: int = 7) -> None:
    """A workbook with an IMS sheet and a register of `rows` x 20 cells each, nine in ten documents in both."""
    draw = random.Random(seed)
    suppliers = []
    for n in range(max(rows // 40, 5)):
        start = f"{draw.choice(('27', '29', '07', '33'))}AA{draw.choice('ABCF')}P{chr(65 + n % 26)}{n % 10000:04d}K1Z"
        suppliers.append((start + check_character(start), f"Supplier {n} & Sons"))
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    money, day, head = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "dd-mm-yyyy"}), book.add_format({"bold": True, "bg_color": "#DDEEFF"})
    sheets = book.add_worksheet("Portal October"), book.add_worksheet("Purchases")
    for sheet, title, headings in zip(sheets, ("IMS of October 2026", "Purchase register"), (IMS, REGISTER)):
        sheet.write_string(0, 0, title)
        for column, heading in enumerate(headings):
            sheet.write_string(HEADER_ROW - 1, column, heading, head)
    for n in range(rows):
        gstin, name = draw.choice(suppliers)
        number, when = f"INV/{n:06d}", date(2026, 10, 1) + timedelta(days=draw.randrange(30))
        taxable = draw.randrange(100, 10_000_000) / 100
        outside = gstin[:2] != "27"
        tax = round(taxable * 0.18, 2)
        igst, half = (tax, 0.0) if outside else (0.0, round(taxable * 0.09, 2))
        value = round(taxable + igst + 2 * half, 2)
        booked = number if draw.random() < 0.9 else f"B-{n}"
        _row(sheets[0], n, ("B2B", gstin, name, number, when, value, "27", taxable, igst, half, half, 0.0, "R1", "102026", "Filed", "No Action", "", "", "Asha", "seen"), money, day)
        _row(sheets[1], n, (f"PV/{n + 1}", "Purchase", when, gstin, name, booked, when, "27", value, taxable, igst, half, half, 0.0, "Inputs", "8471", "bill booked", "Works", "Pune", "Ravi"), money, day)
    book.close()


def _row(sheet: xlsxwriter.worksheet.Worksheet, number: int, values: tuple[object, ...], money: object, day: object) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            if value:
                sheet.write_string(number + HEADER_ROW, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(number + HEADER_ROW, column, value, day)
        else:
            sheet.write_number(number + HEADER_ROW, column, value, money)


def measured(what: str, code: list[str]) -> Measured:
    """Runs Python on `code` in a process of its own, and says what that process used."""
    begun = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, *code], os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{what}: failed with status {os.waitstatus_to_exitcode(status)}")
    peak = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Measured(what, used.ru_utime + used.ru_stime, time.perf_counter() - begun, peak)


def reconciled(book: Path, out: Path) -> Measured:
    command = ["-m", "ims_xl", "reconcile", str(book), "-o", str(out), "--gstin", "27AAKCB4321Q1ZA", "--period", "2026-10", "--as-of", "2026-11-12", "--quiet", "--force"]
    return measured(f"reconcile {book.stem}", command)


_PAINT = """
import sys
from pathlib import Path
from ims_xl.hosts import open_book
from ims_xl.workbook.plan import ConditionalFormat, Plan, TableColumn, TablePatch
book = open_book(sys.argv[1])
patches = []
for sheet in ("Portal October", "Purchases"):
    rows = len(book.read(sheet).frame) - 3
    own = tuple(TableColumn(21 + i, f"Ours {i}", [("Accept", "Pending", "Reject")[(n + i) % 3] for n in range(rows)]) for i in range(8))
    money = tuple(TableColumn(29 + i, f"Amount {i}", list(range(rows)), kind="rupees", style="rupees") for i in range(4))
    patches.append(TablePatch(sheet, 3, range(4, rows + 4), own + money, f"A3:AF{rows + 3}", (ConditionalFormat(f"A4:T{rows + 3}", '$U4="Reject"', "differs"),)))
book.paint(Plan(patches=tuple(patches)))
book.save(Path(sys.argv[2]))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--small", type=int, default=10_000)
    options.add_argument("--keep", type=Path, help="keep the workbooks here")
    asked = options.parse_args()
    # as pip leaves an installed package: where Python may not write bytecode, a checkout costs every process .4 s more
    compileall.compile_dir(Path(ims_xl.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        results, ratio = [], 0.0
        for rows in (asked.small, asked.rows):
            book = folder / f"{rows}.xlsx"
            if not book.exists():
                make(book, rows)
            results.append(measured(f"host alone {rows}", ["-c", _PAINT, str(book), str(folder / "host.xlsx")]))
            results.append(reconciled(book, folder / f"{rows}-out.xlsx"))
            again = folder / f"{rows}-out.xlsx"
            results.append(reconciled(again, folder / f"{rows}-again.xlsx"))
        reference = measured(f"openpyxl load+save {asked.rows}", ["-c", "import sys, openpyxl; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])", str(folder / f"{asked.rows}.xlsx"), str(folder / "openpyxl.xlsx")])
        ratio = results[-2].cpu / reference.cpu
        for one in (*results, reference):
            print(f"{one.what:32s} {one.cpu:7.2f} CPU s {one.wall:7.2f} s {one.peak_mb:7.0f} MB")
        print(f"reconcile / openpyxl (CPU, {asked.rows} + {asked.rows} rows x 20): {ratio:.3f} (promise: at most 0.15)")


if __name__ == "__main__":
    main()
