"""The matrix of allowed actions (rules/allowed.toml): what a record allows where the portal's own flag is absent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from ims_xl.rulebook.loading import Row, checked, read_toml
from ims_xl.rulebook.space import Space
from ims_xl.vocabulary import ImsXlError, Section

DIRECTIONS: Final = ("up", "down", "same", "unknown")
ORIGINALS: Final = ("accepted", "rejected", "pending", "same book", "unknown")
NOT_AMENDED: Final = "none"
_FIELDS: Final = ("sections", "direction", "original", "reject", "pending", "declaration", "specified")


@dataclass(frozen=True, slots=True)
class AllowedRow:
    """One cell of the matrix: what these records of these 2B periods allow."""

    id: str
    sections: tuple[str, ...]
    direction: tuple[str, ...]
    original: tuple[str, ...]
    reject: bool
    pending: str
    """open-ended, one period, barred."""
    declaration: bool
    specified: str
    """S1 to S5, or "" where acceptance does not cut credit."""
    since: date
    until: date | None
    authority: str

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Matrix:
    rows: tuple[AllowedRow, ...]

    @classmethod
    def of(cls, raw: Iterable[Mapping[str, Any]]) -> Matrix:
        """Checked: every amendment of every direction and original meets exactly one row, before and after every change of law."""
        matrix = cls(tuple(_row(row) for row in checked("allowed", raw, _FIELDS)))
        for day in sorted({row.since for row in matrix.rows}):
            matrix._prove(day)
        return matrix

    def row_for(self, section: str, direction: str, original: str, two_b_period_start: date) -> AllowedRow:
        """The row for that record. A 2B period before the first row's date takes the earliest law."""
        day = max(two_b_period_start, min(row.since for row in self.rows))
        for row in self.rows:
            if row.in_force(day) and section in row.sections and _holds(row.direction, direction) and _holds(row.original, original):
                return row
        raise ImsXlError(f"rules/allowed.toml has no row for section {section}, direction {direction}, original {original} on {day}.")

    def _prove(self, day: date) -> None:
        for amended in (False, True):
            sections = [section.value for section in Section if section.is_amendment is amended]
            facts = {"section": sections, "direction": DIRECTIONS if amended else (NOT_AMENDED,), "original": ORIGINALS if amended else (NOT_AMENDED,)}
            space = Space(facts)
            for row in (row for row in self.rows if row.in_force(day) and set(row.sections) & set(sections)):
                box = {"section": row.sections, **({"direction": row.direction} if row.direction else {}), **({"original": row.original} if row.original else {})}
                before = space.count()
                size = len(set(row.sections) & set(sections)) * len(row.direction or facts["direction"]) * len(row.original or facts["original"])
                space.take(box)
                if before - space.count() != size:
                    raise ImsXlError(f"rules/allowed.toml, rule '{row.id}': sections, direction and original overlap with another row in force on {day}.")
            hole = space.hole()
            if hole:
                raise ImsXlError(f"rules/allowed.toml: no row in force on {day} for " + ", ".join(f"{name} {value}" for name, value in hole.items()) + ".")


def _row(row: Row) -> AllowedRow:
    return AllowedRow(
        id=row.id, sections=tuple(row.get("sections", list, choices=[section.value for section in Section])),
        direction=tuple(row.get("direction", list, [], choices=DIRECTIONS)), original=tuple(row.get("original", list, [], choices=ORIGINALS)),
        reject=row.get("reject", bool), pending=row.get("pending", str, choices=("open-ended", "one period", "barred")),
        declaration=row.get("declaration", str, choices=("required", "none")) == "required",
        specified=row.get("specified", str, "", choices=("", "S1", "S2", "S3", "S4", "S5")), since=row.since, until=row.until, authority=row.authority,
    )


def _holds(allowed: tuple[str, ...], value: str) -> bool:
    return not allowed or value in allowed


@lru_cache(maxsize=1)
def matrix() -> Matrix:
    """The matrix of the package, read and proved once."""
    return Matrix.of(read_toml("allowed").get("allowed", []))
