"""Due dates, credit cut-offs, pending limits and filing windows from rules/calendar.toml.

A date is asked for a tax period and takes the row in force on that period's first day, so last year's month has last
year's dates. Extensions by notification win over the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from ims_xl.period import Period
from ims_xl.rulebook.loading import Row, checked, read_toml
from ims_xl.rulebook.states import states
from ims_xl.vocabulary import ImsXlError

WHAT = ("GSTR-1", "IFF", "GSTR-1Q", "2B", "GSTR-3B")
_ALIASES = {"GSTR-2B": "2B", "3B": "GSTR-3B", "GSTR3B": "GSTR-3B", "GSTR2B": "2B", "GSTR1": "GSTR-1"}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "due": ("what", "frequency", "group", "months_after", "day"),
    "itc_cutoff": ("first_year", "last_year", "date", "years_after", "month", "day"),
    "facility": ("what",),
    "pending_limit": ("periods_after",),
    "window": ("forms", "from_day", "to_day", "periods_after"),
    "extension": ("what", "period", "date", "quarterly", "states"),
}


@dataclass(frozen=True, slots=True)
class FilingWindow:
    """What a supplier files from `opens` to `closes` in that form stands in the GSTR-2B of `two_b_period`."""

    opens: date
    closes: date
    two_b_period: Period


@dataclass(frozen=True)
class Calendar:
    due: tuple[Row, ...]
    itc_cutoff: tuple[Row, ...]
    facility: tuple[Row, ...]
    pending_limit_rows: tuple[Row, ...]
    window: tuple[Row, ...]
    extension: tuple[Row, ...]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Calendar:
        """From the tables of calendar.toml; an ImsXlError names file, rule and field of what is wrong."""
        strange = sorted(set(raw) - set(_FIELDS))
        if strange:
            raise ImsXlError(f"rules/calendar.toml: table [[{strange[0]}]] is not known.")
        table = {name: checked("calendar", raw.get(name, []), fields) for name, fields in _FIELDS.items()}
        for row in table["due"]:
            row.get("what", str, choices=WHAT)
            row.get("frequency", str, choices=("monthly", "quarterly"))
            row.get("group", str, "", choices=("", "X", "Y"))
            row.get("months_after", int)
            _day(row, row.get("day", int))
        for row in table["itc_cutoff"]:
            row.get("first_year", int)
            if "date" in row.fields:
                row.get("date", date)
            else:
                row.get("years_after", int)
                row.get("month", int, choices=range(1, 13))
                _day(row, row.get("day", int))
        for row in table["window"]:
            row.get("forms", list)
            row.get("periods_after", int)
            _day(row, row.get("from_day", int))
            _day(row, row.get("to_day", int))
        for row in table["extension"]:
            row.get("what", str, choices=WHAT)
            row.get("period", date)
            row.get("date", date)
            row.get("quarterly", bool, False)
            row.get("states", list, [], choices=states())
        for row in table["pending_limit"]:
            row.get("periods_after", int)
        return cls(table["due"], table["itc_cutoff"], table["facility"], table["pending_limit"], table["window"], table["extension"])

    def due_date(self, what: str, period: Period, state_code: str = "", quarterly: bool = False) -> date:
        """The last day of `GSTR-1`, `IFF`, `GSTR-1Q`, `2B` or `GSTR-3B` of that period; quarterly counts from the quarter's last month.

        An unknown State takes the earlier of the two quarterly dates.
        """
        name = _ALIASES.get(what.upper(), what)
        if name not in WHAT:
            raise ImsXlError(f"'{what}' has no due date here; expected one of {', '.join(WHAT)}.")
        by_quarter = name == "GSTR-1Q" or (quarterly and name not in ("IFF", "GSTR-1"))
        if quarterly and name == "GSTR-1":
            name, by_quarter = "GSTR-1Q", True
        period = period.quarter_end if by_quarter else period
        for row in reversed(self.extension):
            if (row.fields["what"] == name and Period.of(row.fields["period"]) == period and row.fields.get("quarterly", False) == by_quarter
                    and (not row.fields.get("states") or state_code in row.fields["states"])):
                return _as_date(row.fields["date"])
        group = states()[state_code].group if state_code in states() else ""
        frequency = "quarterly" if by_quarter else "monthly"
        found = [
            row for row in self.due
            if row.in_force(period.start) and row.fields["what"] == name and row.fields["frequency"] == frequency
            and (not group or row.fields.get("group", group) == group)
        ]
        if not found:
            raise ImsXlError(f"rules/calendar.toml has no {frequency} due date of {name} for {period.label}.")
        row = min(found, key=lambda each: int(each.fields["day"]))
        month = period.plus(row.fields["months_after"])
        return date(month.year, month.month, row.fields["day"])

    def itc_cutoff_of(self, financial_year: int) -> date:
        """Section 16(4): the last day to take credit of a document of the financial year that began in that year."""
        for row in self.itc_cutoff:
            if row.fields["first_year"] <= financial_year <= row.fields.get("last_year", 9999):
                if "date" in row.fields:
                    return _as_date(row.fields["date"])
                return date(financial_year + row.fields["years_after"], row.fields["month"], row.fields["day"])
        raise ImsXlError(f"rules/calendar.toml has no section 16(4) date for the financial year that began in {financial_year}.")

    def pending_limit(self, two_b_period: Period, quarterly: bool = False, state_code: str = "") -> date:
        """The last day on which Pending is offered for a specified record of that 2B period, at the recipient's own frequency."""
        limits = [row for row in self.pending_limit_rows if row.in_force(two_b_period.start)]
        periods = limits[-1].fields["periods_after"] if limits else 1
        last = two_b_period.quarter_end.plus(3 * periods) if quarterly else two_b_period.plus(periods)
        return self.due_date("GSTR-3B", last, state_code, quarterly)

    def has_facility(self, name: str, period: Period) -> bool:
        """Whether `ims`, `specified-records` or `boe-in-ims` is in force for that 2B period."""
        return any(row.id == name and row.in_force(period.start) for row in self.facility)

    def supplier_window(self, source_form: str, supplier_period: Period) -> FilingWindow:
        """When the supplier had to file that form of that return period for it to reach the 2B named; an unknown form counts as GSTR-1."""
        row = self._window(source_form, supplier_period)
        after = supplier_period.plus(1)
        return FilingWindow(
            date(supplier_period.year, supplier_period.month, row.fields["from_day"]), date(after.year, after.month, row.fields["to_day"]),
            supplier_period.plus(row.fields["periods_after"]),
        )

    def two_b_period_filed_on(self, source_form: str, filed_on: date) -> Period:
        """The 2B month of what is filed on that day; of a GSTR-1A, the month whose window the day falls in."""
        row = self._window(source_form, Period.of(filed_on))
        return Period.of(filed_on) if filed_on.day >= row.fields["from_day"] else Period.of(filed_on).plus(-1)

    def _window(self, source_form: str, period: Period) -> Row:
        form = source_form.strip().upper()
        in_force = [row for row in self.window if row.in_force(period.start)] or list(self.window)
        named: Iterable[Row] = (row for row in in_force if form in row.fields["forms"])
        return next(iter(named), in_force[0])


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """The calendar of the package, read once."""
    return Calendar.of(read_toml("calendar"))


def _day(row: Row, day: int) -> None:
    if not 1 <= day <= 30:
        raise row.wrong("day", f"should be 1 to 30, found {day}")


def _as_date(value: Any) -> date:
    return date(value.year, value.month, value.day)
