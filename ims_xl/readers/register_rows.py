"""What each row below the headings is: a voucher line, a continuation of the line above, a supplier's band, a total, or words.

Every row gets exactly one kind, so that lines + totals + blanks + headings + bands + words is the number of rows in the sheet.
A total is known by its word where no supplier or document stands beside it, or by adding up what stands above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

BLANK, LINE, CONTINUATION, BAND, TOTAL, HEADING, WORDS, UNREADABLE = range(8)
KIND_NAMES: Final[Mapping[int, str]] = {
    BLANK: "blank", LINE: "lines", CONTINUATION: "continuation lines", BAND: "supplier bands", TOTAL: "totals", HEADING: "headings", WORDS: "words", UNREADABLE: "unreadable",
}
GSTIN_FORM: Final = r"^\W*(?:[0-9]\W*){2}(?:[A-Za-z]\W*){5}(?:[0-9]\W*){4}[A-Za-z]\W*(?:[0-9A-Za-z]\W*){3}$"
"""Typed with or without spaces and dashes between its parts."""
_TOTAL: Final = re.compile(
    r"((grand|sub|net|page|month(ly)?|party|running|report|overall|gross|final)[ -]*)*totals?( (of|for|in|as per|amount|rs|inr|purchases?|value|carried|b/f|c/f)\b.*)?[ :.=₹-]*(\d+)?"
    r"|.+ totals?[ :]*|totals?[ :-]+.*|(carried|brought) (forward|over|down)\b.*|[bc]/[fdo]\b.*|sum[ :]*|aggregate[ :]*", re.IGNORECASE)
NOTE_WORDS: Final = re.compile(r"(?i)(org|orig|original)\b\.?\s*inv|doc(ument)?\.?\s*type\b")
"""How Busy begins the rows of words that it puts below a note."""
_BEGINS_TOTAL: Final = re.compile(r"(grand |sub[ -]?|net )?total\b|(opening|closing)( balance| stock|\b *$)|(opening|closing)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cells:
    """Which frame positions speak of the supplier, of the document, of dates and of money."""

    gstin: Sequence[int]
    name: Sequence[int]
    number: Sequence[int]
    date: Sequence[int]
    money: Sequence[int]


def rows_where(frame: pd.DataFrame, told: np.ndarray) -> pd.DataFrame:
    """Those rows; the frame itself where it is all of them, for nobody changes what he is given."""
    return frame if told.all() else frame[told]


def classify(body: pd.DataFrame, headings: Sequence[Sequence[str]], cells: Cells) -> np.ndarray:
    """The kind of every row of `body` (int8)."""
    columns = [_arrow(body.iloc[:, place]) for place in range(body.shape[1])]
    rows = len(body)
    filled = np.zeros(rows, dtype=np.int32)
    for column in columns:
        filled += _filled(column)
    blank = filled == 0
    gstin = _any(columns, cells.gstin, rows, GSTIN_FORM)
    gstin_told = _any_filled(columns, cells.gstin, rows)
    number, day = _any_filled(columns, cells.number, rows), _any_filled(columns, cells.date, rows)
    name, money = _any_filled(columns, cells.name, rows), _any(columns, cells.money, rows, r"[0-9#]")
    kinds = np.full(rows, UNREADABLE, dtype=np.int8)
    kinds[gstin | number | (money & (day | name | gstin_told))] = LINE
    kinds[money & ~gstin_told & ~number & ~day & ~name] = CONTINUATION
    kinds[(gstin | name) & ~number & ~day & ~money & _next_needs(gstin_told, number, money, kinds)] = BAND
    kinds[~money & ~gstin_told & ~number & (kinds != BAND) & (filled <= 2)] = WORDS
    _mark_totals(kinds, body, columns, gstin, number & day, money)
    kinds[_note_words(columns, gstin)] = WORDS
    for heading in headings:
        same = np.zeros(rows, dtype=np.int32)
        for place, text in enumerate(heading):
            if text and place < len(columns):
                same += _mask(pc.equal(columns[place], text))
        kinds[same >= max(3, int(0.6 * sum(bool(t) for t in heading)))] = HEADING
    kinds[_numbering(columns, filled, rows)] = HEADING
    kinds[blank] = BLANK
    _mark_words_beside_numbers(kinds, columns, cells.money, number & ~gstin_told & ~day)
    _mark_bands_with_totals(kinds, columns, cells.money, (gstin | name) & ~number & ~day & money, number & money & ~gstin_told)
    _mark_unlabelled_totals(kinds, columns, cells.money, number & money & ~gstin_told & ~name & ~day & (kinds == LINE))
    _mark_totals_above(kinds, columns, cells.money)
    return kinds


def _mark_words_beside_numbers(kinds: np.ndarray, columns: list[pa.Array], money: Sequence[int], doubtful: np.ndarray) -> None:
    """`Prepared by`, `Ramesh` under supplier and number, with neither GSTIN, date nor amount, is no voucher; a cancelled one is."""
    at = np.flatnonzero(doubtful & (kinds == LINE))
    if not len(at):
        return
    picked = pa.array(at)
    amount = np.zeros(len(at), dtype=bool)
    for place in money:
        cells = columns[place].take(picked)
        amount |= (~_paise_of(cells)[1] & _filled(cells)) | _mask(pc.match_substring_regex(cells, "^#"))
    said = np.zeros(len(at), dtype=bool)
    for column in columns:
        said |= _mask(pc.match_substring_regex(column.take(picked), r"(?i)cancel"))
    kinds[at[~amount & ~said]] = UNREADABLE


def _mark_bands_with_totals(kinds: np.ndarray, columns: list[pa.Array], money: Sequence[int], bands: np.ndarray, needy: np.ndarray) -> None:
    """A supplier's row without a document whose amounts are those of the documents below it, which name no supplier, is a band."""
    at = np.flatnonzero(bands & (kinds == LINE) & np.r_[needy[1:], False])
    if not len(at) or not money:
        return
    amounts = _amounts(columns, money)
    stops = np.r_[np.flatnonzero(~needy & (kinds != CONTINUATION)), len(kinds)]
    for row in at:
        below = slice(row + 1, int(stops[np.searchsorted(stops, row, side="right")]))
        told = amounts[row] != 0
        if told.any() and bool((np.abs(amounts[below].sum(axis=0) - amounts[row])[told] <= 1).all()):
            kinds[row] = BAND


def _mark_totals_above(kinds: np.ndarray, columns: list[pa.Array], money: Sequence[int]) -> None:
    """Amounts alone above the first document continue nothing: the total of what stands below, or a row that cannot be read."""
    lines = np.flatnonzero(kinds == LINE)
    above = np.flatnonzero(kinds[: lines[0] if len(lines) else len(kinds)] == CONTINUATION)
    if not len(above) or (kinds[: above[0]] == BAND).any():
        return
    amounts = _amounts(columns, money)
    below = amounts[np.isin(kinds, (LINE, CONTINUATION))].sum(axis=0) - amounts[above].sum(axis=0)
    for row in above:
        told = amounts[row] != 0
        kinds[row] = TOTAL if len(lines) and told.any() and bool((np.abs(below - amounts[row])[told] <= 1).all()) else UNREADABLE


def _amounts(columns: list[pa.Array], money: Sequence[int]) -> np.ndarray:
    return np.stack([_paise_of(columns[place])[0] for place in money], axis=1)


def _paise_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    from ims_xl.readers.cleaning import to_paise

    return to_paise(pd.Series(pd.array(column, dtype="str")))


def _next_needs(gstin_told: np.ndarray, number: np.ndarray, money: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """The row below has a document and amounts, but no supplier of its own."""
    needs = number & money & ~gstin_told
    return np.asarray(np.r_[needs[1:], False] if len(needs) else needs, dtype=bool)


def _mark_totals(kinds: np.ndarray, body: pd.DataFrame, columns: list[pa.Array], gstin: np.ndarray, document: np.ndarray, money: np.ndarray) -> None:
    doubtful = np.flatnonzero(~gstin & np.isin(kinds, (LINE, CONTINUATION, WORDS, UNREADABLE)))
    if not len(doubtful):
        return
    said = np.zeros(len(doubtful), dtype=bool)
    picked = pa.array(doubtful)
    for column in columns:
        part = column.take(picked)
        said |= _mask(pc.match_substring_regex(part, r"(?i)total|opening|closing|carried|brought|\b[bc]/[fdo]\b|^\s*(sum|aggregate)"))
    for row in doubtful[said]:
        texts = [text for text in (str(cell).strip() for cell in body.iloc[row].to_numpy(dtype=object)) if text]
        label = texts[0]
        words = [text for text in texts if not re.fullmatch(r"[-₹\d.,() drcDRC]+", text)]
        exact = bool(words) and _TOTAL.fullmatch(words[0]) is not None and len(words) <= 2
        if not document[row] and (exact or _BEGINS_TOTAL.match(label) or (words and _BEGINS_TOTAL.match(words[0]) and len(words) <= 2)):
            kinds[row] = TOTAL if money[row] or kinds[row] != WORDS else WORDS


def _note_words(columns: list[pa.Array], gstin: np.ndarray) -> np.ndarray:
    """Rows that begin with `Org. Inv.` or `Doc. Type`: they speak of the note above."""
    rows = np.zeros(len(gstin), dtype=bool)
    before = np.zeros(len(gstin), dtype=bool)
    for column in columns:
        here = _filled(column)
        first = np.flatnonzero(here & ~before)
        rows[first] = _mask(pc.match_substring_regex(column.take(pa.array(first)), f"^{NOTE_WORDS.pattern}"))
        before |= here
    return np.asarray(rows & ~gstin)


def _numbering(columns: list[pa.Array], filled: np.ndarray, rows: int) -> np.ndarray:
    """A line that numbers the columns below the headings: 1 2 3 ... or (1) (2) (3) ..., only near the top."""
    marked = np.zeros(rows, dtype=bool)
    for row in range(min(3, rows)):
        if filled[row] < 4:
            continue
        cells = [re.sub(r"[()\[\]. ]", "", str(column[row].as_py())) for column in columns]
        numbers = [cell for cell in cells if cell]
        marked[row] = all(cell.isdigit() for cell in numbers) and [int(cell) for cell in numbers] == list(range(int(numbers[0]), int(numbers[0]) + len(numbers)))
    return marked


def _mark_unlabelled_totals(kinds: np.ndarray, columns: list[pa.Array], money: Sequence[int], counted: np.ndarray) -> None:
    """A row of amounts alone (or beside a `counted` number of bills) that adds up every column above it, since the last total or from the start, is a total."""
    candidates = np.flatnonzero((kinds == CONTINUATION) | counted)
    if not len(candidates) or not money:
        return
    amounts = _amounts(columns, money)
    line = np.isin(kinds, (LINE, CONTINUATION))
    running = np.cumsum(np.where(line[:, None], amounts, 0), axis=0)
    count = np.cumsum((kinds == LINE) & ~counted)
    last_line = int(np.flatnonzero(line)[-1])
    since, lines_since = np.zeros(len(money), dtype=np.int64), 0
    grand = np.zeros(len(money), dtype=np.int64)
    for row in candidates:
        told = amounts[row] != 0
        before = running[row] - amounts[row] - grand
        lines = count[row] - lines_since
        adds_up = bool(told.any()) and any(bool((np.abs(amounts[row] - whole)[told] <= 1).all()) for whole in (before, before - since))
        if adds_up and (lines >= 2 or (row == last_line and told.sum() >= 2 and lines >= 1)) and told.sum() >= min(2, len(money)):
            kinds[row] = TOTAL
            grand = grand + amounts[row]
            since = before
            lines_since = int(count[row])


def _arrow(series: pd.Series) -> pa.Array:
    array = series.array.__arrow_array__() if hasattr(series.array, "__arrow_array__") else pa.array(series.astype(object), type=pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return pc.ascii_trim_whitespace(array.cast(pa.large_string()).fill_null(""))


def _filled(column: pa.Array) -> np.ndarray:
    return _mask(pc.greater(pc.binary_length(column), 0))


def _any_filled(columns: list[pa.Array], places: Sequence[int], rows: int) -> np.ndarray:
    found = np.zeros(rows, dtype=bool)
    for place in places:
        found |= _mask(pc.invert(pc.is_in(columns[place], value_set=pa.array(["", "-", "--"], type=pa.large_string()))))
    return found


def _any(columns: list[pa.Array], places: Sequence[int], rows: int, pattern: str) -> np.ndarray:
    found = np.zeros(rows, dtype=bool)
    for place in places:
        rest = np.flatnonzero(~found)
        found[rest] = _mask(pc.match_substring_regex(columns[place].take(pa.array(rest)), pattern))
    return found


def _mask(array: pa.Array) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)
