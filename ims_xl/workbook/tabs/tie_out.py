"""The Tie-out tab: the numbered checks that prove that no row and no paisa was lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd

from ims_xl.rupees import grouped
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HERE
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, SheetPlan, TableBlock, TableColumn
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, lines_of, list_sheet
from ims_xl.workbook.tabs.where import Layout, area

TIE_OUT: Final = Tab(
    "Tie-out", "Each figure is counted twice, on two ways; a line that does not agree is named here and turns the light on Home.", "navy",
    columns=(
        Column("No.", "number", "count", width=6, total=False),
        Column("Check", "check", "text_wrap", width=78),
        Column("Expected", "expected", "figure", width=18),
        Column("Found", "found", "figure", width=18),
        Column("Difference", "difference", "rupees", width=16, total=False),
        Column("OK", "ok", "text_centre", width=13),
        Column("Note", "note", "text_wrap", width=60),
    ),
    table="tblTieOut", frozen=2, nothing="No checks yet: run reconcile.",
)


def tie_out_frame(rec: Reconciliation) -> pd.DataFrame:
    """number, check, expected, found, difference (found minus expected in paise, blank where they are no amounts), ok, note."""
    checks = rec.tie_out
    return pd.DataFrame({
        "number": range(1, len(checks) + 1),
        "check": [c.check for c in checks],
        "expected": [_grouped(c.expected) for c in checks],
        "found": [_grouped(c.found) for c in checks],
        "difference": pd.array([_difference(c.expected, c.found) for c in checks], dtype="Int64"),
        "ok": ["✗ look here" if not c.ok else "✓ agrees" if c.expected == c.found else "✓ noted" for c in checks],
        "note": [c.note for c in checks],
    })


def tie_out_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The checks in order, each with its difference and its light."""
    last = HEADER_ROW + len(rec.tie_out)
    lights = area(DATA_ROW, 6, last, 6)
    formats = tuple(
        ConditionalFormat(lights, f'(LEFT($F{DATA_ROW},1)="{mark}")+{OUR_MARK}', look) for mark, look in (("✓", "good"), ("✗", "bad"))
    )
    plan = list_sheet(TIE_OUT, tie_out_frame(rec), rec, where, formats)
    return _with_problems(plan, rec, max(last, DATA_ROW) + 3)


def _with_problems(plan: SheetPlan, rec: Reconciliation, row: int) -> SheetPlan:
    """Below the checks, every cell, row and file that was not taken as it stands: file, sheet, row, field and why."""
    problems = rec.state.problems
    cells = dict(plan.cells)
    cells.update({(row, c): Cell(f"Cells, rows and files not taken as they stand: {len(problems)}" if c == 1 else None, "band") for c in range(1, len(TIE_OUT.columns) + 1)})
    if not problems:
        cells[(row + 1, 1)] = Cell("✓ Every cell, row and file was taken as it stands.", "note_line")
        return replace(plan, cells=cells)
    values = (
        (1, "Row", [p.row or None for p in problems], "count"), (2, "What is wrong", [p.message for p in problems], "text_wrap"), (3, "Field", [p.field for p in problems], "text"),
        (4, "Sheet", [p.sheet for p in problems], "text"), (5, "", [""] * len(problems), "text"), (6, "", [""] * len(problems), "text"), (7, "File", [p.file or HERE for p in problems], "text"),
    )
    block = TableBlock(row + 1, tuple(
        TableColumn(c, heading, column, kind="number" if style == "count" else "text", style=style, heading_style="heading_right" if style == "count" else "heading")
        for c, heading, column, style in values
    ), autofilter=False)
    heights = {row + 2 + i: 13.5 * lines_of(p.message, 61) + 2 for i, p in enumerate(problems) if lines_of(p.message, 61) > 1}
    return replace(plan, cells=cells, tables=(*plan.tables, block), heights={**plan.heights, **heights})


def _difference(expected: str, found: str) -> int | None:
    numbers = [_paise(text) for text in (expected, found)]
    return None if numbers[0] is None or numbers[1] is None else numbers[1] - numbers[0]


def _grouped(text: str) -> str:
    """An amount with Indian grouping, any other text as it is."""
    paise = _paise(text)
    return text if paise is None else grouped(paise)


def _paise(text: str) -> int | None:
    whole, dot, cents = text.replace(",", "").partition(".")
    if not dot or len(cents) != 2 or not (whole.lstrip("-") + cents).isdigit():
        return None
    return int(whole + cents)
