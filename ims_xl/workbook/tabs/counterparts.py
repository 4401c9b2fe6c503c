"""What stands on the other side: the sheet rows of a row's counterparts, and its differences in words.

Both work on arrays; the loop is over the results that a person will look at, not over every pair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ims_xl.workbook.tabs.pieces import WORDS

_FIELD = re.compile(r"(?:^|;)\s*(" + "|".join(WORDS) + r")=")


def difference_words(results: pd.DataFrame) -> np.ndarray:
    """Per result the fields that differ as the headings call them: "Taxable value, IGST"; "" where nothing does."""
    texts = results["differences"].to_numpy(dtype=object)
    words = np.full(len(texts), "", dtype=object)
    told: dict[str, str] = {}
    for i in np.flatnonzero(texts != ""):
        # The same fields differ again and again: only their names are kept as the key.
        found = _FIELD.findall(texts[i])
        key = "|".join(found)
        if key not in told:
            told[key] = ", ".join(dict.fromkeys(WORDS[name] for name in found))
        words[i] = told[key]
    return words


def counterpart_rows(other_result: np.ndarray, other_rows: Sequence[int] | np.ndarray, own_result: np.ndarray, results: int) -> np.ndarray:
    """Per own row the sheet rows of the other side in the same result: "17, 18"; "" where there are none."""
    numbers = np.asarray(other_rows, dtype=np.int64)
    order = np.lexsort((numbers, other_result))
    grouped = other_result[order]
    text = numbers[order].astype(str).astype(object)
    counts = np.bincount(grouped, minlength=results) if len(grouped) else np.zeros(results, dtype=np.int64)
    ends = np.cumsum(counts)
    per_result = np.full(results, "", dtype=object)
    single = counts == 1
    per_result[single] = text[ends[single] - 1]
    for number in np.flatnonzero(counts > 1):
        per_result[number] = ", ".join(text[ends[number] - counts[number] : ends[number]])
    return np.asarray(per_result[own_result], dtype=object)
