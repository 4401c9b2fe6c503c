"""Reverse charge: the documents of 2B, and the vouchers that 2B does not have.

Tax under reverse charge is declared in 3.1(d), paid in cash, and taken as credit in 4A3 (4A2 for import of services).
Supplies from unregistered persons and import of services are never in 2B: only the books know them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, loose_number, positions
from ims_xl.returns.booked import INELIGIBLE
from ims_xl.returns.keys import exact_key, unique_positions
from ims_xl.returns.vouchers import is_import_of_services, is_reverse_charge, surely_of_another_period
from ims_xl.settings import Settings
from ims_xl.vocabulary import AMOUNTS

NO_LINES = -1


def lines_of_2b(bypass: pd.DataFrame, register: pd.DataFrame, signed: pd.DataFrame) -> np.ndarray:
    """For every register line the position of its document in `Gstr2B.bypass`, -1 where it is none of them."""
    if not len(bypass) or not len(register):
        return np.full(len(register), NO_LINES, dtype=np.int64)
    kind = pd.Series(np.where(is_note(bypass), "note", "invoice"), index=bypass.index)
    number = register["document_number"].mask(register["document_number"].str.strip() == "", register["voucher_number"])
    date = register["document_date"].mask(register["document_date"].isna(), register["voucher_date"])
    negative = pd.Series(np.where(signed["taxable_value"].to_numpy() < 0, "note", "invoice"), index=register.index)
    plain = np.zeros(len(register), dtype=bool)
    mine = exact_key(register["supplier_gstin"], negative, number, date, plain)
    theirs = exact_key(bypass["supplier_gstin"], kind, bypass["document_number"], bypass["document_date"], np.zeros(len(bypass), dtype=bool))
    nameless = (register["supplier_gstin"].str.strip() == "").to_numpy()
    found = np.where(nameless, -1, positions(mine, theirs))
    open_rows = np.flatnonzero((found < 0) & ~nameless)
    if len(open_rows):
        distinct, back = np.unique(np.asarray(_loose(register, negative, number, date).to_numpy(dtype=object)[open_rows], dtype=object), return_inverse=True)
        second = unique_positions(pd.Series(distinct, dtype="str"), _loose(bypass, kind, bypass["document_number"], bypass["document_date"]))
        found[open_rows] = second[back]
    return np.asarray(found, dtype=np.int64)


def is_note(bypass: pd.DataFrame) -> np.ndarray:
    return np.asarray(bypass["path"].str.contains(".othersup.", regex=False).to_numpy(), dtype=bool)


def books_only(register: pd.DataFrame, signed: pd.DataFrame, in_2b: np.ndarray, settings: Settings) -> pd.DataFrame:
    """Vouchers under reverse charge that 2B does not have, one row a line: box, supplier, number, AMOUNTS signed, eligible, line, other_period."""
    rows = np.flatnonzero(is_reverse_charge(register) & (in_2b < 0)) if len(register) else np.zeros(0, dtype=np.int64)
    part = register.iloc[rows]
    amounts = signed.iloc[rows]
    services = is_import_of_services(register)[rows] if len(rows) else np.zeros(0, dtype=bool)
    return pd.DataFrame({
        "box": pd.array(np.where(services, "4A2", "4A3"), dtype="str"),
        "voucher_number": part["voucher_number"].to_numpy(dtype=object), "supplier_gstin": part["supplier_gstin"].to_numpy(dtype=object),
        "supplier_name": part["supplier_name"].to_numpy(dtype=object), "document_number": part["document_number"].to_numpy(dtype=object),
        "document_date": part["document_date"].to_numpy(), **{name: amounts[name].to_numpy(dtype=np.int64) for name in AMOUNTS},
        "eligible": (part["itc_eligibility"] != INELIGIBLE).to_numpy(dtype=bool), "line": rows.astype(np.int64),
        "other_period": surely_of_another_period(register, settings)[rows] if len(rows) else np.zeros(0, dtype=bool),
    })


def _loose(frame: pd.DataFrame, kind: pd.Series, number: pd.Series, date: pd.Series) -> pd.Series:
    key = frame["supplier_gstin"].str.upper() + "|" + kind.astype("str") + "|" + loose_number(number) + "|" + financial_years(date).astype("str")
    return key.mask((number.str.strip() == "") | date.isna(), "").reset_index(drop=True)
