"""A rule's reason in the words of the row, and remarks as the portal takes them.

Only rows whose rule names something in braces are worded one by one; the others share the rule's own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.period import Period
from ims_xl.rulebook import Rule

REMARK_LIMIT: Final = 250
_FIELD: Final = {
    "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess", "taxable_value": "taxable value", "document_number": "number",
    "document_date": "date", "supplier_gstin": "GSTIN", "document_value": "document value", "place_of_supply": "place of supply",
}
_MONEY: Final = ("igst", "cgst", "sgst", "cess", "taxable_value", "document_value")
_NOTES: Final = {
    ("pending",): "Its original is still pending: act on the original first",
    ("unknown",): "Its original is not known here, so the direction is unknown",
}


def reasons(ims: pd.DataFrame, facts: pd.DataFrame, rules: Sequence[Rule], chosen: np.ndarray, as_remark: bool) -> np.ndarray:
    """Aligned with ims: the reason (or remark) of each row's rule, with what it names in braces filled in."""
    templates = [rule.remark if as_remark else rule.reason for rule in rules]
    text = np.array(templates, dtype=object)[chosen] if len(chosen) else np.zeros(0, dtype=object)
    for number, template in enumerate(templates):
        if "{" not in template:
            continue
        rows = np.flatnonzero(chosen == number)
        if len(rows):
            text[rows] = _filled(template, ims, facts, rows)
    return text if as_remark else _with_notes(text, facts)


def difference_words(differences: str) -> str:
    """`igst=1800.00>1700.00;document_date=...` as `IGST 1800.00 on the portal and 1700.00 in books`; "" stays ""."""
    parts = []
    for each in differences.split(";"):
        field, _, values = each.strip().partition("=")
        portal, _, books = values.partition(">")
        if not field:
            continue
        name = _FIELD.get(field, field.replace("_", " "))
        parts.append(f"{name} {portal or 'blank'} on the portal and {books or 'blank'} in books")
    return ", ".join(parts)


def printable(text: np.ndarray) -> np.ndarray:
    """Remarks in printable ASCII without line breaks, quotes or backslashes, at most 250 characters."""
    code, unique = pd.factorize(text)
    clean = np.array([_plain(word) for word in unique], dtype=object)
    return clean[code] if len(code) else np.zeros(0, dtype=object)


def _plain(text: str) -> str:
    text = re.sub(r"\s+", " ", str(text)).replace('"', "'").replace("\\", "/")
    return "".join(character for character in text if " " <= character <= "~").strip()[:REMARK_LIMIT].strip()


def _filled(template: str, ims: pd.DataFrame, facts: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    names = set(re.findall(r"\{(\w+)\}", template))
    values = {name: _values(name, ims, facts, rows) for name in names}
    return np.array([template.format(**{name: column[place] for name, column in values.items()}) for place in range(len(rows))], dtype=object)


def _values(name: str, ims: pd.DataFrame, facts: pd.DataFrame, rows: np.ndarray) -> list[str]:
    def column(frame: pd.DataFrame, field: str) -> list[str]:
        return [str(value) for value in frame[field].to_numpy(dtype=object)[rows]]

    if name == "difference":
        return [difference_words(text) or "the match is not certain" for text in column(facts, "differences")]
    if name == "number":
        return column(ims, "document_number")
    if name == "supplier":
        return [label or gstin for label, gstin in zip(column(ims, "supplier_name"), column(ims, "supplier_gstin"))]
    if name == "limit":
        return _days(facts["must_decide_by"], rows)
    if name == "limit_reason":
        return [text or "it has to be decided now" for text in column(facts, "pending_reason")]
    if name == "receipt":
        return _days(facts["receipt_date"], rows)
    if name == "earlier":
        return [_month(closed or counted) for closed, counted in zip(column(facts, "frozen_in"), column(facts, "counted_earlier"))]
    if name == "period":
        return [_month(text) for text in column(facts, "two_b_period")]
    if name == "original":
        return column(ims, "original_number")
    return column(facts, "differences")


def _days(column: pd.Series, rows: np.ndarray) -> list[str]:
    return ["the due date" if pd.isna(day) else f"{pd.Timestamp(day):%d-%m-%Y}" for day in column.to_numpy()[rows]]


def _month(text: str) -> str:
    return Period.parse(text).label if text else "an earlier period"


def _with_notes(text: np.ndarray, facts: pd.DataFrame) -> np.ndarray:
    state = facts["original_state"].to_numpy(dtype=object)
    for states, note in _NOTES.items():
        which = np.isin(state, states)
        if which.any():
            text = np.where(which, text + ". " + note, text)
    accepted = np.flatnonzero(state == "accepted")
    if len(accepted):
        text = text.copy()
        period = facts["original_period"].to_numpy(dtype=object)
        for row in accepted:
            text[row] = f"{text[row]}. Its original was counted in {_month(period[row])}: only the difference moves"
    return text
