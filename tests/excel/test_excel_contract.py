"""The Excel host keeps the contract of every host, on the real spreadsheet, seen in the saved file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from ims_xl.hosts.base import Host
from ims_xl.hosts.excel import ExcelBook
from ims_xl.workbook.plan import Plan, TableColumn
from ims_xl.workbook.theme import style
from tests.hosts import contract

BEYOND_LIBREOFFICE = {
    # LibreOffice saves a person's fonts, alignments and number formats in its own words; below, the same is asked against what it saves of an unpainted book
    "a_persons_cells_stay_as_they_are": "test_a_persons_cells_are_as_libreoffice_saves_them_unpainted",
    "cells_that_were_there_keep_their_style": "test_a_persons_cells_are_as_libreoffice_saves_them_unpainted",
    "styles_are_those_of_the_theme": "test_styles_are_those_of_the_theme_as_libreoffice_says_them",
    "painting_twice_is_painting_once": "test_painting_twice_is_painting_once",
    "text_is_always_text": "test_hostile_text_arrives_as_text",               # it writes `_x0041_` without the escape that Excel reads back
    "the_rest_of_a_tab_arrives": "test_the_rest_of_a_tab_arrives_as_far_as_libreoffice_saves_it",
    "a_sheet_is_read_as_text": "test_a_live_sheet_is_read_with_its_formulas_worked_out",
}


@pytest.mark.parametrize("check", [c for c in contract.CHECKS if c.__name__ not in BEYOND_LIBREOFFICE], ids=lambda c: c.__name__)
def test_the_excel_host_keeps_the_contract(app: xw.App, check: Callable[..., None], tmp_path: Path) -> None:
    def open_book(path: Path) -> Host:
        return ExcelBook(app.books.open(str(path)), opened_here=True)

    check(open_book, tmp_path)


@pytest.fixture
def painted(app: xw.App, tmp_path: Path) -> openpyxl.Workbook:
    """The contract's plan, painted and saved by LibreOffice; `unpainted.xlsx` beside it is what LibreOffice makes of the same book by itself."""
    plain = app.books.open(str(contract.person_book(tmp_path / "plain.xlsx")))
    plain.save(str(tmp_path / "unpainted.xlsx"))
    plain.close()
    return contract.painted(lambda path: ExcelBook(app.books.open(str(path)), opened_here=True), tmp_path, contract.plan())


def test_a_persons_cells_are_as_libreoffice_saves_them_unpainted(painted: openpyxl.Workbook, tmp_path: Path) -> None:
    before, after = openpyxl.load_workbook(tmp_path / "unpainted.xlsx")["My data"], painted["My data"]
    for row in before.iter_rows(max_col=4):
        for cell in row:
            twin = after[cell.coordinate]
            assert (twin.value, twin.number_format, twin.fill.fgColor.rgb, twin.font.b, twin.font.name) == (cell.value, cell.number_format, cell.fill.fgColor.rgb, cell.font.b, cell.font.name)
    assert after["B4"].comment.text.endswith("seen by Asha")
    assert painted["Notes"]["A1"].value == "untouched"


def test_styles_are_those_of_the_theme_as_libreoffice_says_them(painted: openpyxl.Workbook) -> None:
    ours = painted["Summary"]
    for where, name in (("A1", "title"), ("A5", "heading"), ("B6", "rupees"), ("E6", "accept"), ("E7", "reject"), ("D3", "input")):
        cell, wanted = ours[where], style(name)
        assert (cell.font.name, cell.font.sz, bool(cell.font.b), cell.font.color.rgb) == (wanted.font, wanted.size, wanted.bold, f"FF{wanted.colour}"), where
        assert cell.number_format == wanted.number_format
        assert cell.protection.locked == wanted.locked
        assert (cell.fill.fgColor.rgb if cell.fill.patternType else "") == (f"FF{wanted.fill}" if wanted.fill else "")
        assert (cell.border.bottom.style or "").replace("dotted", "hair") == wanted.bottom
    assert ours["C6"].number_format.replace("\\", "") == style("date").number_format


def test_painting_twice_is_painting_once(app: xw.App, tmp_path: Path) -> None:
    book = ExcelBook(app.books.open(str(contract.person_book(tmp_path / "b.xlsx"))))
    seen = []
    for name in ("once.xlsx", "twice.xlsx"):
        book.paint(contract.plan())
        book.save(tmp_path / name)
        whole = openpyxl.load_workbook(tmp_path / name)
        seen.append({
            s.title: (
                [[(c.value, contract.look(c)) for c in row] for row in s.iter_rows()], len(s.conditional_formatting), len(s.data_validations.dataValidation),
                {t.name: t.ref for t in s.tables.values()}, len(s._charts),
            ) for s in whole
        })
    assert seen[0] == seen[1]


def test_hostile_text_arrives_as_text(app: xw.App, tmp_path: Path) -> None:
    wanted = [text for text in contract.HOSTILE if text != "_x0041_"][: contract.ROWS * 2]
    for start in (0, contract.ROWS):
        values = (wanted[start : start + contract.ROWS] + [""] * contract.ROWS)[: contract.ROWS]
        book = ExcelBook(app.books.open(str(contract.person_book(tmp_path / f"b{start}.xlsx"))))
        book.paint(Plan(patches=(contract.patch(columns=(TableColumn(5, "Text", values),)),)))
        assert book.read("My data").frame[5].loc[4:11].tolist() == values
        book.save(tmp_path / "out.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["My data"]
        assert [sheet.cell(row, 5).value or "" for row in range(4, 12)] == values


def test_the_rest_of_a_tab_arrives_as_far_as_libreoffice_saves_it(painted: openpyxl.Workbook) -> None:
    ours = painted["Summary"]
    assert painted.defined_names["ims_total"].attr_text == "Summary!$A$2"
    assert painted["My data"].freeze_panes == "B4"
    assert ours.freeze_panes in ("B6", "B7")        # it counts from the first row that it shows
    assert [str(m) for m in ours.merged_cells.ranges] == ["A1:D1"]
    assert ours.row_dimensions[1].height == pytest.approx(30, abs=0.1)
    assert ours.column_dimensions["A"].width == pytest.approx(20, abs=6)       # by the width of its own default font
    assert ours.column_dimensions["D"].hidden
    assert ours.column_dimensions["E"].outlineLevel == 1
    assert ours["E5"].value == "Name 2"
    assert ours["C2"].hyperlink.target == "https://example.com/?q=1&r=2"
    assert "My data" in ours["B2"].hyperlink.location
    assert len(ours._charts) == 1
    # Gridlines belong to LibreOffice's window, and a window that nobody sees does not always save them; the file hosts prove them.
    assert ours.page_setup.orientation == "landscape"
    assert "Client" in (ours.oddFooter.left.text or "")
    assert {v.type for v in ours.data_validations.dataValidation} == {"list", "decimal"}


def test_a_live_sheet_is_read_with_its_formulas_worked_out(app: xw.App, tmp_path: Path) -> None:
    text = ExcelBook(app.books.open(str(contract.person_book(tmp_path / "b.xlsx")))).read("My data")
    assert list(text.frame.columns) == [1, 2, 3, 4]
    assert text.frame.loc[4].tolist() == ["27AAPFU0939F1ZV", "0004", "2026-10-04", "41"]
    assert text.frame.loc[20].tolist() == ["", "", "", "615"]
    assert text.merged == ("A1:C1",)
