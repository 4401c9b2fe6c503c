"""What a wrong credit would cost: interest and penalty per document that nobody acted on, by dated rules of exposure.toml.

`default_risk(rec)` -> one row a No Action document. An estimate with its assumption in the heading, to be checked with the
section: whether the credit is ever utilised is unknown to the workbook (section 50(3) runs only on what is utilised).
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.period import financial_year
from ims_xl.rulebook.loading import Row, rows
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Action, Change, Section

_PENALTY: Final = ("section", "fraud", "first_year", "last_year", "lowest_percent", "highest_percent", "minimum", "cure_days", "stages")


def default_risk(rec: Reconciliation) -> pd.DataFrame:
    """`key` and, per No Action row that would add credit: interest, lowest and highest penalty (int64 paise), the section.

    A credit note adds no credit, so nothing is at risk in silence about it: its figures are 0.
    """
    state = rec.state
    silent = (state.work["action"] == Action.NO_ACTION).to_numpy(dtype=bool) & (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    chosen = state.ims[silent]
    months = state.settings.exposure_months
    sign = chosen["section"].map({s.value: s.document_type.sign for s in Section}).fillna(1).to_numpy(dtype=np.int64)
    tax = np.where(sign > 0, sum((chosen[h].to_numpy() for h in HEADS), np.zeros(len(chosen), dtype=np.int64)), 0)
    years = [financial_year(d.date()) if pd.notna(d) else financial_year(rec.as_of) for d in chosen["document_date"]]
    lines = [exposure(int(amount), year, months, rec.as_of) for amount, year in zip(tax, years)]
    return pd.DataFrame({
        "key": chosen["key"].to_numpy(),
        f"Interest, {months} months": np.array([line[0] for line in lines], dtype=np.int64),
        "Lowest penalty": np.array([line[1] for line in lines], dtype=np.int64),
        "Highest penalty, no fraud": np.array([line[2] for line in lines], dtype=np.int64),
        "Highest penalty, fraud": np.array([line[3] for line in lines], dtype=np.int64),
        "Section": pd.array([line[4] for line in lines], dtype="str"),
    })


def exposure(tax: int, year: int, months: int, as_of: date) -> tuple[int, int, int, int, str]:
    """(interest, lowest penalty, highest without fraud, highest with fraud, section) for a tax in paise of a document of that financial year."""
    rate = _one(rows("exposure", "interest"), as_of)
    plain = _of_year(year, fraud=False)
    fraud = _of_year(year, fraud=True)
    section = str(plain.fields["section"]) + (f" / {fraud.fields['section']}" if fraud.fields["section"] != plain.fields["section"] else "")
    if tax <= 0:
        return 0, 0, 0, 0, section
    interest = _percent(tax, Decimal(rate.fields["percent_a_year"]) * months / 12)
    lowest = _percent(tax, Decimal(plain.fields["lowest_percent"]))
    highest = max(_percent(tax, Decimal(plain.fields["highest_percent"])), int(plain.fields["minimum"]) * 100)
    return interest, lowest, highest, _percent(tax, Decimal(fraud.fields["highest_percent"])), section


def _percent(paise: int, percent: Decimal) -> int:
    return int((Decimal(paise) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _one(table: tuple[Row, ...], day: date) -> Row:
    return next(row for row in reversed(table) if row.in_force(day))


def _of_year(year: int, fraud: bool) -> Row:
    """Sections 73 and 74 for years up to 2023-24, 74A after; documents before the first year take the first row."""
    table = [row for row in rows("exposure", "penalty", _PENALTY) if row.fields["fraud"] is fraud]
    fitting = [row for row in table if row.fields["first_year"] <= year and year <= row.fields.get("last_year", 9999)]
    return fitting[-1] if fitting else table[0]
