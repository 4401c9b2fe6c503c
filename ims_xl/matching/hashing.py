"""Stable 64-bit codes of text and numbers: equal content has an equal code in every process and on every machine.

Codes stand for text in joins and break ties, so that neither the order of the rows nor the way they were split into
partitions can change a result. Two different texts share a code once in about 10^19 pairs; every pair found by a code is compared by its fields afterwards.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_STEP_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_STEP_2: Final = np.uint64(0x94D049BB133111EB)
_KEEP: Final = np.array([(1 << (8 * length)) - 1 for length in range(8)] + [2**64 - 1], dtype=np.uint64)


def arrow_text(series: pd.Series) -> Any:
    """A column of text as one Arrow array, "" for blank."""
    array = series.array.__arrow_array__() if hasattr(series.array, "__arrow_array__") else pa.array(series, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    array = array.cast(pa.large_string())
    return array.fill_null("") if array.null_count else array


def text_codes(text: Any) -> np.ndarray:
    """uint64 codes of an Arrow array of text without nulls; blank text has code 0."""
    rows = len(text)
    if rows == 0:
        return np.zeros(0, dtype=np.uint64)
    _, offset_buffer, data_buffer = text.cast(pa.large_string()).buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[text.offset : text.offset + rows + 1]
    data = np.frombuffer(data_buffer, dtype=np.uint8) if data_buffer is not None else np.zeros(0, dtype=np.uint8)
    padded = np.concatenate([data, np.zeros(8, dtype=np.uint8)])
    words: Any = np.ndarray(shape=(len(padded) - 7,), dtype="<u8", buffer=padded.data, strides=(1,))
    lengths = offsets[1:] - offsets[:-1]
    codes = mixed(lengths.astype(np.uint64))
    for start in range(0, int(lengths.max()), 8):
        longer = np.flatnonzero(lengths > start)
        word = words[offsets[:-1][longer] + start] & _KEEP[np.minimum(lengths[longer] - start, 8)]
        codes[longer] = mixed(codes[longer] ^ word)
    codes[lengths == 0] = 0
    return codes


def mixed(codes: np.ndarray) -> np.ndarray:
    """Spreads codes evenly over 64 bits (the finaliser of splitmix64); 0 does not stay 0."""
    result: np.ndarray = codes + _ODD
    result ^= result >> np.uint64(30)
    result *= _STEP_1
    result ^= result >> np.uint64(27)
    result *= _STEP_2
    result ^= result >> np.uint64(31)
    return result


def together(*parts: np.ndarray) -> np.ndarray:
    """One code of several columns, in their order."""
    result = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        result = mixed(result ^ part.astype(np.int64, copy=False).view(np.uint64) if part.dtype != np.uint64 else result ^ part)
    return result
