"""A sheet's XML -> its cells as text, exactly as `SheetText` promises; any dialect, with or without cell references.

This is the careful way, cell by cell. `fast_text` does the common form of the same thing in bulk and asks here for the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ims_xl.hosts.package import number_formats as formats
from ims_xl.hosts.package import texts, xml

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384   # no spreadsheet has more
_LARGE_AREA = 24_000_000
_WIDE = 1_024
"""Columns beyond which a sheet that is nearly empty is held without its blank columns."""

_TOKEN = re.compile(rb"<(?:[\w.-]+:)?(?:row\b([^>]*)>|c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</(?:[\w.-]+:)?c>))", re.S)
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?v>", re.S)
_INLINE = re.compile(rb"<(?:[\w.-]+:)?is(?:\s[^>]*)?>(.*?)</(?:[\w.-]+:)?is>", re.S)
_ROW_NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"'](\d+)[\"']")
_REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?(\d+)[\"']")
_TYPE = re.compile(rb"(?:^|\s)t\s*=\s*[\"'](\w+)[\"']")
_STYLE = re.compile(rb"(?:^|\s)s\s*=\s*[\"'](\d+)[\"']")


@dataclass(frozen=True, slots=True)
class Glossary:
    """What the cells of one book refer to: its shared strings, the kind of each cell format, its date system."""

    strings: list[str]
    kinds: np.ndarray
    date1904: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a sheet that are not blank: 1-based rows and columns (int64), and their text."""

    rows: np.ndarray
    columns: np.ndarray
    texts: list[str]


def mostly_nothing(height: int, width: int, filled: int) -> bool:
    """Whether a stray cell far out spans an area that no memory should hold cell by cell."""
    area = height * width
    return (area > _LARGE_AREA or width > _WIDE) and area > 50 * filled


def column_number(letters: str) -> int:
    """"A" is 1, "AA" 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 is "A", 27 "AA"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_cells(data: bytes, glossary: Glossary) -> Cells:
    """Every cell of a `<sheetData>` stretch that holds something."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[str] = []
    row = column = 0
    for found in _TOKEN.finditer(data):
        if found[1] is not None:
            number = _ROW_NUMBER.search(found[1])
            row, column = (int(number[1]) if number else row + 1), 0
            continue
        raw = found[2]
        reference = _REFERENCE.search(raw)
        column = column_number(reference[1].decode()) if reference else column + 1
        if found[3]:
            text = cell_value(raw, found[3], glossary)
            if text:
                rows.append(row)
                columns.append(column)
                values.append(text)
    return Cells(np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), values)


def cell_value(raw: bytes, inner: bytes, glossary: Glossary) -> str:
    """The text of one cell from its attributes and what is inside it; "" where it is blank or a formula was never computed."""
    kind = _TYPE.search(raw)
    kind_name = kind[1] if kind else b"n"
    if kind_name == b"inlineStr":
        inline = _INLINE.search(inner)
        return texts.item_text(inline[1]) if inline else ""
    value = _VALUE.search(inner)
    if value is None:
        return ""
    content = texts.readable(value[1])
    match kind_name:
        case b"s":
            position = int(content) if content.strip().isdigit() else -1
            return glossary.strings[position] if 0 <= position < len(glossary.strings) else ""
        case b"str" | b"e":
            return content
        case b"b":
            return "TRUE" if content.strip() in ("1", "true") else "FALSE"
        case b"d":                       # Strict books may keep dates as ISO text
            moment = content.strip().rstrip("Z").replace("T", " ")
            return moment.removesuffix(" 00:00:00").split(".")[0]
    if not content.strip():
        return ""
    style = _STYLE.search(raw)
    position = int(style[1]) if style else 0
    shown = int(glossary.kinds[position]) if position < len(glossary.kinds) else formats.NUMBER
    return formats.number_text(content.strip()) if shown == formats.NUMBER else formats.date_text(content, shown, glossary.date1904)


def rows_of(data: bytes) -> tuple[int, int]:
    """Where the rows of a worksheet part begin and end."""
    rows = xml.first_tag(data, "sheetData")
    if rows is None or rows.inner == rows.end:
        return 0, 0
    return rows.inner, data.rfind(b"</" + rows.name + b">")


def merged_areas(data: bytes, below: int = 40) -> tuple[str, ...]:
    """The merged areas of a worksheet that touch its first rows."""
    start = rows_of(data)[1]
    areas = []
    for element in xml.every(data, "mergeCell", max(start, 0)):
        area = element.attributes.get("ref", "")
        first = re.match(r"[A-Z]+(\d+)", area)
        if first and int(first[1]) <= below:
            areas.append(area)
    return tuple(areas)
