"""The rulebook of one tax period: everything dated, frozen, checked on loading.

`rulebook_for(Period.parse("2026-10")).due_date("GSTR-3B", period)` is 20-Nov-2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ims_xl.period import Period
from ims_xl.rulebook.calendar import Calendar, FilingWindow, calendar
from ims_xl.rulebook.exposure import Exposure, exposure
from ims_xl.rulebook.matrix import AllowedRow, Matrix, matrix
from ims_xl.rulebook.rules import RuleSet, default_rules
from ims_xl.rulebook.states import State, states


@dataclass(frozen=True)
class Rulebook:
    period: Period
    calendar: Calendar
    matrix: Matrix
    actions: RuleSet
    """The default decision rules in force in the period."""
    states: Mapping[str, State]
    exposure: Exposure

    def due_date(self, what: str, period: Period, state_code: str = "", quarterly: bool = False) -> date:
        """Last day of `GSTR-1`, `IFF`, `GSTR-1Q`, `2B` or `GSTR-3B` of that period."""
        return self.calendar.due_date(what, period, state_code, quarterly)

    def itc_cutoff(self, financial_year: int) -> date:
        """Section 16(4) date of the financial year that began in that year."""
        return self.calendar.itc_cutoff_of(financial_year)

    def pending_limit(self, two_b_period: Period, quarterly: bool = False, state_code: str = "") -> date:
        """Last day of the one-period Pending of a specified record of that 2B period."""
        return self.calendar.pending_limit(two_b_period, quarterly, state_code)

    def supplier_window(self, source_form: str, supplier_period: Period) -> FilingWindow:
        """When that form of that return period had to be filed, and the 2B it then reaches."""
        return self.calendar.supplier_window(source_form, supplier_period)

    def two_b_period_filed_on(self, source_form: str, filed_on: date) -> Period:
        """The 2B month of what is filed on that day."""
        return self.calendar.two_b_period_filed_on(source_form, filed_on)

    def has_facility(self, name: str, period: Period) -> bool:
        """`ims`, `specified-records`, `boe-in-ims` in force for that 2B period."""
        return self.calendar.has_facility(name, period)

    def allowed_row(self, section: str, direction: str, original: str, two_b_period: Period) -> AllowedRow:
        """The cell of the matrix for a record of that 2B period."""
        return self.matrix.row_for(section, direction, original, two_b_period.start)


@lru_cache(maxsize=64)
def rulebook_for(period: Period) -> Rulebook:
    """The rules of that period; an ImsXlError names file, rule id and field of what is wrong."""
    return Rulebook(period, calendar(), matrix(), default_rules(max(period.start, date(2024, 10, 1))), states(), exposure())
