"""Where our columns find room on a person's sheet."""

from __future__ import annotations

import pandas as pd
import pytest

from ims_xl.book.reading import our_names
from ims_xl.book.sheets import extent, last_before_ours
from ims_xl.hosts.base import SheetText
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
