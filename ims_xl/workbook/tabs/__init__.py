"""The workbook's tabs: what stands where, as plain plans. One module a tab, each a tuple of columns.

`lay_out(rec, where)` gives the plan of one run; `read_typed(state, texts)` takes back what people typed on our tabs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ims_xl.hosts.base import SheetText
from ims_xl.state import BookState, Reconciliation
from ims_xl.workbook.plan import Plan, SheetPlan
from ims_xl.workbook.tabs import home, ims, purchase_register
from ims_xl.workbook.tabs.home import home_sheet
from ims_xl.workbook.tabs.ims import ims_patch
from ims_xl.workbook.tabs.log import log_sheet
from ims_xl.workbook.tabs.not_in_ims import not_in_ims_sheet
from ims_xl.workbook.tabs.purchase_register import register_patch
from ims_xl.workbook.tabs.tie_out import tie_out_sheet
from ims_xl.workbook.tabs.where import Layout, quoted

HEADER_ROW: Final = ims.HEADER_ROW
SHEETS: Final[tuple[str, ...]] = (
    "Home", "Settings", "Rules", "IMS", "Purchase Register", "Not in IMS", "Credit Notes", "Amendments", "Imports", "Pending",
    "Rejected", "Default Risk", "Suppliers", "Portal 2B", "GSTR-2B", "GSTR-3B", "Tie-out", "Log", "Legend",
)
_PAINTED: Final[Mapping[str, Callable[[Reconciliation, Layout], SheetPlan]]] = {
    "Home": home_sheet, "Not in IMS": not_in_ims_sheet, "Tie-out": tie_out_sheet, "Log": log_sheet,
}
TYPED_SHEETS: Final[tuple[str, ...]] = ("Home",)
"""Our tabs that people type on."""


def ims_headings(own: bool) -> tuple[str, ...]:
    """Headings that the IMS sheet needs: all of them in a book of ours, only ours in a person's workbook."""
    return ims.HEADINGS if own else tuple(c.heading for c in ims.OURS)


def register_headings(own: bool) -> tuple[str, ...]:
    """Headings that the register sheet needs, likewise."""
    return purchase_register.HEADINGS if own else tuple(purchase_register.OURS)


def lay_out(rec: Reconciliation, where: Layout) -> Plan:
    """Every sheet of the book but the hidden one, in order, with the names that point into it."""
    sheets = tuple(_PAINTED[name](rec, where) for name in SHEETS if name in _PAINTED)
    return Plan(
        sheets=sheets, patches=(ims_patch(rec, where), register_patch(rec, where)), names={"ims_home": f"={quoted(where.name('Home'))}!$B$1"}, active=where.name("Home"),
    )


def read_typed(state: BookState, texts: Mapping[str, SheetText]) -> BookState:
    """The state with what people typed on our tabs over what was remembered; `texts` by our sheet names."""
    inputs = dict(state.inputs)
    if "Home" in texts:
        inputs.update(home.read_inputs(texts["Home"]))
    return replace(state, inputs=inputs)
