"""Vouchers that hold several bills side by side: each line names its own supplier or number, and the portal knows them apart.

Lines of one voucher are one booking by rate line; a journal of three bills is three bookings. What the portal shows decides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.matching.blocking import pairs_on
from ims_xl.matching.comparison import tolerances
from ims_xl.matching.documents import Documents, ledger_column, ledger_money, voucher_codes
from ims_xl.matching.hashing import text_codes, together
from ims_xl.matching.numbers import document_number_keys
from ims_xl.settings import Settings


def lines_apart(register: pd.DataFrame, portal: Documents, settings: Settings) -> np.ndarray:
    """bool per register line: it stands in a voucher whose lines are bills of their own."""
    voucher = voucher_codes(register)
    none = np.zeros(len(register), dtype=bool)
    _, of_line, lines = np.unique(voucher, return_inverse=True, return_counts=True)
    several = np.flatnonzero(lines[of_line] > 1) if len(register) else np.zeros(0, dtype=np.int64)
    if not len(several):
        return none
    part = register.iloc[several]
    supplier, number = text_codes(ledger_column(part, "supplier_gstin")), document_number_keys(ledger_column(part, "document_number"), settings).runs
    bill = together(supplier, number)
    _, of_voucher = np.unique(of_line[several], return_inverse=True)
    vouchers = int(of_voucher.max()) + 1
    first = np.zeros(vouchers, dtype=np.uint64)
    first[of_voucher] = bill
    mixed_voucher, nameless = np.zeros(vouchers, dtype=bool), np.zeros(vouchers, dtype=bool)
    mixed_voucher[of_voucher[bill != first[of_voucher]]] = True
    nameless[of_voucher[(number == 0) | (supplier == 0)]] = True
    asked = np.flatnonzero((mixed_voucher & ~nameless)[of_voucher])
    if not len(asked):
        return none
    _, start, unit = np.unique(together(of_voucher[asked], bill[asked]), return_index=True, return_inverse=True)
    money = np.zeros((len(start), 5), dtype=np.int64)
    np.add.at(money, unit, ledger_money(part)[asked])
    at_p, at_u = pairs_on(together(portal.gstin, portal.numbers.runs), together(supplier[asked][start], number[asked][start]), 1000)
    known = at_u[(np.abs(portal.money[at_p] - np.abs(money[at_u])) <= tolerances(settings)).all(axis=1)]
    known_voucher = np.zeros(vouchers, dtype=bool)
    known_voucher[of_voucher[asked][start[known]]] = True
    none[several[asked[known_voucher[of_voucher[asked]]]]] = True
    return none
