"""The figures that follow an action in Excel: recalculated, they are what we cached; after a change, they are what a new run says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import formualizer
import pytest

from ims_xl.state import Reconciliation
from ims_xl.workbook.plan import Cell, Plan
from ims_xl.workbook.tabs import lay_out
from tests.tabs.painter import paint
from tests.tabs.sample import hers, layout, sample


def live(plan: Plan) -> dict[tuple[str, int, int], Cell]:
    cells = {(s.name, *at): c for s in plan.sheets if s.name not in ("GSTR-2B", "GSTR-3B") for at, c in s.cells.items() if c.formula}
    return cells | {(p.sheet, *at): c for p in plan.patches for at, c in p.cells.items() if c.formula}


def acted(rec: Reconciliation) -> Reconciliation:
    action = rec.state.work["action"].replace({"Pending": "Accept", "Reject": "No Action"})
    return replace(rec, state=replace(rec.state, work=rec.state.work.assign(action=action)))


def test_cached_values_are_what_a_spreadsheet_works_out(tmp_path: Path) -> None:
    rec = sample()
    before, after = lay_out(rec, layout(rec)), lay_out(acted(rec), layout(rec))
    paint(before, tmp_path / "book.xlsx")
    engine = formualizer.load_workbook(str(tmp_path / "book.xlsx"))
    cells = live(before)
    assert len(cells) > 60
    for (sheet, row, column), cell in cells.items():
        assert engine.evaluate_cell(sheet, row, column) == pytest.approx(cell.value), (sheet, row, column, cell.formula)

    place = layout(rec).ims
    for row, action in zip(place.rows, acted(rec).state.work["action"]):
        engine.set_value("IMS", int(row), place.columns["Action"], action)
    home = {at: cell for at, cell in live(after).items() if at[0] == "Home" and at in cells and at[1] < 10}
    assert sum(cell.value != cells[at].value for at, cell in home.items()) >= 8
    for (sheet, row, column), cell in home.items():
        assert engine.evaluate_cell(sheet, row, column) == pytest.approx(cell.value), (sheet, row, column, cell.formula)


def test_over_a_persons_own_columns_home_says_what_the_run_found() -> None:
    rec = sample()
    home = next(s for s in lay_out(rec, hers(rec)).sheets if s.name == "Home")
    assert not any(c.formula for c in home.cells.values())
    assert home.cells[6, 2].value == 32
