"""The Excel host on a real spreadsheet application; what it wrote is checked in the saved file, by another library."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

import numpy as np
import openpyxl
import xlwings as xw

from ims_xl.hosts.excel import ExcelBook
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, Plan, SheetPlan, TableBlock, TableColumn, TablePatch, Validation

ENGINE = ("lo_engine.py", "lo_native.py")
HOSTILE = ["0012", "1E5", "=A1", "2-3", "'quoted", "+91", "TRUE", "12%", "1234567890123456", "plain words"]


def opened(app: xw.App, path: Path) -> ExcelBook:
    return ExcelBook(app.books.open(str(path)))


def blank_book(app: xw.App, path: Path) -> ExcelBook:
    made = openpyxl.Workbook()
    made.active.title = "Mine"
    made["Mine"]["A1"] = "hers"
    made.save(path)
    return opened(app, path)


def saved(book: ExcelBook, path: Path) -> openpyxl.Workbook:
    book.save(path)
    return openpyxl.load_workbook(path)


def a_sheet() -> SheetPlan:
    rows = len(HOSTILE)
    return SheetPlan(
        "Tab", cells={(1, 1): Cell("=Title", "title"), (2, 1): Cell("0012", "label"), (2, 2): Cell(None, "rupees", formula="=SUM(B5:B14)"), (2, 3): Cell(7, "count")},
        tables=(TableBlock(4, (
            TableColumn(1, "Number", HOSTILE, style="text", width=22),
            TableColumn(2, "Tax", np.arange(rows, dtype=np.int64) * 12345, kind="rupees", style="rupees"),
            TableColumn(3, "Date", np.array(["2026-10-07", "NaT"] * (rows // 2), dtype="datetime64[s]"), kind="date", style="date"),
            TableColumn(4, "In a plain cell", HOSTILE, style="label"),
        )),),
        freeze=(5, 2), formats=(ConditionalFormat("A5:A14", f"($B5>1000)+{OUR_MARK}", "reject"),), validations=(Validation("D5:D14", options=("Yes", "No")),),
        widths={1: 22}, tab_colour="navy",
    )


def test_what_is_text_in_the_plan_is_text_in_the_saved_file(app: xw.App, tmp_path: Path) -> None:
    book = blank_book(app, tmp_path / "b.xlsx")
    book.paint(Plan(sheets=(a_sheet(),), names={"ims_tab": "=Tab!$A$1"}))
    sheet = saved(book, tmp_path / "out.xlsx")["Tab"]
    assert [sheet.cell(r, 1).value for r in range(5, 15)] == HOSTILE
    assert [sheet.cell(r, 4).value for r in range(5, 15)] == HOSTILE
    assert (sheet["A1"].value, sheet["A2"].value, sheet["C2"].value) == ("=Title", "0012", 7)
    assert sheet["A1"].data_type == "s"
    assert sheet["B2"].value == "=SUM(B5:B14)"
    assert sheet["B6"].value == 123.45
    assert sheet["C5"].value.strftime("%Y-%m-%d") == "2026-10-07"
    assert sheet["C6"].value is None


def test_looks_rules_and_frame_reach_the_saved_file(app: xw.App, tmp_path: Path) -> None:
    book = blank_book(app, tmp_path / "b.xlsx")
    book.paint(Plan(sheets=(a_sheet(),), names={"ims_tab": "=Tab!$A$1"}))
    whole = saved(book, tmp_path / "out.xlsx")
    sheet = whole["Tab"]
    assert sheet["A5"].number_format == "@"
    assert sheet["A4"].font.bold
    assert sheet["A4"].fill.fgColor.rgb.endswith("1F3A5F")
    assert sheet["B5"].number_format == "#,##0.00"
    assert sheet.freeze_panes == "B5"
    rules = [r for area in sheet.conditional_formatting for r in area.rules]
    assert len(rules) == 1
    assert OUR_MARK in rules[0].formula[0]
    validation = sheet.data_validations.dataValidation[0]
    assert validation.formula1 == '"Yes,No"'
    assert str(validation.sqref) == "D5:D14"
    assert "ims_tab" in whole.defined_names
    assert whole["Mine"]["A1"].value == "hers"


def test_painting_twice_is_painting_once(app: xw.App, tmp_path: Path) -> None:
    book = blank_book(app, tmp_path / "b.xlsx")
    plan = Plan(sheets=(a_sheet(),), names={"ims_tab": "=Tab!$A$1"})
    book.paint(plan)
    first = book.read("Tab").frame
    book.paint(plan)
    assert book.read("Tab").frame.equals(first)
    sheet = saved(book, tmp_path / "out.xlsx")["Tab"]
    assert len([r for area in sheet.conditional_formatting for r in area.rules]) == 1
    assert len(sheet.data_validations.dataValidation) == 1


def test_a_sheet_reads_as_the_file_host_reads_it(app: xw.App, tmp_path: Path) -> None:
    from ims_xl.hosts.reading import read_sheet

    book = blank_book(app, tmp_path / "b.xlsx")
    book.paint(Plan(sheets=(a_sheet(),)))
    live = book.read("Tab").frame
    book.save(tmp_path / "out.xlsx")
    assert live.to_dict() == read_sheet(tmp_path / "out.xlsx", "Tab").frame.to_dict()


def hers(path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Data"
    for row in (["Number", "Tax", "Note"], ["A-1", 10.5, "keep"], ["002", 20, "keep too"]):
        sheet.append(row)
    sheet["C2"].font = openpyxl.styles.Font(bold=True, color="FF0000")
    made.save(path)


def a_patch() -> TablePatch:
    return TablePatch(
        "Data", 1, [2, 3, 4], (
            TableColumn(1, "Number", ["A-1", "002", "0003"]), TableColumn(4, "Action", ["Accept", "Reject", "Pending"], heading_style="heading_ours", width=14),
            TableColumn(5, "Why", ["=fine", "1-2", "x"]),
        ), "A1:E4", formats=(ConditionalFormat("D2:D4", f'($D2="Reject")+{OUR_MARK}', "reject"),), validations=(Validation("D2:D4", options=("Accept", "Reject")),),
    )


def test_a_patch_writes_its_columns_and_leaves_the_rest(app: xw.App, tmp_path: Path) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    book.paint(Plan(patches=(a_patch(),)))
    sheet = saved(book, tmp_path / "out.xlsx")["Data"]
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["Number", "Tax", "Note", "Action", "Why"], ["A-1", 10.5, "keep", "Accept", "=fine"], ["002", 20, "keep too", "Reject", "1-2"], ["0003", None, None, "Pending", "x"],
    ]
    assert sheet["C2"].font.bold
    assert sheet["D2"].number_format == "@"
    assert sheet["D1"].font.bold


def calls(work: Callable[[], None]) -> int:
    """How often our code turns to the spreadsheet: calls into the engine from outside it, each one or a few calls of COM on Windows."""
    count = 0

    def seen(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        caller = frame.f_back
        if event == "call" and frame.f_code.co_filename.endswith(ENGINE) and caller is not None and not caller.f_code.co_filename.endswith(ENGINE):
            count += 1

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def grown(rows: int) -> Plan:
    """A sheet of ours and a patched one, each with that many rows."""
    lines = np.arange(rows)
    columns = (TableColumn(1, "Number", [f"{n:05d}" for n in lines], style="text"), TableColumn(2, "Tax", lines, kind="rupees", style="rupees"), TableColumn(3, "Double", lines, kind="rupees",
               style="rupees", formulas=[f"=B{n + 5}*2" for n in lines]))
    patch = TablePatch("Mine", 1, list(range(2, rows + 2)), tuple(replace(c, column=c.column + 3, formulas=None) for c in columns), f"D1:F{rows + 1}", validations=(Validation(f"D2:D{rows + 1}", options=("a", "b")),))
    return Plan(sheets=(SheetPlan("Tab", tables=(TableBlock(4, columns),), formats=(ConditionalFormat(f"A5:A{rows + 4}", "$B5>1000", "reject"),)),), patches=(patch,))


def test_the_calls_to_excel_do_not_grow_with_the_rows_and_a_repaint_needs_few(app: xw.App, tmp_path: Path) -> None:
    few, many = blank_book(app, tmp_path / "few.xlsx"), blank_book(app, tmp_path / "many.xlsx")
    first = calls(lambda: few.paint(grown(10)))
    assert calls(lambda: many.paint(grown(3000))) <= first + 2
    assert first < 150
    assert calls(lambda: few.paint(grown(10))) < first
