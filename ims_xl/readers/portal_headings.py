"""Headings of the portal's sheets made comparable: one line or two, with bands above, dressed with rupee signs and brackets.

`labels(frame, row)` gives for each column its own words and the words of the merged cell above it, without needing to know what is merged:
a group's name stands over its first column, and the columns that it covers are those with a sub-heading of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PUNCTUATION = re.compile(r"[^0-9a-z%]+")
_RUPEES = re.compile(r"₹|`|\brs\b\.?|\binr\b")


@dataclass(frozen=True, slots=True)
class Label:
    """One column's heading, all in `plain` words: its own, and the group's above it ("" where none)."""

    own: str
    group: str = ""


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`Invoice Value (₹)` -> `invoice value`; `State/UT Tax(₹)` -> `state ut tax`."""
    lowered = text.lower().replace("\n", " ")
    bare = _BRACKETS.sub(" ", lowered)
    words = _PUNCTUATION.sub(" ", _RUPEES.sub(" ", bare)).strip()
    return words or _PUNCTUATION.sub(" ", _RUPEES.sub(" ", lowered)).strip()


def labels(lines: Sequence[Sequence[str]]) -> list[Label]:
    """One label a column from the lines of a heading block, the band or group above, the sub-headings last; a single line is its own."""
    *above, last = [list(line) for line in lines]
    made = []
    groups = [""] * len(last)
    for line in above:
        carried = ""
        filled = []
        for column, text in enumerate(line):
            carried = plain(text) if text.strip() else carried if last[column].strip() else ""
            filled.append(carried)
        groups = [f"{old} {new}".strip() if new and new != old else old for old, new in zip(groups, filled)]
    for column, text in enumerate(last):
        if text.strip():
            made.append(Label(plain(text), groups[column]))
            continue
        up = next((line[column] for line in reversed(above) if line[column].strip()), "")
        made.append(Label(plain(up), ""))
    return made


def lines_of(frame: pd.DataFrame, first: int, last: int) -> list[list[str]]:
    """Rows at positions first..last of a sheet's frame, as lists of text."""
    return [[str(value) for value in row] for row in frame.iloc[max(first, 0): last + 1].to_numpy(dtype=object)]
