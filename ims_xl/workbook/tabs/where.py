"""Where things stand in the book being written: sheet names as they are, rows and columns of the two data sheets, A1 references.

The caller (`ims_xl.book`) knows the book and fills a `Layout`; the tabs only read it. In a book of ours the data sheets have our
own arrangement (`own=True`); in a person's workbook our columns stand at the numbers given, right of her table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class SheetWhere:
    """A data sheet: entry i of the ledger stands in sheet row `rows[i]`; `columns` maps our heading to the column number."""

    sheet: str
    header_row: int
    rows: Sequence[int] | np.ndarray
    columns: Mapping[str, int]
    own: bool = True
    first_column: int = 0
    """Where her table begins; 0 = at the lowest column known."""
    fields: Mapping[str, int] = field(default_factory=dict)
    """Ledger field -> column, for a person's sheet: where her own columns stand, so that what differs is marked there too."""

    @cached_property
    def first_row(self) -> int:
        return int(np.min(self.rows)) if len(self.rows) else self.header_row + 1

    @cached_property
    def last_row(self) -> int:
        return int(np.max(self.rows)) if len(self.rows) else self.header_row + 1

    def column(self, heading: str) -> int:
        """Our column of that heading, else her own column of the same field; KeyError where the sheet has neither."""
        return self.columns[heading] if heading in self.columns else self.fields[heading.lower().replace(" ", "_")]

    def has(self, *headings: str) -> bool:
        """Whether every one of those columns stands on the sheet."""
        return all(h in self.columns or h.lower().replace(" ", "_") in self.fields for h in headings)

    def area(self, heading: str) -> str:
        """`'IMS'!$X$7:$X$306`, from the first to the last data row; KeyError where the sheet has no such column."""
        letter = letters(self.column(heading))
        return f"{quoted(self.sheet)}!${letter}${self.first_row}:${letter}${self.last_row}"


@dataclass(frozen=True)
class Layout:
    """Everything the tabs need to know beside the reconciliation."""

    ims: SheetWhere
    register: SheetWhere
    names: Mapping[str, str] = field(default_factory=dict)
    """Our sheet name -> the name it bears in this book ("Log" -> "Log (IMS)"); missing = unchanged."""
    version: str = ""
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Frames of the follow-up by tab name ("Not in IMS", "Default Risk", "Pending", "Suppliers", "Trend"); each tab documents its own and works without."""

    def name(self, ours: str) -> str:
        return self.names.get(ours, ours)

    def link(self, ours: str, cell: str = "A1") -> str:
        """A hyperlink target inside the book: `#'Not in IMS'!A1`."""
        return f"#{quoted(self.name(ours))}!{cell}"


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def quoted(sheet: str) -> str:
    """The sheet's name as it stands in a formula, apostrophes doubled."""
    return "'" + sheet.replace("'", "''") + "'"


def area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """`B7:D20`."""
    return f"{letters(first_column)}{first_row}:{letters(last_column)}{last_row}"


def runs(rows: Sequence[int] | np.ndarray, column: int) -> list[str]:
    """The cells of those rows in one column as areas: rows 7 8 9 12 of column 2 -> ["B7:B9", "B12"]."""
    if not len(rows):
        return []
    ordered = np.unique(np.asarray(rows, dtype=np.int64))
    breaks = np.flatnonzero(np.diff(ordered) != 1)
    starts = ordered[np.concatenate(([0], breaks + 1))].tolist()
    ends = ordered[np.concatenate((breaks, [len(ordered) - 1]))].tolist()
    letter = letters(column)
    return [f"{letter}{a}" if a == b else f"{letter}{a}:{letter}{b}" for a, b in zip(starts, ends)]
