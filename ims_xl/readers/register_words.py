"""Words in the cells of a register -> the ledger's own: Y or N, eligibility, voucher and document types, state codes. Once per distinct value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.distinct import changed
from ims_xl.portal_words import place_code
from ims_xl.readers.headings import plain, words
from ims_xl.state import blank


def _none(rows: int) -> pd.Series:
    return blank("text", rows)


def _by_value(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    return changed(column, change).reset_index(drop=True)


@cache
def _said(name: str) -> frozenset[str]:
    return frozenset(words()["values"][name])


def _squeezed(text: str) -> str:
    return re.sub(r"[\s._-]+", " ", text.lower()).strip()


def flags(column: pd.Series | None, rows: int, any_word: bool = False) -> pd.Series:
    """Y, N or "" of whatever says yes or no; with `any_word` a name (a reverse-charge tax) says yes."""
    if column is None:
        return _none(rows)

    def change(value: str) -> str:
        text = _squeezed(value)
        if not text:
            return ""
        if text in _said("no") or text.startswith(("no ", "not ")):
            return "N"
        return "Y" if text in _said("yes") or text.startswith(("yes", "y ", "rcm", "reverse")) or any_word else ""

    return _by_value(column, change)


@cache
def _eligibilities() -> Mapping[str, str]:
    return {_squeezed(word): name for name, listed in words()["eligibility"].items() for word in listed}


_BLOCKED: Final = re.compile(r"ineligible|blocked|not eligible")
_CAPITAL: Final = re.compile(r"capital")


def eligibility(column: pd.Series | None, nature: pd.Series | None, rows: int, headings: tuple[str, str] = ("", "")) -> tuple[pd.Series, np.ndarray]:
    """Inputs, Input services, Capital goods or Ineligible, and the mask of words that say none of them; `nature` tells goods from services.

    `headings` are those of the two columns: under `Ineligible` a Yes means Ineligible, under `Capital goods` it means just that.
    """
    unknown = np.zeros(rows, dtype=bool)
    if column is None and nature is None:
        return _none(rows), unknown
    kind = _by_value(nature, lambda v: _kind_of_input(v, headings[1])) if nature is not None else _none(rows)
    if column is None:
        return kind, unknown
    told = _by_value(column, _blocked if _BLOCKED.search(plain(headings[0])) else _eligible)
    unknown = (told == "?").to_numpy(dtype=bool)
    yes = told.isin(["yes", "?"]).to_numpy(dtype=bool)
    return told.where(~yes, kind), unknown


def _kind_of_input(value: str, heading: str) -> str:
    text = _squeezed(value)
    if _CAPITAL.search(plain(heading)) and text in _said("yes"):
        return "Capital goods"
    return {"Ineligible": ""}.get(found := _eligibilities().get(text, ""), found)


def _blocked(value: str) -> str:
    """A cell under `Ineligible` or `Blocked credit`: yes, or an amount, blocks; no, blank or nought does not."""
    text = _squeezed(value)
    if not text:
        return ""
    if text in _said("no") or re.fullmatch(r"0+(\.0+)?|no .*", text):
        return "yes"
    return "Ineligible" if text in _said("yes") or re.fullmatch(r"[\d,.]+", text) else _eligible(value)


def _eligible(value: str) -> str:
    text = _squeezed(value)
    if not text or text in ("na", "n/a"):
        return ""
    known = _eligibilities().get(text)
    if known:
        return known
    if re.search(r"17 ?\(5\)|inelig|not elig|non elig|block|disallow|not available|no itc|not claim|personal", text):
        return "Ineligible"
    for pattern, name in ((r"capital|fixed asset", "Capital goods"), (r"service", "Input services"), (r"\binputs?\b|\bgoods\b", "Inputs")):
        if re.search(pattern, text):
            return name
    return "yes" if text in _said("yes") or re.match(r"eligible|available|all other|claim|full|yes", text) else "?"


def voucher_types(column: pd.Series | None, rows: int, always: str = "") -> pd.Series:
    """The recipient's view: every kind of return or debit note is `Debit Note`; other names stay as typed. `always` where the file is of one kind."""
    if column is None:
        return pd.Series([always] * rows, dtype="str")

    def change(value: str) -> str:
        text = _squeezed(value)
        for name in ("Debit Note", "Credit Note"):
            if text in _said(name) or text.endswith(name.lower()) or text.startswith(name.lower()):
                return name
        if re.search(r"purc\w* ret|\breturn", text) and "sale" not in text:
            return "Debit Note"
        return {"purchase": "Purchase", "purchases": "Purchase", "journal": "Journal", "bill": "Purchase", "payment": "Payment", "purc": "Purchase"}.get(text, value)

    return _by_value(column, change)


def document_types(column: pd.Series | None, rows: int) -> pd.Series:
    """The supplier's view: Invoice, Credit Note, Debit Note, Bill of Entry; other words stay as typed."""
    if column is None:
        return _none(rows)

    def change(value: str) -> str:
        text = _squeezed(value)
        if text in ("c", "cn", "crn", "cdn", "credit", "cr note", "c/n") or text.startswith("credit"):
            return "Credit Note"
        if text in ("d", "dn", "dbn", "debit", "dr note", "d/n") or text.startswith("debit"):
            return "Debit Note"
        if text in ("i", "inv", "invoice", "tax invoice", "invoices", "r", "regular", "bill"):
            return "Invoice"
        return "Bill of Entry" if re.match(r"bill of entry|boe\b|import", text) else value

    return _by_value(column, change)


def places_of_supply(column: pd.Series | None, rows: int) -> tuple[pd.Series, np.ndarray]:
    """Two-digit codes, and the mask of words that are no place in India or 96, 97."""
    if column is None:
        return _none(rows), np.zeros(rows, dtype=bool)
    codes = _by_value(column, _place)
    return codes, ((codes == "") & (column.reset_index(drop=True) != "")).to_numpy(dtype=bool)


def _place(value: str) -> str:
    if not value:
        return ""
    code = place_code(value) or words()["states"].get(_squeezed(value).upper(), "")
    if code:
        return str(code)
    ahead = re.match(r"\(?([A-Za-z]{2}|\d{1,2})\)?\s*[-–:)]", value)
    return (_place(ahead[1]) if ahead else "") or place_code(re.sub(r"[^A-Za-z& ]", " ", value).strip())
