"""By what a document is known again in an earlier period: supplier, section, number and financial year."""

from __future__ import annotations

import numpy as np
import pandas as pd


def exact_key(supplier: pd.Series, section: pd.Series, number: pd.Series, day: pd.Series) -> pd.Series:
    """`27AAKCB4321Q1ZA|B2B|A-1|2026`, one a row."""
    return supplier.str.upper() + "|" + section + "|" + number.str.upper().str.strip() + "|" + financial_years(day).astype("str")


def loose_number(number: pd.Series) -> pd.Series:
    """Capitals, letters and digits only, no leading zeros in any run of digits."""
    spaced = number.str.upper().str.replace(r"[^0-9A-Z]+", " ", regex=True)
    return spaced.str.replace(r"(^|[^0-9])0+([0-9])", r"\1\2", regex=True).str.replace(" ", "", regex=False)


def financial_years(day: pd.Series) -> pd.Series:
    """The year in which the financial year of each date began; 0 where the date is blank."""
    values = day.to_numpy().astype("datetime64[M]")
    months = values.astype(np.int64) + 1970 * 12 - 3
    return pd.Series(np.where(np.isnat(values), 0, months // 12), index=day.index)


def positions(wanted: pd.Series, among: pd.Series) -> np.ndarray:
    """For every key the position of its last holder in `among`, -1 where there is none or the key is blank."""
    if not len(among) or not len(wanted):
        return np.full(len(wanted), -1, dtype=np.int64)
    last = ~among.duplicated(keep="last").to_numpy()
    found = pd.Index(among[last]).get_indexer(pd.Index(wanted))
    return np.where((found >= 0) & (wanted != "").to_numpy(), np.flatnonzero(last)[found], -1).astype(np.int64)
