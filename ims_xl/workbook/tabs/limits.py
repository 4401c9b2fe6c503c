"""Until when a document may wait: the one-period limit of specified records, else the time of section 16(4)."""

from __future__ import annotations

import pandas as pd

from ims_xl.followup.taken import cut_off
from ims_xl.gstin import state_code
from ims_xl.period import Period
from ims_xl.rulebook.calendar import calendar
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import ImsXlError


def last_pending_days(rec: Reconciliation, frame: pd.DataFrame) -> pd.Series:
    """Per row of `documents()` the last day on which Pending is offered: datetime64, blank where there is no such limit.

    The facts of the run say it where they have `pending_until`; else the 2B period that the row belongs to does.
    """
    if "pending_until" in rec.facts:
        return pd.to_datetime(rec.facts["pending_until"]).iloc[frame["position"]].reset_index(drop=True)
    needed = rec.decisions["reduce_needed"].to_numpy(dtype=bool)[frame["position"]] | frame["section"].str.contains("-CN").to_numpy(dtype=bool)
    periods = rec.belonging["two_b_period"].iloc[frame["position"]]
    known = {period: _limit(rec, period) for period in periods.unique()}
    days = pd.to_datetime(periods.map(known)).reset_index(drop=True)
    return days.where(pd.Series(needed), pd.NaT)


def must_decide_by(rec: Reconciliation, frame: pd.DataFrame) -> pd.Series:
    """The earlier of the pending limit and the last day of credit of the document's financial year."""
    limits = last_pending_days(rec, frame)
    days = pd.to_datetime(frame["document_date"])
    years = (days.dt.year - (days.dt.month < 4)).astype("Int64")
    ends = years.map({year: cut_off(int(year)) for year in years.dropna().unique()})
    return pd.concat([limits, pd.to_datetime(ends)], axis=1).min(axis=1)


def _limit(rec: Reconciliation, period: str) -> pd.Timestamp | None:
    settings = rec.state.settings
    try:
        return pd.Timestamp(calendar().pending_limit(Period.parse(str(period)), settings.quarterly, state_code(settings.gstin)))
    except ImsXlError:   # no 2B period yet: the supplier has not filed
        return None
