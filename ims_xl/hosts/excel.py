"""The workbook that is open in Excel, as a host: sheets read as text, a plan painted in blocks, all of it or nothing.

`ExcelBook.find("Acme 2026-10.xlsx", hwnd)` is the book behind a click of the ribbon. Everything that every engine of xlwings can do
goes through xlwings; the rest through the small interface of `excel_native`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ims_xl.hosts.base import SheetInfo, SheetText
from ims_xl.hosts.excel_com import native_for
from ims_xl.hosts.excel_session import MARKER, heal_settings, quiet, wait_until_ready
from ims_xl.hosts.excel_xlwings import excel_side
from ims_xl.vocabulary import Cancelled, ImsXlError

if TYPE_CHECKING:
    from ims_xl.workbook.plan import Plan

__all__ = ["ExcelBook", "excel_side"]


class ExcelBook:
    """One open workbook. `save()` saves it in Excel; `close()` lets go of it and leaves it open, unless we opened it."""

    def __init__(self, book: Any, opened_here: bool = False) -> None:
        self.book = book
        self.app = book.app
        self.native = native_for(self.app)
        self.path = _path_of(book)
        self._opened_here = opened_here
        self.progress_shown = False

    @classmethod
    def find(cls, name: str, hwnd: int = 0) -> ExcelBook:
        """The open book of that name in the Excel with that window; ImsXlError where it is not open."""
        xw = excel_side()
        apps: list[Any] = [app for app in xw.apps if not hwnd or app.hwnd == hwnd] or list(xw.apps) if xw.engines.active else []
        for app in apps:
            wait_until_ready(app, native_for(app))
            for book in app.books:
                if book.name.casefold() == name.casefold():
                    return cls(book)
        raise ImsXlError(f"The workbook '{name}' is not open in Excel." if apps else "Excel is not running, or cannot be reached from here.")

    @classmethod
    def open(cls, path: Path) -> ExcelBook:
        """Opens the file in the running Excel, or in one that is started for it."""
        xw = excel_side()
        if xw.engines.active is None:
            raise ImsXlError("Excel is not installed here; the host 'package' writes the same workbook without it.")
        if not path.exists():
            raise ImsXlError(f"{path}: there is no such file.")
        app = xw.apps.active or xw.App(add_book=False)
        return cls(app.books.open(str(path)), opened_here=True)

    # ---- reading
    def sheets(self) -> tuple[SheetInfo, ...]:
        return tuple(SheetInfo(sheet.name, self.native.state(sheet)) for sheet in self.book.sheets)

    def read_two(self, one: str, other: str) -> tuple[SheetText, SheetText]:
        return self.read(one), self.read(other)

    def read(self, sheet: str) -> SheetText:
        from ims_xl.hosts.excel_text import text_frame

        page = self._sheet(sheet)
        used = page.used_range
        rows, columns = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
        whole = page.range((1, 1), (rows, columns))
        frame = text_frame(whole.raw_value, rows, columns)
        top = min(40, frame.shape[0])
        return SheetText(page.name, frame, self.native.merged(page, top, frame.shape[1]) if top and frame.shape[1] else ())

    def _sheet(self, name: str) -> Any:
        for sheet in self.book.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise ImsXlError(f"{self.book.name}: there is no sheet {name!r}; found {', '.join(repr(s.name) for s in self.book.sheets)}.")

    # ---- progress, cancelling, healing
    def progress(self, what: str, share: float) -> None:
        """Shows what is done in Excel's status bar; Esc raises `Cancelled`, so it is called only where nothing is half-written."""
        if self.native.cancel_pressed():
            raise Cancelled("Cancelled with Esc; nothing was changed.")
        self.app.status_bar = f"ims-xl: {what} ({share:.0%})"
        self.progress_shown = True

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """One action on the book: waits for Excel, heals what a killed run left behind, and leaves the status bar clean."""
        wait_until_ready(self.app, self.native)
        self.heal()
        try:
            yield
        finally:
            if self.progress_shown:
                self.app.status_bar = False
                self.progress_shown = False

    def heal(self) -> bool:
        """Puts settings and cells back where an earlier run was killed; True where there was something to mend."""
        mended = heal_settings(self.app)
        if not self.book.names.impl.contains(MARKER):
            return mended
        from ims_xl.hosts import excel_journal as journal

        file = journal.unfinished(self.book)
        if file is None:
            return mended
        with quiet(self.app):
            journal.put_back(self.book, self.native, file)
        return True

    # ---- writing
    def paint(self, plan: Plan) -> None:
        """Everything of the plan, or nothing: a failure puts every cell back."""
        from ims_xl.hosts import excel_journal as journal
        from ims_xl.hosts import excel_left as left
        from ims_xl.hosts.excel_writing import Writing

        wait_until_ready(self.app, self.native)
        self.heal()
        writing = Writing(self.book, self.native, plan)
        writing.refuse_what_cannot_be()
        with quiet(self.app):
            active = self.book.sheets.active.name
            image = writing.image()
            file = journal.begin(self.book, self.native, image)
            try:
                left.forget(self.book)
                writing.write(image)
                writing.remember()
            except BaseException as failure:
                writing.lock()
                journal.put_back(self.book, self.native, file)
                if getattr(failure, "hresult", 0):
                    raise ImsXlError(f"Excel refused to be written to ({_said(failure)}); the workbook is as it was.") from failure
                raise
            journal.end(self.book, file)
            self._activate(plan.active or active)

    def _activate(self, name: str) -> None:
        for sheet in self.book.sheets:
            if sheet.name == name and self.native.state(sheet) == "visible":
                sheet.activate()

    # ---- saving
    def save(self, path: Path | None = None) -> None:
        """In Excel: over the book itself, or as a copy at `path` (the open book keeps its name)."""
        try:
            if path is None or (self.path.exists() and path.exists() and path.samefile(self.path)):
                self.native.save(self.book)
            else:
                self.native.save_copy(self.book, str(path))
        except ImsXlError:
            raise
        except Exception as refused:
            raise ImsXlError(f"{self.book.name}: Excel could not save it ({_said(refused)}).") from refused

    def close(self) -> None:
        """Lets go; a book that we opened is closed without saving."""
        if self._opened_here:
            self.book.close()


def _path_of(book: Any) -> Path:
    """Where the book is saved; only its name where it never was, or lies in a cloud folder without a copy on this computer."""
    try:
        return Path(book.fullname)
    except Exception:  # noqa: BLE001 - xlwings raises various errors for cloud addresses that it cannot map
        return Path(book.name)


def _said(failure: BaseException) -> str:
    """Excel's own words, where it has any."""
    info = getattr(failure, "excepinfo", None)
    return str(info[2]) if info and len(info) > 2 and info[2] else f"{type(failure).__name__}: {failure}"
