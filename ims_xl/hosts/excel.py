"""The workbook that is open in Excel, as a host: sheets read as text, a plan painted in blocks, all of it or nothing.

`ExcelBook.find("Acme 2026-10.xlsx", hwnd)` is the book behind a click of the ribbon. Everything that every engine of xlwings can do
goes through xlwings; the rest through the small interface of `excel_native`.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ims_xl.hosts import excel_journal as journal
from ims_xl.hosts.base import SheetInfo, SheetText
from ims_xl.hosts.excel_native import native_for
from ims_xl.hosts.excel_paint import Canvas, Painter, PatchPlace, patch_canvas, sheet_canvas
from ims_xl.hosts.excel_session import heal_settings, quiet, wait_until_ready
from ims_xl.hosts.excel_strokes import address
from ims_xl.hosts.excel_text import cell_text, text_frame
from ims_xl.vocabulary import Cancelled, ImsXlError
from ims_xl.workbook.plan import OUR_MARK, Plan, SheetPlan, TablePatch


class ExcelBook:
    """One open workbook. `save()` saves it in Excel; `close()` lets go of it and leaves it open, unless we opened it."""

    def __init__(self, book: Any, opened_here: bool = False) -> None:
        self.book = book
        self.app = book.app
        self.native = native_for(self.app)
        self.path = _path_of(book)
        self._opened_here = opened_here
        self.progress_shown = False
        self._places: list[PatchPlace] = []

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
        return tuple(SheetInfo(sheet.name, self.native.state(sheet), self.native.protected(sheet)) for sheet in self.book.sheets)

    def read(self, sheet: str) -> SheetText:
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
        file = journal.unfinished(self.book)
        if file is None:
            return mended
        with quiet(self.app):
            journal.put_back(self.book, self.native, file)
        return True

    # ---- writing
    def paint(self, plan: Plan) -> None:
        """Everything of the plan, or nothing: a failure puts every cell back."""
        wait_until_ready(self.app, self.native)
        self.heal()
        work = self._ready(plan)
        with quiet(self.app):
            active = self.book.sheets.active.name
            file = journal.begin(self.book, self.native, self._image(plan))
            locked = [sheet.name for sheet in self.book.sheets if self.native.protected(sheet) and self.native.unprotect(sheet)]
            try:
                self._paint(plan, work, set(locked))
                self._lock(locked)
            except BaseException as failure:
                self._lock(locked)
                journal.put_back(self.book, self.native, file)
                if getattr(failure, "hresult", 0):
                    raise ImsXlError(f"Excel refused to be written to ({_said(failure)}); the workbook is as it was.") from failure
                raise
            journal.end(self.book, file)
            self._activate(plan.active or active)

    def _ready(self, plan: Plan) -> dict[str, Canvas]:
        """Every matrix, before anything is touched."""
        present = {sheet.name for sheet in self.book.sheets}
        if self.native.structure_protected(self.book) and any(s.name not in present for s in plan.sheets):
            raise ImsXlError(f"{self.book.name}: the workbook's structure is protected, so no sheet can be added; unprotect it (Review, Protect Workbook) and click again.")
        for patch in plan.patches:
            if patch.sheet not in present and all(patch.sheet != s.name for s in plan.sheets):
                raise ImsXlError(f"{self.book.name}: there is no sheet {patch.sheet!r} to write into; found {', '.join(repr(n) for n in sorted(present))}.")
        for name in [*(s.name for s in plan.sheets), *(p.sheet for p in plan.patches)]:
            if name in present and self.native.protected(self.book.sheets[name]) and not self._opens(name):
                raise ImsXlError(f"{self.book.name}: the sheet {name!r} is protected with a password; unprotect it (Review, Unprotect Sheet) and click again.")
        epoch = self.native.epoch_1904(self.book)
        canvases: dict[str, Canvas] = {}
        self._places = [self._place(patch, present) for patch in plan.patches]
        for number, patch in enumerate(plan.patches):
            canvases[f"patch {number}"] = patch_canvas(patch, self._places[number], epoch)
        for sheet in plan.sheets:
            canvases[f"sheet {sheet.name}"] = sheet_canvas(sheet, epoch)
        return canvases

    def _opens(self, name: str) -> bool:
        sheet = self.book.sheets[name]
        opened = self.native.unprotect(sheet)
        if opened:
            self.native.protect(sheet)
        return opened

    def _place(self, patch: TablePatch, present: set[str]) -> PatchPlace:
        if patch.sheet not in present:
            return PatchPlace(0, 0, {}, {}, fresh=True)
        sheet = self.book.sheets[patch.sheet]
        used = sheet.used_range
        last_row, last_column = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
        heads = sheet.range((patch.header_row, 1), (patch.header_row, last_column)).raw_value
        heads = heads[0] if isinstance(heads, (tuple, list)) else (heads,)
        headings = {n: cell_text(v) for n, v in enumerate(heads, 1)}
        last_row = self._last_filled(sheet, patch, last_row, last_column)
        formats: dict[int, str | None] = {}
        if last_row > patch.header_row:
            for column in patch.columns:
                if headings.get(column.column):
                    formats[column.column] = sheet.range((patch.header_row + 1, column.column), (last_row, column.column)).number_format
        return PatchPlace(last_row, last_column, headings, formats, fresh=not any(headings.values()))

    def _last_filled(self, sheet: Any, patch: TablePatch, last_row: int, last_column: int) -> int:
        """Excel counts formatted rows as used; those without a value are not rows of the table."""
        if last_row <= patch.header_row:
            return last_row
        values = sheet.range((patch.header_row + 1, 1), (last_row, last_column)).raw_value
        if not isinstance(values, (tuple, list)):
            values = ((values,),)
        for number in range(len(values), 0, -1):
            if any(v not in (None, "") for v in values[number - 1]):
                return patch.header_row + number
        return patch.header_row

    def _image(self, plan: Plan) -> journal.Image:
        """What stands where the plan will write."""
        present = {sheet.name for sheet in self.book.sheets}
        epoch = self.native.epoch_1904(self.book)
        areas: list[dict[str, Any]] = []
        wanted = {s.name for s in plan.sheets} | {p.sheet for p in plan.patches}
        for name in sorted(wanted & present):
            sheet = self.book.sheets[name]
            used = sheet.used_range
            last_row, last_column = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
            patches = [p for p in plan.patches if p.sheet == name]
            if not patches:
                areas.append({**journal.take_area(sheet, 1, 1, last_row, last_column, epoch), "width_now": _widest(plan, name, last_column)})
                continue
            for patch in patches:
                for first, last in _spans([c.column for c in patch.columns]):
                    area = journal.take_area(sheet, patch.header_row, first, last_row, min(last, last_column), epoch)
                    areas.append({**area, "width_now": last})
                for row, column in patch.cells:
                    areas.append({**journal.take_area(sheet, row, column, row, column, epoch), "width_now": column, "last_row": row})
        known = {name.name: name.refers_to for name in self.book.names}
        return journal.Image(areas, sorted(wanted - present), {n: known[n] for n in plan.names if n in known}, [n for n in plan.names if n not in known])

    def _paint(self, plan: Plan, work: dict[str, Canvas], locked: set[str]) -> None:
        painter = Painter(self.book, self.native, getattr(plan, "palette", "Standard"))
        painter.define(set().union(*(canvas.styles() for canvas in work.values())) if work else set())
        # Sheets first, so that every formula finds the sheet it speaks of; their content comes last.
        fresh = set(self._add_missing(plan))
        for number, patch in enumerate(plan.patches):
            self._patch(painter, patch, self._places[number], work[f"patch {number}"], patch.sheet in fresh)
            if patch.sheet in locked:
                self._unlock(patch, self._places[number])
        for name, refers_to in plan.names.items():
            self.book.names.add(name, refers_to)
        for sheet_plan in plan.sheets:
            sheet = self.book.sheets[sheet_plan.name]
            if self.native.state(sheet) != "visible":
                self.native.set_state(sheet, "visible")
            painter.sheet(sheet, sheet_plan, work[f"sheet {sheet_plan.name}"], sheet_plan.name in fresh)
        for sheet_plan in plan.sheets:
            if sheet_plan.state != "visible":
                self.native.set_state(self.book.sheets[sheet_plan.name], sheet_plan.state)

    def _add_missing(self, plan: Plan) -> list[str]:
        present = {sheet.name for sheet in self.book.sheets}
        added = [s.name for s in plan.sheets if s.name not in present]
        for name in added:
            self.book.sheets.add(name, after=self.book.sheets[len(self.book.sheets) - 1])
        return added

    def _patch(self, painter: Painter, patch: TablePatch, place: PatchPlace, canvas: Canvas, fresh: bool) -> None:
        sheet = self.book.sheets[patch.sheet]
        added = [int(r) for r in patch.rows if r > place.last_row]
        if added and patch.keep_styles and place.last_row > patch.header_row:
            self.native.continue_look(sheet, place.last_row, [min(added), max(added)], place.last_column)
        if not patch.keep_rules:
            self.native.remove_formats(sheet, OUR_MARK)     # before the values: Excel would work them out for every block
        painter.put(sheet, canvas)
        for column in patch.columns:
            if not place.headings.get(column.column):
                cell = sheet.range((1, column.column))
                if column.width is not None:
                    cell.column_width = column.width
                if column.hidden:
                    cell.columns.hidden = True
                if column.outline:
                    self.native.outline(sheet, column.column, column.outline)
        if patch.table_area:
            self.native.autofilter(sheet, patch.table_area)
        if patch.keep_rules:
            return
        for rule in patch.validations:
            first, last = journal.rows_of(patch.rows)
            for part in _column_spans(rule.area, first, last):
                self.native.remove_validations(sheet, part)
        painter.rules(sheet, patch.formats, patch.validations)
        if patch.page and (fresh or place.fresh):
            self.native.page(sheet, patch.page)
        if patch.freeze and not self.native.frozen(sheet):
            self.native.window(sheet, patch.freeze, 0, None)

    def _unlock(self, patch: TablePatch, place: PatchPlace) -> None:
        """Our columns on a person's protected sheet may be typed into."""
        first, last = journal.rows_of(patch.rows)
        for column in patch.columns:
            if not place.headings.get(column.column) and last >= first:
                self.native.unlock(self.book.sheets[patch.sheet], address((first, column.column, last, column.column)))

    def _lock(self, names: list[str]) -> None:
        """Sheets that were protected before are protected again."""
        for sheet in self.book.sheets:
            if sheet.name in names and not self.native.protected(sheet):
                self.native.protect(sheet)

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


def excel_side() -> Any:
    """xlwings, loaded quickly and tamed.

    It would load polars where that happens to be installed, retry a busy Excel for ever, and end window-less Excels as our process ends; none of it is ours to do.
    """
    if "xlwings" not in sys.modules:
        without = {name: None for name in ("polars",) if name not in sys.modules}
        sys.modules.update(without)          # type: ignore[arg-type]  # None makes an import fail at once
        try:
            importlib.import_module("xlwings")
        finally:
            for name in without:
                del sys.modules[name]
    xw = sys.modules["xlwings"]
    windows = getattr(xw, "_xlwindows", None)
    if windows is not None and hasattr(windows, "cleanup"):
        windows.N_COM_ATTEMPTS = 20_000
        atexit.unregister(windows.cleanup)
    return xw


def _said(failure: BaseException) -> str:
    """Excel's own words, where it has any."""
    info = getattr(failure, "excepinfo", None)
    return str(info[2]) if info and len(info) > 2 and info[2] else f"{type(failure).__name__}: {failure}"


def _spans(numbers: list[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for n in sorted(set(numbers)):
        if spans and n == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], n)
        else:
            spans.append((n, n))
    return spans


def _column_spans(area: str, first: int, last: int) -> list[str]:
    """The columns of an area over all the table's rows."""
    found = {part.split(":")[0].rstrip("0123456789") for part in area.split()}
    return [f"{column}{first}:{column}{last}" for column in sorted(found)] if last >= first else []


def _widest(plan: Plan, name: str, at_least: int) -> int:
    sheet: SheetPlan = next(s for s in plan.sheets if s.name == name)
    return max([at_least, *(column for _, column in sheet.cells), *(c.column for t in sheet.tables for c in t.columns)])
