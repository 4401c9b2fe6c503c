"""A `TablePatch` -> columns and rows written into a data sheet that stays otherwise as it is."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ims_xl.hosts.package import overlays, tables, xml
from ims_xl.hosts.package.cells import Maker, single_cell
from ims_xl.hosts.package.rows import OwnCell, RowEdit, RowEditor
from ims_xl.hosts.package.sheet_text import column_letters, column_number
from ims_xl.hosts.package.whole_sheet import put_all_links, put_page
from ims_xl.hosts.package.workbook_part import Workbook
from ims_xl.hosts.package.worksheet import Worksheet
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Cell, TableColumn, TablePatch
from ims_xl.workbook.theme import DATE, RUPEES

_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?c>)", re.S)
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})\d+[\"']")
_HOLDS = re.compile(rb"<(?:[\w.-]+:)?(?:v|f|is)[\s/>]")


def paint_patch(workbook: Workbook, patch: TablePatch, maker: Maker) -> bool:
    """Writes the columns; True where formulas came or went."""
    entry = workbook.sheet(patch.sheet)
    if entry is None or entry.kind != "worksheet":
        raise ImsXlError(f"There is no sheet {patch.sheet!r} to write into.")
    archive = workbook.archive
    sheet = Worksheet(archive.read(entry.part), patch.sheet)
    position = next(i for i, s in enumerate(workbook.sheets) if s.part == entry.part)
    protection = sheet.first("sheetProtection")
    guarded = protection is not None and xml.root(protection.data).attributes.get("sheet", "0") in ("1", "true", "on")
    maker = Maker(sheet.prefix, maker.styles, maker.date1904, unlocked=guarded)

    headings = _heading_row(sheet, patch.header_row)
    fresh = [c for c in sorted(patch.columns, key=lambda c: c.column) if c.column not in headings]
    area = tables.Area.parse(patch.table_area) if patch.table_area else None
    named, grow = _growing(workbook, entry.part, area, fresh, patch.header_row)
    columns = _in_order(patch)
    singles: dict[int, list[OwnCell]] = {}
    for column in fresh:
        title = Cell(named.get(column.column, column.heading), column.heading_style)
        singles.setdefault(patch.header_row, []).append(_own(maker, patch.header_row, column.column, title))
    for (row, number), cell in patch.cells.items():
        singles.setdefault(row, []).append(_own(maker, row, number, cell))
    edit = RowEdit(
        rows=sorted(patch.rows), columns=columns, singles=singles, keep_styles=patch.keep_styles, header_row=patch.header_row,
        number_formats={c.column: {"rupees": RUPEES, "date": DATE}[c.kind] for c in columns if c.kind in ("rupees", "date")})
    editor = RowEditor(maker, edit)
    sheet.new_rows = editor.apply(sheet.data, sheet.rows_start, sheet.rows_end)

    last_column = max([c.column for c in patch.columns] + [c for _, c in patch.cells] + [1])
    last_row = max([sheet.last_row(), *edit.rows, *singles])
    overlays.extend_dimension(sheet, last_row, last_column)
    if not patch.keep_rules:
        overlays.put_formats(sheet, patch.formats, maker.styles)
        overlays.put_validations(sheet, patch.validations)
    _links(workbook, entry.part, sheet, patch)
    fresh_numbers = {c.column for c in fresh}
    overlays.put_widths(sheet, {c.column: (c.width, c.hidden, c.outline) for c in patch.columns}, fresh_numbers)
    if patch.freeze:
        overlays.freeze_panes(sheet, patch.freeze)
    if workbook.selects:
        overlays.select(sheet, workbook.selects == entry.name)
    if patch.page:
        put_page(workbook, sheet, patch.page, patch.sheet, position, last_row)
    for table, stretched, added in grow:
        tables.stretch(archive, table, stretched, added)
    if area:
        tables.stretch_filter(workbook, sheet, position, area, entry.name)
    archive.write(entry.part, sheet.text())
    return editor.formulas_changed


def _own(maker: Maker, row: int, column: int, cell: Cell) -> OwnCell:
    whole = single_cell(maker, row, column, cell)
    start = whole.index(b'"', whole.index(b'r="') + 3) + 1
    style = re.match(rb' s="\d+"', whole[start:])
    length = len(style[0]) if style else 0
    return OwnCell(column, whole[start: start + length], whole[start + length:])


def _in_order(patch: TablePatch) -> list[TableColumn]:
    """The columns from left to right, their rows from top to bottom."""
    rows = np.asarray(patch.rows, dtype=np.int64)
    columns = sorted(patch.columns, key=lambda c: c.column)
    if len(rows) < 2 or bool((np.diff(rows) > 0).all()):
        return columns
    order = np.argsort(rows, kind="stable")
    if bool((np.diff(rows[order]) == 0).any()):
        raise ImsXlError(f"Sheet {patch.sheet!r}: two documents claim one row ({int(rows[order][1:][np.diff(rows[order]) == 0][0])}); save the book in Excel and run again.")
    moved = []
    for column in columns:
        values = [column.values[i] for i in order]
        style = column.style if isinstance(column.style, str) else [column.style[i] for i in order]
        formulas = [column.formulas[i] for i in order] if column.formulas else None
        links = [column.links[i] for i in order] if column.links else None
        moved.append(replace(column, values=values, style=style, formulas=formulas, links=links))
    return moved


def _heading_row(sheet: Worksheet, row: int) -> set[int]:
    """The columns whose heading cell holds something."""
    p = sheet.prefix.encode()
    held: set[int] = set()
    number, column = 0, 0
    for found in re.finditer(rb"<" + p + rb"row(?=[\s/>])([^>]*?)(/?)>", sheet.data[sheet.rows_start: sheet.rows_end] if row > 200 else sheet.data[sheet.rows_start: min(sheet.rows_end, sheet.rows_start + (4 << 20))]):
        told = re.search(rb"\sr\s*=\s*[\"'](\d+)[\"']", found[1])
        number = int(told[1]) if told else number + 1
        if number < row:
            continue
        if number == row and not found[2]:
            start = sheet.rows_start + found.end()
            end = sheet.data.find(b"</" + p + b"row>", start)
            for cell in _CELL.finditer(sheet.data, start, end):
                reference = _REFERENCE.search(cell[1])
                column = column_number(reference[1].decode()) if reference else column + 1
                if cell[2] and _HOLDS.search(cell[2]):
                    held.add(column)
        break
    return held


def _growing(workbook: Workbook, part: str, area: tables.Area | None, fresh: list[TableColumn], header_row: int) -> tuple[dict[int, str], list[tuple[tables.TableHere, tables.Area, list[str]]]]:
    """Which tables stretch how far, and the headings that new columns must bear inside them."""
    if area is None:
        return {}, []
    here = tables.tables_on(workbook.archive, part)
    by_column = {c.column: c.heading for c in fresh}
    named: dict[int, str] = {}
    plans = []
    for table in here:
        wanted = tables.grown(table, area, here)
        if wanted is None:
            continue
        added = list(range(table.area.right + 1, wanted.right + 1))
        # every column of a table must have a heading: one that we do not write keeps the table where it is
        if any(c not in by_column for c in added):
            added, wanted = [], tables.Area(wanted.top, wanted.left, wanted.bottom, table.area.right)
        names = tables.unique_headings([by_column[c] for c in added], table.headings)
        named.update(zip(added, names))
        plans.append((table, wanted, names))
    return named, plans


def _links(workbook: Workbook, part: str, sheet: Worksheet, patch: TablePatch) -> None:
    links, ours = [], set()
    rows = list(patch.rows)
    for column in patch.columns:
        letters = column_letters(column.column)
        if column.links is not None:
            ours |= {f"{letters}{row}" for row in rows}
            links += [(f"{letters}{row}", target) for row, target in zip(rows, column.links) if target]
    for (row, number), cell in patch.cells.items():
        ours.add(f"{column_letters(number)}{row}")
        if cell.link:
            links.append((f"{column_letters(number)}{row}", cell.link))
    if ours:
        put_all_links(workbook, part, sheet, links, ours)
