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

from ims_xl.gstin import state_code
from ims_xl.period import financial_year
from ims_xl.rulebook import Rulebook, rulebook_for
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, NOT_FILED, Action, Change, MatchClass, Section

REJECTED: Final = "Rejected"
WRONG: Final = "Differs from our books"
SAVED_WRONG: Final = "Saved, not filed, and differs from our books"
MISSING: Final = "Not reported"


@dataclass(frozen=True)
class MessageRow:
    """One document in a message: amounts in paise, their document first, ours where it differs."""

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
    def tax(self) -> int:
        return sum(row.tax for row in self.rows)


def supplier_messages(rec: Reconciliation) -> tuple[SupplierMessage, ...]:
    """Every supplier with something to mend, by GSTIN; suppliers without a GSTIN cannot report anything and get none."""
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
    return tuple(SupplierMessage(g, names[g], tuple(sorted(by_supplier[g], key=lambda r: (r.kind, r.number))), reply) for g in sorted(by_supplier) if g)


def _from_portal(rec: Reconciliation, rulebook: Rulebook) -> list[tuple[str, str, MessageRow]]:
    state = rec.state
    action = state.work["action"].to_numpy(dtype=object)
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result]
    live = (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    imports = state.ims["section"].str.startswith("IMPG").to_numpy(dtype=bool)
    rejected = live & ~imports & (action == Action.REJECT)
    differs = live & ~imports & ~rejected & np.isin(classes, [MatchClass.VALUE, MatchClass.GSTIN]) & (action != Action.ACCEPT)
    rows = []
    for i in np.flatnonzero(rejected | differs):
        document = state.ims.iloc[i]
        kind = REJECTED if rejected[i] else (SAVED_WRONG if document["filing_status"] == NOT_FILED else WRONG)
        issue = str(state.work["remarks"].iloc[i]) if rejected[i] and state.work["remarks"].iloc[i] else _difference(rec, int(i))
        row = MessageRow(
            kind, Section(document["section"]).document_type.value, str(document["document_number"]), _day(document["document_date"]),
            int(document["taxable_value"]), int(sum(document[h] for h in HEADS)), issue or "we could not find it in our books", _remedy(kind, document, rulebook),
        )
        rows.append((str(document["supplier_gstin"]), str(document["supplier_name"]), row))
    return rows


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


def _remedy(kind: str, document: Any, rulebook: Rulebook) -> str:
    note = Section(document["section"]).is_amendment
    if kind == SAVED_WRONG:
        return "Please correct it before you file; a saved document can still be changed freely."
    if kind == REJECTED:
        return (
            "If the document is right, please tell us why; then report it again in GSTR-1A of the same period, or later in the amendment table of GSTR-1/IFF, and we accept it there."
            if not note else "Please correct the amendment in GSTR-1A of the same period or in a later amendment table."
        )
    return "Please correct it in GSTR-1A of the same period, or in the amendment table of your next GSTR-1/IFF (a wrong GSTIN cannot be mended in GSTR-1A)."


def _from_books(rec: Reconciliation, rulebook: Rulebook) -> list[tuple[str, str, MessageRow]]:
    """Chase before the cut-off: booked, not yet in IMS."""
    state = rec.state
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.register_result]
    missing = state.register[classes == MatchClass.NOT_IN_IMS].assign(result=rec.links.register_result[classes == MatchClass.NOT_IN_IMS])
    rows = []
    for _, lines in missing.groupby("result", sort=True):
        first = lines.iloc[0]
        taxable, tax = int(lines["taxable_value"].sum()), int(sum(lines[h].sum() for h in HEADS))
        note = taxable < 0 or "debit" in str(first["voucher_type"]).lower()
        dated = _day(first["document_date"])
        wanted = "Please report it in your next GSTR-1 or IFF"
        if dated is not None:
            wanted += f", at the latest so that it stands in a GSTR-2B before {rulebook.itc_cutoff(financial_year(dated)):%d-%m-%Y} (section 16(4))"
        row = MessageRow(MISSING, "Credit Note" if note else "Invoice", str(first["document_number"]), dated, abs(taxable), abs(tax), "it is in our books and not on the portal", wanted + ".")
        rows.append((str(first["supplier_gstin"]), str(first["supplier_name"]), row))
    return rows


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
