"""Tally's Excel voucher format (one row a ledger or an item, identity on a voucher's first row) -> the same sheet with columns of amounts.

`with_amounts(text, headings)` adds Taxable Value, the heads of tax and Invoice Value behind the sheet's own columns, so that every row is a
line of its voucher: a tax ledger's row bears tax, a purchase ledger's or item's row the value, the party's row the voucher's total.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ims_xl import rupees
from ims_xl.hosts.base import SheetText
from ims_xl.readers.cleaning import clean_text, to_paise
from ims_xl.readers.headings import Headings, meaning, plain, words

LAYOUT: Final = "Tally voucher format"
_ADDED: Final = ("Taxable Value", "IGST Amount", "CGST Amount", "SGST Amount", "Cess Amount", "RCM IGST", "RCM CGST", "RCM SGST", "Invoice Value")
_BOXES: Final = ("taxable_value", "igst", "cgst", "sgst", "cess", "rcm_igst", "rcm_cgst", "rcm_sgst", "value")
_NAMES: Final = ("buyer/supplier mailing name", "party name", "party a/c name", "buyer/supplier", "supplier name", "particulars")


def with_amounts(text: SheetText, headings: Headings) -> tuple[SheetText, Headings]:
    """The sheet and its headings with columns of amounts added; its own columns and row numbers stay."""
    at = {plain(heading): place for place, heading in reversed(list(enumerate(headings.texts))) if heading}
    body = text.frame.iloc[headings.last + 1:]
    rows = len(body)
    ledger, amount = clean_text(body.iloc[:, at["ledger name"]]), body.iloc[:, at["ledger amount"]]
    paise, _ = to_paise(amount)
    signed = _signed(paise, amount, _cell(body, at, "ledger amount dr cr", "dr cr", "ledger amount dr/cr"))
    items, _ = to_paise(_cell(body, at, "item amount", "amount"))
    starts = _starts(body, at)
    voucher = np.cumsum(starts)
    party = _party(body, at, starts)
    box = _boxes(ledger)
    is_party = (ledger.str.casefold().to_numpy() == party) & (ledger != "").to_numpy()
    box = np.where(is_party, "value", box)
    side = np.where(_by_voucher(voucher, np.where(is_party, signed, 0)) > 0, -1, 1)   # a debited party is a return
    base = np.where(box == "taxable_value", signed, 0)
    valued = items * side
    doubled = np.abs(_by_voucher(voucher, base) - _by_voucher(voucher, valued)) <= 100
    base = base + np.where(doubled & (_by_voucher(voucher, np.abs(base)) > 0), 0, valued)
    columns: dict[str, np.ndarray] = {name: np.where(box == name, signed, 0) for name in _BOXES}
    columns["taxable_value"] = base
    columns["value"] = np.where(is_party, np.abs(signed), 0)
    filled = (body != "").any(axis=1).to_numpy(dtype=bool)
    frame = text.frame.copy()
    first = max(int(label) for label in frame.columns) + 1
    bad = to_paise(amount)[1]
    for place, (name, heading) in enumerate(zip(_BOXES, _ADDED)):
        cells = np.array([_rupees(v) for v in columns[name]], dtype=object)
        if name == "taxable_value":
            cells = np.where(filled & (cells == ""), "0", cells)
            cells = np.where(bad, amount.to_numpy(dtype=object), cells)
        frame[first + place] = pd.Series(["", *[""] * headings.last, *cells.tolist()][: headings.last + 1 + rows], index=frame.index, dtype="str")
        frame.iat[headings.last, frame.shape[1] - 1] = heading
    dropped = {at[key] for key in ("ledger amount", "item amount", "amount") if key in at}
    meanings = tuple(None if place in dropped else m for place, m in enumerate(headings.meanings)) + tuple(meaning(h) for h in _ADDED)
    return SheetText(text.name, frame, text.merged), Headings(headings.first, headings.last, (*headings.texts, *_ADDED), meanings)


def _cell(body: pd.DataFrame, at: Mapping[str, int], *names: str) -> pd.Series:
    place = next((at[plain(name)] for name in names if plain(name) in at), None)
    return body.iloc[:, place].str.strip() if place is not None else pd.Series([""] * len(body), index=body.index, dtype="str")


def _signed(paise: np.ndarray, amount: pd.Series, side: pd.Series) -> np.ndarray:
    """Debits positive: by the Dr/Cr column, by the letters behind the amount, else as typed."""
    word = side.str.lower().str[:2].to_numpy(dtype=object)
    return np.where(word == "cr", -np.abs(paise), np.where(word == "dr", np.abs(paise), paise))


def _starts(body: pd.DataFrame, at: Mapping[str, int]) -> np.ndarray:
    """A voucher begins where its number, date or type stands."""
    told = np.zeros(len(body), dtype=bool)
    for name in ("voucher number", "voucher no", "voucher date", "voucher type name"):
        told |= (_cell(body, at, name) != "").to_numpy(dtype=bool)
    number, day = _cell(body, at, "voucher number", "voucher no").to_numpy(dtype=object), _cell(body, at, "voucher date").to_numpy(dtype=object)
    same = np.r_[False, (number[1:] == number[:-1]) & (day[1:] == day[:-1]) & (number[1:] != "")] if len(body) else told
    return np.asarray(told & ~same, dtype=bool)


def _party(body: pd.DataFrame, at: Mapping[str, int], starts: np.ndarray) -> np.ndarray:
    """The party of each row's voucher, in small letters; where no column names it, the voucher's first ledger."""
    name = _cell(body, at, *_NAMES).str.casefold().to_numpy(dtype=object)
    first = _cell(body, at, "ledger name").str.casefold().to_numpy(dtype=object)
    told = np.where(starts & (name == ""), first, name)
    above = np.maximum.accumulate(np.where(starts, np.arange(len(body)), 0)) if len(body) else np.zeros(0, dtype=np.int64)
    return np.asarray(told[above] if len(body) else told)


def _boxes(ledger: pd.Series) -> np.ndarray:
    """Where each ledger's amount belongs, once per name."""
    return np.asarray(ledger.map({name: ledger_box(str(name)) for name in ledger.unique()}).to_numpy(dtype=object))


def ledger_box(name: str) -> str:
    """A head of tax, reverse charge (`payable_` its credit side), `exempt`, `aside` (round-off, TDS, TCS), "" for none, else taxable_value."""
    if not name:
        return ""
    found = meaning(name)
    if found is not None and found.field in ("igst", "cgst", "sgst", "cess"):
        return found.field
    if found is not None and found.field.startswith("rcm_"):
        return found.field if found.tier > 1 else f"payable_{found.field[4:]}"
    text = plain(name)
    if re.search(words()["ledgers"]["aside"], text):
        return "aside"
    return "exempt" if re.search(words()["ledgers"]["exempt"], text) else "taxable_value"


def _by_voucher(voucher: np.ndarray, values: np.ndarray) -> np.ndarray:
    if not len(values):
        return values
    sums = np.zeros(int(voucher.max()) + 1, dtype=np.int64)
    np.add.at(sums, voucher, values.astype(np.int64))
    return np.asarray(sums[voucher])


def _rupees(paise: int) -> str:
    return rupees.plain(int(paise)) if paise else ""
