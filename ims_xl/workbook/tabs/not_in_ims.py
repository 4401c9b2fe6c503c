"""The Not in IMS tab: what is booked and has no credit in IMS, with its cause, its age and what runs out when."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.unreported import CHASE, IN_2B, MEND, NEVER, NOTHING, SAVED, TAKEN, TOO_LATE, unreported
from ims_xl.readers.register_vouchers import numbers_of_the_books
from ims_xl.rulebook.exposure import exposure
from ims_xl.state import Reconciliation
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat, SheetPlan
from ims_xl.workbook.tabs.counterparts import counterpart_rows
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, list_sheet
from ims_xl.workbook.tabs.where import Layout, SheetWhere, area

_LOOKS: Final = {CHASE: "warn", SAVED: "warn", MEND: "bad", TOO_LATE: "bad", IN_2B: "soft", TAKEN: "soft", NOTHING: "soft", NEVER: "soft"}

NOT_IN_IMS: Final = Tab(
    "Not in IMS", "Booked, and no filed document on the portal that gives its credit. Ask the supplier before his GSTR-1 closes; what needs no word to him stands below.", "amber",
    columns=(
        Column("Supplier GSTIN", "supplier_gstin", width=17.5),
        Column("Supplier name", "supplier_name", width=24),
        Column("Document number", "document_number", width=17),
        Column("Document date", "document_date", "date", width=11),
        Column("Voucher number", "voucher_number", width=15),
        Column("Voucher type", "voucher_type", width=12),
        Column("Register rows", "rows", width=10),
        Column("Taxable value", "taxable_value", "rupees", width=14),
        Column("IGST", "igst", "rupees", width=12),
        Column("CGST", "cgst", "rupees", width=12),
        Column("SGST", "sgst", "rupees", width=12),
        Column("Cess", "cess", "rupees", width=10),
        Column("Total tax", "tax", "rupees_bold", width=13),
        Column("What to do", "kind", width=16),
        Column("Cause", "cause", "text_wrap", width=44),
        Column("Age, days", "age_days", "count", width=8, total=False),
        Column("Chase before", "chase_before", "date", width=11),
        Column("Credit lost after, 16(4)", "cut_off", "date", width=12),
        Column(f"Pay supplier by, {exposure().payment_days} days", "pay_by", "date", width=12),
    ),
    table="tblNotInIMS", nothing="Every voucher that can be in IMS was found there.",
)


def not_in_ims_frame(rec: Reconciliation, register: SheetWhere) -> pd.DataFrame:
    """The vouchers of `followup/unreported.py`, and `rows`: where each stands on the register sheet."""
    found = unreported(rec)
    count = len(found.vouchers)
    rows = counterpart_rows(found.voucher, np.asarray(register.rows, dtype=np.int64)[found.lines], np.arange(count), count)
    return found.vouchers.assign(rows=rows, voucher_number=numbers_of_the_books(found.vouchers))


def not_in_ims_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab, with the days that run out marked in words and colour."""
    frame = where.frames["Not in IMS"] if "Not in IMS" in where.frames else not_in_ims_frame(rec, where.register)
    last = HEADER_ROW + len(frame)
    kind = area(DATA_ROW, 14, last, 14)
    formats = tuple(ConditionalFormat(kind, f'($N{DATA_ROW}="{word}")+{OUR_MARK}', look) for word, look in _LOOKS.items())
    return list_sheet(NOT_IN_IMS, frame, rec, where, formats)
