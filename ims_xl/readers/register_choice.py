"""The columns chosen for the fields of a register, and the cells that bear witness for or against a heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.readers.cleaning import clean_text, to_dates
from ims_xl.readers.headings import NOTHING, Meaning, words
from ims_xl.readers.register_rows import GSTIN_FORM

CONFIRM: Final = "confirm"


@dataclass
class Choice:
    """The columns chosen, as positions in the frame. `text`: the first fills, the others fill what it leaves blank."""

    layout: str = ""
    headings: Sequence[str] = ()
    text: dict[str, list[int]] = field(default_factory=dict)
    money: dict[str, list[int]] = field(default_factory=dict)
    how: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    """position -> (field, how, score) as shown to the person."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    voucher_type: str = ""

    def take(self, name: str, place: int, how: str, score: int) -> None:
        self.text.setdefault(name, []).append(place)
        self.how[place] = (name, how, min(score, 100))


class Cells:
    """Shares of a sample: how much of a column is filled, has the form of a GSTIN, reads as a date."""

    def __init__(self, sample: pd.DataFrame) -> None:
        self._sample = sample
        self._clean: dict[int, pd.Series] = {}

    def column(self, place: int) -> pd.Series:
        if place not in self._clean:
            self._clean[place] = clean_text(self._sample.iloc[:, place])
        return self._clean[place]

    def values(self, place: int) -> list[str]:
        return [str(v) for v in self.column(place).tolist()]

    def filled(self, place: int) -> np.ndarray:
        return np.asarray((self.column(place) != "").to_numpy(dtype=bool))

    def share_filled(self, place: int) -> float:
        filled = self.filled(place)
        return float(filled.mean()) if len(filled) else 0.0

    def share(self, place: int, test: Callable[[pd.Series], np.ndarray]) -> float:
        column = self.column(place)[self.filled(place)]
        return float(test(column).mean()) if len(column) else 0.0

    def gstins(self, place: int) -> float:
        unregistered = set(words()["values"]["unregistered"])
        column = self.column(place)
        told = column[~column.str.lower().isin({"", "-", *unregistered}).to_numpy()]
        if not len(told):
            return float((column != "").any())
        return float(told.str.fullmatch(GSTIN_FORM).mean())

    def dates(self, place: int) -> float:
        return self.share(place, lambda column: ~to_dates(column)[1])


def take(choice: Choice, name: str, best: int, rivals: Sequence[int], how: str, score: int, found: Sequence[Meaning | None], cells: Cells, confirm: bool) -> None:
    choice.take(name, best, CONFIRM if rivals or (confirm and not set_by_hand(found[best])) else how, score)
    if rivals and not set_by_hand(found[best]):
        names = " and ".join(f"'{choice.headings[p]}'" for p in (best, *rivals))
        label = next((row["label"] for row in words()["field"] if row["name"] == name), name)
        choice.problems.append((name, f"{names} could each be the {label.lower()}; the first is used, choose in Settings and pull the file again"))
        for place in rivals:
            choice.how.setdefault(place, ("", CONFIRM, 0))


def same(cells: Cells, one: int, other: int) -> bool:
    """They never differ: both hold the same wherever both hold anything."""
    first, second = cells.column(one), cells.column(other)
    both = cells.filled(one) & cells.filled(other)
    return not both.any() or bool((first[both].str.upper().to_numpy() == second[both].str.upper().to_numpy()).mean() >= 0.95)


def set_by_hand(meant: Meaning | None) -> bool:
    return (meant or NOTHING).tier >= 8


def how_of(meant: Meaning | None) -> str:
    return (meant or NOTHING).how
