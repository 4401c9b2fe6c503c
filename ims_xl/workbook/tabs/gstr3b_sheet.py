"""The GSTR-3B tab while it is being written: its columns, and the rows as they are added from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ims_xl.returns.inputs import VALUE, InputLine, Typed
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS
from ims_xl.workbook.plan import Cell
from ims_xl.workbook.tabs.gstr3b_formulas import Figures
from ims_xl.workbook.tabs.returns_columns import NAMES
from ims_xl.workbook.tabs.where import letters

LABEL: Final = 2
WORKING: Final = {name: 3 + i for i, name in enumerate(AMOUNTS)}
TO_FILE: Final = {name: 8 + i for i, name in enumerate(AMOUNTS)}
INSTEAD: Final = {name: 13 + i for i, name in enumerate(AMOUNTS)}
REASON: Final = 18
ID: Final = 19
HEADER: Final = 6
WORDS: Final = {VALUE: "Taxable value", **NAMES}


@dataclass
class Sheet:
    """The tab while it is being written, top to bottom; `at` remembers the row of everything that a formula names."""

    rec: Reconciliation
    figures: Figures
    typed: Typed
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    row: int = HEADER - 1

    def band(self, text: str) -> None:
        self.row += 1
        for column in range(1, REASON + 1):
            self.cells[(self.row, column)] = Cell(None, "band")
        self.cells[(self.row, 1)] = Cell(text, "band")
        self.row += 1

    def headings(self, first: str, groups: Mapping[str, Mapping[str, int]]) -> None:
        self.cells[(self.row, 1)] = Cell("", "heading")
        self.cells[(self.row, LABEL)] = Cell(first, "heading")
        for style, columns in groups.items():
            for name, column in columns.items():
                self.cells[(self.row, column)] = Cell(WORDS[name], f"{style}_right")
        self.row += 1

    def put(self, row: int, column: int, paise: int, formula: str = "", style: str = "rupees") -> None:
        self.cells[(row, column)] = Cell(paise / 100, style, formula=formula)

    def input_row(self, line: InputLine, columns: Mapping[str, int] = WORKING) -> None:
        """A labelled line of input cells with its id."""
        row = self.row
        self.cells[(row, LABEL)] = Cell(line.label, "label_indent")
        for name in line.heads:
            self.input_cell(row, columns[name], f"{line.id}.{name}")
        if line.note:
            self.cells[(row, REASON)] = Cell(line.note, "note_line")
        self.cells[(row, ID)] = Cell(line.id, "note_line")
        self.at[line.id] = row
        self.row += 1

    def input_cell(self, row: int, column: int, cell_id: str) -> None:
        raw = self.rec.state.inputs.get(cell_id, "").strip()
        value: float | str | None = self.typed.amounts[cell_id] / 100 if self.typed.has(cell_id) else raw or None
        self.cells[(row, column)] = Cell(value, "input_rupees")
        self.inputs.append(f"{letters(column)}{row}")
