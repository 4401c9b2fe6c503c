"""The common form of a sheet read in bulk: all cells of some thousand rows at once, by NumPy over the bytes.

`columns_of(data, start, end, glossary)` gives what `sheet_text.sheet_cells` would, thirty times as fast; None where the rows are
written in an uncommon way (a prefix, cells without references), which the careful reader then takes. Single cells that need
care (text with changing fonts, several attributes) are read by the careful reader one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.hosts.package import number_formats as formats
from ims_xl.hosts.package import texts
from ims_xl.hosts.package.sheet_text import LAST_COLUMN, LAST_ROW, Glossary, cell_value, mostly_nothing

_BLOCK = 6 << 20
_QUOTE, _SPACE, _CLOSE, _SLASH = b'" >/'
_SHARED, _TEXT, _NUMBER, _BOOLEAN, _ODD = range(5)


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
        for column in np.unique(filled_columns).tolist():
            here = filled_columns == column
            index = np.zeros(last - first + 1, dtype=np.int64)
            index[rows[here] - first] = order[here]
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
    tags = np.flatnonzero(b == ord("<"))
    second, third = padded[tags + 1], padded[tags + 2]
    is_cell = second == ord("c")
    if bool((third[is_cell] != _SPACE).any()):
        return None
    is_row = (second == ord("r")) & (third == ord("o"))
    cells, rows = tags[is_cell], tags[is_row]
    if not len(cells):
        return _Found(*(np.zeros(0, np.int64) for _ in range(6)))
    # <row r="7" ...>
    if not _spelled(padded, rows + 4, b' r="'):
        return None
    row_numbers, row_ends = _digits(padded, rows + 8)
    digits = row_ends - rows - 8
    of_row = np.searchsorted(rows, cells) - 1
    if of_row[0] < 0:
        return None
    # <c r="K17"
    if not _spelled(padded, cells + 3, b'r="'):
        return None
    at = cells + 6
    columns = np.zeros(len(cells), dtype=np.int64)
    for _ in range(3):
        letter = padded[at].astype(np.int64) - 64
        is_letter = (letter >= 1) & (letter <= 26)
        columns = np.where(is_letter, columns * 26 + letter, columns)
        at = at + is_letter
    at = at + digits[of_row]
    if bool((padded[at] != _QUOTE).any()):
        return None
    styles, kinds, odd = _attributes(padded, at, len(cells))
    # <v>...</v>, or <t>...</t> of a text that stands in the cell itself
    is_value = ((second == ord("v")) | (second == ord("t"))) & ((third == _CLOSE) | (third == _SPACE))
    values = tags[is_value]
    of_cell = np.searchsorted(cells, values, side="right") - 1
    plain = padded[values + 2] == _CLOSE
    starts = np.where(plain, values + 3, values + 24)
    odd[of_cell[~plain & (padded[values + 23] != _CLOSE)]] = True
    ends = np.append(tags, len(b))[np.flatnonzero(is_value) + 1]
    count = np.bincount(of_cell, minlength=len(cells))
    odd |= count > 1
    # a value that begins with a CDATA section or holds a comment ends at a tag of its own
    closing = padded[ends + 1] != _SLASH
    odd[of_cell[closing]] = True
    first = np.searchsorted(of_cell, np.arange(len(cells)))
    holds = np.flatnonzero((count > 0) & ~odd)
    strange = np.flatnonzero(odd)
    value = first[holds]
    cell_ends = np.append(cells[1:], len(b))
    return _Found(
        np.concatenate([row_numbers[of_row[holds]], row_numbers[of_row[strange]]]), np.concatenate([columns[holds], columns[strange]]),
        np.concatenate([kinds[holds], np.full(len(strange), _ODD)]), np.concatenate([styles[holds], styles[strange]]),
        np.concatenate([starts[value], cells[strange]]), np.concatenate([ends[value], cell_ends[strange]]))


def _attributes(b: np.ndarray, at: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Styles and kinds from the attributes behind the reference; `at` is its closing quote. The third marks cells that need care."""
    styles = np.zeros(count, dtype=np.int64)
    kinds = np.full(count, _NUMBER, dtype=np.int64)
    odd = np.zeros(count, dtype=bool)
    for _ in range(2):
        more = np.flatnonzero((b[at + 1] == _SPACE) & (b[at + 3] == ord("=")) & (b[at + 4] == _QUOTE))
        here = at[more]
        name, letter = b[here + 2], b[here + 5]
        is_style = name == ord("s")
        number, ends = _digits(b, here[is_style] + 5)
        styles[more[is_style]] = number
        at = at.copy()
        at[more[is_style]] = ends
        is_type = name == ord("t")
        chosen, letter, here = more[is_type], letter[is_type], here[is_type]
        single = b[here + 6] == _QUOTE
        kinds[chosen] = np.select(
            [single & (letter == ord("s")), single & (letter == ord("n")), single & (letter == ord("b")), single & (letter == ord("e")), ~single & ((letter == ord("s")) | (letter == ord("i")))],
            [_SHARED, _NUMBER, _BOOLEAN, _TEXT, _TEXT], _ODD)
        at[chosen] = np.where(single, here + 6, np.where(letter == ord("s"), here + 8, here + 14))
    odd |= (kinds == _ODD) | ((b[at + 1] != _CLOSE) & (b[at + 1] != _SLASH))
    return styles, kinds, odd


def _spelled(b: np.ndarray, at: np.ndarray, word: bytes) -> bool:
    return all(bool((b[at + i] == letter).all()) for i, letter in enumerate(word))


def _digits(b: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers written at those places, and where each ends."""
    number = np.zeros(len(at), dtype=np.int64)
    for _ in range(10):
        digit = b[at].astype(np.int64) - 48
        going = (digit >= 0) & (digit <= 9)
        if not going.any():
            break
        number = np.where(going, number * 10 + digit, number)
        at = at + going
    return number, at


def _texts(data: bytes, found: _Found, glossary: Glossary, strings: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """All texts of the block behind one blank, and each cell's place among them."""
    b = np.frombuffer(data, np.uint8)
    starts, ends = found.starts, found.ends
    order = np.zeros(len(found.rows), dtype=np.int64)
    parts, used = [pa.array([""], type=pa.large_string())], 1
    dates = glossary.kinds[np.minimum(found.styles, len(glossary.kinds) - 1)] if len(glossary.kinds) else np.zeros(len(found.rows), np.int8)
    groups: tuple[tuple[np.ndarray, Callable[[np.ndarray], pa.Array]], ...] = (
        (found.kinds == _SHARED, lambda m: _shared(b, starts[m], strings)),
        (found.kinds == _TEXT, lambda m: _inline(b, starts[m], ends[m])),
        ((found.kinds == _NUMBER) & (dates == formats.NUMBER), lambda m: _numbers(b, starts[m], ends[m])),
        ((found.kinds == _NUMBER) & (dates != formats.NUMBER), lambda m: _dates(b, starts[m], ends[m], dates[m], glossary.date1904)),
        (found.kinds == _BOOLEAN, lambda m: pa.array(np.where(b[starts[m]] == ord("1"), "TRUE", "FALSE").tolist(), type=pa.large_string())),
        (found.kinds == _ODD, lambda m: pa.array([_careful(data[s:e], glossary) for s, e in zip(starts[m].tolist(), ends[m].tolist())], type=pa.large_string())),
    )
    for chosen, make in groups:
        where = np.flatnonzero(chosen)
        if len(where):
            parts.append(make(where))
            order[where] = np.arange(used, used + len(where))
            used += len(where)
    return pa.concat_arrays(parts), order


def _slices(b: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those stretches one behind the other, and their borders."""
    lengths = ends - starts
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return b[np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])], offsets


def _strings(letters: np.ndarray, offsets: np.ndarray) -> pa.Array:
    return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(np.ascontiguousarray(letters))])


def _shared(b: np.ndarray, starts: np.ndarray, strings: pa.Array) -> pa.Array:
    numbers, _ = _digits(b, starts)
    if len(strings) == 0 or int(numbers.max()) >= len(strings):
        numbers = np.where(numbers < len(strings), numbers, -1)
        return pc.fill_null(strings.take(pa.array(numbers, mask=numbers < 0)), "")
    return strings.take(pa.array(numbers))


def _inline(b: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> pa.Array:
    letters, offsets = _slices(b, starts, ends)
    made = _strings(letters, offsets)
    if bool((letters >= 128).any()):
        made.validate(full=True)  # bytes that are no UTF-8 would fail later, far from here
    special = (letters == ord("&")) | (letters == ord("\r")) | (letters == ord("_"))
    if not bool(special.any()):
        return made
    touched = np.unique(np.searchsorted(offsets, np.flatnonzero(special), side="right") - 1)
    coded = made.take(pa.array(touched)).dictionary_encode()
    plain = pa.array([texts.readable(t.encode()) for t in coded.dictionary.to_pylist()], type=pa.large_string())
    return _replaced(made, touched, plain.take(coded.indices))


def _replaced(made: pa.Array, where: np.ndarray, by: pa.Array) -> pa.Array:
    index = np.arange(len(made))
    index[where] = np.arange(len(made), len(made) + len(where))
    return pa.concat_arrays([made, by]).take(pa.array(index))


def _numbers(b: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> pa.Array:
    letters, offsets = _slices(b, starts, ends)
    made = _strings(letters, offsets)
    lengths = ends - starts
    first = b[starts]
    # the shortest form already: up to 15 digits, nothing but digits and a point, no needless nought
    uncommon = (lengths > 15) | (lengths == 0) | (first < ord("1")) | (first > ord("9"))
    of_letter = np.repeat(np.arange(len(starts)), lengths)
    digit = (letters >= 48) & (letters <= 57)
    point = letters == ord(".")
    uncommon[of_letter[~digit & ~point]] = True
    has_point = np.zeros(len(starts), dtype=bool)
    has_point[of_letter[point]] = True
    last = b[np.maximum(ends - 1, 0)]
    uncommon |= has_point & ((last == ord("0")) | (last == ord(".")))
    zero = (lengths == 1) & (first == ord("0"))
    touched = np.flatnonzero(uncommon & ~zero)
    if not len(touched):
        return made
    coded = made.take(pa.array(touched)).dictionary_encode()
    plain = pa.array([formats.number_text(t.strip()) if t.strip() else "" for t in coded.dictionary.to_pylist()], type=pa.large_string())
    return _replaced(made, touched, plain.take(coded.indices))


def _dates(b: np.ndarray, starts: np.ndarray, ends: np.ndarray, kinds: np.ndarray, date1904: bool) -> pa.Array:
    letters, offsets = _slices(b, starts, ends)
    coded = _strings(letters, offsets).dictionary_encode()
    raw = coded.dictionary.to_pylist()
    plain: list[str] = []
    place = np.zeros((4, len(raw)), dtype=np.int64)
    for kind in np.unique(kinds).tolist():
        place[kind] = np.arange(len(plain), len(plain) + len(raw))
        plain += [formats.date_text(t, kind, date1904) if t.strip() else "" for t in raw]
    return pa.array(plain, type=pa.large_string()).take(pa.array(place[kinds, coded.indices.to_numpy()]))


def _careful(cell: bytes, glossary: Glossary) -> str:
    close = cell.find(b">")
    if close < 0 or cell[close - 1: close] == b"/":
        return ""
    inner = cell[close + 1: max(cell.rfind(b"</c>"), close + 1)]
    return cell_value(cell[2:close], inner, glossary)
