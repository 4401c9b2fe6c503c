"""What a drawn GSTR-2B looks like, however it came: sections, summary paths, one order of documents.

`SUMMARY_PATHS` are the leaves of `itcsumm` in the form's own order; `settled(frame)` gives documents the order and the words that
the JSON and the Excel download share, so that the same statement read from either is the same frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.readers.json_values import typed
from ims_xl.state import blank, empty
from ims_xl.vocabulary import GSTR2B_LEDGER, HEADS, Problem

SECTIONS: Final = ("b2b", "b2ba", "cdnr", "cdnra", "ecom", "ecoma", "isd", "isda", "impg", "impgsez")
BLOCKS: Final = ("docdata", "rejected", "reversal")
NOTE_TYPES: Final = {"C": "Credit Note", "D": "Debit Note", "CN": "Credit Note", "DN": "Debit Note", "CREDIT NOTE": "Credit Note", "DEBIT NOTE": "Debit Note"}
ISD_TYPES: Final = {"ISDI": "ISD Invoice", "ISDC": "ISD Credit Note", "ISDIA": "ISD Invoice", "ISDCA": "ISD Credit Note", "I": "ISD Invoice", "C": "ISD Credit Note",
                    "ISD INVOICE": "ISD Invoice", "ISD CREDIT NOTE": "ISD Credit Note"}

_IMS_ROWS: Final = ("b2b", "cdnr", "ecom", "b2ba", "cdnra", "ecoma")
_DEBITS: Final = ("b2b", "cdnr", "b2ba", "cdnra")
_ISD: Final = ("isd", "isda")
_CREDITS: Final = ("cdnr", "cdnra", "cdnrrev", "cdnrarev", "isd", "isda")
SUMMARY_SHAPE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "itcavl": {"nonrevsup": _IMS_ROWS, "isdsup": _ISD, "revsup": _DEBITS, "imports": ("impg", "impga", "impgsez", "impgasez"), "othersup": _CREDITS},
    "itcunavl": {"nonrevsup": _IMS_ROWS, "isdsup": _ISD, "revsup": _DEBITS, "othersup": _CREDITS},
    "itcrev": {"nonrevsup": _DEBITS},
    "itcRejected": {"nonrevsup": _IMS_ROWS, "isdsup": _ISD, "othersup": ("cdnr", "cdnra", "isd", "isda")},
}
SUMMARY_PATHS: Final = tuple(f"{block}.{group}.{leaf}" for block, groups in SUMMARY_SHAPE.items() for group, leaves in groups.items() for leaf in leaves)

SOURCE_COLUMNS: Final = ("source_file", "source_sheet", "source_row")
CONTENT: Final = tuple(name for name in GSTR2B_LEDGER if name not in SOURCE_COLUMNS)
IDENTITY: Final = ("block", "section", "document_type", "amended", "supplier_gstin", "document_number", "document_date", "port_code", "supplier_period")
"""What tells one document from another: with the type, since an ISD invoice and an ISD credit note may share a number."""


@dataclass
class Statement:
    """One file or part of a GSTR-2B as read."""

    file: str
    gstin: str
    period: str
    """MMYYYY, "" where the part does not say."""
    generated_on: date | None
    documents: pd.DataFrame
    summary: dict[str, dict[str, int]] = field(default_factory=dict)
    parts: int = 0
    """`fc`: of how many files this one says it is."""
    promised: int = 0
    """Documents that the counterparty summary counts; 0 where it has none."""
    problems: list[Problem] = field(default_factory=list)


def full_summary(found: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Every path of the form, zeros too, then what the file has beyond them (where it is not zero); {} where the file has no summary."""
    if not found:
        return {}
    made = {path: {head: int(found.get(path, {}).get(head, 0)) for head in HEADS} for path in SUMMARY_PATHS}
    return made | {path: dict(amounts) for path, amounts in found.items() if path not in made and any(amounts.values())}


def frame_of(columns: Mapping[str, Any], rows: int) -> pd.DataFrame:
    """A GSTR2B_LEDGER from those columns that are known; the rest blank."""
    if not rows:
        return empty(GSTR2B_LEDGER)
    index = pd.RangeIndex(rows)
    blanks = {kind: blank(kind, rows) for kind in set(GSTR2B_LEDGER.values())}
    made: dict[str, pd.Series] = {}
    for name, kind in GSTR2B_LEDGER.items():
        value = columns.get(name, "" if kind == "text" else None)
        if value is None or (isinstance(value, str) and not value):
            made[name] = blanks[kind]
        elif isinstance(value, pd.Series):
            made[name] = typed(value.set_axis(index), kind)
        else:
            made[name] = typed(pd.Series(value, index=index, dtype="str" if kind == "text" else None), kind)
    return pd.DataFrame(made, index=index)


def settled(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All documents in one order: block, section, originals before amended bills of entry, then as they stood in their files."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty(GSTR2B_LEDGER)
    all_rows = pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
    rank = (all_rows["block"].map({name: place for place, name in enumerate(BLOCKS)}).to_numpy() * 100
            + all_rows["section"].map({name: place for place, name in enumerate(SECTIONS)}).to_numpy() * 2
            + (all_rows["amended"] == "Y").to_numpy())
    return all_rows.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)
