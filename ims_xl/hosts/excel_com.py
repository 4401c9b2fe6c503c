"""Excel by COM: the small native interface over `.api`, as xlwings hands it out on Windows.

Nothing here runs without Excel; every member named is Excel's own (see `docs/windows-smoke-test.md` for what only Excel can
prove). Numbers are Excel's constants, named where they stand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ims_xl.hosts.excel_areas import header_parts, held_by
from ims_xl.hosts.excel_com_looks import ComLooks
from ims_xl.hosts.excel_com_rules import ComRules
from ims_xl.hosts.excel_native import Native, State
from ims_xl.hosts.excel_strokes import hidden_runs
from ims_xl.hosts.print_area import print_area

if TYPE_CHECKING:
    from ims_xl.workbook.plan import Page

_STATES: Final[dict[State, int]] = {"visible": -1, "hidden": 0, "very_hidden": 2}
_ESCAPE: Final = 0x1B


def native_for(app: Any) -> Native:
    """The native side of an xlwings app: its own where it carries one, else Excel by COM."""
    carried: Native | None = getattr(app.impl, "native", None)
    return carried if carried is not None else ComNative()


class ComNative(ComLooks, ComRules):
    """Excel on Windows."""

    def ready(self, app: Any) -> bool:
        """Excel answers `Ready`; while a cell is edited it rejects the call itself."""
        try:
            # The retry wrapper of xlwings would wait for ever, so the raw object is asked.
            return bool(vars(app.api).get("_inner", app.api).Ready)
        except Exception as refused:
            if _hresult(refused) in (-2147418111, -2147417846, -2146777998):  # rejected, retry later, busy
                return False
            raise

    def cancel_pressed(self) -> bool:
        if sys.platform != "win32":
            return False
        import ctypes

        return bool(ctypes.windll.user32.GetAsyncKeyState(_ESCAPE) & 0x8000)

    def epoch_1904(self, book: Any) -> bool:
        return bool(book.api.Date1904)

    def clear(self, sheet: Any) -> None:
        api = sheet.api
        if api.AutoFilterMode:
            api.AutoFilterMode = False
        for number in range(api.ListObjects.Count, 0, -1):
            api.ListObjects(number).Unlist()
        if api.ChartObjects().Count:
            api.ChartObjects().Delete()
        if api.Hyperlinks.Count:
            api.Hyperlinks.Delete()
        cells = api.Cells
        cells.FormatConditions.Delete()
        cells.Validation.Delete()
        cells.Clear()
        cells.ClearOutline()
        cells.EntireColumn.Hidden = False

    def state(self, sheet: Any) -> State:
        shown = int(sheet.api.Visible)
        return next(state for state, number in _STATES.items() if number == shown)

    def set_state(self, sheet: Any, state: State) -> None:
        sheet.api.Visible = _STATES[state]

    def protected(self, sheet: Any) -> bool:
        return bool(sheet.api.ProtectContents)

    def unprotect(self, sheet: Any) -> bool:
        try:
            sheet.api.Unprotect("")
        except Exception as refused:
            if _hresult(refused) == 0:
                raise
        return not sheet.api.ProtectContents

    def protect(self, sheet: Any) -> None:
        sheet.api.Protect(DrawingObjects=False, Contents=True, AllowFormattingColumns=True, AllowFormattingRows=True, AllowFiltering=True, AllowSorting=True)

    def page(self, sheet: Any, page: Page) -> None:
        app, setup = sheet.api.Application, sheet.api.PageSetup
        app.PrintCommunication = False          # one talk with the printer driver instead of eight
        try:
            setup.Orientation, setup.PaperSize = (2 if page.landscape else 1), 9   # A4
            if page.fit_width:
                setup.Zoom, setup.FitToPagesWide, setup.FitToPagesTall = False, 1, False
            if page.repeat_rows:
                setup.PrintTitleRows = f"${page.repeat_rows[0]}:${page.repeat_rows[1]}"
            for text, kind in ((page.header, "Header"), (page.footer, "Footer")):
                parts = header_parts(text)
                for part, value in zip(("Left", "Center", "Right"), parts):
                    setattr(setup, part + kind, value)
        finally:
            app.PrintCommunication = True

    def print_area(self, sheet: Any, page: Page, last_row: int) -> None:
        setup = sheet.api.PageSetup
        area = print_area(page, last_row, setup.PrintArea or "")
        if area:
            setup.PrintArea = area

    def frozen(self, sheet: Any) -> bool:
        if sheet.api.Visible != -1:
            return False
        sheet.api.Activate()
        return bool(sheet.api.Application.ActiveWindow.FreezePanes)

    def window(self, sheet: Any, freeze: tuple[int, int] | None, zoom: int, gridlines: bool | None) -> None:
        if sheet.api.Visible != -1:
            return
        sheet.api.Activate()
        window = sheet.api.Application.ActiveWindow
        window.FreezePanes = False
        window.ScrollRow, window.ScrollColumn = 1, 1
        if zoom:
            window.Zoom = zoom
        if gridlines is not None:
            window.DisplayGridlines = gridlines
        if freeze:
            window.SplitRow, window.SplitColumn = freeze[0] - 1, freeze[1] - 1
            window.FreezePanes = True

    def table(self, sheet: Any, area: str, name: str) -> None:
        api = sheet.api
        found = self._table_at(api, api.Range(area))
        if found is not None:
            found.Resize(api.Range(area))
            return
        table = api.ListObjects.Add(1, api.Range(area), None, 1)   # xlSrcRange, headings: yes
        table.Name, table.TableStyle = name, ""

    def autofilter(self, sheet: Any, area: str) -> None:
        api = sheet.api
        cells = api.Range(area)
        found = self._table_at(api, cells)
        if found is not None:
            found.Resize(cells)
        elif not api.AutoFilterMode:
            cells.AutoFilter()
        elif api.AutoFilter.Range.Row == cells.Row and not api.FilterMode and api.AutoFilter.Range.Address != cells.Address:
            api.AutoFilterMode = False      # nothing is filtered, so nothing is lost by drawing the arrows anew
            cells.AutoFilter()

    def _table_at(self, api: Any, cells: Any) -> Any:
        for number in range(1, api.ListObjects.Count + 1):
            table = api.ListObjects(number)
            if api.Application.Intersect(table.Range, cells) is not None:
                return table
        return None

    def merged(self, sheet: Any, rows: int, columns: int) -> tuple[str, ...]:
        api = sheet.api
        found: dict[str, None] = {}
        for row in held_by(1, rows, lambda a, b: api.Range(api.Cells(a, 1), api.Cells(b, columns)).MergeCells is not False):
            beyond = 0
            for column in held_by(1, columns, _merged_in(api, row)):
                if column > beyond:
                    area = api.Cells(row, column).MergeArea
                    found[area.Address.replace("$", "")] = None
                    beyond = area.Column + area.Columns.Count - 1
        return tuple(found)

    def visible_rows(self, sheet: Any, first: int, last: int) -> list[int]:
        api = sheet.api
        try:
            shown = api.Range(api.Cells(first, 1), api.Cells(last, 1)).EntireRow.SpecialCells(12)   # visible cells
        except Exception as refused:
            if _hresult(refused) == 0:
                raise
            return []
        rows = {r for area in shown.Areas for r in range(max(first, area.Row), min(last, area.Row + area.Rows.Count - 1) + 1)}
        return sorted(rows)

    def areas(self, selection: Any) -> list[tuple[int, int]]:
        return [(area.Row, area.Row + area.Rows.Count - 1) for area in selection.api.Areas]

    def show_only(self, sheet: Any, first: int, last: int, rows: Sequence[int]) -> None:
        api = sheet.api
        if api.FilterMode:
            api.ShowAllData()
        api.Rows(f"{first}:{last}").Hidden = False
        for start, end in hidden_runs(first, last, rows):
            api.Rows(f"{start}:{end}").Hidden = True

    def structure_protected(self, book: Any) -> bool:
        return bool(book.api.ProtectStructure)

    def hide_name(self, book: Any, name: str) -> None:
        book.api.Names(name).Visible = False

    def unsaved(self, book: Any) -> bool:
        return not book.api.Saved

    def print_pdf(self, book: Any, sheets: Sequence[str], path: str) -> None:
        api = book.api
        for name in sheets:
            api.Sheets(name).Visible = -1
        for number in range(1, api.Sheets.Count + 1):
            if api.Sheets(number).Name not in sheets:
                api.Sheets(number).Visible = 2      # hidden sheets are not printed
        api.ExportAsFixedFormat(0, path)            # xlTypePDF

    def save_copy(self, book: Any, path: str) -> None:
        book.api.SaveCopyAs(path)

    def save(self, book: Any) -> None:
        book.api.Save()


def _merged_in(api: Any, row: int) -> Callable[[int, int], bool]:
    """Whether any cell of the row from one column to another is merged."""
    return lambda first, last: api.Range(api.Cells(row, first), api.Cells(row, last)).MergeCells is not False


def _hresult(refused: Exception) -> int:
    """A COM error's number; 0 for any other exception."""
    number = getattr(refused, "hresult", 0)
    return number if isinstance(number, int) else 0
