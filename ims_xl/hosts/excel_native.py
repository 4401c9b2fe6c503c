"""The few things of a live spreadsheet that xlwings has no common words for, as one small interface.

Everything else the Excel host does goes through xlwings itself. `ComNative` (`excel_com`) speaks to Excel by COM (`.api`); another engine
registers its own by carrying a `native` attribute on its app. Areas are "A1:C9" or several joined by commas, at most 255
characters; colours are six hex digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from ims_xl.workbook.plan import Chart, ConditionalFormat, Page, Validation
    from ims_xl.workbook.theme import Differential, Style

State = Literal["visible", "hidden", "very_hidden"]


class Native(Protocol):
    """What a live spreadsheet must be able to do beside xlwings' common interface."""

    def ready(self, app: Any) -> bool:
        """False while a cell is being edited or a dialog is open."""

    def cancel_pressed(self) -> bool:
        """Esc is down."""

    def epoch_1904(self, book: Any) -> bool: ...

    def style_names(self, book: Any) -> set[str]:
        """Named cell styles that the book has."""

    def define_styles(self, book: Any, styles: dict[str, Style]) -> None:
        """Named cell styles, made or brought up to date."""

    def wear(self, sheet: Any, area: str, style: str) -> None: ...

    def clear(self, sheet: Any) -> None:
        """An empty sheet in its place: values, looks, merges, rules, tables, charts and outline gone; page set-up and widths stay."""

    def state(self, sheet: Any) -> State: ...

    def set_state(self, sheet: Any, state: State) -> None: ...

    def protected(self, sheet: Any) -> bool: ...

    def unprotect(self, sheet: Any) -> bool:
        """True where the sheet is open for writing afterwards."""

    def protect(self, sheet: Any) -> None:
        """Without a password; filters and column widths stay usable."""

    def tab_colour(self, sheet: Any, colour: str) -> None: ...

    def page(self, sheet: Any, page: Page) -> None: ...

    def print_area(self, sheet: Any, page: Page, last_row: int) -> None:
        """The part that goes on paper, where the page has one and nobody chose another."""

    def unlock(self, sheet: Any, area: str) -> None:
        """Cells that may be typed into while the sheet is protected."""

    def frozen(self, sheet: Any) -> bool: ...

    def window(self, sheet: Any, freeze: tuple[int, int] | None, zoom: int, gridlines: bool | None) -> None:
        """Zoom 0 and gridlines None leave them as they are."""

    def outline(self, sheet: Any, column: int, level: int) -> None: ...

    def table(self, sheet: Any, area: str, name: str) -> None:
        """An Excel table over the area, headings included; one that touches it is resized instead."""

    def row_height(self, sheet: Any, rows: Sequence[str], height: float) -> None:
        """One height for stretches of rows such as "3:7"."""

    def autofilter(self, sheet: Any, area: str) -> None:
        """Filter arrows on the heading row; a filter or table that stands there is extended and keeps its criteria."""

    def has_formula(self, sheet: Any, area: str) -> bool:
        """One at least."""

    def rule_count(self, sheet: Any) -> int:
        """How many conditional formats the sheet has, a person's too."""

    def number_format(self, sheet: Any, areas: Sequence[str]) -> str | None:
        """The one that all cells of the areas share; None where they do not agree."""

    def remove_formats(self, sheet: Any, mark: str) -> None:
        """Conditional formats whose formula holds the mark."""

    def add_format(self, sheet: Any, rule: ConditionalFormat, look: Differential) -> None: ...

    def remove_validations(self, sheet: Any, area: str) -> None: ...

    def add_validation(self, sheet: Any, rule: Validation, title: str) -> None: ...

    def link(self, sheet: Any, row: int, column: int, target: str, text: str) -> None: ...

    def chart(self, sheet: Any, chart: Chart) -> None: ...

    def continue_look(self, sheet: Any, from_row: int, rows: Sequence[int], columns: int) -> None:
        """The first and last of `rows` and all between look like `from_row` in columns 1 to `columns`."""

    def merged(self, sheet: Any, rows: int, columns: int) -> tuple[str, ...]: ...

    def visible_rows(self, sheet: Any, first: int, last: int) -> list[int]:
        """Rows that no filter or person hides."""

    def areas(self, selection: Any) -> list[tuple[int, int]]:
        """First and last row of every area of a selection."""

    def show_only(self, sheet: Any, first: int, last: int, rows: Sequence[int]) -> None:
        """Of the rows from first to last only those are shown."""

    def structure_protected(self, book: Any) -> bool:
        """No sheet may be added."""

    def hide_name(self, book: Any, name: str) -> None: ...

    def unsaved(self, book: Any) -> bool:
        """Something changed since the last saving."""

    def print_pdf(self, book: Any, sheets: Sequence[str], path: str) -> None:
        """Those sheets of a book that is thrown away afterwards, as one PDF."""

    def save_copy(self, book: Any, path: str) -> None: ...

    def save(self, book: Any) -> None: ...
