"""The Not in IMS tab: what is booked and does not stand in IMS, with its cause, its age and what runs out when.

Default frame: vouchers of the results "Only in books" and "Outside IMS". The follow-up may give a better one as
`where.frames["Not in IMS"]` with the fields of `NOT_IN_IMS.columns`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.gstin import is_valid
from ims_xl.period import financial_year
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, HEADS, MatchClass
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat, SheetPlan
from ims_xl.workbook.tabs.calendar import cut_off, supplier_due
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, list_sheet, tax_of
from ims_xl.workbook.tabs.where import Layout, SheetWhere, area

CHASE: Final = "Ask the supplier"
NEVER: Final = "Never in IMS"
_DAYS_UNPAID: Final = 180   # second proviso to section 16(2), rule 37

NOT_IN_IMS: Final = Tab(
    "Not in IMS", "Booked, but not among the portal's documents. Ask the supplier before his GSTR-1 closes; what is never in IMS stands below.", "amber",
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
        Column("Pay supplier by, 180 days", "pay_by", "date", width=12),
    ),
    table="tblNotInIMS", nothing="Every voucher that can be in IMS was found there.",
)


def not_in_ims_frame(rec: Reconciliation, register: SheetWhere) -> pd.DataFrame:
    """One row a voucher, those to chase first and by tax: supplier, document, amounts (paise), kind, cause, ages and dates."""
    lines = rec.state.register
    results = rec.links.results
    classes = results["match_class"].to_numpy(dtype=object)[rec.links.register_result]
    chosen = np.isin(classes.astype(str), [MatchClass.NOT_IN_IMS.value, MatchClass.OUTSIDE_IMS.value])
    part = lines[chosen].copy()
    part["sheet_row"] = np.asarray(register.rows, dtype=np.int64)[chosen]
    part["class"] = classes[chosen]
    part["result"] = rec.links.register_result[chosen]
    part["explanation"] = results["explanation"].to_numpy(dtype=object)[part["result"]]
    part["sign"] = np.where(part["voucher_type"].str.contains("debit note", case=False), -1, 1)
    grouped = part.groupby(["result", "source_file", "voucher_number"], sort=False)
    frame = grouped[["supplier_gstin", "supplier_name", "document_number", "document_date", "voucher_type", "voucher_date", "reverse_charge",
                     "port_code", "payment_date", "class", "explanation"]].first().reset_index()
    sums = grouped[list(AMOUNTS)].sum().reset_index(drop=True)
    frame[list(AMOUNTS)] = sums
    frame["rows"] = grouped["sheet_row"].agg(lambda rows: ", ".join(str(r) for r in sorted(rows))).reset_index(drop=True) if len(frame) else ""
    frame["tax"] = tax_of(frame) if len(frame) else 0
    frame["kind"] = np.where(frame["class"] == MatchClass.NOT_IN_IMS, CHASE, NEVER)
    return _dated(frame, rec).sort_values(["kind", "tax"], ascending=[True, False], kind="stable", ignore_index=True)


def not_in_ims_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab, with the days that run out marked in words and colour."""
    frame = where.frames["Not in IMS"] if "Not in IMS" in where.frames else not_in_ims_frame(rec, where.register)
    last = HEADER_ROW + len(frame)
    kind = area(DATA_ROW, 14, last, 14)
    formats = (
        ConditionalFormat(kind, f'($N{DATA_ROW}="{CHASE}")+{OUR_MARK}', "warn"),
        ConditionalFormat(kind, f'($N{DATA_ROW}="{NEVER}")+{OUR_MARK}', "noaction"),
    )
    return list_sheet(NOT_IN_IMS, frame, rec, where, formats)


def _dated(frame: pd.DataFrame, rec: Reconciliation) -> pd.DataFrame:
    causes, ages, cuts, pays, chases = [], [], [], [], []
    chase = supplier_due(rec)
    for row in frame.itertuples():
        day = None if pd.isna(row.document_date) else row.document_date.date()
        cut = cut_off(financial_year(day)) if day else None
        waiting = row.kind == CHASE
        causes.append(_cause(row, cut, rec.as_of))
        ages.append((rec.as_of - day).days if day else None)
        cuts.append(cut)
        pays.append(day + timedelta(days=_DAYS_UNPAID) if day and pd.isna(row.payment_date) else None)
        chases.append(chase if waiting and (cut is None or cut >= rec.as_of) else None)
    frame["cause"] = causes
    frame["age_days"] = pd.array(ages, dtype="Int64")
    for name, values in (("cut_off", cuts), ("pay_by", pays), ("chase_before", chases)):
        frame[name] = pd.to_datetime(pd.Series(values, index=frame.index, dtype="object"))
    return frame


def _cause(row: Any, cut: date | None, as_of: date) -> str:
    if row.kind == NEVER:
        if row.reverse_charge == "Y":
            return "Reverse charge: pay in 3.1(d), claim in 4(A)(3); never in IMS"
        if row.port_code:
            return "Import: comes from the bill of entry, not from a supplier's return"
        return str(row.explanation) or "Supplier unregistered or GSTIN missing: no credit through IMS"
    if row.supplier_gstin and not is_valid(row.supplier_gstin):
        return "The supplier's GSTIN in the books is not valid; mend it and run again"
    if cut and cut < as_of:
        return f"The time of section 16(4) ran out on {cut:%d-%m-%Y}: no credit any more"
    if not sum(getattr(row, head) for head in HEADS):
        return "No tax is booked: exempt, or a composition supplier"
    return str(row.explanation) or "The supplier has not reported it: not filed, not saved, or under another GSTIN"
