"""The Settings tab: every switch with its default and a note, the columns found in the register, and what was linked by hand.

`settings_sheet` writes it, `read_settings` takes back what a person typed. A value is known by its label, so rows may move.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, replace
from typing import Any, Final

import pandas as pd

from ims_xl.gstin import is_valid
from ims_xl.hosts.base import SheetText
from ims_xl.period import Period
from ims_xl.readers.register import REGISTER_HEADINGS
from ims_xl.settings import Settings, setting_fields
from ims_xl.state import BookState, HandLinks, Reconciliation
from ims_xl.vocabulary import ImsXlError, Problem
from ims_xl.workbook.plan import Cell, SheetPlan, TableBlock, TableColumn, Validation
from ims_xl.workbook.tabs.calendar import key_dates
from ims_xl.workbook.tabs.pieces import heads, indian, lines_of, page
from ims_xl.workbook.tabs.where import Layout, area
from ims_xl.workbook.theme import TAB_COLOURS

LABEL, VALUE, DEFAULT, NOTE = 1, 2, 3, 4
MAPPING: Final = ("Register heading", "Field", "How it was found", "First values")
HAND: Final = ("Document: GSTIN|section|number|year", "Voucher number", "Linked or separated")
UNUSED: Final = "not used"
WAITING: Final = "chosen here: pull the register again"
SPARE: Final = 8   # empty lines for links that a person types
_STYLES: Final[Mapping[str, str]] = {"rupees": "input_rupees", "number": "input_count"}


@dataclass(frozen=True)
class SettingsRead:
    """What the tab says; `problems` name cells that could not be read, and the earlier value stands."""

    settings: Settings
    mapping: Mapping[str, str]
    hand_links: HandLinks
    problems: tuple[Problem, ...] = ()


def settings_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The whole tab."""
    settings = rec.state.settings
    cells = heads(rec, "Settings", "Change the yellow cells; the next run obeys them. An emptied cell takes its default.")
    heights: dict[int, float] = {1: 26}
    validations: list[Validation] = []
    row, group, money = 5, "", []
    for f in setting_fields():
        if f.metadata["group"] != group:
            group = f.metadata["group"]
            cells.update({(row, c): Cell(text, "band") for c, text in zip((LABEL, VALUE, DEFAULT, NOTE), (group, *(("Value", "Default", "Note") if row == 5 else (None,) * 3)))})
            row += 1
        kind = f.metadata["kind"]
        cells[(row, LABEL)] = Cell(f.metadata["label"], "label")
        cells[(row, VALUE)] = Cell(_shown(getattr(settings, f.name), kind), _STYLES.get(kind, "input"))
        cells[(row, DEFAULT)] = Cell(_shown(_default(f), kind), "rupees" if kind == "rupees" else "count" if kind == "number" else "text")
        long = lines_of(f.metadata["note"], 100) > 1
        cells[(row, NOTE)] = Cell(f.metadata["note"], "text_wrap" if long else "text")
        if long:
            heights[row] = 29
        if kind == "rupees":
            money += [area(row, VALUE, row, DEFAULT)]
        validation = _validation(f, row)
        if validation:
            validations.append(validation)
        row += 1
    row = _put_dates(rec, cells, row + 1)
    mapping, mapping_checks, row = _mapping(rec.state, cells, row + 1)
    links, link_checks, row = _hand_links(rec.state, cells, row + 1)
    return SheetPlan(
        name=where.name("Settings"), cells=cells, tables=(*mapping, *links), widths={LABEL: 40, VALUE: 34, DEFAULT: 18, NOTE: 90}, heights=heights,
        freeze=(5, 2), validations=(*validations, *mapping_checks, *link_checks), formats=tuple(f for block in money for f in indian([block])), tab_colour=TAB_COLOURS["grey"], page=page(rec, (1, 3)),
    )


def read_settings(text: SheetText, before: BookState) -> SettingsRead:
    """Settings, column mapping and hand links as they stand on the tab; what is not there keeps its earlier value."""
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    frame = text.frame
    if not {LABEL, VALUE} <= set(frame.columns):
        return SettingsRead(before.settings, before.mapping, before.hand_links)
    labels = frame[LABEL].str.strip()
    for f in setting_fields():
        at = frame.index[labels == f.metadata["label"]]
        if not len(at):
            continue
        typed = str(frame.at[at[0], VALUE]).strip()
        value, wrong = _value(f, typed)
        if wrong:
            problems.append(Problem("", text.name, int(at[0]), f.metadata["label"], wrong + "; the earlier value stands"))
        else:
            found[f.name] = value
    return SettingsRead(replace(before.settings, **found), _read_mapping(frame, before), _read_links(frame, before.hand_links), tuple(problems))


def _default(f: Field[Any]) -> Any:
    return None if f.default is MISSING else f.default


def _shown(value: Any, kind: str) -> Any:
    if kind == "yesno":
        return "Yes" if value else "No"
    if kind == "rupees":
        return None if value is None else value / 100
    return value if kind == "number" else "" if value is None else str(value)


def _value(f: Field[Any], typed: str) -> tuple[Any, str]:
    """The value typed, or what is wrong with it."""
    kind, options = f.metadata["kind"], f.metadata["options"]
    if not typed and kind != "text":
        return _default(f), ""
    match kind:
        case "yesno":
            known = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
            return (known[typed.lower()], "") if typed.lower() in known else (None, f"'{typed}' is neither Yes nor No")
        case "rupees" | "number":
            try:
                number = float(typed.replace(",", ""))
            except ValueError:
                return None, f"'{typed}' is not a number"
            if not math.isfinite(number):
                return None, f"'{typed}' is not a number"
            whole = round(number * 100) if kind == "rupees" else round(number)
            return (whole, "") if 0 <= whole < 10**15 else (None, f"'{typed}' is out of range")
        case "period":
            try:
                # A spreadsheet may have turned 2026-10 into the first of October.
                return Period.parse(typed[:7] if len(typed) >= 10 and typed[4] == "-" else typed), ""
            except ImsXlError as reason:
                return None, str(reason).rstrip(".")
        case "choice":
            chosen = [o for o in options if o.lower() == typed.lower()]
            return (chosen[0], "") if chosen else (None, f"'{typed}' is none of: {', '.join(options)}")
        case _:
            if f.name == "gstin" and typed and not is_valid(typed.upper()):
                return None, f"'{typed}' is not a valid GSTIN"
            return (typed.upper() if f.name == "gstin" else typed), ""


def _validation(f: Field[Any], row: int) -> Validation | None:
    cell = area(row, VALUE, row, VALUE)
    match f.metadata["kind"]:
        case "yesno":
            return Validation(cell, options=("Yes", "No"), error="Yes or No.")
        case "choice":
            return Validation(cell, options=tuple(f.metadata["options"]), error="One of: " + ", ".join(f.metadata["options"]) + ".")
        case "rupees" | "number":
            return Validation(cell, kind="decimal", minimum=0, maximum=1e12, error="A number, not negative.")
    return None


def _put_dates(rec: Reconciliation, cells: dict[tuple[int, int], Cell], row: int) -> int:
    cells.update({(row, c): Cell(text, "band") for c, text in zip((LABEL, VALUE, DEFAULT, NOTE), ("Dates of this period", "Date", "Days left", "What then"))})
    for due in key_dates(rec):
        row += 1
        cells[(row, LABEL)] = Cell(due.what, "label")
        cells[(row, VALUE)] = Cell(due.day, "date")
        cells[(row, DEFAULT)] = Cell(due.days(rec.as_of), "count")
        cells[(row, NOTE)] = Cell(due.note, "text")
    return row + 1


def _mapping(state: BookState, cells: dict[tuple[int, int], Cell], row: int) -> tuple[tuple[TableBlock, ...], tuple[Validation, ...], int]:
    cells.update({(row, c): Cell("Columns of the purchase register: choose another field where one is wrong" if c == LABEL else None, "band") for c in (LABEL, VALUE, DEFAULT, NOTE)})
    shown = state.mapping_shown
    if not len(shown):
        cells[(row + 1, LABEL)] = Cell("No register has been read yet.", "note_line")
        return (), (), row + 3
    # A field chosen here that the register has not been read by yet stands as it was chosen.
    known = shown.groupby("heading")["field"].agg(set)
    waiting = {heading: field for heading, field in state.mapping.items() if heading in known.index and field not in known[heading]}
    fields = [REGISTER_HEADINGS.get(f, f) or UNUSED for f in (waiting.get(h, f) for h, f in zip(shown["heading"], shown["field"]))]
    hows = [WAITING if h in waiting else how for h, how in zip(shown["heading"], shown["how"])]
    values = (list(shown["heading"]), fields, hows, list(shown["sample"]))
    block = TableBlock(row + 1, tuple(
        TableColumn(c, heading, column, style="input" if c == VALUE else "text") for c, heading, column in zip((LABEL, VALUE, DEFAULT, NOTE), MAPPING, values)
    ), autofilter=False)
    last = row + 1 + len(shown)
    # Longer than the 255 characters that a literal list may have: the names stand in a column of Legend.
    checks = (Validation(area(row + 2, VALUE, last, VALUE), source="=ims_register_fields", error="Choose a field from the list, or 'not used'."),)
    return (block,), checks, last + 2


def _hand_links(state: BookState, cells: dict[tuple[int, int], Cell], row: int) -> tuple[tuple[TableBlock, ...], tuple[Validation, ...], int]:
    cells.update({(row, c): Cell("Linked or separated by hand: obeyed before anything else" if c == LABEL else None, "band") for c in (LABEL, VALUE, DEFAULT, NOTE)})
    pairs = [(*pair, "linked") for pair in sorted(state.hand_links.linked)] + [(*pair, "separated") for pair in sorted(state.hand_links.separated)]
    lines = [*pairs, *[("", "", "")] * SPARE]
    block = TableBlock(row + 1, tuple(TableColumn(c, heading, [line[c - 1] for line in lines], style="input", heading_style="heading") for c, heading in enumerate(HAND, start=1)), autofilter=False)
    last = row + 1 + len(lines)
    return (block,), (Validation(area(row + 2, 3, last, 3), options=("linked", "separated"), error="linked or separated."),), last + 2


def _read_mapping(frame: pd.DataFrame, before: BookState) -> dict[str, str]:
    mapping = dict(before.mapping)
    shown: dict[str, set[str]] = {}   # one heading may stand in two files, or twice in one
    for heading, field in zip(*(before.mapping_shown[c] for c in ("heading", "field"))) if len(before.mapping_shown) else ():
        shown.setdefault(str(heading).strip(), set()).add(str(field))
    names = {heading: name for name, heading in REGISTER_HEADINGS.items()} | {UNUSED: "", "": ""}
    for heading, field, *_ in _below(frame, MAPPING[:2]):
        if heading not in shown or (field not in names and field not in REGISTER_HEADINGS):
            continue
        chosen = names.get(field, field)
        if chosen not in shown[heading]:
            mapping[heading] = chosen
        elif mapping.get(heading, chosen) not in shown[heading]:
            del mapping[heading]   # taken back before the register was read by it
    return mapping


def _read_links(frame: pd.DataFrame, before: HandLinks) -> HandLinks:
    lines = _below(frame, HAND, gaps=True)
    if lines is None:
        return before
    linked = frozenset((key, voucher) for key, voucher, kind in lines if key and voucher and kind.lower() != "separated")
    separated = frozenset((key, voucher) for key, voucher, kind in lines if key and voucher and kind.lower() == "separated")
    return HandLinks(linked, separated)


def _below(frame: pd.DataFrame, headings: tuple[str, ...], gaps: bool = False) -> Any:
    """The cells below a line of headings in the first columns, up to the first blank line; None (gaps) or () where it is missing."""
    columns = list(range(1, len(headings) + 1))
    if not set(columns) <= set(frame.columns):
        return None if gaps else ()
    head = frame.index[(frame[columns] == list(headings)).all(axis=1)]
    if not len(head):
        return None if gaps else ()
    lines = []
    for row in frame.index[frame.index > head[0]]:
        line = [str(v).strip() for v in frame.loc[row, columns]]
        if not line[0] and not gaps:
            break
        lines.append(line)
    return lines
