"""A client's workbook open in the spreadsheet, the buttons to press on it, and a person whose answers are known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlwings as xw

from ims_xl.faces import ribbon
from ims_xl.faces.demo import AS_OF
from ims_xl.hosts.excel import ExcelBook


@dataclass
class Scripted:
    """A person whose answers are known beforehand; what she is told is kept."""

    chosen: list[list[Path]] = field(default_factory=list)
    saved_as: list[Path | None] = field(default_factory=list)
    lines: list[str | None] = field(default_factory=list)
    agrees: list[bool] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def files(self, title: str, endings: tuple[str, ...], several: bool = True) -> list[Path]:
        return self.chosen.pop(0)

    def save_as(self, title: str, suggested: Path) -> Path | None:
        """The suggested name where nothing else was scripted."""
        return self.saved_as.pop(0) if self.saved_as else suggested

    def line(self, question: str, default: str = "") -> str | None:
        return self.lines.pop(0)

    def yes(self, question: str) -> bool:
        return self.agrees.pop(0)

    def tell(self, text: str) -> None:
        self.told.append(text)

    refuse = tell


@dataclass
class Month:
    """The client's workbook open in the spreadsheet, and the buttons to press on it."""

    app: xw.App
    folder: Path
    client: Any
    path: Path
    asker: Scripted = field(default_factory=Scripted)

    @property
    def book(self) -> ExcelBook:
        return ExcelBook.find(self.path.name, self.app.hwnd)

    def press(self, action: str, **answers: Any) -> str:
        for name, value in answers.items():
            getattr(self.asker, name).append(value)
        self.asker.told.clear()
        ribbon.do(ribbon.Click(action, self.book, self.asker, self.app, AS_OF))
        return "\n".join(self.asker.told)

    def ims(self) -> Any:
        return self.book.read("IMS").frame

    def column(self, heading: str) -> int:
        row = self.ims().loc[6]
        return int(next(c for c, text in row.items() if text == heading))

    def rows_where(self, heading: str, wanted: Callable[[str], bool]) -> list[int]:
        """Sheet rows of the documents for which the cell under the heading is as wanted."""
        sheet = self.ims()
        column, documents = sheet[self.column(heading)], sheet[self.column("Document number")]
        return [int(r) for r, text in column.items() if r > 6 and documents[r] and wanted(text)]

    def select(self, first: int, last: int) -> None:
        self.book.book.sheets["IMS"].range((first, 1), (last, 5)).select()

    def cell(self, row: int, heading: str) -> str:
        return str(self.ims().loc[row, self.column(heading)])
