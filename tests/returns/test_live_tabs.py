"""The tabs recalculated by other engines give the cached values, before and after actions and reductions change."""

from __future__ import annotations

from pathlib import Path

import formualizer
import numpy as np
import pandas as pd
import pytest

from ims_xl.vocabulary import HEADS
from ims_xl.workbook.plan import Cell, Plan
from tests.returns.books import layout, plan
from tests.returns.months import Month
from tests.returns.random_month import random_month
from tests.tabs.painter import paint


def formulas(whole: Plan) -> dict[tuple[str, int, int], Cell]:
    """Every formula cell of the two tabs, with its cached value."""
    return {(sheet.name, row, column): cell for sheet in whole.sheets for (row, column), cell in sheet.cells.items() if cell.formula}


def wrong(engine: formualizer.Workbook, cells: dict[tuple[str, int, int], Cell]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for (sheet, row, column), cell in cells.items():
        value = engine.evaluate_cell(sheet, row, column)
        same = value == cell.value if isinstance(cell.value, str) else isinstance(value, (int, float)) and abs(float(value) - float(cell.value or 0)) < 0.0051
        if not same:
            found.append((sheet, row, column, cell.value, value, cell.formula))
    return found


def changed(month: Month, seed: int) -> Month:
    """Other actions and other reductions on a tenth of the rows."""
    rng = np.random.default_rng(seed)
    rows = rng.random(len(month.ims)) < 0.1
    imports = month.ims["section"].str.startswith("IMPG").to_numpy()
    action = np.where(rows, rng.choice(["Accept", "Pending", "No Action"], len(rows)), month.work["action"].to_numpy(dtype=object))
    action = np.where(rows & ~imports & (rng.random(len(rows)) < 0.3), "Reject", action)
    notes = np.flatnonzero(rows & month.ims["section"].str.startswith("B2B-CN").to_numpy())
    work = month.work.assign(action=pd.array(action, dtype="str"))
    answer = work["reduce_itc"].to_numpy(dtype=object).copy()
    answer[notes] = "Yes"
    work["reduce_itc"] = pd.array(answer, dtype="str")
    for head in HEADS:
        amounts = work[f"reduce_{head}"].copy()
        amounts.iloc[notes] = month.ims[head].iloc[notes].to_numpy() // 4
        work[f"reduce_{head}"] = amounts
    other = Month()
    other.__dict__.update(month.__dict__)
    other.work = work
    return other


def type_into(engine: formualizer.Workbook, before: Month, after: Month) -> None:
    """What a person types on the IMS sheet."""
    where = layout(before.reconciliation).ims
    for position in range(len(before.ims)):
        row = int(where.rows[position])
        if before.work["action"].iloc[position] != after.work["action"].iloc[position]:
            engine.set_value("IMS", row, where.columns["Action"], after.work["action"].iloc[position])
        if before.work["reduce_itc"].iloc[position] != after.work["reduce_itc"].iloc[position]:
            engine.set_value("IMS", row, where.columns["Reduce ITC"], after.work["reduce_itc"].iloc[position])
        for head, name in zip(HEADS, ("IGST", "CGST", "SGST", "Cess")):
            old, new = before.work[f"reduce_{head}"].iloc[position], after.work[f"reduce_{head}"].iloc[position]
            if not pd.isna(new) and (pd.isna(old) or old != new):
                engine.set_value("IMS", row, where.columns[f"Reduce {name}"], int(new) / 100)


@pytest.mark.parametrize(("count", "seed", "pulled"), [(300, 1, True), (300, 2, False), (40, 3, True)])
def test_formulas_equal_the_cached_values_before_and_after_actions_change(count: int, seed: int, pulled: bool, tmp_path: Path) -> None:
    month = random_month(count, seed, pulled)
    whole = plan(month.reconciliation)
    paint(whole, tmp_path / "book.xlsx")
    engine = formualizer.load_workbook(str(tmp_path / "book.xlsx"))
    cells = formulas(whole)
    assert len(cells) > 500
    assert wrong(engine, cells) == []

    after = changed(month, seed)
    type_into(engine, month, after)
    expected = {k: v for k, v in formulas(plan(after.reconciliation)).items() if k in cells}
    assert len(expected) > 450
    moved = sum(1 for k, v in expected.items() if v.value != cells[k].value)
    assert moved > 20
    # Lists below the form move when documents do, so only what stands at the same place in both is compared.
    labels = _labels(whole), _labels(plan(after.reconciliation))
    same_place = {k: v for k, v in expected.items() if labels[0].get((k[0], k[1])) == labels[1].get((k[0], k[1]))}
    assert len(same_place) > 450
    assert wrong(engine, same_place) == []


def _labels(whole: Plan) -> dict[tuple[str, int], object]:
    return {(sheet.name, row): cell.value for sheet in whole.sheets for (row, column), cell in sheet.cells.items() if column == 2}
