"""The words of the trade: sections, document types, actions, tax heads, match classes, and the schema of every ledger.

Nothing here computes tax. A ledger is a pandas DataFrame with the columns below: money is int64 paise and positive as
printed (the section says which way it counts), dates are `datetime64[s]` (NaT = blank), text is `object`/`str` with ""
for blank. Frames are never edited by the function that receives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ImsXlError(Exception):
    """Something the user must mend before anything can run: one sentence naming file, sheet, row or field (exit code 2)."""


class Cancelled(ImsXlError):
    """The person pressed Esc or Ctrl+C; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Bad data, reported beside its row and never fatal. `row` is the sheet row or file line, 0 where the whole file is meant."""

    file: str
    sheet: str
    row: int
    field: str
    message: str


HERE: Final = "this workbook"
"""The file of a problem that stands in the book itself, whose name may change from run to run."""


class TaxHead(StrEnum):
    IGST = "igst"
    CGST = "cgst"
    SGST = "sgst"
    CESS = "cess"


HEADS: Final[tuple[str, ...]] = ("igst", "cgst", "sgst", "cess")
AMOUNTS: Final[tuple[str, ...]] = ("taxable_value", *HEADS)


class DocumentType(StrEnum):
    INVOICE = "Invoice"
    DEBIT_NOTE = "Debit Note"
    CREDIT_NOTE = "Credit Note"
    BILL_OF_ENTRY = "Bill of Entry"

    @property
    def sign(self) -> int:
        """+1 adds to the recipient's credit, -1 takes from it."""
        return -1 if self is DocumentType.CREDIT_NOTE else 1


class Section(StrEnum):
    """A table of IMS; the value is the label printed in the workbook, `key` the name in JSON and in plain tables."""

    B2B = "B2B"
    B2BA = "B2BA"
    B2B_DN = "B2B-DN"
    B2B_DNA = "B2B-DNA"
    B2B_CN = "B2B-CN"
    B2B_CNA = "B2B-CNA"
    ECO = "ECO"
    ECOA = "ECOA"
    IMPG = "IMPG"
    IMPGA = "IMPGA"
    IMPGSEZ = "IMPGSEZ"
    IMPGSEZA = "IMPGSEZA"

    @property
    def key(self) -> str:
        return {"ECO": "ecom", "ECOA": "ecoma"}.get(self.value, self.value.replace("-", "").lower())

    @property
    def is_import(self) -> bool:
        return self.value.startswith("IMPG")

    @property
    def is_amendment(self) -> bool:
        return self.value.endswith("A")

    @property
    def document_type(self) -> DocumentType:
        if self.is_import:
            return DocumentType.BILL_OF_ENTRY
        if "-CN" in self.value:
            return DocumentType.CREDIT_NOTE
        return DocumentType.DEBIT_NOTE if "-DN" in self.value else DocumentType.INVOICE

    @property
    def original(self) -> Section:
        """The section of the document that this one amends; itself where it amends nothing."""
        return Section(self.value[:-1]) if self.is_amendment else self


EVIDENCE_FREE: Final = frozenset({"B2B-CN", "B2B-CNA", "IMPG", "IMPGA", "IMPGSEZ", "IMPGSEZA"})
"""Sections whose waiting rows need no proof of receipt: credit notes take credit away, imports carry the bill of entry."""

SECTION_BY_KEY: Final[Mapping[str, Section]] = {s.key: s for s in Section}


class Action(StrEnum):
    ACCEPT = "Accept"
    REJECT = "Reject"
    PENDING = "Pending"
    NO_ACTION = "No Action"


class SetBy(StrEnum):
    RULE = "rule"
    PORTAL = "portal"
    PERSON = "person"


class Change(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class MatchClass(StrEnum):
    EXACT = "exact"
    TOLERANCE = "tolerance"
    NUMBER = "number"
    DATE = "date"
    VALUE = "value"
    GSTIN = "gstin"
    GROUPED = "grouped"
    NOT_IN_BOOKS = "not_in_books"
    NOT_IN_IMS = "not_in_ims"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    OUTSIDE_IMS = "outside_ims"

    @property
    def label(self) -> str:
        """The words an accountant reads in the `Match` column."""
        return _MATCH_LABELS[self]


_MATCH_LABELS: Final[Mapping[MatchClass, str]] = {
    MatchClass.EXACT: "Exact",
    MatchClass.TOLERANCE: "Within tolerance",
    MatchClass.NUMBER: "Number differs",
    MatchClass.DATE: "Date differs",
    MatchClass.VALUE: "Value differs",
    MatchClass.GSTIN: "GSTIN differs",
    MatchClass.GROUPED: "Grouped",
    MatchClass.NOT_IN_BOOKS: "Only on portal",
    MatchClass.NOT_IN_IMS: "Only in books",
    MatchClass.DUPLICATE: "Duplicate",
    MatchClass.SUPERSEDED: "Superseded",
    MatchClass.OUTSIDE_IMS: "Outside IMS",
}

FILED: Final = "Filed"
NOT_FILED: Final = "Not Filed"

ELIGIBILITY: Final[tuple[str, ...]] = ("Inputs", "Input services", "Capital goods", "Ineligible")

# name -> kind: "text" "paise" "date" "int" "paise?" (pandas Int64, <NA> = not given)
Schema = Mapping[str, str]

IMS_LEDGER: Final[Schema] = {
    "key": "text",                 # supplier GSTIN|section|NUMBER|financial year; unique within a book
    "section": "text",             # Section label, e.g. "B2B-CN"
    "supplier_gstin": "text",      # blank in IMPG, IMPGA
    "supplier_name": "text",
    "recipient_gstin": "text",
    "document_number": "text",     # as the portal wrote it
    "document_date": "date",
    "document_value": "paise",
    "place_of_supply": "text",     # two digits
    "supply_type": "text",         # inv_typ as the portal wrote it (R, DE, SEWP...)
    "taxable_value": "paise",
    "igst": "paise", "cgst": "paise", "sgst": "paise", "cess": "paise",
    "source_form": "text",         # R1, R1A, IFF, R5 as the portal wrote it
    "supplier_period": "text",     # MMYYYY as the portal wrote it
    "filing_status": "text",       # "Filed", "Not Filed" or ""
    "portal_action": "text",       # Action label as last downloaded
    "original_number": "text",
    "original_date": "date",
    "port_code": "text",           # imports
    "pending_blocked": "text",     # "Y", "N" or "" (flag absent: fall back to the matrix)
    "remarks_blocked": "text",
    "reduction_blocked": "text",
    "portal_remarks": "text",
    "portal_reduction": "text",    # itcRedReq on the portal: "Y", "N" or ""
    "portal_reduce_igst": "paise?", "portal_reduce_cgst": "paise?", "portal_reduce_sgst": "paise?", "portal_reduce_cess": "paise?",
    "hash": "text",
    "raw": "text",                 # the portal's record, its JSON text token by token
    "source_file": "text",
    "source_sheet": "text",        # "" for JSON
    "source_row": "int",           # 1-based row or position within its section
}

REGISTER_LEDGER: Final[Schema] = {   # one row per physical voucher line
    "voucher_number": "text",      # never blank: lines with one voucher_number (and source_file) are one voucher
    "voucher_type": "text",        # the recipient's view: Purchase, Debit Note, Credit Note, Journal ...
    "document_type": "text",       # the supplier's view where the register has such a column, else ""
    "voucher_date": "date",
    "supplier_gstin": "text",
    "supplier_name": "text",
    "recipient_gstin": "text",
    "document_number": "text",
    "document_date": "date",
    "place_of_supply": "text",
    "reverse_charge": "text",      # "Y", "N" or ""
    "document_value": "paise?",
    "taxable_value": "paise",      # signed as typed
    "igst": "paise", "cgst": "paise", "sgst": "paise", "cess": "paise",
    "itc_eligibility": "text",     # one of ELIGIBILITY or ""
    "receipt_date": "date",
    "payment_date": "date",
    "original_number": "text",
    "original_date": "date",
    "supply_nature": "text",       # registration type / GST treatment / section text where the register tells it
    "hsn": "text",
    "narration": "text",
    "port_code": "text",
    "source_file": "text",
    "source_sheet": "text",
    "source_row": "int",
}

GSTR2B_LEDGER: Final[Schema] = {
    "block": "text",               # "docdata", "rejected" or "reversal"
    "section": "text",             # b2b b2ba cdnr cdnra ecom ecoma isd isda impg impgsez (JSON names)
    "document_type": "text",       # DocumentType label, or "ISD Invoice" / "ISD Credit Note"
    "amended": "text",             # "Y" for amendment sections and amended bills of entry
    "supplier_gstin": "text", "supplier_name": "text",
    "document_number": "text", "document_date": "date", "document_value": "paise",
    "place_of_supply": "text", "supply_type": "text", "reverse_charge": "text",
    "itc_available": "text",       # "Y", "N", "T" or "" (isd: eligibility as the ISD marked it; imports: "Y")
    "reason": "text",              # "P", "C" or ""
    "taxable_value": "paise", "igst": "paise", "cgst": "paise", "sgst": "paise", "cess": "paise",
    "supplier_period": "text", "filed_on": "date",
    "original_type": "text", "original_number": "text", "original_date": "date",
    "port_code": "text", "reference_date": "date", "amendment_type": "text",
    "rate_percent": "text",        # diffprcnt as written: "", "1", "0.65"
    "source": "text", "irn": "text",
    "reduction": "text", "reduce_igst": "paise?", "reduce_cgst": "paise?", "reduce_sgst": "paise?", "reduce_cess": "paise?",
    "ims_status": "text", "remarks": "text",
    "source_file": "text", "source_sheet": "text", "source_row": "int",
}
