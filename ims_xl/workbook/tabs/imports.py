"""The Imports tab: bills of entry. They are acted on at the portal itself; the upload file has no place for them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.state import Reconciliation
from ims_xl.vocabulary import Section
from ims_xl.workbook.plan import SheetPlan
from ims_xl.workbook.tabs.documents import action_formats, documents, number_of, word_formats
from ims_xl.workbook.tabs.pieces import HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.where import Layout

IMPORTS: Final = Tab(
    "Imports", "Bills of entry: accept or keep pending on the portal itself; they cannot be rejected and are not in the upload file.", "grey",
    columns=(
        Column("Section", "section", width=11),
        Column("Bill of entry", "document_number", "link", width=14),
        Column("Date", "document_date", "date", width=11.5),
        Column("Port", "port_code", width=10),
        Column("SEZ supplier", "supplier_gstin", width=17.5),
        Column("Taxable value", "taxable_value", "rupees", width=15),
        Column("IGST", "igst", "rupees", width=14),
        Column("Cess", "cess", "rupees", width=12),
        Column("Match", "match", width=15),
        Column("Action", "action", width=13),
        Column("On the portal now", "portal_action", width=13),
        Column("In GSTR-2B", "in_2b", width=16),
        Column("Why", "why", "text_wrap", width=56),
    ),
    table="tblImports", frozen=2, nothing="No bills of entry this period.",
)


def imports_frame(rec: Reconciliation, where: Layout) -> pd.DataFrame:
    """IMS rows of the import sections, then bills of entry that only the drawn 2B has."""
    chosen = rec.state.ims["section"].isin([s.value for s in Section if s.is_import]).to_numpy(dtype=bool)
    frame = documents(rec, where, chosen)
    two_b = rec.state.portal_2b
    if two_b is None:
        return frame.assign(in_2b="not pulled yet")
    drawn = two_b.documents[two_b.documents["section"].isin(["impg", "impgsez"])]
    frame["in_2b"] = np.where(frame["document_number"].isin(list(drawn["document_number"])), "yes", "no")
    only = drawn[~drawn["document_number"].isin(list(frame["document_number"]))]
    if not len(only):
        return frame
    rest = pd.DataFrame({
        "section": only["section"].str.upper(), "document_number": only["document_number"], "document_date": only["document_date"], "port_code": only["port_code"],
        "supplier_gstin": only["supplier_gstin"], "taxable_value": only["taxable_value"], "igst": only["igst"], "cess": only["cess"],
        "match": "", "action": "", "portal_action": "", "in_2b": "yes, not in IMS", "why": "The drawn GSTR-2B has it, IMS does not.", "document_number_link": "",
    })
    return pd.concat([frame, rest], ignore_index=True)


def imports_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab."""
    frame = imports_frame(rec, where)
    last = HEADER_ROW + len(frame)
    formats = (
        *action_formats(number_of(IMPORTS.columns, "Action"), last),
        *word_formats(number_of(IMPORTS.columns, "In GSTR-2B"), last, {"yes, not": "warn"}),
    )
    return list_sheet(IMPORTS, frame, rec, where, formats)
