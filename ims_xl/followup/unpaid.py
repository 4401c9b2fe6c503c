"""Rule 37 (supplier unpaid 180 days after the invoice) and rule 37A (supplier's GSTR-3B not filed), where books and 2B give the facts.

A voucher whose credit was taken stays on the list from month to month until it is paid. The register tells payment dates; part
payments and later ones are typed on the Rule 37 tab. Without one payment date in the register nothing is assumed to be unpaid.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.followup.movement import voucher_keys
from ims_xl.period import Period
from ims_xl.readers.cleaning import to_dates, to_paise
from ims_xl.returns.drawn import of_period
from ims_xl.returns.standing import counted
from ims_xl.rulebook.exposure import exposure
from ims_xl.state import UNPAID_COLUMNS, Reconciliation, empty
from ims_xl.vocabulary import HEADS, Section

REVERSE: Final = "Reverse"
NEXT: Final = "Reverse next"
EARLIER: Final = "Was reversed?"
RECLAIM: Final = "Reclaim"
PAY: Final = "Pay in time"
_SOON: Final = 60


def rule_37(rec: Reconciliation) -> pd.DataFrame:
    """Vouchers to look at: key, who, document_value, paid, unpaid, day_180, return_period, what, and the tax to reverse or reclaim by head (paise, in proportion to the unpaid part)."""
    frame = _followed(rec)
    inputs = rec.state.inputs
    typed_on, wrong = to_dates(pd.Series([inputs.get(f"unpaid.{key}.paid_on", "") for key in frame["key"]], dtype="str"))
    typed_amount, bad = to_paise(pd.Series([inputs.get(f"unpaid.{key}.paid_amount", "") for key in frame["key"]], dtype="str"))
    paid_on = pd.Series(np.asarray(typed_on, dtype="datetime64[s]")).where(pd.Series(~np.asarray(wrong, dtype=bool))).fillna(frame["payment_date"])
    told = np.where(np.asarray(bad, dtype=bool), 0, np.asarray(typed_amount, dtype=np.int64))
    value = frame["document_value"].to_numpy(dtype=np.int64)
    paid = np.where(told > 0, np.minimum(told, value), np.where(paid_on.notna(), value, 0))
    day = frame["document_date"] + pd.Timedelta(days=exposure().payment_days)
    unpaid = value - paid
    over = (day < pd.Timestamp(_until(rec))).to_numpy(dtype=bool)
    late = over & (unpaid == 0) & (paid_on > day).to_numpy(dtype=bool)
    open_now = over & (unpaid > 0)
    soon = ~over & (unpaid > 0) & ((day - pd.Timestamp(rec.as_of)).dt.days <= _SOON).to_numpy(dtype=bool)
    share = np.where(late, value, unpaid)
    for head in HEADS:
        tax = frame[head].to_numpy(dtype=np.int64)
        # Whole paise: the unpaid part of the tax, never through floats.
        frame[head] = [int(t) * int(part) // int(v) if v else 0 for t, part, v in zip(tax, share, value)]
    frame = frame.assign(paid_on=paid_on, paid=paid, unpaid=unpaid, day_180=day)
    frame["return_period"] = [_following(d) for d in day]
    now, due = str(rec.state.settings.period), frame["return_period"].to_numpy(dtype=object)
    frame["what"] = np.select([open_now & (due == now), open_now & (due < now), open_now, late, soon], [REVERSE, EARLIER, NEXT, RECLAIM, PAY], "") if len(frame) else pd.array([], dtype="str")
    shown = frame[frame["what"] != ""]
    return shown.sort_values(["what", "day_180", "key"], ascending=[False, True, True], kind="stable", ignore_index=True)


def rule_37a(rec: Reconciliation) -> pd.DataFrame:
    """The documents that the drawn GSTR-2B takes back because the supplier did not file GSTR-3B: supplier, number, date, heads."""
    drawn = of_period(rec.state.portal_2b, rec.state.settings)
    names = ["supplier_gstin", "supplier_name", "document_number", "document_date", "supplier_period", *HEADS]
    if drawn is None:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name in HEADS else "datetime64[s]" if name == "document_date" else "str") for name in names})
    return drawn.documents.loc[drawn.documents["block"] == "reversal", names].reset_index(drop=True)


def tells_payments(rec: Reconciliation) -> bool:
    """Whether the books say anything about payments."""
    return bool(rec.state.register["payment_date"].notna().any() or len(rec.state.unpaid) or any(name.startswith("unpaid.") for name in rec.state.inputs))


def still_unpaid(rec: Reconciliation) -> pd.DataFrame:
    """UNPAID_COLUMNS of the next period: what is not paid in full, whatever its age."""
    frame = _followed(rec)
    inputs = rec.state.inputs
    settled = np.array([bool(inputs.get(f"unpaid.{key}.paid_on")) and not inputs.get(f"unpaid.{key}.paid_amount") for key in frame["key"]], dtype=bool)
    open_rows = frame[frame["payment_date"].isna().to_numpy(dtype=bool) & ~settled]
    blank = empty(UNPAID_COLUMNS)
    return pd.DataFrame({name: open_rows[name].astype(blank[name].dtype) for name in UNPAID_COLUMNS}).reset_index(drop=True)


def _followed(rec: Reconciliation) -> pd.DataFrame:
    """Carried vouchers with the payment that this register tells of them, and this period's vouchers whose credit is taken."""
    state = rec.state
    blank = empty(UNPAID_COLUMNS).assign(payment_date=pd.Series(dtype="datetime64[s]"))
    if not tells_payments(rec):
        return blank
    lines = state.register.assign(key=voucher_keys(state.register))
    paid = lines[lines["payment_date"].notna()].groupby("key")["payment_date"].max()
    taken = np.zeros(len(rec.links.results), dtype=bool)
    adds = state.ims["section"].map({s.value: s.document_type.sign for s in Section}).fillna(1).to_numpy(dtype=np.int64) > 0
    taken[rec.links.ims_result[counted(rec.gstr2b.rows, state.work["action"]) & adds]] = True
    mine = lines[taken[rec.links.register_result] & (lines["taxable_value"] > 0).to_numpy(dtype=bool) & ~lines["key"].isin(set(state.unpaid["key"])).to_numpy(dtype=bool)]
    tax = sum((mine[head] for head in HEADS), mine["taxable_value"])
    mine = mine.assign(worth=tax, period=str(state.settings.period))
    grouped = mine.groupby("key", sort=False)
    fresh = grouped.agg({**dict.fromkeys(("supplier_gstin", "supplier_name", "document_number", "document_date", "period"), "first"), "worth": "sum", **dict.fromkeys(HEADS, "sum")}).reset_index().rename(columns={"worth": "document_value"})
    parts = [part for part in (state.unpaid, fresh) if len(part)]
    if not parts:
        return blank
    frame = pd.concat([part[list(UNPAID_COLUMNS)] for part in parts], ignore_index=True)
    told = pd.Series([paid.get(key, pd.NaT) for key in frame["key"]], dtype="datetime64[s]")
    return frame.assign(payment_date=told, document_date=frame["document_date"].astype("datetime64[s]"))


def _until(rec: Reconciliation) -> date:
    """The end of the return period: what is over 180 days then is reversed in a return from then on."""
    return rec.state.settings.period.end if rec.state.settings.period else rec.as_of


def _following(day: pd.Timestamp) -> str:
    """The tax period that follows the 180 days."""
    return "" if pd.isna(day) else str(Period.of(day.date()).plus(1))
