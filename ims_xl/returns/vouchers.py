"""Register lines read for the returns: which way each counts, whether it falls in the period, and what it is.

A recipient's `Debit Note` (or a supplier's `Credit Note`, or a negative purchase) takes from credit; its amounts come out
negative here however they were typed.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ims_xl.distinct import changed, judged
from ims_xl.period import Period
from ims_xl.settings import Settings
from ims_xl.vocabulary import AMOUNTS

_SERVICE_WORDS = r"import.{0,12}servic|servic.{0,12}import|overseas|foreign|imps\b"
_GOODS_WORDS = r"bill of entry|import.{0,12}good|good.{0,12}import|\bimpg|\bboe\b|icegate"


def signed_lines(register: pd.DataFrame) -> pd.DataFrame:
    """Aligned with the register: AMOUNTS in paise, signed as they move credit; a voucher's lines keep their signs among themselves."""
    theirs, ours = changed(register["document_type"], _letters), changed(register["voucher_type"], _letters)
    told = (theirs != "").to_numpy()
    credit = np.where(
        told, judged(theirs, lambda kind: kind.str.contains("credit") | kind.isin(["cn", "c", "crn"])),
        judged(ours, lambda kind: kind.str.contains("debitnote|purchasereturn|returnoutward") | kind.isin(["dn", "drn"])),
    )
    debit = ~credit & np.where(
        told, judged(theirs, lambda kind: kind.str.contains("debit") | kind.isin(["dn", "d", "drn"])),
        judged(ours, lambda kind: kind.str.contains("creditnote") | kind.isin(["cn", "crn"])),
    )
    amounts = {name: register[name].to_numpy(dtype=np.int64) for name in AMOUNTS}
    flip = np.ones(len(register), dtype=np.int64)
    notes = np.flatnonzero(credit | debit)
    if len(notes):
        total = pd.Series(sum(amounts.values())[notes])
        voucher = register["source_file"].iloc[notes].astype("str") + "|" + register["voucher_number"].iloc[notes].astype("str")
        whole = total.groupby(pd.factorize(voucher)[0]).transform("sum").to_numpy()
        flip[notes[credit[notes] & (whole > 0)]] = -1
        flip[notes[debit[notes] & (whole < 0)]] = -1
    return pd.DataFrame({name: value * flip for name, value in amounts.items()}, index=register.index)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.casefold())


def is_reverse_charge(register: pd.DataFrame) -> np.ndarray:
    """Marked as reverse charge, and no bill of entry (its tax is paid at customs)."""
    return np.asarray((register["reverse_charge"] == "Y").to_numpy() & ~is_import_of_goods(register), dtype=bool)


def is_import_of_goods(register: pd.DataFrame) -> np.ndarray:
    said = judged(register["supply_nature"], lambda nature: nature.str.casefold().str.contains(_GOODS_WORDS, regex=True))
    return np.asarray((register["port_code"].str.strip() != "").to_numpy() | said, dtype=bool)


def is_import_of_services(register: pd.DataFrame) -> np.ndarray:
    """Reverse charge without a supplier's GSTIN that the register calls an import, or that bears IGST alone."""
    said = judged(register["supply_nature"], lambda nature: nature.str.casefold().str.contains(_SERVICE_WORDS, regex=True))
    home = judged(register["supply_nature"], lambda nature: nature.str.casefold().str.contains(r"unregist|\burd\b|urp\b|rent|9\(4\)", regex=True))
    local = (register["cgst"] != 0).to_numpy() | (register["sgst"] != 0).to_numpy()
    nobody = (register["supplier_gstin"].str.strip() == "").to_numpy()
    return np.asarray(is_reverse_charge(register) & nobody & ~local & (said | ~home), dtype=bool)


def period_bounds(settings: Settings) -> tuple[np.datetime64, np.datetime64]:
    """First and last day of the return period (the quarter for a quarterly client)."""
    assert settings.period is not None
    last = settings.period.quarter_end if settings.quarterly else settings.period
    first = last.plus(-2) if settings.quarterly else last
    return np.datetime64(first.start, "s"), np.datetime64(last.end, "s")


def booked_in_period(register: pd.DataFrame, settings: Settings) -> np.ndarray:
    """The voucher's date lies in the period; a voucher without a date is of this period."""
    first, last = period_bounds(settings)
    day = register["voucher_date"].to_numpy().astype("datetime64[s]")
    return np.asarray(np.isnat(day) | ((day >= first) & (day <= last)), dtype=bool)


def unpaid_too_long(register: pd.DataFrame, days: int, settings: Settings) -> np.ndarray:
    """Forward-charge purchases unpaid on the rule 37 day where that day fell in the return period before this one: they are reversed now.

    Only a register that tells payments at all is believed; an invoice without a date is passed over.
    """
    paid = register["payment_date"].to_numpy().astype("datetime64[s]")
    if not len(register) or np.isnat(paid).all():
        return np.zeros(len(register), dtype=bool)
    first, _ = period_bounds(settings)
    assert settings.period is not None
    before = Period.of(pd.Timestamp(first).date()).plus(-3 if settings.quarterly else -1)
    limit = register["document_date"].to_numpy().astype("datetime64[s]") + np.timedelta64(days, "D")
    late = ~np.isnat(limit) & (limit >= np.datetime64(before.start, "s")) & (limit < first) & (np.isnat(paid) | (paid > limit))
    return np.asarray(late & ~is_reverse_charge(register) & ~is_import_of_goods(register) & (register["itc_eligibility"] != "Ineligible").to_numpy(), dtype=bool)


def surely_of_another_period(register: pd.DataFrame, settings: Settings) -> np.ndarray:
    """Every date that the line bears lies before the period, or every one after it."""
    first, last = period_bounds(settings)
    days = [register[name].to_numpy().astype("datetime64[s]") for name in ("voucher_date", "document_date")]
    dated = ~np.isnat(days[0]) | ~np.isnat(days[1])
    before = dated & np.all([np.isnat(d) | (d < first) for d in days], axis=0)
    after = dated & np.all([np.isnat(d) | (d > last) for d in days], axis=0)
    return np.asarray(before | after, dtype=bool)
