"""The before-image of a book that is being written to, so that a failure, or the end of our process, leaves it as it was.

It stands in a file of this user and is named inside the book by a hidden name; both go when the writing is done. Whoever opens the
book next and finds the name puts the image back.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from ims_xl.hosts import excel_strokes as strokes
from ims_xl.hosts.excel_cell import ERRORS
from ims_xl.hosts.excel_native import Native
from ims_xl.hosts.excel_session import MARKER, state_folder
from ims_xl.workbook.plan import Plan

_PLAIN: Final = frozenset({str, float, bool, type(None)})


@dataclass
class Image:
    """Areas as they stood (sheet -> first row, columns, cells), sheets that will be new, and names that will change."""

    areas: list[dict[str, Any]]
    new_sheets: list[str]
    names: dict[str, str]
    new_names: list[str]

    def new_sheets_in(self, plan: Plan) -> list[str]:
        """The sheets that will be new, in the plan's order."""
        return [sheet.name for sheet in plan.sheets if sheet.name in self.new_sheets]


def take_area(sheet: Any, row: int, column: int, last_row: int, last_column: int, epoch_1904: bool, formulas: bool = True) -> dict[str, Any]:
    """The cells of an area: formulas as "=...", everything else by value, in two reads, or one where it holds no formula. `formulas` is the second as it came."""
    place = {"sheet": sheet.name, "row": row, "column": column, "last_row": last_row, "last_column": last_column}
    if last_row < row or last_column < column:
        return {**place, "cells": [], "formulas": ()}
    area = sheet.range((row, column), (last_row, last_column))
    values, made = area.raw_value, area.formula if formulas else None
    if not isinstance(values, (tuple, list)):
        values, made = ((values,),), ((made,),) if formulas else None
    if made is None:
        cells = [[v if type(v) in _PLAIN else _kept(v, "", epoch_1904) for v in line] for line in values]
    else:
        cells = [[_kept(v, f, epoch_1904) for v, f in zip(line, texts)] for line, texts in zip(values, made)]
    return {**place, "cells": cells, "formulas": made}


def _kept(value: Any, formula: Any, epoch_1904: bool) -> Any:
    if isinstance(formula, str) and formula[:1] == "=" and formula != value:
        return ["f", formula]
    if isinstance(value, datetime):
        return strokes.serial(value.replace(tzinfo=None), epoch_1904)
    if value is None or isinstance(value, (str, bool, float)):
        return value
    return ["f", formula or ERRORS.get(value, "#N/A")] if isinstance(value, int) else float(value)      # an error typed as a constant: "#N/A"


def begin(book: Any, native: Native, image: Image) -> Path:
    """Writes the image down and marks the book."""
    file = state_folder() / f"writing-{uuid.uuid4().hex}.json"
    file.write_text(json.dumps(image.__dict__))
    book.names.add(MARKER, f'="{file.stem}"')
    native.hide_name(book, MARKER)
    return file


def end(book: Any, file: Path) -> None:
    """The book is whole: mark and image go."""
    if book.names.impl.contains(MARKER):
        book.names[MARKER].delete()
    file.unlink(missing_ok=True)


def unfinished(book: Any) -> Path | None:
    """The image of a writing that never ended, if the book bears its mark."""
    if not book.names.impl.contains(MARKER):
        return None
    named = book.names[MARKER].refers_to.strip('="')
    file = state_folder() / f"{Path(named).name}.json"
    if file.exists():
        return file
    book.names[MARKER].delete()         # the image is gone (another machine): what stands is all there is
    return None


def put_back(book: Any, native: Native, file: Path) -> None:
    """The book as the image has it."""
    image = Image(**json.loads(file.read_text()))
    present = {sheet.name for sheet in book.sheets}
    for name in image.new_sheets:
        if name in present:
            sheet = book.sheets[name]
            native.set_state(sheet, "visible")
            sheet.delete()
    for area in image.areas:
        if area["sheet"] in present:
            _put_area(book.sheets[area["sheet"]], native, area)
    for name in image.new_names:
        if book.names.impl.contains(name):
            book.names[name].delete()
    for name, refers_to in image.names.items():
        book.names.add(name, refers_to)
    end(book, file)


def _put_area(sheet: Any, native: Native, area: dict[str, Any]) -> None:
    locked = native.protected(sheet)
    if locked:
        native.unprotect(sheet)
    used = sheet.used_range
    bottom = max(area["last_row"], used.row + used.shape[0] - 1)
    if bottom >= area["row"] and area["width_now"] >= area["column"]:
        sheet.range((area["row"], area["column"]), (bottom, area["width_now"])).clear_contents()
    cells = area["cells"]
    if cells:
        text = [_is_text(sheet, area, c) for c in range(len(cells[0]))]
        values = [tuple(None if isinstance(v, list) else strokes.as_text(v, text[c]) if isinstance(v, str) else v for c, v in enumerate(line)) for line in cells]
        target = sheet.range((area["row"], area["column"]), (area["last_row"], area["last_column"]))
        target.raw_value = values if len(values) * len(values[0]) > 1 else values[0][0]
        formulas = {(area["row"] + r, area["column"] + c): v[1] for r, line in enumerate(cells) for c, v in enumerate(line) if isinstance(v, list)}
        for row, column, matrix in strokes.dense(formulas):
            block = sheet.range((row, column), (row + len(matrix) - 1, column + len(matrix[0]) - 1))
            block.formula = [tuple(line) for line in matrix] if len(matrix) * len(matrix[0]) > 1 else matrix[0][0]
    if locked:
        native.protect(sheet)


def _is_text(sheet: Any, area: dict[str, Any], offset: int) -> bool:
    column = area["column"] + offset
    return bool(sheet.range((area["row"], column), (area["last_row"], column)).number_format == "@")


def rows_of(rows: Any) -> tuple[int, int]:
    """First and last of the rows; (1, 0) where there are none."""
    found = np.asarray(rows, dtype=np.int64)
    return (int(found.min()), int(found.max())) if len(found) else (1, 0)
