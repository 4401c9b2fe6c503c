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
from ims_xl.hosts.reading import list_sheets, read_sheet


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


def by_buttons(app: xw.App, client: Any, path: Path) -> None:
    """Open client (new), IMS JSON, Register, 2B, Match, and saved."""
    asker = Scripted(agrees=[False], lines=[client.gstin, str(client.period), client.name], saved_as=[path])
    ribbon.do(ribbon.Click("open-client", None, asker, app, AS_OF))
    month = Month(app, path.parent, client, path)
    for action, file in (("import-ims", client.ims), ("import-register", client.register), ("import-2b", client.gstr2b)):
        month.press(action, chosen=[file])
    month.press("match")
    month.book.book.save()
    month.book.book.close()


def cells_of(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """What a reader sees in every sheet of a saved workbook but its log and its memory."""
    found = {}
    for info in list_sheets(path):
        if info.name in ("_ims-xl", "Log"):
            continue
        frame = read_sheet(path, info.name).frame
        found[info.name] = {(r, c): text for c in frame.columns for r, text in frame[c].items() if text}
    return found


def the_same(one: str, other: str) -> bool:
    """Two cells of the same month; when a file was read is not the same twice."""
    if one == other or (len(one) >= 16 and one[:4].isdigit() and one[4] == "-" and ":" in one[:19]):
        return True
    try:
        return abs(float(one) - float(other)) < 0.005
    except ValueError:
        return False
