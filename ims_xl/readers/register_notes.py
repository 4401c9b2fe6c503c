"""What the words of a register say of notes: a sheet `Debit Notes`, a line `Purchase returns` above a block, Busy's `Org. Inv.` below a note.

`words_on_notes(...)` gives for every row the kind of note that the words above it name, and what the rows of words below it say of its
original. A debit note or a purchase return is the recipient's, a credit note the supplier's; where only words tell it, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.readers.headings import plain
from ims_xl.readers.register_rows import LINE, NOTE_WORDS, WORDS

DEBIT_NOTE: Final = "Debit Note"
CREDIT_NOTE: Final = "Credit Note"
DETAILS: Final = ("original_number", "original_date", "document_type")
_RETURNS: Final = re.compile(r"\b(purchase|purc) ?returns?\b|\breturns? outwards?\b|\bvendor credits?\b|\b(debit|dr) ?notes?\b")
_CREDITS: Final = re.compile(r"\b(credit|cr) ?notes?\b")
_PURCHASES: Final = re.compile(r"\bpurchases?\b|\binvoices?\b|\bbills?\b|\bb2b\b|\binward\b|\bjournals?\b|\bexpenses?\b")
_ORIGINAL: Final = re.compile(r"(?i)\borg\w*\.?\s*inv\w*\.?\s*(?:no\w*\.?)?\s*[:.-]*\s*(\S+)(?:.*?(\d{1,2}[-/. ]\w{1,9}[-/. ]\d{2,4}))?")
_TYPE: Final = re.compile(r"(?i)\bdoc\w*\.?\s*type\s*[:.-]*\s*((?:credit|debit|cr|dr)[ .]*note|invoice|[cd])\b")


def words_on_notes(body: pd.DataFrame, kinds: np.ndarray, sheet: str, titles: Sequence[str], number_heading: str) -> pd.DataFrame:
    """One row a row of `body`: `note` (kind that words above tell, or "") and the details that words below tell."""
    kind = _kind_of(number_heading, strict=True)
    for title in (sheet, *titles):
        kind = kind or _kind_of(title)
    told = pd.DataFrame({"note": kind, **dict.fromkeys(DETAILS, "")}, index=body.index, dtype="object")
    lines = np.flatnonzero(kinds == LINE)
    for place in np.flatnonzero(kinds == WORDS):
        text = " ".join(str(cell) for cell in body.iloc[place] if str(cell).strip())
        above = int(np.searchsorted(lines, place)) - 1
        if NOTE_WORDS.match(text):
            if above >= 0:
                _put_details(told, int(lines[above]), text)
            continue
        block = _kind_of(text)
        if block or _PURCHASES.search(plain(text)):
            told.iloc[place:, 0] = block
    return told


def _put_details(told: pd.DataFrame, line: int, text: str) -> None:
    original, kind = _ORIGINAL.search(text), _TYPE.search(text)
    if original:
        told.iloc[line, 1], told.iloc[line, 2] = original[1], original[2] or ""
    if kind:
        told.iloc[line, 3] = kind[1]


def _kind_of(title: str, strict: bool = False) -> str:
    """What a title says; one that names purchases beside notes says nothing, nor does a long sentence."""
    text = plain(title)
    if len(text) > 60 or (strict and not re.match(r"(credit|debit|cr|dr) ?note|vendor credit", text)):
        return ""
    debit, credit = _RETURNS.search(text) is not None, _CREDITS.search(text) is not None
    if debit == credit or (not strict and _PURCHASES.search(_RETURNS.sub("", text))):
        return ""
    return DEBIT_NOTE if debit else CREDIT_NOTE
