"""The dates that the tabs count down to, taken from the dated tables of the rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ims_xl.followup.taken import cut_off
from ims_xl.gstin import state_code
from ims_xl.period import Period, financial_year_label
from ims_xl.rulebook.calendar import calendar
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
    return _due(rec, "2B")


def due_3b(rec: Reconciliation) -> date:
    """The client's own GSTR-3B of the period: the last day on which an action can still be changed."""
    return _due(rec, "GSTR-3B")


def supplier_due(rec: Reconciliation) -> date:
    """The day by which a monthly supplier's GSTR-1 puts a document into this period's 2B."""
    return calendar().due_date("GSTR-1", period_of(rec))


def key_dates(rec: Reconciliation) -> tuple[DueDate, ...]:
    """What Home counts down to, in the order of the days."""
    year = period_of(rec).financial_year
    ends = [(y, cut_off(y)) for y in (year - 1, year)]
    lost = next(((y, day) for y, day in ends if day and day >= rec.as_of), None)
    dates = [
        DueDate("Suppliers' GSTR-1, monthly", supplier_due(rec), "filed by then = in this period's GSTR-2B"),
        DueDate("GSTR-2B is drawn", draft_2b(rec), "no action by then counts as accepted"),
        DueDate("GSTR-3B", due_3b(rec), "until it is filed actions may change; then Compute GSTR-2B again"),
    ]
    if lost:
        dates.append(DueDate(f"Credit of {financial_year_label(lost[0])} ends", lost[1], "section 16(4), or the annual return if earlier"))
    return tuple(sorted(dates, key=lambda due: due.day))


def period_of(rec: Reconciliation) -> Period:
    """The book's period; a book without one is laid out as of the day."""
    return rec.state.settings.period or Period.of(rec.as_of)


def _due(rec: Reconciliation, what: str) -> date:
    settings = rec.state.settings
    return calendar().due_date(what, period_of(rec), state_code(settings.gstin), settings.quarterly)
