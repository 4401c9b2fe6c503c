"""LibreOffice's answer to the small native interface of the Excel host: what xlwings has no common words for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ims_xl.hosts.excel_areas import header_parts, held_by
from ims_xl.hosts.excel_strokes import hidden_runs
from ims_xl.hosts.package.sheet_text import column_number
from ims_xl.workbook.plan import Chart, ConditionalFormat, Page, Validation
from ims_xl.workbook.theme import Differential, Style
from tests.excel.soffice import Soffice, properties, uno

Rectangle = uno.getClass("com.sun.star.awt.Rectangle")
BorderLine2 = uno.getClass("com.sun.star.table.BorderLine2")
CellRangeAddress = uno.getClass("com.sun.star.table.CellRangeAddress")

_WIDTHS = {"hair": (2, 1), "thin": (26, 0), "medium": (53, 0), "double": (53, 3)}   # 1/100 mm, line style
_CHARTS = {"column": "Bar", "stacked": "Bar", "bar": "Bar", "line": "Line", "doughnut": "Donut"}


def _enum(kind: str, value: str) -> Any:
    return uno.Enum(kind, value)


class LibreOfficeNative:
    def __init__(self, soffice: Soffice) -> None:
        self.soffice = soffice
        self.is_ready = True
        self.escape = False

    def ready(self, app: Any) -> bool:
        return self.is_ready

    def cancel_pressed(self) -> bool:
        return self.escape

    def epoch_1904(self, book: Any) -> bool:
        return bool(book.impl.doc.NullDate.Year == 1904)

    # ---- styles
    def style_names(self, book: Any) -> set[str]:
        return set(book.impl.doc.StyleFamilies.getByName("CellStyles").ElementNames)

    def define_styles(self, book: Any, styles: dict[str, Style]) -> None:
        from tests.excel.lo_engine import number_format_key

        doc = book.impl.doc
        family = doc.StyleFamilies.getByName("CellStyles")
        for name, look in styles.items():
            if not family.hasByName(name):
                family.insertByName(name, doc.createInstance("com.sun.star.style.CellStyle"))
            style = family.getByName(name)
            style.ParentStyle = "Default"
            style.NumberFormat = number_format_key(doc, look.number_format)
            style.CharFontName, style.CharHeight = look.font, look.size
            style.CharWeight = 150.0 if look.bold else 100.0
            style.CharPosture = _enum("com.sun.star.awt.FontSlant", "ITALIC" if look.italic else "NONE")
            style.CharUnderline = 1 if look.underline else 0
            style.CharColor = int(look.colour, 16)
            style.CellBackColor = int(look.fill, 16) if look.fill else -1
            for side, prop in (("left", "LeftBorder"), ("right", "RightBorder"), ("top", "TopBorder"), ("bottom", "BottomBorder")):
                setattr(style, prop, _border(getattr(look, side), look.border_colour))
            horizontal = {"": "STANDARD", "left": "LEFT", "center": "CENTER", "right": "RIGHT"}["left" if look.indent and not look.horizontal else look.horizontal]
            style.HoriJustify = _enum("com.sun.star.table.CellHoriJustify", horizontal)
            style.VertJustify = {"": 3, "top": 1, "center": 2, "bottom": 3}[look.vertical]
            style.IsTextWrapped, style.ParaIndent = look.wrap, look.indent * 353
            protection = style.CellProtection
            protection.IsLocked = look.locked
            style.CellProtection = protection

    def wear(self, sheet: Any, area: str, style: str) -> None:
        self._ranges(sheet, area).CellStyle = style

    def _ranges(self, sheet: Any, area: str) -> Any:
        """All parts of an area as one object, in one call."""
        ranges = sheet.impl.book.doc.createInstance("com.sun.star.sheet.SheetCellRanges")
        ranges.addRangeAddresses(_addresses(sheet.impl.uno.RangeAddress.Sheet, area), False)
        return ranges

    # ---- sheets
    def clear(self, sheet: Any) -> None:
        page = sheet.impl.uno
        cursor = page.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        whole = page.getCellRangeByPosition(0, 0, max(end.EndColumn, 60), max(end.EndRow, 200))
        whole.clearContents(1023)
        whole.merge(False)
        page.clearOutline()
        _drop_formats(page, "")
        whole.setPropertyToDefault("Validation")
        whole.Columns.IsVisible = True
        with _drawn(sheet):
            for name in page.Charts.ElementNames:
                page.Charts.removeByName(name)
        for name, area in self._tables(sheet).items():
            if area is not None:
                sheet.impl.book.doc.DatabaseRanges.removeByName(name)

    def state(self, sheet: Any) -> Any:
        hidden = getattr(sheet.impl.book, "very_hidden", set())
        return "visible" if sheet.impl.uno.IsVisible else "very_hidden" if sheet.name in hidden else "hidden"

    def set_state(self, sheet: Any, state: str) -> None:
        sheet.impl.uno.IsVisible = state == "visible"     # LibreOffice knows hidden only
        book = sheet.impl.book
        book.very_hidden = getattr(book, "very_hidden", set()) | {sheet.name} if state == "very_hidden" else getattr(book, "very_hidden", set()) - {sheet.name}

    def protected(self, sheet: Any) -> bool:
        return bool(sheet.impl.uno.isProtected())

    def unprotect(self, sheet: Any) -> bool:
        try:
            sheet.impl.uno.unprotect("")
        except Exception:  # noqa: BLE001 - a wrong password is an IllegalArgumentException of UNO
            return False
        return not sheet.impl.uno.isProtected()

    def protect(self, sheet: Any) -> None:
        sheet.impl.uno.protect("")

    def tab_colour(self, sheet: Any, colour: str) -> None:
        sheet.impl.uno.TabColor = int(colour, 16)

    def page(self, sheet: Any, page: Page) -> None:
        doc = sheet.impl.book.doc
        family = doc.StyleFamilies.getByName("PageStyles")
        name = f"ims-xl {sheet.name}"
        if not family.hasByName(name):
            family.insertByName(name, doc.createInstance("com.sun.star.style.PageStyle"))
        style = family.getByName(name)
        style.IsLandscape = page.landscape
        style.Width, style.Height = (29700, 21000) if page.landscape else (21000, 29700)
        if page.fit_width:
            style.ScaleToPagesX, style.ScaleToPagesY = 1, 0
        for text, kind in ((page.header, "Header"), (page.footer, "Footer")):
            setattr(style, f"{kind}IsOn", bool(text))
            if text:
                content = getattr(style, f"RightPage{kind}Content")
                for part, value in zip(("LeftText", "CenterText", "RightText"), header_parts(text)):
                    getattr(content, part).setString(value)
                setattr(style, f"RightPage{kind}Content", content)
        sheet.impl.uno.PageStyle = name
        if page.repeat_rows:
            sheet.impl.uno.setTitleRows(CellRangeAddress(sheet.impl.uno.RangeAddress.Sheet, 0, page.repeat_rows[0] - 1, 0, page.repeat_rows[1] - 1))
            sheet.impl.uno.setPrintTitleRows(True)

    def print_area(self, sheet: Any, page: Page, last_row: int) -> None:
        sheet.impl.uno.setPrintAreas((CellRangeAddress(sheet.impl.uno.RangeAddress.Sheet, 0, 0, page.columns[0] - 1, last_row - 1),))

    def unlock(self, sheet: Any, area: str) -> None:
        block = sheet.impl.uno.getCellRangeByName(area)
        protection = block.CellProtection
        protection.IsLocked = False
        block.CellProtection = protection

    def frozen(self, sheet: Any) -> bool:
        controller = sheet.impl.book.doc.CurrentController
        controller.setActiveSheet(sheet.impl.uno)
        return bool(controller.hasFrozenPanes())

    def window(self, sheet: Any, freeze: tuple[int, int] | None, zoom: int, gridlines: bool | None) -> None:
        controller = sheet.impl.book.doc.CurrentController
        controller.setActiveSheet(sheet.impl.uno)
        controller.freezeAtPosition(0, 0)
        if freeze:
            controller.freezeAtPosition(freeze[1] - 1, freeze[0] - 1)
        if zoom:
            controller.ZoomValue = zoom
        if gridlines is not None:
            controller.ShowGrid = gridlines

    def outline(self, sheet: Any, column: int, level: int) -> None:
        where = CellRangeAddress(sheet.impl.uno.RangeAddress.Sheet, column - 1, 0, column - 1, 0)
        for _ in range(level):
            sheet.impl.uno.group(where, _enum("com.sun.star.table.TableOrientation", "COLUMNS"))

    # ---- tables and filters
    def _tables(self, sheet: Any) -> dict[str, Any]:
        ranges = sheet.impl.book.doc.DatabaseRanges
        number = sheet.impl.uno.RangeAddress.Sheet
        found = {name: ranges.getByName(name).DataArea for name in ranges.ElementNames}
        return {name: area for name, area in found.items() if area.Sheet == number}

    def table(self, sheet: Any, area: str, name: str) -> None:
        ranges = sheet.impl.book.doc.DatabaseRanges
        wanted = sheet.impl.uno.getCellRangeByName(area).RangeAddress
        for known, held in self._tables(sheet).items():
            if _touch(held, wanted):
                ranges.getByName(known).DataArea = wanted
                return
        if ranges.hasByName(name):
            ranges.removeByName(name)
        ranges.addNewByName(name, wanted)
        ranges.getByName(name).AutoFilter = True

    def row_height(self, sheet: Any, rows: Sequence[str], height: float) -> None:
        for stretch in rows:
            first, last = map(int, stretch.split(":"))
            sheet.impl.uno.getCellRangeByPosition(0, first - 1, 0, last - 1).Rows.Height = int(height * 35.28)

    def autofilter(self, sheet: Any, area: str) -> None:
        self.table(sheet, area, f"__filter_{sheet.name}".replace(" ", "_"))

    # ---- conditional formats and validations
    def has_formula(self, sheet: Any, area: str) -> bool:
        return bool(sheet.impl.uno.getCellRangeByName(area).queryContentCells(16).Count)

    def rule_count(self, sheet: Any) -> int:
        return len(sheet.impl.uno.ConditionalFormats.getConditionalFormats())

    def number_format(self, sheet: Any, areas: Sequence[str]) -> str | None:
        formats = sheet.impl.book.doc.NumberFormats
        ranges = self._ranges(sheet, " ".join(areas))
        if ranges.getPropertyState("NumberFormat").value == "AMBIGUOUS_VALUE":
            return None
        code = formats.getByKey(ranges.NumberFormat).FormatString
        return "General" if code in ("General", "Standard") else code

    def remove_formats(self, sheet: Any, mark: str) -> None:
        _drop_formats(sheet.impl.uno, mark)

    def add_format(self, sheet: Any, rule: ConditionalFormat, look: Differential) -> None:
        from tests.excel.lo_engine import number_format_key, to_libreoffice

        doc, page = sheet.impl.book.doc, sheet.impl.uno
        name = "ims-xl dxf " + "-".join(str(part) for part in (look.colour, look.fill, look.bold, look.italic, look.strike, look.bottom, abs(hash(look.number_format)) % 10**6))
        family = doc.StyleFamilies.getByName("CellStyles")
        if not family.hasByName(name):
            style = doc.createInstance("com.sun.star.style.CellStyle")
            family.insertByName(name, style)
            if look.fill:
                style.CellBackColor = int(look.fill, 16)
            if look.colour:
                style.CharColor = int(look.colour, 16)
            if look.bold:
                style.CharWeight = 150.0
            if look.italic:
                style.CharPosture = _enum("com.sun.star.awt.FontSlant", "ITALIC")
            if look.strike:
                style.CharStrikeout = 1
            if look.number_format:
                style.NumberFormat = number_format_key(doc, look.number_format)
            if look.bottom:
                style.BottomBorder = _border(look.bottom, look.border_colour)
        ranges = self._ranges(sheet, rule.area)
        held = page.ConditionalFormats
        number = held.createByRange(ranges)
        made = held.getConditionalFormats()[-1]
        assert number == made.ID
        made.createEntry(0, 0)
        entry = made.getByIndex(0)
        entry.Operator = uno.getConstantByName("com.sun.star.sheet.ConditionFormatOperator.EXPRESSION")
        entry.Formula1, entry.StyleName = to_libreoffice("=" + rule.formula)[1:], name

    def remove_validations(self, sheet: Any, area: str) -> None:
        for part in area.split(","):
            sheet.impl.uno.getCellRangeByName(part).setPropertyToDefault("Validation")

    def add_validation(self, sheet: Any, rule: Validation, title: str) -> None:
        from tests.excel.lo_engine import to_libreoffice

        ranges = self._ranges(sheet, rule.area)
        validation = ranges.Validation
        validation.Type = _enum("com.sun.star.sheet.ValidationType", {"list": "LIST", "length": "TEXT_LEN", "decimal": "DECIMAL", "date": "DATE"}[rule.kind])
        if rule.kind == "list":
            validation.setFormula1(to_libreoffice(rule.source)[1:] if rule.source else ";".join(f'"{o}"' for o in rule.options))
        else:
            both = rule.minimum is not None and rule.maximum is not None
            validation.setOperator(_enum("com.sun.star.sheet.ConditionOperator", "BETWEEN" if both else "GREATER_EQUAL" if rule.minimum is not None else "LESS_EQUAL"))
            validation.setFormula1(f"{rule.minimum if rule.minimum is not None else rule.maximum:.15g}")
            if both:
                validation.setFormula2(f"{rule.maximum:.15g}")
        validation.InputTitle, validation.InputMessage, validation.ShowInputMessage = title, rule.prompt, bool(rule.prompt)
        validation.ErrorTitle, validation.ErrorMessage, validation.ShowErrorMessage = title, rule.error, True
        ranges.Validation = validation

    # ---- the rest
    def link(self, sheet: Any, row: int, column: int, target: str, text: str) -> None:
        cell = sheet.impl.uno.getCellByPosition(column - 1, row - 1)
        if cell.Type.value != "TEXT":
            return                  # LibreOffice has links inside text only; Excel puts them on any cell and keeps what stands in it
        field = sheet.impl.book.doc.createInstance("com.sun.star.text.TextField.URL")
        found = re.fullmatch(r"#'?(.*?)'?!(\$?[A-Z]+\$?\d+)", target)
        field.URL, field.Representation = (f"#'{found[1]}'.{found[2]}" if found else target), text
        cell.setString("")
        body = cell.getText()
        body.insertTextContent(body.createTextCursor(), field, False)

    def chart(self, sheet: Any, chart: Chart) -> None:
        from tests.excel.lo_engine import to_libreoffice

        page = sheet.impl.uno
        corner = page.getCellByPosition(chart.column - 1, chart.row - 1).Position
        areas = []
        for reference in [chart.series[0].categories, *(s.values for s in chart.series)]:
            found = re.fullmatch(r"\$?'?(.*?)'?\.(.*)", to_libreoffice(reference))
            assert found
            areas.append(sheet.impl.book.doc.Sheets.getByName(found[1]).getCellRangeByName(found[2]).RangeAddress)
        name = f"chart {page.Charts.Count + 1}"
        with _drawn(sheet):
            page.Charts.addNewByName(name, Rectangle(corner.X, corner.Y, int(chart.width * 26.46), int(chart.height * 26.46)), tuple(areas), False, True)
            drawn = page.Charts.getByName(name).EmbeddedObject
            drawn.setDiagram(drawn.createInstance(f"com.sun.star.chart.{_CHARTS[chart.kind]}Diagram"))
            if chart.kind == "bar":
                drawn.Diagram.Vertical = True
            drawn.HasMainTitle = bool(chart.title)
            if chart.title:
                drawn.Title.String = chart.title

    def continue_look(self, sheet: Any, from_row: int, rows: Sequence[int], columns: int) -> None:
        page = sheet.impl.uno
        for column in range(columns):
            look = page.getCellByPosition(column, from_row - 1)
            block = page.getCellRangeByPosition(column, rows[0] - 1, column, rows[-1] - 1)
            block.CellStyle = look.CellStyle
            for name in ("NumberFormat", "CellBackColor", "CharColor", "CharWeight", "CharPosture", "CharFontName", "CharHeight", "HoriJustify"):
                value = getattr(look, name)
                if value is not None:
                    setattr(block, name, value)

    def merged(self, sheet: Any, rows: int, columns: int) -> tuple[str, ...]:
        page, found = sheet.impl.uno, {}
        for row in held_by(1, rows, lambda a, b: page.getCellRangeByPosition(0, a - 1, columns - 1, b - 1).IsMerged is not False):
            beyond = 0
            for column in held_by(1, columns, lambda a, b, row=row: page.getCellRangeByPosition(a - 1, row - 1, b - 1, row - 1).IsMerged is not False):
                if column > beyond:
                    cursor = page.createCursorByRange(page.getCellByPosition(column - 1, row - 1))
                    cursor.collapseToMergedArea()
                    area = cursor.RangeAddress
                    if (area.StartColumn, area.StartRow) != (area.EndColumn, area.EndRow):
                        found[cursor.AbsoluteName.split(".")[-1].replace("$", "")] = None
                    beyond = area.EndColumn + 1
        return tuple(found)

    def visible_rows(self, sheet: Any, first: int, last: int) -> list[int]:
        shown = sheet.impl.uno.getCellRangeByPosition(0, first - 1, 0, last - 1).queryVisibleCells()
        return sorted(r + 1 for area in shown.getRangeAddresses() for r in range(area.StartRow, area.EndRow + 1))

    def areas(self, selection: Any) -> list[tuple[int, int]]:
        return [(selection.row, selection.row + selection.shape[0] - 1)]

    def show_only(self, sheet: Any, first: int, last: int, rows: Sequence[int]) -> None:
        page = sheet.impl.uno
        page.getCellRangeByPosition(0, first - 1, 0, last - 1).Rows.IsVisible = True
        for start, end in hidden_runs(first, last, rows):
            page.getCellRangeByPosition(0, start - 1, 0, end - 1).Rows.IsVisible = False

    def structure_protected(self, book: Any) -> bool:
        return bool(book.impl.doc.isProtected())

    def hide_name(self, book: Any, name: str) -> None:
        """LibreOffice has no hidden names."""

    def unsaved(self, book: Any) -> bool:
        return bool(book.impl.doc.isModified())

    def print_pdf(self, book: Any, sheets: Sequence[str], path: str) -> None:
        held = book.impl.doc.Sheets
        for name in held.ElementNames:
            held.getByName(name).IsVisible = name in sheets
        book.impl.doc.storeToURL(Path(path).resolve().as_uri(), properties(FilterName="calc_pdf_Export"))

    def save_copy(self, book: Any, path: str) -> None:
        if book.impl.path is not None and not book.impl.doc.isModified():
            shutil.copyfile(book.impl.path, path)       # as it stands on the disk: writing it anew would take a second
        else:
            book.impl.store(Path(path))

    def save(self, book: Any) -> None:
        book.impl.save()


@contextmanager
def _drawn(sheet: Any) -> Iterator[None]:
    """Charts are made and removed with the view unlocked: LibreOffice 7.4 falls over otherwise."""
    doc = sheet.impl.book.doc
    locked = doc.hasControllersLocked()
    if locked:
        doc.unlockControllers()
    try:
        yield
    finally:
        if locked:
            doc.lockControllers()


_PART = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


def _addresses(number: int, area: str) -> tuple[Any, ...]:
    """"A1:B2 C3" as LibreOffice's own addresses on that sheet, worked out here."""
    found = []
    for c1, r1, c2, r2 in _PART.findall(area):
        left, right = column_number(c1) - 1, column_number(c2 or c1) - 1
        found.append(CellRangeAddress(number, left, int(r1) - 1, right, int(r2 or r1) - 1))
    return tuple(found)


def _border(line: str, colour: str) -> BorderLine2:
    border = BorderLine2()
    if line:
        width, style = _WIDTHS[line]
        border.OuterLineWidth = border.LineWidth = width
        border.LineStyle, border.Color = style, int(colour, 16) if colour else 0
    return border


def _touch(a: Any, b: Any) -> bool:
    return a.StartRow <= b.EndRow and b.StartRow <= a.EndRow and a.StartColumn <= b.EndColumn and b.StartColumn <= a.EndColumn


def _drop_formats(page: Any, mark: str) -> None:
    """Conditional formats whose first formula holds the mark; all of them where it is blank."""
    held = page.ConditionalFormats
    for group in held.getConditionalFormats():
        formulas = [group.getByIndex(n).Formula1 for n in range(group.Count)]
        if any(mark in f for f in formulas):
            held.removeByID(group.ID)

