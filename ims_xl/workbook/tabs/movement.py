"""The Movement tab: what waited at the start, what came, what was taken, what was lost and what waits now; and the year so far.

`where.frames["Year"]` (period, `credit_<head>`, `net_<head>`, closed) and `where.frames["Cleared"]` (documents that waited in a closed
month and were taken later) come from the history; without one the tab has this month alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.movement import BOOKS, PARTS, PORTAL, movement
from ims_xl.period import financial_year_label
from ims_xl.returns.totals import credit_of_2b
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Cell, SheetPlan, TableBlock
from ims_xl.workbook.tabs.calendar import period_of
from ims_xl.workbook.tabs.pieces import Column, heading_height, heads, indian, money_areas, page, row_heights, table_columns
from ims_xl.workbook.tabs.returns_columns import NAMES
from ims_xl.workbook.tabs.where import Layout, area, letters
from ims_xl.workbook.theme import TAB_COLOURS

NAME: Final = "Movement"
_TITLES: Final = {PORTAL: "On the portal: credit not yet taken", BOOKS: "In the books: not yet on the portal"}
_SIDE: Final = {PORTAL: "Portal", BOOKS: "Books"}
_PART_COLUMNS: Final = {"opening": "Opening", "added": "+ Added", "cleared": "- Cleared", "lost": "- Lost", "closing": "= Closing"}
_WHO: Final = (
    Column("Side", "side_word", width=24), Column("Kind", "kind", width=14), Column("Supplier GSTIN", "supplier_gstin", width=17.5), Column("Supplier name", "supplier_name", width=26),
    Column("Document number", "document_number", width=17), Column("Document date", "document_date", "date", width=12),
)
LIST: Final = (*_WHO, Column("Waits since", "since", "text_centre", width=12), *(Column(h, p, "rupees", width=14) for p, h in _PART_COLUMNS.items()), Column("What became of it", "fate", "text_wrap", width=40))
CLEARED: Final = (*_WHO, Column("Waited since", "since", "text_centre", width=12), Column("Cleared in", "period", "text_centre", width=14), Column("ITC", "itc", "rupees", width=14))
_FIRST: Final = 5


def movement_frame(rec: Reconciliation, moved: pd.DataFrame) -> pd.DataFrame:
    """The documents that waited at the start, wait now or were lost, the largest first; opening .. closing are the sums of the heads."""
    moved = moved.copy()
    for part in PARTS:
        moved[part] = np.sum([moved[f"{part}_{head}"].to_numpy(dtype=np.int64) for head in HEADS], axis=0) if len(moved) else np.zeros(0, dtype=np.int64)
    carried = moved["key"].isin(set(rec.state.opening["key"]))
    shown = moved[carried | (moved["closing"] != 0) | (moved["lost"] != 0) | moved["fate"].str.startswith("waits")]
    shown = shown.assign(side_word=shown["side"].map(_SIDE), size=shown[["opening", "lost", "closing"]].abs().max(axis=1))
    return shown.sort_values(["side", "size", "key"], ascending=[False, False, True], kind="stable", ignore_index=True)


def movement_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The statement by head, the year to date, the documents one by one, and what closed months were waiting for."""
    cells = heads(rec, NAME, "Opening + added - cleared - lost = closing. Nothing that once waited leaves this page without saying where it went.")
    money: list[str] = []
    moved = rec.movement if len(rec.movement) else movement(rec)
    row = _put_statement(rec, moved, cells, money, _FIRST)
    row = _put_year(rec, where, cells, money, row + 2)
    frame = movement_frame(rec, moved)
    tables, formats, heights = [], [], {1: 26.0}
    for title, columns, rows, table, nothing in (
        ("One by one: what waited, what waits, what was lost", LIST, frame, "tblMovement", "Nothing waited, nothing waits."),
        ("Waited in a closed month, taken since (the closed month's book stays as it was signed)", CLEARED, where.frames.get("Cleared", pd.DataFrame()), "tblCleared", ""),
    ):
        if not len(rows) and not nothing:
            continue
        row += 2
        cells.update(_band(row, len(LIST), title))
        header = row + 1
        filled = table_columns(columns, rows)
        if len(rows):
            tables.append(TableBlock(header, filled, name=table, autofilter=table == "tblMovement"))
            heights |= {header: heading_height(columns), **row_heights(columns, filled, header + 1)}
            money += money_areas(filled, header + 1, header + len(rows))
        else:
            cells[(header, 1)] = Cell(nothing, "note_line")
        row = header + len(rows)
    formats = [f for block in money for f in indian([block])]
    return SheetPlan(
        name=where.name(NAME), cells=cells, tables=tuple(tables), widths={n: c.width for n, c in enumerate(LIST, start=1)}, heights=heights, formats=tuple(formats),
        tab_colour=TAB_COLOURS["amber"], page=page(rec, repeat=None),
    )


def _put_statement(rec: Reconciliation, moved: pd.DataFrame, cells: dict[tuple[int, int], Cell], money: list[str], row: int) -> int:
    """Two blocks, one below the other: a line a part, a column a head; closing is a formula over the lines above it."""
    for side, title in _TITLES.items():
        cells.update(_band(row, len(LIST), title))
        cells[(row + 1, 2)] = Cell(None, "heading")
        for n, word in enumerate(["", *NAMES.values(), "Total"]):
            cells[(row + 1, _at(n))] = Cell(word, "heading_right" if n else "heading")
        part = moved[moved["side"] == side]
        opening = rec.state.opening[rec.state.opening["side"] == side]
        for down, name in enumerate(PARTS, start=2):
            strong = name in ("opening", "closing")
            cells[(row + down, 1)] = Cell(_PART_COLUMNS[name], "label_bold" if strong else "text")
            values = [int(opening[h].sum() if name == "opening" else part[f"{name}_{h}"].sum()) for h in HEADS]
            for n, paise in enumerate([*values, sum(values)], start=1):
                c = letters(_at(n))
                formula = f"={c}{row + 2}+{c}{row + 3}-{c}{row + 4}-{c}{row + 5}" if name == "closing" else f"=SUM({letters(_at(1))}{row + down}:{letters(_at(4))}{row + down})" if n == 5 else ""
                cells[(row + down, _at(n))] = Cell(paise / 100, "rupees_total" if name == "closing" else "rupees", formula=formula)
        money.append(area(row + 2, _at(1), row + 6, _at(5)))
        row += 8
    return row - 2


def _put_year(rec: Reconciliation, where: Layout, cells: dict[tuple[int, int], Cell], money: list[str], row: int) -> int:
    """Credit in 2B and net credit of 4(C), a line a period of the financial year, this one last: the start of GSTR-9."""
    period = period_of(rec)
    cells.update(_band(row, len(LIST), f"Year to date, {financial_year_label(period.financial_year)}: credit in GSTR-2B, and net credit in GSTR-3B 4(C)"))
    words = ["Period", *(f"2B {w}" for w in NAMES.values()), *(f"4(C) {w}" for w in NAMES.values()), "Book"]
    cells[(row + 1, 2)] = Cell(None, "heading")
    for n, word in enumerate(words):
        cells[(row + 1, _at(n))] = Cell(word, "heading_right" if 0 < n < 9 else "heading")
    credit, net = credit_of_2b(rec.gstr2b.boxes), rec.gstr3b.boxes.get("4C", {})
    lines = [(str(r.period), [int(getattr(r, f"credit_{h}")) for h in HEADS], [int(getattr(r, f"net_{h}")) for h in HEADS], "closed" if r.closed else "rolled forward") for r in where.frames.get("Year", pd.DataFrame()).itertuples()]
    lines.append((str(period), [credit[h] for h in HEADS], [int(net.get(h, 0)) for h in HEADS], "this one"))
    first, last = row + 2, row + 1 + len(lines)
    for down, (name, two_b, table4, state) in enumerate(lines, start=first):
        cells[(down, 1)] = Cell(name, "text")
        for n, paise in enumerate([*two_b, *table4], start=1):
            cells[(down, _at(n))] = Cell(paise / 100, "rupees")
        cells[(down, _at(9))] = Cell(state, "text")
    cells[(last + 1, 1)] = Cell("Total", "total")
    for n in range(1, 9):
        c = letters(_at(n))
        total = sum([*line[1], *line[2]][n - 1] for line in lines)
        cells[(last + 1, _at(n))] = Cell(total / 100, "rupees_total", formula=f"=SUM({c}{first}:{c}{last})")
    money.append(area(first, _at(1), last + 1, _at(8)))
    return last + 1


def _at(n: int) -> int:
    """The statement's n-th column: its first over Side, the figures over the list's own columns of amounts from the third on."""
    return 1 if n == 0 else n + 2


def _band(row: int, columns: int, text: str) -> dict[tuple[int, int], Cell]:
    return {(row, c): Cell(text if c == 1 else None, "band") for c in range(1, columns + 1)}
