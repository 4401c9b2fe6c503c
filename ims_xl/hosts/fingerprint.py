"""What stands in a workbook's cells, as digests: one per row and one per column of every sheet.

Formulas and values count, looks and file bytes do not: saving a book again in Excel without touching it changes nothing here,
typing one cell changes exactly one row and one column, and so names the cell.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from ims_xl.vocabulary import ImsXlError

_REL_ID: Final = ("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "{http://purl.oclc.org/ooxml/officeDocument/relationships}id")
_REF: Final = re.compile(r"([A-Z]{1,3})(\d+)")
_MASK: Final = (1 << 64) - 1
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, LookupError, ElementTree.ParseError, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class SheetPrint:
    """Digests of one sheet: row number -> hex, column letters -> hex. Equal prints mean equal formulas and values in every cell."""

    rows: Mapping[str, str]
    columns: Mapping[str, str]


def fingerprint(path: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, SheetPrint]:
    """The prints of every sheet by name; an ImsXlError where the file is no readable workbook."""
    try:
        with zipfile.ZipFile(path) as package:
            strings = _shared_strings(package)
            return {name: _print(package, part, strings) for name, part in _sheets(package) if name not in leave_out}
    except _UNREADABLE as reason:
        raise ImsXlError(f"{path.name} cannot be read as a workbook ({str(reason)[:200]}).") from None


def book_facts(path: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """What the workbook says beside its cells: which sheets show, in which order, and what its defined names mean (the spreadsheet's own hidden names left out)."""
    try:
        with zipfile.ZipFile(path) as package:
            root = _root(package, _book_part(package))
            sheets = [e for e in root.iter() if _local(e.tag) == "sheet" and e.get("name", "") not in leave_out]
            facts = {f"sheet '{e.get('name')}' shown or hidden": e.get("state", "visible") for e in sheets}
            facts |= {f"sheet '{e.get('name')}' and its place": str(n) for n, e in enumerate(sheets)}
            for name in (e for e in root.iter() if _local(e.tag) == "definedName"):
                if not name.get("name", "").startswith("_xlnm") and name.get("hidden") not in ("1", "true"):
                    facts[f"name '{name.get('name')}'"] = "".join((name.text or "").split())
            return facts
    except _UNREADABLE as reason:
        raise ImsXlError(f"{path.name} cannot be read as a workbook ({str(reason)[:200]}).") from None


def figures(path: Path, sheets: frozenset[str]) -> dict[str, dict[str, str]]:
    """The result that the file keeps beside each formula of those sheets, by sheet and cell: a number as it is written, anything else with its kind before it."""
    try:
        with zipfile.ZipFile(path) as package:
            return {name: dict(_results(package, part)) for name, part in _sheets(package) if name in sheets}
    except _UNREADABLE as reason:
        raise ImsXlError(f"{path.name} cannot be read as a workbook ({str(reason)[:200]}).") from None


def compare_figures(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]], near: float = 0.006, most: int = 8) -> list[str]:
    """Formulas whose kept number moved by more than a recalculation's last digits. A writer that keeps no results alters nothing, and words may follow the program's language."""
    lines = []
    for sheet, kept in before.items():
        now = after.get(sheet, {})
        moved = [cell for cell, was in kept.items() if ":" not in was and cell in now and not _near(was, now[cell], near)]
        if moved:
            lines.append(f"'{sheet}': the figure kept beside the formula of {', '.join(moved[:most])}{' and more' if len(moved) > most else ''}")
    return lines


def _near(was: str, now: str, near: float) -> bool:
    try:
        return abs(float(was) - float(now)) < near
    except ValueError:
        return was == now


def compare_facts(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Which of them changed, in words."""
    lines = []
    for what in _moved(before, after):
        both = what in before and what in after
        if both or not what.startswith("sheet "):   # a sheet that came or went is told with its cells
            lines.append(f"{what} was {'changed' if both else 'removed' if what in before else 'added'}")
    return lines


def compare(before: Mapping[str, SheetPrint], after: Mapping[str, SheetPrint], most: int = 20) -> list[str]:
    """What changed, in words, at most that many lines: sheets added or removed, cells by name where they can be told."""
    lines = [f"sheet '{name}' was removed" for name in before if name not in after]
    lines += [f"sheet '{name}' was added" for name in after if name not in before]
    for name in before:
        if name not in after or before[name] == after[name]:
            continue
        rows = _moved(before[name].rows, after[name].rows)
        columns = _moved(before[name].columns, after[name].columns)
        cells = [f"{column}{row}" for row in rows for column in columns]
        if len(rows) == 1 or len(columns) == 1:
            lines.append(f"'{name}': " + ", ".join(cells[:8]) + (f" and {len(cells) - 8} more cells" if len(cells) > 8 else ""))
        else:
            lines.append(f"'{name}': rows {', '.join(rows[:8])}{' ...' if len(rows) > 8 else ''}, columns {', '.join(columns[:8])}{' ...' if len(columns) > 8 else ''}")
    return lines[:most]


def _moved(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def _root(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(_plain(package.read(part), part))


def _plain(data: bytes, part: str) -> bytes:
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise ImsXlError(f"The workbook's part {part} declares entities, which no spreadsheet writes; it is not read.")
    return data


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _sheets(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    book = _book_part(package)
    folder = posixpath.dirname(book)
    targets = {r.get("Id"): r.get("Target", "") for r in _root(package, f"{folder}/_rels/{posixpath.basename(book)}.rels")}
    for element in _root(package, book).iter():
        if _local(element.tag) == "sheet":
            target = targets.get(next((element.get(key) for key in _REL_ID if element.get(key)), None), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            if "worksheets/" in part:
                yield element.get("name", ""), part


def _book_part(package: zipfile.ZipFile) -> str:
    relations = _root(package, "_rels/.rels")
    found = next((r.get("Target", "").lstrip("/") for r in relations if r.get("Type", "").endswith("/officeDocument")), None)
    if found is None:
        raise KeyError("it names no workbook part")
    return found


def _shared_strings(package: zipfile.ZipFile) -> list[str]:
    part = next((name for name in package.namelist() if name.lower().endswith("sharedstrings.xml")), None)
    if part is None:
        return []
    strings: list[str] = []
    for _, element in ElementTree.iterparse(io.BytesIO(_plain(package.read(part), part))):
        if _local(element.tag) == "si":
            strings.append("".join(t.text or "" for t in element.iter() if _local(t.tag) == "t"))
            element.clear()
    return strings


def _results(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    for element in _root(package, part).iter():
        if _local(element.tag) != "c":
            continue
        parts = {_local(child.tag): child.text or "" for child in element}
        if "f" in parts and parts.get("v") and element.get("r"):
            kind = element.get("t", "n")
            yield element.get("r", ""), parts["v"] if kind == "n" else f"{kind}:{parts['v']}"


def _print(package: zipfile.ZipFile, part: str, strings: list[str]) -> SheetPrint:
    rows: dict[str, int] = defaultdict(int)
    columns: dict[str, int] = defaultdict(int)
    row_number, column_number = 0, 0
    for event, element in ElementTree.iterparse(io.BytesIO(_plain(package.read(part), part)), events=("start", "end")):
        tag = _local(element.tag)
        if event == "start":
            if tag == "row":
                row_number = int(element.get("r") or row_number + 1)
                column_number = 0
            continue
        if tag == "c":
            found = _REF.fullmatch(element.get("r") or "")
            column_number = _number(found[1]) if found else column_number + 1
            content = _content(element, strings)
            if content:
                letter = _letters(column_number)
                digest = int.from_bytes(hashlib.blake2b(f"{letter}{row_number}={content}".encode("utf-8", "surrogatepass"), digest_size=8).digest())
                # A sum does not depend on the order in which a writer lists its cells.
                rows[str(row_number)] = (rows[str(row_number)] + digest) & _MASK
                columns[letter] = (columns[letter] + digest) & _MASK
            element.clear()
        elif tag == "row":
            element.clear()
    return SheetPrint({k: f"{v:x}" for k, v in rows.items()}, {k: f"{v:x}" for k, v in columns.items()})


def _content(cell: ElementTree.Element, strings: list[str]) -> str:
    formula = value = ""
    for child in cell:
        tag = _local(child.tag)
        if tag == "f":
            formula = child.text or f"shared {child.get('si', '')}"
        elif tag == "v":
            value = child.text or ""
        elif tag == "is":
            value = "".join(t.text or "" for t in child.iter() if _local(t.tag) == "t")
    kind = cell.get("t", "n")
    if kind == "s" and value.isdigit():
        value = strings[int(value)] if int(value) < len(strings) else value
        kind = "str"
    elif kind == "inlineStr":
        kind = "str"
    elif kind == "n" and value:
        value = _number_text(value) if not formula else ""
    if formula:
        # Excel recalculates on opening; the formula is what was signed, its result follows from cells that are signed too.
        return f"={formula}"
    return f"{kind}:{value}" if value else ""


def _number_text(value: str) -> str:
    """One writing for all of a number's; what should be a number and is none stands as it is."""
    try:
        return repr(float(value))
    except ValueError:
        return value


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
