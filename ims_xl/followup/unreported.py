"""Booked, and no credit for it on the portal: why, what to do, how old it is, and what runs out when.

`unreported(rec)` -> one row a voucher, those to chase first. Besides what no portal document has met it lists what a supplier
has saved and not filed, what stands in the drawn GSTR-2B without passing IMS, and what can never be in IMS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.taken import cut_off, settled_earlier, standing_in_2b
from ims_xl.gstin import is_valid
from ims_xl.period import Period
from ims_xl.rulebook.calendar import calendar
from ims_xl.rulebook.exposure import exposure
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import AMOUNTS, HEADS, NOT_FILED, Change, MatchClass

CHASE: Final = "Ask the supplier"
SAVED: Final = "Saved, not filed"
MEND: Final = "Mend in the books"
IN_2B: Final = "In GSTR-2B"
TAKEN: Final = "Taken earlier"
NOTHING: Final = "Nothing to claim"
TOO_LATE: Final = "Too late"
NEVER: Final = "Never in IMS"
KINDS: Final = (CHASE, SAVED, MEND, IN_2B, TAKEN, NOTHING, TOO_LATE, NEVER)
_VOUCHER: Final = (
    "source_file", "voucher_number", "voucher_type", "supplier_gstin", "supplier_name", "document_number", "document_date", "reverse_charge", "port_code", "supply_nature", "payment_date", *AMOUNTS,
)


@dataclass(frozen=True)
class Unreported:
    """`vouchers`: one row each; `lines[i]` is a register line and `voucher[i]` the row it belongs to."""

    vouchers: pd.DataFrame
    lines: np.ndarray
    voucher: np.ndarray


def unreported(rec: Reconciliation) -> Unreported:
    """Fields: voucher, supplier, document, amounts (paise, as typed), tax, itc (credit notes negative), kind, cause, age_days, cut_off, pay_by, chase_before."""
    register, results, at = rec.state.register, rec.links.results, rec.links.register_result
    classes = results["match_class"].to_numpy(dtype=object)[at].astype(str)
    saved = _saved_only(rec)[at]
    chosen = np.flatnonzero(np.isin(classes, [MatchClass.NOT_IN_IMS.value, MatchClass.OUTSIDE_IMS.value]) | saved)
    part = register[list(_VOUCHER)].iloc[chosen].reset_index(drop=True)
    voucher = pd.MultiIndex.from_arrays([at[chosen], part["source_file"], part["voucher_number"]])
    codes, _ = pd.factorize(voucher)
    first = np.unique(codes, return_index=True)[1]
    frame = part.iloc[first].reset_index(drop=True)
    for name in AMOUNTS:   # whole paise: sums of int64, never floats
        sums = np.zeros(len(first), dtype=np.int64)
        np.add.at(sums, codes, part[name].to_numpy(dtype=np.int64))
        frame[name] = sums
    frame["tax"] = np.sum([frame[head].to_numpy(dtype=np.int64) for head in HEADS], axis=0) if len(frame) else np.zeros(0, dtype=np.int64)
    credit = frame["voucher_type"].str.contains("debit note", case=False).to_numpy(dtype=bool) & (frame["tax"] > 0).to_numpy()
    frame["itc"] = np.where(credit, -frame["tax"], frame["tax"])
    frame["never"] = classes[chosen][first] == MatchClass.OUTSIDE_IMS
    frame["saved"] = saved[chosen][first]
    frame["match"] = classes[chosen][first]
    frame["taken"] = settled_earlier(rec.state)[chosen][first] if len(first) else np.array([], dtype=object)
    frame["explanation"] = results["explanation"].to_numpy(dtype=object)[at[chosen][first]]
    frame = _judged(_dated(frame, rec), rec)
    order = frame.assign(rank=frame["kind"].map({kind: n for n, kind in enumerate(KINDS)})).sort_values(["rank", "tax"], ascending=[True, False], kind="stable").index.to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return Unreported(frame.loc[order].drop(columns=["never", "saved", "match", "taken"]).reset_index(drop=True), chosen, place[codes] if len(codes) else codes)


def _saved_only(rec: Reconciliation) -> np.ndarray:
    """Per result: it has portal documents and the supplier has filed none of them."""
    count = len(rec.links.results)
    live = (rec.state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    here = np.bincount(rec.links.ims_result[live], minlength=count)
    unfiled = np.bincount(rec.links.ims_result[live & (rec.state.ims["filing_status"] == NOT_FILED).to_numpy(dtype=bool)], minlength=count)
    return np.asarray((here > 0) & (here == unfiled), dtype=bool)


def _dated(frame: pd.DataFrame, rec: Reconciliation) -> pd.DataFrame:
    today, days = pd.Timestamp(rec.as_of), pd.to_datetime(frame["document_date"])
    years = (days.dt.year - (days.dt.month < 4)).astype("Int64")
    frame["age_days"] = (today - days).dt.days.astype("Int64")
    frame["cut_off"] = pd.to_datetime(years.map({year: cut_off(int(year)) for year in years.dropna().unique()}))
    frame["pay_by"] = (days + pd.Timedelta(days=exposure().payment_days)).where(frame["payment_date"].isna())
    return frame


def _judged(frame: pd.DataFrame, rec: Reconciliation) -> pd.DataFrame:
    """Kind and cause: the first that fits; what matching said of the voucher where nothing plainer does."""
    never, taken, saved = frame["never"].to_numpy(dtype=bool), frame["taken"].to_numpy(dtype=object), frame["saved"].to_numpy(dtype=bool)
    late = (frame["cut_off"] < pd.Timestamp(rec.as_of)).to_numpy(dtype=bool)
    gstins = frame["supplier_gstin"]
    wrong = gstins.isin([g for g in gstins.unique() if g and not is_valid(g)]).to_numpy(dtype=bool)
    composition = frame["supply_nature"].str.contains("composi", case=False).to_numpy(dtype=bool)
    untaxed = (frame["tax"] == 0).to_numpy(dtype=bool)
    said = frame["explanation"].to_numpy(dtype=object)
    ended = frame["cut_off"].dt.strftime("%d-%m-%Y").fillna("").to_numpy(dtype=object)
    in_2b = np.where(frame["saved"], "", standing_in_2b(frame, rec)).astype(object)
    differs = frame["match"].isin([MatchClass.VALUE.value, MatchClass.GSTIN.value]).to_numpy(dtype=bool)
    answers = (
        (never & (frame["reverse_charge"] == "Y").to_numpy(), NEVER, "Reverse charge: pay in 3.1(d), claim in 4(A)(3); never in IMS"),
        (never & (frame["port_code"] != "").to_numpy(), NEVER, "Import: comes from the bill of entry, not from a supplier's return"),
        (never & composition, NEVER, "Composition supplier: he may not charge tax, so there is no credit"),
        (never & (said != ""), NEVER, said), (never, NEVER, "Supplier unregistered or GSTIN missing: no credit through IMS"),
        (taken != "", TAKEN, "Counted or rejected in the GSTR-2B of " + taken + "; the register brings it again"),
        (wrong, MEND, "The supplier's GSTIN in the books is not valid; mend it and run again"),
        (in_2b != "", IN_2B, in_2b),
        (composition, NOTHING, "Composition supplier: he may not charge tax, so there is no credit"),
        (untaxed, NOTHING, "No tax is booked: exempt, or a composition supplier"),
        (late, TOO_LATE, "The time of section 16(4) ran out on " + ended + ": no credit any more"),
        (saved & differs, SAVED, "Saved by the supplier with other particulars, not filed: he can still correct it freely"),
        (saved, SAVED, "Saved by the supplier, not filed: no credit before he files"),
        (said != "", CHASE, said),
    )
    masks = [mask for mask, _, _ in answers]
    frame["kind"] = np.select(masks, [kind for _, kind, _ in answers], CHASE) if len(frame) else pd.array([], dtype="str")
    frame["cause"] = np.select(masks, [cause for _, _, cause in answers], "The supplier has not reported it: not filed, not saved, or under another GSTIN") if len(frame) else pd.array([], dtype="str")
    waits = frame["kind"].isin([CHASE, SAVED]).to_numpy(dtype=bool)
    due = calendar().due_date("GSTR-1", rec.state.settings.period or Period.of(rec.as_of))
    frame["chase_before"] = pd.Series(pd.Timestamp(due), index=frame.index).where(pd.Series(waits, index=frame.index))
    return frame
