"""The working paper: the tabs that a reviewer reads, as one PDF, made by LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from openpyxl.utils import get_column_letter

from ims_xl.hosts import open_book
from ims_xl.hosts.safe_files import write_bytes
from ims_xl.hosts.scratch import private_folder
from ims_xl.vocabulary import ImsXlError

PAPER: Final = ("Home", "IMS", "Not in IMS", "Credit Notes", "Pending", "Movement", "Rejected", "Default Risk", "GSTR-2B", "GSTR-3B", "Tie-out", "Legend")
"""Home carries the sign-off block; of IMS the exceptions are printed, with their reasons."""
_AGREED: Final = ("Exact", "Within tolerance")
SECONDS: Final = 180


def soffice() -> str:
    """LibreOffice's program; an ImsXlError says how to get it."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    for usual in (r"C:\Program Files\LibreOffice\program\soffice.exe", "/Applications/LibreOffice.app/Contents/MacOS/soffice"):
        if found is None and Path(usual).exists():
            found = usual
    if found is None:
        raise ImsXlError("Printing to PDF needs LibreOffice, which is not installed here. Install LibreOffice Calc, or print from Excel: the print set-up of every tab is ready.")
    return found


def print_book(path: Path, output: Path) -> None:
    """Writes the PDF; the book is only read."""
    program = soffice()
    if not path.exists():
        raise ImsXlError(f"There is no file {path}.")
    if output.suffix.lower() != ".pdf":
        raise ImsXlError(f"{output.name} must end in .pdf.")
    from ims_xl import book as books

    opened = books.open_state(path)
    wanted = {opened.names.get(name, name) for name in PAPER}
    opened.host.close()
    with private_folder() as folder:
        paper = _only(path, wanted, folder / "paper.xlsx")
        _convert(program, paper, folder)
        made = folder / "paper.pdf"
        if not made.exists():
            raise ImsXlError(f"LibreOffice made no PDF of {path.name}; open the book there once and look for a message.")
        write_bytes(output, made.read_bytes())


def _only(path: Path, wanted: set[str], copy: Path) -> Path:
    """A copy in which only the sheets of the paper show: hidden sheets are not printed."""
    host = open_book(path)
    host.save(copy)
    host.close()
    from openpyxl import load_workbook

    book = load_workbook(copy)
    for sheet in book.worksheets:
        if sheet.title not in wanted:
            sheet.sheet_state = "hidden"
            continue
        headings, first = _headings(sheet)
        if {"Match", "Set by", "Action"} <= set(headings):
            _exceptions(sheet, headings, first)
        if first:
            _without_empty_columns(sheet, headings, first)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise ImsXlError(f"{path.name} has none of the tabs of the working paper; run 'ims-xl reconcile' on it first.")
    book.active = book.worksheets.index(shown[0])
    book.save(copy)
    return copy


def _headings(sheet: Any) -> tuple[dict[str, int], int]:
    """Headings of a list tab -> column, and its first row of data; ({}, 0) where the sheet is no list."""
    for row in sheet.iter_rows(min_row=1, max_row=40):
        found = {cell.value: cell.column for cell in row if isinstance(cell.value, str)}
        if "Document number" in found and len(found) > 8:
            return found, row[0].row + 1
    return {}, 0


def _exceptions(sheet: Any, headings: Mapping[str, int], first: int) -> None:
    """Rows that agree and were accepted by rule need no page; how many they are is said above the table."""
    left_out = 0
    for row in range(first, sheet.max_row + 1):
        match, by, action = (sheet.cell(row, headings[name]).value for name in ("Match", "Set by", "Action"))
        if match in _AGREED and action == "Accept" and by == "rule":
            sheet.row_dimensions[row].hidden = True
            left_out += 1
    if left_out and first > 5:
        said = sheet.cell(first - 4, 1)
        said.value = f"{said.value or ''}  Exceptions only: {left_out} documents that agree with the books and are accepted by rule are not printed.".strip()


def _without_empty_columns(sheet: Any, headings: Mapping[str, int], first: int) -> None:
    """Columns in which nobody wrote anything make the rest small; they stay in the workbook."""
    filled = {cell.column for row in sheet.iter_rows(min_row=first) for cell in row if cell.value not in (None, "")}
    if not filled:
        return
    for column in set(headings.values()) - filled:
        sheet.column_dimensions[get_column_letter(column)].hidden = True


def _convert(program: str, paper: Path, folder: Path) -> None:
    profile = (folder / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(paper)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=sys.platform != "win32") as process:
        try:
            process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            raise ImsXlError(f"LibreOffice took longer than {SECONDS} seconds over {paper.name} and was stopped; print from Excel instead.") from None
