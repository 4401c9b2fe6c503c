"""Vouchers whose document was settled in an earlier period, and whose time has run out: what still waits in the books, and what does not.

A register of the year to date brings last month's vouchers again. Their documents left IMS with last month's GSTR-3B, so no
portal document answers them; without the memory of earlier periods they would be chased and carried for ever.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, loose_number
from ims_xl.gstin import state_code
from ims_xl.rulebook.calendar import calendar
from ims_xl.settings import Settings
from ims_xl.state import BookState
from ims_xl.vocabulary import ImsXlError


def settled_earlier(state: BookState) -> np.ndarray:
    """Per register line the earlier period in which the document of that supplier, number and financial year was counted or rejected; "" where none."""
    nothing = np.full(len(state.register), "", dtype=object)
    period = str(state.settings.period or "")
    past = state.earlier[(state.earlier["period"] < period).to_numpy()] if len(state.earlier) else state.earlier
    if not len(past) or not len(state.register):
        return nothing
    known = past.assign(at=_key(past, _credit_note(past["section"]))).drop_duplicates("at", keep="last").set_index("at")["period"]
    books = state.register
    note = (books["taxable_value"] < 0).to_numpy() | books["voucher_type"].str.contains("debit note", case=False).to_numpy(dtype=bool)
    found = _key(books, note).map(known).fillna("").to_numpy(dtype=object)
    plain = ((books["supplier_gstin"] != "") & (books["document_number"].str.strip() != "")).to_numpy(dtype=bool)
    return np.asarray(np.where(plain, found, nothing), dtype=object)


def time_is_over(days: pd.Series, settings: Settings) -> np.ndarray:
    """Whether section 16(4) leaves no return for documents of those dates: the time ends before this period's own GSTR-3B falls due."""
    over = np.zeros(len(days), dtype=bool)
    if settings.period is None or not len(days):
        return over
    due = calendar().due_date("GSTR-3B", settings.period, state_code(settings.gstin), settings.quarterly)
    years = financial_years(days).to_numpy()
    late = [year for year in np.unique(years) if year and _cut_off(int(year)) < due]
    return np.asarray(np.isin(years, late), dtype=bool)


def _cut_off(year: int) -> date:
    try:
        return calendar().itc_cutoff_of(year)
    except ImsXlError:   # before GST began: nothing is known, so nothing is called late
        return date.max


def _key(frame: pd.DataFrame, note: np.ndarray) -> pd.Series:
    kind = pd.Series(np.where(note, "|note|", "|"), index=frame.index)
    return frame["supplier_gstin"].str.upper() + kind + loose_number(frame["document_number"]) + "|" + financial_years(frame["document_date"]).astype("str")


def _credit_note(section: pd.Series) -> np.ndarray:
    return np.asarray(section.str.contains("-CN").to_numpy(dtype=bool), dtype=bool)
