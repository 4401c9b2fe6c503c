"""Amounts with a decimal comma, as spreadsheets of a German or French Windows write them: `1.234,50` is `1234.50`.

In India a comma groups and is followed by two or three digits and more groups, so `1234,5` and `1,23` are no amounts there, while `1.234` and `1,234` can be
either. One cell does not tell; a table does: commas count as decimal only where some amount cannot be read otherwise and none is written the Indian way.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

_ONLY_COMMA = r"^\s*-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]{1,2}\s*$"
_ONLY_POINT = r"^\s*-?(?:[0-9]*\.[0-9]{1,2}|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]*)?)\s*$"
_EITHER = r"^\s*-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]{1,2})?\s*$"


def decimal_commas(columns: Iterable[pd.Series]) -> bool:
    """Whether these columns of one table write a decimal comma throughout."""
    columns = list(columns)
    return any(column.str.contains(_ONLY_COMMA).any() for column in columns) and not any(column.str.contains(_ONLY_POINT).any() for column in columns)


def with_decimal_points(column: pd.Series) -> pd.Series:
    """The column with its amounts in the form that `to_paise` reads; what is no amount stays as it is."""
    return column.mask(column.str.contains(_EITHER), column.str.replace(".", "", regex=False).str.replace(",", ".", regex=False))
