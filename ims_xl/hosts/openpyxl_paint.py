"""A plan painted cell by cell with openpyxl: whole sheets and patches, to the same rules as the lossless host."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.table import TableColumn as ExcelColumn

from ims_xl.hosts.openpyxl_looks import look
from ims_xl.hosts.openpyxl_overlays import put_charts, put_formats, put_validations
from ims_xl.hosts.package import xml
from ims_xl.hosts.package.cells import shortened
from ims_xl.hosts.package.tables import Area, TableHere, grown, unique_headings
from ims_xl.hosts.print_area import print_area
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Cell, Page, Plan, SheetPlan, TableBlock, TableColumn, TablePatch
from ims_xl.workbook.theme import DATE, RUPEES

_CODES = {"rupees": RUPEES, "date": DATE}


class Painter:
    """Paints into one openpyxl workbook."""

    def __init__(self, book: Any, palette: str) -> None:
        self.book, self.palette = book, palette

    def paint(self, plan: Plan) -> None:
        """Everything of the plan."""
        for sheet in plan.sheets:
            self._sheet(sheet)
        for patch in plan.patches:
            self._patch(patch)
        for name, formula in plan.names.items():
            self.book.defined_names[name] = DefinedName(name, attr_text=formula.removeprefix("="))
        if plan.active in self.book.sheetnames:
            self.book.active = self.book.sheetnames.index(plan.active)
            for sheet in self.book.worksheets:
                sheet.sheet_view.tabSelected = sheet.title == plan.active

    def _sheet(self, plan: SheetPlan) -> None:
        known = self.book[plan.name] if plan.name in self.book.sheetnames else None
        sheet = known if known is not None else self.book.create_sheet(plan.name)
        if known is not None:
            _empty(sheet)
        else:
            _page(sheet, plan.page)
            if plan.tab_colour:
                sheet.sheet_properties.tabColor = f"FF{plan.tab_colour}"
            sheet.sheet_state = {"visible": "visible", "hidden": "hidden", "very_hidden": "veryHidden"}[plan.state]
        for area in plan.merges:
            sheet.merge_cells(area)
        for block in plan.tables:
            self._block(sheet, block)
        for (row, column), cell in plan.cells.items():
            self._cell(sheet, row, column, cell)
        for row, height in plan.heights.items():
            sheet.row_dimensions[row].height = height
        for column in plan.hidden_columns:
            sheet.column_dimensions[get_column_letter(column)].hidden = True
        for column, width in plan.widths.items():
            _width(sheet, column, width, column in plan.hidden_columns, 0, anew=known is None)
        sheet.freeze_panes = f"{get_column_letter(plan.freeze[1])}{plan.freeze[0]}" if plan.freeze else None
        sheet.sheet_view.showGridLines = plan.gridlines
        if known is None:
            sheet.sheet_view.zoomScale = plan.zoom
        put_formats(sheet, plan.formats, self.palette)
        put_validations(sheet, plan.validations)
        put_charts(sheet, plan.charts)
        sheet.print_area = print_area(plan.page, sheet.max_row, sheet.print_area or "") or sheet.print_area or None
        sheet.protection.sheet = plan.protect

    def _block(self, sheet: Any, block: TableBlock) -> None:
        columns = sorted(block.columns, key=lambda c: c.column)
        if not columns:
            return
        headings = unique_headings([c.heading for c in columns]) if block.name else [c.heading for c in columns]
        rows = range(block.header_row + 1, block.header_row + 1 + max(len(c.values) for c in columns))
        for column, heading in zip(columns, headings):
            self._cell(sheet, block.header_row, column.column, Cell(heading, column.heading_style))
            self._column(sheet, column, rows[: len(column.values)])
            _width(sheet, column.column, column.width, column.hidden, column.outline, anew=True)
        area = str(Area(block.header_row, columns[0].column, max(rows.stop - 1, block.header_row + 1), columns[-1].column))
        if block.name:
            table: Any = Table(displayName=block.name, ref=area, tableStyleInfo=TableStyleInfo(showRowStripes=False))
            table._initialise_columns()
            for made, heading in zip(table.tableColumns, headings):
                made.name = heading
            if not block.autofilter:
                table.autoFilter = None
            sheet.add_table(table)
        elif block.autofilter:
            sheet.auto_filter.ref = area

    def _patch(self, patch: TablePatch) -> None:
        if patch.sheet not in self.book.sheetnames:
            raise ImsXlError(f"There is no sheet {patch.sheet!r} to write into.")
        sheet = self.book[patch.sheet]
        guarded = bool(sheet.protection.sheet)
        fresh = [c for c in sorted(patch.columns, key=lambda c: c.column) if sheet.cell(patch.header_row, c.column).value in (None, "")]
        named = self._stretch(sheet, patch, fresh)
        last = sheet.max_row
        above = {c.column: c for c in sheet[last] if c.has_style} if last > patch.header_row else {}
        for row in patch.rows:
            for number, cell in above.items():
                if row > last:
                    sheet.cell(row, number)._style = copy.copy(cell._style)
        for column in fresh:
            self._cell(sheet, patch.header_row, column.column, Cell(named.get(column.column, column.heading), column.heading_style), keep=patch.keep_styles)
            _width(sheet, column.column, column.width, column.hidden, column.outline, anew=True)
        for column in patch.columns:
            self._column(sheet, column, patch.rows, keep=patch.keep_styles, unlocked=guarded, code=_CODES.get(column.kind, ""))
        for (row, number), cell in patch.cells.items():
            self._cell(sheet, row, number, cell, keep=patch.keep_styles)
        if not patch.keep_rules:
            put_formats(sheet, patch.formats, self.palette)
            put_validations(sheet, patch.validations)
        if patch.freeze and not sheet.freeze_panes:
            sheet.freeze_panes = f"{get_column_letter(patch.freeze[1])}{patch.freeze[0]}"
        if patch.page:
            _page(sheet, patch.page)
            sheet.print_area = print_area(patch.page, sheet.max_row, sheet.print_area or "") or sheet.print_area or None

    def _stretch(self, sheet: Any, patch: TablePatch, fresh: list[TableColumn]) -> dict[int, str]:
        """Stretches the Excel table and the filter over the new columns; gives the headings they must bear."""
        if not patch.table_area:
            return {}
        wanted, named = Area.parse(patch.table_area), dict[int, str]()
        by_column = {c.column: c.heading for c in fresh}
        here = {t.name: TableHere(t.name, Area.parse(t.ref), tuple(c.name for c in t.tableColumns), t.tableType in (None, "worksheet")) for t in sheet.tables.values()}
        for table in sheet.tables.values():
            area = grown(here[table.name], wanted, list(here.values()))
            if area is None:
                continue
            known = here[table.name].area
            added = list(range(known.right + 1, area.right + 1))
            if any(c not in by_column for c in added):
                added, area = [], Area(area.top, area.left, area.bottom, known.right)
            if table.totalsRowCount:
                area = Area(area.top, area.left, known.bottom, area.right)
            headings = unique_headings([by_column[c] for c in added], here[table.name].headings)
            named.update(zip(added, headings))
            number = max((c.id for c in table.tableColumns), default=0)
            table.tableColumns.extend(ExcelColumn(id=number + i, name=h) for i, h in enumerate(headings, 1))
            table.ref = str(area)
            if table.autoFilter:
                table.autoFilter.ref = str(Area(area.top, area.left, area.bottom - (table.totalsRowCount or 0), area.right))
        if sheet.auto_filter.ref:
            known = Area.parse(sheet.auto_filter.ref)
            if known.top == wanted.top and wanted.right >= known.left and wanted.left <= known.right:
                sheet.auto_filter.ref = str(Area(known.top, known.left, max(known.bottom, wanted.bottom), max(known.right, wanted.right)))
        return named

    def _column(self, sheet: Any, column: TableColumn, rows: Iterable[int], keep: bool = False, unlocked: bool = False, code: str = "") -> None:
        plain = _values(column)
        for index, row in enumerate(rows):
            style = column.style if isinstance(column.style, str) else column.style[index]
            formula = column.formulas[index] if column.formulas else ""
            link = column.links[index] if column.links else ""
            if column.links is not None:
                sheet.cell(row, column.column).hyperlink = None
            self._cell(sheet, row, column.column, Cell(plain[index], style, formula, link), keep, unlocked, code)

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell, keep: bool = False, unlocked: bool = False, code: str = "") -> None:
        target = sheet.cell(row, column)
        if isinstance(target, MergedCell):       # the rest of a merged area has a look and no value
            look(cell.style, self.palette).put_on(target, unlocked)
            return
        if not (keep and (target.has_style or target.value is not None)):
            look(cell.style, self.palette).put_on(target, unlocked)
        elif code and target.number_format in ("General", "@"):
            target.number_format = code
        shown = target.number_format
        if cell.formula:
            target.value = "=" + cell.formula.removeprefix("=")
        elif isinstance(cell.value, str):
            target.value = xml.storable(shortened(cell.value)) or None
            if cell.value:
                target.data_type = "s"       # text is text, whatever it begins with
        else:
            value = None if cell.value is None or cell.value is pd.NaT else cell.value
            target.value = value if not isinstance(value, (date, datetime)) or value.year >= 1900 else value.isoformat()
        target.number_format = shown         # openpyxl puts a date format of its own on dates
        if cell.link:
            inside = cell.link.startswith("#")
            target.hyperlink = Hyperlink(ref=target.coordinate, location=cell.link[1:]) if inside else cell.link
            if not inside:
                look(cell.style, self.palette).put_on(target, unlocked)


def _values(column: TableColumn) -> list[Any]:
    values = column.values.tolist() if hasattr(column.values, "tolist") else list(column.values)
    match column.kind:
        case "rupees":
            return [None if _blank(v) else int(v) / 100 if int(v) % 100 else int(v) // 100 for v in values]
        case "date":
            moments = pd.to_datetime(pd.Series(np.asarray(column.values, dtype=object) if not hasattr(column.values, "dtype") else column.values), errors="coerce")
            return [None if blank else m.to_pydatetime() for m, blank in zip(moments, moments.isna())]
        case "text":
            return ["" if _blank(v) else str(v) for v in values]
    return [None if _blank(v) else v for v in values]


def _blank(value: Any) -> bool:
    return not isinstance(value, str) and bool(pd.isna(value))


def _width(sheet: Any, column: int, width: float | None, hidden: bool, outline: int, anew: bool) -> None:
    letters = get_column_letter(column)
    if width is None and not hidden and not outline:
        return
    if letters in sheet.column_dimensions and sheet.column_dimensions[letters].customWidth and not anew:
        return
    here = sheet.column_dimensions[letters]
    if width is not None:
        here.width = width
    here.hidden, here.outlineLevel = hidden, outline


def _empty(sheet: Any) -> None:
    """Clears a sheet of ours for the next run; page set-up, widths and colours stay."""
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.delete_rows(1, sheet.max_row)
    sheet._cells.clear()
    sheet._hyperlinks.clear()
    for name in list(sheet.tables):
        del sheet.tables[name]
    sheet.auto_filter.ref = None


def _page(sheet: Any, page: Page) -> None:
    sheet.page_setup.orientation = "landscape" if page.landscape else "portrait"
    sheet.page_setup.paperSize = 9
    if page.fit_width:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.fitToHeight = 0
    if page.repeat_rows:
        sheet.print_title_rows = f"{page.repeat_rows[0]}:{page.repeat_rows[1]}"
    for part, text in ((sheet.oddHeader, page.header), (sheet.oddFooter, page.footer)):
        # "&LClient&CPage &P" is left and centre
        for side, words in re.findall(r"&([LCR])(.*?)(?=&[LCR]|\Z)", text if text.startswith(("&L", "&C", "&R")) else f"&C{text}", re.S):
            {"L": part.left, "C": part.center, "R": part.right}[side].text = words or None
