"""A book read as text, for every host alike: `read_sheet(path, "Purchases")` gives the sheet with all text as it was typed.

We read the parts ourselves rather than through a reading library, because text must stay text: common readers turn error cells into blanks,
round numbers of sixteen digits, show a time as a day in 1899 and lose where the first row stands.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ims_xl.hosts import safe_files
from ims_xl.hosts.base import SheetInfo, SheetText
from ims_xl.hosts.package import number_formats, texts, xml
from ims_xl.hosts.package.archive import Archive
from ims_xl.hosts.package.fast_text import columns_of
from ims_xl.hosts.package.sheet_text import LAST_COLUMN, LAST_ROW, Cells, Glossary, merged_areas, mostly_nothing, rows_of, sheet_cells
from ims_xl.hosts.package.workbook_part import Workbook
from ims_xl.sides import both
from ims_xl.vocabulary import ImsXlError

_TOGETHER = 64 << 20                     # bytes of two sheets that are read side by side


class BookReader:
    """The sheets of one package as text; shared strings and formats are read once."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.archive = archive
        self.name = name
        self.workbook = Workbook(archive, name)
        self._glossary: Glossary | None = None

    @classmethod
    def open(cls, path: Path) -> BookReader:
        """The book at `path`; ImsXlError where it cannot be opened."""
        safe_files.check_openable(path)
        return cls(Archive.open(path), path.name)

    def sheets(self) -> tuple[SheetInfo, ...]:
        """Every sheet in tab order."""
        return tuple(SheetInfo(s.name, s.state, s.kind == "chartsheet") for s in self.workbook.sheets)

    def read(self, sheet: str) -> SheetText:
        """One sheet as text."""
        entry = self.workbook.sheet(sheet)
        if entry is None:
            raise ImsXlError(f"{self.name}: there is no sheet {sheet!r}; found {', '.join(repr(s.name) for s in self.workbook.sheets)}.")
        if entry.kind != "worksheet" or entry.part not in self.archive:
            return SheetText(entry.name, _frame(Cells(np.zeros(0, np.int64), np.zeros(0, np.int64), [])))
        data = xml.as_utf8(self.archive.read(entry.part))
        start, end = rows_of(data)
        fast = columns_of(data, start, end, self.glossary())
        if fast is None:
            cells = sheet_cells(data, self.glossary())
            if len(cells.rows) and (int(cells.rows.max()) > LAST_ROW or int(cells.columns.max()) > LAST_COLUMN):
                raise ImsXlError(f"{self.name}, sheet {sheet!r}: a cell stands in row {cells.rows.max():,}, column {cells.columns.max():,}, beyond the end of any sheet; the workbook is damaged.")
            return SheetText(entry.name, _frame(cells), merged_areas(data))
        return SheetText(entry.name, _fast_frame(*fast), merged_areas(data))

    def read_two(self, one: str, other: str) -> tuple[SheetText, SheetText]:
        """Two sheets as text, read side by side: unpacking and NumPy leave the interpreter free. Large ones one after the other, for the memory's sake."""
        parts = [entry.part for name in (one, other) if (entry := self.workbook.sheet(name))]
        if sum(self.archive.size(part) for part in parts) > _TOGETHER:
            return self.read(one), self.read(other)
        self.glossary()
        return both(lambda: self.read(one), lambda: self.read(other))

    def glossary(self) -> Glossary:
        """What the cells refer to."""
        if self._glossary is None:
            strings, styles = self.workbook.part_of("sharedStrings"), self.workbook.part_of("styles")
            self._glossary = Glossary(
                texts.shared_strings(xml.as_utf8(self.archive.read(strings))) if strings in self.archive else [],
                number_formats.kinds_of_styles(xml.as_utf8(self.archive.read(styles))) if styles in self.archive else np.zeros(1, np.int8),
                self.workbook.date1904)
        return self._glossary


def read_sheet(path: Path, sheet: str) -> SheetText:
    """One sheet of the book at `path` as text."""
    return BookReader.open(path).read(sheet)


def list_sheets(path: Path) -> tuple[SheetInfo, ...]:
    """The sheets of the book at `path`."""
    return BookReader.open(path).sheets()


def _frame(cells: Cells) -> pd.DataFrame:
    height = int(cells.rows.max()) if len(cells.rows) else 0
    width = int(cells.columns.max()) if len(cells.rows) else 0
    if mostly_nothing(height, width, len(cells.rows)):
        return _scattered(cells)
    index = pd.RangeIndex(1, height + 1)
    values = np.array(cells.texts, dtype=object)
    order = np.argsort(cells.columns, kind="stable")
    borders = np.searchsorted(cells.columns[order], np.arange(1, width + 2))
    blank = _text_array(np.full(height, "", dtype=object))
    columns = {}
    for column in range(1, width + 1):
        here = order[borders[column - 1]: borders[column]]
        if len(here):
            text = np.full(height, "", dtype=object)
            text[cells.rows[here] - 1] = values[here]
            columns[column] = pd.Series(_text_array(text), index=index, copy=False)
        else:
            columns[column] = pd.Series(blank, index=index, copy=False)
    return pd.DataFrame(columns, index=index, columns=pd.RangeIndex(1, width + 1), copy=False)


def _scattered(cells: Cells) -> pd.DataFrame:
    """A stray cell far out spans an area that no memory holds: only the rows and columns that hold something, under their own numbers."""
    rows, at_row = np.unique(cells.rows, return_inverse=True)
    columns, at_column = np.unique(cells.columns, return_inverse=True)
    values = np.full((len(columns), len(rows)), "", dtype=object)
    values[at_column, at_row] = cells.texts
    return pd.DataFrame({int(c): pd.Series(_text_array(v), index=rows) for c, v in zip(columns, values)}, index=pd.Index(rows, dtype="int64"))


def _fast_frame(height: int, found: dict[int, pa.ChunkedArray]) -> pd.DataFrame:
    index = pd.RangeIndex(1, height + 1)
    width = max(found, default=0)
    if mostly_nothing(1, width, len(found)):      # one stray cell at the sheet's end
        return pd.DataFrame({c: pd.Series(pd.array(found[c], dtype="str"), index=index, copy=False) for c in sorted(found)}, index=index, copy=False)
    blank = _text_array(np.full(height, "", dtype=object)) if len(found) < width else None
    columns = {c: pd.Series(pd.array(found[c], dtype="str") if c in found else blank, index=index, copy=False) for c in range(1, width + 1)}
    return pd.DataFrame(columns, index=index, columns=pd.RangeIndex(1, width + 1), copy=False)


def _text_array(values: np.ndarray) -> object:
    return pd.array(pa.array(values, type=pa.large_string()), dtype="str")
