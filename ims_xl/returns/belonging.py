"""Which GSTR-2B a document belongs to.

IMS does not say it: the cut-off is the supplier's filing time, and IMS shows only the supplier's return period. So before the
2B is drawn the period is an estimate (the supplier's period; one month later for GSTR-1A; never a closed period unless the
row was kept Pending), and once the 2B of the book's period is pulled, that 2B settles it.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ims_xl.distinct import judged
from ims_xl.period import Period
from ims_xl.returns.drawn import is_whole, match_to_ims, of_period
from ims_xl.settings import Settings
from ims_xl.state import Portal2B
from ims_xl.vocabulary import NOT_FILED, Action


def two_b_periods(ims: pd.DataFrame, portal_2b: Portal2B | None, settings: Settings) -> pd.DataFrame:
    """Aligned with ims: two_b_period ("2026-10", "" where the supplier has not filed), earliest (the same, or the first 2B that the document can still reach), estimated, in_period (counts in the book's period), document (its position in the drawn 2B, -1 where it has none)."""
    if settings.period is None:
        return pd.DataFrame({"two_b_period": pd.array([""] * len(ims), dtype="str"), "earliest": pd.array([""] * len(ims), dtype="str"), "estimated": True, "in_period": False, "document": np.int64(-1)})
    own = settings.period.quarter_end if settings.quarterly else settings.period
    book = _serial(own)
    step = 3 if settings.quarterly else 1

    natural, known = _supplier_months(ims, book)
    natural = natural + _is_1a(ims["source_form"]) * known
    if settings.quarterly:
        natural = (natural - 1) // 3 * 3 + 3
    filed = (ims["filing_status"] != NOT_FILED).to_numpy()
    # After a 3B is filed only Pending rows of its period stay in IMS: any other old row was filed late and falls in this 2B.
    kept = (ims["portal_action"] == Action.PENDING).to_numpy()
    serial = np.where(kept, natural, np.maximum(natural, book))
    in_period = filed & (natural <= book)
    estimated = np.ones(len(ims), dtype=bool)
    document = match_to_ims(ims, portal_2b, settings)

    settled = of_period(portal_2b, settings)
    # A file that brings the summary without its documents settles nothing about single rows.
    if settled is not None and is_whole(settled, settings) and (len(settled.documents) or not any(any(box.values()) for box in settled.summary.values())):
        drawn = document >= 0
        serial = np.where(drawn, np.where(kept & (natural < book), natural, book), serial)
        # A row that the portal holds as Pending is in no 2B, yet joins this one as soon as it is accepted and 2B recomputed.
        later = filed & ~drawn & ~kept & (natural <= book)
        serial = np.where(later, book + step, serial)
        in_period = drawn | (in_period & kept)
        estimated = ~drawn
        filed = filed | drawn
    text = _labels(np.where(filed, serial, np.maximum(serial, book)))
    return pd.DataFrame({
        "two_b_period": pd.array(np.where(filed, text, ""), dtype="str"), "earliest": pd.array(text, dtype="str"), "estimated": estimated, "in_period": in_period, "document": document,
    })


def _supplier_months(ims: pd.DataFrame, book: int) -> tuple[np.ndarray, np.ndarray]:
    """The supplier's return period as a month number, and where it is stated; else the month of the document, else the book's own."""
    codes, texts = pd.factorize(ims["supplier_period"], use_na_sentinel=False)
    read = [_month_of(str(text), book) for text in texts]
    months = np.array([month or 0 for month in read], dtype=np.int64)[codes]
    whole = np.array([month is not None for month in read], dtype=bool)[codes]
    day = ims["document_date"]
    dated = ~whole & day.notna().to_numpy()
    months[dated] = day.to_numpy()[dated].astype("datetime64[M]").astype(np.int64) + 1970 * 12
    months[~whole & ~dated] = book - 1
    return months + 1, whole


def _month_of(text: str, book: int) -> int | None:
    """`102026`, `10-2026` or `2026-10` as year * 12 + month - 1; None where it is none of them."""
    digits = re.sub(r"[^0-9]", "", text)
    if re.fullmatch(r"(?:0[1-9]|1[0-2])20[0-9]{2}", digits):
        return int(digits[2:]) * 12 + int(digits[:2]) - 1
    if re.fullmatch(r"20[0-9]{2}(?:0[1-9]|1[0-2])", digits):
        return int(digits[:4]) * 12 + int(digits[4:]) - 1
    # The offline tool's file is reported to give the month alone: the latest such month that is not far ahead of the book.
    return (book + 1) - (book + 2 - int(digits)) % 12 if re.fullmatch(r"0?[1-9]|1[0-2]", digits) else None


def _is_1a(form: pd.Series) -> np.ndarray:
    """GSTR-1A reaches the recipient's next open 2B, one month after the GSTR-1 that it corrects."""
    amending = judged(form, lambda texts: texts.str.upper().str.replace(r"[^0-9A-Z]", "", regex=True).isin(["R1A", "GSTR1A", "1A"]))
    return amending.astype(np.int64)


def _serial(period: Period) -> int:
    return period.year * 12 + period.month


def _labels(serial: np.ndarray) -> np.ndarray:
    """Month numbers as "2026-10"; few distinct ones, so each is written once."""
    distinct, where = np.unique(serial, return_inverse=True)
    names = np.array([str(Period((int(n) - 1) // 12, (int(n) - 1) % 12 + 1)) for n in distinct], dtype=object)
    return names[where] if len(names) else np.zeros(0, dtype=object)
