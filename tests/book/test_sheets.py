"""Where our columns find room on a person's sheet."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ims_xl.book.reading import our_names
from ims_xl.book.remembered import stored_parts
from ims_xl.book.sheets import beyond_merges, extent, last_before_ours
from ims_xl.hosts.base import SheetInfo, SheetText
from ims_xl.vocabulary import ImsXlError


@pytest.mark.parametrize(("filled", "last"), [((1, 2, 17), 17), ((1, 17, 30), 30), ((1, 2, 17, 16384), 17), ((1, 17, 30, 16330), 30), ((3, 90, 16384), 3)])
def test_ours_stand_behind_everything_and_left_of_a_stray_cell_at_the_sheets_end(filled: tuple[int, ...], last: int) -> None:
    text = SheetText("Books", pd.DataFrame({column: ["x"] for column in filled}, index=[1]))
    assert last_before_ours(text, extent(text)[1]) == last


def test_a_sheet_without_room_says_so() -> None:
    text = SheetText("Books", pd.DataFrame({column: ["x"] for column in range(1, 16385, 50)}, index=[1]))
    with pytest.raises(ImsXlError, match="last column"):
        last_before_ours(text, extent(text)[1])


def test_a_sheet_or_chart_of_the_person_keeps_its_name_however_it_is_written() -> None:
    names = our_names(["IMS Oct", "Books", "LOG", "home", "Settings", "Settings (IMS)", "Rules"], frozenset({"Rules"}), "IMS Oct", "Books")
    assert names["Log"] == "Log (IMS)" and names["Home"] == "Home (IMS)" and names["Settings"] == "Settings (IMS 2)" and names["Rules"] == "Rules" and names["IMS"] == "IMS Oct"


@pytest.mark.parametrize(("merged", "last"), [
    ("P7:S7", 19), ("P9:R9", 18), ("P6:P7", 16), ("A1:Z3", 16), ("A30:Z30", 16), ("Q7:S7", 16), ("P7:XFD7", 16), ("R8:T8 P7:R7", 20)])
def test_ours_stand_beside_the_merged_cells_of_the_table_not_under_them(merged: str, last: int) -> None:
    assert beyond_merges(SheetText("Books", pd.DataFrame(), tuple(merged.split())), 7, np.array([8, 9, 12]), 16) == last


def test_a_persons_sheet_of_the_hidden_sheets_name_is_not_written_over() -> None:
    host: Any = SimpleNamespace(path=Path("book.xlsx"), read=lambda name: SheetText(name, pd.DataFrame({1: ["mine"]}, index=[1])))
    with pytest.raises(ImsXlError, match="'_IMS-XL' was not made by ims-xl"):
        stored_parts(host, (SheetInfo("_IMS-XL"),))
