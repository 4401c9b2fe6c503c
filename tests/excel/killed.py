"""A process of its own that paints into a workbook open in LibreOffice and is killed in the middle: `python -m tests.excel.killed PIPE PID NAME`."""

from __future__ import annotations

import os
import signal
import sys

import xlwings as xw

from ims_xl.hosts import excel_paint
from ims_xl.hosts.excel import ExcelBook
from ims_xl.hosts.excel_canvas import Canvas
from ims_xl.workbook.plan import Plan
from tests.excel.lo_engine import Book, Engine
from tests.excel.soffice import Soffice
from tests.excel.test_excel_host import a_patch, a_sheet


def main(pipe: str, pid: int, name: str) -> None:
    """The patch is written, the sheet added and dressed; then there is no more of us."""
    engine = xw.Engine(impl=Engine(Soffice.attached(pipe, pid), "excel"))
    app = engine.impl.apps[0]
    for doc in app.soffice.desktop.Components:
        if doc.Title.startswith(name):
            app.books.open_books.append(Book(app, doc, None))
    real = excel_paint.Painter.put

    def put(self: excel_paint.Painter, sheet: xw.Sheet, canvas: Canvas) -> None:
        real(self, sheet, canvas)
        if sheet.name == "Tab":
            os.kill(os.getpid(), signal.SIGKILL)

    excel_paint.Painter.put = put  # type: ignore[method-assign]
    ExcelBook(xw.Book(impl=app.books.open_books[0])).paint(Plan(sheets=(a_sheet(),), patches=(a_patch(),), names={"ims_tab": "=Tab!$A$1"}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
