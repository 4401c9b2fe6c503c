"""What a wrongly taken credit may cost, from rules/exposure.toml: interest, penalty band and section by the document's year.

An estimate to be checked with the section, never advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ims_xl.rulebook.loading import rows
from ims_xl.vocabulary import ImsXlError


@dataclass(frozen=True, slots=True)
class Penalty:
    """`lowest` and `highest` as parts of the tax; `minimum` in paise applies to `highest`."""

    section: str
    fraud: bool
    first_year: int
    last_year: int
    lowest: Decimal
    highest: Decimal
    minimum: int
    cure_days: int
    stages: tuple[int, ...]
    authority: str


@dataclass(frozen=True)
class Exposure:
    interest_a_year: Decimal
    """0.18."""
    interest_authority: str
    penalties: tuple[Penalty, ...]
    no_notice_below: int
    """Paise of tax in a financial year."""
    payment_days: int
    """Rule 37."""

    def penalty(self, financial_year: int, fraud: bool = False) -> Penalty:
        """The section that governs a document of the financial year that began in that year."""
        for row in self.penalties:
            if row.first_year <= financial_year <= row.last_year and row.fraud is fraud:
                return row
        raise ImsXlError(f"rules/exposure.toml has no penalty for the financial year that began in {financial_year}.")


@lru_cache(maxsize=1)
def exposure() -> Exposure:
    """The package's table, read once."""
    interest = rows("exposure", "interest", ("percent_a_year",))[-1]
    penalties = tuple(
        Penalty(
            row.get("section", str), row.get("fraud", bool), row.get("first_year", int), row.get("last_year", int, 9999),
            row.get("lowest_percent", Decimal) / 100, row.get("highest_percent", Decimal) / 100, row.get("minimum", int) * 100,
            row.get("cure_days", int), tuple(row.get("stages", list, [])), row.authority,
        )
        for row in rows("exposure", "penalty", ("section", "fraud", "first_year", "last_year", "lowest_percent", "highest_percent", "minimum", "cure_days", "stages"))
    )
    notice = rows("exposure", "notice", ("below",))[-1]
    payment = {row.id: row for row in rows("exposure", "payment", ("days", "file_by", "reverse_by"))}
    return Exposure(
        interest.get("percent_a_year", Decimal) / 100, interest.authority, penalties, notice.get("below", int) * 100, payment["rule-37"].get("days", int),
    )
