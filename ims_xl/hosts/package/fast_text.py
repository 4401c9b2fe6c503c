"""The common form of a sheet read in bulk: all cells of some thousand rows at once, by NumPy over the bytes.

`columns_of(data, start, end, glossary)` gives what `sheet_text.sheet_cells` would, thirty times as fast; None where the rows are
written in an uncommon way (a prefix, cells without references), which the careful reader then takes. Single cells that need
care (text with changing fonts, several attributes) are read by the careful reader one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.hosts.package import number_formats as formats
from ims_xl.hosts.package import texts
from ims_xl.hosts.package.sheet_text import LAST_COLUMN, LAST_ROW, Glossary, cell_value, mostly_nothing

_BLOCK = 6 << 20
_QUOTE, _SPACE, _CLOSE, _SLASH = b'" >/'
_SHARED, _TEXT, _NUMBER, _BOOLEAN, _ODD = range(5)
# Eight bytes are looked at as one number, the first in its lowest bits: one look for what would be eight.
_CELL, _CELL_BITS = int.from_bytes(b'<c r="', "little"), (1 << 48) - 1
_ASSIGNED, _ASSIGNED_BITS = int.from_bytes(b' \0="', "little"), 0xFFFF00FF


@dataclass(frozen=True, slots=True)
class _Found:
    """The value cells of one block: where each stands, what kind it is, where its value's bytes are."""

    rows: np.ndarray
    columns: np.ndarray
    kinds: np.ndarray
    styles: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


def columns_of(data: bytes, start: int, end: int, glossary: Glossary) -> tuple[int, dict[int, pa.ChunkedArray]] | None:
    """The height of the sheet and its columns by number, each with one text a row; columns without a value are missing."""
    if data.find(b"<row ", start, end) < 0:
        return (0, {}) if data.find(b"row", start, end) < 0 else None
    strings = pa.array(glossary.strings, type=pa.large_string())
    chunks: dict[int, list[pa.Array]] = {}
    done: dict[int, int] = {}
    height, position = 0, start
    width = seen = 0
    while position < end:
        border = data.find(b"</row>", min(position + _BLOCK, end), end)
        border = end if border < 0 else border + 6
        block = data[position:border]
        position = border
        found = _scan(np.frombuffer(block, np.uint8))
        if found is None:
            return None
        if not len(found.rows):
            continue
        made, order = _texts(block, found, glossary, strings)
        # a formula that was never computed has a value without text: a blank cell
        filled = pc.binary_length(made).to_numpy()[order] > 0
        if not bool(filled.any()):
            continue
        rows, filled_columns, order = found.rows[filled], found.columns[filled], order[filled]
        first, last = height + 1, int(rows.max())
        width, seen = max(width, int(filled_columns.max())), seen + len(rows)
        if last > LAST_ROW or width > LAST_COLUMN or mostly_nothing(last, width, seen):
            return None                  # the careful reader refuses them, or keeps the filled rows only
        if int(rows.min()) < first:
            return None                  # rows out of order
        by_column = np.argsort(filled_columns.astype(np.uint16), kind="stable")
        rows, order = rows[by_column] - first, order[by_column]
        counts = np.bincount(filled_columns)
        for column, stop in zip(np.flatnonzero(counts).tolist(), np.cumsum(counts[counts > 0]).tolist()):
            here = slice(stop - int(counts[column]), stop)
            index = np.zeros(last - first + 1, dtype=np.int64)
            index[rows[here]] = order[here]
            missing = height - done.get(column, 0)
            if missing:
                chunks.setdefault(column, []).append(_blanks(missing))
            chunks.setdefault(column, []).append(made.take(pa.array(index)))
            done[column] = last
        height = last
    columns = {}
    for column, parts in chunks.items():
        if done[column] < height:
            parts.append(_blanks(height - done[column]))
        columns[column] = pa.chunked_array(parts, type=pa.large_string())
    return height, columns


def _blanks(count: int) -> pa.Array:
    return pa.array([""], type=pa.large_string()).take(pa.array(np.zeros(count, dtype=np.int64)))


def _scan(b: np.ndarray) -> _Found | None:
    """Finds the cells that hold a value; None where the block is not in the common form."""
    padded = np.concatenate([b, np.zeros(32, np.uint8)])
    words = np.ndarray((len(b) + 24,), "<u8", padded, strides=(1,))
    tags = np.flatnonzero(b == ord("<"))
    second = padded[1:][tags]
    cell_tags = np.flatnonzero(second == ord("c"))
    if not len(cell_tags):
        return _Found(*(np.zeros(0, np.int64) for _ in range(6)))
    # <c r="K17"
    cells = tags[cell_tags]
    heads = words[cells]
    if bool(((heads & _CELL_BITS) != _CELL).any()):
        return None
    # <row r="7" ...>
    rows = tags[second == ord("r")]
    rows = rows[padded[2:][rows] == ord("o")]
    if not _spelled(padded, rows + 4, b' r="'):
        return None
    row_numbers, row_ends = _digits(padded, rows + 8)
    borders = np.append(np.searchsorted(cells, rows), len(cells))
    if borders[0] > 0:
        return None
    in_row = np.diff(borders)
    columns, at = _letters(padded, heads, cells + 6)
    at += np.repeat(row_ends - rows - 8, in_row)
    if bool((padded[at] != _QUOTE).any()):
        return None
    styles, kinds, odd = _attributes(padded, words, at)
    # <v>...</v>, or <t>...</t> of a text that stands in the cell itself
    value_tags = np.flatnonzero((second == ord("v")) | (second == ord("t")))
    third = padded[2:][tags[value_tags]]
    named = (third == _CLOSE) | (third == _SPACE)
    value_tags, plain = value_tags[named], third[named] == _CLOSE
    is_value = np.zeros(len(tags), dtype=bool)
    is_value[value_tags] = True
    first = np.cumsum(is_value, dtype=np.int32)[cell_tags]   # how many values stand before each cell
    if first[0] > 0:
        return None
    count = np.diff(first, append=len(value_tags))
    odd |= count > 1
    starts = tags[value_tags]
    starts += np.where(plain, 3, 24)
    # a value that begins with a CDATA section or holds a comment ends at a tag of its own
    follows = value_tags + 1
    ends = tags[np.minimum(follows, len(tags) - 1)]
    ends[follows == len(tags)] = len(b)
    strange = (padded[1:][ends] != _SLASH) | (starts > ends) | (~plain & (padded[starts - 1] != _CLOSE))
    odd[np.searchsorted(cell_tags, value_tags[strange]) - 1] = True
    holds, careful = np.flatnonzero((count > 0) & ~odd), np.flatnonzero(odd)
    value = first[holds]
    row_numbers = np.repeat(row_numbers, in_row)
    found = _Found(row_numbers[holds], columns[holds], kinds[holds], styles[holds], starts[value], ends[value])
    if not len(careful):
        return found
    cell_ends = np.append(cells[1:], len(b))
    taken = (row_numbers[careful], columns[careful], np.full(len(careful), _ODD), styles[careful], cells[careful], cell_ends[careful])
    return _Found(*(np.concatenate(pair) for pair in zip((found.rows, found.columns, found.kinds, found.styles, found.starts, found.ends), taken)))


def _letters(b: np.ndarray, heads: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns that the references name, and where their row numbers begin; the first two letters are known from the head of the cell."""
    columns = (heads >> 48 & 0xFF).astype(np.int64) - 64
    is_letter = (columns >= 1) & (columns <= 26)
    columns[~is_letter] = 0
    at = at + is_letter
    here = np.flatnonzero(is_letter)
    letter = (heads[here] >> 56).astype(np.int64) - 64
    for _ in range(2):
        going = (letter >= 1) & (letter <= 26)
        here, letter = here[going], letter[going]
        columns[here] = columns[here] * 26 + letter
        at[here] += 1
        letter = b[at[here]].astype(np.int64) - 64
    return columns, at


def _attributes(b: np.ndarray, words: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Styles and kinds from the attributes behind the reference; `at` is its closing quote. The third marks cells that need care."""
    styles = np.zeros(len(at), dtype=np.int64)
    kinds = np.full(len(at), _NUMBER, dtype=np.int8)
    behind = b[1:][at]
    more = np.flatnonzero(behind == _SPACE)
    at = at[more]
    for _ in range(2):
        word = words[1:][at]
        assigned = (word & _ASSIGNED_BITS) == _ASSIGNED
        more, at, word = more[assigned], at[assigned], word[assigned]
        name, letter, single = word >> 8 & 0xFF, word >> 32 & 0xFF, (word >> 40 & 0xFF) == _QUOTE
        is_style, is_type = name == ord("s"), name == ord("t")
        short = is_style & single & (letter >= ord("0")) & (letter <= ord("9"))
        long = is_style & ~short
        styles[more[short]] = letter[short].astype(np.int64) - ord("0")
        number, ends = _digits(b, at[long] + 5)
        styles[more[long]] = number
        letter, single, here = letter[is_type], single[is_type], at[is_type]
        kinds[more[is_type]] = np.select(
            [single & (letter == ord("s")), single & (letter == ord("n")), single & (letter == ord("b")), single & (letter == ord("e")), ~single & ((letter == ord("s")) | (letter == ord("i")))],
            [_SHARED, _NUMBER, _BOOLEAN, _TEXT, _TEXT], _ODD)
        at[short] += 6
        at[long] = ends
        at[is_type] = np.where(single, here + 6, np.where(letter == ord("s"), here + 8, here + 14))
        behind[more] = b[1:][at]
        going = (behind[more] == _SPACE) & (is_style | is_type)
        more, at = more[going], at[going]
    return styles, kinds, (kinds == _ODD) | ((behind != _CLOSE) & (behind != _SLASH))


def _spelled(b: np.ndarray, at: np.ndarray, word: bytes) -> bool:
    return all(bool((b[at + i] == letter).all()) for i, letter in enumerate(word))


def _digits(b: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers written at those places, and where each ends."""
    number, ends = np.zeros(len(at), dtype=np.int64), at.copy()
    going = np.arange(len(at))
    for _ in range(10):
        digit = b[ends[going]].astype(np.int64) - 48
        is_digit = (digit >= 0) & (digit <= 9)
        if not is_digit.all():
            going, digit = going[is_digit], digit[is_digit]
        if not len(going):
            break
        number[going] = number[going] * 10 + digit
        ends[going] += 1
    return number, ends


class _Pool:
    """The texts of one block behind one blank, and each cell's place among them."""

    def __init__(self, cells: int) -> None:
        self.order = np.zeros(cells, dtype=np.int64)
        self.parts = [pa.array([""], type=pa.large_string())]
        self._used = 1

    def put(self, cells: np.ndarray, made: pa.Array, places: np.ndarray | None = None) -> None:
        """Gives those cells the texts, one each or those at `places`."""
        self.order[cells] = self._used + (np.arange(len(cells)) if places is None else places)
        self.parts.append(made)
        self._used += len(made)

    def put_mended(self, cells: np.ndarray, raw: pa.Array, mend: Callable[[str], str]) -> None:
        """The same for texts that each different one of which has to be mended first."""
        coded = raw.dictionary_encode()
        self.put(cells, pa.array(list(map(mend, coded.dictionary.to_pylist())), type=pa.large_string()), coded.indices.to_numpy())


def _texts(data: bytes, found: _Found, glossary: Glossary, strings: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """All texts of the block behind one blank, and each cell's place among them."""
    b = np.frombuffer(data, np.uint8)
    starts, ends = found.starts, found.ends
    pool = _Pool(len(found.rows))
    dates = glossary.kinds[np.minimum(found.styles, len(glossary.kinds) - 1)] if len(glossary.kinds) else np.zeros(len(found.rows), np.int8)

    def chosen(kind: int) -> np.ndarray:
        return np.flatnonzero(found.kinds == kind)

    shared, texts_here, numbers, booleans, odd = map(chosen, (_SHARED, _TEXT, _NUMBER, _BOOLEAN, _ODD))
    if len(shared):
        pool.put(shared, _shared(b, starts[shared], strings))
    if len(texts_here):
        _put_inline(pool, texts_here, _slices(data, starts[texts_here], ends[texts_here]))
    for kind in np.unique(dates[numbers]).tolist():
        here = numbers[dates[numbers] == kind]
        raw = _slices(data, starts[here], ends[here])
        if kind == formats.NUMBER:
            _put_numbers(pool, here, raw, b[starts[here]], b[np.maximum(ends[here] - 1, 0)])
        else:
            pool.put_mended(here, raw, partial(_date, kind, glossary.date1904))
    if len(booleans):
        pool.put(booleans, pa.array(["FALSE", "TRUE"], type=pa.large_string()), (b[starts[booleans]] == ord("1")).astype(np.int64))
    if len(odd):
        pool.put(odd, pa.array([_careful(data[s:e], glossary) for s, e in zip(starts[odd].tolist(), ends[odd].tolist())], type=pa.large_string()))
    return pa.concat_arrays(pool.parts), pool.order


def _slices(data: bytes, starts: np.ndarray, ends: np.ndarray) -> pa.Array:
    """Those stretches (in their order, none over another) as texts."""
    # The block is read as texts that touch: what lies before a stretch, the stretch, and so on; every second one is taken.
    borders = np.zeros(2 * len(starts) + 1, dtype=np.int64)
    borders[1::2], borders[2::2] = starts, ends
    touching = pa.Array.from_buffers(pa.large_string(), 2 * len(starts), [None, pa.py_buffer(borders), pa.py_buffer(data)])
    return touching.take(pa.array(np.arange(1, len(borders), 2)))


def _bytes_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of texts, one behind the other, and their borders."""
    _, offsets, letters = texts.buffers()
    borders = np.frombuffer(offsets, np.int64)[: len(texts) + 1]
    return np.frombuffer(letters, np.uint8)[: borders[-1]] if letters else np.zeros(0, np.uint8), borders


def _shared(b: np.ndarray, starts: np.ndarray, strings: pa.Array) -> pa.Array:
    numbers, _ = _digits(b, starts)
    if len(strings) == 0 or int(numbers.max()) >= len(strings):
        numbers = np.where(numbers < len(strings), numbers, -1)
        return pc.fill_null(strings.take(pa.array(numbers, mask=numbers < 0)), "")
    return strings.take(pa.array(numbers))


def _put_inline(pool: _Pool, cells: np.ndarray, raw: pa.Array) -> None:
    letters, offsets = _bytes_of(raw)
    if bool((letters >= 128).any()):
        raw.validate(full=True)  # bytes that are no UTF-8 would fail later, far from here
    pool.put(cells, raw)
    special = (letters == ord("&")) | (letters == ord("\r")) | (letters == ord("_"))
    if bool(special.any()):
        touched = np.unique(np.searchsorted(offsets, np.flatnonzero(special), side="right") - 1)
        pool.put_mended(cells[touched], raw.take(pa.array(touched)), _readable)


@lru_cache(maxsize=1 << 14)
def _readable(text: str) -> str:
    """Names come again in every block."""
    return texts.readable(text.encode())


def _put_numbers(pool: _Pool, cells: np.ndarray, raw: pa.Array, first: np.ndarray, last: np.ndarray) -> None:
    letters, offsets = _bytes_of(raw)
    lengths = np.diff(offsets)
    # the shortest form already: up to 15 digits, nothing but digits and a point, no needless nought
    uncommon = (lengths > 15) | (lengths == 0) | (first < ord("1")) | (first > ord("9"))
    neither = np.flatnonzero((letters < 48) & (letters != ord(".")) | (letters > 57))
    uncommon[np.searchsorted(offsets, neither, side="right") - 1] = True
    ending = np.flatnonzero(((last == ord("0")) | (last == ord("."))) & (lengths > 1))
    end_letters, end_offsets = _bytes_of(raw.take(pa.array(ending)))
    uncommon[ending[np.searchsorted(end_offsets, np.flatnonzero(end_letters == ord(".")), side="right") - 1]] = True
    touched = np.flatnonzero(uncommon & ~((lengths == 1) & (first == ord("0"))))
    pool.put(cells, raw)
    if len(touched):
        pool.put_mended(cells[touched], raw.take(pa.array(touched)), _number)


def _number(raw: str) -> str:
    return formats.number_text(raw.strip()) if raw.strip() else ""


def _date(kind: int, date1904: bool, raw: str) -> str:
    return formats.date_text(raw, kind, date1904) if raw.strip() else ""


def _careful(cell: bytes, glossary: Glossary) -> str:
    close = cell.find(b">")
    if close < 0 or cell[close - 1: close] == b"/":
        return ""
    inner = cell[close + 1: max(cell.rfind(b"</c>"), close + 1)]
    return cell_value(cell[2:close], inner, glossary)
