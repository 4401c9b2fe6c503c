"""The IMS tab: the working sheet, one row per portal document; the portal's columns, then ours, then the helpers of the returns.

`ims_patch(rec, where)` gives the values, drop-downs and conditional formats. In a book of ours it writes the whole sheet; in a
person's workbook only our columns, at the column numbers that `where.ims.columns` tells, and no title rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from ims_xl.state import REDUCE, Reconciliation
from ims_xl.vocabulary import HEADS, Action, Change, MatchClass
from ims_xl.workbook.plan import OUR_MARK, Cell, ConditionalFormat, Kind, Page, TableColumn, TablePatch, Validation
from ims_xl.workbook.tabs.counterparts import counterpart_rows, difference_words
from ims_xl.workbook.tabs.pieces import WORDS, client_line, indian, money_areas, money_width, page
from ims_xl.workbook.tabs.returns_columns import HEADINGS as HELPERS
from ims_xl.workbook.tabs.returns_columns import returns_columns
from ims_xl.workbook.tabs.where import Layout, SheetWhere, area, letters, runs

HEADER_ROW: Final = 6
DATA_ROW: Final = HEADER_ROW + 1
TABLE: Final = "tblIMS"
FREEZE: Final = (7, 7)
MOST_AREAS: Final = 800
"""Areas that one drop-down names at most; a longer list is written as several drop-downs."""


@dataclass(frozen=True, slots=True)
class ImsColumn:
    heading: str
    source: str               # "ims", "work" or "run" (worked out here)
    field: str
    style: str = "text"
    width: float = 12
    outline: int = 0
    hidden: bool = False

    @property
    def kind(self) -> Kind:
        return "rupees" if "rupees" in self.style else "date" if "date" in self.style else "text"


PORTAL: Final[tuple[ImsColumn, ...]] = (
    ImsColumn("Section", "ims", "section", width=9),
    ImsColumn("Supplier GSTIN", "ims", "supplier_gstin", width=18),
    ImsColumn("Supplier name", "ims", "supplier_name", width=18),
    ImsColumn("Document number", "ims", "document_number", width=15),
    ImsColumn("Document date", "ims", "document_date", "date", width=10.5),
    ImsColumn("Document value", "ims", "document_value", "rupees", width=14, outline=1, hidden=True),
    ImsColumn("Place of supply", "ims", "place_of_supply", "text_centre", width=8, outline=1, hidden=True),
    ImsColumn("Taxable value", "ims", "taxable_value", "rupees", width=14.5),
    ImsColumn("IGST", "ims", "igst", "rupees", width=13),
    ImsColumn("CGST", "ims", "cgst", "rupees", width=13),
    ImsColumn("SGST", "ims", "sgst", "rupees", width=13),
    ImsColumn("Cess", "ims", "cess", "rupees", width=10, outline=1, hidden=True),
    ImsColumn("Source form", "ims", "source_form", "text_centre", width=8, outline=1, hidden=True),
    ImsColumn("Supplier period", "ims", "supplier_period", "text_centre", width=9, outline=1, hidden=True),
    ImsColumn("Filing status", "ims", "filing_status", width=10, outline=1, hidden=True),
    ImsColumn("Portal action", "ims", "portal_action", width=11, outline=1, hidden=True),
    ImsColumn("Original number", "ims", "original_number", width=15, outline=1, hidden=True),
    ImsColumn("Original date", "ims", "original_date", "date", width=11, outline=1, hidden=True),
    ImsColumn("Port code", "ims", "port_code", "text_centre", width=9, outline=1, hidden=True),   # part of what names a bill of entry
)
OURS: Final[tuple[ImsColumn, ...]] = (
    ImsColumn("Match", "run", "match", width=14.5),
    ImsColumn("Differs in", "run", "differs_in", width=18),
    ImsColumn("Register rows", "run", "register_rows", width=10, outline=1, hidden=True),
    ImsColumn("Why", "run", "why", width=30),
    ImsColumn("Suggested action", "run", "suggested_action", width=11.5),
    ImsColumn("Action", "work", "action", "input", width=12),
    ImsColumn("Set by", "work", "set_by", width=8),
    ImsColumn("Reviewed", "work", "reviewed", "input", width=10),
    ImsColumn("Remarks", "work", "remarks", "input", width=36),
    ImsColumn("Reduce ITC", "work", "reduce_itc", "input", width=9),
    ImsColumn("Reduce IGST", "work", "reduce_igst", "input_rupees", width=12, outline=1),
    ImsColumn("Reduce CGST", "work", "reduce_cgst", "input_rupees", width=12, outline=1),
    ImsColumn("Reduce SGST", "work", "reduce_sgst", "input_rupees", width=12, outline=1),
    ImsColumn("Reduce Cess", "work", "reduce_cess", "input_rupees", width=12, outline=1),
    ImsColumn("Change", "work", "change", width=9),
    ImsColumn("Portal error", "work", "portal_error", width=26),
)
OUR_HEADINGS: Final[tuple[str, ...]] = (*(c.heading for c in OURS), *HELPERS)
HEADINGS: Final[tuple[str, ...]] = (*(c.heading for c in PORTAL), *OUR_HEADINGS)
AMOUNTS: Final = ("Document value", "Taxable value", "IGST", "CGST", "SGST", "Cess")


def own_ims(count: int, sheet: str = "IMS") -> SheetWhere:
    """The IMS sheet of a book of ours with that many documents: headings in row 6, data from row 7."""
    return SheetWhere(sheet, HEADER_ROW, np.arange(DATA_ROW, DATA_ROW + count), {h: i for i, h in enumerate(HEADINGS, start=1)})


def ims_patch(rec: Reconciliation, where: Layout) -> TablePatch:
    """The IMS sheet of this run, with the helper columns of the returns at its right end."""
    place = where.ims
    frames: dict[str, pd.DataFrame] = {"ims": rec.state.ims, "work": rec.state.work, "run": worked_out(rec, where.register)}
    wanted = (*PORTAL, *OURS) if place.own else OURS
    columns = tuple(_column(c, frames[c.source][c.field], place) for c in wanted if c.heading in place.columns)
    # In a person's workbook nobody needs to see the helpers: the returns read them all the same.
    helpers = tuple(c if place.own else replace(c, hidden=True) for c in returns_columns(rec, place))
    all_columns = columns + helpers
    numbers = list(place.columns.values())
    return TablePatch(
        sheet=place.sheet, header_row=place.header_row, rows=np.asarray(place.rows).tolist(), columns=all_columns,
        table_area=area(place.header_row, place.first_column or min(numbers, default=1), place.last_row, max(numbers, default=1)),
        formats=_formats(rec, place, all_columns) if len(rec.state.ims) else (),
        validations=tuple(_validations(rec, place)) if len(rec.state.ims) else (),
        cells={**_unread(rec, place), **(_titles(rec, place) if place.own else {})}, freeze=FREEZE if place.own else None, page=_page(rec, place) if place.own else None,
    )


def _unread(rec: Reconciliation, place: SheetWhere) -> dict[tuple[int, int], Cell]:
    """What was typed for an amount to reduce and is none stays where it was typed, and is named again, until somebody mends it."""
    typed = rec.state.work["reduce_unread"].to_numpy(dtype=object)
    headings = {c.field: c.heading for c in OURS}
    return {
        (int(place.rows[i]), place.columns[headings[name]]): Cell(text, "input_rupees")
        for i in np.flatnonzero(typed != "").tolist() for name, text in _typed_amounts(typed[i]).items() if headings[name] in place.columns and pd.isna(rec.state.work[name].iloc[i])
    }


def _typed_amounts(stored: str) -> dict[str, str]:
    try:
        found = json.loads(stored)
    except ValueError:
        found = {}                       # the hidden sheet was tampered with: there is nothing to put back
    return {name: str(text) for name, text in found.items() if name in REDUCE} if isinstance(found, dict) else {}


def _page(rec: Reconciliation, place: SheetWhere) -> Page:
    """On paper the sheet ends at the remarks, so that it can be read: reductions are on Credit Notes. What changed, and the portal's errors, are printed where there are any."""
    told = rec.state.work[["change", "portal_error"]].ne("").to_numpy().any()
    ends = [place.columns[heading] for heading in ("Portal error", "Remarks") if heading in place.columns]
    return replace(page(rec), columns=tuple(ends if told else ends[::-1]))


def worked_out(rec: Reconciliation, register: SheetWhere) -> pd.DataFrame:
    """What the run says of each document, aligned with ims: match, differs_in, register_rows, why, suggested_action."""
    results = rec.links.results
    labels = results["match_class"].map({m.value: m.label for m in MatchClass}).fillna("").to_numpy(dtype=object)
    at = rec.links.ims_result
    gone = rec.state.work["change"].to_numpy(dtype=object) == Change.GONE
    return pd.DataFrame({
        "match": np.where(gone, "", labels[at]),
        "differs_in": np.where(gone, "", difference_words(results)[at]),
        "register_rows": counterpart_rows(rec.links.register_result, register.rows, at, len(results)),
        "why": rec.why.to_numpy(dtype=object),
        "suggested_action": rec.decisions["suggested_action"].to_numpy(dtype=object),
    })


def _column(c: ImsColumn, values: pd.Series, place: SheetWhere) -> TableColumn:
    return TableColumn(
        place.columns[c.heading], c.heading, _plain(values, c.kind), kind=c.kind, style=c.style, width=money_width(values, c.width) if c.kind == "rupees" else c.width,
        heading_style=("heading_input" if c.style.startswith("input") else "heading_portal" if c.source == "ims" else "heading_ours") + ("_right" if c.kind == "rupees" else ""),
        hidden=c.hidden and place.own, outline=c.outline if place.own else 0,
    )


def _plain(values: pd.Series, kind: Kind) -> Sequence[Any]:
    if kind == "text" and str(values.dtype) == "str":
        return cast(Sequence[Any], values.array)   # texts packed together: as objects, those of a large book would take a hundred megabytes until they are painted
    array: Any = values.to_numpy(dtype=object) if kind == "text" else values.to_numpy()
    if str(values.dtype) == "Int64":
        array = values.to_numpy(dtype=object, na_value=None)
    return cast(Sequence[Any], array)


def _formats(rec: Reconciliation, place: SheetWhere, columns: Sequence[TableColumn]) -> tuple[ConditionalFormat, ...]:
    """In the order that wins: gone and errors, actions, changes, differences, then number grouping."""
    at = place.columns
    first, last = place.first_row, place.last_row

    def cells(*headings: str) -> str:
        return " ".join(area(first, at[h], last, at[h]) for h in headings if h in at)

    def here(heading: str) -> str:
        return f"${letters(at[heading])}{first}"

    found: list[ConditionalFormat] = []
    if "Change" in at:
        whole = area(first, min(at.values()), last, max(at.values())) if place.own else cells(*(c.heading for c in OURS))
        found.append(ConditionalFormat(whole, f'({here("Change")}="{Change.GONE}")+{OUR_MARK}', "gone"))
        found.append(ConditionalFormat(cells("Change"), f'(LEN({here("Change")})>0)+{OUR_MARK}', "changed"))
    if "Portal error" in at:
        found.append(ConditionalFormat(cells("Portal error"), f"(LEN({here('Portal error')})>0)+{OUR_MARK}", "error"))
    for heading in ("Action", "Suggested action"):
        for action, look in _LOOKS.items():
            if heading in at:
                found.append(ConditionalFormat(cells(heading), f'({here(heading)}="{action}")+{OUR_MARK}', look))
    if {"Action", "Reduce ITC"} <= at.keys():
        found += _open_questions(rec, place)
    if "Differs in" in at:
        found.append(ConditionalFormat(cells("Differs in"), f"(LEN({here('Differs in')})>0)+{OUR_MARK}", "differs"))
        found += differs_formats(here("Differs in"), shown_at(place, {c.field: c.heading for c in PORTAL}), place)
    return (*found, *indian(money_areas(columns, place.header_row - 1 if place.own else first, last)))


_LOOKS: Final[Mapping[str, str]] = {Action.ACCEPT: "accept", Action.REJECT: "reject", Action.PENDING: "pending", Action.NO_ACTION: "noaction"}


def shown_at(place: SheetWhere, headings: Mapping[str, str]) -> dict[str, int]:
    """Word of a difference -> the column where its value stands, by our headings or by the fields of a person's own sheet."""
    own = {name: place.columns[heading] for name, heading in headings.items() if heading in place.columns}
    return {word: place.fields.get(name, own.get(name, 0)) for name, word in WORDS.items() if name in place.fields or name in own}


def differs_formats(words_cell: str, columns: Mapping[str, int], place: SheetWhere) -> list[ConditionalFormat]:
    """One rule a column: its cells are marked where the words in `Differs in` name it, as a whole word between commas."""
    return [
        ConditionalFormat(
            area(place.first_row, column, place.last_row, column), f'ISNUMBER(SEARCH(", {word},",", "&{words_cell}&","))+{OUR_MARK}', "differs" if place.own else "differs_hers",
        )
        for word, column in columns.items()
    ]


def _open_questions(rec: Reconciliation, place: SheetWhere) -> list[ConditionalFormat]:
    """An accepted row that must say whether ITC is reduced, and does not, shows its empty cell."""
    needed = rec.decisions["reduce_needed"].to_numpy(dtype=bool)
    column, action = place.columns["Reduce ITC"], letters(place.columns["Action"])
    found = []
    for chunk in chunks(runs(np.asarray(place.rows)[needed], column)):
        row = chunk[0].split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        formula = f'(${action}{row}="{Action.ACCEPT}")*(LEN(${letters(column)}{row})=0)+{OUR_MARK}'
        found.append(ConditionalFormat(" ".join(chunk), formula, "warn"))
    return found


def chunks(areas: Sequence[str], most: int = MOST_AREAS) -> list[Sequence[str]]:
    """Long lists of areas in pieces that a spreadsheet opens without complaint."""
    return [areas[i : i + most] for i in range(0, len(areas), most)]


def _validations(rec: Reconciliation, place: SheetWhere) -> list[Validation]:
    found: list[Validation] = []
    at, rows = place.columns, np.asarray(place.rows)
    first, last = place.first_row, place.last_row
    if "Action" in at:
        allowed = rec.decisions["allowed"].to_numpy(dtype=object)
        codes, sets = pd.factorize(allowed)
        for code, options in enumerate(sets):
            offered = tuple(o.strip() for o in str(options).split(",") if o.strip()) or (Action.NO_ACTION.value,)
            for chunk in chunks(runs(rows[codes == code], at["Action"])):
                found.append(Validation(" ".join(chunk), options=offered, error="For this row the portal allows only: " + ", ".join(offered) + "."))
    if "Reduce ITC" in at:
        found.append(Validation(area(first, at["Reduce ITC"], last, at["Reduce ITC"]), options=("Yes", "No"), error="Yes, No or blank. Amounts blank = full."))
    for name in HEADS:
        heading = f"Reduce {WORDS[name]}"
        if heading in at:
            cells = area(first, at[heading], last, at[heading])
            found.append(Validation(cells, kind="decimal", minimum=0, maximum=1e12, error="An amount in rupees, not negative and not above the document's; blank = full."))
    if "Remarks" in at:
        found.append(Validation(area(first, at["Remarks"], last, at["Remarks"]), kind="length", minimum=0, maximum=250, error="The portal takes at most 250 characters."))
    if "Reviewed" in at:
        found.append(Validation(
            area(first, at["Reviewed"], last, at["Reviewed"]), kind="length", minimum=0, maximum=40,
            prompt="Your initials. A reviewed row is never changed by a later run.", error="At most 40 characters.",
        ))
    return found


def _titles(rec: Reconciliation, place: SheetWhere) -> dict[tuple[int, int], Cell]:
    """Rows 1 to 5 of our own sheet: whose it is, what stands where, what the marks mean, totals of the rows shown."""
    at, work, ims = place.columns, rec.state.work, rec.state.ims
    live = work["change"].to_numpy(dtype=object) != Change.GONE
    actions = work["action"].to_numpy(dtype=object)[live]
    counts = " · ".join(f"{a.value} {int((actions == a).sum())}" for a in Action)
    gone = f" · gone from the portal {int((~live).sum())}" if (~live).any() else ""
    cells = {
        (1, 1): Cell("IMS: one row per portal document", "title"),
        (2, 1): Cell(client_line(rec), "subtitle"),
        (3, 1): Cell(f"{int(live.sum())} documents at the last run · {counts}{gone}", "subtitle"),
        (4, 1): Cell("Marks", "label_bold"),
        (4, 2): Cell("from the portal", "swatch_portal"),
        (4, 3): Cell("worked out by us", "swatch_ours"),
        (4, 4): Cell("type here", "swatch_input"),
        (4, 5): Cell("≠ differs", "differs"),
        (4, at["Taxable value"]): Cell("A  Accept", "accept"),
        (4, at["IGST"]): Cell("R  Reject", "reject"),
        (4, at["CGST"]): Cell("P  Pending", "pending"),
        (4, at["SGST"]): Cell("-  No Action", "noaction"),
        (4, at["Match"]): Cell("!  portal error", "error"),
        (4, at["Differs in"]): Cell("gone: counts nowhere", "gone"),
        (4, at["Action"]): Cell("choose", "swatch_input"),
    }
    if len(ims):
        cells[(5, 1)] = Cell("Totals of the rows shown, as printed", "label_bold")
        for column in PORTAL:
            if column.kind == "rupees":
                letter = letters(at[column.heading])
                formula = f"=SUBTOTAL(109,{letter}{place.first_row}:{letter}{place.last_row})"
                cells[(5, at[column.heading])] = Cell(int(ims[column.field].sum()) / 100, "rupees_total", formula=formula)
    return cells
