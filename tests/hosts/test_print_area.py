"""What goes on paper: our own area moves with the sheet, a person's stays."""

from __future__ import annotations

from ims_xl.hosts.print_area import print_area
from ims_xl.workbook.plan import Page

WITHOUT_REASONS = Page(columns=(17, 18))


def test_a_new_sheet_prints_from_the_first_cell_to_the_last_row_of_the_last_printed_column() -> None:
    assert print_area(WITHOUT_REASONS, 217, "") == "$A$1:$Q$217"


def test_an_area_of_an_earlier_run_follows_the_sheet() -> None:
    assert print_area(WITHOUT_REASONS, 230, "'GSTR-3B'!$A$1:$R$217") == "$A$1:$Q$230"


def test_an_area_that_a_person_chose_stays() -> None:
    assert print_area(WITHOUT_REASONS, 230, "'GSTR-3B'!$A$1:$G$40") == "" == print_area(WITHOUT_REASONS, 230, "$B$1:$Q$217")


def test_a_sheet_without_a_last_column_prints_whole() -> None:
    assert print_area(Page(), 230, "") == ""
