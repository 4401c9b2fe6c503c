"""The Rejected tab: what is told to each supplier, what he must do and by when, and where that stands.

Status and follow-up are typed here and kept by document key (`rejected.<key>.status`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.period import Period
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Action, DocumentType, Section
from ims_xl.workbook.plan import SheetPlan
from ims_xl.workbook.tabs.calendar import period_of
from ims_xl.workbook.tabs.documents import KEY, documents, number_of, word_formats
from ims_xl.workbook.tabs.pieces import HEADER_ROW, Column, Tab, list_sheet, tax_of
from ims_xl.workbook.tabs.typed import flat, table_below, unflat
from ims_xl.workbook.tabs.where import Layout

_OVER: Final = ("Corrected by supplier", "Settled")
STATUS: Final = ("To be told", "Told", "Disputed by supplier", "Corrected by supplier", "Settled")
HEADINGS: Final[Mapping[str, str]] = {"status": "Status", "told_on": "Told on", "answer": "Supplier's answer", "key": "Document key"}
TYPED: Final = ("status", "told_on", "answer")
REJECTED: Final = Tab(
    "Rejected", "Each rejection needs a word to the supplier: why, and how he puts it right. Nothing is sent from here; 'ims-xl letters' writes the messages.", "red-brown",
    columns=(
        *KEY,
        Column("Taxable value", "taxable_value", "rupees", width=14),
        Column("Tax", "tax", "rupees_bold", width=13),
        Column("Rejected in", "rejected_in", "text_centre", width=11),
        Column("Set by", "set_by", width=8),
        Column("Remark on the portal", "remarks", "text_wrap", width=27),
        Column("Text to the supplier", "letter", "text_wrap", width=42),
        Column("What the supplier must do", "remedy", "text_wrap", width=38),
        Column("Contact", "contact", width=20),
        Column("Status", "status", "input", width=19, options=STATUS),
        Column("Told on", "told_on", "input", width=12),
        Column("Supplier's answer", "answer", "input_wrap", width=24),
        Column("Document key", "key", hidden=True, width=40),
    ),
    table="tblRejected", frozen=4, nothing="Nothing is rejected.",
)


def rejected_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """The rejected documents by tax, with the words for the supplier and what was typed earlier."""
    frame = documents(rec, where, (rec.state.work["action"] == Action.REJECT).to_numpy(dtype=bool))
    frame["rejected_in"] = str(period_of(rec))
    frame["letter"] = [_letter(row, rec) for row in frame.itertuples()]
    frame = _with_earlier(frame, rec)
    frame["remedy"] = [_remedy(Section(section)) for section in frame["section"]]
    contacts = rec.state.contacts.drop_duplicates("supplier_gstin", keep="last").set_index("supplier_gstin")
    frame["contact"] = contacts["email"].reindex(frame["supplier_gstin"]).fillna("").to_numpy(dtype=object) if len(contacts) else ""
    for name in TYPED:
        frame[name] = unflat(rec.state.inputs, "rejected", frame["key"], name)
    frame["status"] = frame["status"].where(frame["status"] != "", STATUS[0]) if len(frame) else frame["status"]
    over = (frame["rejected_in"] < str(period_of(rec))) & frame["status"].isin(_OVER)
    return frame[~over].sort_values(["rejected_in", "tax"], ascending=[False, False], kind="stable", ignore_index=True)


def _with_earlier(frame: pd.DataFrame, rec: Reconciliation) -> pd.DataFrame:
    """Rejections of closed months stay until they are settled: the supplier has to report the document again."""
    past = rec.state.earlier
    past = past[(past["action"] == Action.REJECT) & (past["period"] < str(period_of(rec)))]
    if not len(past):
        return frame
    past = past[~past["key"].isin(set(rec.state.ims["key"]))].drop_duplicates("key", keep="last")
    if not len(past):
        return frame
    names = dict(zip(rec.state.ims["supplier_gstin"], rec.state.ims["supplier_name"])) | dict(zip(rec.state.contacts["supplier_gstin"], rec.state.contacts["supplier_name"]))
    label = {p: Period.parse(p).label for p in past["period"].unique()}
    older = past[["key", "section", "supplier_gstin", "document_number", "document_date", "taxable_value"]].assign(
        supplier_name=past["supplier_gstin"].map(names).fillna(""), tax=tax_of(past), rejected_in=past["period"], set_by="", remarks="", document_number_link="",
        letter="Rejected in IMS of " + past["period"].map(label) + "; not settled yet.",
    )
    return pd.concat([frame, older], ignore_index=True)


def rejected_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab."""
    frame = rejected_frame(rec, where)
    status = number_of(REJECTED.columns, "Status")
    looks = {"To be told": "bad", "Told": "warn", "Disputed": "bad", "Corrected": "good", "Settled": "good"}
    return list_sheet(REJECTED, frame, rec, where, word_formats(status, HEADER_ROW + len(frame), looks))


def read_inputs(text: SheetText) -> dict[str, str]:
    """Status, date and answer by document key."""
    return flat(table_below(text, HEADINGS["key"], HEADINGS), "key", "rejected", TYPED)


def _letter(row: Any, rec: Reconciliation) -> str:
    kind = Section(row.section).document_type.value.lower()
    day = "" if pd.isna(row.document_date) else f" of {row.document_date:%d-%m-%Y}"
    why = row.remarks or "It does not agree with our books."
    return f"We rejected your {kind} {row.document_number}{day} in IMS ({rec.state.settings.gstin}). {why}"


def _remedy(section: Section) -> str:
    if section.document_type is DocumentType.CREDIT_NOTE:
        return "Your liability rises by the note in the next period's GSTR-3B. Where the note is right, report it again through the amendment table and we accept it."
    return "Not yet filed GSTR-3B of that period: mend it in GSTR-1A. Otherwise amend it in a later GSTR-1 or IFF, before 30 November after the financial year."
