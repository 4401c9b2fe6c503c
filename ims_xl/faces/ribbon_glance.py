"""The buttons that look at the IMS sheet and change no cell: Why?, Next exception, Filter. They read a few columns as they stand, and load
neither pandas nor the engine, so that they answer at once.

`glance(click)` finds the sheet by our own headings; a document is a row that has something under Match.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ims_xl.hosts.excel_cell import cell_text
from ims_xl.vocabulary import Action, Change, ImsXlError, MatchClass, SetBy

if TYPE_CHECKING:
    from ims_xl.faces.ribbon import Click

_FINE: Final = (MatchClass.EXACT.label, MatchClass.TOLERANCE.label, MatchClass.GROUPED.label, MatchClass.SUPERSEDED.label)
_OURS: Final = frozenset({"Match", "Suggested action", "Action", "Set by"})
_TOP: Final = 40        # rows in which headings are looked for
_SAID: Final = ("Match", "Differs in", "Register rows", "Why", "Suggested action", "Action", "Set by", "Remarks", "Change", "Portal error")


@dataclass(frozen=True)
class Glance:
    """The IMS sheet, where each heading stands, and which rows are documents."""

    sheet: Any
    header_row: int
    last_row: int
    columns: dict[str, int]
    rows: tuple[int, ...]

    def column(self, heading: str) -> dict[int, str]:
        """Sheet row -> text, of every document; {} where no such heading stands there."""
        at = self.columns.get(heading)
        return _texts(self.sheet, at, self.header_row, self.last_row) if at else {}

    def line(self, row: int) -> dict[str, str]:
        """Heading -> text of one row."""
        cells = _block(self.sheet, row, 1, row, max(self.columns.values()))[0]
        return {heading: cell_text(cells[at - 1]) for heading, at in self.columns.items()}


def why(click: Click) -> None:
    """Explains the selected row."""
    here = glance(click)
    row = next(iter(selected_rows(click, here.sheet, here.rows)), None)
    if row is None:
        raise ImsXlError(f"Select a document on the sheet '{here.sheet.name}' first.")
    said = here.line(row)
    name = " ".join(filter(None, (said.get("Section"), said.get("Document number"), said.get("Supplier name") or said.get("Supplier GSTIN"))))
    click.asker.tell("\n".join([name or f"Row {row}", *(f"{heading}: {said[heading]}" for heading in _SAID if said.get(heading))]))


def next_exception(click: Click) -> None:
    """Selects the next row that needs a person, from the selection downwards and round."""
    here = glance(click)
    waiting = exceptions(here)
    if not waiting:
        click.asker.tell("No row is waiting for a person.")
        return
    selected = selected_rows(click, here.sheet, here.rows)
    target = next((row for row in waiting if not selected or row > selected[-1]), waiting[0])
    if target not in click.host.native.visible_rows(here.sheet, target, target):
        click.host.native.show_only(here.sheet, here.rows[0], here.rows[-1], here.rows)        # a filter that hides it goes
    here.sheet.activate()
    here.sheet.range((target, here.columns["Action"])).select()


def filter_rows(click: Click) -> None:
    """Shows only the rows asked for; the plain button those that need a person."""
    here = glance(click)
    if not here.rows:
        raise ImsXlError("There is no document on the IMS sheet yet.")
    tests: dict[str, tuple[str, Callable[[str], bool]]] = {
        "filter-not-in-books": ("Match", lambda text: text == MatchClass.NOT_IN_BOOKS.label),
        "filter-differs": ("Differs in", bool),
        "filter-open": ("Action", lambda text: text in ("", Action.NO_ACTION.value)),
        "filter-all": ("Match", bool),
    }
    if click.action in tests:
        heading, wanted = tests[click.action]
        column = here.column(heading)
        shown = [row for row in here.rows if wanted(column.get(row, ""))]
    else:
        shown = exceptions(here)
    if not shown:
        raise ImsXlError("No document is of that kind; the sheet shows what it showed before.")
    click.host.native.show_only(here.sheet, here.rows[0], here.rows[-1], shown)
    here.sheet.activate()
    if click.action != "filter-all":
        click.asker.tell(f"{len(shown)} of {len(here.rows)} documents are shown; Filter, All rows shows the rest.")


def exceptions(here: Glance) -> list[int]:
    """Sheet rows that nobody reviewed and that do not simply agree."""
    matched, differs, reviewed, change, action, set_by = (here.column(h) for h in ("Match", "Differs in", "Reviewed", "Change", "Action", "Set by"))
    return [
        row for row in here.rows
        if change.get(row) != Change.GONE.value and not reviewed.get(row) and set_by.get(row) != SetBy.PERSON.value
        and (matched[row] not in _FINE or differs.get(row) or not action.get(row))
    ]


def glance(click: Click) -> Glance:
    """The sheet that bears our columns; an ImsXlError where the month was not matched yet."""
    found = matched_sheet(click.host.book)
    if found is None:
        raise ImsXlError("This workbook has no sheet with matched IMS documents yet; click Match first.")
    sheet, header_row, last_row, columns = found
    matched = _texts(sheet, columns["Match"], header_row, last_row)
    return Glance(sheet, header_row, last_row, columns, tuple(row for row, text in matched.items() if text))


def matched_sheet(book: Any, wanted: frozenset[str] = _OURS) -> tuple[Any, int, int, dict[str, int]] | None:
    """The sheet that bears our columns, whatever it is called: sheet, header row, last row, heading -> column."""
    for sheet in sorted(book.sheets, key=lambda sheet: sheet.name != "IMS"):
        used = sheet.used_range
        last_row, width = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
        if width < len(wanted):
            continue
        for number, cells in enumerate(_block(sheet, 1, 1, min(_TOP, last_row), width), 1):
            headings = [cell_text(value) for value in cells]
            if wanted.issubset(headings):
                return sheet, number, last_row, {heading: at for at, heading in reversed(list(enumerate(headings, 1))) if heading}
    return None


def selected_rows(click: Click, sheet: Any, standing: Any) -> list[int]:
    """Document rows in the selection, all its areas, visible ones only."""
    selection = click.host.app.selection
    if selection is None or selection.sheet.name != sheet.name or selection.sheet.book.name != click.host.book.name:
        return []
    rows: set[int] = set()
    for first, last in click.host.native.areas(selection):
        last = min(last, max(standing, default=0))
        if last >= first:
            rows |= set(click.host.native.visible_rows(sheet, first, last) if last > first else [first])
    return sorted(rows.intersection(standing))


def _texts(sheet: Any, column: int, header_row: int, last_row: int) -> dict[int, str]:
    if last_row <= header_row:
        return {}
    return {header_row + n: cell_text(line[0]) for n, line in enumerate(_block(sheet, header_row + 1, column, last_row, column), 1)}


def _block(sheet: Any, row: int, column: int, last_row: int, last_column: int) -> Any:
    values = sheet.range((row, column), (last_row, last_column)).raw_value
    return values if isinstance(values, (tuple, list)) else ((values,),)
