"""What a heading means, by the alias table `rules/columns.toml`, and in which row of a sheet the headings stand.

`meaning("Supplier Invoice No.")` is document_number, exact and strong; `meaning("Purchase IGST 18%")` is a purchase ledger, not tax;
`find_headings(frame)` gives the line (or two lines) of the first 40 that name most fields of a purchase register.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import pandas as pd

HEADING_ROWS: Final = 40
STRONG, USUAL, WEAK = 3, 2, 1
_KINDS_OF_MONEY: Final = frozenset({"amount", "tax"})
_DROPPED: Final = re.compile(r"\((?:in )?(?:₹|rs\.?|inr|rupees)\)|\bin (?:₹|rs\.?|inr|rupees)\b|₹|[.:*\[\]]|\brs\.?$")
_SPACES: Final = re.compile(r"[\s/_\-\u2010-\u2015]+")
_RATE: Final = re.compile(r"@?\s*(\d{1,2}(?:\.\d{1,3})?)\s*(?:%|per ?cent|percent)|@\s*(\d{1,2}(?:\.\d{1,3})?)\b")
_LEAST_LOOSE: Final = 5
_DOUBLE_RATES: Final = frozenset({5.0, 10.0, 12.0, 18.0, 24.0, 28.0, 36.0, 40.0, 56.0, 80.0, 3.0, 6.0, 0.5})


@dataclass(frozen=True, slots=True)
class Meaning:
    """The field a heading names, how sure the words are (3 strong, 2 usual, 1 weak), how they were met, and the rate block it stands in."""

    field: str
    tier: int
    how: str
    rate: str = ""

    @property
    def score(self) -> int:
        return {"exact": 30, "begins with": 20, "contains": 10}.get(self.how, 10) + self.tier


NOTHING: Final = Meaning("", 0, "by content")
"""A heading that names no field."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The heading line of a frame: position of its first and last row, the words of every column (in frame order) and what they mean."""

    first: int
    last: int
    texts: tuple[str, ...]
    meanings: tuple[Meaning | None, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(m.field for m in self.meanings if m is not None)


@cache
def words() -> Mapping[str, Any]:
    """The whole table as read."""
    return tomllib.loads((files("ims_xl") / "rules" / "columns.toml").read_text(encoding="utf-8"))


@cache
def kinds() -> Mapping[str, str]:
    """Field -> kind of its cells: text, gstin, date, amount, tax, rate, flag, number."""
    return {row["name"]: row["kind"] for row in words()["field"]}


@lru_cache(maxsize=16384)
def plain(heading: str) -> str:
    """A heading made comparable: small letters, no rupee marks or stars, `/` `-` `_` as spaces, `#` as no, dt and recd in full."""
    text = unicodedata.normalize("NFKC", heading).lower().replace("’", "'").replace("#", " no")
    text = _DROPPED.sub(" ", text)
    text = re.sub(r"\bno no\b", "no", _SPACES.sub(" ", text)).replace("( ", "(").replace(" )", ")").strip(" ,;'\"")
    return re.sub(r"\brecd\b\.?", "received", re.sub(r"(?<=\w )dt\b\.?", "date", re.sub(r" +", " ", text)))


@lru_cache(maxsize=16384)
def meaning(heading: str) -> Meaning | None:
    """What a heading says, or None; exact words beat words it begins with, which beat words it contains."""
    text = plain(heading)
    if not text or len(text) > 80:
        return None
    exact = _exact().get(text) or _exact().get(_squeezed(text))
    if exact is not None:
        return exact
    return _money(text) or _loose(text)


@cache
def _exact() -> dict[str, Meaning]:
    """Comparable heading -> meaning; the same words with spaces squeezed out count too, unless they mean something else."""
    table: dict[str, Meaning] = {}
    squeezed: dict[str, Meaning] = {}
    for row in words()["field"]:
        for kind, tier in (("strong", STRONG), ("alias", USUAL), ("exact", USUAL), ("weak", WEAK), ("weak_exact", WEAK)):
            for alias in row.get(kind, ()):
                found = Meaning(row["name"], tier, "exact")
                table.setdefault(plain(alias), found)
                squeezed.setdefault(_squeezed(plain(alias)), found)
    return squeezed | table


@cache
def _loose_words() -> tuple[tuple[str, Meaning], ...]:
    """Aliases that may stand inside a longer heading, longest first."""
    found: dict[str, Meaning] = {}
    for row in words()["field"]:
        for kind, tier in (("strong", STRONG), ("alias", USUAL), ("weak", WEAK)):
            for alias in row.get(kind, ()):
                if row["kind"] != "tax" and len(plain(alias)) >= _LEAST_LOOSE:
                    found.setdefault(plain(alias), Meaning(row["name"], tier, "contains"))
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Meaning, bool], ...]:
    return tuple(
        (re.compile(row["pattern"]), Meaning(row["name"], USUAL, "begins with" if row["kind"] == "tax" else "contains"), row["kind"] == "tax")
        for row in words()["field"] if "pattern" in row
    )


def _squeezed(text: str) -> str:
    return re.sub(r"[ ()']", "", text)


def _money(text: str) -> Meaning | None:
    """A tax column by its first words, a rate-wise block by the words beside its rate, or a ledger of the books."""
    rules = words()["tax"]
    rate = _RATE.search(text)
    told = next((g for g in rate.groups() if g), "") if rate else ""
    bare = re.sub(r" +", " ", _RATE.sub(" ", text)).strip(" @-&,()")
    if re.search(r"\bpurchases?\b", text) and (told or re.match(r"(local |inter ?state |import )?purchases?\b", text)) and not re.search(r"\b(no|date|order|type|bill|invoice|voucher|id)\b", text):
        return Meaning("base_ledger", USUAL, "ledger", told)
    head = _tax_head(bare)
    reverse = bool(re.search(rules["reverse_charge"], text))
    if reverse and (head or _tax_head(re.sub(r" +", " ", re.sub(rules["reverse_charge"], " ", re.sub(rules["payable"], " ", bare))).strip())):
        named = head or _tax_head(re.sub(r" +", " ", re.sub(rules["reverse_charge"], " ", re.sub(rules["payable"], " ", bare))).strip())
        return Meaning(f"rcm_{named}", WEAK if re.search(rules["payable"], text) else USUAL, "begins with", told)
    if head and re.search(r"\b(taxable|assessable)\b", text):
        return Meaning("taxable_value", USUAL, "contains", told or head)
    if head:
        if re.search(rules["not_charged"], text) or re.search(rules["payable"], text):
            return Meaning("ignored", USUAL, "contains")
        if not told and re.search(rules["rate_only"], text):
            return Meaning("rate", USUAL, "contains", head)
        return Meaning(head, USUAL, "begins with", told)
    if re.search(rules["not_charged"], text) and re.search(r"\b(tax|igst|cgst|sgst|cess)\b", text):
        return Meaning("ignored", USUAL, "contains")
    if not told:
        return None
    inner = _exact().get(bare) or _exact().get(bare.removeprefix("gst ").removesuffix(" gst").strip())
    if inner is not None and kinds()[inner.field] in _KINDS_OF_MONEY:
        return replace(inner, rate=told)
    if re.match(r"(taxable|assessable|basic)\b", bare):
        return Meaning("taxable_value", USUAL, "begins with", told)
    return Meaning("taxable_value", WEAK, "contains", told) if not bare or bare in ("rate", "gst rate", "goods", "services") else None


def _tax_head(text: str) -> str:
    return next((found.field for pattern, found, is_tax in _patterns() if is_tax and pattern.match(text)), "")


def _loose(text: str) -> Meaning | None:
    for alias, found in _loose_words():
        if text.startswith(alias + " "):
            return replace(found, how="begins with")
    for alias, found in _loose_words():
        if f" {alias} " in f" {text} ":
            return found
    return next((found for pattern, found, is_tax in _patterns() if not is_tax and pattern.search(text)), None)


def find_headings(frame: pd.DataFrame, merged: Sequence[str] = (), least: int = 1) -> Headings | None:
    """The best heading line of the first 40 rows, alone or under one or two lines of groups; None where no row names `least` fields at all."""
    depth = min(len(frame), HEADING_ROWS)
    head = [[_heading_text(str(cell)) for cell in row] for row in frame.iloc[:depth].to_numpy(dtype=object)]
    best: Headings | None = None
    best_score = 0.0
    for place, row in enumerate(head):
        if not _could_be_heading(row):
            continue
        alone = Headings(place, place, tuple(row), tuple(meaning(cell) for cell in row))
        options = [alone]
        for lines in (1, 2):
            above = [[""] * len(row) if _is_title(line, row) else line for line in head[max(0, place - lines):place]]
            if place >= lines and any(above[0]):
                options.append(_joined(above, row, place, [_spans(merged, frame, line) for line in range(place - lines, place)]))
        for option in options:
            score = _worth(option)
            if score > best_score + (0.01 if option is alone else 0.04):
                best, best_score = option, score
    return best if best is not None and len(best.fields) >= least else None


def _heading_text(cell: str) -> str:
    """One line; a rate that a cell format shows as 18 % stands in the file as 0.18."""
    text = " ".join(cell.split())
    if re.fullmatch(r"0\.\d{1,4}", text) and round(float(text) * 200, 4) in _DOUBLE_RATES:
        return f"{float(text) * 100:g}%"
    return text


def complete(found: Headings) -> bool:
    """A supplier, a number and an amount are named: enough to read a register by."""
    fields = found.fields
    supplier = bool(fields & {"supplier_gstin", "boe_number"})
    number = bool(fields & {"document_number", "voucher_number", "boe_number"})
    money = bool(fields & {"taxable_value", "base_ledger", "igst", "cgst", "sgst", "total_tax", "document_value"})
    return supplier and number and money


def _worth(found: Headings) -> float:
    best: dict[str, int] = {}
    for one in found.meanings:
        if one is not None and one.field != "ignored":
            best[one.field] = max(best.get(one.field, 0), one.score + (10 if one.rate and one.how != "exact" else 0))
    score = sum(value / 10 for value in best.values()) + 0.05 * sum(m is not None for m in found.meanings)
    return score + (10 if complete(found) else 0)


def _could_be_heading(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    if len(filled) < 3:
        return False
    numbers = sum(bool(re.fullmatch(r"[-(]?[\d,]+(\.\d+)?[)]?( ?(dr|cr))?|\d{1,4}[-/.]\w+[-/.]\d{2,4}.*", cell, re.IGNORECASE)) for cell in filled)
    return numbers <= len(filled) // 4 and not any(re.fullmatch(r"\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]{3}", cell) for cell in filled)


def _is_title(line: Sequence[str], below: Sequence[str]) -> bool:
    """A lone text over the first heading that names a period or runs long is the page's title, no group of columns."""
    filled = [column for column, cell in enumerate(line) if cell]
    if len(filled) != 1 or filled[0] > next((column for column, cell in enumerate(below) if cell), 0):
        return False
    words = line[filled[0]].split()
    return len(words) > 4 or any(character.isdigit() for character in line[filled[0]])


def _joined(above: Sequence[Sequence[str]], below: Sequence[str], place: int, spans: Sequence[Mapping[int, str] | None]) -> Headings:
    """Two or three lines read as one: the words of the groups above (outermost first) stand before those below them."""
    texts: list[str] = []
    found: list[Meaning | None] = []
    groups = [""] * len(above)
    for column, bottom in enumerate(below):
        for depth, row in enumerate(above):
            covers, top = spans[depth], row[column]
            beneath = bottom or any(line[column] for line in above[depth + 1:])
            if covers is not None:
                groups[depth] = covers.get(column, top)
            elif top or not beneath:
                groups[depth] = top
            if top and covers is None:
                groups[depth + 1:] = [""] * (len(above) - depth - 1)
        told = [bottom, *(f"{group} {bottom}".strip() for group in _groupings(groups, bottom))]
        told += [f"{bottom} {group}".strip() for group in _groupings(groups, bottom)]
        text, chosen = max(((one, meaning(one)) for one in dict.fromkeys(told)), key=lambda option: _preference(option[1], bottom, " ".join(g for g in groups if g)) + (option[0] != bottom and option[1] is not None and option[1].how == "exact"))
        texts.append(text)
        found.append(chosen)
    return Headings(place - len(above), place, tuple(texts), tuple(found))


def _groupings(groups: Sequence[str], bottom: str) -> list[str]:
    """The words above a heading: those of the nearest group, of each other one, and of all together; `Bill details` as `Bill` too."""
    told = [group for group in reversed(groups) if group and group != bottom]
    told += [bare for group in told if (bare := _FILLER.sub("", group).strip()) and bare != group]
    return list(dict.fromkeys([*told, *(f"{outer} {inner}" for inner in told for outer in told if outer != inner)])) if len(told) > 1 else told


_FILLER: Final = re.compile(r"(?i)\s*\b(details?|particulars|information|info)\b\s*")
_GENERIC: Final = frozenset({"amount", "amt", "value", "rate", "tax", "taxable", "no", "number", "date", "name", "total", "gstin", "%", "type", "taxable value", "taxable amount", "dt"})


def _preference(found: Meaning | None, bottom: str, group: str) -> float:
    """A joined heading is better than a bare `Amount` below it, and one that keeps its rate block better than one that lost it."""
    if found is None:
        return 0.5 if not bottom else 0.0
    block = 15 if found.rate and found.field != "rate" else 0
    generic = 0 if found.how == "exact" and group and plain(bottom) in _GENERIC and found == meaning(bottom) and meaning(group) is not None else 8
    return found.score + block + generic


def _spans(merged: Sequence[str], frame: pd.DataFrame, place: int) -> dict[int, str] | None:
    """Column position -> words of the merged area that covers it in that row; None where nothing is known of merged cells."""
    if not merged:
        return None
    row = int(frame.index[place])
    positions = {int(label): position for position, label in enumerate(frame.columns)}
    found: dict[int, str] = {}
    for area in merged:
        ends = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", area)
        if ends is None or not int(ends[2]) <= row <= int(ends[4]) or int(ends[4]) > row:
            continue
        first, last = column_number(ends[1]), column_number(ends[3])
        text = str(frame.iat[place, positions[first]]) if first in positions else ""
        found.update({positions[c]: text for c in range(first, last + 1) if c in positions})
    return found


def column_number(letters: str) -> int:
    """`A` is 1, `AB` is 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
