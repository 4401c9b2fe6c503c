"""Plans as text: a sheet as a host would read it back, and a sheet as a page of a golden file."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.workbook.plan import Cell, SheetPlan, TableColumn, TablePatch
from ims_xl.workbook.tabs.where import letters


def sheet_text(plan: SheetPlan) -> SheetText:
    """What a host reads from the painted sheet, with its cached values."""
    found = {at: _read(cell.value) for at, cell in plan.cells.items()}
    for block in plan.tables:
        for column in block.columns:
            found[block.header_row, column.column] = column.heading
            for i, value in enumerate(column.values):
                found[block.header_row + 1 + i, column.column] = _read(_written(column, value))
    rows, columns = max((r for r, _ in found), default=0), max((c for _, c in found), default=0)
    frame = pd.DataFrame("", index=range(1, rows + 1), columns=range(1, columns + 1), dtype="str")
    for (row, column), text in found.items():
        frame.loc[row, column] = text
    return SheetText(plan.name, frame)


def page(plan: SheetPlan | TablePatch) -> str:
    """Everything a plan says, one line a cell or column, in reading order."""
    name = plan.name if isinstance(plan, SheetPlan) else plan.sheet
    lines = [f"sheet {name}"]
    if isinstance(plan, SheetPlan):
        lines += [f"freeze {plan.freeze}  tab {plan.tab_colour}  protect {plan.protect}", f"page {plan.page.repeat_rows} {plan.page.footer}", f"merges {' '.join(plan.merges)}"]
        blocks = [(f"table {b.name} row {b.header_row}", b.columns, None) for b in plan.tables]
    else:
        lines += [f"headings in row {plan.header_row}, table {plan.table_area}, freeze {plan.freeze}"]
        blocks = [("columns", plan.columns, plan.rows)]
    for (row, column), cell in sorted(plan.cells.items()):
        if cell.value is not None:
            lines.append(f"{letters(column)}{row}: {_cell(cell)}")
    for title, columns, _ in blocks:
        lines.append(title)
        for c in columns:
            hidden = " hidden" if c.hidden else ""
            lines.append(f"  {letters(c.column)} {c.heading} <{c.style if isinstance(c.style, str) else 'styles'}> {c.kind} width {c.width}{hidden}")
        for i in range(len(columns[0].values) if columns else 0):
            lines.append("  | " + " | ".join(_read(_written(c, c.values[i])) + (f" ={c.formulas[i]}" if c.formulas and c.formulas[i] else "") for c in columns))
    lines += [f"format {f.area}: {f.formula} -> {f.style}" for f in plan.formats]
    lines += [f"check {v.area}: {v.kind} {'/'.join(v.options)}{v.source} {'' if v.minimum is None else v.minimum} {'' if v.maximum is None else v.maximum}" for v in plan.validations]
    if isinstance(plan, SheetPlan):
        lines += [f"chart {c.kind} '{c.title}' at {letters(c.column)}{c.row}: " + "; ".join(f"{s.name} {s.categories} {s.values} {s.colour}" for s in c.series) for c in plan.charts]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cell(cell: Cell) -> str:
    parts = [_read(cell.value), f"<{cell.style}>"]
    return " ".join(parts + ([cell.formula] if cell.formula else []) + ([f"-> {cell.link}"] if cell.link else []))


def _written(column: TableColumn, value: object) -> object:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value / 100 if column.kind == "rupees" else value


def _read(value: object) -> str:
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value).to_pydatetime()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.min.time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | np.floating):
        return f"{value:.10g}"
    return str(value)
