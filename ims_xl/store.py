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
LIMIT: Final = 1_500_000_000     # bytes of JSON that one part may unfold to


def pack(parts: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Rows of (part, chunk number, text) for plain JSON values and DataFrames."""
    rows: list[tuple[str, int, str]] = []
    for name, value in parts.items():
        plain = _frame_to_json(value) if isinstance(value, pd.DataFrame) else value
        squeezed = zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 1)
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
            plain = json.loads(data)
        except (ValueError, zlib.error, RecursionError) as reason:
            raise ImsXlError(
                f"The hidden sheet of this workbook is damaged (part '{name}': {reason}). Bring back an earlier version with 'ims-xl restore', or start a new book and pull the files again."
            ) from None
        parts[name] = _frame_from_json(plain) if isinstance(plain, dict) and "_columns" in plain else plain
    return parts


def _frame_to_json(frame: pd.DataFrame) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    kinds: dict[str, str] = {}
    for name in frame.columns:
        column = frame[name]
        if column.dtype.kind == "M":
            kinds[name] = "date"
            columns[name] = _dates_to_text(column)
        elif column.dtype.kind == "b":
            kinds[name] = "bool"
            columns[name] = [int(v) for v in column]
        elif str(column.dtype) == "Int64":
            kinds[name] = "paise?"
            columns[name] = [None if missing else int(v) for v, missing in zip(column.to_numpy(dtype=np.int64, na_value=0), column.isna())]
        elif column.dtype.kind in "iu":
            kinds[name] = "int"
            columns[name] = column.tolist()
        else:
            kinds[name] = "text"
            columns[name] = (column if str(column.dtype) == "str" else column.astype("str")).fillna("").tolist()
        # Long runs of one value (a blank column, one source file) are written once.
        values = columns[name]
        if len(values) > 1 and values.count(values[0]) == len(values):
            columns[name] = {"all": values[0]}
    return {"_columns": columns, "_kinds": kinds, "_rows": len(frame)}


def _dates_to_text(column: pd.Series) -> list[str]:
    text = np.datetime_as_string(column.to_numpy().astype("datetime64[D]"))
    return ["" if t == "NaT" else t for t in text.tolist()]


def _frame_from_json(plain: Mapping[str, Any]) -> pd.DataFrame:
    rows = int(plain["_rows"])
    frame: dict[str, Any] = {}
    for name, values in plain["_columns"].items():
        listed = [values["all"]] if isinstance(values, dict) else values
        made = _column(plain["_kinds"][name], listed)
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
