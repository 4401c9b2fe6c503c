"""The Default Risk tab: silence is a decision that someone signs. Every No Action row, the largest credit first.

The follow-up may give `where.frames["Default Risk"]` by `key` with exposure columns; each of its columns beside `key` becomes a
column of the tab, in rupees (int64 paise), under the heading that is its name. Initials, date and reason typed here are kept
as inputs (`risk.<key>.initials`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.rulebook.exposure import exposure
from ims_xl.rupees import grouped
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Action
from ims_xl.workbook.plan import Cell, SheetPlan
from ims_xl.workbook.tabs.calendar import draft_2b, due_3b
from ims_xl.workbook.tabs.documents import KEY, documents, number_of, word_formats
from ims_xl.workbook.tabs.pieces import HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.typed import flat, table_below, unflat
from ims_xl.workbook.tabs.where import Layout

HEADINGS: Final[Mapping[str, str]] = {"initials": "Initials", "signed_on": "Signed on", "reason": "Reason: accepted by default, knowingly", "key": "Document key"}
TYPED: Final = ("initials", "signed_on", "reason")
DEFAULT_RISK: Final = Tab(
    "Default Risk", "No action is deemed accepted when GSTR-2B is drawn. Rank by rupees; sign what shall stand, act on the rest.", "grey",
    columns=(
        *KEY,
        Column("Taxable value", "taxable_value", "rupees", width=14),
        Column("ITC", "itc", "rupees_bold", width=14),
        Column("In books?", "in_books", width=13),
        Column("Match", "match", width=15),
        Column("Filed?", "filing_status", width=10),
        Column("Days to 2B", "days_2b", "count", width=8, total=False),
        Column("Days to 3B", "days_3b", "count", width=8, total=False),
        Column("Initials", "initials", "input", width=10),
        Column("Signed on", "signed_on", "input", width=12),
        Column("Reason: accepted by default, knowingly", "reason", "input_wrap", width=40),
        Column("Document key", "key", hidden=True, width=40),
    ),
    table="tblDefaultRisk", frozen=4, nothing="Every document has an action.",
)


def default_risk_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """The No Action documents by size of credit, with days left, exposure where given, and the sign-offs typed."""
    frame = documents(rec, where, (rec.state.work["action"] == Action.NO_ACTION).to_numpy(dtype=bool))
    booked = np.isin(rec.links.ims_result[frame["position"].to_numpy(dtype=np.int64)], rec.links.register_result)
    frame["in_books"] = np.where(booked, "✓ in books", "✗ not in books") if len(frame) else ""
    frame["days_2b"] = (draft_2b(rec) - rec.as_of).days
    frame["days_3b"] = (due_3b(rec) - rec.as_of).days
    for name in TYPED:
        frame[name] = unflat(rec.state.inputs, "risk", frame["key"], name)
    told_risk = where.frames.get("Default Risk")
    if told_risk is not None:
        told = told_risk.drop_duplicates("key").set_index("key").reindex(frame["key"]).reset_index(drop=True)
        for name in told.columns:
            frame[str(name)] = told[name]
    order = frame["itc"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def default_risk_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab, with one more column for each figure of exposure."""
    frame = default_risk_frame(rec, where)
    at = number_of(DEFAULT_RISK.columns, "Initials") - 1
    told_risk = where.frames.get("Default Risk")
    more = tuple(_exposure_column(str(name), told_risk[name]) for name in told_risk.columns if name != "key") if told_risk is not None else ()
    tab = replace(DEFAULT_RISK, columns=(*DEFAULT_RISK.columns[:at], *more, *DEFAULT_RISK.columns[at:]))
    formats = word_formats(number_of(tab.columns, "In books?"), HEADER_ROW + len(frame), {"✓": "good", "✗": "bad"})
    return list_sheet(tab, frame, rec, where, formats, cells={(4, 1): Cell(_assumption(rec, frame), "subtitle")})


def read_inputs(text: SheetText) -> dict[str, str]:
    """Initials, date and reason by document key."""
    return flat(table_below(text, HEADINGS["key"], HEADINGS), "key", "risk", TYPED)


def _assumption(rec: Reconciliation, frame: pd.DataFrame) -> str:
    """What the estimate rests on, and the penalty of all rows together, each year's least taken once."""
    table, months = exposure(), rec.state.settings.exposure_months
    adds = frame[frame["itc"] > 0]
    days = pd.to_datetime(adds["document_date"])
    years = (days.dt.year - (days.dt.month < 4)).fillna(0).astype(int)
    most = sum(max(int(tax * table.penalty(max(int(year), 2017)).highest), table.penalty(max(int(year), 2017)).minimum) for year, tax in adds.groupby(years.to_numpy())["itc"].sum().items())
    return (
        f"Estimate, check with the section: {table.interest_a_year:.0%} a year for {months} months to a likely notice (Settings), only where the credit is also utilised, which this workbook cannot know. "
        f"Nil penalty if paid before the notice; without fraud at most Rs {grouped(most)} for all rows together. No notice below Rs {grouped(table.no_notice_below)[:-3]} of tax in a year."
    )


def _exposure_column(name: str, values: pd.Series) -> Column:
    # The least penalty of 10,000 is one for a whole notice: added up row by row it would be told many times.
    return Column(name, name, "rupees", width=14, total=None if name.startswith("Interest") else False) if values.dtype.kind in "iu" or str(values.dtype) == "Int64" else Column(name, name, "text_wrap", width=18)
