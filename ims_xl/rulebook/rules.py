"""Decision rules: frozen rows of conditions and an action, proved whole; the book's own rules go before ours.

`default_rules(period)` reads rules/actions.toml; `rules_frame` prints them for the `Rules` tab; `rules_from_frame` reads a
senior's edits back. First match wins.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final

from ims_xl.rulebook.facts import FACTS, PLACEHOLDERS, PRESENCE
from ims_xl.rulebook.loading import Row, checked, read_toml
from ims_xl.rulebook.space import Box, Space
from ims_xl.vocabulary import Action, ImsXlError

_FIELDS: Final = ("when", "action", "reason", "remark")


@dataclass(frozen=True, slots=True)
class Measures:
    """Bands and lists of a senior's own rule; empty means any."""

    sections: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    """GSTINs, PANs or parts of a name, upper case."""
    tax_from: int | None = None
    """Paise, total tax of the document."""
    tax_to: int | None = None
    age_from: int | None = None
    """Days from document date."""
    age_to: int | None = None
    periods: tuple[str, ...] = ()
    """Supplier periods, MMYYYY."""

    @property
    def any(self) -> bool:
        return self != Measures()


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    when: Mapping[str, tuple[str, ...]]
    action: Action
    reason: str
    remark: str = ""
    measures: Measures = field(default_factory=Measures)
    own: bool = False
    """True for a rule of this book."""
    on: bool = True
    since: date = date(2017, 7, 1)
    authority: str = "firm policy"


@dataclass(frozen=True)
class RuleSet:
    """Rules in order; those that are off have been left out of `active`."""

    rules: tuple[Rule, ...]

    @property
    def active(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.on)


@lru_cache(maxsize=32)
def default_rules(on: date) -> RuleSet:
    """The rules in force on that day, proved whole and reachable."""
    return rules_of(read_toml("actions"), on)


def rules_of(raw: Mapping[str, Any], on: date) -> RuleSet:
    """From the tables of actions.toml: an ImsXlError names the rule and the field, or the combination that meets no rule."""
    impossible = impossible_boxes(raw, on)
    rules = tuple(_rule(row) for row in checked("actions", raw.get("action", []), _FIELDS) if row.in_force(on))
    space = Space(FACTS, impossible)
    for rule in rules:
        if rule.action is Action.PENDING and "barred" in rule.when.get("pending", FACTS["pending"]):
            raise ImsXlError(f"rules/actions.toml, rule '{rule.id}': when suggests Pending where Pending is barred.")
        if rule.action is Action.REJECT and "bill of entry" in rule.when.get("document", FACTS["document"]):
            raise ImsXlError(f"rules/actions.toml, rule '{rule.id}': when would reject a bill of entry.")
        if not space.take(rule.when):
            raise ImsXlError(f"rules/actions.toml, rule '{rule.id}': when is never met; the rules above it take everything.")
    hole = space.hole()
    if hole:
        raise ImsXlError(f"rules/actions.toml: no rule in force on {on} for {in_words(hole)}.")
    return RuleSet(rules)


def impossible_boxes(raw: Mapping[str, Any], on: date) -> tuple[Box, ...]:
    """Combinations that cannot occur."""
    return tuple(_box(row) for row in checked("actions", raw.get("impossible", []), ("when",)) if row.in_force(on))


def in_words(combination: Mapping[str, str]) -> str:
    """`match exact, clean yes, filed not filed ...`."""
    return ", ".join(f"{name.replace('_', ' ')} {value.replace('_', ' ')}" for name, value in combination.items())


def placeholder_fault(text: str) -> str:
    """What is wrong with the braces of a reason or remark, or ""."""
    try:
        names = [name for _, name, spec, conversion in string.Formatter().parse(text) if name is not None or spec or conversion]
    except ValueError:
        return "has a brace that is not closed"
    strange = [name for name in names if name not in PLACEHOLDERS]
    return f"names {{{strange[0]}}}; known are {', '.join(PLACEHOLDERS)}" if strange else ""


def _rule(row: Row) -> Rule:
    for name in ("reason", "remark"):
        fault = placeholder_fault(row.get(name, str, ""))
        if fault:
            raise row.wrong(name, fault)
    return Rule(
        id=row.id, when=_box(row), action=Action(row.get("action", str, choices=[action.value for action in Action])), reason=row.get("reason", str),
        remark=row.get("remark", str, ""), since=row.since, authority=row.authority,
    )


def _box(row: Row) -> Mapping[str, tuple[str, ...]]:
    box: dict[str, tuple[str, ...]] = {}
    for name, value in row.get("when", dict).items():
        values: Sequence[str] = value if isinstance(value, list) else [value]
        if name == "presence":
            box["match"] = tuple(match for each in values for match in PRESENCE.get(each, ()))
            continue
        if name not in FACTS:
            raise row.wrong(f"when.{name}", f"is not a fact; known are {', '.join(FACTS)}")
        strange = [each for each in values if each not in FACTS[name]]
        if strange or not values:
            raise row.wrong(f"when.{name}", f"has {strange[0] if strange else 'nothing'}; expected {', '.join(FACTS[name])}")
        box[name] = tuple(values)
    return box


def proved(rules: Iterable[Rule], impossible: Iterable[Box]) -> tuple[str, dict[str, str]]:
    """(id of an own rule that can never be met or "", a combination without a rule or {}). Rules with measures cover nothing."""
    space = Space(FACTS, impossible)
    unmet = ""
    for rule in rules:
        met = space.meets(rule.when) if rule.measures.any else space.take(rule.when)
        if rule.own and not met and not unmet:
            unmet = rule.id
    return unmet, space.hole()
