"""What the books say of every document: how much is booked, what of it is blocked, whether the goods have come.

Per IMS row: the treatment in table 4(B) and the paise it takes back, worked out for every row whatever its action, so that
the workbook moves when the action does. Ineligible comes before not received, and that before not in books: one document is
reversed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, positions
from ims_xl.returns.drawn import IMPORTS
from ims_xl.returns.forms import AVAILABLE
from ims_xl.returns.vouchers import booked_in_period, is_import_of_goods, is_reverse_charge, period_bounds
from ims_xl.settings import Settings
from ims_xl.state import Links
from ims_xl.vocabulary import HEADS, MatchClass

INELIGIBLE: Final = "Ineligible"
PART_INELIGIBLE: Final = "Part ineligible"
NOT_RECEIVED: Final = "Not received"
NOT_IN_BOOKS: Final = "Not in books"
THIS_PERIOD: Final = "This period"
OTHER_PERIOD: Final = "Other period"


@dataclass(frozen=True)
class BookedResults:
    """Per result number: tax booked by head (signed), of it ineligible, the latest receipt, whether this period booked it."""

    tax: dict[str, np.ndarray]
    blocked: dict[str, np.ndarray]
    lines: np.ndarray
    blocked_lines: np.ndarray
    received: np.ndarray
    this_period: np.ndarray


def gathered(register: pd.DataFrame, signed: pd.DataFrame, result: np.ndarray, count: int, settings: Settings) -> BookedResults:
    """Register lines (`signed` as `vouchers.signed_lines` has them) summed by the result (or any other number) they belong to; lines under -1 are left out."""
    keep = np.flatnonzero(result >= 0)
    at = result[keep]
    blocked = (register["itc_eligibility"] == INELIGIBLE).to_numpy()[keep]
    received = np.full(count, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    days = register["receipt_date"].to_numpy().astype("datetime64[s]")[keep]
    dated = ~np.isnat(days)
    if dated.any():
        latest = pd.Series(days[dated]).groupby(at[dated]).max()
        received[latest.index.to_numpy()] = latest.to_numpy().astype("datetime64[s]")
    now = booked_in_period(register, settings)[keep]

    def summed(values: np.ndarray) -> np.ndarray:
        total = np.zeros(count, dtype=np.int64)
        np.add.at(total, at, values)
        return total

    tax = {head: summed(signed[head].to_numpy()[keep]) for head in HEADS}
    return BookedResults(
        tax=tax, blocked={head: summed(np.where(blocked, signed[head].to_numpy()[keep], 0)) for head in HEADS},
        lines=summed(np.ones(len(keep), dtype=np.int64)), blocked_lines=summed(blocked.astype(np.int64)),
        received=received, this_period=summed(now.astype(np.int64)) > 0,
    )


def booked_rows(
    rows: pd.DataFrame, ims: pd.DataFrame, register: pd.DataFrame, signed: pd.DataFrame, links: Links, settings: Settings, receipt: np.ndarray | None = None,
) -> pd.DataFrame:
    """Aligned with ims: treatment, reverse_igst.., books_igst.., booked. `rows` is `Gstr2B.rows`; `receipt`, the day as a person typed it, goes before the register's."""
    count = len(links.results)
    # A line under reverse charge has its own boxes and is never the booking of a forward-charge document.
    result = np.where(is_reverse_charge(register), -1, _with_bills_of_entry(ims, register, links)) if len(register) else np.zeros(0, dtype=np.int64)
    books = gathered(register, signed, result, count, settings)
    at = links.ims_result
    match = links.results["match_class"].to_numpy(dtype=object)[at] if count else np.zeros(0, dtype=object)
    sign = rows["sign"].to_numpy(dtype=np.int64)
    effect = {head: rows[f"itc_{head}"].to_numpy(dtype=np.int64) * sign for head in HEADS}
    linked = books.lines[at] > 0 if count else np.zeros(0, dtype=bool)
    whole = linked & (books.blocked_lines[at] == books.lines[at])
    part = linked & (books.blocked_lines[at] > 0) & ~whole
    _, last = period_bounds(settings)
    received = books.received[at] if count else np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[s]")
    if receipt is not None:
        received = np.where(np.isnat(receipt), received, receipt)
    adds = sum(effect.values()) > 0 if len(rows) else np.zeros(0, dtype=bool)
    late = ~np.isnat(received) & (received > last) & adds
    absent = (match == MatchClass.NOT_IN_BOOKS.value) & ~linked & ~late & adds
    # What the drawn 2B bars from credit is in no box of 4A, so there is nothing to take back.
    available = rows["path"].str.startswith(AVAILABLE).to_numpy(dtype=bool)
    whole, part, late, absent = whole & available, part & available, late & available, absent & available
    treatment = np.select([whole, part, late, absent], [INELIGIBLE, PART_INELIGIBLE, NOT_RECEIVED, NOT_IN_BOOKS], "").astype(object)
    out: dict[str, object] = {"treatment": pd.array(treatment, dtype="str")}
    in_part = _shared({head: np.where(part, books.blocked[head][at], 0) for head in HEADS}, effect, at, part)
    for head in HEADS:
        out[f"reverse_{head}"] = np.where(part, in_part[head], np.where(whole | late | absent, effect[head], 0))
    share = _spread({head: np.where(linked, books.tax[head][at], 0) for head in HEADS}, effect, at, linked)
    for head in HEADS:
        out[f"books_{head}"] = share[head]
    out["booked"] = pd.array(np.where(linked, np.where(books.this_period[at] if count else False, THIS_PERIOD, OTHER_PERIOD), ""), dtype="str")
    return pd.DataFrame(out, index=ims.index)


def _with_bills_of_entry(ims: pd.DataFrame, register: pd.DataFrame, links: Links) -> np.ndarray:
    """Result numbers of the register lines; a bill of entry, which matching leaves outside IMS, joins its row by number and year."""
    result = np.asarray(links.register_result, dtype=np.int64)
    bills = np.flatnonzero(ims["section"].isin(IMPORTS).to_numpy())
    lines = np.flatnonzero((register["supplier_gstin"].str.strip() == "").to_numpy() | is_import_of_goods(register)) if len(bills) else bills
    if not len(bills) or not len(lines):
        return result
    mine = _bill_key(register.iloc[lines])
    theirs = _bill_key(ims.iloc[bills])
    found = positions(mine, theirs)
    linked_elsewhere = np.isin(result[lines], links.ims_result)
    take = (found >= 0) & ~linked_elsewhere
    out = result.copy()
    out[lines[take]] = links.ims_result[bills[found[take]]]
    return out


def _bill_key(frame: pd.DataFrame) -> pd.Series:
    number = frame["document_number"].str.strip().str.lstrip("0")
    return (number + "|" + financial_years(frame["document_date"]).astype("str")).mask(number == "", "").reset_index(drop=True)


def _shared(total: dict[str, np.ndarray], effect: dict[str, np.ndarray], at: np.ndarray, which: np.ndarray) -> dict[str, np.ndarray]:
    """A result's blocked tax over its rows in order, each up to what the row has."""
    if not which.any():
        return {head: np.zeros(len(at), dtype=np.int64) for head in HEADS}
    out = {}
    for head in HEADS:
        value = np.where(which, effect[head], 0)
        size = pd.Series(np.abs(value))
        before = (size.groupby(at).cumsum() - size).to_numpy() if len(size) else size.to_numpy()
        amount = np.clip(np.abs(total[head]) - before, 0, np.abs(value))
        out[head] = (amount * np.sign(value)).astype(np.int64)
    return out


def _spread(total: dict[str, np.ndarray], effect: dict[str, np.ndarray], at: np.ndarray, which: np.ndarray) -> dict[str, np.ndarray]:
    """A result's booked tax over its rows: every row its own tax, the last row what remains."""
    out = {}
    place = np.flatnonzero(which)
    result, results = pd.factorize(at[place])
    last = ~pd.Series(result).duplicated(keep="last").to_numpy()
    for head in HEADS:
        own = effect[head][place]
        others = np.zeros(len(results), dtype=np.int64)
        np.add.at(others, result, np.where(last, 0, own))
        out[head] = np.zeros(len(at), dtype=np.int64)
        out[head][place] = np.where(last, total[head][place] - others[result], own)
    return out
