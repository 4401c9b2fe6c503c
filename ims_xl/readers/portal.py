"""The portal's IMS JSON -> a ledger of inward supplies.

Containers D1 (offline download), D2 (API, with or without a GSP's wrapper) and D3 (dashboard session) are one walk: any list under a
section's key is that section. Each record keeps its own characters in `raw`, so that an upload can echo it digit by digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ims_xl.portal_words import section_aliases, words
from ims_xl.readers.cleaning import cut_texts
from ims_xl.readers.json_tokens import MAX_DEPTH, Part, Record, Walker, kind_of
from ims_xl.readers.portal_rows import SectionRows, ledger_of
from ims_xl.readers.sniff import FileKind, kinds_in, parts_of, sniff, what_takes
from ims_xl.vocabulary import SECTION_BY_KEY, ImsXlError, Problem, Section

_RECIPIENT_KEYS: Final = ("rtin", "gstin", "recipientGstin", "rgstin")
_ORDER: Final = {section: position for position, section in enumerate(Section)}


@dataclass(frozen=True)
class ImsFile:
    """One IMS download as read. `counts` has the records that stand in the file, by section label, and `set_aside` how many of them have no
    row in the ledger (each with a problem); `problems[].row` is the position within its section."""

    ledger: pd.DataFrame
    gstin: str
    kind: FileKind
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    generated_on: str = ""
    set_aside: int = 0
    sections: frozenset[str] = frozenset()
    """Section labels that the file speaks for: the portal's whole download leaves empty sections out and speaks for them all the same."""


def read_ims(path: Path, recipient_gstin: str = "") -> ImsFile:
    """Reads one IMS JSON (or a zip of its parts) into an IMS_LEDGER; a file of another kind or of another GSTIN is an ImsXlError."""
    path = Path(path)
    kind = FileKind.IMS_JSON
    if kind not in kinds_in(path):
        raise ImsXlError(f"{path.name} is not an IMS download: {what_takes(sniff(path))}")
    found = _Found(path.name)
    for part in _distinct(parts_of(path, kind), found):
        _walk(part, found)
    gstin = _one_gstin(found, recipient_gstin, path.name)
    rows = [SectionRows(section, records) for section, records in sorted(found.sections.items(), key=lambda item: _ORDER[item[0]])]
    ledger, problems = ledger_of(rows, path.name, gstin)
    _own_gstin(ledger, gstin, path.name)
    counts = {one.section.value: len(one.records) for one in rows}
    return ImsFile(ledger, gstin, kind, (*found.problems, *problems, *cut_texts(ledger, ("supplier_name", "document_number", "portal_remarks"))), counts, found.generated_on, sum(counts.values()) - len(ledger), _spoken_for(found))


def section_of(name: str) -> Section | None:
    """The section that a key or a sheet name means, or None."""
    plain = name.strip().lower()
    return SECTION_BY_KEY.get(plain) or section_aliases().get(plain)


@dataclass
class _Found:
    file: str
    sections: dict[Section, list[Record]] = field(default_factory=dict)
    gstins: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    generated_on: str = ""
    whole: bool = False
    """The portal's offline download (`imsDetails`): everything that stood in IMS at that moment."""

    def problem(self, where: str, message: str, row: int = 0) -> None:
        self.problems.append(Problem(self.file, "", row, where, message))


def _distinct(parts: list[Part], found: _Found) -> list[Part]:
    """A zip may hold one part twice; it is read once."""
    if not parts:
        raise ImsXlError(f"{found.file} holds no JSON file.")
    seen: dict[str, Part] = {}
    for part in parts:
        if part.text in seen:
            found.problem("file", f"{part.name} repeats {seen[part.text].name} byte for byte and is read once")
        else:
            seen[part.text] = part
    return list(seen.values())


def _walk(part: Part, found: _Found) -> None:
    walker = Walker(part.text, part.name)
    start = walker.top()
    _object(walker, start, found, "", 0)
    walker.finish()


def _object(walker: Walker, at: int, found: _Found, inside: str, depth: int) -> None:
    """Every member of a container: sections are gathered, containers entered, the rest looked at for the recipient's GSTIN."""
    if depth > MAX_DEPTH:
        raise ImsXlError(f"{walker.name} is nested deeper than any portal file.")
    seen: set[str] = set()
    for key, place in walker.members(at):
        if key in seen:
            found.problem(key, f"'{key}' stands twice in the file; both are read")
        seen.add(key)
        found.whole |= key == "imsDetails"
        mark = walker.peek(place)
        section = section_of(key)
        if mark == "[":
            _list(walker, place, found, key, section)
        elif mark == "{" and section is None and (key in _containers() or depth < 3):
            _object(walker, place, found, key, depth + 1)
        else:
            _single(walker.value(place), found, key, section)


def _list(walker: Walker, at: int, found: _Found, key: str, section: Section | None) -> None:
    records = list(walker.elements(at))
    if section is not None:
        found.sections.setdefault(section, []).extend(records)
    elif any(isinstance(record.value, dict) for record in records):
        why = "IMS allows no action on ISD documents" if key in words()["read_by_the_portal_only"] else "this section is not known"
        found.problem(key, f"{len(records)} records of '{key}' are set aside: {why}")


def _single(record: Record, found: _Found, key: str, section: Section | None) -> None:
    value = record.value
    if section is not None:
        if isinstance(value, dict) and ("action" in value or "stin" in value):
            found.sections.setdefault(section, []).append(record)
            found.problem(key, f"'{key}' holds one record and not a list; it is read as a list of one")
        elif value is not None and not _counts_only(value):
            found.problem(key, f"'{key}' should hold a list of records, and holds {kind_of(value)}; nothing is read from it")
    elif key in _RECIPIENT_KEYS and isinstance(value, str) and value.strip():
        found.gstins[value.strip().upper()] += 1
    elif key in ("gendt", "genDt", "generatedOn") and isinstance(value, str):
        found.generated_on = value.strip()


def _spoken_for(found: _Found) -> frozenset[str]:
    """The offline download holds no bills of entry, so it says nothing of them."""
    named = {section.value for section in found.sections}
    return frozenset(named | {section.value for section in Section if not section.is_import} if found.whole else named)


def _counts_only(value: Any) -> bool:
    """`{"noaction": 3, "accept": 0}`: the count API's tiles, no records."""
    return isinstance(value, dict) and all(isinstance(number, int) for number in value.values())


def _containers() -> frozenset[str]:
    return frozenset(words()["containers"])


def _one_gstin(found: _Found, expected: str, name: str) -> str:
    expected = expected.strip().upper()
    if len(found.gstins) > 1:
        raise ImsXlError(f"{name} mixes files of {len(found.gstins)} GSTINs ({', '.join(sorted(found.gstins))}); give each client's file by itself.")
    gstin = next(iter(found.gstins), "")
    if expected and gstin and gstin != expected:
        raise ImsXlError(f"{name} is the IMS file of {gstin}; this book is for {expected}.")
    return gstin or expected


def _own_gstin(ledger: pd.DataFrame, gstin: str, name: str) -> None:
    """Records may carry the recipient's GSTIN themselves; all of them must agree."""
    others = set(ledger.loc[ledger["recipient_gstin"] != "", "recipient_gstin"].unique()) - {gstin}
    if others and gstin:
        raise ImsXlError(f"{name} holds records of {', '.join(sorted(others))} beside {gstin}; give each client's file by itself.")
