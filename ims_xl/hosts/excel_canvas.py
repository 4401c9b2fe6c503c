"""A plan as blocks ready to assign: the matrices, looks and links that a sheet, or columns of a person's sheet, shall hold.

Every matrix is made ready before Excel is touched, so a plan that cannot be painted changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ims_xl.hosts import excel_strokes as strokes
from ims_xl.hosts.excel_strokes import Rect, address
from ims_xl.workbook import theme
from ims_xl.workbook.plan import Cell, SheetPlan, TableBlock, TableColumn, TablePatch

BLOCK = 60_000          # cells in one assignment
LINKS = 25              # more links than this in a column become HYPERLINK formulas, which go in one block


@dataclass(frozen=True)
class Block:
    """A filled rectangle, ready to assign; `live` where formulas stand among its values."""

    row: int
    column: int
    matrix: list[tuple[Any, ...]]
    live: bool = False

    @property
    def area(self) -> str:
        return address((self.row, self.column, self.row + len(self.matrix) - 1, self.column + len(self.matrix[0]) - 1))

    def without(self, standing: Mapping[int, tuple[int, Sequence[Any]]]) -> list[Block]:
        """The columns of the block that do not stand there already."""
        if self.live:
            return [self]
        columns = list(zip(*self.matrix))
        fresh = [n for n, values in enumerate(columns) if not _stands(values, self.row, standing.get(self.column + n))]
        return [Block(self.row, self.column + a, list(zip(*columns[a : b + 1]))) for a, b in strokes.spans(fresh)]


def _stands(values: Sequence[Any], row: int, held: tuple[int, Sequence[Any]] | None) -> bool:
    if held is None or row < held[0]:
        return False
    cells = held[1][row - held[0] : row - held[0] + len(values)]
    # An apostrophe in front is how text is assigned, no part of it; True is no 1 here.
    return len(cells) == len(values) and all((v[1:] if isinstance(v, str) and v[:1] == "'" else v) == c and isinstance(v, bool) == isinstance(c, bool) for v, c in zip(values, cells))


@dataclass
class Canvas:
    """What one sheet shall hold, ready to assign."""

    blocks: list[Block] = field(default_factory=list)
    singles: list[tuple[int, int, str]] = field(default_factory=list)
    looks: list[tuple[str, Rect]] = field(default_factory=list)
    plain_formats: list[tuple[str, Rect]] = field(default_factory=list)
    links: list[tuple[int, int, str, str]] = field(default_factory=list)

    def styles(self) -> set[str]:
        return {name for name, _ in self.looks}

    def keep_what_stands(self, standing: Mapping[int, tuple[int, Sequence[Any]]]) -> None:
        """Takes out what stands there already; `standing` is column -> first row and the cells from there."""
        self.blocks = [part for block in self.blocks for part in block.without(standing)]

    def columns(self) -> set[int]:
        """The columns in which a cell will be written."""
        wide = {n for block in self.blocks for n in range(block.column, block.column + len(block.matrix[0]))}
        return wide | {column for _, column, _ in self.singles} | {column for _, column, *_ in self.links}


def is_text_style(name: str) -> bool:
    """Cells of that style bear the format `@`."""
    return theme.style(name).number_format == "@"


def sheet_canvas(plan: SheetPlan, epoch_1904: bool) -> Canvas:
    """A sheet that is wholly ours."""
    canvas = Canvas()
    inside: list[Rect] = []
    for table in plan.tables:
        inside.append(_table(canvas, table, epoch_1904))
    loose: dict[tuple[int, int], Cell] = {}
    over: dict[tuple[int, int], Cell] = {}
    for (row, column), cell in plan.cells.items():
        (over if any(r[0] <= row <= r[2] and r[1] <= column <= r[3] for r in inside) else loose)[row, column] = cell
    tables, canvas.blocks = canvas.blocks, []
    _cells(canvas, loose, epoch_1904, spread=True)      # first: what they cover of a table is written again
    canvas.blocks += tables
    _cells(canvas, over, epoch_1904)
    return canvas


def _table(canvas: Canvas, table: TableBlock, epoch_1904: bool) -> Rect:
    names = strokes.distinct([c.heading for c in table.columns]) if table.name else [c.heading for c in table.columns]
    heads = {(table.header_row, c.column): Cell(name, c.heading_style) for c, name in zip(table.columns, names)}
    _cells(canvas, heads, epoch_1904)
    height = max((len(c.values) for c in table.columns), default=0)
    rows = np.arange(table.header_row + 1, table.header_row + 1 + height)
    columns(canvas, table.columns, rows, epoch_1904, {})
    for column in table.columns:
        canvas.looks += column_looks(column, rows)
    found = [c.column for c in table.columns] or [1]
    return table.header_row, min(found), table.header_row + height, max(found)


def column_looks(column: TableColumn, rows: np.ndarray) -> list[tuple[str, Rect]]:
    """The column's style as rectangles."""
    found: list[tuple[str, Rect]] = []
    for start, end in strokes.runs(rows):
        if isinstance(column.style, str):
            found.append((column.style, (int(rows[start]), column.column, int(rows[end - 1]), column.column)))
        else:
            found += strokes.style_runs(column.style[start:end], int(rows[start]), column.column)
    return found


def _cells(canvas: Canvas, cells: dict[tuple[int, int], Cell], epoch_1904: bool, spread: bool = False) -> None:
    """Single cells. `spread`: the sheet is blank, so one block over all of them may be written at once."""
    values: dict[tuple[int, int], Any] = {}
    live = False
    for (row, column), cell in cells.items():
        text = is_text_style(cell.style)
        canvas.looks.append((cell.style, (row, column, row, column)))
        if cell.formula:
            values[row, column] = cell.formula
            live = True
        elif isinstance(cell.value, str) and len(cell.value) > strokes.LONG:
            canvas.singles.append((row, column, strokes.as_text(cell.value, text)))
        elif cell.value is not None and cell.value != "":
            values[row, column] = strokes.scalar(cell.value, text, epoch_1904)
        if text and (cell.formula or not isinstance(cell.value, (str, type(None)))):
            canvas.plain_formats.append(("General", (row, column, row, column)))
        if cell.link:
            canvas.links.append((row, column, cell.link, str(cell.value or "")))
    whole = strokes.spread(values) if spread else None
    parts = [whole] if whole is not None else strokes.dense(values)
    canvas.blocks += [Block(r, c, matrix, live) for r, c, matrix in parts]


def columns(canvas: Canvas, wanted: Sequence[TableColumn], rows: np.ndarray, epoch_1904: bool, text_cells: dict[int, bool]) -> None:
    """Columns of values at those sheet rows: neighbours go in one block. `text_cells`: column -> its cells bear `@` (else by style)."""
    if not len(rows):
        return
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    stretches = strokes.runs(rows)
    for group in _neighbours(wanted):
        ready = [_column(canvas, column, rows, order, epoch_1904, text_cells) for column in group]
        for start, end in stretches:
            step = max(1, BLOCK // len(group))
            for a in range(start, end, step):
                b = min(a + step, end)
                canvas.blocks.append(Block(int(rows[a]), group[0].column, list(zip(*(values[a:b] for values in ready))), live=_is_live(group[0])))


def _column(canvas: Canvas, column: TableColumn, rows: np.ndarray, order: np.ndarray, epoch_1904: bool, text_cells: dict[int, bool]) -> list[Any]:
    marks: bool | list[bool]
    if column.column in text_cells:
        marks = text_cells[column.column]
    elif isinstance(column.style, str):
        marks = is_text_style(column.style)
    else:
        known = {name: is_text_style(name) for name in set(column.style)}
        marks = [known[name] for name in column.style]
    values = strokes.column_values(column, marks, epoch_1904)
    formulas = list(column.formulas) if column.formulas is not None else []
    if column.links is not None:
        formulas = _links(canvas, column, rows, order, formulas)
    _calculating(canvas, column, marks, values, formulas, rows, order)
    if formulas:
        values = [formula or value for value, formula in zip(values, formulas)]
    for i, value in enumerate(values):
        if isinstance(value, str) and len(value) > strokes.LONG:
            canvas.singles.append((int(rows[list(order).index(i)]), column.column, value))
            values[i] = None
    return [values[i] for i in order] if len(order) and (np.diff(order) != 1).any() else values


def _calculating(canvas: Canvas, column: TableColumn, marks: bool | list[bool], values: list[Any], formulas: list[str], rows: np.ndarray, order: np.ndarray) -> None:
    """Formulas and numbers in cells whose style is text: the cell becomes General, else Excel would keep them as text."""
    if marks is False:
        return
    is_text = [True] * len(values) if marks is True else marks
    counts = [bool(formulas and formulas[i]) or (value is not None and not isinstance(value, str)) for i, value in enumerate(values)]
    cells = [(int(rows[n]), column.column) for n, i in enumerate(order) if is_text[i] and counts[i]]
    canvas.plain_formats += [("General", rect) for rect in strokes.by_style(("", (r, c, r, c)) for r, c in cells).get("", [])]


def _links(canvas: Canvas, column: TableColumn, rows: np.ndarray, order: np.ndarray, formulas: list[str]) -> list[str]:
    """Few links are links; many are formulas."""
    assert column.links is not None
    where = [i for i, link in enumerate(column.links) if link]
    place = {int(i): n for n, i in enumerate(order)}
    if not _many_links(column):
        canvas.links += [(int(rows[place[i]]), column.column, column.links[i], str(column.values[i])) for i in where]
        return formulas
    made = [""] * len(column.values)
    for i in where:
        target, shown = (str(t).replace('"', '""') for t in (column.links[i], column.values[i]))
        made[i] = f'=HYPERLINK("{target}","{shown}")'
    return made


def _is_live(column: TableColumn) -> bool:
    return column.formulas is not None or _many_links(column)


def _many_links(column: TableColumn) -> bool:
    return column.links is not None and column.formulas is None and sum(map(bool, column.links)) > LINKS


def _neighbours(wanted: Sequence[TableColumn]) -> Iterator[list[TableColumn]]:
    """Columns beside each other, those with formulas apart from those without."""
    group: list[TableColumn] = []
    for column in sorted(wanted, key=lambda c: c.column):
        if group and (column.column != group[-1].column + 1 or _is_live(column) != _is_live(group[-1])):
            yield group
            group = []
        group.append(column)
    if group:
        yield group


@dataclass
class PatchPlace:
    """How the data sheet stands before the patch."""

    last_row: int
    last_column: int
    headings: dict[int, str]
    formats: dict[int, str | None]
    fresh: bool


def patch_canvas(patch: TablePatch, place: PatchPlace, epoch_1904: bool) -> Canvas:
    """Columns written into a data sheet: what is new is dressed, what exists keeps its look where the patch says so."""
    canvas = Canvas()
    rows = np.asarray(patch.rows, dtype=np.int64)
    old_rows = rows <= place.last_row
    text_cells: dict[int, bool] = {}
    heads: dict[tuple[int, int], Cell] = {}
    taken = [text for text in place.headings.values() if text]
    for column in patch.columns:
        new = not place.headings.get(column.column)
        if new:
            name = strokes.distinct([column.heading], taken)[0] if patch.table_area else column.heading
            taken.append(name)
            heads[patch.header_row, column.column] = Cell(name, column.heading_style)
        dressed = np.ones(len(rows), dtype=bool) if new or not patch.keep_styles else ~old_rows & (place.last_row <= patch.header_row)
        if dressed.all():
            canvas.looks += column_looks(_sorted(column, rows), np.sort(rows))
        else:
            text_cells[column.column] = place.formats.get(column.column) == "@"
            if dressed.any():
                part = np.flatnonzero(dressed)
                canvas.looks += column_looks(_sorted(_only(column, part), rows[part]), np.sort(rows[part]))
    _cells(canvas, heads, epoch_1904)
    held_rows, held_columns = set(patch.rows), {c.column for c in patch.columns}
    inside = {at: cell for at, cell in patch.cells.items() if at[0] in held_rows and at[1] in held_columns}
    columns(canvas, [_holding(c, rows, inside) for c in patch.columns], rows, epoch_1904, text_cells)
    _cells(canvas, {at: cell for at, cell in patch.cells.items() if at not in inside}, epoch_1904)
    return canvas


def _holding(column: TableColumn, rows: np.ndarray, cells: Mapping[tuple[int, int], Cell]) -> TableColumn:
    """The column with the single cells that lie in it among its values: written apart, they would be rubbed out with it the next time."""
    mine = {row: cell.value for (row, number), cell in cells.items() if number == column.column}
    return replace(column, values=[mine.get(row, value) for row, value in zip(rows.tolist(), column.values)]) if mine else column


def _only(column: TableColumn, part: np.ndarray) -> TableColumn:
    return column if isinstance(column.style, str) else replace(column, style=[column.style[i] for i in part])


def _sorted(column: TableColumn, rows: np.ndarray) -> TableColumn:
    return column if isinstance(column.style, str) else replace(column, style=[column.style[i] for i in np.argsort(rows, kind="stable")])
