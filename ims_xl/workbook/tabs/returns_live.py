"""Formulas over the helper columns of the IMS sheet: plain SUMIFS and COUNTIFS on absolute ranges, which every spreadsheet knows."""

from __future__ import annotations

from dataclasses import dataclass

from ims_xl.returns.forms import REJECTED
from ims_xl.vocabulary import Action
from ims_xl.workbook.tabs.returns_columns import HEADINGS, IN_2B, ROW
from ims_xl.workbook.tabs.where import SheetWhere

_COUNTS = f'"<>{Action.REJECT}"', f'"<>{Action.PENDING}"'


@dataclass(frozen=True)
class LiveIms:
    """The IMS sheet as formulas see it; every method gives "" where the sheet has no helper columns or no documents."""

    place: SheetWhere

    @property
    def works(self) -> bool:
        return bool(len(self.place.rows)) and {*HEADINGS, "Action"} <= self.place.columns.keys()

    def total(self, heading: str, path: str, *conditions: str) -> str:
        """Sum of one helper column over the documents that stand in that row of GSTR-2B now; `path` may end in `*`."""
        return f"SUMIFS({self.place.area(heading)},{self._standing(path, conditions)})" if self.works else ""

    def count(self, path: str, *conditions: str) -> str:
        return f"COUNTIFS({self._standing(path, conditions)})" if self.works else ""

    def where(self, heading: str, value: str) -> str:
        """A further condition."""
        return f'{self.place.area(heading)},"{value}"'

    def _standing(self, path: str, conditions: tuple[str, ...]) -> str:
        action = self.place.area("Action")
        block = path.split(".", 1)[0]
        if block == REJECTED:
            # What is rejected keeps its row: barred documents would come from the not-available block.
            rule = [self.where(ROW, path.replace(REJECTED, "itc*", 1)), f'{action},"{Action.REJECT}"']
        elif ".imports" in path:
            rule = [self.where(ROW, path), f"{action},{_COUNTS[1]}"]   # a bill of entry cannot be rejected
        else:
            rule = [self.where(ROW, path), f"{action},{_COUNTS[0]}", f"{action},{_COUNTS[1]}"]
        return ",".join([self.where(IN_2B, "Yes"), *rule, *conditions])


def joined(*parts: str) -> str:
    """The parts that are there, added up as one formula; "" where none is."""
    there = [part for part in parts if part]
    if not there:
        return ""
    text = there[0]
    for part in there[1:]:
        text += part if part.startswith("-") else f"+{part}"
    return f"={text}"

