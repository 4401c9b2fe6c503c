"""The pictures of Home and the small tables that feed them: ITC by action, what is not in IMS by supplier, the trend of matches.

The trend needs `where.frames["Trend"]` with `period` (text) and `match_percent` (0 to 100) of the closed periods; this month
stands at its end. Without history the third picture shows this month's documents by match.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.unreported import CHASE
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Action, Change, MatchClass
from ims_xl.workbook.plan import Cell, Chart, Series
from ims_xl.workbook.tabs.calendar import period_of
from ims_xl.workbook.tabs.live import live_formulas
from ims_xl.workbook.tabs.pieces import MATCHED, signed_tax
from ims_xl.workbook.tabs.where import Layout, area, letters, quoted
from ims_xl.workbook.theme import chart_colour

CHART_ROWS: Final = 13
_TOP: Final = 8
_MONTHS: Final = 12
_WIDTH: Final = 395
_HEIGHT: Final = 250
# An axis has no conditional formats, so lakh and crore stand in its number format, which not every program reads right below zero.
_LAKHS: Final = r"[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0;#,##0"


@dataclass(frozen=True, slots=True)
class Figures:
    """One small table: `offset` columns from the left, its heading line first, each line a name and a value."""

    offset: int
    lines: tuple[tuple[Cell, Cell], ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the figures of each picture stand: (heading row, last row, column of names, column of values)."""

    actions: tuple[int, int, int, int]
    suppliers: tuple[int, int, int, int]
    third: tuple[int, int, int, int]
    trend: bool
    negative: bool
    """Whether credit notes outweigh the rest of an action."""
    money: tuple[str, ...]


def figures(rec: Reconciliation, books: pd.DataFrame, where: Layout, row: int, left: int) -> tuple[tuple[Figures, ...], Places]:
    """The three small tables side by side with their headings in `row`, and where they stand."""
    live = rec.state.work["change"].to_numpy(dtype=object) != Change.GONE
    actions = rec.state.work["action"].to_numpy(dtype=object)
    tax = signed_tax(rec.state.ims)
    by_action = pd.Series({a.value: int(tax[live & (actions == a.value)].sum()) for a in Action})
    suppliers = _by_supplier(books[books["kind"] == CHASE] if len(books) else books)
    third, trend = _third(rec, where, live)
    formulas = [live_formulas(where.ims, name)[1] for name in by_action.index]
    blocks = (
        _block(0, "ITC by action", "Rs", by_action, "rupees", formulas),
        _block(4, "Not in IMS, by supplier", "Tax, Rs", suppliers, "rupees"),
        _block(8, "Period" if trend else "Documents by match", "Matched" if trend else "Count", third, "percent" if trend else "count"),
    )
    places = [(row, row + len(b.lines) - 1, left + b.offset, left + b.offset + 2) for b in blocks]
    money = tuple(area(row + 1, values, last, values) for _, last, _, values in places[:2])
    return blocks, Places(places[0], places[1], places[2], trend, bool((by_action < 0).any()), money)


def charts(sheet: str, places: Places, row: int, column: int, palette: str) -> tuple[Chart, ...]:
    """Three native charts side by side."""

    def cells(column: int, first: int, last: int) -> str:
        return f"{quoted(sheet)}!${letters(column)}${first}:${letters(column)}${last}"

    def one(name: str, place: tuple[int, int, int, int], colour: str) -> tuple[Series, ...]:
        head, last, names, values = place
        return (Series(name, cells(names, head + 1, last), cells(values, head + 1, last), chart_colour(colour, palette)),)

    # One series an action: each has its own colour and stands by name in the legend.
    head, _last, names, values = places.actions
    actions = tuple(
        Series(action.value, cells(names, head, head), cells(values, head + n, head + n), chart_colour(look, palette))
        for n, (action, look) in enumerate(zip(Action, ("accept", "reject", "pending", "noaction")), start=1)
    )
    third = (
        Chart("line", "Documents matched, by period", one("Matched", places.third, "second"), row, column + 8, _WIDTH, _HEIGHT, "0%") if places.trend
        else Chart("bar", "Documents by match", one("Documents", places.third, "second"), row, column + 8, _WIDTH, _HEIGHT, "#,##0")
    )
    return (
        Chart("column", "ITC by action, Rs", actions, row, column, _WIDTH, _HEIGHT, "#,##0" if places.negative else _LAKHS),
        Chart("bar", "Not in IMS: tax by supplier, Rs", one("Tax", places.suppliers, "notinims"), row, column + 4, _WIDTH, _HEIGHT, _LAKHS),
        third,
    )


def _block(offset: int, heading: str, unit: str, values: pd.Series, style: str, formulas: list[str] | None = None) -> Figures:
    lines = [(Cell(heading, "heading"), Cell(unit, "heading_right"))]
    for n, (name, value) in enumerate(values.items()):
        shown = int(value) / 100 if style == "rupees" else value
        lines.append((Cell(str(name), "text"), Cell(shown, style, formula=formulas[n] if formulas else "")))
    return Figures(offset, tuple(lines))


def _by_supplier(chase: pd.DataFrame) -> pd.Series:
    if not len(chase):
        return pd.Series([0], index=["none"], dtype="int64")
    named = chase["supplier_name"].where(chase["supplier_name"] != "", chase["supplier_gstin"].where(chase["supplier_gstin"] != "", "no GSTIN"))
    top = chase.assign(who=named.where(named.str.len() <= 28, named.str.slice(0, 27).str.rstrip() + "…")).groupby("who")["itc"].sum().sort_values(ascending=False, kind="stable")
    owed = top[top > 0]   # a credit note that is missing is nobody's debt to us
    return owed.head(_TOP) if len(owed) else pd.Series([0], index=["none"], dtype="int64")


def _third(rec: Reconciliation, where: Layout, live: np.ndarray) -> tuple[pd.Series, bool]:
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result][live]
    trend = where.frames.get("Trend")
    if trend is not None and len(trend):
        last = trend.tail(_MONTHS)
        now = float(np.isin(classes.astype(str), MATCHED).mean()) if len(classes) else 0.0
        return pd.Series([*(last["match_percent"] / 100), now], index=[*last["period"], str(period_of(rec))]), True
    counts = {m.label: int((classes == m.value).sum()) for m in MatchClass}
    shown = pd.Series({label: count for label, count in counts.items() if count} or {"none": 0})
    if len(shown) > _TOP:
        largest = shown.sort_values(ascending=False, kind="stable").index[: _TOP - 1]
        shown = pd.concat([shown[shown.index.isin(largest)], pd.Series({"Other": int(shown[~shown.index.isin(largest)].sum())})])
    return shown, False
