"""Reading `ims_xl/rules/*.toml`: dated rows, each with an id and an authority, checked as they are read.

`rows("calendar", "due")` gives the `[[due]]` rows of calendar.toml as frozen `Row`s. A row that is wrong is an ImsXlError naming
file, rule id and field, because a wrong rule would be a wrong return.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ims_xl.vocabulary import ImsXlError


@dataclass(frozen=True, slots=True)
class Row:
    """One dated rule as it stands in the file."""

    file: str
    id: str
    fields: Mapping[str, Any]
    since: date
    until: date | None
    authority: str

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    def get(self, field: str, kind: type, default: Any = None, choices: Iterable[Any] = ()) -> Any:
        """The field, checked for its type and its choices; without a default it is obligatory."""
        if field not in self.fields:
            if default is None:
                raise self.wrong(field, "is missing")
            return default
        value = self.fields[field]
        if kind is Decimal and type(value) is int:
            value = Decimal(value)
        if type(value) is not kind:
            raise self.wrong(field, f"should be {_KINDS.get(kind, kind.__name__)}, found {value!r}")
        allowed = tuple(choices)
        if allowed:
            for item in value if isinstance(value, list) else [value]:
                if item not in allowed:
                    raise self.wrong(field, f"has {item!r}; expected one of {', '.join(map(str, allowed))}")
        return value

    def wrong(self, field: str, what: str) -> ImsXlError:
        return ImsXlError(f"rules/{self.file}.toml, rule '{self.id}': {field} {what}.")


_KINDS: Mapping[type, str] = {str: "text", int: "a whole number", bool: "true or false", list: "a list", date: "a date", Decimal: "a number", dict: "a table"}


@lru_cache(maxsize=64)
def read_toml(name: str) -> Mapping[str, Any]:
    """The whole of rules/NAME.toml; numbers with a point are Decimal."""
    text = files("ims_xl").joinpath("rules", f"{name}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as wrong:
        raise ImsXlError(f"rules/{name}.toml cannot be read: {wrong}.") from wrong


def rows(name: str, table: str, known: Iterable[str] = ()) -> tuple[Row, ...]:
    """The rows of one table in file order; `known` lists the fields that such a row may have beside id, since, until, authority."""
    return checked(name, read_toml(name).get(table, []), known)


def checked(name: str, raw: Iterable[Mapping[str, Any]], known: Iterable[str] = ()) -> tuple[Row, ...]:
    """Rows from plain mappings, with what every dated rule must have."""
    out: list[Row] = []
    seen: set[tuple[str, date]] = set()
    allowed = {*known, "id", "since", "until", "authority"}
    for number, fields in enumerate(raw, 1):
        ident = fields.get("id", fields.get("code", ""))
        here = Row(name, ident if isinstance(ident, str) and ident else f"number {number}", fields, date.min, None, "")
        here.get("id" if "code" not in fields else "code", str)
        since = here.get("since", date)
        until = here.get("until", date) if "until" in fields else None
        authority = here.get("authority", str)
        if not authority.strip():
            raise here.wrong("authority", "is empty; name the section, rule, notification or 'firm policy'")
        if until is not None and until < since:
            raise here.wrong("until", f"({until}) is before since ({since})")
        strange = sorted(set(fields) - allowed - {"code"})
        if known and strange:
            raise here.wrong(strange[0], "is not a field of this table")
        if (here.id, since) in seen:
            raise here.wrong("id", "stands twice")
        seen.add((here.id, since))
        out.append(Row(name, here.id, fields, since, until, authority))
    return tuple(out)
