"""GSTR-2B and GSTR-3B of many random months against a second, plain calculation, to the paisa, every row, box and head."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.returns.months import HEADS, Month
from tests.returns.oracle import calculate
from tests.returns.random_month import random_month


def month_of(seed: int) -> Month:
    """Every other month pulled, every third with what is not in books reversed, vouchers split by eligibility; nothing typed."""
    month = random_month(160, seed, pulled=seed % 2 == 0)
    rng = np.random.default_rng(seed)
    register, links = month.register, month.links
    split = np.flatnonzero((rng.random(len(register)) < 0.1) & (register["reverse_charge"] != "Y").to_numpy())
    half = register.iloc[split].copy()
    for name in ("taxable_value", *HEADS):
        half[name] = half[name] // 2
        register.loc[split, name] = register.loc[split, name] - half[name]
    half["itc_eligibility"] = pd.array(np.where(rng.random(len(half)) < 0.5, "Ineligible", "Inputs"), dtype="str")
    month.register = pd.concat([register, half], ignore_index=True)
    month.links = type(links)(links.results, links.ims_result, np.concatenate([links.register_result, links.register_result[split]]))
    month.settings = type(month.settings)(gstin=month.settings.gstin, period=month.settings.period, reverse_not_in_books=seed % 3 == 0)
    month.inputs = {}
    return month


@pytest.mark.parametrize("seed", range(8))
def test_a_second_plain_calculation_agrees_on_every_row_and_box(seed: int) -> None:
    month = month_of(seed)
    two_b, three_b = calculate(month)
    boxes = month.gstr2b.boxes
    found = {path: dict(heads) for path, heads in boxes.items() if path.count(".") == 2 and any(heads.values())}
    assert found == {path: heads for path, heads in two_b.items() if any(heads.values())}
    for path, heads in boxes.items():
        if path.count(".") == 1:
            assert heads == {h: sum(boxes[leaf][h] for leaf in boxes if leaf.startswith(path + ".")) for h in HEADS}
    assert {box: dict(heads) for box, heads in month.gstr3b.boxes.items()} == {box: {h: cell[h] for h in month.gstr3b.boxes[box]} for box, cell in three_b.items()}
    assert sum(map(abs, three_b["4A5"].values())) and sum(map(abs, three_b["4B1"].values()))
