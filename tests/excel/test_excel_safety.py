"""All or nothing in a live workbook: failures, Esc, a busy Excel and the end of our process leave it as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from ims_xl.hosts import excel_paint
from ims_xl.hosts.excel import ExcelBook
from ims_xl.hosts.excel_session import MARKER, quiet
from ims_xl.vocabulary import Cancelled, ImsXlError
from ims_xl.workbook.plan import Plan
from tests.excel.test_excel_host import a_patch, a_sheet, hers, opened


def content(book: ExcelBook) -> dict[str, Any]:
    return {info.name: book.read(info.name).frame.to_dict() for info in book.sheets()}


def test_a_failure_in_the_middle_puts_every_cell_back(app: xw.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    before = content(book)

    def fails(*_: object) -> None:
        raise RuntimeError("the spreadsheet says no")

    monkeypatch.setattr(excel_paint.Painter, "sheet", fails)
    with pytest.raises(RuntimeError, match="says no"):
        book.paint(Plan(sheets=(a_sheet(),), patches=(a_patch(),), names={"ims_tab": "=Tab!$A$1"}))
    assert content(book) == before
    assert "ims_tab" not in [n.name for n in book.book.names]
    assert app.screen_updating
    assert app.calculation == "automatic"


def test_a_second_painting_that_fails_brings_back_the_first(app: xw.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    plan = Plan(sheets=(a_sheet(),), patches=(a_patch(),))
    book.paint(plan)
    before = content(book)
    real = excel_paint.Painter.put

    def fails_late(self: Any, sheet: Any, canvas: Any) -> None:
        real(self, sheet, canvas)
        if sheet.name == "Tab":
            sheet.range("A5:D14").clear_contents()
            raise RuntimeError("gone")

    monkeypatch.setattr(excel_paint.Painter, "put", fails_late)
    with pytest.raises(RuntimeError):
        book.paint(replace(plan, sheets=(replace(a_sheet(), merges=("A1:C1",)),)))
    assert content(book) == before
    assert book.book.sheets["Tab"].range("B2").formula == "=SUM(B5:B14)"


def test_a_killed_process_is_healed_by_the_next_action(app: xw.App, tmp_path: Path) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    before = content(book)
    office = app.impl.soffice
    done = subprocess.run([sys.executable, "-m", "tests.excel.killed", office.pipe, str(office.pid), "b.xlsx"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    doc = book.book.impl.doc
    assert "Tab" in [s.name for s in book.sheets()]
    assert content(book) != before
    assert not app.screen_updating
    assert not doc.isAutomaticCalculationEnabled()
    with ExcelBook(app.books[0]).at_work():
        assert app.screen_updating
        assert doc.isAutomaticCalculationEnabled()
        assert content(book) == before
    assert {MARKER, "ims_tab"}.isdisjoint(n.name for n in book.book.names)
    book.paint(Plan(sheets=(a_sheet(),), patches=(a_patch(),)))
    assert content(book) != before


def test_esc_cancels_before_anything_is_written(app: xw.App, tmp_path: Path) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    app.impl.native.escape = True
    with pytest.raises(Cancelled), book.at_work():
        book.progress("Matching", 0.5)
    assert app.status_bar is False


def test_a_busy_excel_gets_a_polite_message(app: xw.App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    app.impl.native.is_ready = False
    monkeypatch.setattr("ims_xl.hosts.excel.wait_until_ready", lambda a, n: __import__("ims_xl.hosts.excel_session", fromlist=["x"]).wait_until_ready(a, n, 0.1))
    with pytest.raises(ImsXlError, match="finish the cell"):
        book.paint(Plan(sheets=(a_sheet(),)))


def test_settings_come_back_whatever_they_were(app: xw.App) -> None:
    app.enable_events, app.calculation = False, "manual"
    try:
        with quiet(app):
            pass
        assert (app.enable_events, app.calculation, app.screen_updating) == (False, "manual", True)
    finally:
        app.enable_events, app.calculation = True, "automatic"


def test_a_sheet_locked_with_a_password_is_refused_before_anything_is_written(app: xw.App, tmp_path: Path) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    book.book.sheets["Data"].impl.uno.protect("secret")
    before = content(book)
    with pytest.raises(ImsXlError, match="protected with a password"):
        book.paint(Plan(sheets=(a_sheet(),), patches=(a_patch(),)))
    assert content(book) == before


def test_a_protected_sheet_of_ours_is_opened_and_protected_again(app: xw.App, tmp_path: Path) -> None:
    hers(tmp_path / "b.xlsx")
    book = opened(app, tmp_path / "b.xlsx")
    book.book.sheets["Data"].impl.uno.protect("")
    book.paint(Plan(patches=(a_patch(),)))
    assert book.native.protected(book.book.sheets["Data"])


def test_a_book_is_found_by_its_name_whatever_stands_in_it(app: xw.App, tmp_path: Path) -> None:
    hers(tmp_path / "A = B & C (Oct).xlsx")
    app.books.open(str(tmp_path / "A = B & C (Oct).xlsx"))
    assert ExcelBook.find("a = b & c (oct).xlsx", app.hwnd).path.name == "A = B & C (Oct).xlsx"
    with pytest.raises(ImsXlError, match="is not open in Excel"):
        ExcelBook.find("other.xlsx", app.hwnd)
