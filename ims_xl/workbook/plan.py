"""A workbook as plain values: what shall stand where, in which style. Hosts paint it; nothing here knows a spreadsheet library.

Two kinds of sheet. A `SheetPlan` is wholly ours and replaced in place on every run (its page set-up, widths changed by a
person and tab position are kept). A `TablePatch` writes some columns and rows of a data sheet (`IMS`, `Purchase Register`,
or a person's own sheets) and leaves every other cell alone. Rows and columns are 1-based sheet positions. Text is always
text: a value that begins with "=" is written as a string; only `Cell.formula` and `TableColumn.formulas` are formulas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

Value: TypeAlias = str | int | float | bool | date | datetime | None
Kind = Literal["text", "rupees", "number", "date", "bool"]

OUR_MARK = 'N("ims-xl")'
"""Stands in the formula of every conditional format of ours (as `+N("ims-xl")`, which is 0), so that a later run finds and replaces it."""
OUR_PROMPT = "ims-xl"
"""The prompt title of every data validation of ours, for the same reason."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. With `formula` ("=..."), `value` is the cached result. `link` is "#'Sheet'!A1" inside the book or a URL."""

    value: Value = None
    style: str = "text"
    formula: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table or patch, one entry a row.

    `kind` "rupees": int paise, the host writes value/100; "date": date, datetime64[s] or NaT (blank); "number": int or float,
    NaN or None blank; "text": str, "" blank. `formulas`, where given, has one formula per row ("" = plain value); values are
    then the cached results. `style` may be one name or one per row.
    """

    column: int
    heading: str
    values: Sequence[Any]
    kind: Kind = "text"
    style: str | Sequence[str] = "text"
    heading_style: str = "heading"
    width: float | None = None
    hidden: bool = False
    outline: int = 0
    formulas: Sequence[str] | None = None
    links: Sequence[str] | None = None
    """One target per row as in `Cell.link`, "" where none."""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table inside a `SheetPlan`: headings in `header_row`, data below. `name` makes it an Excel table (ListObject)."""

    header_row: int
    columns: tuple[TableColumn, ...]
    name: str = ""
    autofilter: bool = True


@dataclass(frozen=True, slots=True)
class ConditionalFormat:
    """`formula` is relative to the first cell of `area` ("K7:K306" or several, space-separated), without "="."""

    area: str
    formula: str
    style: str
    stop_if_true: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """A drop-down (`options`, or `source` such as "=Legend!$A$3:$A$9") or a plain rule on the cells of `area`."""

    area: str
    options: tuple[str, ...] = ()
    source: str = ""
    prompt: str = ""
    error: str = ""
    kind: Literal["list", "length", "decimal", "date"] = "list"
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    categories: str
    values: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart; `categories` and `values` are references such as "Home!$B$4:$B$7"."""

    kind: Literal["column", "bar", "line", "doughnut", "stacked"]
    title: str
    series: tuple[Series, ...]
    row: int
    column: int
    width: int = 480
    height: int = 240
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    landscape: bool = True
    fit_width: bool = True
    repeat_rows: tuple[int, int] | None = None
    footer: str = ""
    header: str = ""
    columns: tuple[int, ...] = ()
    """The last column on paper, then those at which an earlier run of ours may have ended; () prints all. A print area that a person chose stays."""


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet that is wholly ours."""

    name: str
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    tables: tuple[TableBlock, ...] = ()
    merges: tuple[str, ...] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    hidden_columns: tuple[int, ...] = ()
    freeze: tuple[int, int] | None = None
    """First row and first column that scroll, e.g. (7, 8)."""
    formats: tuple[ConditionalFormat, ...] = ()
    validations: tuple[Validation, ...] = ()
    charts: tuple[Chart, ...] = ()
    tab_colour: str = ""
    page: Page = Page()
    """Page set-up that the sheet has already is kept, part by part; what it lacks (say a footer) is set from here."""
    gridlines: bool = False
    zoom: int = 100
    state: Literal["visible", "hidden", "very_hidden"] = "visible"
    protect: bool = False


@dataclass(frozen=True, slots=True)
class TablePatch:
    """Columns written into a data sheet that stays otherwise as it is.

    `rows[i]` is the sheet row of entry i of every column; rows beyond the last used row are appended (the look of the row
    above is continued). A column whose heading cell is blank is new. `table_area` is the whole table afterwards, headings
    included, so that an Excel table or autofilter there is extended to it. `cells` are single cells (titles, or one of a column that
    holds something else); they are written last. `keep_styles` True leaves the style of cells that exist already.
    """

    sheet: str
    header_row: int
    rows: Sequence[int]
    columns: tuple[TableColumn, ...]
    table_area: str
    formats: tuple[ConditionalFormat, ...] = ()
    validations: tuple[Validation, ...] = ()
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    freeze: tuple[int, int] | None = None
    keep_styles: bool = True
    page: Page | None = None
    """As in `SheetPlan.page`; None leaves the page set-up alone (a person's sheet)."""
    keep_rules: bool = False
    """Only values change: conditional formats and drop-downs of ours stay as they are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything one run writes. `names` are defined names, "ims_period" -> "=Home!$C$5". New sheets stand in plan order, after those that exist."""

    sheets: tuple[SheetPlan, ...] = ()
    patches: tuple[TablePatch, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    active: str = ""
    palette: str = "Standard"
