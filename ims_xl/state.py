"""What passes between the rooms: links, the drawn GSTR-2B, the state of a book, and the answer of one run.

Plain frozen dataclasses over DataFrames; they compute nothing. Frames "aligned with ims" have one row per row of the IMS
ledger, in its order, with the same RangeIndex.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from ims_xl.period import Period
from ims_xl.settings import Settings
from ims_xl.vocabulary import HEADS, Problem

Amounts: TypeAlias = Mapping[str, int]
"""Paise by head: igst, cgst, sgst, cess (3.1(d) also taxable_value)."""


@dataclass(frozen=True)
class HandLinks:
    """Pairs that a person linked or separated: (IMS key, voucher number). They are obeyed from then on."""

    linked: frozenset[tuple[str, str]] = frozenset()
    separated: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Links:
    """Matching's answer: every IMS row and every register line stands in exactly one result."""

    results: pd.DataFrame
    """match_class (MatchClass value), clean (bool), confidence (int64 0-100), differences ("field=ims>register;..."), explanation, runner_up (text); position = result number."""
    ims_result: np.ndarray
    """int64: the result number of every IMS row."""
    register_result: np.ndarray
    """int64: the result number of every register line."""


@dataclass(frozen=True)
class Portal2B:
    """The drawn GSTR-2B of one period, merged from all its files."""

    gstin: str
    period: Period
    generated_on: date | None
    documents: pd.DataFrame
    """GSTR2B_LEDGER."""
    summary: Mapping[str, Amounts]
    """itcsumm: path "itcavl.nonrevsup.b2b" -> paise by head; {} where the file has none."""
    problems: tuple[Problem, ...] = ()


WORK_COLUMNS: Mapping[str, str] = {   # aligned with ims: what the person and the run keep per document
    "action": "text",              # as it stands in the sheet now; "" asks for the suggestion
    "set_by": "text",              # rule, portal, person
    "reviewed": "text",
    "remarks": "text",
    "reduce_itc": "text",          # "Yes", "No" or ""
    "reduce_igst": "paise?", "reduce_cgst": "paise?", "reduce_sgst": "paise?", "reduce_cess": "paise?",
    "reduce_unread": "text",       # what was typed for those amounts and is none, as {"reduce_igst": "9OO"}: it stays in its cell until it is mended
    "change": "text",              # new, changed, gone or ""
    "change_note": "text",         # earlier values, in words
    "portal_error": "text",
    "fill_action": "text",         # what the last run filled: a difference from it is a person's
    "fill_remarks": "text",
    "fill_reduce": "text",         # "Yes|90000||" - answer and amounts as last filled
    "first_seen": "text",          # period in which the document first stood in this client's books, "2026-09"
    "pending_since": "text",       # first period that ended with it Pending
}

EARLIER_COLUMNS: Mapping[str, str] = {  # documents of closed periods, from rollover or history
    "key": "text", "section": "text", "supplier_gstin": "text", "document_number": "text", "document_date": "date", "period": "text", "action": "text",
    "counted": "bool",             # its credit was in the 2B of that period
    "filed_3b": "bool",            # the 3B of that period is filed
    "taxable_value": "paise", "igst": "paise", "cgst": "paise", "sgst": "paise", "cess": "paise",
}

OPENING_COLUMNS: Mapping[str, str] = {  # what waited when the period before was closed: the opening of this one, signed (credit notes negative)
    "side": "text",                # "portal": on the portal, credit not taken; "books": booked, not on the portal
    "key": "text", "kind": "text", "supplier_gstin": "text", "supplier_name": "text", "document_number": "text", "document_date": "date", "since": "text",
    "igst": "paise", "cgst": "paise", "sgst": "paise", "cess": "paise",
}

UNPAID_COLUMNS: Mapping[str, str] = {   # vouchers whose credit was taken while the supplier was not paid: rule 37 follows them from month to month
    "key": "text", "supplier_gstin": "text", "supplier_name": "text", "document_number": "text", "document_date": "date", "period": "text", "document_value": "paise",
    "igst": "paise", "cgst": "paise", "sgst": "paise", "cess": "paise",
}

REDUCE: Final = tuple(f"reduce_{head}" for head in HEADS)
"""The amounts by which credit is reduced, among WORK_COLUMNS."""

EVIDENCE_COLUMNS: Mapping[str, str] = {  # by document key; headings of the Pending tab are in workbook/tabs/pending.py
    "key": "text", "challan_no": "text", "challan_date": "date", "eway_bill_no": "text", "eway_bill_valid_till": "date", "lr_no": "text", "vehicle_no": "text",
    "grn_no": "text", "receipt_date": "date", "promised_date": "date", "file_link": "text", "note": "text", "why_pending": "text",
}

FILE_COLUMNS: Mapping[str, str] = {  # provenance
    "file": "text", "kind": "text", "sha256": "text", "read_at": "text", "rows": "int", "generated_on": "text", "period": "text",
}

LOG_COLUMNS: Mapping[str, str] = {
    "at": "text", "who": "text", "document": "text", "field": "text", "before": "text", "after": "text", "how": "text", "why": "text",
}

CONTACT_COLUMNS: Mapping[str, str] = {
    "supplier_gstin": "text", "supplier_name": "text", "contact": "text", "email": "text", "phone": "text",
    "sent_on": "text", "replied_on": "text", "next_date": "text", "note": "text",
}


def user_name() -> str:
    """Who is logged in, for the Log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in a container
        return "unknown"


def empty(schema: Mapping[str, str], rows: int = 0) -> pd.DataFrame:
    """A frame of that schema, blank in every cell."""
    blanks = {kind: _blanks(kind, rows) for kind in set(schema.values())}   # a frame copies what it is given: one column of each kind will do
    return pd.DataFrame({name: blanks[kind] for name, kind in schema.items()}, index=pd.RangeIndex(rows))


def blank(kind: str, rows: int) -> pd.Series:
    """A column of blanks of one schema kind."""
    return pd.Series(_blanks(kind, rows))


def _blanks(kind: str, rows: int) -> Any:
    if kind in ("paise", "int"):
        return np.zeros(rows, dtype=np.int64)
    if kind == "paise?":
        return pd.arrays.IntegerArray(np.zeros(rows, dtype=np.int64), np.ones(rows, dtype=bool))
    if kind == "date":
        return np.full(rows, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    if kind == "bool":
        return np.zeros(rows, dtype=bool)
    nothing = pa.Array.from_buffers(pa.large_string(), rows, [None, pa.py_buffer(np.zeros(rows + 1, dtype=np.int64)), pa.py_buffer(b"")])
    return pd.array(nothing, dtype="str")


@dataclass(frozen=True)
class BookState:
    """Everything one client's book of one period holds, whoever hosts it."""

    settings: Settings
    ims: pd.DataFrame
    work: pd.DataFrame
    register: pd.DataFrame
    portal_2b: Portal2B | None = None
    rules: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The Rules tab as it stands; empty = the rulebook's defaults."""
    earlier: pd.DataFrame = field(default_factory=lambda: empty(EARLIER_COLUMNS))
    opening: pd.DataFrame = field(default_factory=lambda: empty(OPENING_COLUMNS))
    unpaid: pd.DataFrame = field(default_factory=lambda: empty(UNPAID_COLUMNS))
    evidence: pd.DataFrame = field(default_factory=lambda: empty(EVIDENCE_COLUMNS))
    contacts: pd.DataFrame = field(default_factory=lambda: empty(CONTACT_COLUMNS))
    files: pd.DataFrame = field(default_factory=lambda: empty(FILE_COLUMNS))
    log: pd.DataFrame = field(default_factory=lambda: empty(LOG_COLUMNS))
    hand_links: HandLinks = HandLinks()
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Cells a person typed on our tabs, by id ("3b.4B1.rule42.igst" -> "1200.00", "signoff.preparer" -> "R. Iyer")."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Register heading -> canonical field, as confirmed in Settings; remembered per book."""
    mapping_shown: pd.DataFrame = field(default_factory=pd.DataFrame)
    """What was mapped to what at the last read: heading, field, how, sample."""
    problems: tuple[Problem, ...] = ()
    seal: Mapping[str, Any] = field(default_factory=dict)
    """The sign-off: who, when, digests of sources and contents (`signing.py`); {} = not signed."""


@dataclass(frozen=True)
class Gstr2B:
    """The expected GSTR-2B."""

    rows: pd.DataFrame
    """Aligned with ims: box (last part of the itcsumm path: b2b, cdnr, ...; "" never in 2B), counts (bool), effect_igst.. (int64, effect if accepted
    in full: differential for an amendment whose original was counted earlier), note (text: why not counted, or what the effect is)."""
    bypass: pd.DataFrame
    """Documents of the pulled 2B that never pass IMS: path, supplier, number, date, heads, note."""
    boxes: Mapping[str, Amounts]
    """Every itcsumm path, zeros too."""
    portal_boxes: Mapping[str, Amounts]
    """itcsumm of the pulled 2B; {} where none."""
    differences: pd.DataFrame
    """Expected against drawn, document by document: path, key, supplier_gstin, document_number, heads (expected minus portal), why."""
    estimated: bool
    """True where no 2B of the whole period is pulled."""


@dataclass(frozen=True)
class Gstr3B:
    boxes: Mapping[str, Amounts]
    """3.1(d) (with taxable_value), 4A1-4A5, 4B1, 4B2, 4C, 4D1, 4D2."""
    components: pd.DataFrame
    """The composition: box, line (text), heads, source (text)."""
    warnings: tuple[str, ...] = ()
    working: Mapping[str, Amounts] = field(default_factory=dict)
    """The boxes before typed overrides."""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Aligned with ims: treatment ("", "Ineligible", "Part ineligible", "Not received", "Not in books"), reverse_igst.. (int64, what 4(B) takes back),
    books_igst.. (int64, the linked vouchers' tax, signed), booked ("", "This period", "Other period")."""
    reverse_charge: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Vouchers under reverse charge that 2B does not have: box (4A2, 4A3), voucher, supplier, number, amounts, eligible (bool)."""
    bypass: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Aligned with `Gstr2B.bypass`: treatment, reverse_igst.., books_igst.., booked, as in `rows`."""
    statement: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Books against 2B, lines A to O: line, item, heads."""


@dataclass(frozen=True)
class TieOut:
    check: str
    expected: str
    found: str
    ok: bool
    note: str = ""


@dataclass(frozen=True)
class Reconciliation:
    """The answer of one run over one book."""

    state: BookState
    """With `work` filled: actions, set by, remarks, reductions after this run."""
    as_of: date
    links: Links
    belonging: pd.DataFrame
    """Aligned with ims: two_b_period ("2026-10", "" not filed), estimated (bool), in_period (bool: belongs to the book's period)."""
    facts: pd.DataFrame
    decisions: pd.DataFrame
    why: pd.Series
    """Aligned with ims: the sentence of the `Why` column."""
    gstr2b: Gstr2B
    gstr3b: Gstr3B
    tie_out: tuple[TieOut, ...]
    movement: pd.DataFrame = field(default_factory=pd.DataFrame)
    """What waited, came, was taken, was lost and waits (`followup/movement.py`)."""
