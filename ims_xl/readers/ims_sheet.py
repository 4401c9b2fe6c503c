"""An IMS-like sheet of any workbook -> a ledger: our own `IMS`, the portal's Excel download, the Offline Tool, or what a person made of them.

The heading row may stand anywhere in the first 30 rows, in one line or two; the section comes from its column, else from the sheet's name,
else from the document type and whether an original number stands there. `score > 0` of `looks_like_ims` means that it can be read;
the higher, the surer that it is no purchase register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.portal_words import words
from ims_xl.readers.ims_sheet_rows import section_label, sheet_ledger
from ims_xl.readers.portal_headings import Label, labels, lines_of, plain
from ims_xl.vocabulary import ImsXlError, Problem

HEADING_ROWS: Final = 30
IMS_LIKE: Final = 4.0
"""From this score on a sheet is taken for IMS even where nothing else in its workbook is known."""

_OURS: Final = frozenset({"match", "differs in", "register rows", "why", "suggested action", "set by", "reviewed"})
_OUR_BLOCK: Final = frozenset({*_OURS, "action", "remarks", "reduce itc", "reduce igst", "reduce cgst", "reduce sgst", "reduce cess", "change", "portal error"})
_BOOKS: Final = frozenset({"voucher number", "voucher no", "vch no", "voucher type", "vch type", "voucher date", "vch bill no", "ledger", "particulars", "hsn", "hsn code", "itc eligibility", "eligibility for itc",
                           "eligibility of itc", "narration", "grn no", "grn number", "posting date", "purchase ledger", "bill status", "cost center", "cost centre", "item name", "quantity", "qty",
                           "expense head", "account", "purchase order", "reverse charge", "receipt date", "gross total", "input igst", "input cgst", "input sgst", "doc entry"})
_GSTR2B: Final = frozenset({"itc availability", "supply attract reverse charge", "applicable % of tax rate", "itc available", "reason", "icegate reference date"})


@dataclass(frozen=True)
class ImsSheet:
    """One sheet as read. `columns`: ledger column -> sheet column; `rows[i]`: sheet row of ledger row i."""

    ledger: pd.DataFrame
    problems: tuple[Problem, ...]
    columns: Mapping[str, int]
    header_row: int
    rows: np.ndarray


@dataclass(frozen=True)
class Heading:
    """Where the headings stand: position of their last line in the frame, and ledger column -> frame column."""

    position: int
    columns: Mapping[str, int]
    texts: frozenset[str]


def looks_like_ims(sheet: SheetText) -> float:
    """0 where the sheet cannot be read as IMS documents; above 0 it can, and the more speaks for it the higher."""
    heading = find_heading(sheet)
    if heading is None:
        return 0.0
    evidence = _evidence(sheet, heading)
    return round(evidence + len(heading.columns) / 100, 2) if evidence > 0 else 0.0


def read_ims_sheet(sheet: SheetText) -> ImsSheet:
    """The documents of an IMS-like sheet; one without supplier, number and amounts in a heading row is an ImsXlError."""
    heading = find_heading(sheet)
    if heading is None:
        raise ImsXlError(f"Sheet '{sheet.name}' has no row of headings with supplier GSTIN, document number, and taxable value or tax in its first {HEADING_ROWS} rows.")
    body = sheet.frame.iloc[heading.position + 1:]
    ledger, problems = sheet_ledger(body, dict(heading.columns), sheet.name)
    header_row = int(sheet.frame.index[heading.position])
    return ImsSheet(ledger, tuple(problems), dict(heading.columns), header_row, ledger["source_row"].to_numpy(dtype=np.int64))


def find_heading(sheet: SheetText) -> Heading | None:
    """The row of the first 30 that names most of an IMS row's columns, alone or under a line of groups."""
    frame = sheet.frame
    best: tuple[int, int, Heading] | None = None
    numbers = [int(column) for column in frame.columns]
    head = lines_of(frame, 0, HEADING_ROWS - 1)
    for position, row in enumerate(head):
        if sum(1 for text in row if text.strip()) < 2:
            continue
        for lines in range(min(position, 2), -1, -1):
            made = labels(head[position - lines: position + 1])
            columns = _mapped(made, numbers)
            if not _readable(columns):
                continue
            rank = (len(columns), -lines)
            if best is None or rank > best[:2]:
                best = (*rank, Heading(position, columns, frozenset(label.own for label in made)))
    return best[2] if best else None


def _readable(columns: Mapping[str, int]) -> bool:
    who = "supplier_gstin" in columns or "port_code" in columns
    amounts = {"taxable_value", "igst", "cgst", "sgst"} & columns.keys()
    return who and "document_number" in columns and bool(amounts) and ("document_date" in columns or len(amounts) >= 2)


def _mapped(made: list[Label], numbers: list[int]) -> dict[str, int]:
    """Ledger column -> sheet column; the surest heading of each, and the leftmost of equals. Columns of ours are left to the book."""
    ours = [place for place, label in enumerate(made) if label.own in _OURS]
    first_of_ours = min(ours) if len({made[place].own for place in ours}) >= 3 else len(made)
    found: dict[str, tuple[int, int]] = {}
    for place, label in enumerate(made):
        if not label.own or (place >= first_of_ours and label.own in _OUR_BLOCK):
            continue
        name, rank = _field_of(label)
        if name and (name not in found or rank < found[name][0]):
            found[name] = (rank, place)
    return {name: numbers[place] for name, (_, place) in found.items()}


def _field_of(label: Label) -> tuple[str, int]:
    known = _headings()
    own = label.own.removeprefix("revised ").removeprefix("amended ")
    if label.group:
        if "declared" in label.group or "reduc" in label.group:
            return "", 0
        if label.group.startswith("previous"):
            return {"status": ("portal_action", 0), "remarks": ("portal_remarks", 0)}.get(own, ("", 0))
        if "original" in label.group and "revised" not in label.group and not own.startswith("original"):
            name = known.get(own, ("", 0))[0]
            if name in ("document_number", "document_date"):
                return name.replace("document", "original"), 0
        whole = known.get(f"{label.group} {own}")
        if whole:
            return whole
    return known.get(own, ("", 0))


@cache
def _headings() -> dict[str, tuple[str, int]]:
    return {plain(text): (name, rank) for name, texts in words()["ims_headings"].items() for rank, text in enumerate(texts)}


def _evidence(sheet: SheetText, heading: Heading) -> float:
    """What tells IMS from a register and from a GSTR-2B sheet, by headings first and by what stands below them second."""
    columns = heading.columns
    body = sheet.frame.iloc[heading.position + 1: heading.position + 401]
    evidence = 0.0
    for name, test, weight in (("section", _is_section, 4.0), ("source_form", _is_form, 2.0), ("filing_status", _is_filing, 2.0), ("portal_action", _is_action, 2.0),
                               ("supplier_period", _is_period, 1.0)):
        if name in columns:
            evidence += weight * _share(body[columns[name]], test)
    evidence += sum(weight for name, weight in (("pending_blocked", 2.0), ("remarks_blocked", 1.0), ("reduction_blocked", 1.0), ("original_number", 0.5)) if name in columns)
    evidence += 0.5 * len({"trade legal name", "gstin of supplier", "place of supply", "portal action"} & heading.texts)
    named = set(plain(sheet.name).split())
    evidence += 3.0 if "ims" in named else 2.0 if section_label(sheet.name) else 1.5 if {"portal", "inward"} & named else 0.0
    evidence += 2.0 if len(_OURS & heading.texts) >= 4 and "section" in columns else 0.0
    evidence -= 3.0 if {"register", "purchase", "purchases", "books", "tally", "voucher"} & named else 0.0
    evidence -= 2.0 * len(_BOOKS & heading.texts)
    evidence -= 6.0 if "itc availability" in heading.texts else 0.0
    evidence -= 2.0 * len((_GSTR2B - {"itc availability"}) & heading.texts)
    return evidence


def _share(cells: Any, test: Any) -> float:
    """How much of what is filled passes; an empty column under a fitting heading counts half."""
    texts = [text for cell in cells.tolist() if (text := str(cell).strip().lower())]
    return sum(map(test, texts)) / len(texts) if texts else 0.5


def _is_section(text: str) -> bool:
    return bool(section_label(text))


def _is_form(text: str) -> bool:
    return text.replace("gstr-", "r").replace("gstr", "r").replace(" ", "") in ("r1", "r1a", "iff", "r5", "r-1", "r-1a", "r1/iff", "r1/iff/r5")


def _is_filing(text: str) -> bool:
    return text.replace(" ", "") in ("filed", "notfiled", "f", "n", "saved", "yes", "no", "y")


def _is_action(text: str) -> bool:
    return text.replace(" ", "") in ("a", "r", "p", "n", "accept", "accepted", "reject", "rejected", "pending", "noaction", "deemedaccepted")


def _is_period(text: str) -> bool:
    return len(text) in (5, 6) and text.isdigit()
