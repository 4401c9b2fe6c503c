"""The Suppliers tab: one line per GSTIN, what became of his documents, how late he files, and whom to write to.

Contacts typed here are kept from month to month (`read_contacts`). The follow-up may add `where.frames["Suppliers"]` by
`supplier_gstin` with `days_late` and `record` (text: how the last months went).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.unreported import CHASE
from ims_xl.hosts.base import SheetText
from ims_xl.period import Period
from ims_xl.rulebook.calendar import calendar
from ims_xl.state import CONTACT_COLUMNS, Reconciliation, empty
from ims_xl.vocabulary import Action, Change, ImsXlError
from ims_xl.workbook.plan import SheetPlan
from ims_xl.workbook.tabs.not_in_ims import not_in_ims_frame
from ims_xl.workbook.tabs.pieces import MATCHED, Column, Tab, list_sheet, signed_tax
from ims_xl.workbook.tabs.typed import table_below
from ims_xl.workbook.tabs.where import Layout

HEADINGS: Final[Mapping[str, str]] = {
    "supplier_gstin": "Supplier GSTIN", "supplier_name": "Supplier name", "contact": "Contact", "email": "E-mail", "phone": "Phone",
    "sent_on": "Sent on", "replied_on": "Replied on", "next_date": "Next date", "note": "Note",
}
_SHORT: Final = {Action.ACCEPT: "accept", Action.REJECT: "reject", Action.PENDING: "pending", Action.NO_ACTION: "none"}
SUPPLIERS: Final = Tab(
    "Suppliers", "One line per supplier GSTIN. Contacts in the yellow columns are kept from month to month and used for the letters.", "blue",
    columns=(
        Column("Supplier GSTIN", "supplier_gstin", width=17.5),
        Column("Supplier name", "supplier_name", width=28),
        Column("Documents", "documents", "count", width=12, total=True),
        Column("Matched", "matched", "percent", width=9, total=False),
        *(Column(f"{a.value}, count", f"count_{s}", "count", width=9, total=True) for a, s in _SHORT.items()),
        *(Column(f"{a.value}, ITC", f"itc_{s}", "rupees", width=14) for a, s in _SHORT.items()),
        Column("Not in IMS, count", "books_count", "count", width=9, total=True),
        Column("Not in IMS, ITC", "books_itc", "rupees", width=13),
        Column("Days late", "days_late", "count", width=8, total=False),
        Column("Record", "record", "text_wrap", width=24),
        *(Column(HEADINGS[name], name, "input", width=width) for name, width in (
            ("contact", 18), ("email", 28), ("phone", 16), ("sent_on", 12), ("replied_on", 12), ("next_date", 12), ("note", 26))),
    ),
    table="tblSuppliers", frozen=2, blanks_printed=False, nothing="No suppliers yet.",
)


def suppliers_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """One row per GSTIN of IMS or of what is not in IMS, by credit; counts, ITC (paise, credit notes negative), share matched, contacts."""
    live = (rec.state.work["change"] != Change.GONE).to_numpy(dtype=bool) & (rec.state.ims["supplier_gstin"] != "").to_numpy(dtype=bool)
    part = pd.DataFrame({
        "supplier_gstin": rec.state.ims["supplier_gstin"], "supplier_name": rec.state.ims["supplier_name"], "itc": signed_tax(rec.state.ims), "action": rec.state.work["action"],
        "matched": np.isin(rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result].astype(str), MATCHED),
    })[live]
    books = where.frames["Not in IMS"] if "Not in IMS" in where.frames else not_in_ims_frame(rec, where.register)
    chase = books[(books["kind"] == CHASE) & (books["supplier_gstin"] != "")] if len(books) else books
    grouped = part.groupby("supplier_gstin", sort=False)
    frame = pd.DataFrame({"supplier_name": grouped["supplier_name"].first(), "documents": grouped.size(), "matched": grouped["matched"].mean(), "all": grouped["itc"].sum()})
    by_action = part.groupby(["action", "supplier_gstin"], sort=False)["itc"].agg(["size", "sum"])
    for action, short in _SHORT.items():
        of_action = by_action.loc[action] if action in by_action.index else by_action[:0].droplevel(0)
        frame[[f"count_{short}", f"itc_{short}"]] = of_action.reindex(frame.index)
    if len(chase):
        booked = chase.groupby("supplier_gstin").agg(name=("supplier_name", "first"), books_count=("itc", "size"), books_itc=("itc", "sum"))
        frame = frame.reindex(frame.index.union(booked.index, sort=False))
        frame["supplier_name"] = frame["supplier_name"].fillna(booked["name"])
        frame = frame.join(booked[["books_count", "books_itc"]])
    frame = frame.reindex(columns=[*frame.columns, *(c for c in ("books_count", "books_itc") if c not in frame)])
    whole = [c for c in frame.columns if c.startswith(("count_", "itc_", "books_")) or c in ("documents", "all")]
    frame[whole] = frame[whole].fillna(0).astype("int64")
    frame = frame.rename_axis("supplier_gstin").reset_index()
    frame["days_late"] = _days_late(rec, frame["supplier_gstin"])
    _told(frame, where.frames.get("Suppliers"), ("days_late", "record"))
    contacts = rec.state.contacts.drop_duplicates("supplier_gstin", keep="last")
    _told(frame, contacts, tuple(HEADINGS)[2:])
    return frame.sort_values(["all", "supplier_gstin"], ascending=[False, True], kind="stable", ignore_index=True)


def suppliers_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab."""
    return list_sheet(SUPPLIERS, suppliers_frame(rec, where), rec, where)


def read_contacts(text: SheetText) -> pd.DataFrame:
    """CONTACT_COLUMNS as they stand on the tab, suppliers without any contact left out."""
    table = table_below(text, HEADINGS["supplier_gstin"], HEADINGS)
    if not len(table):
        return empty(CONTACT_COLUMNS)
    typed = (table[list(HEADINGS)[2:]] != "").any(axis=1)
    return table.loc[typed, list(CONTACT_COLUMNS)].reset_index(drop=True)


def _told(frame: pd.DataFrame, told: pd.DataFrame | None, names: tuple[str, ...]) -> None:
    last = told.drop_duplicates("supplier_gstin", keep="last").set_index("supplier_gstin") if told is not None and len(told) else None
    for name in names:
        if last is not None and name in last:
            values = last[name].reindex(frame["supplier_gstin"]).reset_index(drop=True)
            frame[name] = values.where(values.notna(), frame.get(name, None))
        if name not in frame:
            frame[name] = ""
        if name != "days_late":
            frame[name] = frame[name].fillna("").astype("str")


def _days_late(rec: Reconciliation, suppliers: pd.Series) -> pd.Series:
    """The worst delay of each supplier's GSTR-1 in the drawn 2B, in days after the monthly due date; blank where 2B does not tell."""
    blank = pd.Series(pd.array([pd.NA] * len(suppliers), dtype="Int64"))
    if rec.state.portal_2b is None:
        return blank
    drawn = rec.state.portal_2b.documents
    drawn = drawn[drawn["filed_on"].notna() & (drawn["supplier_period"] != "")]
    due = {code: _due(code) for code in drawn["supplier_period"].unique()}
    drawn = drawn.assign(due=drawn["supplier_period"].map(due))
    drawn = drawn[drawn["due"].notna()]
    if not len(drawn):
        return blank
    late = (drawn["filed_on"] - pd.to_datetime(drawn["due"])).dt.days.clip(lower=0).groupby(drawn["supplier_gstin"]).max()
    return late.reindex(suppliers).astype("Int64").reset_index(drop=True)


def _due(code: str) -> pd.Timestamp | None:
    try:
        return pd.Timestamp(calendar().due_date("GSTR-1", Period.parse(code)))
    except ImsXlError:
        return None
