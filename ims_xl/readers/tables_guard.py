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
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from ims_xl.hosts.base import SheetText
from ims_xl.vocabulary import ImsXlError

LARGEST_PART: Final = 1 << 30
MOST_CELLS: Final = 24_000_000
MOST_USED: Final = 20_000_000
_HEADING_ROWS: Final = 60
_UNCALCULATED: Final = re.compile(rb'\br="([A-Z]{1,3}\d+)"(?![^>]*t="str")[^>]*>\s*<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>')
_CHUNK: Final = 1 << 22
_FAR: Final = re.compile(rb'row [^>]*?\br="(\d{5,7})"')
_BEYOND: Final = re.compile(rb' r="(?:[A-Za-z]{4,}\d|[A-Za-z]{0,3}(?:\d{8,}|[2-9]\d{6}|1[1-9]\d{5}|10[5-9]\d{4}))')
_MAIN: Final = "{*}"


@dataclass(frozen=True)
class Guard:
    """One worksheet before reading: merged areas over headings and down columns, first column, cells never calculated, whether to read sparsely."""

    part: str
    hidden: bool
    merged: tuple[str, ...]
    first_column: int
    sparse: bool
    uncalculated: tuple[str, ...] = ()


def guarded_sheets(source: Path | BytesIO, name: str = "") -> dict[str, Guard]:
    """Worksheet name -> Guard; a zip that is no workbook, or one built to exhaust memory, is an ImsXlError."""
    if isinstance(source, BytesIO):
        return _guarded(source, name)
    stat = source.stat()
    return _guarded_file(source, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _guarded_file(path: Path, size: int, changed: int) -> dict[str, Guard]:
    """One pass over a file, whoever asks next."""
    return _guarded(path, path.name)


def _guarded(source: Path | BytesIO, name: str) -> dict[str, Guard]:
    try:
        with zipfile.ZipFile(source) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                if "xl/workbook.bin" in names or "content.xml" in names:
                    _small_enough(archive, name)
                    return {}
                raise ImsXlError(f"{name} is a zip file, not a workbook; unpack it and give the purchase register in it.")
            parts = _parts(archive)
            shared = archive.getinfo("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in names else None
            if shared is not None:
                _honest(archive, shared, name)
            return {sheet: _guard(archive, part, hidden, name) for sheet, (part, hidden) in parts.items() if part in names}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, LookupError, ValueError, ParseError, DefusedXmlException) as wrong:
        raise ImsXlError(f"{name} is a damaged or locked workbook; open it in Excel, save it again, and retry ({str(wrong)[:120]}).") from None


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


def _guard(archive: zipfile.ZipFile, part: str, hidden: bool, file: str) -> Guard:
    """One pass over the part: the last row and the widest column with a value, the first column, merged areas, formulas without a value."""
    last_row, widest, narrowest, rest = 0, 1, 16384, b""
    merged = b""
    formulas: list[str] = []
    for chunk in _inflated(archive, archive.getinfo(part), file):
        block = rest + chunk
        cut = block.rfind(b"</row>") if len(block) < 4 * _CHUNK else -1
        block, rest = (block[:cut], block[cut:]) if cut > 0 else (block, b"")
        last_row = max(last_row, _last_row(block), _far_row(block, file))
        for letters in _column_letters(block):
            number = _column(letters)
            widest, narrowest = max(widest, number), min(narrowest, number)
        if b"</f></" in block or b"</f><v" in block or b":f><" in block:
            formulas += [m.decode() for m in _UNCALCULATED.findall(block)]
        if merged or b"mergeCell " in block:
            merged += block
    last_row, merged = max(last_row, _last_row(rest), _far_row(rest, file)), merged + rest
    formulas += [m.decode() for m in _UNCALCULATED.findall(rest)]
    for letters in _column_letters(rest):
        widest, narrowest = max(widest, _column(letters)), min(narrowest, _column(letters))
    areas = tuple(area for area in (m.decode() for m in re.findall(rb'<(?:\w+:)?mergeCell ref="([A-Z]+\d+:[A-Z]+\d+)"', merged)) if _of_use(area))
    return Guard(part, hidden, areas, min(narrowest, widest), last_row * widest > MOST_CELLS, tuple(formulas))


def _last_row(block: bytes) -> int:
    """The number of the last row in a block that holds a value; rows of empty formatted cells do not count."""
    value = block.rfind(b"</c>") if b"</c>" in block else block.rfind(b":c>")
    place = block.rfind(b"row ", 0, value) if value > 0 else -1
    found = re.search(rb'\br="(\d+)"', block[place:place + 400]) if place >= 0 else None
    return int(found[1]) if found else 0


def _far_row(block: bytes, file: str) -> int:
    """The highest row number of five digits or more among rows and cells, in whatever order they stand; one beyond any sheet is an ImsXlError."""
    if _BEYOND.search(block):
        raise ImsXlError(f"{file} is damaged: it has cells beyond the last row or column of any sheet. Open it in Excel, save it again, and retry.")
    return max((int(number) for number in set(_FAR.findall(block))), default=0)


def _honest(archive: zipfile.ZipFile, shared: zipfile.ZipInfo, file: str) -> None:
    """The list of shared texts within bounds, and not claiming more texts than its bytes can hold (a reader would make room for them all)."""
    size, head = 0, b""
    for chunk in _inflated(archive, shared, file):
        head, size = head or chunk[:4096], size + len(chunk)
    claimed = [int(number) for number in re.findall(rb'ount\s*=\s*["\'](\d+)["\']', head)]
    if any(number > max(size, 4096) for number in claimed):
        raise ImsXlError(f"{file} is damaged: its list of texts claims {max(claimed):,} entries. Open it in Excel, save it again, and retry.")


def _column_letters(block: bytes) -> set[bytes]:
    """The distinct column letters of cells with a value: all in a small block; in a big one those beyond Z, and the first of each row."""
    if len(block) < 1 << 18:
        return set(re.findall(rb' r="([A-Z]{1,3})\d+"[^>/]*>', block))
    return set(re.findall(rb' r="([A-Z]{2,3})\d+"[^>/]*>', block)) | set(re.findall(rb'row [^>]*><(?:\w+:)?c r="([A-Z]{1,3})\d', block)) | set(re.findall(rb' r="([A-Z]{1,3})\d+"[^>/]*>', block[-(1 << 15):]))


def _of_use(area: str) -> bool:
    """Areas that touch the headings, and cells merged down one column (a supplier over several bills)."""
    first, last = area.split(":")
    column, row = re.match(r"[A-Z]+", first), re.search(r"\d+", first)
    return row is not None and column is not None and (int(row[0]) <= _HEADING_ROWS or (last.startswith(column[0]) and last[len(column[0])].isdigit()))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _small_enough(archive: zipfile.ZipFile, file: str) -> None:
    for info in archive.infolist():
        for _ in _inflated(archive, info, file):
            pass


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str) -> Iterator[bytes]:
    """The part piece by piece; beyond a gigabyte, whatever its header claims, it is refused."""
    total = 0
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            if total > LARGEST_PART or info.file_size > LARGEST_PART:
                raise ImsXlError(f"{file} would unpack to more than {LARGEST_PART >> 20} MB in '{info.filename}'; no register does. Save only the register's sheet in a new workbook.")
            yield chunk
