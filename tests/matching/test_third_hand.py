"""The third generator's truth is whole, fair in form and the same for the same seed; its numbers are such as a supplier may print."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.third_hand import make


@pytest.fixture(scope="module")
def messy() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return make(700, 5, "messy")


def test_every_row_stands_in_the_truth_and_in_one_group_only(messy: tuple[pd.DataFrame, ...]) -> None:
    ims, register, truth = messy
    for side, table in (("ims_row", ims), ("register_row", register)):
        told = truth[truth[side] >= 0]
        assert set(told[side]) == set(range(len(table)))
        assert told.groupby(side)["group"].nunique().max() == 1


def test_what_is_called_a_match_agrees_in_every_head_to_a_rupee_and_what_is_not_differs(messy: tuple[pd.DataFrame, ...]) -> None:
    ims, register, truth = messy
    pairs = truth[(truth["ims_row"] >= 0) & (truth["register_row"] >= 0) & ~truth["verdict"].str.startswith("duplicate") & ~truth["classes"].str.contains("netted")]
    heads = ["taxable_value", "igst", "cgst", "sgst", "cess"]
    issued, booked = (_sums(table[heads], pairs[[side, "group"]].drop_duplicates(side)) for side, table in (("ims_row", ims), ("register_row", register)))
    verdicts = pairs.groupby("group")["verdict"].first()
    differs = ((issued - booked).abs() > 1.005).any(axis=1)
    assert (differs == verdicts.str.startswith("mismatch")).all()
    assert 10 < differs.sum() < len(differs) / 5


def _sums(amounts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    return amounts.iloc[rows.iloc[:, 0]].astype(float).abs().groupby(rows["group"].to_numpy()).sum()


def test_a_number_has_at_most_sixteen_characters_of_those_allowed_and_the_seed_decides_all(messy: tuple[pd.DataFrame, ...]) -> None:
    assert messy[0]["document_number"].str.fullmatch("[A-Za-z0-9/-]{1,16}").all()
    assert all(one.equals(two) for one, two in zip(messy, make(700, 5, "messy")))
