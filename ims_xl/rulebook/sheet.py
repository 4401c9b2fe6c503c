"""The `Rules` tab as a frame of text, out and back in: on/off, order, and the book's own rules above ours.

`rules_frame(rulebook)` is what a fresh book shows. `rules_from_frame(frame, rulebook)` reads it after a senior's edits; the frame's
index (or a column `Row`) is the sheet row that a message names. Our own rules can be switched off, moved and given other
words; what they decide is not rewritten. One whose line was deleted comes back where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from ims_xl.period import Period
from ims_xl.rulebook.facts import FACTS, HEADINGS, MEASURES, PRESENCE
from ims_xl.rulebook.loading import read_toml
from ims_xl.rulebook.rules import Measures, Rule, RuleSet, impossible_boxes, in_words, placeholder_fault, proved
from ims_xl.vocabulary import Action, ImsXlError, MatchClass, Section

if TYPE_CHECKING:
    from ims_xl.rulebook.book import Rulebook

COLUMNS: Final = ("On", "Rule", "Action", "Reason", *HEADINGS.values(), *MEASURES.values(), "Remark", "Kind", "Since", "Authority")
"""Headings of the tab, in order: what is decided and why stands before the conditions; every cell is text."""
_FACT_BY_HEADING: Final = {heading: fact for fact, heading in HEADINGS.items()}
_OURS: Final = "default"
_OWN: Final = "yours"
_YES: Final = frozenset({"", "yes", "y", "on", "true", "1", "x"})
_NO: Final = frozenset({"no", "n", "off", "false", "0"})


def rules_frame(rulebook: Rulebook, rules: RuleSet | None = None) -> pd.DataFrame:
    """One row a rule, in order, text throughout; the given rules (a book's own among them) or the rulebook's defaults."""
    chosen = (rules or rulebook.actions).rules
    return pd.DataFrame([_printed(rule) for rule in chosen], columns=list(COLUMNS), dtype="str")


def rules_from_frame(frame: pd.DataFrame, rulebook: Rulebook) -> RuleSet:
    """The rules of the tab; an empty frame is the defaults. What a person got wrong is an ImsXlError naming the sheet row."""
    if frame.empty or "Rule" not in frame.columns:
        return rulebook.actions
    text = frame.astype("str").fillna("")
    numbers = [_row_number(text, position, label) for position, label in enumerate(frame.index)]
    defaults = {rule.id: rule for rule in rulebook.actions.rules}
    rules: list[Rule] = []
    rows: dict[str, int] = {}
    ours_since = 0
    for number, cells in zip(numbers, text.to_dict("records"), strict=True):
        cells = {str(heading): str(value).strip() for heading, value in cells.items()}
        if not any(cells.get(heading, "") for heading in ("Rule", "Action", "Reason")):
            continue
        ident = cells.get("Rule", "")
        if ident in defaults:
            rule = _ours(cells, defaults[ident], number)
            ours_since = ours_since or number
        elif cells.get("Kind", "").lower() == _OURS:
            continue   # a rule of ours that this version no longer has
        else:
            rule = _own(cells, number)
            if ours_since:
                raise ImsXlError(f"Rules row {number}: your rule '{rule.id}' stands below our rule in row {ours_since}; first match wins, so move it above.")
        if rule.id in rows:
            raise ImsXlError(f"Rules row {number}: rule '{rule.id}' stands already in row {rows[rule.id]}; give it another name.")
        rows[rule.id] = number
        rules.append(rule)
    rules = _with_missing(rules, list(defaults.values()))
    _prove(rules, rows, rulebook)
    return RuleSet(tuple(rules))


def _with_missing(rules: Sequence[Rule], defaults: Sequence[Rule]) -> list[Rule]:
    """The rules with those of ours that do not stand on the tab, each before the rule of ours that it goes before by default."""
    out = list(rules)
    for place in range(len(defaults) - 1, -1, -1):
        missing = defaults[place]
        present = [rule.id for rule in out]
        if missing.id not in present:
            after = next((present.index(rule.id) for rule in defaults[place + 1:] if rule.id in present), len(out))
            out.insert(after, missing)
    return out


def _prove(rules: Sequence[Rule], rows: Mapping[str, int], rulebook: Rulebook) -> None:
    active = [rule for rule in rules if rule.on]
    if active == [rule for rule in rulebook.actions.rules if rule.on]:
        return      # the defaults were proved when they were loaded
    unmet, hole = proved(active, impossible_boxes(read_toml("actions"), rulebook.period.start))
    if unmet:
        raise ImsXlError(f"Rules row {rows[unmet]}: rule '{unmet}' can never be met; the rules above it take everything, or its conditions exclude each other.")
    if hole:
        off = [rule for rule in rules if not rule.on and all(hole[name] in values for name, values in rule.when.items())]
        where = f"row {rows[off[0].id]}: with rule '{off[0].id}' switched off" if off and off[0].id in rows else "sheet:"
        # Of the combination only what the missing rule asks about: the rest is any.
        told = {name: MatchClass(value).label if name == "match" else value for name, value in hole.items() if not off or name == "match" or name in off[0].when}
        raise ImsXlError(f"Rules {where} no rule is left for {in_words(told)}; switch it on again or add a rule of your own for that.")


def _printed(rule: Rule) -> list[str]:
    cells = {"On": "Yes" if rule.on else "No", "Rule": rule.id, "Kind": _OWN if rule.own else _OURS, "Action": rule.action.value, "Reason": rule.reason,
             "Remark": rule.remark, "Since": rule.since.isoformat(), "Authority": rule.authority}
    for fact, heading in HEADINGS.items():
        cells[heading] = ", ".join(_shown(fact, value) for value in rule.when.get(fact, ()))
    has = rule.measures
    cells |= {
        "Section": ", ".join(has.sections), "Supplier": ", ".join(has.suppliers), "Supplier period": ", ".join(has.periods),
        "Tax from": _rupees(has.tax_from), "Tax to": _rupees(has.tax_to),
        "Age from (days)": "" if has.age_from is None else str(has.age_from), "Age to (days)": "" if has.age_to is None else str(has.age_to),
    }
    return [cells.get(heading, "") for heading in COLUMNS]


def _ours(cells: Mapping[str, str], rule: Rule, number: int) -> Rule:
    was = dict(zip(COLUMNS, _printed(rule), strict=True))
    for heading in (*HEADINGS.values(), *MEASURES.values(), "Action"):
        if heading in cells and _set_of(cells[heading]) != _set_of(was[heading]):
            raise ImsXlError(
                f"Rules row {number}: '{rule.id}' is one of our rules and its '{heading}' was changed from '{was[heading] or 'blank'}' to '{cells[heading] or 'blank'}'; "
                "switch it off and add a rule of your own above.")
    return replace(rule, on=_on(cells, number), reason=_wording(cells, "Reason", number) or rule.reason, remark=_wording(cells, "Remark", number) if "Remark" in cells else rule.remark)


def _wording(cells: Mapping[str, str], heading: str, number: int) -> str:
    written = cells.get(heading, "")
    fault = placeholder_fault(written)
    if fault:
        raise ImsXlError(f"Rules row {number}: '{heading}' {fault}.")
    return written


def _set_of(text: str) -> frozenset[str]:
    """The values of a cell, in whatever order and however spaced."""
    return frozenset(_same(part) for part in _parts(text))


def _own(cells: Mapping[str, str], number: int) -> Rule:
    when: dict[str, tuple[str, ...]] = {}
    for heading, fact in _FACT_BY_HEADING.items():
        values = _values(cells.get(heading, ""), {_same(_shown(fact, value)): value for value in FACTS[fact]} | {_same(value): value for value in FACTS[fact]},
                         heading, number, [_shown(fact, value) for value in FACTS[fact]])
        if values:
            when[fact] = values
    presence = _values(cells.get("Presence", ""), {name: name for name in PRESENCE}, "Presence", number, list(PRESENCE))
    if presence:
        matches = tuple(match for name in presence for match in PRESENCE[name])
        when["match"] = tuple(match for match in when.get("match", matches) if match in matches)
        if not when["match"]:
            raise ImsXlError(f"Rules row {number}: 'Match' and 'Presence' exclude each other.")
    action = _values(cells.get("Action", ""), {_same(action.value): action.value for action in Action}, "Action", number, [action.value for action in Action])
    if len(action) != 1:
        raise ImsXlError(f"Rules row {number}: 'Action' is empty; choose Accept, Reject, Pending or No Action.")
    if action[0] == Action.REJECT and when.get("document") == ("bill of entry",):
        raise ImsXlError(f"Rules row {number}: a bill of entry can never be rejected; choose Accept or Pending.")
    if action[0] == Action.PENDING and when.get("pending") == ("barred",):
        raise ImsXlError(f"Rules row {number}: 'Pending' says barred, so the action cannot be Pending.")
    return Rule(
        id=cells.get("Rule", "") or f"own-{number}", when=when, action=Action(action[0]),
        reason=_wording(cells, "Reason", number) or "Rule of this book", remark=_wording(cells, "Remark", number),
        measures=_measures(cells, number), own=True, on=_on(cells, number), authority=cells.get("Authority", "") or "firm policy",
    )


def _measures(cells: Mapping[str, str], number: int) -> Measures:
    sections = _values(cells.get("Section", ""), {_same(section.value): section.value for section in Section}, "Section", number, [s.value for s in Section])
    has = Measures(
        sections=sections, suppliers=tuple(part.upper() for part in _parts(cells.get("Supplier", ""))),
        tax_from=_paise(cells, "Tax from", number), tax_to=_paise(cells, "Tax to", number),
        age_from=_whole(cells, "Age from (days)", number), age_to=_whole(cells, "Age to (days)", number),
        periods=tuple(_period(part, number) for part in _parts(cells.get("Supplier period", ""), r"[,;|\n]")),
    )
    for low, high, what in ((has.tax_from, has.tax_to, "Tax"), (has.age_from, has.age_to, "Age")):
        if low is not None and high is not None and low > high:
            raise ImsXlError(f"Rules row {number}: '{what} from' is above '{what} to'.")
    return has


def _values(text: str, known: Mapping[str, str], heading: str, number: int, shown: Iterable[str]) -> tuple[str, ...]:
    found = []
    for part in _parts(text):
        if _same(part) == "any":
            return ()
        if _same(part) not in known:
            raise ImsXlError(f"Rules row {number}: '{heading}' has '{part}'; expected {', '.join(shown)}, or blank for any.")
        found.append(known[_same(part)])
    return tuple(dict.fromkeys(found))


def _parts(text: str, marks: str = r"[,;|/\n]") -> list[str]:
    return [part.strip() for part in re.split(marks, text) if part.strip()]


def _on(cells: Mapping[str, str], number: int) -> bool:
    said = cells.get("On", "").lower()
    if said in _YES or said in _NO:
        return said in _YES
    raise ImsXlError(f"Rules row {number}: 'On' has '{cells['On']}'; expected Yes or No.")


def _paise(cells: Mapping[str, str], heading: str, number: int) -> int | None:
    text = re.sub(r"[,\s₹]", "", cells.get(heading, ""))
    if not text:
        return None
    if not re.fullmatch(r"\d{1,13}(\.\d{1,2}0*)?", text):
        raise ImsXlError(f"Rules row {number}: '{heading}' has '{cells[heading]}'; expected rupees such as 50000.")
    rupees, _, rest = text.partition(".")
    return int(rupees) * 100 + int((rest + "00")[:2])


def _whole(cells: Mapping[str, str], heading: str, number: int) -> int | None:
    text = cells.get(heading, "")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,5}(\.0+)?", text):
        raise ImsXlError(f"Rules row {number}: '{heading}' has '{text}'; expected a whole number of days.")
    return int(text.partition(".")[0])


def _period(text: str, number: int) -> str:
    try:
        return Period.parse(text.zfill(6) if text.isdigit() else text).code   # a sheet eats the nought of 092026
    except ImsXlError as wrong:
        raise ImsXlError(f"Rules row {number}: 'Supplier period': {wrong}") from wrong


def _rupees(paise: int | None) -> str:
    return "" if paise is None else f"{paise // 100}" + (f".{paise % 100:02d}" if paise % 100 else "")


def _shown(fact: str, value: str) -> str:
    return MatchClass(value).label if fact == "match" else value


def _same(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().lower()


def _row_number(text: pd.DataFrame, position: int, label: object) -> int:
    if "Row" in text.columns and str(text["Row"].iloc[position]).isdigit():
        return int(text["Row"].iloc[position])
    # Rows of a sheet are numbered from 1; an index that begins with 0 is only the frame's own count.
    return int(label) if isinstance(label, int) and text.index[0] != 0 else position + 1
