"""Vouchers whose document was settled in an earlier period, and whose time has run out: what still waits in the books, and what does not.

A register of the year to date brings last month's vouchers again. Their documents left IMS with last month's GSTR-3B, so no
portal document answers them; without the memory of earlier periods they would be chased and carried for ever.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, loose_number
from ims_xl.gstin import state_code
from ims_xl.returns.drawn import of_period
from ims_xl.rulebook.calendar import calendar
from ims_xl.settings import Settings
from ims_xl.state import BookState, Reconciliation
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
    found = _key(books, _our_note(books)).map(known).fillna("").to_numpy(dtype=object)
    plain = ((books["supplier_gstin"] != "") & (books["document_number"].str.strip() != "")).to_numpy(dtype=bool)
    return np.asarray(np.where(plain, found, nothing), dtype=object)


def time_is_over(days: pd.Series, settings: Settings) -> np.ndarray:
    """Whether section 16(4) leaves no return for documents of those dates: the time ends before this period's own GSTR-3B falls due."""
    over = np.zeros(len(days), dtype=bool)
    if settings.period is None or not len(days):
        return over
    due = calendar().due_date("GSTR-3B", settings.period, state_code(settings.gstin), settings.quarterly)
    years = financial_years(days).to_numpy()
    late = [year for year in np.unique(years) if year and (cut_off(int(year)) or date.max) < due]
    return np.asarray(np.isin(years, late), dtype=bool)


BARRED: Final = "In GSTR-2B without credit"


def standing_in_2b(vouchers: pd.DataFrame, rec: Reconciliation) -> np.ndarray:
    """What the drawn GSTR-2B says of vouchers (or register lines) that IMS does not have: barred by place of supply or time, under reverse charge, or simply there; "" where it has none."""
    nothing = np.full(len(vouchers), "", dtype=object)
    drawn = of_period(rec.state.portal_2b, rec.state.settings)
    if drawn is None or not len(drawn.documents) or not len(vouchers):
        return nothing
    documents = drawn.documents[(drawn.documents["supplier_gstin"] != "") & (drawn.documents["block"] == "docdata")]
    reason, barred = documents["reason"].to_numpy(dtype=object), (documents["itc_available"] == "N").to_numpy(dtype=bool)
    words = np.select(
        [barred & (reason == "P"), barred & (reason == "C"), barred, (documents["reverse_charge"] == "Y").to_numpy(dtype=bool)],
        [f"{BARRED}: place of supply is not our State, 4(D)(2)", f"{BARRED}: reported after the time of section 16(4), 4(D)(2)", f"{BARRED}, 4(D)(2)", "In GSTR-2B under reverse charge, booked as forward charge"],
        "In GSTR-2B, not in IMS: counted by its 2B flags",
    )
    known = pd.Series(words, index=_key(documents, (documents["document_type"].str.contains("Credit")).to_numpy(dtype=bool)))
    found = _key(vouchers, _our_note(vouchers)).map(known[~known.index.duplicated()]).fillna("").to_numpy(dtype=object)
    return np.asarray(np.where(vouchers["supplier_gstin"] != "", found, nothing), dtype=object)


def cut_off(financial_year: int) -> date | None:
    """The last day of credit for documents of that financial year, section 16(4); None before GST began."""
    try:
        return calendar().itc_cutoff_of(financial_year)
    except ImsXlError:
        return None


def _key(frame: pd.DataFrame, note: np.ndarray) -> pd.Series:
    kind = pd.Series(np.where(note, "|note|", "|"), index=frame.index)
    return frame["supplier_gstin"].str.upper() + kind + loose_number(frame["document_number"]) + "|" + financial_years(frame["document_date"]).astype("str")


def _our_note(books: pd.DataFrame) -> np.ndarray:
    """Our debit note, or a negative purchase: the supplier's credit note."""
    return np.asarray((books["taxable_value"] < 0).to_numpy(dtype=bool) | books["voucher_type"].str.contains("debit note", case=False).to_numpy(dtype=bool), dtype=bool)


def _credit_note(section: pd.Series) -> np.ndarray:
    return np.asarray(section.str.contains("-CN").to_numpy(dtype=bool), dtype=bool)
