"""The Amendments tab: original and amended values side by side, and by how much the credit moves.

The original is looked for in this book first, then among the documents of earlier periods; where it is nowhere, the tab says so
and the direction is not known.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Section
from ims_xl.workbook.plan import SheetPlan
from ims_xl.workbook.tabs.documents import KEY, action_formats, documents, number_of, word_formats
from ims_xl.workbook.tabs.pieces import HEADER_ROW, Column, Tab, list_sheet, tax_of
from ims_xl.workbook.tabs.where import Layout

AMENDMENTS: Final = Tab(
    "Amendments", "What the supplier changed: original and amended side by side. The difference counts where the original was counted before.", "purple",
    columns=(
        *KEY,
        Column("Original number", "original_number", width=16),
        Column("Original date", "original_date", "date", width=11.5),
        Column("Original stands in", "found_in", width=22),
        Column("Action on original", "original_action", width=13),
        Column("Taxable, original", "original_taxable", "rupees", width=14, total=False),
        Column("Taxable, amended", "taxable_value", "rupees", width=14, total=False),
        Column("Taxable, change", "change_taxable", "rupees_bold", width=14, total=False),
        Column("Tax, original", "original_tax", "rupees", width=13, total=False),
        Column("Tax, amended", "tax", "rupees", width=13, total=False),
        Column("Tax, change", "change_tax", "rupees_bold", width=13, total=False),
        Column("Direction", "direction", width=12),
        Column("Action", "action", width=13),
        Column("Why", "why", "text_wrap", width=50),
    ),
    table="tblAmendments", frozen=4, nothing="No amendments this period.",
)


def amendments_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """Amended documents with their originals; amounts in paise, blank where the original is not known."""
    ims = rec.state.ims
    amended = ims["section"].isin([s.value for s in Section if s.is_amendment and not s.is_import]).to_numpy(dtype=bool)
    frame = documents(rec, where, amended)
    known = _originals(rec, where, set(frame["original_number"].str.upper()) - {""}) if len(frame) else {}
    original = {s.value: s.original.value for s in Section}
    found = [known.get((original[s], g, n.upper())) for s, g, n in zip(*(frame[c].tolist() for c in ("section", "supplier_gstin", "original_number")))]
    frame["found_in"] = [f["found_in"] if f else "not known here" for f in found]
    frame["original_action"] = [f["action"] if f else "" for f in found]
    frame["original_taxable"] = pd.array([f["taxable"] if f else None for f in found], dtype="Int64")
    frame["original_tax"] = pd.array([f["tax"] if f else None for f in found], dtype="Int64")
    frame["change_taxable"] = frame["taxable_value"].astype("Int64") - frame["original_taxable"]
    frame["change_tax"] = frame["tax"].astype("Int64") - frame["original_tax"]
    # Total tax tells the direction, taxable value where the tax is equal.
    frame["direction"] = [_direction(tax, taxable) for tax, taxable in zip(frame["change_tax"].tolist(), frame["change_taxable"].tolist())]
    return frame


def amendments_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab."""
    frame = amendments_frame(rec, where)
    last = HEADER_ROW + len(frame)
    columns = AMENDMENTS.columns
    formats = (
        *action_formats(number_of(columns, "Action"), last),
        *word_formats(number_of(columns, "Direction"), last, {"▼": "warn", "▲": "good", "?": "bad"}),
    )
    return list_sheet(AMENDMENTS, frame, rec, where, formats)


def _originals(rec: Reconciliation, where: Layout, wanted: set[str]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(section, supplier, number) -> what is known of it, for the wanted numbers; this book wins over earlier periods."""
    known: dict[tuple[str, str, str], dict[str, Any]] = {}
    earlier = rec.state.earlier
    if len(earlier):
        part = earlier[earlier["document_number"].str.upper().isin(wanted)]
        for section, supplier, number, period, counted, action, taxable, tax in zip(
            *(part[c].tolist() for c in ("section", "supplier_gstin", "document_number", "period", "counted", "action", "taxable_value")), tax_of(part).tolist(),
        ):
            known[section, supplier, number.upper()] = {"found_in": f"period {period}" + ("" if counted else ", not counted"), "action": action, "taxable": taxable, "tax": tax}
    ims = rec.state.ims
    here = documents(rec, where, ims["document_number"].str.upper().isin(wanted).to_numpy(dtype=bool))
    for section, supplier, number, row, action, taxable, tax in zip(*(here[c].tolist() for c in ("section", "supplier_gstin", "document_number", "ims_row", "action", "taxable_value", "tax"))):
        known[section, supplier, number.upper()] = {"found_in": f"this book, IMS row {row}", "action": action, "taxable": taxable, "tax": tax}
    return known


def _direction(tax: Any, taxable: Any) -> str:
    if pd.isna(tax):
        return "? unknown"
    change = int(np.sign(tax)) or int(np.sign(taxable))
    return {1: "▲ upward", -1: "▼ downward", 0: "= unchanged"}[change]
