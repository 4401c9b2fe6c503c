"""The original of every amendment: in the same book, counted in an earlier period, or unknown.

IMS carries no direction and no difference, only the original's number and date. An amendment whose original stands in the
same book counts in full and the original not at all; one whose original was counted earlier moves only the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ims_xl.returns.keys import exact_key, loose_number, plain_number, positions, unique_positions
from ims_xl.vocabulary import HEADS, Section

AMENDMENTS = frozenset(s.value for s in Section if s.is_amendment)
_IMPORTS = frozenset(s.value for s in Section if s.is_import)
_ORIGINAL = {s.value: s.original.value for s in Section}


@dataclass(frozen=True)
class Originals:
    """Aligned with the documents that were asked about."""

    is_amendment: np.ndarray
    in_book: np.ndarray
    """Position of the original in the same book, -1 where it is not there."""
    earlier: np.ndarray
    """Position in `earlier` of the original's latest counted state, -1 where it was not counted."""
    known: np.ndarray
    """The original is known, counted or not."""

    def counted_before(self, earlier: pd.DataFrame) -> dict[str, np.ndarray]:
        """Paise by head that an earlier period has already counted for the document."""
        rows = np.flatnonzero(self.earlier >= 0)
        out = {}
        for head in HEADS:
            amounts = np.zeros(len(self.earlier), dtype=np.int64)
            if len(rows):
                amounts[rows] = earlier[head].to_numpy(dtype=np.int64)[self.earlier[rows]]
            out[head] = amounts
        return out


def find_originals(documents: pd.DataFrame, book: pd.DataFrame, live: np.ndarray, earlier: pd.DataFrame, period: str) -> Originals:
    """`documents` has supplier_gstin, section (IMS label), document_number, document_date, original_number, original_date; `book` the same for the rows that may be originals, of which `live` stand."""
    section = documents["section"]
    is_amendment = section.isin(AMENDMENTS).to_numpy()
    count = len(documents)
    in_book = np.full(count, -1, dtype=np.int64)
    before = np.full(count, -1, dtype=np.int64)
    known = np.zeros(count, dtype=bool)
    if not is_amendment.any():
        return Originals(is_amendment, in_book, before, known)

    rows = np.flatnonzero(is_amendment)
    amendments = documents.iloc[rows].reset_index(drop=True)
    wanted = _wanted(amendments)
    same_frame = book is documents
    candidates = np.flatnonzero(live & book["section"].isin({_ORIGINAL[s] for s in amendments["section"].unique()} | set(amendments["section"].unique())).to_numpy())
    there = book.iloc[candidates].reset_index(drop=True)
    for chain in (False, True):   # the original itself first, then an amendment that this one amends again
        found = _found(wanted, amendments["section"] if chain else amendments["section"].map(_ORIGINAL), there)
        place = np.where(found >= 0, candidates[found] if len(candidates) else -1, -1)
        if same_frame:
            place = np.where(place == rows, -1, place)
        in_book[rows] = np.where(in_book[rows] >= 0, in_book[rows], place)

    past = earlier[(earlier["period"] < period).to_numpy()] if len(earlier) else earlier
    if len(past):
        order = past["period"].argsort(kind="stable")
        past = past.iloc[order]
        counted = past["counted"].to_numpy(dtype=bool)
        position = np.arange(len(earlier))[(earlier["period"] < period).to_numpy()][order]
        for chain in (True, False):   # the latest state that was counted: an earlier amendment before the original
            target = amendments["section"] if chain else amendments["section"].map(_ORIGINAL)
            any_state = _found(wanted, target, past)
            state = _found(wanted, target, past[counted])
            known[rows] |= any_state >= 0
            last = np.where(state >= 0, position[counted][state] if counted.any() else -1, -1)
            before[rows] = np.where(before[rows] >= 0, before[rows], last)
    known |= in_book >= 0
    return Originals(is_amendment, in_book, before, known)


def _wanted(amendments: pd.DataFrame) -> pd.DataFrame:
    """The supplier, number and date of each original; the amendment's own where the portal gives none (bills of entry keep theirs)."""
    blank = (amendments["original_number"].str.strip() == "").to_numpy() | amendments["section"].isin(_IMPORTS).to_numpy()
    return pd.DataFrame({
        "supplier_gstin": amendments["supplier_gstin"],
        "document_number": amendments["original_number"].mask(blank, amendments["document_number"]),
        "document_date": amendments["original_date"].mask(blank, amendments["document_date"]),
        "undated": ~blank & amendments["original_date"].isna().to_numpy(),
    })


def _found(wanted: pd.DataFrame, section: pd.Series, there: pd.DataFrame) -> np.ndarray:
    if not len(there):
        return np.full(len(wanted), -1, dtype=np.int64)
    imports = section.isin(_IMPORTS).to_numpy()
    key = exact_key(wanted["supplier_gstin"], section, wanted["document_number"], wanted["document_date"], imports)
    theirs = exact_key(there["supplier_gstin"], there["section"], there["document_number"], there["document_date"], there["section"].isin(_IMPORTS).to_numpy())
    found = positions(key, theirs)
    open_rows = np.flatnonzero(found < 0)
    if len(open_rows):
        # Without a date, or where a sheet has eaten zeros: supplier, section and number, if that is unmistakable.
        part = wanted.iloc[open_rows]
        undated = part["undated"].to_numpy(dtype=bool)
        ours = part["supplier_gstin"].str.upper() + "|" + section.iloc[open_rows] + "|" + loose_number(part["document_number"])
        other = there["supplier_gstin"].str.upper() + "|" + there["section"] + "|" + loose_number(there["document_number"])
        second = unique_positions(ours.mask(plain_number(part["document_number"]) == "", "").reset_index(drop=True), other.reset_index(drop=True))
        same_year = np.zeros(len(part), dtype=bool)
        hit = second >= 0
        if hit.any():
            mine = part["document_date"].dt.to_period("M").reset_index(drop=True)[hit]
            his = there["document_date"].dt.to_period("M").reset_index(drop=True).iloc[second[hit]].reset_index(drop=True)
            same_year[hit] = mine.reset_index(drop=True).map(_year).to_numpy() == his.map(_year).to_numpy()
        found[open_rows] = np.where(hit & (undated | same_year), second, -1)
    return found


def _year(month: pd.Period) -> int:
    return -1 if month is pd.NaT else month.year - (month.month < 4)
