"""A `SheetPlan` -> a sheet that is wholly ours: new at the end of the book, or in place of the one that stands there.

In place, what a person set up stays: page set-up, margins, headers and footers, breaks, widths, tab colour and zoom, comments and
pictures, and the sheet's place and number in the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from ims_xl.hosts.package import charts, overlays, tables, xml
from ims_xl.hosts.package.cells import ColumnCells, Maker, column_cells, joined_rows, single_cell
from ims_xl.hosts.package.relations import in_dialect, relate_many, relations, remove_part, unrelate
from ims_xl.hosts.package.sheet_text import column_letters
from ims_xl.hosts.package.workbook_part import SheetEntry, Workbook
from ims_xl.hosts.package.worksheet import BLANK, Piece, Worksheet
from ims_xl.hosts.print_area import print_area
from ims_xl.workbook.plan import Cell, Page, SheetPlan, TableBlock

_KEPT = ("sheetProtection", "customSheetViews", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "drawing", "legacyDrawing",
         "legacyDrawingHF", "picture", "oleObjects", "controls", "AlternateContent")
_SHEET_PROPERTIES = re.compile(r'\szoomScale(?:Normal)?="\d+"')
_MOST_LINKS = 65000                      # Excel's limit of outside links on a sheet is 65,530


def paint_sheet(workbook: Workbook, plan: SheetPlan, maker: Maker) -> bool:
    """Writes the sheet; True where formulas came or went."""
    archive = workbook.archive
    known = workbook.sheet(plan.name)
    entry = known or workbook.add_sheet(plan.name, plan.state)
    old = Worksheet(archive.read(entry.part), plan.name) if known else None
    sheet = Worksheet(in_dialect(BLANK, workbook.strict), plan.name)
    maker = Maker(sheet.prefix, maker.styles, maker.date1904)
    position = next(i for i, s in enumerate(workbook.sheets) if s.part == entry.part)
    had_formulas = old is not None and re.search(rb"<(?:[\w.-]+:)?f[\s/>]", old.data[old.rows_start: old.rows_end]) is not None
    places = _free_tables(workbook, entry) if old else []
    if old:
        _keep(sheet, old)

    columns = [[column_cells(maker, c) for c in sorted(block.columns, key=lambda c: c.column)] for block in plan.tables]
    sheet.new_rows = list(_rows(plan, maker, columns))
    last_row = max([r for r, _ in plan.cells] + [b.header_row + _height(b) for b in plan.tables] + [1])
    last_column = max([c for _, c in plan.cells] + [c.column for b in plan.tables for c in b.columns] + [1])
    overlays.extend_dimension(sheet, last_row, last_column)
    _view(sheet, plan, old, workbook.selects == plan.name if workbook.selects else workbook.active == position and not plan.state.endswith("hidden"))
    _properties(sheet, plan, old)
    if not sheet.first("sheetFormatPr"):
        deepest = max((c.outline for b in plan.tables for c in b.columns), default=0)
        levels = f' outlineLevelCol="{deepest}"' if deepest else ""
        sheet.put("sheetFormatPr", f'<sheetFormatPr defaultRowHeight="15"{levels}/>'.encode())
    widths = {c.column: (c.width, c.hidden, c.outline) for b in plan.tables for c in b.columns}
    widths |= {column: (width, column in plan.hidden_columns, 0) for column, width in plan.widths.items()}
    widths |= {column: (widths.get(column, (None, False, 0))[0], True, 0) for column in plan.hidden_columns}
    overlays.put_widths(sheet, widths, set())
    if plan.merges:
        areas = "".join(f'<mergeCell ref="{m}"/>' for m in plan.merges)
        sheet.put("mergeCells", f'<mergeCells count="{len(plan.merges)}">{areas}</mergeCells>'.encode())
    overlays.put_formats(sheet, plan.formats, maker.styles)
    overlays.put_validations(sheet, plan.validations)
    put_all_links(workbook, entry.part, sheet, list(_links(plan)), set())
    put_page(workbook, sheet, plan.page, plan.name, position, last_row)
    sheet.replace("sheetProtection", b'<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>' if plan.protect else b"")
    charts.put_charts(workbook, sheet, entry.part, plan.charts)
    filtered = False
    for block in plan.tables:
        if not block.columns:
            continue
        area = tables.Area(block.header_row, min(c.column for c in block.columns), block.header_row + max(_height(block), 1), max(c.column for c in block.columns))
        if block.name:
            headings = tables.unique_headings([c.heading for c in sorted(block.columns, key=lambda c: c.column)])
            tables.new_table(workbook, sheet, entry.part, block.name, area, headings, block.autofilter, places)
        elif block.autofilter and not filtered:
            tables.filter_sheet(workbook, sheet, position, area, plan.name)
            filtered = True
    for part in places:
        remove_part(archive, part)
    archive.write(entry.part, sheet.text())
    return had_formulas or any(c.formula for c in plan.cells.values()) or any(c.has_formulas for made in columns for c in made)


def put_all_links(workbook: Workbook, part: str, sheet: Worksheet, links: list[tuple[str, str]], ours: set[str]) -> None:
    """Links inside the book and to outside addresses, these through relationships of the sheet."""
    outside = list(dict.fromkeys(target for _, target in links if target and not target.startswith("#")))[:_MOST_LINKS]
    ties = dict(zip(outside, relate_many(workbook.archive, part, "hyperlink", outside, strict=workbook.strict, external=True)))
    overlays.put_links(sheet, links, ours, ties)


def _height(block: TableBlock) -> int:
    return max((len(c.values) for c in block.columns), default=0)


def _rows(plan: SheetPlan, maker: Maker, columns: list[list[ColumnCells]]) -> Iterator[bytes]:
    """The rows in order; those that one table has to itself in one sweep, others cell by cell."""
    singles: dict[int, dict[int, bytes]] = {}
    for (row, number), cell in plan.cells.items():
        singles.setdefault(row, {})[number] = single_cell(maker, row, number, cell)
    for row in plan.heights:
        singles.setdefault(row, {})
    owners: dict[int, int] = {}
    for block in plan.tables:
        inside = sorted(block.columns, key=lambda c: c.column)
        wanted = tables.unique_headings([c.heading for c in inside]) if block.name else [c.heading for c in inside]
        for column, heading in zip(inside, wanted):
            singles.setdefault(block.header_row, {}).setdefault(column.column, single_cell(maker, block.header_row, column.column, Cell(heading, column.heading_style)))
        for row in range(block.header_row + 1, block.header_row + 1 + _height(block)):
            owners[row] = owners.get(row, 0) + 1
    sweeps: list[tuple[int, Iterator[bytes]]] = []
    for block, ordered in zip(plan.tables, columns):
        lone = [r for r in range(block.header_row + 1, block.header_row + 1 + _height(block)) if owners[r] == 1 and r not in singles]
        for row in range(block.header_row + 1, block.header_row + 1 + _height(block)):
            if owners[row] > 1 or row in singles:
                index = row - block.header_row - 1
                for c in ordered:
                    if index < len(c.rests):
                        singles.setdefault(row, {}).setdefault(c.column, c.head + b"%d" % row + c.styles[index] + c.rests[index])
        for _, run in groupby(enumerate(lone), lambda pair: pair[1] - pair[0]):
            numbers = [row for _, row in run]
            start = numbers[0] - block.header_row - 1
            padded = [_slice(c, start, len(numbers)) for c in ordered]
            sweeps.append((numbers[0], _swept(padded, numbers)))
    pending = sorted(singles)
    for first, rows in sorted(sweeps, key=lambda s: s[0]):
        while pending and pending[0] < first:
            yield _row(pending[0], singles[pending[0]], plan)
            pending.pop(0)
        yield from rows
    for row in pending:
        yield _row(row, singles[row], plan)


def _slice(c: ColumnCells, start: int, count: int) -> ColumnCells:
    rests = c.rests[start: start + count]
    lacking = count - len(rests)
    return ColumnCells(c.column, c.head, c.styles[start: start + count] + [b'"'] * lacking, rests + [b"/>"] * lacking, c.has_formulas)


def _swept(columns: list[ColumnCells], numbers: list[int]) -> Iterator[bytes]:
    names = [b"%d" % n for n in numbers]
    for name, row in zip(names, joined_rows(columns, names)):
        yield b"".join((b'<row r="', name, b'">', row, b"</row>"))


def _row(row: int, cells: dict[int, bytes], plan: SheetPlan) -> bytes:
    height = f' ht="{plan.heights[row]:g}" customHeight="1"' if row in plan.heights else ""
    return f'<row r="{row}"{height}>'.encode() + b"".join(cells[c] for c in sorted(cells)) + b"</row>"


def _links(plan: SheetPlan) -> Iterator[tuple[str, str]]:
    for (row, number), cell in plan.cells.items():
        if cell.link:
            yield f"{column_letters(number)}{row}", cell.link
    for block in plan.tables:
        for column in block.columns:
            for index, link in enumerate(column.links or ()):
                if link:
                    yield f"{column_letters(column.column)}{block.header_row + 1 + index}", link


def _keep(sheet: Worksheet, old: Worksheet) -> None:
    """What a person set up on the sheet comes along; elements with another prefix than ours keep it."""
    for piece in (*old.before, *old.after):
        if piece.local in _KEPT and piece.local != "sheetProtection" and not old.prefix:
            if piece.local == "AlternateContent":
                sheet.after.append(Piece(piece.local, piece.data))
            else:
                sheet.put(piece.local, piece.data)
    cols = old.first("cols")
    if cols and not old.prefix:
        sheet.put("cols", cols.data)
    # the declarations that the kept elements lean on
    if not old.prefix:
        sheet.take_root(old)


def _free_tables(workbook: Workbook, entry: SheetEntry) -> list[str]:
    """Unties the tables and links of the sheet as it was; gives the tables' parts, which new tables may take."""
    ties = relations(workbook.archive, entry.part)
    unrelate(workbook.archive, entry.part, {t.id for t in ties if t.kind in ("table", "hyperlink", "queryTable")})
    return [t.target for t in ties if t.kind == "table"]


def _view(sheet: Worksheet, plan: SheetPlan, old: Worksheet | None, selected: bool) -> None:
    zoom = f' zoomScale="{plan.zoom}" zoomScaleNormal="{plan.zoom}"' if plan.zoom != 100 else ""
    views = old.first("sheetViews") if old else None
    if views:
        zoom = "".join(_SHEET_PROPERTIES.findall(views.data.decode("utf-8", "replace"))[:2])
    pane = overlays.frozen("", plan.freeze) if plan.freeze else ""
    grid = "" if plan.gridlines else ' showGridLines="0"'
    chosen = ' tabSelected="1"' if selected else ""
    sheet.put("sheetViews", f'<sheetViews><sheetView{grid}{chosen}{zoom} workbookViewId="0">{pane}</sheetView></sheetViews>'.encode())


def _properties(sheet: Worksheet, plan: SheetPlan, old: Worksheet | None) -> None:
    known = old.first("sheetPr") if old else None
    if known and not (old and old.prefix):
        sheet.put("sheetPr", known.data)
        return
    colour = f'<tabColor rgb="FF{plan.tab_colour}"/>' if plan.tab_colour else ""
    fit = '<pageSetUpPr fitToPage="1"/>' if plan.page.fit_width else ""
    if colour or fit:
        sheet.put("sheetPr", f"<sheetPr>{colour}{fit}</sheetPr>".encode())


def put_page(workbook: Workbook, sheet: Worksheet, page: Page, name: str, position: int, last_row: int = 1) -> None:
    """Page set-up, part by part: what the sheet has already is kept."""
    if not sheet.first("pageMargins"):
        sheet.put("pageMargins", b'<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>')
    if not sheet.first("pageSetup"):
        turned = ' orientation="landscape"' if page.landscape else ' orientation="portrait"'
        high = ' fitToHeight="0"' if page.fit_width else ""
        sheet.put("pageSetup", f'<pageSetup paperSize="9"{high}{turned}/>'.encode())
    if not sheet.first("headerFooter") and (page.header or page.footer):
        head = f"<oddHeader>{xml.escape(page.header)}</oddHeader>" if page.header else ""
        foot = f"<oddFooter>{xml.escape(page.footer)}</oddFooter>" if page.footer else ""
        sheet.put("headerFooter", f"<headerFooter>{head}{foot}</headerFooter>".encode())
    quoted = name.replace("'", "''")
    area = print_area(page, last_row, workbook.defined("_xlnm.Print_Area", position))
    if area:
        workbook.define("_xlnm.Print_Area", f"'{quoted}'!{area}", position)
    if page.repeat_rows and not workbook.defined("_xlnm.Print_Titles", position):
        workbook.define("_xlnm.Print_Titles", f"'{quoted}'!${page.repeat_rows[0]}:${page.repeat_rows[1]}", position)
