"""The Portal 2B tab: the drawn GSTR-2B as downloaded, document by document; nobody types here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from ims_xl.state import Reconciliation, empty
from ims_xl.vocabulary import GSTR2B_LEDGER
from ims_xl.workbook.plan import Cell, SheetPlan
from ims_xl.workbook.tabs.pieces import Column, Tab, list_sheet
from ims_xl.workbook.tabs.where import Layout

_BLOCKS: Final[Mapping[str, str]] = {"docdata": "In 2B", "rejected": "Rejected", "reversal": "Reversal"}
_AVAILABLE: Final[Mapping[str, str]] = {"Y": "Yes", "N": "No", "T": "Temporary"}
_REASONS: Final[Mapping[str, str]] = {"P": "Place of supply", "C": "Time limit, 16(4)"}
PORTAL_2B: Final = Tab(
    "Portal 2B", "The GSTR-2B that the portal drew, as downloaded. Read only.", "green",
    columns=(
        Column("Block", "block", width=10),
        Column("Section", "section", width=9),
        Column("Document type", "document_type", width=14),
        Column("Supplier GSTIN", "supplier_gstin", width=17.5),
        Column("Supplier name", "supplier_name", width=24),
        Column("Document number", "document_number", width=17),
        Column("Document date", "document_date", "date", width=11.5),
        Column("Document value", "document_value", "rupees", width=14),
        Column("Place of supply", "place_of_supply", "text_centre", width=8),
        Column("Reverse charge", "reverse_charge", "text_centre", width=8),
        Column("ITC available", "itc_available", width=10),
        Column("Reason", "reason", width=15),
        Column("Taxable value", "taxable_value", "rupees", width=14),
        Column("IGST", "igst", "rupees", width=13),
        Column("CGST", "cgst", "rupees", width=13),
        Column("SGST", "sgst", "rupees", width=13),
        Column("Cess", "cess", "rupees", width=11),
        Column("Supplier period", "supplier_period", "text_centre", width=9),
        Column("Filed on", "filed_on", "date", width=11.5),
        Column("Original number", "original_number", width=15),
        Column("Port", "port_code", width=9),
        Column("IMS status", "ims_status", width=11),
        Column("Remarks", "remarks", width=24),
    ),
    table="tblPortal2B", frozen=6, nothing="No GSTR-2B of this period has been pulled yet: 'ims-xl pull BOOK --gstr2b FILE'.",
)


def portal_2b_frame(rec: Reconciliation) -> pd.DataFrame:
    """The drawn documents with their codes in words."""
    two_b = rec.state.portal_2b
    if two_b is None:
        return empty(GSTR2B_LEDGER)
    words = {"block": _BLOCKS, "itc_available": _AVAILABLE, "reason": _REASONS}
    return two_b.documents.assign(
        section=two_b.documents["section"].str.upper(), **{name: two_b.documents[name].map(known).fillna(two_b.documents[name]) for name, known in words.items()}
    )


def portal_2b_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab, protected (without a password): a figure of the portal is never changed here."""
    two_b = rec.state.portal_2b
    drawn = f"Drawn on {two_b.generated_on:%d-%m-%Y} for {two_b.period.label}, {len(two_b.documents)} documents" if two_b and two_b.generated_on else ""
    return list_sheet(PORTAL_2B, portal_2b_frame(rec), rec, where, cells={(4, 1): Cell(drawn, "note_line")} if drawn else None, protect=two_b is not None)
