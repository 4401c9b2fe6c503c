"""Who is who: the keys by which one document is recognised in the IMS, the drawn GSTR-2B, the register and earlier periods.

An exact key is supplier, section, number in capitals and financial year (a bill of entry: number and date, since it has no
supplier GSTIN). A loose key forgets separators and leading zeros, for sheets in which Excel has eaten them; it is only
asked where the exact key finds nothing and the loose one is unique on both sides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, positions


def exact_key(supplier: pd.Series, section: pd.Series, number: pd.Series, day: pd.Series, imports: np.ndarray) -> pd.Series:
    """One text per row; rows of the same document have the same text."""
    return section.astype("str") + "|" + document_key(supplier, number, day, imports)


def document_key(supplier: pd.Series, number: pd.Series, day: pd.Series, imports: np.ndarray) -> pd.Series:
    """`exact_key` without the section."""
    when = financial_years(day).astype("str")
    if imports.any():
        when = when.mask(imports, pd.Series(day.to_numpy().astype("datetime64[D]").astype("str"), index=day.index))
    return supplier.str.upper().str.strip() + "|" + plain_number(number) + "|" + when


def plain_number(number: pd.Series) -> pd.Series:
    return number.str.upper().str.strip()


def unique_positions(wanted: pd.Series, among: pd.Series) -> np.ndarray:
    """As `positions`, but only where the key is held once on each side."""
    found = positions(wanted, among)
    alone = ~wanted.duplicated(keep=False).to_numpy()
    alone_there = ~among.duplicated(keep=False).to_numpy()
    return np.where(alone & (found >= 0) & (alone_there[found] if len(among) else False), found, -1)

