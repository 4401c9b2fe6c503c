"""Who has to hear what: per supplier, the documents that wait for something from him, with the reason, the remedy and the date.

`supplier_messages(rec)` -> one `SupplierMessage` a GSTIN, its own rows only. Remedies by section 37 and 39 timing: the same
period's GSTR-1A while the supplier's GSTR-3B is open, else the amendment table of a later GSTR-1 or IFF (ims.md 3.4, 3.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.followup.unreported import CHASE, unreported
from ims_xl.gstin import is_valid, state_code
from ims_xl.period import Period, financial_year
from ims_xl.rulebook import Rulebook, rulebook_for
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, NOT_FILED, Action, Change, ImsXlError, MatchClass, Section

REJECTED: Final = "Rejected"
WRONG: Final = "Differs from our books"
SAVED_WRONG: Final = "Saved, not filed, and differs from our books"
UNFILED: Final = "Saved, not filed"
MISSING: Final = "Not reported"


@dataclass(frozen=True)
class MessageRow:
    """One document in a message: amounts in paise as printed, their document first, ours where it differs; `tax` is signed, a credit note negative."""

    kind: str
    document_type: str
    number: str
    dated: date | None
    taxable_value: int
    tax: int
    issue: str
    wanted: str


@dataclass(frozen=True)
class SupplierMessage:
    supplier_gstin: str
    supplier_name: str
    rows: tuple[MessageRow, ...]
    reply_by: date

    @property
    def credit(self) -> int:
        """The credit that hangs on these documents: invoices and debit notes that we did not reject."""
        return sum(row.tax for row in self.rows if row.tax > 0 and row.kind != REJECTED)


def supplier_messages(rec: Reconciliation) -> tuple[SupplierMessage, ...]:
    """Every supplier with something to mend, by GSTIN; without a valid GSTIN nobody can report anything, so nobody is written to."""
    settings = rec.state.settings
    assert settings.period is not None  # a reconciled book always has one
    rulebook = rulebook_for(settings.period)
    rows = [*_from_portal(rec, rulebook), *_from_books(rec, rulebook)]
    names: dict[str, str] = {}
    by_supplier: dict[str, list[MessageRow]] = {}
    for gstin, name, row in rows:
        by_supplier.setdefault(gstin, []).append(row)
        names.setdefault(gstin, name)
    reply = _reply_by(rec, rulebook)
    return tuple(SupplierMessage(g, names[g], tuple(sorted(by_supplier[g], key=lambda r: (r.kind, r.number))), reply) for g in sorted(by_supplier) if is_valid(g))


def _from_portal(rec: Reconciliation, rulebook: Rulebook) -> list[tuple[str, str, MessageRow]]:
    state = rec.state
    action = state.work["action"].to_numpy(dtype=object)
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result]
    live = (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    imports = state.ims["section"].str.startswith("IMPG").to_numpy(dtype=bool)
    rejected = live & ~imports & (action == Action.REJECT)
    differs = live & ~imports & ~rejected & np.isin(classes, [MatchClass.VALUE, MatchClass.GSTIN]) & (action != Action.ACCEPT)
    saved = (state.ims["filing_status"] == NOT_FILED).to_numpy(dtype=bool)
    # Before the day on which GSTR-1 falls due nobody is late.
    late = live & saved & ~imports & ~rejected & ~differs & (_due_of(state.ims["supplier_period"], rulebook) < np.datetime64(rec.as_of))
    rows = []
    for i in np.flatnonzero(rejected | differs | late):
        document = state.ims.iloc[i]
        section = Section(document["section"])
        kind = REJECTED if rejected[i] else UNFILED if late[i] else SAVED_WRONG if saved[i] else WRONG
        told = str(state.work["remarks"].iloc[i]) if rejected[i] else ""
        issue = told or ("it is saved and not filed" if late[i] else _difference(rec, int(i))) or "we could not find it in our books"
        tax = int(sum(document[h] for h in HEADS)) * section.document_type.sign
        row = MessageRow(kind, section.document_type.value, str(document["document_number"]), _day(document["document_date"]), int(document["taxable_value"]), tax, issue, _remedy(kind, document, rec, rulebook))
        rows.append((str(document["supplier_gstin"]), str(document["supplier_name"]), row))
    return rows


def _due_of(codes: pd.Series, rulebook: Rulebook) -> np.ndarray:
    """The due date of GSTR-1 of each supplier period; far ahead where the period is not known."""
    due: dict[str, date] = {}
    for code in codes.unique():
        try:
            due[code] = rulebook.due_date("GSTR-1", Period.parse(code), "", False)
        except ImsXlError:
            due[code] = date.max
    return np.asarray(codes.map(due).to_numpy(dtype="datetime64[D]"))


def _difference(rec: Reconciliation, i: int) -> str:
    """The differences of the row's result in words; internal reasoning stays inside."""
    words = {"supplier_gstin": "GSTIN", "document_number": "number", "document_date": "date", "taxable_value": "taxable value", "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess", "tax": "tax"}
    said = []
    for part in str(rec.links.results["differences"].iloc[int(rec.links.ims_result[i])]).split(";"):
        field, _, values = part.partition("=")
        theirs, mark, ours = values.partition(">")
        if mark and field.strip() in words:
            said.append(f"{words[field.strip()]}: you reported {theirs or 'nothing'}, our books have {ours or 'nothing'}")
    return "; ".join(said)


def _remedy(kind: str, document: Any, rec: Reconciliation, rulebook: Rulebook) -> str:
    section = Section(document["section"])
    if kind == SAVED_WRONG:
        return f"Please correct it before you file{_by(rec, rulebook)}; a saved document can still be changed freely."
    if kind == UNFILED:
        return "Please file it; we have no credit before you do."
    if kind == REJECTED and section.is_amendment:
        return "Please correct the amendment in GSTR-1A of the same period, or in a later amendment table of GSTR-1/IFF."
    if kind == REJECTED and section.document_type.sign < 0:
        return "If the note is right, please tell us why, and report it again in the amendment table of GSTR-1/IFF: we accept it there. Until then your liability of the next period rises by it."
    if kind == REJECTED:
        return "If the document is right, please tell us why, and report it again in GSTR-1A of the same period, or later in the amendment table of GSTR-1/IFF: we accept it there."
    return "Please correct it in GSTR-1A of the same period while your GSTR-3B is open, else in the amendment table of your next GSTR-1/IFF (a wrong GSTIN cannot be mended in GSTR-1A)."


def _by(rec: Reconciliation, rulebook: Rulebook) -> str:
    """` (GSTR-1 by 11-11-2026, IFF by 13-11-2026)` while that day is ahead, else nothing."""
    period = rec.state.settings.period
    assert period is not None
    due = rulebook.due_date("GSTR-1", period, "", False)
    if due < rec.as_of:
        return ""
    return f" (GSTR-1 by {due:%d-%m-%Y}, IFF by {rulebook.due_date('IFF', period, '', False):%d-%m-%Y})"


def _from_books(rec: Reconciliation, rulebook: Rulebook) -> list[tuple[str, str, MessageRow]]:
    """Chase before the cut-off: booked with tax, not on the portal, and still in time."""
    found = unreported(rec).vouchers
    rows = []
    for voucher in found[(found["kind"] == CHASE) & (found["tax"] != 0)].itertuples():
        note = voucher.itc < 0
        dated = _day(voucher.document_date)
        row = MessageRow(MISSING, "Credit Note" if note else "Invoice", str(voucher.document_number), dated, abs(int(voucher.taxable_value)), int(voucher.itc), "it is in our books and not on the portal", _report(dated, rec, rulebook))
        rows.append((str(voucher.supplier_gstin), str(voucher.supplier_name), row))
    return rows


def _report(dated: date | None, rec: Reconciliation, rulebook: Rulebook) -> str:
    """Where a document that was left out is reported now: in the open GSTR-1 or IFF, in GSTR-1A of the same period, else in the next GSTR-1."""
    if _by(rec, rulebook):
        wanted = f"Please report it in your GSTR-1 or IFF{_by(rec, rulebook)}"
    else:
        wanted = "Please report it in GSTR-1A of the same period while your GSTR-3B is open, else in your next GSTR-1 or IFF"
    if dated is not None:
        wanted += f"; our credit for it ends on {rulebook.itc_cutoff(financial_year(dated)):%d-%m-%Y} (section 16(4))"
    return wanted + "."


def _reply_by(rec: Reconciliation, rulebook: Rulebook) -> date:
    """The supplier's next filing day: the 11th while it is ahead, else the day before GSTR-3B is due, else the 11th after."""
    settings = rec.state.settings
    assert settings.period is not None
    for what, period in (("GSTR-1", settings.period), ("GSTR-3B", settings.period), ("GSTR-1", settings.period.plus(1)), ("GSTR-1", settings.period.plus(2))):
        day = rulebook.due_date(what, period, state_code(settings.gstin), settings.quarterly if what == "GSTR-3B" else False)
        if day >= rec.as_of:
            return day
    return rec.as_of


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else value.date()
