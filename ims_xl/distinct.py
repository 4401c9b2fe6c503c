"""Columns of text judged or changed once per distinct value: GSTINs, names, months and boxes of the form repeat by the thousand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def judged(column: pd.Series, judge: Callable[[pd.Series], Any]) -> np.ndarray:
    """What `judge` says of every row (bool), asked once per distinct value."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    told = np.asarray(judge(pd.Series(values)), dtype=bool)
    return np.asarray(told[codes])


def changed(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """`change` of every row as text, worked out once per distinct value; the index stays."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    made = pa.array([change(str(value)) for value in values], type=pa.large_string())
    return pd.Series(pd.array(made.take(pa.array(codes)), dtype="str"), index=column.index)


def judged_pairs(first: Any, second: Any, judge: Callable[[str, str], bool]) -> np.ndarray:
    """What `judge` says of the two texts of every row (bool), asked once per pair of distinct values."""
    one, ones = pd.factorize(first, use_na_sentinel=False)
    other, others = pd.factorize(second, use_na_sentinel=False)
    # only pairs that occur: a hostile column of nothing but distinct texts on either side would make ten thousand million others
    pairs, at = np.unique(one.astype(np.int64) * max(len(others), 1) + other, return_inverse=True)
    fine = np.array([judge(str(ones[pair // len(others)]), str(others[pair % len(others)])) for pair in pairs.tolist()], dtype=bool)
    return np.asarray(fine[at])


def positions_among(column: pd.Series, words: Sequence[str]) -> np.ndarray:
    """For every row the position of its text among `words` (int64), -1 where it is none of them."""
    found = pc.index_in(pa.array(column, type=pa.large_string(), from_pandas=True), value_set=pa.array(words, type=pa.large_string()))
    return np.asarray(pc.fill_null(found, -1)).astype(np.int64)


def worded(masks: Sequence[np.ndarray], words: Sequence[str], otherwise: str) -> Any:
    """A column of text: for every row the word of the first mask that holds there, else `otherwise`."""
    code = np.select(list(masks), list(range(len(masks))), len(masks))
    return pd.array(pa.array([*words, otherwise], type=pa.large_string()).take(pa.array(code)), dtype="str")


def has_other(text: Any, usual: bytes) -> bool:
    """Whether any cell of an Arrow array of text (large_string, no nulls) holds a byte that is not one of `usual`."""
    return bool(_bytes_of(text).translate(None, usual))


def _bytes_of(text: Any) -> bytes:
    """The content of all cells, one behind the other."""
    _, offset_buffer, data_buffer = text.buffers()
    if not len(text) or data_buffer is None:
        return b""
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)
    first, last = int(offsets[text.offset]), int(offsets[text.offset + len(text)])
    return bytes(memoryview(data_buffer)[first:last])
