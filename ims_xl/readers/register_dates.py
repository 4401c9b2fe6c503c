"""How a file writes its dates: day first, unless its own period line or its cells prove month first; and dates that Excel turned round.

A workbook typed on a computer set to American dates holds 07/10/2026 as the 10th of July and leaves 15/10/2026 as text: where the
texts all have days above 12 and the real dates all have days up to 12, the real dates are turned back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.readers.cleaning import to_dates

_SLASHED: Final = re.compile(r"\s*(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})\b(.*)", re.DOTALL)
_SLASHED_FORM: Final = r"\s*\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*(?:\d{4}|\d{2})\b.*"
_ISO_FORM: Final = r"\d{4}-\d{2}-\d{2}(?: .*)?"
_IN_TITLE: Final = re.compile(r"\d{1,2}[/.\-](?:\d{1,2}|[A-Za-z]{3,9})[/.\-]\d{2,4}|\d{1,2} [A-Za-z]{3,9},? \d{4}|[A-Za-z]{3,9} \d{1,2},? \d{4}")
LEAST_PROOF: Final = 5


@dataclass(frozen=True)
class DateReading:
    """How the file's dates are to be read, and what the person should know of it ("" = nothing unusual)."""

    month_first: bool = False
    turned: bool = False
    said: str = ""


def reading_of(columns: Sequence[pd.Series], titles: Sequence[str]) -> DateReading:
    """Decides for all date columns of a file together."""
    first, second = _parts(columns)
    spans = [_IN_TITLE.findall(title) for title in titles]
    for dates in spans:
        pairs = [match for match in (_SLASHED.fullmatch(text) for text in dates) if match]
        if any(int(m[3]) > 12 >= int(m[1]) for m in pairs) and not any(int(m[1]) > 12 for m in pairs):
            return DateReading(month_first=True, said=f"dates are read month first, as the period line '{' to '.join(dates)}' writes them") if len(first) else DateReading()
    if len(first):
        if ((second > 12) & (first <= 12)).sum() >= LEAST_PROOF and not (first > 12).any():
            return DateReading(month_first=True, said=f"dates are read month first: {int((second > 12).sum())} of them can be nothing else, and none can be day first")
        if not (second > 12).any() and not (first > 12).any() and _proved_by_period(columns, spans):
            return DateReading(month_first=True, said="dates are read month first: only so do they fall into the period that the title names")
    turned = _turned_round(columns)
    if turned:
        return DateReading(turned=True, said=f"{turned} real dates of Excel have day and month exchanged (typed day first on a computer set to month first); they are read day first like the dates beside them")
    return DateReading()


def read_date(column: pd.Series, reading: DateReading) -> tuple[np.ndarray, np.ndarray]:
    """Dates and the mask of cells that are none."""
    if reading.month_first:
        slashed = column.str.fullmatch(_SLASHED_FORM).to_numpy(dtype=bool)
        if slashed.any():
            column = column.where(~slashed, column.map(_exchanged))
    elif reading.turned:
        real = column.str.fullmatch(_ISO_FORM).to_numpy(dtype=bool)
        column = column.where(~real, column.map(lambda text: f"{text[:4]}-{text[8:10]}-{text[5:7]}" if re.fullmatch(_ISO_FORM, text) and int(text[8:10]) <= 12 else text))
    return to_dates(column)


def _exchanged(text: str) -> str:
    found = _SLASHED.fullmatch(text)
    return f"{found[3]}/{found[1]}/{found[4]}{found[5]}" if found and int(found[1]) <= 12 else text


def _parts(columns: Sequence[pd.Series]) -> tuple[np.ndarray, np.ndarray]:
    """First and second number of every distinct slashed date."""
    found = [match for column in columns for value in column.unique() if (match := _SLASHED.fullmatch(str(value)))]
    return np.array([int(m[1]) for m in found], dtype=np.int64), np.array([int(m[3]) for m in found], dtype=np.int64)


def _proved_by_period(columns: Sequence[pd.Series], spans: Sequence[Sequence[str]]) -> bool:
    """Read day first, most dates of some column miss the period named above; read month first, all of them fall into it."""
    for dates in spans:
        if len(dates) != 2 or any(_SLASHED.fullmatch(text) for text in dates):
            continue
        ends, bad = to_dates(pd.Series(dates, dtype="str"))
        if bad.any() or ends[0] >= ends[1] or (ends[1] - ends[0]) > np.timedelta64(100, "D"):
            continue
        for column in columns:
            slashed = column[column.str.fullmatch(_SLASHED_FORM).to_numpy(dtype=bool)]
            if len(slashed) < LEAST_PROOF:
                continue
            day_first, month_first = to_dates(slashed)[0], to_dates(slashed.map(_exchanged))[0]
            inside = [float(((days >= ends[0]) & (days <= ends[1])).mean()) for days in (day_first, month_first)]
            if inside[0] < 0.5 and inside[1] > 0.95:
                return True
    return False


def _turned_round(columns: Sequence[pd.Series]) -> int:
    """The number of real dates with day and month exchanged, 0 where nothing speaks for it."""
    for column in columns:
        real = column[column.str.fullmatch(_ISO_FORM).to_numpy(dtype=bool)]
        first, second = _parts([column])
        if len(real) < LEAST_PROOF or len(first) < LEAST_PROOF or (first <= 12).any() or (second > 12).any():
            continue
        days = real.str[8:10].astype("int64")
        if (days > 12).any():
            continue
        texts, _ = to_dates(column[column.str.fullmatch(_SLASHED_FORM).to_numpy(dtype=bool)])
        months = set(texts.astype("datetime64[M]").tolist())
        as_is = set(to_dates(real)[0].astype("datetime64[M]").tolist())
        back = set(to_dates(real.map(lambda t: f"{t[:4]}-{t[8:10]}-{t[5:7]}"))[0].astype("datetime64[M]").tolist())
        if len(back - months) < len(as_is - months):
            return len(real)
    return 0
