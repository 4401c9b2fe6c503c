"""What a wrong credit would cost: interest and penalty per document that nobody acted on, by dated rules of exposure.toml.

`default_risk(rec)` -> one row a No Action document. An estimate with its assumption in the heading, to be checked with the
section: whether the credit is ever utilised is unknown to the workbook (section 50(3) runs only on what is utilised).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from ims_xl.period import financial_year
from ims_xl.rulebook.exposure import exposure as rules_of_exposure
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Action, Change, Section


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
    lines = [exposure(int(amount), year, months) for amount, year in zip(tax, years)]
    return pd.DataFrame({
        "key": chosen["key"].to_numpy(),
        f"Interest, {months} months": np.array([line[0] for line in lines], dtype=np.int64),
        "Lowest penalty": np.array([line[1] for line in lines], dtype=np.int64),
        "Highest penalty, no fraud": np.array([line[2] for line in lines], dtype=np.int64),
        "Highest penalty, fraud": np.array([line[3] for line in lines], dtype=np.int64),
        "Under section": pd.array([line[4] for line in lines], dtype="str"),
    })


def exposure(tax: int, year: int, months: int) -> tuple[int, int, int, int, str]:
    """(interest, lowest penalty, highest without fraud, highest with fraud, section) for a tax in paise of a document of that financial year."""
    table = rules_of_exposure()
    plain, fraud = table.penalty(_known(year)), table.penalty(_known(year), fraud=True)
    section = plain.section + (f" / {fraud.section}" if fraud.section != plain.section else "")
    if tax <= 0:
        return 0, 0, 0, 0, section
    interest = _part(tax, table.interest_a_year * months / 12)
    return interest, _part(tax, plain.lowest), max(_part(tax, plain.highest), plain.minimum), _part(tax, fraud.highest), section


def _part(paise: int, share: Decimal) -> int:
    return int((Decimal(paise) * share).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _known(year: int) -> int:
    """GST began in July 2017; a document dated before it takes the first year's rule."""
    return max(year, 2017)
