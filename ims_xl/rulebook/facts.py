"""The facts a decision rule may name, with the words for their values. `decisions/` works them out; the `Rules` tab prints them.

`FACTS` are few-valued and together they are the space over which the table of actions is proved whole. `MEASURES` are
bands and lists that a senior's own rules may add; they never count as covering a combination.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ims_xl.vocabulary import MatchClass

FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("live", "counted earlier", "frozen", "gone"),
    "document": ("invoice", "debit note", "credit note", "eco document", "bill of entry"),
    "amendment": ("yes", "no"),
    "match": tuple(match.value for match in (
        MatchClass.EXACT, MatchClass.TOLERANCE, MatchClass.NUMBER, MatchClass.DATE, MatchClass.VALUE, MatchClass.GSTIN,
        MatchClass.GROUPED, MatchClass.NOT_IN_BOOKS, MatchClass.DUPLICATE, MatchClass.SUPERSEDED,
    )),
    "clean": ("yes", "no"),
    "filed": ("filed", "not filed", "not stated"),
    "pending": ("offered", "last chance", "barred"),
    "goods": ("received", "not received", "not stated"),
    "portal_value": ("level", "higher", "lower", "mixed"),
    "credit": ("open", "blocked"),
    "cuts_credit": ("yes", "no"),
    "unbooked": ("wait", "leave"),
}

HEADINGS: Final[Mapping[str, str]] = {
    "state": "State", "document": "Document", "amendment": "Amendment", "match": "Match", "clean": "Clean", "filed": "Filed",
    "pending": "Pending", "goods": "Goods receipt", "portal_value": "Portal value", "credit": "Credit in books",
    "cuts_credit": "Cuts credit", "unbooked": "If not in books",
}

MEASURES: Final[Mapping[str, str]] = {
    "presence": "Presence", "section": "Section", "supplier": "Supplier", "tax_from": "Tax from", "tax_to": "Tax to",
    "age_from": "Age from (days)", "age_to": "Age to (days)", "period": "Supplier period",
}

PRESENCE: Final[Mapping[str, tuple[str, ...]]] = {
    "both": ("exact", "tolerance", "number", "date", "value", "gstin", "grouped"),
    "only on portal": ("not_in_books",),
    "repeated": ("duplicate", "superseded"),
}

PLACEHOLDERS: Final = (
    "difference", "number", "supplier", "limit", "limit_reason", "receipt", "period", "earlier", "amended_by", "original",
)
"""What a reason or a remark may name in braces."""
