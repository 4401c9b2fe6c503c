"""The same vouchers as six systems would export them: columns per ledger, rate lines, item lines, signed amounts, two-row headings."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

Row = list[Any]


@dataclass(frozen=True)
class Voucher:
    """One booking; amounts in paise, positive, `kind` is the recipient's voucher type."""

    kind: str
    voucher: str
    posted: date
    gstin: str
    name: str
    number: str
    day: date
    taxable: int
    tax: tuple[int, int, int, int]
    state: str
    eligibility: str = ""
    received: date | None = None
    reverse_charge: bool = False

    @property
    def total(self) -> int:
        return self.taxable + (0 if self.reverse_charge else sum(self.tax))


def write_register(dice: random.Random, layout: str, vouchers: list[Voucher], folder: Path, gstin: str) -> tuple[Path, int]:
    """(the file, how many voucher lines stand in it)."""
    rows, lines = {"tally": _tally, "busy": _busy, "zoho": _zoho, "erpnext": _erpnext, "sap": _sap, "hand": _hand}[layout](dice, vouchers, gstin)
    if layout == "busy" or (layout == "zoho" and dice.random() < 0.5):
        path = folder / "purchases.csv"
        with path.open("w", newline="", encoding="utf-8-sig") as out:
            csv.writer(out).writerows([["" if cell is None else f"{cell:%d-%m-%Y}" if isinstance(cell, date) else cell for cell in row] for row in rows])
        return path, lines
    path = folder / "purchases.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Purchases"
    for row in rows:
        sheet.append(row)
    if layout == "hand":
        sheet.merge_cells("H3:K3")
    book.save(path)
    return path, lines


def _yes(flag: bool) -> str:
    return "Yes" if flag else ""


def _money(paise: int) -> float | None:
    return paise / 100 if paise else None


def _indian(paise: int) -> str:
    whole, rest = divmod(abs(paise), 100)
    text = str(whole)
    head, tail = text[:-3], text[-3:]
    while len(head) > 2:
        head, tail = head[:-2], head[-2:] + "," + tail
    return f"{head + ',' if head else ''}{tail}.{rest:02d}"


def _tally(dice: random.Random, vouchers: list[Voucher], gstin: str) -> tuple[list[Row], int]:
    """Titles, one row a voucher, one column a ledger, a grand total."""
    head = ["Date", "Particulars", "Voucher Type", "Voucher No.", "Supplier Invoice No.", "Supplier Invoice Date", "GSTIN/UIN", "Reverse Charge", "ITC Eligibility", "Receipt Date",
            "Gross Total", "Purchase 18%", "Purchase 5%", "Input IGST", "Input CGST", "Input SGST", "Input Cess", "Round Off"]
    rows: list[Row] = [["Some Client Pvt Ltd"], ["Purchase Register"], ["1-Oct-26 to 31-Oct-26"], [], head]
    for v in vouchers:
        base = (v.taxable, 0) if dice.random() < 0.5 else (v.taxable // 3, v.taxable - v.taxable // 3)
        rows.append([v.posted, v.name, v.kind, v.voucher, v.number, v.day, v.gstin or None, _yes(v.reverse_charge), v.eligibility or None, v.received, v.total / 100, *map(_money, base), *map(_money, v.tax), None])
    return [*rows, [None, "Grand Total", *[None] * 8, sum(v.total for v in vouchers) / 100]], len(vouchers)


def _busy(dice: random.Random, vouchers: list[Voucher], gstin: str) -> tuple[list[Row], int]:
    """Continuation rows for a second rate; Indian grouping."""
    head = ["S.No.", "Date", "Voucher Type", "Vch/Bill No", "Party", "GSTIN", "Doc. No.", "Doc. Date", "Reverse Charge", "ITC Eligibility", "Receipt Date", "Total Amount", "Taxable Amt", "Tax Rate", "IGST", "CGST", "SGST", "Cess"]
    rows: list[Row] = [["SOME CLIENT"], ["Supply Inward Register"], [], head]
    lines = 0
    for n, v in enumerate(vouchers, 1):
        parts = [(v.taxable, v.tax)]
        if dice.random() < 0.2 and v.taxable > 300:
            part = v.taxable // 3
            cut = tuple(t // 3 for t in v.tax)
            parts = [(v.taxable - part, tuple(a - b for a, b in zip(v.tax, cut))), (part, cut)]
        for k, (taxable, tax) in enumerate(parts):
            lead = [n, v.posted, v.kind, v.voucher, v.name, v.gstin, v.number, v.day, _yes(v.reverse_charge), v.eligibility, v.received, _indian(v.total)] if not k else [None] * 12
            rows.append([*lead, _indian(taxable), "18", *map(_indian, tax)])
            lines += 1
    return [*rows, [None, None, None, None, "Total", *[None] * 6, _indian(sum(v.total for v in vouchers))]], lines


def _zoho(dice: random.Random, vouchers: list[Voucher], gstin: str) -> tuple[list[Row], int]:
    """A row an item, the head of the bill repeated."""
    head = ["Bill Date", "Bill ID", "Vendor Name", "Bill Number", "GST Identification Number (GSTIN)", "Transaction Type", "Reverse Charge", "ITC Eligibility", "Receipt Date", "Destination of Supply", "Item Name", "Taxable Amount", "CGST", "SGST", "IGST", "CESS", "Total"]
    rows: list[Row] = [head]
    for v in vouchers:
        cuts = 2 if dice.random() < 0.25 else 1
        for k in range(cuts):
            share = [a // cuts if k else a - a // cuts * (cuts - 1) for a in (v.taxable, v.tax[1], v.tax[2], v.tax[0], v.tax[3])]
            rows.append([v.day, v.voucher, v.name, v.number, v.gstin, v.kind, _yes(v.reverse_charge), v.eligibility, v.received, v.state, f"Item {k}", *[a / 100 for a in share], v.total / 100])
    return rows, len(rows) - 1


def _erpnext(dice: random.Random, vouchers: list[Voucher], gstin: str) -> tuple[list[Row], int]:
    """Returns are negative purchases."""
    head = ["Invoice", "Posting Date", "Supplier Name", "Supplier GSTIN", "Company GSTIN", "Is Reverse Charge", "Voucher Type", "ITC Eligibility", "Receipt Date", "Bill No", "Bill Date", "Net Total", "Input Tax IGST", "Input Tax CGST", "Input Tax SGST", "Cess", "Grand Total"]
    rows: list[Row] = [head]
    for v in vouchers:
        sign = -1 if v.kind == "Debit Note" else 1
        kind = "Purchase" if v.kind == "Debit Note" and dice.random() < 0.5 else v.kind
        rows.append([f"PINV-{v.voucher}", v.posted, v.name, v.gstin, gstin, "Yes" if v.reverse_charge else "No", kind, v.eligibility, v.received, v.number, v.day, sign * v.taxable / 100,
                     *[sign * t / 100 for t in v.tax], sign * v.total / 100])
    return rows, len(vouchers)


def _sap(dice: random.Random, vouchers: list[Voucher], gstin: str) -> tuple[list[Row], int]:
    head = ["Company Code", "FI Doc No", "Voucher Type", "Posting Date", "Vendor Invoice No", "Vendor Invoice Date", "Vendor", "Vendor Name", "Vendor GSTIN", "RCM", "ITC Eligibility", "GRN Date", "Base Amount", "IGST Amount", "CGST Amount", "SGST Amount", "Cess Amount", "Total Inv. Amount"]
    rows: list[Row] = [head]
    for v in vouchers:
        back = v.kind == "Debit Note"
        rows.append(["1000", f"51{v.voucher[1:]:0>8}", v.kind, v.posted, v.number, v.day, f"V{sum(map(ord, v.name))}", v.name, v.gstin, _yes(v.reverse_charge), v.eligibility, v.received,
                     *[f"({_indian(a)})" if back else _indian(a) for a in (v.taxable, *v.tax, v.total)]])
    return rows, len(vouchers)


def _hand(dice: random.Random, vouchers: list[Voucher], gstin: str) -> tuple[list[Row], int]:
    """Two rows of headings, a merged band over the taxes, dates as text."""
    rows: list[Row] = [["Purchase details for the month"], [],
                       ["Sr No", "Party Name", "GSTIN No", "Inv No", "Inv Date", "Type", "Taxable Value", "GST", None, None, None, "Invoice Value", "Reverse Charge", "ITC", "Goods Receipt Date"],
                       [None, None, None, None, None, None, None, "IGST", "CGST", "SGST", "Cess", None, None, None, None]]
    for n, v in enumerate(vouchers, 1):
        form = dice.choice(("%d/%m/%Y", "%d-%b-%y", "%d.%m.%Y", "%d-%m-%y"))
        rows.append([n, v.name, v.gstin or None, v.number, f"{v.day:{form}}", v.kind, v.taxable / 100, *[t / 100 for t in v.tax], v.total / 100, _yes(v.reverse_charge), v.eligibility or None, v.received])
    return [*rows, [None, "TOTAL", *[None] * 4, sum(v.taxable for v in vouchers) / 100]], len(vouchers)
