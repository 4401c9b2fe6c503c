"""The Home tab: whose book it is, where the month stands, what needs a person, what runs out when, and who signs.

Tiles count live over the IMS rows where the sheet has the columns for it, so that an action changed in Excel moves them at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.unreported import CHASE
from ims_xl.hosts.base import SheetText
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Action, Change
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, SheetPlan, Validation
from ims_xl.workbook.tabs.calendar import key_dates
from ims_xl.workbook.tabs.home_charts import CHART_ROWS, charts, figures
from ims_xl.workbook.tabs.home_needs import Need, needs
from ims_xl.workbook.tabs.live import live_formulas
from ims_xl.workbook.tabs.not_in_ims import not_in_ims_frame
from ims_xl.workbook.tabs.pieces import client_line, indian, page, signed_tax
from ims_xl.workbook.tabs.where import Layout, area, letters
from ims_xl.workbook.theme import TAB_COLOURS

FIRST: Final = 2            # column A is a margin
COLUMNS: Final = 12         # twelve columns of one width carry tiles, lists and charts
LAST: Final = FIRST + COLUMNS - 1
WIDTH: Final = 13.5
TILES: Final = 5
BODY: Final = 11
LIST_ROWS: Final = 12      # as many as there are questions: none is left out
LEAST_ROWS: Final = 6
SIGN_OFF: Final[Mapping[str, str]] = {"signoff.preparer": "Prepared by", "signoff.preparer_at": "Prepared on", "signoff.reviewer": "Reviewed by", "signoff.reviewer_at": "Reviewed on", "signoff.note": "Remark"}


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    action: str               # "" = all
    count: int
    paise: int
    target: str
    style: str


def home_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The whole tab."""
    cells: dict[tuple[int, int], Cell] = {}
    merges: list[str] = []
    settings = rec.state.settings
    cells[(1, FIRST)] = Cell(settings.name or "GST IMS month-end", "title")
    cells[(2, FIRST)] = Cell(client_line(rec, named=not settings.name), "subtitle")
    _light(rec, where, cells, merges)
    books = where.frames["Not in IMS"] if "Not in IMS" in where.frames else not_in_ims_frame(rec, where.register)
    tiles = _tiles(rec, books)
    for i, tile in enumerate(tiles):
        _put_tile(tile, FIRST + 2 * i, where, cells, merges)
    found = needs(rec, where, books)
    _put_needs(found, where, cells, merges)
    dates_last = _put_dates(rec, cells, merges)
    list_last = max(dates_last, BODY + max(LEAST_ROWS, min(len(found), LIST_ROWS)))
    chart_row = list_last + 2
    cells.update(_band(chart_row, FIRST, LAST, "The month in pictures"))
    below = chart_row + CHART_ROWS + 1
    files_last = _put_files(rec, below, cells, merges)
    sign = files_last + 2
    _put_sign_off(rec, sign, cells, merges)
    behind = sign + 6
    cells.update(_band(behind - 1, FIRST, LAST, "Figures behind the pictures"))
    blocks, places = figures(rec, books, where, behind, FIRST)
    for block in blocks:
        for down, line in enumerate(block.lines):
            put_line(behind + down, [(block.offset, block.offset + 1, line[0]), (block.offset + 2, block.offset + 2, line[1])], cells, merges)
    money = [area(TILES + 2, FIRST, TILES + 2, LAST), area(BODY + 1, FIRST + 5, list_last, FIRST + 5), *places.money]
    return SheetPlan(
        name=where.name("Home"), cells=cells, merges=tuple(merges),
        widths={1: 2, **dict.fromkeys(range(FIRST, LAST + 1), WIDTH)}, heights={1: 30, TILES + 1: 32, TILES: 18, BODY: 20},
        formats=(*_tile_formats(), *(f for block in money for f in indian([block]))),
        validations=(Validation(area(sign + 1, FIRST + 2, sign + 3, FIRST + 4), kind="length", minimum=0, maximum=120, error="At most 120 characters."),),
        charts=charts(where.name("Home"), places, chart_row + 1, FIRST, settings.palette), tab_colour=TAB_COLOURS["navy"],
        page=page(rec, repeat=None), freeze=None,
    )


def read_inputs(text: SheetText) -> dict[str, str]:
    """What was typed in the sign-off block: "signoff.preparer" -> "R. Iyer"; only labels that are there are told."""
    found: dict[str, str] = {}
    frame = text.frame
    for name, label in SIGN_OFF.items():
        for column in frame.columns:
            at = frame.index[frame[column] == label]
            if len(at) and column + 2 in frame.columns:
                found[name] = str(frame.at[at[-1], column + 2]).strip()
                break
    return found


def _light(rec: Reconciliation, where: Layout, cells: dict[tuple[int, int], Cell], merges: list[str]) -> None:
    failed = sum(not check.ok for check in rec.tie_out)
    total = len(rec.tie_out)
    text = f"✓ Tie-out: all {total} checks agree" if not failed else f"✗ Tie-out: {failed} of {total} checks do not agree"
    cells[(3, FIRST)] = Cell(text if total else "Tie-out: not run yet", "good" if total and not failed else "bad" if failed else "noaction", link=where.link("Tie-out"))
    merges.append(area(3, FIRST, 3, FIRST + 3))
    estimated = rec.gstr2b.estimated
    cells[(3, FIRST + 4)] = Cell("GSTR-2B is a forecast until the portal's is pulled" if estimated else "✓ GSTR-2B of the period is pulled", "warn" if estimated else "good", link=where.link("GSTR-2B"))
    merges.append(area(3, FIRST + 4, 3, FIRST + 7))


def _tiles(rec: Reconciliation, books: pd.DataFrame) -> list[Tile]:
    live = rec.state.work["change"].to_numpy(dtype=object) != Change.GONE
    actions = rec.state.work["action"].to_numpy(dtype=object)
    tax = signed_tax(rec.state.ims)
    chase = books["kind"].eq(CHASE).to_numpy() if len(books) else np.zeros(0, dtype=bool)

    def of(label: str, action: str, target: str, style: str) -> Tile:
        rows = live & ((actions == action) if action else np.ones(len(actions), dtype=bool))
        return Tile(label, action, int(rows.sum()), int(tax[rows].sum()), target, style)

    return [
        of("All documents", "", "IMS", "tile_label"),
        of("A  Accept", Action.ACCEPT, "IMS", "accept"),
        of("R  Reject", Action.REJECT, "Rejected", "reject"),
        of("P  Pending", Action.PENDING, "Pending", "pending"),
        of("-  No action", Action.NO_ACTION, "Default Risk", "noaction"),
        Tile("Not in IMS", "books", int(chase.sum()), int(books["itc"].to_numpy(dtype=np.int64)[chase].sum()) if len(books) else 0, "Not in IMS", "tile_label"),
    ]


def _put_tile(tile: Tile, column: int, where: Layout, cells: dict[tuple[int, int], Cell], merges: list[str]) -> None:
    count, paise = ("", "") if tile.action == "books" else live_formulas(where.ims, tile.action)
    shown = where.ims.sheet if tile.target == "IMS" else where.name(tile.target)
    cells[(TILES, column)] = Cell(tile.label, tile.style)
    cells[(TILES + 1, column)] = Cell(tile.count, "tile_value", formula=count)
    cells[(TILES + 2, column)] = Cell(tile.paise / 100, "tile_rupees", formula=paise)
    cells[(TILES + 3, column)] = Cell(f"ITC, Rs · open {shown}"[:34], "tile_link", link=where.link(tile.target) if tile.target != "IMS" else f"#'{where.ims.sheet.replace(chr(39), chr(39) * 2)}'!A1")
    for row in range(TILES, TILES + 4):
        cells[(row, column + 1)] = Cell(None, cells[(row, column)].style)
        merges.append(area(row, column, row, column + 1))


def _put_needs(found: list[Need], where: Layout, cells: dict[tuple[int, int], Cell], merges: list[str]) -> None:
    cells.update(_band(BODY, FIRST, FIRST + 6, "What needs a person"))
    cells[(BODY, FIRST + 4)] = Cell("Rows", "band_right")
    cells[(BODY, FIRST + 5)] = Cell("ITC, Rs", "band_right")
    for i, need in enumerate(found[:LIST_ROWS], start=1):
        row = BODY + i
        cells[(row, FIRST)] = Cell(need.text, "link" if need.link else "text", link=need.link)
        for column in range(FIRST + 1, FIRST + 4):
            cells[(row, column)] = Cell(None, "text")
        merges.append(area(row, FIRST, row, FIRST + 3))
        cells[(row, FIRST + 4)] = Cell(need.count, "count")
        cells[(row, FIRST + 5)] = Cell(None if need.paise is None else need.paise / 100, "rupees")
        cells[(row, FIRST + 6)] = Cell(need.mark, need.style)
    if not found:
        cells[(BODY + 1, FIRST)] = Cell("✓ Nothing waits for a person.", "label_bold")


def _put_dates(rec: Reconciliation, cells: dict[tuple[int, int], Cell], merges: list[str]) -> int:
    """The dates, each with its meaning below it; the row of the last line."""
    left = FIRST + 8
    cells.update(_band(BODY, left, LAST, "Next dates"))
    row = BODY + 1
    for due in key_dates(rec):
        days = due.days(rec.as_of)
        told = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days, f"in {days} days" if days > 0 else f"{-days} days ago")
        cells[(row, left)] = Cell(due.what, "label_bold")
        merges.append(area(row, left, row, left + 1))
        cells[(row, left + 2)] = Cell(due.day, "date")
        cells[(row, left + 3)] = Cell(told, "warn" if 0 <= days <= 7 else "noaction" if days < 0 else "text_centre")
        cells[(row + 1, left)] = Cell(due.note, "note")
        merges.append(area(row + 1, left, row + 1, LAST))
        row += 2
    return row - 1


def _put_files(rec: Reconciliation, row: int, cells: dict[tuple[int, int], Cell], merges: list[str]) -> int:
    """The files with their proofs; the row of the last line."""
    cells.update(_band(row, FIRST, LAST, "Files read"))
    if not len(rec.state.files):
        cells[(row + 1, FIRST)] = Cell("No file has been pulled; the figures are those that stand in this workbook.", "note_line")
        return row + 1
    spans = ((0, 2), (3, 4), (5, 5), (6, 6), (7, 7), (8, 9), (10, 11))
    headings = ("File", "Kind", "Rows", "Period", "Drawn on", "Read at", "SHA-256, first 16")
    put_line(row + 1, [(a, b, Cell(h, "heading_right" if h == "Rows" else "heading")) for (a, b), h in zip(spans, headings)], cells, merges)
    for down, file in enumerate(rec.state.files.itertuples(), start=2):
        values = (file.file, KINDS.get(file.kind, file.kind), int(file.rows), file.period, file.generated_on, file.read_at, file.sha256[:16])
        put_line(row + down, [(a, b, Cell(v, "count" if isinstance(v, int) else "text")) for (a, b), v in zip(spans, values)], cells, merges)
    return row + 1 + len(rec.state.files)


def put_line(row: int, spans: list[tuple[int, int, Cell]], cells: dict[tuple[int, int], Cell], merges: list[str]) -> None:
    """One line over Home's twelve columns: each value over the columns that it needs."""
    for first, last, cell in spans:
        for c in range(first, last + 1):
            cells[(row, FIRST + c)] = cell if c == first else Cell(None, cell.style)
        if last > first:
            merges.append(area(row, FIRST + first, row, FIRST + last))


KINDS: Final[Mapping[str, str]] = {
    "ims": "IMS download", "ims_json": "IMS download", "register": "Purchase register", "gstr2b": "GSTR-2B", "gstr2b_json": "GSTR-2B", "gstr2b_excel": "GSTR-2B (Excel)",
}


def _put_sign_off(rec: Reconciliation, row: int, cells: dict[tuple[int, int], Cell], merges: list[str]) -> None:
    cells.update(_band(row, FIRST, LAST, "Sign-off"))
    inputs = rec.state.inputs
    lines = (("signoff.preparer", 1, FIRST), ("signoff.preparer_at", 1, FIRST + 6), ("signoff.reviewer", 2, FIRST), ("signoff.reviewer_at", 2, FIRST + 6), ("signoff.note", 3, FIRST))
    for name, down, column in lines:
        cells[(row + down, column)] = Cell(SIGN_OFF[name], "label_bold")
        last = column + 4 if name != "signoff.note" else LAST
        for c in range(column + 2, last + 1):
            cells[(row + down, c)] = Cell(inputs.get(name, "") if c == column + 2 else None, "input")
        merges.append(area(row + down, column + 2, row + down, last))


def _band(row: int, first: int, last: int, text: str) -> dict[tuple[int, int], Cell]:
    return {(row, c): Cell(text if c == first else None, "band") for c in range(first, last + 1)}


def _tile_formats() -> tuple[ConditionalFormat, ...]:
    """A zero fades, so that the eye finds what is there."""
    cell = f"{letters(FIRST)}{TILES + 1}"
    return (ConditionalFormat(area(TILES + 1, FIRST, TILES + 1, LAST), f"({cell}=0)+{OUR_MARK}", "faded"),)
