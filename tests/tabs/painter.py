"""Paints a plan into a new file with XlsxWriter, for looking at the tabs; the product's hosts paint into books."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from ims_xl.workbook.plan import Cell, ConditionalFormat, Plan, SheetPlan, TableColumn, TablePatch, Validation
from ims_xl.workbook.tabs.where import area
from ims_xl.workbook.theme import Differential, Style, dxf, style

_LINES = {"": 0, "hair": 7, "thin": 1, "medium": 2, "double": 6}


def paint(plan: Plan, path: Path, order: tuple[str, ...] = (), palette: str = "Standard") -> None:
    """The whole plan as a new workbook."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    painter = _Painter(book, palette)
    parts = {s.name: s for s in plan.sheets} | {p.sheet: p for p in plan.patches}
    for name in [n for n in order if n in parts] + [n for n in parts if n not in order]:
        part = parts[name]
        if isinstance(part, SheetPlan):
            painter.sheet(part)
        else:
            painter.patch(part)
    book.close()


class _Painter:
    def __init__(self, book: xlsxwriter.Workbook, palette: str) -> None:
        self.book, self.palette = book, palette
        self.formats: dict[tuple[str, str], Any] = {}

    def look(self, name: str) -> Any:
        if ("cell", name) not in self.formats:
            self.formats["cell", name] = self.book.add_format(_cell_format(style(name, self.palette)))
        return self.formats["cell", name]

    def over(self, name: str) -> Any:
        if ("dxf", name) not in self.formats:
            self.formats["dxf", name] = self.book.add_format(_dxf_format(dxf(name, self.palette)))
        return self.formats["dxf", name]

    def sheet(self, plan: SheetPlan) -> None:
        sheet = self.book.add_worksheet(plan.name)
        merged = {m.split(":")[0] for m in plan.merges}
        for m in plan.merges:
            sheet.merge_range(m, "", None)
        for (row, column), cell in plan.cells.items():
            self.cell(sheet, row, column, cell)
        for block in plan.tables:
            for c in block.columns:
                sheet.write_string(block.header_row - 1, c.column - 1, c.heading, self.look(c.heading_style))
                self.column(sheet, c, [block.header_row + 1 + i for i in range(len(c.values))])
            if block.autofilter and block.columns:
                last = block.header_row + len(block.columns[0].values)
                sheet.autofilter(block.header_row - 1, block.columns[0].column - 1, last - 1, block.columns[-1].column - 1)
            for c in block.columns:
                if c.width:
                    sheet.set_column(c.column - 1, c.column - 1, c.width, None, {"hidden": c.hidden, "level": c.outline})
        for column, width in plan.widths.items():
            sheet.set_column(column - 1, column - 1, width, None, {"hidden": column in plan.hidden_columns})
        for row, height in plan.heights.items():
            sheet.set_row(row - 1, height)
        self.rules(sheet, plan.formats, plan.validations)
        for chart in plan.charts:
            self.chart(sheet, chart)
        if plan.freeze:
            sheet.freeze_panes(plan.freeze[0] - 1, plan.freeze[1] - 1)
        if plan.tab_colour:
            sheet.set_tab_color("#" + plan.tab_colour)
        sheet.hide_gridlines(0 if plan.gridlines else 2)
        sheet.set_zoom(plan.zoom)
        sheet.set_paper(9)
        if plan.page.landscape:
            sheet.set_landscape()
        if plan.page.fit_width:
            sheet.fit_to_pages(1, 0)
        if plan.page.columns:
            sheet.print_area(0, 0, max(r for r, _ in plan.cells) - 1, plan.page.columns[0] - 1)
        if plan.page.repeat_rows:
            sheet.repeat_rows(plan.page.repeat_rows[0] - 1, plan.page.repeat_rows[1] - 1)
        sheet.set_footer(plan.page.footer)
        if plan.state != "visible":
            sheet.hide()
        del merged

    def patch(self, patch: TablePatch) -> None:
        sheet = self.book.add_worksheet(patch.sheet)
        for (row, column), cell in patch.cells.items():
            self.cell(sheet, row, column, cell)
        for c in patch.columns:
            sheet.write_string(patch.header_row - 1, c.column - 1, c.heading, self.look(c.heading_style))
            self.column(sheet, c, list(patch.rows))
            if c.width:
                sheet.set_column(c.column - 1, c.column - 1, c.width, None, {"hidden": c.hidden, "level": c.outline})
        self.rules(sheet, patch.formats, patch.validations)
        sheet.autofilter(patch.table_area)
        sheet.set_row(patch.header_row - 1, 30)
        if patch.freeze:
            sheet.freeze_panes(patch.freeze[0] - 1, patch.freeze[1] - 1)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        look, value = self.look(cell.style), cell.value
        if cell.formula:
            sheet.write_formula(row - 1, column - 1, cell.formula, look, value if value is not None else "")
        elif cell.link:
            target = cell.link.replace("#", "internal:", 1) if cell.link.startswith("#") else cell.link
            sheet.write_url(row - 1, column - 1, target, look, str(value))
        else:
            self.value(sheet, row, column, value, look)

    def value(self, sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
        if value is None or value == "" or value is pd.NaT:
            sheet.write_blank(row - 1, column - 1, None, look)
        elif isinstance(value, str):
            sheet.write_string(row - 1, column - 1, value, look)
        elif isinstance(value, bool):
            sheet.write_boolean(row - 1, column - 1, value, look)
        elif isinstance(value, (date, datetime)):
            sheet.write_datetime(row - 1, column - 1, value, look)
        else:
            sheet.write_number(row - 1, column - 1, value, look)

    def column(self, sheet: Any, c: TableColumn, rows: list[int]) -> None:
        for i, (row, value) in enumerate(zip(rows, c.values)):
            look = self.look(c.style if isinstance(c.style, str) else c.style[i])
            if value is not None and not isinstance(value, str) and pd.isna(value):
                value = None
            if c.kind == "rupees" and value is not None:
                value = value / 100
            elif c.kind == "date" and value is not None:
                value = pd.Timestamp(value).to_pydatetime()
            formula = c.formulas[i] if c.formulas else ""
            link = c.links[i] if c.links else ""
            if formula or link:
                self.cell(sheet, row, c.column, Cell(value, c.style if isinstance(c.style, str) else c.style[i], formula=formula, link=link))
            else:
                self.value(sheet, row, c.column, value, look)

    def rules(self, sheet: Any, formats: tuple[ConditionalFormat, ...], validations: tuple[Validation, ...]) -> None:
        for f in formats:
            sheet.conditional_format(f.area.split()[0], {"type": "formula", "criteria": "=" + f.formula, "format": self.over(f.style), "stop_if_true": f.stop_if_true, "multi_range": f.area})
        for v in validations:
            options: dict[str, Any] = {"input_title": "ims-xl", "input_message": v.prompt, "error_message": v.error}
            if v.kind == "list":
                options |= {"validate": "list", "source": list(v.options) or v.source}
            else:
                kind = {"length": "length", "decimal": "decimal", "date": "date"}[v.kind]
                options |= {"validate": kind, "criteria": "between", "minimum": v.minimum or 0, "maximum": v.maximum}
            options["other_cells"] = []
            for one in v.area.split():
                sheet.data_validation(one, {k: x for k, x in options.items() if k != "other_cells"})

    def chart(self, sheet: Any, plan: Any) -> None:
        kind = {"stacked": ("column", "stacked")}.get(plan.kind, (plan.kind, ""))
        chart = self.book.add_chart({"type": kind[0], **({"subtype": kind[1]} if kind[1] else {})})
        for s in plan.series:
            series = {"name": s.name, "categories": "=" + s.categories, "values": "=" + s.values, "gap": 60}
            if s.colour:
                series["line" if plan.kind == "line" else "fill"] = {"color": "#" + s.colour}
            chart.add_series(series)
        chart.set_title({"name": plan.title, "name_font": {"size": 11}})
        if plan.kind != "doughnut":
            chart.set_legend({"position": "bottom"} if len(plan.series) > 1 else {"none": True})
        if plan.number_format and plan.kind != "doughnut":
            (chart.set_x_axis if plan.kind == "bar" else chart.set_y_axis)({"num_format": plan.number_format, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        if plan.kind == "bar":
            chart.set_y_axis({"reverse": True})
        chart.set_size({"width": plan.width, "height": plan.height})
        sheet.insert_chart(plan.row - 1, plan.column - 1, chart)


def _cell_format(s: Style) -> dict[str, Any]:
    out: dict[str, Any] = {"font_name": s.font, "font_size": s.size, "bold": s.bold, "italic": s.italic, "font_color": "#" + s.colour, "num_format": s.number_format,
                           "text_wrap": s.wrap, "indent": s.indent, "locked": s.locked, "underline": 1 if s.underline else 0}
    if s.fill:
        out |= {"bg_color": "#" + s.fill, "pattern": 1}
    for side in ("left", "right", "top", "bottom"):
        if getattr(s, side):
            out |= {side: _LINES[getattr(s, side)], f"{side}_color": "#" + s.border_colour}
    if s.horizontal:
        out["align"] = s.horizontal
    out["valign"] = {"center": "vcenter", "": "bottom"}.get(s.vertical, s.vertical)
    return out


def _dxf_format(d: Differential) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if d.colour:
        out["font_color"] = "#" + d.colour
    if d.fill:
        out |= {"bg_color": "#" + d.fill}
    for name, key in (("bold", "bold"), ("italic", "italic"), ("strike", "font_strikeout")):
        if getattr(d, name):
            out[key] = True
    if d.bottom:
        out |= {"bottom": _LINES[d.bottom], "bottom_color": "#" + d.border_colour}
    if d.number_format:
        out["num_format"] = d.number_format
    return out


if __name__ == "__main__":
    from ims_xl.workbook.tabs import SHEETS, lay_out
    from tests.tabs.sample import hers, layout, sample

    rec = sample(palette=sys.argv[2] if len(sys.argv) > 2 else "Standard")
    paint(lay_out(rec, layout(rec)), Path(sys.argv[1]), SHEETS, rec.state.settings.palette)
    paint(lay_out(rec, hers(rec)), Path(sys.argv[1]).with_name("hers.xlsx"))
    _ = area
