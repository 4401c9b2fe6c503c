"""The workbook's tabs: what stands where, as plain plans. One module a tab, each a tuple of columns.

`lay_out(rec, where)` gives the plan of one run; `read_typed(state, texts)` takes back what people typed on our tabs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.state import BookState, Reconciliation
from ims_xl.workbook.plan import Plan, SheetPlan
from ims_xl.workbook.tabs import default_risk, gstr3b, home, ims, pending, purchase_register, rejected, rule_37
from ims_xl.workbook.tabs.amendments import amendments_sheet
from ims_xl.workbook.tabs.credit_notes import credit_notes_sheet
from ims_xl.workbook.tabs.default_risk import default_risk_sheet
from ims_xl.workbook.tabs.gstr2b import gstr2b_sheet
from ims_xl.workbook.tabs.gstr3b import gstr3b_sheet
from ims_xl.workbook.tabs.home import home_sheet
from ims_xl.workbook.tabs.imports import imports_sheet
from ims_xl.workbook.tabs.ims import ims_patch
from ims_xl.workbook.tabs.legend import fields_area, legend_sheet
from ims_xl.workbook.tabs.log import log_sheet
from ims_xl.workbook.tabs.movement import movement_sheet
from ims_xl.workbook.tabs.not_in_ims import not_in_ims_frame, not_in_ims_sheet
from ims_xl.workbook.tabs.pending import pending_sheet, read_evidence
from ims_xl.workbook.tabs.portal_2b import portal_2b_sheet
from ims_xl.workbook.tabs.purchase_register import register_patch
from ims_xl.workbook.tabs.rejected import rejected_sheet
from ims_xl.workbook.tabs.rules import read_rules, rules_sheet
from ims_xl.workbook.tabs.settings import read_settings, settings_sheet
from ims_xl.workbook.tabs.suppliers import read_contacts, suppliers_sheet
from ims_xl.workbook.tabs.tie_out import tie_out_sheet
from ims_xl.workbook.tabs.where import Layout, letters, quoted

HEADER_ROW: Final = ims.HEADER_ROW
SHEETS: Final[tuple[str, ...]] = (
    "Home", "Settings", "Rules", "IMS", "Purchase Register", "Not in IMS", "Credit Notes", "Amendments", "Imports", "Pending",
    "Movement", "Rejected", "Default Risk", "Rule 37", "Suppliers", "Portal 2B", "GSTR-2B", "GSTR-3B", "Tie-out", "Log", "Legend",
)
_PAINTED: Final[Mapping[str, Callable[[Reconciliation, Layout], SheetPlan]]] = {
    "Home": home_sheet, "Settings": settings_sheet, "Rules": rules_sheet, "Not in IMS": not_in_ims_sheet, "Credit Notes": credit_notes_sheet, "Amendments": amendments_sheet,
    "Imports": imports_sheet, "Pending": pending_sheet, "Movement": movement_sheet, "Rejected": rejected_sheet, "Default Risk": default_risk_sheet, "Rule 37": rule_37.rule_37_sheet, "Suppliers": suppliers_sheet, "Portal 2B": portal_2b_sheet,
    "GSTR-2B": gstr2b_sheet, "GSTR-3B": gstr3b_sheet,
    "Tie-out": tie_out_sheet, "Log": log_sheet, "Legend": legend_sheet,
}
TYPED_SHEETS: Final[tuple[str, ...]] = ("Home", "Settings", "Rules", "Pending", "Rejected", "Default Risk", "Rule 37", "Suppliers", "GSTR-3B")
"""Our tabs that people type on."""


def ims_headings(own: bool) -> tuple[str, ...]:
    """Headings that the IMS sheet needs: all of them in a book of ours, only ours in a person's workbook."""
    return ims.HEADINGS if own else ims.OUR_HEADINGS


def register_headings(own: bool) -> tuple[str, ...]:
    """Headings that the register sheet needs, likewise."""
    return purchase_register.HEADINGS if own else tuple(purchase_register.OURS)


def lay_out(rec: Reconciliation, where: Layout) -> Plan:
    """Every sheet of the book but the hidden one, in order, with the names that point into it."""
    if "Not in IMS" not in where.frames:   # three tabs need it: worked out once
        where = replace(where, frames={**where.frames, "Not in IMS": not_in_ims_frame(rec, where.register)})
    sheets = tuple(_PAINTED[name](rec, where) for name in SHEETS if name in _PAINTED)
    first, last, column = fields_area()
    names = {"ims_register_fields": f"={quoted(where.name('Legend'))}!${letters(column)}${first}:${letters(column)}${last}"}
    patches = (ims_patch(rec, where), register_patch(rec, where))
    return Plan(sheets, patches, names, active=where.name("Home"), palette=rec.state.settings.palette)


def read_typed(state: BookState, texts: Mapping[str, SheetText]) -> BookState:
    """The state with what people typed on our tabs over what was remembered; `texts` by our sheet names."""
    inputs = dict(state.inputs)
    for name, read in (("Home", home.read_inputs), ("Pending", pending.read_inputs), ("Rejected", rejected.read_inputs), ("Default Risk", default_risk.read_inputs), ("Rule 37", rule_37.read_inputs), ("GSTR-3B", gstr3b.read_inputs)):
        if name in texts:
            inputs.update(read(texts[name]))
    read_now = {text.name for text in texts.values()}
    earlier = tuple(p for p in state.problems if p.file or p.sheet not in read_now)
    state = replace(state, inputs={name: value for name, value in inputs.items() if value != ""}, problems=earlier)
    if "Settings" in texts:
        read_back = read_settings(texts["Settings"], state)
        state = replace(
            state, settings=read_back.settings, mapping=read_back.mapping, hand_links=read_back.hand_links, problems=(*state.problems, *read_back.problems),
        )
    if "Rules" in texts:
        rules = read_rules(texts["Rules"])
        state = replace(state, rules=rules if len(rules) else state.rules)
    if "Pending" in texts:
        evidence, problems = read_evidence(texts["Pending"])
        state = replace(state, evidence=_over(state.evidence, evidence, "key"), problems=(*state.problems, *problems))
    if "Suppliers" in texts:
        state = replace(state, contacts=_over(state.contacts, read_contacts(texts["Suppliers"]), "supplier_gstin"))
    return state


def _over(remembered: pd.DataFrame, typed: pd.DataFrame, key: str) -> pd.DataFrame:
    """What is typed wins row by row; what does not stand on the tab now is kept."""
    if not len(typed):
        return remembered
    kept = remembered[~remembered[key].isin(list(typed[key]))]
    whole = pd.concat([kept, typed], ignore_index=True).astype(typed.dtypes.to_dict()) if len(kept) else typed
    told = whole.drop(columns=key)
    return whole[((told != "") & told.notna()).any(axis=1)].reset_index(drop=True)
