"""A plan's values made ready for Excel: matrices, styled rectangles, text that stays text. Pure; no Excel needed.

Excel reads text that is put into a cell as if a person had typed it, unless the cell's format is `@`. So text goes into `@`
cells as it is, and elsewhere with the leading apostrophe that means "text" wherever it could be read as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.workbook.plan import TableColumn

CELL_LIMIT: Final = 32_767
LONG: Final = 8_000                 # longer texts are written one by one: a block that holds them is refused by some versions
_EPOCH: Final = np.datetime64("1899-12-30", "s")
_EPOCH_1904: Final = np.datetime64("1904-01-01", "s")
_SAFE: Final = re.compile(r"[A-Za-z \u0900-\u097F\u2010-\u26FF][^\d]*\Z", re.S)

Rect = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def as_text(text: str, in_text_cell: bool) -> str:
    """What must be assigned so that exactly `text` stands in the cell."""
    if len(text) > CELL_LIMIT // 2:
        text = _shortened(text)
    if in_text_cell:
        return "'" + text if text[:1] == "'" else text
    if not text or (_SAFE.match(text) and text.upper() not in ("TRUE", "FALSE")):
        return text
    return "'" + text


def _shortened(text: str) -> str:
    """No more than a cell holds, which Excel counts in UTF-16 units; an ellipsis says that something is missing."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * CELL_LIMIT:
        return text
    return units[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def distinct(headings: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Headings of one table, told apart as Excel does: `Name`, `Name 2`."""
    known = {heading.casefold() for heading in taken}
    found: list[str] = []
    for heading in headings:
        name, number = heading, 1
        while name.casefold() in known:
            number += 1
            name = f"{heading} {number}"
        known.add(name.casefold())
        found.append(name)
    return found


def serial(moment: Any, epoch_1904: bool) -> float:
    """A date, of Python or numpy, as Excel's number."""
    seconds = (np.datetime64(moment, "s") - (_EPOCH_1904 if epoch_1904 else _EPOCH)) / np.timedelta64(1, "s")
    return _calendar(float(seconds) / 86400, epoch_1904)


def _calendar(day: float, epoch_1904: bool) -> float:
    """Excel counts a 29 February 1900 that never was: days before March 1900 are one less."""
    return day if epoch_1904 or day >= 61 else day - 1


def scalar(value: Any, in_text_cell: bool, epoch_1904: bool) -> Any:
    """One plain value, ready to assign; None leaves the cell blank."""
    if value is None:
        return None
    if isinstance(value, str):
        return as_text(value, in_text_cell) if value else None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (date, datetime, np.datetime64)):
        return None if pd.isna(value) else serial(value, epoch_1904)
    return None if pd.isna(value) else float(value)


def column_values(column: TableColumn, text_cells: bool | Sequence[bool], epoch_1904: bool) -> list[Any]:
    """A column's entries, ready to assign. `text_cells`: do its cells bear the format `@`, all alike or one by one."""
    values = column.values
    match column.kind:
        case "rupees":
            return _scaled(values, 100)
        case "number":
            return _scaled(values, 1)
        case "date":
            return _serials(values, epoch_1904)
        case "bool":
            return [None if pd.isna(v) else bool(v) for v in values]
    marks: Iterable[bool] = [text_cells] * len(values) if isinstance(text_cells, bool) else text_cells
    return [as_text(v, mark) or None if isinstance(v, str) else scalar(v, mark, epoch_1904) for v, mark in zip(values, marks)]


def _scaled(values: Sequence[Any], by: int) -> list[Any]:
    array = pd.array(values) if not isinstance(values, np.ndarray) else values
    missing = np.asarray(pd.isna(array))
    if array.dtype.kind in "iu" and not missing.any():
        return list((np.asarray(array) / by).tolist())
    return [None if gone else as_text(v, False) if isinstance(v, str) else float(v) / by for v, gone in zip(array, missing)]


def _serials(values: Sequence[Any], epoch_1904: bool) -> list[Any]:
    moments = pd.Series(values).to_numpy(dtype="datetime64[s]") if not _has_text(values) else None
    if moments is None:
        return [scalar(v, False, epoch_1904) for v in values]
    days = (moments - (_EPOCH_1904 if epoch_1904 else _EPOCH)) / np.timedelta64(86400, "s")
    return [None if gone else _calendar(day, epoch_1904) for day, gone in zip(days.tolist(), np.isnat(moments))]


def _has_text(values: Sequence[Any]) -> bool:
    return getattr(getattr(values, "dtype", None), "kind", "O") == "O" and any(isinstance(v, str) for v in values)


def runs(rows: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of consecutive sheet rows in a sorted array, as positions [start, end)."""
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    edges = [0, *breaks.tolist(), len(rows)]
    return list(pairwise(edges))


def spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as (first, last)."""
    found: list[tuple[int, int]] = []
    for n in sorted(set(numbers)):
        if found and n == found[-1][1] + 1:
            found[-1] = (found[-1][0], n)
        else:
            found.append((n, n))
    return found


def hidden_runs(first: int, last: int, shown: Sequence[int]) -> list[tuple[int, int]]:
    """Stretches of rows from first to last that are not among those shown."""
    hidden = np.setdiff1d(np.arange(first, last + 1), np.asarray(shown, dtype=np.int64))
    return [(int(hidden[a]), int(hidden[b - 1])) for a, b in runs(hidden)]


def style_runs(styles: Sequence[str], first_row: int, column: int) -> list[tuple[str, Rect]]:
    """A column of styles as rectangles of one style each."""
    if not len(styles):
        return []
    array = np.asarray(styles, dtype=object)
    edges = [0, *(np.flatnonzero(array[1:] != array[:-1]) + 1).tolist(), len(array)]
    return [(str(array[a]), (first_row + a, column, first_row + b - 1, column)) for a, b in pairwise(edges)]


def by_style(rects: Iterable[tuple[str, Rect]]) -> dict[str, list[Rect]]:
    """Rectangles of each style, neighbours in the same rows joined, then those below each other."""
    sorted_by_place: dict[str, list[Rect]] = {}
    for style, rect in rects:
        sorted_by_place.setdefault(style, []).append(rect)
    return {style: _joined(_joined(found, across=True), across=False) for style, found in sorted_by_place.items()}


def _joined(rects: list[Rect], across: bool) -> list[Rect]:
    out: list[Rect] = []
    for rect in sorted(rects, key=lambda r: (r[0], r[2], r[1]) if across else (r[1], r[3], r[0])):
        if out:
            a = out[-1]
            if across and (a[0], a[2], a[3] + 1) == (rect[0], rect[2], rect[1]):
                out[-1] = (a[0], a[1], a[2], rect[3])
                continue
            if not across and (a[1], a[3], a[2] + 1) == (rect[1], rect[3], rect[0]):
                out[-1] = (a[0], a[1], rect[2], a[3])
                continue
        out.append(rect)
    return out


def addresses(rects: Sequence[Rect], most: int = 250) -> list[str]:
    """The rectangles as few addresses ("A1:B2,D4"), each short enough for one call."""
    found: list[str] = []
    for rect in rects:
        part = address(rect)
        if found and len(found[-1]) + len(part) < most:
            found[-1] += "," + part
        else:
            found.append(part)
    return found


def address(rect: Rect) -> str:
    """`A1:C3`, or `A1` for one cell."""
    first = f"{letters(rect[1])}{rect[0]}"
    return first if rect[:2] == rect[2:] else f"{first}:{letters(rect[3])}{rect[2]}"


def letters(number: int) -> str:
    """Column 28 is AB."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def dense(cells: dict[tuple[int, int], Any]) -> list[tuple[int, int, list[tuple[Any, ...]]]]:
    """Scattered cells as few filled matrices: (row, column, matrix). Only cells that are given are covered."""
    rects = [("", (r, c, r, c)) for r, c in cells]
    return [(r1, c1, [tuple(cells[r, c] for c in range(c1, c2 + 1)) for r in range(r1, r2 + 1)]) for r1, c1, r2, c2 in by_style(rects).get("", [])]


def spread(cells: dict[tuple[int, int], Any], most: int = 40_000) -> tuple[int, int, list[tuple[Any, ...]]] | None:
    """All cells in one matrix with blanks between them; None where that would be mostly air."""
    if not cells:
        return None
    rows, columns = [r for r, _ in cells], [c for _, c in cells]
    top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
    if (bottom - top + 1) * (right - left + 1) > most:
        return None
    return top, left, [tuple(cells.get((r, c)) for c in range(left, right + 1)) for r in range(top, bottom + 1)]


def steps(sizes: Mapping[int, float]) -> list[tuple[int, int, float]]:
    """Rows or columns of one size beside each other: (first, last, size)."""
    found: list[tuple[int, int, float]] = []
    for number, size in sorted(sizes.items()):
        if found and found[-1][1] == number - 1 and found[-1][2] == size:
            found[-1] = (found[-1][0], number, size)
        else:
            found.append((number, number, size))
    return found
