"""One plan on its way into one open workbook: what stands there, what must be written, the writing itself.

`Writing(book, native, plan).refuse_what_cannot_be()` asks everything that can be asked before anything is touched; a sheet of ours that
is as we left it and needs nothing new is left alone.
"""

from __future__ import annotations

from typing import Any

from ims_xl.hosts import excel_journal as journal
from ims_xl.hosts import excel_left as left
from ims_xl.hosts.excel_canvas import Canvas, PatchPlace, patch_canvas, sheet_canvas
from ims_xl.hosts.excel_cell import cell_text
from ims_xl.hosts.excel_native import Native
from ims_xl.hosts.excel_paint import Painter
from ims_xl.hosts.excel_strokes import address, spans
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook import theme
from ims_xl.workbook.plan import OUR_MARK, Plan, SheetPlan, TablePatch


class Writing:
    """The sheets of the book by name, the places of the patches, the matrices ready to assign."""

    def __init__(self, book: Any, native: Native, plan: Plan) -> None:
        self.book, self.native, self.plan = book, native, plan
        self.pages: dict[str, Any] = {sheet.name: sheet for sheet in book.sheets}
        self.epoch = native.epoch_1904(book)
        self.locked: list[str] = []
        self.same: set[str] = set()
        self.ruled: set[str] = set()
        self.remembered: list[str] = []

    def refuse_what_cannot_be(self) -> None:
        """ImsXlError where the plan cannot be painted; every matrix is made ready."""
        plan, name = self.plan, self.book.name
        wanted = [*(s.name for s in plan.sheets), *(p.sheet for p in plan.patches)]
        if any(s.name not in self.pages for s in plan.sheets) and self.native.structure_protected(self.book):
            raise ImsXlError(f"{name}: the workbook's structure is protected, so no sheet can be added; unprotect it (Review, Protect Workbook) and click again.")
        for patch in plan.patches:
            if patch.sheet not in self.pages and all(patch.sheet != s.name for s in plan.sheets):
                raise ImsXlError(f"{name}: there is no sheet {patch.sheet!r} to write into; found {', '.join(repr(n) for n in sorted(self.pages))}.")
        self.locked = [n for n in dict.fromkeys(wanted) if n in self.pages and self.native.protected(self.pages[n])]
        for sheet in self.locked:
            if not self._opens(self.pages[sheet]):
                raise ImsXlError(f"{name}: the sheet {sheet!r} is protected with a password; unprotect it (Review, Unprotect Sheet) and click again.")
        self.places = [self._place(patch) for patch in plan.patches]
        self.patches = [patch_canvas(patch, place, self.epoch) for patch, place in zip(plan.patches, self.places)]
        self.sheets: dict[str, Canvas] = {sheet.name: sheet_canvas(sheet, self.epoch) for sheet in plan.sheets}

    def _opens(self, sheet: Any) -> bool:
        opened = self.native.unprotect(sheet)
        if opened:
            self.native.protect(sheet)
        return opened

    def _place(self, patch: TablePatch) -> PatchPlace:
        if patch.sheet not in self.pages:
            return PatchPlace(0, 0, {}, {}, fresh=True)
        sheet = self.pages[patch.sheet]
        last_row, last_column = _used(sheet)
        heads = sheet.range((patch.header_row, 1), (patch.header_row, last_column)).raw_value
        heads = heads[0] if isinstance(heads, (tuple, list)) else (heads,)
        headings = {n: cell_text(v) for n, v in enumerate(heads, 1)}
        last_row = _last_filled(sheet, patch, last_row, last_column)
        formats = self._formats(sheet, patch, headings, last_row) if last_row > patch.header_row else {}
        return PatchPlace(last_row, last_column, headings, formats, fresh=not any(headings.values()))

    def _formats(self, sheet: Any, patch: TablePatch, headings: dict[int, str], last_row: int) -> dict[int, str | None]:
        """The number format of each column that stands there, None where it does not agree in itself: columns that we once dressed alike are asked for together."""
        alike: dict[str, list[int]] = {}
        for column in patch.columns:
            if headings.get(column.column):
                alike.setdefault(theme.style(column.style).number_format if isinstance(column.style, str) else "", []).append(column.column)
        found: dict[int, str | None] = {}
        for numbers in alike.values():
            areas = {n: address((patch.header_row + 1, n, last_row, n)) for n in numbers}
            code = self.native.number_format(sheet, list(areas.values()))
            found |= {n: code if code is not None or len(areas) == 1 else self.native.number_format(sheet, [area]) for n, area in areas.items()}
        return found

    def image(self) -> journal.Image:
        """What stands where the plan will write; sheets that need nothing new are noted as `same` and taken out."""
        plan, areas = self.plan, []
        self.remembered = left.remembered(self.book)
        for sheet in plan.sheets:
            if sheet.name in self.pages:
                last_row, last_column = _used(self.pages[sheet.name])
                area = journal.take_area(self.pages[sheet.name], 1, 1, last_row, last_column, self.epoch)
                if left.token(sheet, plan.palette, area.pop("formulas")) in self.remembered:
                    self.same.add(sheet.name)
                else:
                    areas.append({**area, "width_now": _widest(sheet, last_column)})
        for patch, canvas in zip(plan.patches, self.patches):
            if patch.sheet in self.pages:
                self.ruled |= {patch.sheet} if left.rules_token(patch, plan.palette, self.native.rule_count(self.pages[patch.sheet])) in self.remembered else set()
                areas += self._patched_areas(patch, canvas)
        missing = sorted({s.name for s in plan.sheets} - self.pages.keys())
        known = {name: self.book.names[name].refers_to for name in plan.names if self.book.names.impl.contains(name)}
        return journal.Image(areas, missing, known, [name for name in plan.names if name not in known])

    def _patched_areas(self, patch: TablePatch, canvas: Canvas) -> list[dict[str, Any]]:
        """What stands in the columns that will change; what stands there already is taken out of the canvas."""
        sheet = self.pages[patch.sheet]
        last_row, last_column = _used(sheet)
        taken = [(first, last, self._area(sheet, patch.header_row, first, last_row, min(last, last_column))) for first, last in spans(c.column for c in patch.columns)]
        canvas.keep_what_stands({first + n: (patch.header_row, cells) for first, _, area in taken for n, cells in enumerate(zip(*area["cells"]))})
        touched = canvas.columns()
        areas = []
        for first, last, area in taken:
            for a, b in spans(n for n in touched if first <= n <= last):
                cells = [line[a - first : b - first + 1] for line in area["cells"]] if a <= area["last_column"] else []
                areas.append({**area, "column": a, "last_column": min(b, area["last_column"]), "cells": cells, "width_now": b})
        for row, column in patch.cells:
            areas.append({**self._area(sheet, row, column, row, column), "width_now": column, "last_row": row})
        return areas

    def _area(self, sheet: Any, row: int, column: int, last_row: int, last_column: int) -> dict[str, Any]:
        within = address((row, column, max(row, last_row), max(column, last_column)))
        area = journal.take_area(sheet, row, column, last_row, last_column, self.epoch, formulas=self.native.has_formula(sheet, within))
        area.pop("formulas")
        return area

    def write(self, image: journal.Image) -> None:
        """All of it; whoever calls puts the image back where it fails."""
        for name in self.locked:
            if name not in self.same:
                self.native.unprotect(self.pages[name])
        plan = self.plan
        painter = Painter(self.book, self.native, plan.palette)
        canvases = [*self.patches, *(canvas for name, canvas in self.sheets.items() if name not in self.same)]
        painter.define({style for canvas in canvases for style in canvas.styles()})
        # Sheets first, so that every formula finds the sheet it speaks of; their content comes last.
        for name in image.new_sheets_in(plan):
            self.pages[name] = self.book.sheets.add(name, after=self.book.sheets[len(self.pages) - 1])
        for patch, place, canvas in zip(plan.patches, self.places, self.patches):
            self._patch(painter, patch, place, canvas, patch.sheet in image.new_sheets)
            if patch.sheet in self.locked:
                self._unlock(patch, place)
        for name, refers_to in plan.names.items():
            if image.names.get(name) != refers_to:
                self.book.names.add(name, refers_to)
        for sheet_plan in plan.sheets:
            if sheet_plan.name not in self.same:
                self._sheet(painter, sheet_plan, sheet_plan.name in image.new_sheets)
        self.lock()

    def _sheet(self, painter: Painter, plan: SheetPlan, fresh: bool) -> None:
        sheet = self.pages[plan.name]
        if not fresh and self.native.state(sheet) != "visible":
            self.native.set_state(sheet, "visible")
        painter.sheet(sheet, plan, self.sheets[plan.name], fresh)
        if plan.state != "visible":
            self.native.set_state(sheet, plan.state)

    def lock(self) -> None:
        """Sheets that were protected before are protected again."""
        for name in self.locked:
            if not self.native.protected(self.pages[name]):
                self.native.protect(self.pages[name])

    def remember(self) -> None:
        """Notes in the book how our sheets were left."""
        tokens = []
        for sheet in self.plan.sheets:
            rows, columns = _used(self.pages[sheet.name])
            if rows * columns <= left.MOST:
                tokens.append(left.token(sheet, self.plan.palette, self.pages[sheet.name].range((1, 1), (rows, columns)).formula))
        tokens += [left.rules_token(patch, self.plan.palette, self.native.rule_count(self.pages[patch.sheet])) for patch in self.plan.patches if not patch.keep_rules]
        left.note(self.book, self.native, tokens, self.remembered)

    def _patch(self, painter: Painter, patch: TablePatch, place: PatchPlace, canvas: Canvas, fresh: bool) -> None:
        sheet = self.pages[patch.sheet]
        added = [int(r) for r in patch.rows if r > place.last_row]
        if added and patch.keep_styles and place.last_row > patch.header_row:
            self.native.continue_look(sheet, place.last_row, [min(added), max(added)], place.last_column)
        keep_rules = patch.keep_rules or patch.sheet in self.ruled
        if not keep_rules:
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
        if patch.page and patch.page.columns:
            self.native.print_area(sheet, patch.page, max([place.last_row, *patch.rows]))
        if keep_rules:
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
                self.native.unlock(self.pages[patch.sheet], address((first, column.column, last, column.column)))


def _used(sheet: Any) -> tuple[int, int]:
    """Last row and last column that Excel counts as used."""
    used = sheet.used_range
    return used.row + used.shape[0] - 1, used.column + used.shape[1] - 1


def _last_filled(sheet: Any, patch: TablePatch, last_row: int, last_column: int) -> int:
    """Excel counts formatted rows as used; those without a value are not rows of the table."""
    while last_row > patch.header_row:
        first = max(patch.header_row + 1, last_row - 199)       # from the end, since mostly the last row is the answer
        values = sheet.range((first, 1), (last_row, last_column)).raw_value
        if not isinstance(values, (tuple, list)):
            values = ((values,),)
        for number in range(len(values), 0, -1):
            if any(v not in (None, "") for v in values[number - 1]):
                return first + number - 1
        last_row = first - 1
    return last_row


def _column_spans(area: str, first: int, last: int) -> list[str]:
    """The columns of an area over all the table's rows."""
    found = {part.split(":")[0].rstrip("0123456789") for part in area.split()}
    return [f"{column}{first}:{column}{last}" for column in sorted(found)] if last >= first else []


def _widest(plan: SheetPlan, at_least: int) -> int:
    return max([at_least, *(column for _, column in plan.cells), *(c.column for t in plan.tables for c in t.columns)])
