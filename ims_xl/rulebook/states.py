"""States and Union Territories: code, name, QRMP group. `STATES["27"].name` is Maharashtra; 38, 96, 97 and 99 are known too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ims_xl.rulebook.loading import rows


@dataclass(frozen=True, slots=True)
class State:
    code: str
    name: str
    aliases: tuple[str, ...]
    group: str
    """X or Y: which quarterly GSTR-3B date applies."""
    may_begin_gstin: bool
    may_be_place_of_supply: bool
    successor: str
    since: date
    until: date | None
    authority: str


@lru_cache(maxsize=1)
def states() -> Mapping[str, State]:
    """Every code, the legacy ones too."""
    fields = ("code", "name", "aliases", "group", "gstin", "pos", "successor")
    return {
        row.id: State(
            code=row.id, name=row.get("name", str), aliases=tuple(row.get("aliases", list, [])), group=row.get("group", str, choices=("X", "Y")),
            may_begin_gstin=row.get("gstin", bool), may_be_place_of_supply=row.get("pos", bool), successor=row.get("successor", str, ""),
            since=row.since, until=row.until, authority=row.authority,
        )
        for row in rows("states", "state", fields)
    }


def state_code_of(text: str) -> str:
    """The two-digit code of `27`, `27-Maharashtra`, `Maharashtra`, `orissa`; "" where it is none of ours."""
    text = text.strip()
    digits = re.match(r"(\d{1,2})(?!\d)", text)
    if digits:
        code = digits[1].zfill(2)
        return code if code in states() else ""
    return _by_name().get(_plain(text), "")


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for state in states().values():
        for name in (state.name, *state.aliases):
            found.setdefault(_plain(name), state.code)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower().replace("&", "and"))
