"""The Rules tab: the decision table as the book has it, in order, each rule to be switched on or off; the first that fits decides.

The rulebook gives and takes the frame; here it is only shown and read back, heading by heading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Action
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat, SheetPlan
from ims_xl.workbook.tabs.documents import action_formats
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.typed import table_below
from ims_xl.workbook.tabs.where import Layout, area, letters

SWITCH: Final = ("On", "on", "On/off")
_WIDTHS: Final[Mapping[str, float]] = {"order": 7, "on": 7, "on/off": 7, "rule": 26, "id": 26, "reason": 60, "note": 50, "authority": 36, "remark": 44}
_PURPOSE: Final = "The first rule that fits a row decides, top to bottom. Switch a rule off, or narrow its conditions; a rule that cannot be read is named and nothing runs."


def rules_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The table as the frame has it; its column names are the headings."""
    frame = rules_of(rec, where)
    names = [str(name) for name in frame.columns]
    columns = tuple(_column(name, frame[name]) for name in names)
    tab = Tab("Rules", _PURPOSE, "grey", columns, table="tblRules", frozen=min(3, len(columns)), nothing="The rules of the rulebook are in force.")
    last = HEADER_ROW + len(frame)
    formats: list[ConditionalFormat] = []
    for number, name in enumerate(names, start=1):
        if name in SWITCH and len(frame):
            switch = f"${letters(number)}{DATA_ROW}"
            formats.append(ConditionalFormat(area(DATA_ROW, 1, last, len(names)), f'(LOWER({switch})="off")+(LOWER({switch})="no")+{OUR_MARK}', "gone"))
        if name.lower() in ("action", "suggested action", "then"):
            formats += action_formats(number, last)
    return list_sheet(tab, frame, rec, where, tuple(formats))


def rules_of(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """The book's own table, else the one given with the layout."""
    return rec.state.rules if len(rec.state.rules) else where.frames.get("Rules", pd.DataFrame())


def read_rules(text: SheetText, known: pd.DataFrame) -> pd.DataFrame:
    """The table as it stands on the tab, in sheet order, under the headings of `known`; all text. Empty where the tab has none."""
    names = [str(name) for name in known.columns]
    if not names:
        return pd.DataFrame()
    key = next((n for n in names if n.lower() in ("rule", "id")), names[0])
    table = table_below(text, key, {name: name for name in names})
    return table[names] if len(table) else pd.DataFrame()


def _column(name: str, values: pd.Series) -> Column:
    longest = max([len(str(v)) for v in values], default=0)
    width = _WIDTHS.get(name.lower(), min(28.0, max(10.0, len(name) + 2, longest * 0.9)))
    if name in SWITCH:
        return Column(name, name, "input", width=width, options=tuple(dict.fromkeys([*(str(v) for v in values), "On", "Off"]))[:4] if not set(values) <= {"Yes", "No"} else ("Yes", "No"))
    if name.lower() in ("action", "suggested action", "then"):
        return Column(name, name, "input", width=14, options=tuple(a.value for a in Action))
    return Column(name, name, "input_wrap" if longest > width else "input", width=width)
