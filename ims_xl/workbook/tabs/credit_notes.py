"""The Credit Notes tab: everything whose acceptance takes credit away, with the ITC-reduction answer, its amounts and its last day.

The answer itself is typed on IMS (`Reduce ITC`, amounts blank = full); here it is seen with what the law asks beside it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Action
from ims_xl.workbook.plan import SheetPlan
from ims_xl.workbook.tabs.documents import KEY, action_formats, documents, number_of, word_formats
from ims_xl.workbook.tabs.limits import last_pending_days
from ims_xl.workbook.tabs.pieces import HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.where import Layout

CREDIT_NOTES: Final = Tab(
    "Credit Notes", "What takes credit away when accepted. Answer on IMS: Reduce ITC Yes (amounts blank = full) or No; partial and No need a remark.", "purple",
    columns=(
        *KEY,
        Column("Taxable value", "taxable_value", "rupees", width=14),
        Column("IGST", "igst", "rupees", width=12),
        Column("CGST", "cgst", "rupees", width=12),
        Column("SGST", "sgst", "rupees", width=12),
        Column("Cess", "cess", "rupees", width=10),
        Column("Match", "match", width=15),
        Column("Action", "action", width=13),
        Column("Reduce ITC", "answer", width=21),
        Column("Reduced IGST", "reduced_igst", "rupees", width=12),
        Column("Reduced CGST", "reduced_cgst", "rupees", width=12),
        Column("Reduced SGST", "reduced_sgst", "rupees", width=12),
        Column("Reduced Cess", "reduced_cess", "rupees", width=11),
        Column("Last day for Pending", "last_day", "date", width=12),
        Column("Remarks", "remarks", "text_wrap", width=36),
    ),
    table="tblCreditNotes", frozen=4, nothing="No credit notes and no downward amendments this period.",
)


def credit_notes_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """Credit notes, their amendments and whatever else must be declared: answer in words, reduction by head as it would be sent (paise)."""
    needed = rec.decisions["reduce_needed"].to_numpy(dtype=bool)
    chosen = rec.state.ims["section"].str.contains("-CN").to_numpy(dtype=bool) | needed
    frame = documents(rec, where, chosen)
    asked = needed[frame["position"]]
    accepted = (frame["action"] == Action.ACCEPT).to_numpy()
    answer = frame["reduce_itc"].to_numpy(dtype=object)
    typed = frame[[f"reduce_{head}" for head in HEADS]].notna().any(axis=1).to_numpy()
    frame["answer"] = np.select(
        [~accepted, ~asked, answer == "Yes", answer == "No"],
        ["when accepted", "not asked: full", np.where(typed, "Yes, partial", "Yes, full"), "No"], "? open: answer on IMS",
    ) if len(frame) else ""
    reduces = accepted & ((asked & (answer == "Yes")) | ~asked)
    for head in HEADS:
        own = frame[head].to_numpy(dtype=np.int64)   # a head left blank means all of it
        declared = np.where(frame[f"reduce_{head}"].isna().to_numpy(), own, frame[f"reduce_{head}"].fillna(0).to_numpy(dtype=np.int64))
        frame[f"reduced_{head}"] = np.where(reduces, np.where(asked, declared, own), 0)
    frame["last_day"] = last_pending_days(rec, frame)
    return frame


def credit_notes_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab; open answers stand out in words and colour."""
    frame = credit_notes_frame(rec, where)
    last = HEADER_ROW + len(frame)
    columns = CREDIT_NOTES.columns
    formats = (
        *action_formats(number_of(columns, "Action"), last),
        *word_formats(number_of(columns, "Reduce ITC"), last, {"?": "bad", "Yes": "good", "No": "warn"}),
    )
    return list_sheet(CREDIT_NOTES, frame, rec, where, formats)
