"""Canvases painted into an open workbook: styles first, so that text stays text, then values in blocks, then what hangs on them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ims_xl.hosts import excel_strokes as strokes
from ims_xl.hosts.excel_canvas import Canvas
from ims_xl.hosts.excel_native import Native
from ims_xl.hosts.excel_strokes import address, addresses
from ims_xl.workbook import theme
from ims_xl.workbook.plan import OUR_MARK, OUR_PROMPT, ConditionalFormat, SheetPlan, TableBlock

STYLE = "ims-xl {}"     # our named cell styles
THEME = "_ims_xl_theme"  # a hidden name: by which theme they were made


class Painter:
    """Puts canvases and all that hangs on them into the sheets of one book."""

    def __init__(self, book: Any, native: Native, palette: str = "Standard") -> None:
        self.book, self.native, self.palette = book, native, palette

    def define(self, names: set[str]) -> None:
        """Our named styles, those that are used and not there yet; all of them where the theme is another than the one they were made by."""
        looks = {STYLE.format(name): theme.style(name, self.palette) for name in sorted(names)}
        made_by = hashlib.sha256(repr([theme.style(name, self.palette) for name in theme.STYLES]).encode()).hexdigest()[:16]
        same = THEME in self.book.names and self.book.names[THEME].refers_to.strip('="') == made_by
        present = self.native.style_names(self.book) if same else set()
        self.native.define_styles(self.book, {name: look for name, look in looks.items() if name not in present})
        if not same:
            self.book.names.add(THEME, f'="{made_by}"')
            self.native.hide_name(self.book, THEME)

    def put(self, sheet: Any, canvas: Canvas) -> None:
        """Looks, then values and formulas in blocks, then what stands alone."""
        for style, rects in strokes.by_style(canvas.looks).items():
            for area in addresses(rects):
                self.native.wear(sheet, area, STYLE.format(style))
        for code, rects in strokes.by_style(canvas.plain_formats).items():
            for rect in rects:
                sheet.range(address(rect)).number_format = code
        for block in canvas.blocks:
            held = block.matrix if len(block.matrix) * len(block.matrix[0]) > 1 else block.matrix[0][0]
            if block.live:
                sheet.range(block.area).impl.formula = held      # past xlwings' converters, which would look at every cell again
            else:
                sheet.range(block.area).raw_value = held
        for row, column, text in canvas.singles:
            sheet.range((row, column)).raw_value = text
        for row, column, link, text in canvas.links:
            self.native.link(sheet, row, column, link, text)

    def sheet(self, sheet: Any, plan: SheetPlan, canvas: Canvas, fresh: bool) -> None:
        """A sheet that is wholly ours, in its place."""
        if not fresh:
            self.native.clear(sheet)
        self.put(sheet, canvas)
        for area in plan.merges:
            sheet.range(area).merge()
        self._columns(sheet, plan, fresh)
        for height in sorted(set(plan.heights.values())):
            rows = [(f"{first}:{last}") for first, last, _ in strokes.steps({row: h for row, h in plan.heights.items() if h == height})]
            self.native.row_height(sheet, rows, height)
        for table in plan.tables:
            self._frame(sheet, table)
        self.rules(sheet, plan.formats, plan.validations)
        for chart in plan.charts:
            self.native.chart(sheet, chart)
        if plan.tab_colour:
            self.native.tab_colour(sheet, theme.TAB_COLOURS.get(plan.tab_colour, plan.tab_colour).lstrip("#"))
        if plan.page.columns:
            last = max([row for row, _ in plan.cells] + [b.header_row + len(c.values) for b in plan.tables for c in b.columns])
            self.native.print_area(sheet, plan.page, last)
        if fresh and plan.state != "very_hidden":
            self.native.page(sheet, plan.page)
            self.native.window(sheet, plan.freeze, plan.zoom, plan.gridlines)
        if plan.protect:
            self.native.protect(sheet)

    def _columns(self, sheet: Any, plan: SheetPlan, fresh: bool) -> None:
        widths = dict(plan.widths)
        hidden = set(plan.hidden_columns)
        for table in plan.tables:
            for column in table.columns:
                if column.width is not None:
                    widths.setdefault(column.column, column.width)
                if column.hidden:
                    hidden.add(column.column)
                if column.outline:
                    self.native.outline(sheet, column.column, column.outline)
        if fresh:        # widths that a person changed since are hers
            for first, last, width in strokes.steps(widths):
                sheet.range((1, first), (1, last)).column_width = width
        for first, last, _ in strokes.steps(dict.fromkeys(hidden, 1.0)):
            sheet.range((1, first), (1, last)).columns.hidden = True

    def _frame(self, sheet: Any, table: TableBlock) -> None:
        if not table.columns:
            return
        height = max(len(c.values) for c in table.columns)
        found = [c.column for c in table.columns]
        area = address((table.header_row, min(found), table.header_row + max(height, 1), max(found)))
        if table.name:
            self.native.table(sheet, area, table.name)
        elif table.autofilter:
            self.native.autofilter(sheet, area)

    def rules(self, sheet: Any, formats: Sequence[Any], validations: Sequence[Any]) -> None:
        """Our conditional formats and validations, in place of the earlier ones."""
        self.native.remove_formats(sheet, OUR_MARK)
        for validation in validations:
            self.native.add_validation(sheet, validation, OUR_PROMPT)
        for rule in formats:
            self.native.add_format(sheet, marked(rule), theme.dxf(rule.style, self.palette))


def marked(rule: ConditionalFormat) -> ConditionalFormat:
    """The rule with our mark in its formula, by which a later run knows it."""
    return rule if OUR_MARK in rule.formula else replace(rule, formula=f"({rule.formula})+{OUR_MARK}")
