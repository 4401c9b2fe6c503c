"""The Log tab: who changed what, when, from what to what, and why; nothing is ever taken out of it."""

from __future__ import annotations

from typing import Final

from ims_xl.state import Reconciliation
from ims_xl.workbook.plan import SheetPlan
from ims_xl.workbook.tabs.pieces import Column, Tab, list_sheet
from ims_xl.workbook.tabs.where import Layout

LOG: Final = Tab(
    "Log", "Every change of an action, newest first: a stranger can follow what was done and why.", "navy",
    columns=(
        Column("Date and time", "at", width=19),
        Column("Who", "who", width=16),
        Column("Document", "document", width=42),
        Column("Field", "field", width=15),
        Column("Before", "before", width=20),
        Column("After", "after", width=20),
        Column("How", "how", width=10),
        Column("Why", "why", "text_wrap", width=60),
    ),
    table="tblLog", frozen=1, nothing="Nothing has been changed yet.",
)


def log_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The log, newest first."""
    newest_first = rec.state.log.sort_values("at", ascending=False, kind="stable") if len(rec.state.log) else rec.state.log
    return list_sheet(LOG, newest_first, rec, where)
