"""Tax periods and financial years.

`Period.parse("2026-10")` and `Period.parse("102026")` are the same month; `period.code` is the portal's MMYYYY.
Due dates and limits are dated data: see `rules/calendar.toml` and `rulebook`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from ims_xl.vocabulary import ImsXlError


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A return month. For a quarterly (QRMP) recipient the last month of the quarter names the quarter."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """`2026-10`, `102026`, `10-2026` or `10/2026`; anything else is an ImsXlError."""
        text = text.strip()
        for pattern, year, month in ((r"(\d{4})-(\d{1,2})", 1, 2), (r"(\d{2})[-/]?(\d{4})", 2, 1)):
            found = re.fullmatch(pattern, text)
            if found and 1 <= int(found[month]) <= 12 and 2017 <= int(found[year]) <= 2099:
                return cls(int(found[year]), int(found[month]))
        raise ImsXlError(f"'{text}' is not a tax period; write it as 2026-10.")

    @classmethod
    def of(cls, day: date) -> Period:
        return cls(day.year, day.month)

    @property
    def code(self) -> str:
        """MMYYYY, as the portal writes it."""
        return f"{self.month:02d}{self.year}"

    @property
    def start(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> Period:
        serial = self.year * 12 + self.month - 1 + months
        return Period(serial // 12, serial % 12 + 1)

    @property
    def quarter_end(self) -> Period:
        """The last month of the quarter this month stands in."""
        return Period(self.year, (self.month - 1) // 3 * 3 + 3)

    @property
    def financial_year(self) -> int:
        """The year in which the financial year began: 2026-10 -> 2026, 2027-03 -> 2026."""
        return self.year if self.month >= 4 else self.year - 1

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def label(self) -> str:
        """`October 2026`."""
        return self.start.strftime("%B %Y")


def financial_year(day: date) -> int:
    """The year in which the financial year of that day began (April to March)."""
    return day.year if day.month >= 4 else day.year - 1


def financial_year_label(start: int) -> str:
    """`2026-27`."""
    return f"{start}-{(start + 1) % 100:02d}"
