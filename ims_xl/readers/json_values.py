"""Lists of JSON values -> typed columns: paise, dates, flags. What the portal writes is taken at one pass; all else is bad, by a mask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.readers.json_tokens import kind_of

MAX_PAISE: Final = 10**16
"""Above the portal's own limit for a document value (9999999999999.99 rupees)."""
NAT: Final = np.datetime64("NaT", "s")

_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTHS: Final = {name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}


def paise_of(values: Sequence[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """JSON amounts -> (int64 paise, bad mask, rounded mask). Blank is 0 and not bad; text, NaN, negative and absurd amounts are 0 and bad.

    Amounts of the portal have at most 15 digits, so a double holds them exactly to the paisa; more decimals than two are rounded, and say
    so where they are more than the noise of somebody's floating point.
    """
    kinds = set(map(type, values))
    try:
        if kinds <= {int, float}:
            rupees = np.array(values, dtype=np.float64)
        else:
            rupees = np.fromiter((_rupees(value) for value in values), dtype=np.float64, count=len(values))
    except OverflowError:
        rupees = np.array([_rupees(value) for value in values])
    with np.errstate(invalid="ignore", over="ignore"):
        exact = rupees * 100.0
        whole = np.rint(exact)
        bad = ~(np.isfinite(exact) & (whole >= 0) & (whole < MAX_PAISE))
        rounded = ~bad & (np.abs(exact - whole) > 0.01)
    return np.where(bad, 0.0, whole).astype(np.int64), bad, rounded


def days_of(values: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """JSON dates -> (datetime64[s], bad mask). DD-MM-YYYY, DD/MM/YYYY, DD-MMM-YYYY or an ISO day; blank is NaT and not bad."""
    cache: dict[Any, np.datetime64 | None] = {None: NAT, "": NAT}
    out = np.empty(len(values), dtype="datetime64[s]")
    bad = np.zeros(len(values), dtype=bool)
    for position, value in enumerate(values):
        try:
            day = cache.get(value, cache)
        except TypeError:
            day = None
        if day is cache:
            day = cache[value] = _day(value)
        if day is None:
            bad[position] = True
            out[position] = NAT
        else:
            out[position] = day
    return out, bad


def _day(value: Any) -> np.datetime64 | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    found = _DAY.fullmatch(text)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?", text)
    named = re.fullmatch(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})", text)
    if found:
        day, month, year = found.groups()
    elif iso:
        year, month, day = iso.groups()
    elif named and named[2].lower() in _MONTHS:
        day, month, year = named[1], str(_MONTHS[named[2].lower()]), named[3]
    else:
        return None if text else NAT
    if not 1990 <= int(year) <= 2099:
        return None
    try:
        return np.datetime64(f"{year}-{int(month):02d}-{int(day):02d}", "s")
    except ValueError:
        return None


def texts_of(values: Sequence[Any]) -> list[str] | None:
    """JSON texts trimmed, None as ""; None where something else than text stands among them (the caller then looks at each)."""
    kinds = set(map(type, values))
    if kinds == {str}:
        plain = values
    elif kinds <= {str, type(None)}:
        plain = [value or "" for value in values]
    else:
        return None
    made = list(map(str.strip, plain))
    return made if "".join(made).isascii() else [storable(text) for text in made]


def storable(text: str) -> str:
    """Half a surrogate pair cannot stand in a column of text."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def typed(column: pd.Series, kind: str) -> pd.Series:
    """A column in the type that the schema kind names."""
    if kind == "text":
        return column.astype("str")
    if kind == "date":
        return column.astype("datetime64[s]")
    return column.astype("Int64" if kind == "paise?" else "int64")


def yes_no(text: str) -> str:
    """`Y`, `N` or "" for the portal's flags, true and false."""
    plain = text.lower()
    if plain in ("y", "yes", "true"):
        return "Y"
    return "N" if plain in ("n", "no", "false") else ""


def shown(value: Any) -> str:
    """A value as a message quotes it."""
    text = f"'{value}'" if isinstance(value, (str, int, float)) and not isinstance(value, bool) else kind_of(value)
    return text if len(text) <= 60 else text[:57] + "...'"


def _rupees(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return float("nan")
    try:
        return float(value.replace(",", "")) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return float("nan")
