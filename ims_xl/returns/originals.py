"""The original of every amendment: in the same book, counted in an earlier period, or unknown.

IMS carries no direction and no difference, only the original's number and date. An amendment whose original stands in the
same book counts in full and the original not at all; one whose original was counted earlier moves only the difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, loose_number, positions
from ims_xl.returns.keys import document_key, plain_number, unique_positions
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


def find_originals(
    documents: pd.DataFrame, book: pd.DataFrame, live: np.ndarray, earlier: pd.DataFrame, period: str, asked: np.ndarray | None = None, own: np.ndarray | None = None,
) -> Originals:
    """`documents` has supplier_gstin, section (IMS label), document_number, document_date, original_number, original_date; `book` the same for the rows that may be originals, of which `live` stand. Only `asked` rows are looked up, all where it is None; `own` is the position of each document in the book, if not the same."""
    section = documents["section"]
    is_amendment = section.isin(AMENDMENTS).to_numpy()
    count = len(documents)
    in_book = np.full(count, -1, dtype=np.int64)
    before = np.full(count, -1, dtype=np.int64)
    known = np.zeros(count, dtype=bool)
    rows = np.flatnonzero(is_amendment if asked is None else is_amendment & asked)
    if not len(rows):
        return Originals(is_amendment, in_book, before, known)

    amendments = documents.iloc[rows].reset_index(drop=True)
    # The original itself first, then an amendment that this one amends again.
    itself, chain = amendments["section"].map(_ORIGINAL).astype("str"), amendments["section"]
    wanted = _Wanted(amendments)
    targets = set(itself.unique()) | set(chain.unique())
    candidates = np.flatnonzero(live & book["section"].isin(targets).to_numpy())
    there = _There(book.iloc[candidates])
    for target in (itself, chain):
        found = wanted.found(target, there)
        place = np.where(found >= 0, candidates[found] if len(candidates) else -1, -1)
        # An amendment does not amend itself.
        place = np.where(place == (rows if own is None else own[rows]), -1, place)
        in_book[rows] = np.where(in_book[rows] >= 0, in_book[rows], place)

    past_rows = np.flatnonzero((earlier["period"] < period).to_numpy() & earlier["section"].isin(targets).to_numpy()) if len(earlier) else np.zeros(0, dtype=np.int64)
    if len(past_rows):
        past_rows = past_rows[np.argsort(earlier["period"].to_numpy(dtype=object)[past_rows].astype(str), kind="stable")]
        counted_rows = past_rows[earlier["counted"].to_numpy(dtype=bool)[past_rows]]
        any_state, states = _There(earlier.iloc[past_rows]), _There(earlier.iloc[counted_rows])
        for target in (chain, itself):   # the latest state that was counted: an earlier amendment before the original
            known[rows] |= wanted.found(target, any_state) >= 0
            state = wanted.found(target, states)
            last = np.where(state >= 0, counted_rows[state] if len(counted_rows) else -1, -1)
            before[rows] = np.where(before[rows] >= 0, before[rows], last)
    known |= in_book >= 0
    return Originals(is_amendment, in_book, before, known)


class _There:
    """Documents among which originals are sought, their keys made once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame.reset_index(drop=True)
        self.imports = self.frame["section"].isin(_IMPORTS).to_numpy()
        base = document_key(self.frame["supplier_gstin"], self.frame["document_number"], self.frame["document_date"], self.imports)
        self.keys = self.frame["section"].astype("str") + "|" + base
        self._loose: pd.Series | None = None

    @property
    def loose(self) -> pd.Series:
        if self._loose is None:
            self._loose = self.frame["section"].astype("str") + "|" + self.frame["supplier_gstin"].str.upper() + "|" + loose_number(self.frame["document_number"])
        return self._loose


class _Wanted:
    """The supplier, number and date of each original; the amendment's own where the portal gives none (bills of entry keep theirs)."""

    def __init__(self, amendments: pd.DataFrame) -> None:
        imports = amendments["section"].isin(_IMPORTS).to_numpy()
        blank = (amendments["original_number"].str.strip() == "").to_numpy() | imports
        self.supplier = amendments["supplier_gstin"]
        self.number = amendments["original_number"].mask(blank, amendments["document_number"])
        self.date = amendments["original_date"].mask(blank, amendments["document_date"])
        self.undated = ~blank & amendments["original_date"].isna().to_numpy()
        self.base = document_key(self.supplier, self.number, self.date, imports)

    def found(self, section: pd.Series, there: _There) -> np.ndarray:
        if not len(there.frame):
            return np.full(len(section), -1, dtype=np.int64)
        found = positions(section + "|" + self.base, there.keys)
        open_rows = np.flatnonzero((found < 0) & (plain_number(self.number) != "").to_numpy())
        if len(open_rows):
            # Without a date, or where a sheet has eaten zeros: supplier, section and number, if that is unmistakable.
            ours = section.iloc[open_rows] + "|" + self.supplier.iloc[open_rows].str.upper() + "|" + loose_number(self.number.iloc[open_rows])
            second = unique_positions(ours.reset_index(drop=True), there.loose)
            year = financial_years(self.date.iloc[open_rows]).to_numpy()
            same_year = (second >= 0) & (financial_years(there.frame["document_date"]).to_numpy()[second] == year)
            found[open_rows] = np.where((second >= 0) & (self.undated[open_rows] | same_year), second, -1)
        return found
