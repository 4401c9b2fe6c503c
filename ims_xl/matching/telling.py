"""The whole story of one row: its result, and every candidate it met with the points per field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.matching import comparison as c
from ims_xl.matching.comparison import Evidence, compare
from ims_xl.matching.composites import lines_apart
from ims_xl.matching.documents import NO_DAY, Documents, gather_vouchers, portal_documents
from ims_xl.matching.numbers import closer_keys
from ims_xl.matching.partition import LEAST_WITHIN, rarities
from ims_xl.matching.phrases import MONEY_COLUMNS
from ims_xl.matching.slips import probable_gstins
from ims_xl.rupees import plain as rupees
from ims_xl.settings import Settings
from ims_xl.state import Links
from ims_xl.vocabulary import ImsXlError

SHOWN: Final = 6
"""Candidates printed, best first."""


@dataclass(frozen=True)
class RowName:
    """One row of either side."""

    side: str
    """"ims" or "register"."""
    row: int

    @classmethod
    def parse(cls, text: str) -> RowName:
        """`12` and `ims:12` are IMS row 12, `register:7` is register row 7 (0-based, as in MATCHES)."""
        side, _, number = text.rpartition(":")
        side = {"": "ims", "i": "ims", "ims": "ims", "r": "register", "register": "register", "books": "register"}.get(side.strip().lower(), "")
        if not side or not (number.strip().isascii() and number.strip().isdigit() and len(number) < 12):
            raise ImsXlError(f"'{text}' names no row; write ims:12 or register:7, counted from 0 as in MATCHES.")
        return cls(side, int(number))


def tell(ims: pd.DataFrame, register: pd.DataFrame, links: Links, name: RowName, settings: Settings) -> list[str]:
    """Lines for a person: what the row is, what became of it and why, and how near each candidate came."""
    rows = len(ims) if name.side == "ims" else len(register)
    if not rows:
        raise ImsXlError(f"{name.side} has no rows.")
    if name.row >= rows:
        raise ImsXlError(f"{name.side} has rows 0 to {rows - 1}; there is no row {name.row}.")
    portal = portal_documents(ims, settings)
    vouchers = gather_vouchers(register, settings, lines_apart(register, portal, settings))
    books = vouchers.documents
    result = int((links.ims_result if name.side == "ims" else links.register_result)[name.row])
    told = links.results.iloc[result]
    lines = [_row(portal, name.row, "IMS row", name.row) if name.side == "ims" else _row(books, int(vouchers.of_line[name.row]), "register row", name.row),
             f"{told['match_class']}, {'clean' if told['clean'] else 'not clean'}, confidence {told['confidence']}", str(told["explanation"])]
    lines += [f"Differences (portal>books): {told['differences']}"] if told["differences"] else []
    lines += [str(told["runner_up"])] if told["runner_up"] else []
    at = np.array([name.row if name.side == "ims" else int(vouchers.of_line[name.row])])
    evidence = _evidence(portal, books, at, name.side, settings)
    order = np.argsort(-evidence.points, kind="stable")[:SHOWN]
    lines.append(f"Candidates on the {'books' if name.side == 'ims' else 'portal'} side, best first (a pair is linked from {LEAST_WITHIN} points):" if len(order) else "No candidate shares a supplier, an amount or a number with it.")
    for k in order.tolist():
        lines += _candidate(portal, books, vouchers.of_line, links, evidence, k, name.side)
    return lines


def _evidence(portal: Documents, books: Documents, at: np.ndarray, side: str, settings: Settings) -> Evidence:
    one, other = (portal.take(at), books) if side == "ims" else (books.take(at), portal)
    near = other.pan == one.pan[0]
    near |= (np.abs(other.money[:, 0] - one.money[0, 0]) <= settings.taxable_tolerance) & (other.day == one.day[0])
    near |= (other.numbers.runs == one.numbers.runs[0]) & (one.numbers.runs[0] != 0)
    rows = np.flatnonzero(near)
    candidates = other.take(rows)
    some_p, some_b = (one, candidates) if side == "ims" else (candidates, one)
    rows_p, rows_b = (at, rows) if side == "ims" else (rows, at)
    at_p = np.zeros(len(rows), dtype=np.int64) if side == "ims" else np.arange(len(rows))
    at_b = np.arange(len(rows)) if side == "ims" else np.zeros(len(rows), dtype=np.int64)
    alias = probable_gstins(portal, books, rows_b)
    rarity = rarities(portal, books)[rows_p]
    keys_p, keys_b = closer_keys(some_p.number, settings), closer_keys(some_b.number, settings)
    evidence = compare(some_p, some_b, keys_p, keys_b, at_p, at_b, rarity, alias, settings, -(10**6))
    return Evidence(rows_p[evidence.portal], rows_b[evidence.books], evidence.number, evidence.date, evidence.amount, evidence.supplier, evidence.rarity, evidence.points, evidence.days)


def _candidate(portal: Documents, books: Documents, of_line: np.ndarray, links: Links, evidence: Evidence, k: int, side: str) -> list[str]:
    p, b = int(evidence.portal[k]), int(evidence.books[k])
    line = int(np.flatnonzero(of_line == b)[0])
    linked = links.ims_result[p] == links.register_result[line]
    head = _row(books, b, "register row", line) if side == "ims" else _row(portal, p, "IMS row", p)
    parts = [("supplier", c.SUPPLIER, c.SUPPLIER_POINTS, evidence.supplier), ("number", c.NUMBER, c.NUMBER_POINTS, evidence.number), ("date", c.DATE, c.DATE_POINTS, evidence.date),
             ("amounts", c.AMOUNT, c.AMOUNT_POINTS, evidence.amount)]
    spoken = [f"{field} {words[int(level[k])]} {int(points[int(level[k])]):+d}" for field, words, points, level in parts]
    rest = int(evidence.points[k]) - sum(int(points[int(level[k])]) for _, _, points, level in parts)
    spoken += [f"rarity of the amount, name, direction and the like {rest:+d}"] if rest else []
    return [f"  {int(evidence.points[k]):4d} points{' (linked)' if linked else ''}: {head}", "       " + "; ".join(spoken)]


def _row(documents: Documents, at: int, what: str, row: int) -> str:
    day = "no date" if documents.day[at] == NO_DAY else str(documents.day[at].astype("datetime64[D]"))
    money = ", ".join(f"{name} {rupees(int(paise))}" for name, paise in zip(MONEY_COLUMNS, documents.money[at]) if paise)
    return f"{what} {row}: {documents.number[at].as_py() or '(no number)'} of {documents.supplier[at].as_py() or '(no GSTIN)'}, {day}, {money or 'no amounts'}"
