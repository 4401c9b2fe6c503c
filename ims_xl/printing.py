"""The working paper: the tabs that a reviewer reads, as one PDF, made by LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from ims_xl import book as books
from ims_xl.hosts import open_book
from ims_xl.hosts.safe_files import write_bytes
from ims_xl.vocabulary import ImsXlError

PAPER: Final = ("Home", "IMS", "Not in IMS", "Credit Notes", "Pending", "Rejected", "Default Risk", "GSTR-2B", "GSTR-3B", "Tie-out", "Legend")
"""Home carries the sign-off block; IMS is the list of decisions with their reasons."""
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
    opened = books.open_state(path)
    wanted = {opened.names.get(name, name) for name in PAPER}
    opened.host.close()
    with tempfile.TemporaryDirectory() as private:
        folder = Path(private)
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
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise ImsXlError(f"{path.name} has none of the tabs of the working paper; run 'ims-xl reconcile' on it first.")
    book.active = book.worksheets.index(shown[0])
    book.save(copy)
    return copy


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
