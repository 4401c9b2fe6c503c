"""Tables that call themselves .xls but are HTML or Excel 2003 XML, as many accounting packages write them -> sheets of text."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from ims_xl.hosts.base import SheetText
from ims_xl.readers.tables_text import decoded
from ims_xl.vocabulary import ImsXlError

LARGEST_FILE: Final = 256 << 20
MOST_COLUMNS: Final = 2000
MOST_ROWS: Final = 1_048_576
_SPREADSHEET: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"


def is_markup(head: bytes) -> bool:
    """Whether a file begins as HTML or XML does."""
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return text.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"<workbook", b"<meta", b"<style", b"<head", b"<body", b"<div"))


def markup_sheets(path: Path) -> list[SheetText]:
    """The tables in the file that hold anything; XML that is neither of the two is an ImsXlError."""
    if path.stat().st_size > LARGEST_FILE:
        raise ImsXlError(f"{path.name} has {path.stat().st_size >> 20} MB; such files up to {LARGEST_FILE >> 20} MB are read. Save it as .xlsx.")
    text = decoded(path)
    if "urn:schemas-microsoft-com:office:spreadsheet" in text[:4096]:
        sheets = _spreadsheet(text, path)
    elif re.search(r"<table\b", text, re.IGNORECASE):
        sheets = _html(text)
    else:
        raise ImsXlError(f"{path.name} is XML or HTML without a table; a purchase register as .xlsx, .xls, .csv or Tally XML was expected.")
    found = [sheet for sheet in sheets if not sheet.frame.empty]
    if not found:
        raise ImsXlError(f"{path.name} holds no rows; a purchase register with headings was expected.")
    return found


def _spreadsheet(text: str, path: Path) -> list[SheetText]:
    """Excel 2003 XML: cells may skip columns and rows by ss:Index."""
    try:
        book = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as wrong:
        raise ImsXlError(f"{path.name} is damaged XML ({str(wrong)[:120]}); export it again.") from None
    sheets = []
    for sheet in book.iter(f"{_SPREADSHEET}Worksheet"):
        rows: dict[int, dict[int, str]] = {}
        at = 0
        for row in sheet.iter(f"{_SPREADSHEET}Row"):
            at = _index(row.get(f"{_SPREADSHEET}Index"), at + 1)
            place = 0
            for cell in row.findall(f"{_SPREADSHEET}Cell"):
                place = _index(cell.get(f"{_SPREADSHEET}Index"), place + 1)
                data = cell.find(f"{_SPREADSHEET}Data")
                value = "".join(data.itertext()) if data is not None else ""
                if data is not None and data.get(f"{_SPREADSHEET}Type") == "DateTime":
                    value = value.replace("T", " ").removesuffix(".000").removesuffix(" 00:00:00")
                if value and place <= MOST_COLUMNS and at <= MOST_ROWS:
                    rows.setdefault(at, {})[place] = value
                place += _index(cell.get(f"{_SPREADSHEET}MergeAcross"), 0)
        sheets.append(_sheet(sheet.get(f"{_SPREADSHEET}Name", ""), rows))
    return sheets


def _index(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 9 else otherwise


class _Tables(HTMLParser):
    """Rows of all tables one below the other; a cell over several columns counts once and leaves the others blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: dict[int, dict[int, str]] = {}
        self._row, self._place, self._span, self._depth = 0, 0, 1, 0
        self._cell: io.StringIO | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._close()
            self._row, self._place = self._row + 1, 0
        elif tag in ("td", "th"):
            self._close()
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), MOST_COLUMNS) if span.isdigit() and len(span) < 6 else 1
            self._cell = io.StringIO()
        elif tag == "br" and self._cell is not None:
            self._cell.write(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.write(data)

    def _close(self) -> None:
        if self._cell is None:
            return
        value = " ".join(self._cell.getvalue().split())
        if value and self._place < MOST_COLUMNS and self._row <= MOST_ROWS:
            self.rows.setdefault(self._row, {})[self._place + 1] = value
        self._place += self._span
        self._cell = None


def _html(text: str) -> list[SheetText]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [_sheet("", parser.rows)]


def _sheet(name: str, rows: dict[int, dict[int, str]]) -> SheetText:
    width = max((max(cells) for cells in rows.values() if cells), default=0)
    frame = pd.DataFrame({c: [cells.get(c, "") for cells in rows.values()] for c in range(1, width + 1)}, index=pd.Index(list(rows), dtype="int64"), dtype="str")
    return SheetText(name, frame)
