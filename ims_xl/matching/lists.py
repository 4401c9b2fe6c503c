"""Numbers that name several documents: `A-1, A-2`, `A-1 to A-4`, `A-101,102,103`, `00213-00217`, `557/561`, `A-1 & 2 others`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SEPARATOR: Final = re.compile(r"[,;&+\n|]| to | upto | and ", re.IGNORECASE)
_SPAN: Final = re.compile(r" to | upto ", re.IGNORECASE)
_OTHERS: Final = re.compile(r"\s*(?:&|\+|,|and)\s*(?:(\d)\s*(?:others?|more|bills?|invoices?)|others?|more|etc\.?)\W*$", re.IGNORECASE)
_FROM_TO: Final = re.compile(r"^(.*?)(\d{2,10})\s*[-\u2013\u2014]\s*(\d{2,10})$")
_BARE: Final = re.compile(r"^\D{0,12}?\d{2,10}(?:\s*/\s*\d{2,10})+$")
_DIGITS: Final = re.compile(r"\d+")
_LAST_RUN: Final = re.compile(r"(\d+)\D*$")
_LONGEST_SPAN: Final = 60

LIST_LIKE: Final = r"(?i)[,;&+\n|]| to | upto | and |\d\s*[-\x{2013}\x{2014}]\s*\d+$|\d\s*/\s*\d+\s*$"
"""Finds all that `read_list` may read, for columns of numbers (RE2)."""


@dataclass(frozen=True)
class Listing:
    """The numbers that one typed number names."""

    parts: tuple[str, ...]
    span: bool = False
    """The first and the last of a series are named, those between are meant."""
    others: int = 0
    """Documents meant but not named; -1 where it is not said how many."""
    readings: tuple[tuple[str, ...], ...] = ()
    """For every part what else it may stand for: the 3 of `DEC/002/25-26, 3` is DEC/002/25-3, DEC/002/3-26, or DEC/003/25-26."""
    sure: bool = True
    """False where the same text may as well be one number: then only amounts that add up prove the list."""


def read_list(text: str) -> Listing | None:
    """What the number lists; None where it names one document."""
    more = _OTHERS.search(text)
    if more:
        return Listing((text[: more.start()].strip(),), others=int(more[1] or -1))
    parts = [part.strip() for part in _SEPARATOR.split(text) if part.strip()]
    if len(parts) >= 2:
        return Listing(_spelt_out(parts), span=_SPAN.search(text) is not None, readings=tuple(_readings(parts[0], part) for part in parts))
    span = _FROM_TO.match(text)
    if span and 0 < int(span[3]) - int(span[2][-len(span[3]) :]) <= _LONGEST_SPAN:
        first, last = span[2], span[2][: -len(span[3])] + span[3] if len(span[3]) < len(span[2]) else span[3]
        return Listing((span[1] + first, span[1] + last), span=True, sure=False)
    if _BARE.match(text.strip()):
        return Listing(_spelt_out([part.strip() for part in text.split("/")]), sure=False)
    return None


def _readings(first: str, part: str) -> tuple[str, ...]:
    """The first number with one of its runs of digits, the last first, given for the part, where that is digits alone and no longer."""
    if part is first or not part.isdigit() or (first.isdigit() and len(part) >= len(first)):
        return ()
    runs = [run for run in _DIGITS.finditer(first) if len(run[0]) >= len(part)]
    return tuple(first[: run.start()] + part.zfill(len(run[0])) + first[run.end() :] for run in reversed(runs))


def _spelt_out(parts: list[str]) -> tuple[str, ...]:
    """`A-101`, `102`, `3` as `A-101`, `102`, `103`: a short part repeats the beginning of the serial before it."""
    told = [parts[0]]
    for part in parts[1:]:
        before = _LAST_RUN.search(told[-1])
        if part.isdigit() and before and len(part) < len(before[1]):
            part = before[1][: -len(part)] + part
        told.append(part)
    return tuple(told)
