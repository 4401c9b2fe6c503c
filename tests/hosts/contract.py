"""What every host must do, as checks: each takes an opener (`open_book(path) -> Host`) and a folder. Results are read with openpyxl.

A new host joins by running every function of `CHECKS` with its own opener.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from ims_xl.hosts.base import Host
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Cell, Chart, ConditionalFormat, Page, Plan, Series, SheetPlan, TableBlock, TableColumn, TablePatch, Validation
from ims_xl.workbook.theme import style

Opener = Callable[[Path], Host]
HOSTILE = ("=1+1", "+91 98", "-x", "@sum", "0012", "1E5", "1234567890123456", " two  spaces ", "line\nbreak", "<b>&amp;</b>", "_x0041_", "₹ and अ and 😀", '"quoted"', "'=1")
ROWS = 8


def person_book(path: Path, table: bool = True, protect: bool = False) -> Path:
    """A workbook as a person makes one: a table from row 3, formats, a comment, a rule, a drop-down, a link, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My data"
    sheet["A1"] = "Purchases of October"
    sheet.merge_cells("A1:C1")
    for column, heading in enumerate(("GSTIN", "Number", "Date", "Tax"), 1):
        sheet.cell(3, column, heading).font = Font(bold=True)
    for row in range(4, 4 + ROWS):
        sheet.cell(row, 1, "27AAPFU0939F1ZV").fill = PatternFill("solid", fgColor="FFFFEE00")
        sheet.cell(row, 2, f"{row:04d}").number_format = "@"
        sheet.cell(row, 3, date(2026, 10, row)).number_format = "dd/mm/yy"
        sheet.cell(row, 4, row * 10.25).number_format = "#,##0.00"
    sheet["D20"] = "=SUM(D4:D11)"
    sheet["B4"].comment = Comment("seen by Asha", "Asha")
    sheet["A5"].hyperlink = "https://example.com/a?b=1&c=2"
    sheet.conditional_formatting.add("D4:D11", CellIsRule(operator="greaterThan", formula=["50"], fill=PatternFill("solid", bgColor="FFFF0000")))
    rule = DataValidation(type="list", formula1='"27,29"')
    rule.add("F4:F11")
    sheet.add_data_validation(rule)
    sheet.column_dimensions["B"].width = 31
    if table:
        sheet.add_table(Table(displayName="Purchases", ref=f"A3:D{3 + ROWS}"))
    if protect:
        sheet.protection.sheet = True
    other = book.create_sheet("Notes")
    other["A1"] = "untouched"
    book.save(path)
    return path


def patch(**changes: Any) -> TablePatch:
    """Two columns of ours beside the person's table."""
    rows = list(range(4, 4 + ROWS))
    columns = (
        TableColumn(5, "Action", ["Accept"] * (ROWS - 1) + ["=Reject"], style="input", width=14),
        TableColumn(6, "Reduce", [100, 250, None, -5, 0, 1234567890123, 1, 99], kind="rupees", style="input_rupees"),
    )
    whole: dict[str, Any] = {
        "sheet": "My data", "header_row": 3, "rows": rows, "columns": columns, "table_area": f"A3:F{3 + ROWS}",
        "formats": (ConditionalFormat("E4:E11", '$E4="Accept"', "accept"), ConditionalFormat("A4:D11", "$D4>70", "differs", stop_if_true=True)),
        "validations": (Validation("E4:E11", ("Accept", "Reject"), prompt="Choose", error="One of the two"),), "freeze": (4, 2),
    }
    return TablePatch(**{**whole, **changes})


def tab(name: str = "Summary") -> SheetPlan:
    """A sheet that is wholly ours, with a little of everything."""
    return SheetPlan(
        name,
        cells={(1, 1): Cell("Summary", "title"), (2, 1): Cell(12.5, "rupees", formula="=SUM(B6:B8)"), (2, 2): Cell("to data", "link", link="#'My data'!A1"),
               (2, 3): Cell("web", "link", link="https://example.com/?q=1&r=2"), (3, 1): Cell(True, "text"), (3, 2): Cell(date(2026, 10, 7), "date"), (3, 4): Cell(None, "input")},
        tables=(TableBlock(5, (
            TableColumn(1, "Name", ["a", "=b", ""], width=20),
            TableColumn(2, "Amount", [100, 250, -5], kind="rupees", style="rupees"),
            TableColumn(3, "Date", [date(2026, 10, 1), None, date(1900, 1, 5)], kind="date", style="date"),
            TableColumn(4, "Twice", [2, 5, -1], kind="number", formulas=["=B6*2", "=B7*2", ""], hidden=True),
            TableColumn(5, "Name", ["x", "y", "z"], style=["accept", "reject", "text"], outline=1),
        ), name="tblSummary"),),
        merges=("A1:D1",), heights={1: 30}, freeze=(6, 2), formats=(ConditionalFormat("A6:A8", '$A6="a"', "crore"),), validations=(Validation("D3", source="=$A$6:$A$8"), Validation("B6:B8", kind="decimal", minimum=0)),
        charts=(Chart("column", "Amounts", (Series("S", f"'{name}'!$A$6:$A$8", f"'{name}'!$B$6:$B$8", "1F3A5F"),), 12, 1),), tab_colour="1F3A5F", page=Page(repeat_rows=(5, 5), footer="&LClient", columns=(3, 4)))


def plan() -> Plan:
    return Plan((tab(),), (patch(),), {"ims_total": "=Summary!$A$2"})


def painted(open_book: Opener, folder: Path, what: Plan, name: str = "book.xlsx", **kind: bool) -> Any:
    """The plan painted into a person's book, seen by openpyxl."""
    host = open_book(person_book(folder / name, **kind))
    host.paint(what)
    out = folder / f"out-{name}"
    host.save(out)
    host.close()
    return openpyxl.load_workbook(out)


def look(cell: Any) -> tuple[Any, ...]:
    """What a cell wears, in plain values."""
    b, a = cell.border, cell.alignment
    return (
        cell.number_format, cell.font.name, cell.font.sz, bool(cell.font.b), bool(cell.font.i), cell.font.u, cell.font.color.rgb if cell.font.color else None,
        (cell.fill.patternType, cell.fill.fgColor.rgb) if cell.fill.patternType else None, tuple((getattr(b, s).style, getattr(b, s).color.rgb) if getattr(b, s) and getattr(b, s).style else None for s in ("left", "right", "top", "bottom")),
        a.horizontal, a.vertical, bool(a.wrap_text), a.indent, cell.protection.locked)


def text_is_always_text(open_book: Opener, folder: Path) -> None:
    values = list(HOSTILE[:ROWS])
    for start in range(0, len(HOSTILE), ROWS):
        values = (list(HOSTILE[start: start + ROWS]) + [""] * ROWS)[:ROWS]
        book = painted(open_book, folder, Plan(patches=(patch(columns=(TableColumn(5, "Text", values),)),)))
        for row, value in enumerate(values, 4):
            cell = book["My data"].cell(row, 5)
            assert cell.data_type != "f"
            assert (cell.value or "") == value.replace("_x0041_", "_x005F_x0041_")
        host = open_book(folder / "out-book.xlsx")
        assert host.read("My data").frame[5].loc[4: 3 + ROWS].tolist() == values


def control_characters_and_long_text_do_not_break_the_book(open_book: Opener, folder: Path) -> None:
    values = ["bell\x07", "null\x00", "escape\x1b[0m", "x" * 40_000, "y" * 32_767, "😀" * 20_000, "￾odd", ""]
    painted(open_book, folder, Plan(patches=(patch(columns=(TableColumn(5, "Text", values),)),)))
    seen = open_book(folder / "out-book.xlsx").read("My data").frame[5].loc[4:11].tolist()
    assert seen[:3] == values[:3]
    assert seen[3] == "x" * 32_766 + "…" and seen[4] == values[4]
    assert seen[5].endswith("…") and len(seen[5].encode("utf-16-le")) // 2 <= 32_767


def values_of_every_kind_arrive(open_book: Opener, folder: Path) -> None:
    sheet = painted(open_book, folder, plan())["My data"]
    assert [sheet.cell(r, 6).value for r in range(4, 12)] == [1, 2.5, None, -0.05, 0, 12345678901.23, 0.01, 0.99]
    ours = openpyxl.load_workbook(folder / "out-book.xlsx")["Summary"]
    assert ours["A3"].value is True and ours["B3"].value.date() == date(2026, 10, 7) and ours["D3"].value is None
    assert [ours.cell(r, 3).value.date() if ours.cell(r, 3).value else None for r in (6, 7, 8)] == [date(2026, 10, 1), None, date(1900, 1, 5)]
    assert ours["A2"].value == "=SUM(B6:B8)" and ours["D6"].value == "=B6*2" and ours["D8"].value == -1
    assert ours["A7"].value == "=b" and ours["A7"].data_type == "s"


def a_single_cell_stands_over_the_column_it_lies_in(open_book: Opener, folder: Path) -> None:
    what = Plan((replace(tab(), cells={**tab().cells, (7, 2): Cell("=9OO", "input_rupees")}),), (patch(cells={(5, 6): Cell("=9OO", "input_rupees")}),))
    host = open_book(person_book(folder / "book.xlsx"))
    for _ in range(2):
        host.paint(what)
    host.save(folder / "out-book.xlsx")
    host.close()
    book = openpyxl.load_workbook(folder / "out-book.xlsx")
    assert [book["My data"].cell(r, 6).value for r in (4, 5, 6, 7)] == [1, "=9OO", None, -0.05] and book["My data"]["F5"].data_type == "s"
    assert [book["Summary"].cell(r, 2).value for r in (6, 7, 8)] == [1, "=9OO", -0.05]


def styles_are_those_of_the_theme(open_book: Opener, folder: Path) -> None:
    ours = painted(open_book, folder, plan())["Summary"]
    for where, name in (("A1", "title"), ("A5", "heading"), ("B6", "rupees"), ("C6", "date"), ("E6", "accept"), ("E7", "reject"), ("D3", "input")):
        cell, wanted = ours[where], style(name)
        assert (cell.font.name, cell.font.sz, bool(cell.font.b), cell.font.color.rgb) == (wanted.font, wanted.size, wanted.bold, f"FF{wanted.colour}"), where
        assert cell.number_format == wanted.number_format and cell.protection.locked == wanted.locked
        assert (cell.fill.fgColor.rgb if cell.fill.patternType else "") == (f"FF{wanted.fill}" if wanted.fill else "")
        assert (cell.border.bottom.style or "") == wanted.bottom and (cell.alignment.horizontal or "") == wanted.horizontal


def a_persons_cells_stay_as_they_are(open_book: Opener, folder: Path) -> None:
    before = openpyxl.load_workbook(person_book(folder / "before.xlsx"))["My data"]
    after = painted(open_book, folder, plan())["My data"]
    for row in before.iter_rows():
        for cell in row:
            twin = after[cell.coordinate]
            if cell.column < 5:
                assert twin.value == cell.value and look(twin) == look(cell), cell.coordinate
    assert after["B4"].comment.text == "seen by Asha"
    assert after["A5"].hyperlink.target == "https://example.com/a?b=1&c=2"
    assert str(next(iter(after.merged_cells.ranges))) == "A1:C1" and after.column_dimensions["B"].width == 31
    assert openpyxl.load_workbook(folder / "out-book.xlsx")["Notes"]["A1"].value == "untouched"


def cells_that_were_there_keep_their_style(open_book: Opener, folder: Path) -> None:
    book = painted(open_book, folder, Plan(patches=(patch(columns=(TableColumn(1, "GSTIN", ["new"] * ROWS), TableColumn(7, "When", [date(2026, 1, 2)] * ROWS, kind="date", style="date")), table_area=""),)))
    assert book["My data"]["A4"].value == "new" and book["My data"]["A4"].fill.fgColor.rgb == "FFFFEE00"
    assert book["My data"]["A3"].value == "GSTIN", "a heading that is there stays"
    assert book["My data"]["G4"].number_format == "dd-mm-yyyy"


def our_rules_and_drop_downs_stand_behind_the_persons(open_book: Opener, folder: Path) -> None:
    sheet = painted(open_book, folder, plan())["My data"]
    rules = [(str(a.sqref), r) for a in sheet.conditional_formatting for r in a.rules]
    assert len(rules) == 3
    theirs = [r for _, r in rules if r.type == "cellIs"]
    ours = [r for _, r in rules if r.type == "expression"]
    assert len(theirs) == 1 and len(ours) == 2 and theirs[0].priority < min(r.priority for r in ours)
    assert all('N("ims-xl")' in r.formula[0] for r in ours)
    validations = sheet.data_validations.dataValidation
    assert sorted(v.formula1 for v in validations) == ['"27,29"', '"Accept,Reject"']
    assert next(v for v in validations if v.promptTitle == "ims-xl").prompt == "Choose"


def painting_twice_is_painting_once(open_book: Opener, folder: Path) -> None:
    once = painted(open_book, folder, plan())
    host = open_book(folder / "out-book.xlsx")
    host.paint(plan())
    host.save(folder / "twice.xlsx")
    host.close()
    twice = openpyxl.load_workbook(folder / "twice.xlsx")
    assert twice.sheetnames == once.sheetnames
    for name in once.sheetnames:
        assert [[(c.value, look(c)) for c in row] for row in once[name].iter_rows()] == [[(c.value, look(c)) for c in row] for row in twice[name].iter_rows()]
        assert len(twice[name].conditional_formatting) == len(once[name].conditional_formatting)
        assert len(twice[name].data_validations.dataValidation) == len(once[name].data_validations.dataValidation)
        assert {t.name: t.ref for t in twice[name].tables.values()} == {t.name: t.ref for t in once[name].tables.values()}
        assert len(twice[name]._charts) == len(once[name]._charts)


def a_table_of_the_person_takes_the_new_columns_in(open_book: Opener, folder: Path) -> None:
    sheet = painted(open_book, folder, plan())["My data"]
    table = sheet.tables["Purchases"]
    assert table.ref == "A3:F11" and [c.name for c in table.tableColumns] == ["GSTIN", "Number", "Date", "Tax", "Action", "Reduce"]
    assert len({c.id for c in table.tableColumns}) == 6
    assert [sheet.cell(3, c).value for c in (5, 6)] == ["Action", "Reduce"]


def a_heading_that_the_table_has_already_is_told_apart(open_book: Opener, folder: Path) -> None:
    sheet = painted(open_book, folder, Plan(patches=(patch(columns=(TableColumn(5, "number", ["x"] * ROWS),), table_area="A3:E11"),)))["My data"]
    names = [c.name for c in sheet.tables["Purchases"].tableColumns]
    assert len({n.casefold() for n in names}) == 5 and sheet["E3"].value == names[4]


def rows_beyond_the_last_one_continue_its_look(open_book: Opener, folder: Path) -> None:
    path = person_book(folder / "short.xlsx")
    book = openpyxl.load_workbook(path)
    book["My data"].delete_rows(12, 20)
    book.save(path)
    host = open_book(path)
    host.paint(Plan(patches=(patch(rows=[12, 13], columns=(TableColumn(1, "GSTIN", ["one", "two"]), TableColumn(5, "Action", ["Accept", ""], style="input")), table_area="A3:E13"),)))
    host.save(folder / "long.xlsx")
    sheet = openpyxl.load_workbook(folder / "long.xlsx")["My data"]
    assert sheet["A13"].value == "two" and sheet["A13"].fill.fgColor.rgb == "FFFFEE00" and sheet["C12"].number_format == "dd/mm/yy" and sheet["C12"].value is None
    assert sheet["E12"].value == "Accept" and sheet.tables["Purchases"].ref == "A3:E13"


def our_columns_may_be_typed_into_on_a_protected_sheet(open_book: Opener, folder: Path) -> None:
    sheet = painted(open_book, folder, Plan(patches=(patch(columns=(TableColumn(5, "Why", ["because"] * ROWS),)),)), protect=True)["My data"]
    assert sheet.protection.sheet and sheet["E4"].protection.locked is False and sheet["A4"].protection.locked is True


def the_rest_of_a_tab_arrives(open_book: Opener, folder: Path) -> None:
    book = painted(open_book, folder, plan())
    ours = book["Summary"]
    assert book.defined_names["ims_total"].attr_text == "Summary!$A$2"
    assert ours.freeze_panes == "B6" and book["My data"].freeze_panes == "B4"
    assert [str(m) for m in ours.merged_cells.ranges] == ["A1:D1"] and ours.row_dimensions[1].height == 30
    assert ours.column_dimensions["A"].width == 20 and ours.column_dimensions["D"].hidden and ours.column_dimensions["E"].outlineLevel == 1
    assert ours["B2"].hyperlink.location == "'My data'!A1" and ours["C2"].hyperlink.target == "https://example.com/?q=1&r=2"
    table = ours.tables["tblSummary"]
    assert table.ref == "A5:E8" and [c.name for c in table.tableColumns] == ["Name", "Amount", "Date", "Twice", "Name 2"] and ours["E5"].value == "Name 2"
    assert len(ours._charts) == 1 and ours.sheet_properties.tabColor.rgb.endswith("1F3A5F") and not ours.sheet_view.showGridLines
    assert ours.print_title_rows == "$5:$5" and ours.page_setup.orientation == "landscape" and ours.oddFooter.left.text == "Client"
    assert ours.print_area == "'Summary'!$A$1:$C$8"
    assert painted(open_book, folder, Plan(patches=(patch(page=Page(columns=(3,))),)))["My data"].print_area == "'My data'!$A$1:$C$20"
    assert {v.type for v in ours.data_validations.dataValidation} == {"list", "decimal"}


def a_plan_that_cannot_be_painted_changes_nothing(open_book: Opener, folder: Path) -> None:
    host = open_book(person_book(folder / "book.xlsx"))
    before = host.read("My data").frame
    with pytest.raises(ImsXlError, match="Nowhere"):
        host.paint(Plan((tab(),), (patch(), patch(sheet="Nowhere"))))
    assert [s.name for s in host.sheets()] == ["My data", "Notes"] and host.read("My data").frame.equals(before)


def a_sheet_is_read_as_text(open_book: Opener, folder: Path) -> None:
    text = open_book(person_book(folder / "book.xlsx")).read("My data")
    assert list(text.frame.index) == list(range(1, 12)) and list(text.frame.columns) == [1, 2, 3, 4]
    assert text.frame.loc[4].tolist() == ["27AAPFU0939F1ZV", "0004", "2026-10-04", "41"]
    assert text.frame.loc[2].tolist() == ["", "", "", ""] and text.merged == ("A1:C1",)


CHECKS: tuple[Callable[[Opener, Path], None], ...] = (
    text_is_always_text, control_characters_and_long_text_do_not_break_the_book, values_of_every_kind_arrive, a_single_cell_stands_over_the_column_it_lies_in, styles_are_those_of_the_theme, a_persons_cells_stay_as_they_are,
    cells_that_were_there_keep_their_style, our_rules_and_drop_downs_stand_behind_the_persons, painting_twice_is_painting_once, a_table_of_the_person_takes_the_new_columns_in,
    a_heading_that_the_table_has_already_is_told_apart, rows_beyond_the_last_one_continue_its_look, our_columns_may_be_typed_into_on_a_protected_sheet, the_rest_of_a_tab_arrives,
    a_plan_that_cannot_be_painted_changes_nothing, a_sheet_is_read_as_text,
)
