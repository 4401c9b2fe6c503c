"""Marg's bill CSV -> a sheet of text with headings: records H (bill), T (item with its tax), F (total), told by position.

H[2] is the number, H[3] the date as DDMMYYYY, H[30] the supplier, H[32] its GSTIN; T[25] and T[26] are an item's taxable value and tax,
which are looked for beside each other where a version has them elsewhere; F[2] is the bill's value. No field names a head of tax, so
the heads follow from the states. Authority: public descriptions of the format (docs/registers.md).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.readers.register_money import LEGAL_RATES
from ims_xl.readers.tables_text import split_rows
from ims_xl.vocabulary import ImsXlError

LAYOUT: Final = "Marg CSV"
NUMBER, DATE, NAME, GSTIN = 2, 3, 30, 32
TAXABLE: Final = 25
VALUE: Final = 2
_HEADINGS: Final = ("Supplier Invoice No", "Supplier Invoice Date", "Supplier Name", "Supplier GSTIN", "Item Name", "Taxable Value", "Total Tax", "Invoice Value")


def read(path: Path) -> tuple[SheetText, str] | None:
    """The bills of a Marg CSV, or None where the file is another kind; a bill record that is cut short is an ImsXlError."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError:
        return None
    if not re.match(rb'(\xef\xbb\xbf)?"?H"?[,;|\t]', head):
        return None
    rows, lines = split_rows(path)
    kinds = {row[0].strip().upper() for row in rows if row}
    if "T" not in kinds or not kinds <= {"H", "T", "F", ""}:
        return None
    made: list[list[str]] = []
    at: list[int] = []
    bill, first = [""] * 4, 0
    for row, line in zip(rows, lines):
        kind = row[0].strip().upper() if row else ""
        if kind == "H":
            bill, first = _bill(row, path, line), len(made)
        elif kind == "T":
            made.append([*bill, row[5].strip() if len(row) > 5 else "", *_item(row), ""])
            at.append(line)
        elif kind == "F":
            value = row[VALUE].strip() if len(row) > VALUE else ""
            for item in made[first:]:
                item[-1] = value
    frame = pd.DataFrame([list(_HEADINGS), *made], index=pd.Index([0, *at], dtype="int64"), columns=pd.RangeIndex(1, len(_HEADINGS) + 1), dtype="str")
    return SheetText("", frame), LAYOUT


def _bill(row: list[str], path: Path, line: int) -> list[str]:
    if len(row) <= GSTIN:
        raise ImsXlError(f"{path.name}, line {line}: a bill record of Marg (H) has {len(row)} fields; at least {GSTIN + 1} were expected.")
    day = row[DATE].strip()
    day = f"{day[:2]}/{day[2:4]}/{day[4:]}" if re.fullmatch(r"\d{8}", day) else day
    return [row[NUMBER].strip(), day, row[NAME].strip(), row[GSTIN].strip()]


def _item(row: list[str]) -> tuple[str, str]:
    """Taxable value and tax: two neighbours of which the second is a legal rate of the first, in their usual place before any other."""
    fields = [cell.strip() for cell in row]
    places = [TAXABLE, *range(len(fields) - 2, 16, -1)]
    for place in places:
        if place + 1 < len(fields) and _is_rate(_number(fields[place]), _number(fields[place + 1])):
            return fields[place], fields[place + 1]
    return (fields[TAXABLE] if len(fields) > TAXABLE else "", "0")


def _is_rate(base: float, tax: float) -> bool:
    return base > 0 and tax > 0 and any(abs(base * rate / 100 - tax) <= max(0.011, base * 0.0002) for rate in LEGAL_RATES)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else 0.0
