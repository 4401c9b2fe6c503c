"""What every list tab is made of: a title, one line of purpose, totals, headings, rows. A tab is a tuple of columns.

`list_sheet(tab, frame, rec, where)` lays a frame out in our house arrangement: title in row 1, client line in row 2, purpose in
row 3, totals of the visible rows in row 5, headings in row 6, data from row 7.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from ims_xl.rupees import grouped
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, MatchClass, Section
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, Kind, Page, SheetPlan, TableBlock, TableColumn, Validation
from ims_xl.workbook.tabs.where import Layout, area, letters
from ims_xl.workbook.theme import TAB_COLOURS

HEADER_ROW: Final = 6
DATA_ROW: Final = HEADER_ROW + 1
TOTAL_ROW: Final = HEADER_ROW - 1
_NARROW: Final = 0.92   # an average letter against the digit that column widths are counted in
_KINDS: Final[Mapping[str, Kind]] = {
    "rupees": "rupees", "rupees_bold": "rupees", "input_rupees": "rupees", "date": "date", "input_date": "date",
    "count": "number", "percent": "number", "input_count": "number",
}
SIGNS: Final[Mapping[str, int]] = {section.value: section.document_type.sign for section in Section}
MATCHED: Final = tuple(m.value for m in (
    MatchClass.EXACT, MatchClass.TOLERANCE, MatchClass.NUMBER, MatchClass.DATE, MatchClass.VALUE, MatchClass.GSTIN, MatchClass.GROUPED,
))
"""Classes in which a document has found its booking, with or without a difference."""
WORDS: Final[Mapping[str, str]] = {
    "supplier_gstin": "Supplier GSTIN", "supplier_name": "Supplier name", "recipient_gstin": "Recipient GSTIN", "document_number": "Document number",
    "document_date": "Document date", "document_type": "Document type", "section": "Section", "document_value": "Document value",
    "place_of_supply": "Place of supply", "reverse_charge": "Reverse charge", "taxable_value": "Taxable value",
    "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess", "tax": "Tax", "financial_year": "Financial year",
}
"""The field names of a difference in the words of the sheet's headings."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a tab: its heading, the frame's field, its look. `style` names the theme's and tells the kind of value."""

    heading: str
    field: str
    style: str = "text"
    width: float = 14
    heading_style: str = ""
    total: bool | None = None
    """Summed above its heading; by default where it is rupees."""
    hidden: bool = False
    outline: int = 0
    options: tuple[str, ...] = ()
    prompt: str = ""

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.style, "text")

    @property
    def head(self) -> str:
        if self.heading_style:
            return self.heading_style
        right = "_right" if self.kind in ("rupees", "number") or self.style == "figure" else ""
        return ("heading_input" if self.style.startswith("input") else "heading") + right


@dataclass(frozen=True, slots=True)
class Tab:
    """A list tab: what it is called, what it is for, and its columns."""

    name: str
    purpose: str
    colour: str
    columns: tuple[Column, ...]
    table: str = ""
    frozen: int = 3
    """How many columns stay while the rest scrolls."""
    nothing: str = "Nothing here this period."
    blanks_printed: bool = True
    """Whether the columns to type in at the right end go on paper while nothing is typed in any of them."""


def client_line(rec: Reconciliation, named: bool = True) -> str:
    """`Sharda Traders · 27AAKCB4321Q1ZA · October 2026 · monthly · as of 12-11-2026`."""
    settings = rec.state.settings
    parts = (
        settings.name if named else "", settings.gstin, settings.period.label if settings.period else "no period",
        "quarterly (QRMP)" if settings.quarterly else "monthly", f"as of {rec.as_of:%d-%m-%Y}",
    )
    return " · ".join(part for part in parts if part)


def page(rec: Reconciliation, repeat: tuple[int, int] | None = (HEADER_ROW, HEADER_ROW)) -> Page:
    """Landscape A4, one page wide, headings on every page; the footer names client, GSTIN, period, sheet, page and who signs."""
    settings = rec.state.settings
    # A footer holds 255 characters, and "&" begins a code in it.
    name = (" ".join(settings.name.split())[:40] + " ").lstrip().replace("&", "&&")
    period = settings.period.label if settings.period else ""
    return Page(footer=f"&L&8{name}{settings.gstin}  {period}&C&8&A  page &P of &N&R&8Prepared ____________  Reviewed ____________", repeat_rows=repeat)


def heads(rec: Reconciliation, title: str, purpose: str, column: int = 1) -> dict[tuple[int, int], Cell]:
    """The three title rows."""
    return {(1, column): Cell(title, "title"), (2, column): Cell(client_line(rec), "subtitle"), (3, column): Cell(purpose, "subtitle")}


def table_columns(columns: Sequence[Column], frame: pd.DataFrame, first_column: int = 1) -> tuple[TableColumn, ...]:
    """The columns of a tab filled from a frame; a field that the frame lacks is blank."""
    return tuple(
        TableColumn(
            first_column + i, c.heading, values_of(frame, c.field, c.kind), kind=c.kind, style=c.style, heading_style=c.head,
            width=money_width(frame[c.field], c.width) if c.kind == "rupees" and c.field in frame else c.width, hidden=c.hidden, outline=c.outline, links=frame[f"{c.field}_link"].tolist() if f"{c.field}_link" in frame else None,
        )
        for i, c in enumerate(columns)
    )


def values_of(frame: pd.DataFrame, field: str, kind: Kind) -> Sequence[Any]:
    """One column as plain values: text with "" for blank, datetime64[s] with NaT, numbers with None."""
    if field not in frame:
        return [("" if kind == "text" else None)] * len(frame)
    column = frame[field]
    if kind == "text":
        values = column.to_numpy(dtype=object)
        return values.tolist() if column.dtype == "str" else [str(v) for v in values]
    if kind == "date":
        return cast(Sequence[Any], pd.to_datetime(column).to_numpy().astype("datetime64[s]"))
    missing = column.isna().to_numpy()
    plain = column.to_numpy(dtype=object).tolist() if missing.any() else column.to_numpy().tolist()
    return [None if m else v for v, m in zip(plain, missing.tolist())] if missing.any() else plain


def list_sheet(
    tab: Tab, frame: pd.DataFrame, rec: Reconciliation, where: Layout, formats: tuple[ConditionalFormat, ...] = (),
    cells: Mapping[tuple[int, int], Cell] | None = None, protect: bool = False,
) -> SheetPlan:
    """A tab of one table."""
    columns = table_columns(tab.columns, frame)
    all_cells = {**heads(rec, tab.name, tab.purpose), **(cells or {})}
    last = HEADER_ROW + len(frame)
    if len(frame):
        all_cells.update(totals(tab.columns, columns, DATA_ROW, last))
    else:
        all_cells[(DATA_ROW, 1)] = Cell(tab.nothing, "note_line")
    return SheetPlan(
        name=where.name(tab.name), cells=all_cells,
        tables=(TableBlock(HEADER_ROW, columns, name=tab.table if len(frame) else "", autofilter=bool(len(frame))),),
        widths={c.column: c.width for c in columns if c.width}, heights={1: 26, HEADER_ROW: heading_height(tab.columns), **row_heights(tab.columns, columns, DATA_ROW)},
        hidden_columns=tuple(c.column for c in columns if c.hidden), freeze=(DATA_ROW, tab.frozen + 1),
        formats=(*formats, *indian(money_areas(columns, TOTAL_ROW, last))) if len(frame) else (),
        validations=drop_downs(tab.columns, DATA_ROW, last) if len(frame) else (),
        tab_colour=TAB_COLOURS[tab.colour], page=replace(page(rec), columns=() if tab.blanks_printed else _printed(tab.columns, frame)), protect=protect,
    )


def _printed(columns: Sequence[Column], frame: pd.DataFrame) -> tuple[int, int]:
    """The last column on paper and the other that may be it: all of them, or those before the blank ones to type in, so that the letters stay large."""
    shown = [n for n, c in enumerate(columns, start=1) if not c.hidden]
    before = max(n for n in shown if not columns[n - 1].style.startswith("input"))
    typed = len(frame) > 0 and any(_typed(frame[c.field]) for c in columns[before:] if c.field in frame and not c.hidden)
    return (shown[-1], before) if typed else (before, shown[-1])


def _typed(values: pd.Series) -> bool:
    """Whether anything stands in a column."""
    return bool((values.notna() & values.astype("str").ne("")).any())


def heading_height(columns: Sequence[Column]) -> float:
    """Tall enough for the longest heading: bold words never break, so each is put on the line where it still fits."""
    most = 1
    for column in columns:
        lines, used, room = 1, 0.0, column.width - (0 if column.head.endswith("_right") else 1.3)
        for word in column.heading.split() if not column.hidden else ():
            long = len(word) * 1.1 + 1
            if used and used + long > room:
                lines, used = lines + 1, 0.0
            used += long
        most = max(most, lines)
    return {1: 20.0, 2: 30.0}.get(most, 14.0 * most + 2)


def row_heights(columns: Sequence[Column], filled: Sequence[TableColumn], first: int) -> dict[int, float]:
    """Rows whose wrapped text needs more than one line, in points; a spreadsheet would fit them only when a person asks."""
    heights: dict[int, float] = {}
    for column, values in zip(columns, filled):
        if column.style.endswith("wrap"):
            room = max(1.0, column.width - 1.8)   # less the indent and the cell's own padding
            for i, text in enumerate(values.values):
                lines = lines_of(text, room) if text and (len(text) * _NARROW > room or "\n" in text) else 1
                if lines > 1:
                    heights[first + i] = max(heights.get(first + i, 0), min(400.0, 13.5 * lines + 2))
    return heights


def lines_of(text: str, room: float) -> int:
    """How many lines a text of ten points needs in a column of that many characters."""
    return sum(max(1, math.ceil(len(part) * _NARROW / room)) for part in text.split("\n"))


def money_width(values: pd.Series, least: float) -> float:
    """Wide enough for the largest amount and for the bold total above it: a column too narrow shows only ####."""
    amounts = values.dropna().astype("int64")
    if not len(amounts):
        return least
    text = max((grouped(-abs(int(v))) for v in (amounts.sum(), amounts.min(), amounts.max())), key=len)
    digits = sum(c.isdigit() for c in text)
    pixels = (digits * 6.8 + (len(text) - digits) * 3.5) * 1.05 + 15   # ten points bold, the cell's own padding, a little air
    return max(least, math.ceil((pixels - 5) / 7 * 2) / 2)


def totals(columns: Sequence[Column], filled: Sequence[TableColumn], first: int, last: int) -> dict[tuple[int, int], Cell]:
    """The row above the headings: sums of the rows that a filter shows."""
    found: dict[tuple[int, int], Cell] = {}
    for column, values in zip(columns, filled):
        if column.total if column.total is not None else column.kind == "rupees":
            letter = letters(values.column)
            total = sum(v for v in values.values if v is not None)
            style = "rupees_total" if column.kind == "rupees" else "count_total"
            cached = total / 100 if column.kind == "rupees" else total
            found[(first - 2, values.column)] = Cell(cached, style, formula=f"=SUBTOTAL(109,{letter}{first}:{letter}{last})")
    if found and (first - 2, 1) not in found:
        found[(first - 2, 1)] = Cell("Total of the rows shown", "label_bold")
    return found


def money_areas(columns: Sequence[TableColumn], first: int, last: int) -> list[str]:
    """The areas that hold rupees, neighbours joined."""
    numbers = sorted(c.column for c in columns if c.kind == "rupees")
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number == groups[-1][1] + 1:
            groups[-1][1] = number
        else:
            groups.append([number, number])
    return [area(first, a, last, b) for a, b in groups]


def indian(areas: Sequence[str]) -> tuple[ConditionalFormat, ...]:
    """Lakh and crore grouping that is right for negatives too: crore first, since the first rule that fits wins."""
    if not areas:
        return ()
    first = areas[0].split(":")[0]
    joined = " ".join(areas)
    return tuple(
        ConditionalFormat(joined, f"(ABS({first})>={limit})+{OUR_MARK}", name) for name, limit in (("crore", 10_000_000), ("lakh", 100_000))
    )


def drop_downs(columns: Sequence[Column], first: int, last: int, first_column: int = 1) -> tuple[Validation, ...]:
    """The lists to choose from, where a column has one."""
    return tuple(
        Validation(area(first, first_column + i, last, first_column + i), options=c.options, prompt=c.prompt, error="Choose from the list: " + ", ".join(c.options) + ".")
        for i, c in enumerate(columns) if c.options
    )


def signed_tax(ims: pd.DataFrame) -> np.ndarray:
    """Tax of all heads in paise, credit notes negative."""
    return np.asarray(signs(ims["section"]) * sum(ims[head].to_numpy() for head in HEADS), dtype=np.int64)


def signs(sections: Any) -> np.ndarray:
    """-1 for the sections of credit notes, else 1."""
    codes, different = pd.factorize(sections)
    found: np.ndarray = np.array([SIGNS.get(section, 1) for section in different] or [1], dtype=np.int64)[codes]
    return found


def tax_of(frame: pd.DataFrame) -> np.ndarray:
    """Tax of all heads in paise, as printed."""
    return np.asarray(sum(frame[head].to_numpy(dtype=np.int64) for head in HEADS), dtype=np.int64)
