"""Excel by COM: the small native interface over `.api`, as xlwings hands it out on Windows.

Nothing here runs without Excel; every member named is Excel's own (see `docs/windows-smoke-test.md` for what only Excel can
prove). Numbers are Excel's constants, named where they stand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ims_xl.hosts.print_area import print_area

if TYPE_CHECKING:
    from ims_xl.hosts.excel_native import State
    from ims_xl.workbook.plan import Chart, ConditionalFormat, Page, Validation
    from ims_xl.workbook.theme import Differential, Style

_SIDES: Final = {"left": -4131, "right": -4152, "top": -4160, "bottom": -4107}           # xlLeft, xlRight, xlTop, xlBottom (styles)
_LINES: Final = {"hair": (1, 1), "thin": (1, 2), "medium": (1, -4138), "double": (-4119, 4)}  # LineStyle, Weight
_HORIZONTAL: Final = {"": 1, "left": -4131, "center": -4108, "right": -4152}              # xlGeneral ...
_VERTICAL: Final = {"": -4107, "top": -4160, "center": -4108, "bottom": -4107}
_STATES: Final = {"visible": -1, "hidden": 0, "very_hidden": 2}
_CHARTS: Final = {"column": 51, "stacked": 52, "bar": 57, "line": 4, "doughnut": -4120}
_EXPRESSION: Final = 2            # xlExpression
_VALIDATION: Final = {"list": 3, "length": 6, "decimal": 2, "date": 4}
_ESCAPE: Final = 0x1B


def _rgb(colour: str) -> int:
    """Excel's colour number: blue, green, red from high to low."""
    return int(colour[4:6] + colour[2:4] + colour[0:2], 16)


class ComNative:
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

    def style_names(self, book: Any) -> set[str]:
        known = book.api.Styles
        return {str(known(i).Name) for i in range(1, known.Count + 1)}

    def define_styles(self, book: Any, styles: dict[str, Style]) -> None:
        known = book.api.Styles
        present = self.style_names(book)
        for name, look in styles.items():
            style = known(name) if name in present else known.Add(name)
            style.NumberFormat = look.number_format
            style.Font.Name, style.Font.Size, style.Font.Bold, style.Font.Italic = look.font, look.size, look.bold, look.italic
            style.Font.Underline = 2 if look.underline else -4142
            style.Font.Color = _rgb(look.colour)
            if look.fill:
                style.Interior.Color = _rgb(look.fill)
            else:
                style.Interior.ColorIndex = -4142
            for side, number in _SIDES.items():
                line = getattr(look, side)
                border = style.Borders(number)
                if line:
                    border.LineStyle, border.Weight = _LINES[line]
                    border.Color = _rgb(look.border_colour)
                else:
                    border.LineStyle = -4142
            style.HorizontalAlignment = _HORIZONTAL["left" if look.indent and not look.horizontal else look.horizontal]
            style.VerticalAlignment = _VERTICAL[look.vertical]
            style.WrapText, style.IndentLevel, style.Locked = look.wrap, look.indent, look.locked

    def wear(self, sheet: Any, area: str, style: str) -> None:
        sheet.api.Range(area).Style = style

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
        return {-1: "visible", 0: "hidden", 2: "very_hidden"}[int(sheet.api.Visible)]  # type: ignore[return-value]

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

    def tab_colour(self, sheet: Any, colour: str) -> None:
        sheet.api.Tab.Color = _rgb(colour)

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

    def unlock(self, sheet: Any, area: str) -> None:
        sheet.api.Range(area).Locked = False

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

    def outline(self, sheet: Any, column: int, level: int) -> None:
        sheet.api.Columns(column).OutlineLevel = level + 1

    def table(self, sheet: Any, area: str, name: str) -> None:
        api = sheet.api
        found = self._table_at(api, api.Range(area))
        if found is not None:
            found.Resize(api.Range(area))
            return
        table = api.ListObjects.Add(1, api.Range(area), None, 1)   # xlSrcRange, headings: yes
        table.Name, table.TableStyle = name, ""

    def row_height(self, sheet: Any, rows: Sequence[str], height: float) -> None:
        for area in area_chunks(" ".join(rows)):
            sheet.api.Range(area).RowHeight = height

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

    def has_formula(self, sheet: Any, area: str) -> bool:
        return sheet.api.Range(area).HasFormula is not False        # None where some cells have one

    def rule_count(self, sheet: Any) -> int:
        return int(sheet.api.Cells.FormatConditions.Count)

    def number_format(self, sheet: Any, areas: Sequence[str]) -> str | None:
        found = {sheet.api.Range(area).NumberFormat for area in area_chunks(" ".join(areas))}
        return found.pop() if len(found) == 1 else None

    def remove_formats(self, sheet: Any, mark: str) -> None:
        rules = sheet.api.Cells.FormatConditions
        for number in range(rules.Count, 0, -1):
            rule = rules(number)
            if rule.Type == _EXPRESSION and mark in rule.Formula1:
                rule.Delete()

    def add_format(self, sheet: Any, rule: ConditionalFormat, look: Differential) -> None:
        # Excel reads a relative formula from the active cell, not from the area's first cell.
        state = sheet.api.Visible
        if state != -1:
            sheet.api.Visible = -1
        sheet.api.Activate()
        for area in area_chunks(rule.area):
            cells = sheet.api.Range(area)
            sheet.api.Range(rule.area.split()[0]).Cells(1, 1).Select()
            _dress(cells.FormatConditions.Add(Type=_EXPRESSION, Formula1="=" + rule.formula), rule.stop_if_true, look)
        if state != -1:
            sheet.api.Visible = state

    def remove_validations(self, sheet: Any, area: str) -> None:
        sheet.api.Range(area).Validation.Delete()

    def add_validation(self, sheet: Any, rule: Validation, title: str) -> None:
        for area in area_chunks(rule.area):
            self._validate(sheet.api.Range(area).Validation, rule, title)

    def _validate(self, validation: Any, rule: Validation, title: str) -> None:
        validation.Delete()
        if rule.kind == "list":
            validation.Add(Type=3, AlertStyle=1, Formula1=rule.source or ",".join(rule.options))
            validation.InCellDropdown = True
        else:
            low, high = rule.minimum, rule.maximum
            operator = 1 if low is not None and high is not None else 7 if low is not None else 8   # between, >=, <=
            first = low if low is not None else high
            kwargs: dict[str, Any] = {"Type": _VALIDATION[rule.kind], "AlertStyle": 1, "Operator": operator, "Formula1": _number(first)}
            if operator == 1:
                kwargs["Formula2"] = _number(high)
            validation.Add(**kwargs)
        validation.IgnoreBlank = True
        validation.InputTitle, validation.InputMessage, validation.ShowInput = title, rule.prompt[:255], bool(rule.prompt)
        validation.ErrorTitle, validation.ErrorMessage, validation.ShowError = title, rule.error[:255], True

    def link(self, sheet: Any, row: int, column: int, target: str, text: str) -> None:
        cell = sheet.api.Cells(row, column)
        style = cell.Style.Name
        address, _, place = target.partition("#")
        sheet.api.Hyperlinks.Add(Anchor=cell, Address=address, SubAddress=place)
        cell.Style = style      # Excel dresses a link in its own style

    def chart(self, sheet: Any, chart: Chart) -> None:
        corner = sheet.api.Cells(chart.row, chart.column)
        made = sheet.api.ChartObjects().Add(corner.Left, corner.Top, chart.width * 0.75, chart.height * 0.75).Chart
        made.ChartType = _CHARTS[chart.kind]
        while made.SeriesCollection().Count:
            made.SeriesCollection(1).Delete()
        for series in chart.series:
            line = made.SeriesCollection().NewSeries()
            line.Name, line.XValues, line.Values = series.name, "=" + series.categories, "=" + series.values
            if series.colour and chart.kind != "doughnut":
                line.Format.Fill.ForeColor.RGB = _rgb(series.colour)
                if chart.kind == "line":
                    line.Format.Line.ForeColor.RGB = _rgb(series.colour)
        made.HasTitle = bool(chart.title)
        if chart.title:
            made.ChartTitle.Text = chart.title
        made.HasLegend = len(chart.series) > 1 or chart.kind == "doughnut"
        if chart.number_format and chart.kind != "doughnut":
            made.Axes(2).TickLabels.NumberFormat = chart.number_format

    def continue_look(self, sheet: Any, from_row: int, rows: Sequence[int], columns: int) -> None:
        api = sheet.api
        api.Range(api.Cells(from_row, 1), api.Cells(from_row, columns)).Copy()
        api.Range(api.Cells(rows[0], 1), api.Cells(rows[-1], columns)).PasteSpecial(Paste=-4122)   # formats
        api.Application.CutCopyMode = False

    def merged(self, sheet: Any, rows: int, columns: int) -> tuple[str, ...]:
        api = sheet.api
        found: dict[str, None] = {}
        for row in held_by(1, rows, lambda a, b: api.Range(api.Cells(a, 1), api.Cells(b, columns)).MergeCells is not False):
            beyond = 0
            for column in held_by(1, columns, lambda a, b, row=row: api.Range(api.Cells(row, a), api.Cells(row, b)).MergeCells is not False):  # type: ignore[misc]
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
        from ims_xl.hosts.excel_strokes import hidden_runs

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


def _dress(made: Any, stop_if_true: bool, look: Differential) -> None:
    made.StopIfTrue = stop_if_true
    if look.fill:
        made.Interior.Color = _rgb(look.fill)
    if look.colour:
        made.Font.Color = _rgb(look.colour)
    if look.bold or look.italic:
        made.Font.Bold, made.Font.Italic = look.bold, look.italic
    if look.strike:
        made.Font.Strikethrough = True
    if look.number_format:
        made.NumberFormat = look.number_format
    if look.bottom:
        edge = made.Borders(-4107)
        edge.LineStyle = 1
        edge.Color = _rgb(look.border_colour or look.colour)


def area_chunks(area: str, most: int = 250) -> list[str]:
    """"A1:B2 C3 ..." as addresses joined by commas, none longer than Excel takes in one call."""
    chunks: list[str] = []
    for part in area.replace(",", " ").split():
        if chunks and len(chunks[-1]) + len(part) < most:
            chunks[-1] += "," + part
        else:
            chunks.append(part)
    return chunks


def held_by(first: int, last: int, holds: Callable[[int, int], bool]) -> list[int]:
    """The numbers for which `holds` is true, found by halving: `holds(a, b)` tells whether any from a to b is one."""
    if not holds(first, last):
        return []
    if first == last:
        return [first]
    middle = (first + last) // 2
    return held_by(first, middle, holds) + held_by(middle + 1, last, holds)


def header_parts(text: str) -> tuple[str, str, str]:
    """`&Lone&Ctwo&Rthree` as left, centre, right; text without marks stands in the centre."""
    parts = {"L": "", "C": "", "R": ""}
    place = "C"
    i = 0
    while i < len(text):
        if text[i] == "&" and text[i + 1 : i + 2] in parts:
            place = text[i + 1]
            i += 2
        elif text[i] == "&":
            parts[place] += text[i : i + 2]
            i += 2
        else:
            parts[place] += text[i]
            i += 1
    return parts["L"], parts["C"], parts["R"]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _hresult(refused: Exception) -> int:
    """A COM error's number; 0 for any other exception."""
    number = getattr(refused, "hresult", 0)
    return number if isinstance(number, int) else 0
