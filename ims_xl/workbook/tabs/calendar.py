"""The dates that the tabs count down to, taken from the rulebook of the book's period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ims_xl.period import Period
from ims_xl.state import Reconciliation


@dataclass(frozen=True, slots=True)
class DueDate:
    what: str
    day: date
    note: str

    def days(self, as_of: date) -> int:
        return (self.day - as_of).days


def draft_2b(rec: Reconciliation) -> date:
    """The day on which the period's GSTR-2B is drawn."""
    following = _period(rec).plus(1)
    return date(following.year, following.month, 14)


def due_3b(rec: Reconciliation) -> date:
    """The client's own GSTR-3B of the period: the last day on which an action can still be changed."""
    following = _period(rec).plus(1)
    return date(following.year, following.month, 22 if rec.state.settings.quarterly else 20)


def supplier_due(rec: Reconciliation) -> date:
    """The day by which a monthly supplier's GSTR-1 puts a document into this period's 2B."""
    following = _period(rec).plus(1)
    return date(following.year, following.month, 11)


def cut_off(financial_year: int) -> date:
    """The last day of credit for documents of that financial year, section 16(4)."""
    return date(financial_year + 1, 11, 30)


def key_dates(rec: Reconciliation) -> tuple[DueDate, ...]:
    """What Home counts down to."""
    period = _period(rec)
    return (
        DueDate("Suppliers' GSTR-1, monthly", supplier_due(rec), "what is filed by then enters this period's GSTR-2B"),
        DueDate("GSTR-2B is drawn", draft_2b(rec), "no action by then counts as accepted"),
        DueDate("GSTR-3B", due_3b(rec), "actions may change until it is filed; press Compute GSTR-2B after each change"),
        DueDate("Credit of the year before ends, 16(4)", cut_off(period.financial_year - 1), "later documents of that year give no credit"),
    )


def _period(rec: Reconciliation) -> Period:
    period = rec.state.settings.period
    assert period is not None  # reconcile() refuses a book without one
    return period
