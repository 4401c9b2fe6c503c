"""The Rules tab: the decision table as the book has it, in order, each rule to be switched on or off; the first that fits decides.

The rulebook prints and reads the frame (`rulebook.sheet`); here it is laid out and found again, with the sheet row of each rule
as its index, so that a message can name it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.rulebook import COLUMNS, rulebook_for, rules_frame, rules_from_frame
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Action
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat, SheetPlan
from ims_xl.workbook.tabs.calendar import period_of
from ims_xl.workbook.tabs.documents import action_formats, number_of
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.where import Layout, area

_WIDTHS: Final[Mapping[str, float]] = {"On": 6, "Rule": 25, "Kind": 9, "Match": 21, "Section": 10, "Supplier": 17.5, "Action": 13, "Reason": 44, "Remark": 34, "Since": 11, "Authority": 28, "Document": 16, "Amendment": 13, "Pending": 11, "Filed": 10, "Goods receipt": 11, "Cuts credit": 8, "Tax from": 8, "Tax to": 8, "Age from (days)": 9, "Age to (days)": 9}
_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {"On": ("Yes", "No"), "Action": tuple(a.value for a in Action)}
_FIXED: Final = ("Kind", "Since", "Authority")
RULES: Final = Tab(
    "Rules", "The first rule that fits a document decides, top to bottom. Switch ours off with No; insert rows above them for rules of your own. Blank = any.", "grey",
    columns=tuple(
        Column(name, name, ("text_wrap" if name == "Authority" else "text") if name in _FIXED else "input_wrap",
               width=_WIDTHS.get(name, 10), options=_OPTIONS.get(name, ()))
        for name in COLUMNS
    ),
    table="tblRules", frozen=3,
)


def rules_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The rules in the order in which they decide: the book's own, and ours of its period; each bears the name that `Why` gives."""
    rulebook = rulebook_for(period_of(rec))
    frame = rules_frame(rulebook, rules_from_frame(rec.state.rules, rulebook))
    last = HEADER_ROW + len(frame)
    off = ConditionalFormat(area(DATA_ROW, 1, last, len(COLUMNS)), f'(LEFT(LOWER($A{DATA_ROW}),1)="n")+{OUR_MARK}', "gone")
    return list_sheet(RULES, frame, rec, where, (off, *action_formats(number_of(RULES.columns, "Action"), last)))


def read_rules(text: SheetText) -> pd.DataFrame:
    """The table as it stands on the tab: COLUMNS as text, sheet rows as index; empty where the tab has no such table."""
    frame = text.frame
    for row in frame.index[:60]:
        line = {str(v).strip(): c for c, v in zip(frame.columns, frame.loc[row]) if v != ""}
        if {"On", "Rule", "Action"} <= line.keys():
            below = frame.loc[frame.index > row]
            table = pd.DataFrame({name: below[line[name]] if name in line else pd.Series("", index=below.index) for name in COLUMNS}, index=below.index)
            return table[(table != "").any(axis=1)]
    return pd.DataFrame(columns=list(COLUMNS))
