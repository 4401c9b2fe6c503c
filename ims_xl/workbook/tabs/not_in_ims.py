"""The Not in IMS tab: what is booked and does not stand in IMS, with its cause, its age and what runs out when.

Default frame: vouchers of the results "Only in books" and "Outside IMS". The follow-up may give a better one as
`where.frames["Not in IMS"]` with the fields of `NOT_IN_IMS.columns` and `itc`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.gstin import is_valid
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, MatchClass
from ims_xl.workbook.plan import OUR_MARK, ConditionalFormat, SheetPlan
from ims_xl.workbook.tabs.calendar import cut_off, supplier_due
from ims_xl.workbook.tabs.counterparts import counterpart_rows
from ims_xl.workbook.tabs.pieces import DATA_ROW, HEADER_ROW, Column, Tab, list_sheet, tax_of
from ims_xl.workbook.tabs.where import Layout, SheetWhere, area

CHASE: Final = "Ask the supplier"
NEVER: Final = "Never in IMS"
_VOUCHER: Final = (
    "source_file", "voucher_number", "voucher_type", "supplier_gstin", "supplier_name", "document_number", "document_date", "reverse_charge", "port_code", "payment_date", *AMOUNTS,
)
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
    """One row a voucher, those to chase first and by tax: supplier, document, amounts (paise, as typed), itc (a debit note
    voucher is the supplier's credit note and counts negative), kind, cause, ages and dates."""
    lines, results = rec.state.register, rec.links.results
    classes = results["match_class"].to_numpy(dtype=object)[rec.links.register_result].astype(str)
    chosen = np.flatnonzero(np.isin(classes, [MatchClass.NOT_IN_IMS.value, MatchClass.OUTSIDE_IMS.value]))
    part = lines[list(_VOUCHER)].iloc[chosen].reset_index(drop=True)
    voucher = pd.MultiIndex.from_arrays([rec.links.register_result[chosen], part["source_file"], part["voucher_number"]])
    codes, _ = pd.factorize(voucher)
    first = np.unique(codes, return_index=True)[1]
    frame = part.iloc[first].reset_index(drop=True)
    for name in AMOUNTS:   # whole paise: sums of int64, never floats
        sums = np.zeros(len(first), dtype=np.int64)
        np.add.at(sums, codes, part[name].to_numpy(dtype=np.int64))
        frame[name] = sums
    frame["rows"] = counterpart_rows(codes, np.asarray(register.rows, dtype=np.int64)[chosen], np.arange(len(first)), len(first))
    frame["tax"] = tax_of(frame)
    credit = frame["voucher_type"].str.contains("debit note", case=False).to_numpy(dtype=bool) & (frame["tax"] > 0).to_numpy()
    frame["itc"] = np.where(credit, -frame["tax"], frame["tax"])
    frame["kind"] = np.where(classes[chosen][first] == MatchClass.NOT_IN_IMS, CHASE, NEVER)
    frame["explanation"] = results["explanation"].to_numpy(dtype=object)[rec.links.register_result[chosen][first]]
    return _dated(frame, rec).sort_values(["kind", "tax"], ascending=[True, False], kind="stable", ignore_index=True)


def not_in_ims_sheet(rec: Reconciliation, where: Layout) -> SheetPlan:
    """The tab, with the days that run out marked in words and colour."""
    frame = where.frames["Not in IMS"] if "Not in IMS" in where.frames else not_in_ims_frame(rec, where.register)
    last = HEADER_ROW + len(frame)
    kind = area(DATA_ROW, 14, last, 14)
    formats = (
        ConditionalFormat(kind, f'($N{DATA_ROW}="{CHASE}")+{OUR_MARK}', "warn"),
        ConditionalFormat(kind, f'($N{DATA_ROW}="{NEVER}")+{OUR_MARK}', "soft"),
    )
    return list_sheet(NOT_IN_IMS, frame, rec, where, formats)


def _dated(frame: pd.DataFrame, rec: Reconciliation) -> pd.DataFrame:
    today, days = pd.Timestamp(rec.as_of), pd.to_datetime(frame["document_date"])
    years = (days.dt.year - (days.dt.month < 4)).astype("Int64")
    cut = pd.to_datetime(years.map({year: cut_off(int(year)) for year in years.dropna().unique()}))
    late = (cut < today).to_numpy(dtype=bool)
    frame["age_days"] = (today - days).dt.days.astype("Int64")
    frame["cut_off"] = cut
    frame["pay_by"] = (days + pd.Timedelta(days=_DAYS_UNPAID)).where(frame["payment_date"].isna())
    waits = (frame["kind"] == CHASE).to_numpy() & ~late
    frame["chase_before"] = pd.Series(pd.Timestamp(supplier_due(rec)), index=frame.index).where(waits)
    frame["cause"] = _causes(frame, late)
    return frame


def _causes(frame: pd.DataFrame, late: np.ndarray) -> np.ndarray:
    """The first that fits, in words; what matching said of the voucher where nothing plainer does."""
    never = (frame["kind"] == NEVER).to_numpy()
    said = frame["explanation"].to_numpy(dtype=object)
    gstins = frame["supplier_gstin"]
    wrong = gstins.isin([g for g in gstins.unique() if g and not is_valid(g)]).to_numpy(dtype=bool)
    untaxed = (frame["tax"] == 0).to_numpy()
    cut = frame["cut_off"].dt.strftime("%d-%m-%Y").fillna("").to_numpy(dtype=object)
    return np.select(
        [
            never & (frame["reverse_charge"] == "Y").to_numpy(), never & (frame["port_code"] != "").to_numpy(), never & (said != ""), never,
            wrong, late, untaxed, said != "",
        ],
        [
            "Reverse charge: pay in 3.1(d), claim in 4(A)(3); never in IMS", "Import: comes from the bill of entry, not from a supplier's return", said,
            "Supplier unregistered or GSTIN missing: no credit through IMS", "The supplier's GSTIN in the books is not valid; mend it and run again",
            "The time of section 16(4) ran out on " + cut + ": no credit any more", "No tax is booked: exempt, or a composition supplier", said,
        ],
        "The supplier has not reported it: not filed, not saved, or under another GSTIN",
    )
