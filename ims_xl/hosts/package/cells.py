"""Values -> the bytes of cells, a column at a time. What differs by cell is computed once per different value where that pays.

A cell is laid together from three pieces: where it stands (`<c r="K17"`), which format it wears (` s="5"`) and the rest
(` t="inlineStr"><is><t>Accept</t></is></c>`). Text is always inline text and never a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, repeat
from typing import Any

import numpy as np
import pandas as pd

from ims_xl.hosts.package import xml
from ims_xl.hosts.package.sheet_text import column_letters
from ims_xl.hosts.package.styles import Styles
from ims_xl.workbook.plan import Cell, TableColumn, Value

LONGEST = 32767
ERRORS = frozenset(("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"))
_DAY = 86400
_BLANK = b"/>"
_CARE = ("&", "<", ">", "_x", "  ", " \n", "\n ")   # where texts joined by line ends hold one of these, one of them is not plain
_FEW = 100                               # so few values are written one by one


@dataclass(frozen=True, slots=True)
class Maker:
    """What cells of one sheet need to know: the prefix of its elements, the book's formats and its date system."""

    prefix: str
    styles: Styles
    date1904: bool
    unlocked: bool = False


@dataclass(frozen=True, slots=True)
class ColumnCells:
    """The cells of one column: `heads` is the same in all, `styles` and `rests` are one a row."""

    column: int
    head: bytes
    styles: list[bytes]
    rests: list[bytes]
    has_formulas: bool


def column_cells(maker: Maker, column: TableColumn) -> ColumnCells:
    """A column's cells, in the order of its values."""
    count = len(column.values)
    if isinstance(column.style, str):
        styles = [_style(maker, column.style)] * count
    else:
        known = {name: _style(maker, name) for name in set(column.style)}
        styles = [known[name] for name in column.style]
    formulas = column.formulas
    with_formulas = formulas is not None and any(formulas)
    rests = _formula_rests(maker, column) if with_formulas else column_rests(maker, column)
    return ColumnCells(column.column, f'<{maker.prefix}c r="{column_letters(column.column)}'.encode(), styles, rests, with_formulas)


def part_of(column: TableColumn, start: int, stop: int) -> TableColumn:
    """Some rows of a column."""
    def cut(entries: Any) -> Any:
        return entries.iloc[start:stop] if hasattr(entries, "iloc") else entries[start:stop]

    return replace(column, values=cut(column.values), style=column.style if isinstance(column.style, str) else cut(column.style),
                   formulas=None if column.formulas is None else cut(column.formulas), links=None)


def joined_rows(columns: Sequence[ColumnCells], row_numbers: list[bytes]) -> Iterator[bytes]:
    """For each row the cells of all columns, one behind the other."""
    return map(b"".join, zip(*chain.from_iterable((repeat(c.head), row_numbers, c.styles, c.rests) for c in columns)))


def single_cell(maker: Maker, row: int, column: int, cell: Cell, style: bytes | None = None) -> bytes:
    """One cell; `style` is the format attribute to wear instead of the cell's own."""
    wears = _style(maker, cell.style) if style is None else b'"' + style
    rest = _formula_rest(maker, cell.formula, cell.value) if cell.formula else value_rest(maker, cell.value)
    return f'<{maker.prefix}c r="{column_letters(column)}{row}'.encode() + wears + rest


def column_rests(maker: Maker, column: TableColumn) -> list[bytes]:
    """The part of each cell that carries the value."""
    values = column.values
    match column.kind:
        case "rupees":
            return _rupee_rests(maker, values)
        case "date":
            return _date_rests(maker, values)
        case "text":
            return _text_rests(maker, values)
        case "number":
            return _by_value(maker, [None if _missing(v) else v for v in _plain(values)])
    return _by_value(maker, _plain(values))


def value_rest(maker: Maker, value: Value | Any) -> bytes:
    """The part of a cell that carries one value."""
    p = maker.prefix
    if _missing(value) or value == "":
        return _BLANK
    if isinstance(value, (bool, np.bool_)):
        return f' t="b"><{p}v>{int(value)}</{p}v></{p}c>'.encode()
    if isinstance(value, (date, datetime, np.datetime64, pd.Timestamp)):
        return _date_rests(maker, [value])[0]
    if isinstance(value, str):
        return _text_rest(p, value)
    return f"><{p}v>{number(value)}</{p}v></{p}c>".encode()


def number(value: Any) -> str:
    """A number as a workbook writes it: no ".0", all the digits of an integer."""
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    value = float(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def shortened(text: str) -> str:
    """Text as long as a cell may hold; what is cut ends in an ellipsis."""
    if len(text) * 2 > LONGEST and len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def _style(maker: Maker, name: str) -> bytes:
    number = maker.styles.cell(name, maker.unlocked)
    return f'" s="{number}"'.encode() if number else b'"'


def _text_rest(p: str, text: str) -> bytes:
    if not text:
        return _BLANK
    text = shortened(text)
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
    return f' t="inlineStr"><{p}is><{p}t{space}>{xml.escape(text)}</{p}t></{p}is></{p}c>'.encode("utf-8", "replace")


def _text_rests(maker: Maker, values: Sequence[Any]) -> list[bytes]:
    if len(values) <= _FEW:
        return [_BLANK if _missing(v) else _text_rest(maker.prefix, str(v)) for v in _plain(values)]
    # texts of Arrow are told apart where they lie; as objects each of them would be made anew
    arrow = isinstance(getattr(values, "dtype", None), pd.StringDtype)
    codes, different = pd.factorize(values if arrow else np.asarray(values, dtype=object), use_na_sentinel=False)
    return _taken(_different_rests(maker.prefix, ["" if _missing(v) else str(v) for v in different.tolist()]), codes)


def _different_rests(p: str, texts: list[str]) -> list[bytes]:
    """The same as `_text_rest` of each; where none needs care, in one go."""
    one = "\n".join(text or "-" for text in texts)
    plain = one.count("\n") < len(texts) and one.replace("\n", "").isprintable() and one == one.strip() and not any(mark in one for mark in _CARE)
    if not plain or len(texts) <= _FEW or max(map(len, texts)) > LONGEST // 2:
        return [_text_rest(p, text) for text in texts]
    opening, closing = f' t="inlineStr"><{p}is><{p}t>', f"</{p}t></{p}is></{p}c>"
    made = (opening + one.replace("\n", f"{closing}\0{opening}") + closing).encode().split(b"\0")
    for index, text in enumerate(texts):
        if not text:
            made[index] = _BLANK
    return made


def _taken(made: list[bytes], codes: np.ndarray) -> list[bytes]:
    """What was made once for each different value, for every row."""
    array = np.empty(len(made), dtype=object)
    array[:] = made
    rests: list[bytes] = array[codes].tolist()
    return rests


def _rupee_rests(maker: Maker, values: Sequence[Any]) -> list[bytes]:
    opening, closing = f"><{maker.prefix}v>", f"</{maker.prefix}v></{maker.prefix}c>"
    array = np.asarray(values)
    missing: np.ndarray | None = None
    if array.dtype.kind not in "iu":
        if bool(pd.isna(array).all()):
            return [_BLANK] * len(array)
        gone = np.array([_missing(v) for v in _plain(values)], dtype=bool)
        missing = gone if bool(gone.any()) else None
        array = np.array([0 if m else int(v) for v, m in zip(_plain(values), gone)], dtype=np.int64)
    # an amount that stands there often, as nothing does, is written once; and "12.0" as "12"
    codes, different = pd.factorize(array)
    written = opening + f"{closing}\0{opening}".join(map(repr, (different / 100).tolist())) + closing
    rests = _taken(written.replace(".0<", "<").encode().split(b"\0"), codes) if len(array) else []
    if missing is not None:
        for index in np.flatnonzero(missing).tolist():
            rests[index] = _BLANK
    return rests


def _date_rests(maker: Maker, values: Sequence[Any]) -> list[bytes]:
    moments = pd.to_datetime(pd.Series(np.asarray(values, dtype=object) if not hasattr(values, "dtype") else values), errors="coerce").astype("datetime64[s]")
    seconds = moments.to_numpy().astype("datetime64[s]").astype(np.int64)
    known: dict[int, bytes] = {}
    rests = []
    p = maker.prefix
    missing = moments.isna().to_numpy()
    for one, blank in zip(seconds.tolist(), missing.tolist()):
        if blank:
            rests.append(_BLANK)
            continue
        rest = known.get(one)
        if rest is None:
            rest = known[one] = _date_rest(p, one, maker.date1904)
        rests.append(rest)
    return rests


def _date_rest(p: str, seconds: int, date1904: bool) -> bytes:
    days, rest = divmod(seconds, _DAY)
    serial = days + 25569 - (1462 if date1904 else 0)
    if not date1904 and serial < 61:     # the 29 February 1900 that never was
        serial -= 1
    if serial < (0 if date1904 else 1) or serial > 2958465:
        return _text_rest(p, str(np.datetime64(seconds, "s")).replace("T00:00:00", "").replace("T", " "))
    return f"><{p}v>{number(serial + rest / _DAY)}</{p}v></{p}c>".encode()


def _formula_rests(maker: Maker, column: TableColumn) -> list[bytes]:
    plain = column_rests(maker, column)
    assert column.formulas is not None
    values = _plain(column.values)
    if column.kind == "rupees":
        values = [None if v is None else v / 100 for v in _whole(column.values)]
    elif column.kind == "date":
        values = [rest[rest.index(b"v>") + 2: rest.index(b"</")].decode() if b"v>" in rest else None for rest in plain]
        return [_with_result(maker.prefix, f, "", v) if f else r for f, v, r in zip(column.formulas, values, plain)]
    return [_formula_rest(maker, f, v) if f else r for f, v, r in zip(column.formulas, values, plain)]


def _formula_rest(maker: Maker, formula: str, value: Any) -> bytes:
    p = maker.prefix
    if _missing(value):
        return _with_result(p, formula, "", None)
    if isinstance(value, (bool, np.bool_)):
        return _with_result(p, formula, ' t="b"', str(int(value)))
    if isinstance(value, str):
        return _with_result(p, formula, ' t="e"' if value in ERRORS else ' t="str"', xml.escape(shortened(value)))
    if isinstance(value, (date, datetime, np.datetime64)):
        rest = _date_rests(maker, [value])[0]
        return _with_result(p, formula, "", rest[rest.index(b"v>") + 2: rest.index(b"</")].decode() if b"v>" in rest else None)
    return _with_result(p, formula, "", number(value))


def _with_result(p: str, formula: str, kind: str, result: str | None) -> bytes:
    shown = "" if result is None else f"<{p}v>{result}</{p}v>"
    return f"{kind}><{p}f>{xml.formula_text(formula)}</{p}f>{shown}</{p}c>".encode("utf-8", "replace")


def _plain(values: Sequence[Any]) -> list[Any]:
    return values.tolist() if hasattr(values, "tolist") else list(values)


def _whole(values: Sequence[Any]) -> list[int | None]:
    return [None if _missing(v) else int(v) for v in _plain(values)]


def _by_value(maker: Maker, values: list[Any]) -> list[bytes]:
    return [value_rest(maker, v) for v in values]


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, (float, np.floating)) and not np.isfinite(value)) or (isinstance(value, np.datetime64) and bool(np.isnat(value)))
