"""What a book must remember but nobody needs to see, as text that fits into cells of a very hidden sheet.

Frames become JSON columns, compressed and cut into chunks that a cell can hold: 100,000 documents take a few hundred cells.
`pack({"documents": frame})` -> rows (part, chunk number, text); `unpack(rows)` gives the frames back. Only data comes out of
it, never code, and never more than `LIMIT` bytes.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from ims_xl.vocabulary import ImsXlError

CHUNK: Final = 32_000            # a cell holds 32,767 characters
_FRAME: Final = b"frame "
LIMIT: Final = 1_500_000_000     # bytes of JSON that one part may unfold to
MOST_ROWS: Final = 20_000_000    # of one frame; a blank column is written once, whatever number of rows is claimed


def pack(parts: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Rows of (part, chunk number, text) for plain JSON values and DataFrames."""
    rows: list[tuple[str, int, str]] = []
    for name, value in parts.items():
        squeezed = zlib.compress(_frame_to_lines(value) if isinstance(value, pd.DataFrame) else _json(value), 1)
        text = base64.b64encode(squeezed).decode()
        # The leading letter keeps a chunk from ever looking like a formula or a number to a spreadsheet.
        rows += [(name, n, "z" + text[start : start + CHUNK]) for n, start in enumerate(range(0, max(1, len(text)), CHUNK))]
    return rows


def unpack(rows: Iterable[tuple[str, int, str]]) -> dict[str, Any]:
    """The parts by name, frames as DataFrames; an ImsXlError where a chunk is missing or altered."""
    chunks: dict[str, dict[int, str]] = {}
    for name, number, text in rows:
        chunks.setdefault(name, {})[int(number)] = text[1:]
    parts: dict[str, Any] = {}
    for name, found in chunks.items():
        try:
            if sorted(found) != list(range(len(found))):
                raise ValueError("a chunk is missing")
            squeezed = base64.b64decode("".join(found[n] for n in range(len(found))), validate=True)
            opener = zlib.decompressobj()
            data = opener.decompress(squeezed, LIMIT)
            if opener.unconsumed_tail or not opener.eof:
                raise ValueError("it is cut short or too large")
            parts[name] = _frame_from_lines(data) if data.startswith(_FRAME) else json.loads(data)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, zlib.error, RecursionError) as reason:
            raise damaged(name, str(reason)) from None
    return parts


def damaged(part: str, reason: str) -> ImsXlError:
    """What to say where the hidden sheet cannot be used."""
    return ImsXlError(f"The hidden sheet of this workbook is damaged (part '{part[:40]}': {reason[:200]}). Bring back an earlier version with 'ims-xl restore', or start a new book and pull the files again.")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _frame_to_lines(frame: pd.DataFrame) -> bytes:
    """A line about the frame, then a line a column: one column's values at a time are enough to write or read it."""
    kinds: dict[str, str] = {}
    lines: list[bytes] = []
    values: list[Any]
    for name in frame.columns:
        column = frame[name]
        if column.dtype.kind == "M":
            kinds[name] = "date"
            values = _dates_to_text(column)
        elif column.dtype.kind == "b":
            kinds[name] = "bool"
            values = column.to_numpy().astype(np.int64).tolist()
        elif str(column.dtype) == "Int64":
            kinds[name] = "paise?"
            values = column.to_numpy(dtype=object, na_value=None).tolist()
        elif column.dtype.kind in "iu":
            kinds[name] = "int"
            values = column.tolist()
        else:
            kinds[name] = "text"
            text = (column if str(column.dtype) == "str" else column.astype("str")).fillna("")
            # Most columns are blank throughout: that is seen without making a list of them.
            values = [text.iloc[0]] * len(text) if len(text) and bool((text == text.iloc[0]).all()) else text.tolist()
        # Long runs of one value (a blank column, one source file) are written once.
        same = len(values) > 1 and values[0] == values[-1] and values.count(values[0]) == len(values)
        lines.append(_json({"all": values[0]} if same else values))
    return b"\n".join((_FRAME + _json({"rows": len(frame), "kinds": kinds}), *lines))


def _dates_to_text(column: pd.Series) -> list[str]:
    text = np.datetime_as_string(column.to_numpy().astype("datetime64[D]"))
    return ["" if t == "NaT" else t for t in text.tolist()]


def _frame_from_lines(data: bytes) -> pd.DataFrame:
    lines = iter(data.split(b"\n"))
    about = json.loads(next(lines)[len(_FRAME):])
    rows = int(about["rows"])
    if not 0 <= rows <= MOST_ROWS:
        raise ValueError(f"{rows} rows")
    frame: dict[str, Any] = {}
    for (name, kind), line in zip(about["kinds"].items(), lines, strict=True):
        values = json.loads(line)
        made = _column(kind, [values["all"]] if isinstance(values, dict) else values)
        frame[name] = made.take(np.zeros(rows, dtype=np.int64)) if isinstance(values, dict) else made
    return pd.DataFrame(frame, index=pd.RangeIndex(rows))


def _column(kind: str, values: list[Any]) -> Any:
    match kind:
        case "date":
            return np.array([v or "NaT" for v in values], dtype="datetime64[s]")
        case "bool":
            return np.array(values, dtype=bool)
        case "paise?":
            missing = np.array([v is None for v in values], dtype=bool)
            return pd.arrays.IntegerArray(np.array([v or 0 for v in values], dtype=np.int64), missing)
        case "int":
            return np.array(values, dtype=np.int64)
    return pd.array(pa.array(values, type=pa.large_string()), dtype="str")
