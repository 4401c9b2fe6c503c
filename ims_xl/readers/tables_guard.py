"""What a workbook's parts say before a reader unpacks them: true size, used area, merged headings, hidden sheets.

A sheet whose marks stretch over more cells than any register has (whole columns formatted, one stray cell at XFD1048576) is read
sparsely, cell by cell; a part that inflates beyond every real workbook is refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from ims_xl.hosts.base import SheetText
from ims_xl.vocabulary import ImsXlError

LARGEST_PART: Final = 1 << 30
MOST_CELLS: Final = 50_000_000
MOST_USED: Final = 20_000_000
_MERGE_ROWS: Final = 60
_CHUNK: Final = 1 << 22
_MAIN: Final = "{*}"


@dataclass(frozen=True)
class Guard:
    """One worksheet before reading: where its used area begins, merged areas near the top, and whether it must be read sparsely."""

    part: str
    hidden: bool
    merged: tuple[str, ...]
    first_column: int
    sparse: bool


def guarded_sheets(path: Path) -> dict[str, Guard]:
    """Worksheet name -> Guard; a zip that is no workbook, or one built to exhaust memory, is an ImsXlError."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                if "xl/workbook.bin" in names or "content.xml" in names:
                    _small_enough(archive, path)
                    return {}
                raise ImsXlError(f"{path.name} is a zip file, not a workbook; unpack it and give the purchase register in it.")
            parts = _parts(archive)
            shared = archive.getinfo("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in names else None
            if shared is not None:
                for _ in _inflated(archive, shared, path):
                    pass
            return {name: _guard(archive, part, hidden, path) for name, (part, hidden) in parts.items() if part in names}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, KeyError, ParseError, DefusedXmlException) as wrong:
        raise ImsXlError(f"{path.name} is a damaged or locked workbook; open it in Excel, save it again, and retry ({str(wrong)[:120]}).") from None


def read_sparse(path: Path, name: str, guard: Guard) -> SheetText:
    """The sheet's filled cells only, rows keeping their numbers; what no register has (20 million cells) is an ImsXlError."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        rows: list[int] = []
        kept: list[dict[int, str]] = []
        used = 0
        for row in sheet.iter_rows():
            filled = {cell.column: _text(cell.value) for cell in row if cell.value is not None and cell.column is not None}
            if filled:
                rows.append(next(cell.row for cell in row if cell.value is not None))
                kept.append(filled)
                used += len(filled)
                if used > MOST_USED:
                    raise ImsXlError(f"{path.name}, sheet '{name}' has more than {MOST_USED:,} filled cells; no register has. Export one month at a time.")
    finally:
        book.close()
    columns = sorted({column for filled in kept for column in filled})
    frame = pd.DataFrame({c: [filled.get(c, "") for filled in kept] for c in columns}, index=pd.Index(rows, dtype="int64"), dtype="str")
    return SheetText(name, frame, guard.merged)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value).removesuffix(" 00:00:00")


def _parts(archive: zipfile.ZipFile) -> dict[str, tuple[str, bool]]:
    """Worksheet name -> part name and whether it is hidden; chart sheets are left out."""
    book = fromstring(archive.read("xl/workbook.xml"))
    links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links if link.get("Type", "").endswith("/worksheet")}
    found: dict[str, tuple[str, bool]] = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        link = next((value for key, value in sheet.attrib.items() if key.rpartition("}")[2] == "id"), "")
        if link in targets:
            target = targets[link]
            part = target.lstrip("/") if target.startswith("/") else "xl/" + target
            found[sheet.get("name", "")] = (part, sheet.get("state", "visible") != "visible")
    return found


def _guard(archive: zipfile.ZipFile, part: str, hidden: bool, path: Path) -> Guard:
    """One pass over the part: the last row, the widest column, and where the first column stands."""
    last_row, widest, narrowest, tail = 0, 1, 16384, b""
    merged = b""
    for chunk in _inflated(archive, archive.getinfo(part), path):
        block = tail + chunk
        cut = block.rfind(b"<")
        block, tail = (block[:cut], block[cut:]) if cut > 0 and len(block) - cut < 65536 else (block, b"")
        place = block.rfind(b"<row ")
        if place >= 0:
            found = re.search(rb'\br="(\d+)"', block[place:place + 400])
            last_row = max(last_row, int(found[1])) if found else last_row
        for letters in _column_letters(block):
            number = _column(letters)
            widest, narrowest = max(widest, number), min(narrowest, number)
        if merged or b"<mergeCell " in block:
            merged += block
    areas = tuple(area for area in (m.decode() for m in re.findall(rb'<(?:\w+:)?mergeCell ref="([A-Z]+\d+:[A-Z]+\d+)"', merged + tail)) if _first_row(area) <= _MERGE_ROWS)
    return Guard(part, hidden, areas, min(narrowest, widest), last_row * widest > MOST_CELLS)


def _column_letters(block: bytes) -> set[bytes]:
    """The distinct column letters of the cells in a block: all of them in a small one, else every row's ends by a sparser search."""
    if len(block) < 1 << 18:
        return set(re.findall(rb'<c r="([A-Z]{1,3})\d', block))
    found = set(re.findall(rb'<c r="([A-Z]{1,3})\d', block[: 1 << 16])) | set(re.findall(rb'<c r="([A-Z]{1,3})\d', block[-(1 << 16):]))
    return found | set(re.findall(rb'<c r="([A-Z]{2,3})\d', block)) | set(re.findall(rb'<row[^>]*><c r="([A-Z]{1,3})\d', block))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _first_row(area: str) -> int:
    found = re.search(r"\d+", area)
    return int(found[0]) if found else 1 << 20


def _small_enough(archive: zipfile.ZipFile, path: Path) -> None:
    for info in archive.infolist():
        for _ in _inflated(archive, info, path):
            pass


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    """The part piece by piece; beyond a gigabyte, whatever its header claims, it is refused."""
    total = 0
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            if total > LARGEST_PART or info.file_size > LARGEST_PART:
                raise ImsXlError(f"{path.name} would unpack to more than {LARGEST_PART >> 20} MB in '{info.filename}'; no register does. Save only the register's sheet in a new workbook.")
            yield chunk
