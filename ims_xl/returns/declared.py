"""What a counted document does to credit: in full, or by the reduction that the recipient declared.

Amounts are paise, positive as the row of the form prints them: a credit note of 900 is +900 in Part B, a downward amendment
of an invoice -900 in Part A. The declaration exists on acceptance alone (a document left at No Action reduces in full), only
for records of the 2B periods from October 2025, and only where the record is known to take credit away: an amended invoice whose original
is unknown counts in full, whatever is declared on it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.returns.forms import gstr2b_form
from ims_xl.returns.originals import AMENDMENTS
from ims_xl.vocabulary import HEADS, Action, DocumentType, Section

_CREDIT_NOTES = frozenset(s.value for s in Section if s.document_type is DocumentType.CREDIT_NOTE)
_MAY_DECLARE = AMENDMENTS | _CREDIT_NOTES


def credit_sign(section: pd.Series) -> np.ndarray:
    """-1 for a credit note, +1 for every other document."""
    return np.where(section.isin(_CREDIT_NOTES).to_numpy(), -1, 1).astype(np.int64)


def takes_declaration(section: pd.Series, effect: pd.DataFrame, blocked: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Rows whose effect a declaration changes: credit notes, and amendments that are known to take credit away."""
    sign = credit_sign(section)
    tax = effect[list(HEADS)].sum(axis=1).to_numpy() * sign
    since = np.array([p >= gstr2b_form().declaration_since for p in period], dtype=bool) if len(period) else np.zeros(0, dtype=bool)
    return np.asarray(section.isin(_MAY_DECLARE).to_numpy() & (tax < 0) & ~blocked & since, dtype=bool)


def declared_effect(
    section: pd.Series, effect: pd.DataFrame, cap: pd.DataFrame, takes: np.ndarray, answer: pd.Series, amounts: pd.DataFrame,
) -> pd.DataFrame:
    """The effect by head if accepted with that answer: "No" nothing, amounts given those amounts (at most the document's own, which a head left blank means), else in full."""
    sign = credit_sign(section)
    no = takes & (answer.str.strip().str.casefold() == "no").to_numpy()
    given = np.zeros(len(section), dtype=bool)
    for head in HEADS:
        given |= amounts[f"reduce_{head}"].notna().to_numpy()
    partial = takes & given & ~no
    out = {}
    for head in HEADS:
        full = effect[head].to_numpy(dtype=np.int64)
        if partial.any():
            own = np.abs(cap[head].to_numpy(dtype=np.int64))
            stated = amounts[f"reduce_{head}"]
            stated = np.where(stated.isna().to_numpy(), own, stated.fillna(0).to_numpy(dtype=np.int64))
            # In Part B a reduction prints positive, on an amended invoice it is a negative difference.
            stated = -sign * np.clip(stated, 0, own)
            full = np.where(partial, stated, full)
        out[head] = np.where(no, 0, full)
    return pd.DataFrame(out, index=section.index)


def in_force(action: pd.Series, full: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """The declared effect where the row is accepted, the full one elsewhere: silence carries no declaration."""
    accepted = (action == Action.ACCEPT).to_numpy()
    return pd.DataFrame({head: np.where(accepted, declared[head].to_numpy(), full[head].to_numpy()) for head in HEADS}, index=full.index)
