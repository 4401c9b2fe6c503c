"""CSV files as strangers write them become columns of text: any common encoding and separator, a `sep=;` line in front, lines of another length.

`read_csv(path, known)` is the table, the headings as they stand, and the lines whose number of fields is wrong. Arrow cuts the lines where all have the
same length; else they are cut one by one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ims_xl.vocabulary import ImsXlError, Problem

_IN_FRONT: Final = re.compile(rb'(?:[ \t]*\r?\n)*(?:"?sep=[^\r\n]"?[ \t]*\r?\n)?(?:[ \t]*\r?\n)*', re.IGNORECASE)
"""What may stand before the headings: blank lines, and the line by which Excel is told the separator."""

_NO_TEXT: Final = {b"PK\x03\x04": "an Excel workbook or another zip file", b"PAR1": "a Parquet file", b"%PDF": "a PDF file", b"{": "a JSON file", b"<": "an HTML or XML page"}


def read_csv(path: Path, known: Collection[str]) -> tuple[Any, list[str], list[Problem]]:
    """The known columns as Arrow text, all headings, and a problem for each line with too many or too few fields."""
    data, skipped = _table_in(path)
    for mark, what in _NO_TEXT.items():
        if data.startswith(mark):
            raise ImsXlError(f"{path.name} is {what} by its content, whatever its ending says; save it as CSV or name it rightly.")
    if not data.strip():
        raise ImsXlError(f"{path.name} is empty; expected a table with headings in its first line.")
    try:
        separator, headings = _headings(data, known)
        _check_quotes(data, separator, skipped, path)
        wanted = wanted_columns(headings, known, path)
        if not wanted:
            return pa.table({}), headings, []
        types = {heading: pa.large_string() for heading in wanted}
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(data), parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=b'"' in data),
                convert_options=arrow_csv.ConvertOptions(column_types=types, include_columns=list(wanted), strings_can_be_null=False, quoted_strings_can_be_null=False))
            return table.rename_columns([wanted[name] for name in table.column_names]), headings, []
        except (pa.ArrowInvalid, KeyError):
            table, problems = _ragged(data, separator, skipped, headings, wanted, path)
            return table, headings, problems
    except csv.Error as wrong:
        raise ImsXlError(f"{path.name}: the text cannot be split into columns ({wrong}).") from None


def wanted_columns(headings: Sequence[str], known: Collection[str], path: Path) -> dict[str, str]:
    """Heading in the file -> column name, for the columns we know."""
    wanted: dict[str, str] = {}
    for heading in headings:
        name = heading.strip().lower()
        if name in known:
            if name in wanted.values():
                raise ImsXlError(f"{path.name}: the heading '{name}' stands there twice; keep one.")
            wanted[heading] = name
    return wanted


def line_of_rows(path: Path, known: Collection[str], rows: int) -> np.ndarray:
    """The file's line on which each row begins: not row + 2 where cells hold line breaks or blank lines stand between."""
    data, skipped = _table_in(path)
    plain = np.arange(rows, dtype=np.int64) + 2 + skipped
    if data.count(b"\n") + (not data.endswith(b"\n")) == rows + 1:
        return plain
    lines = [line for line, _ in _records(data, _headings(data, known)[0], skipped)][1:]
    return np.array(lines, dtype=np.int64) if len(lines) == rows else plain


def _table_in(path: Path) -> tuple[bytes, int]:
    """The table's text in UTF-8, and the number of lines in front of it."""
    data = _in_utf8(path.read_bytes())
    in_front = _IN_FRONT.match(data)
    return (data[in_front.end():], in_front[0].count(b"\n")) if in_front else (data, 0)


def _in_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 without a mark in front, whichever of the encodings that spreadsheets write it came in."""
    # Text with headings in Latin letters has a nought in every second byte where it is UTF-16, also where no mark says so.
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        data = data.decode("utf-32", errors="replace").encode("utf-8")
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode("utf-8")
    elif data[1:8:2] == b"\0\0\0\0" and b"\0" not in data[:8:2]:
        data = data.decode("utf-16-le", errors="replace").encode("utf-8")
    elif data[:8:2] == b"\0\0\0\0" and b"\0" not in data[1:8:2]:
        data = data.decode("utf-16-be", errors="replace").encode("utf-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        data = data.decode("cp1252", errors="replace").encode("utf-8")
    return data.removeprefix(b"\xef\xbb\xbf") if b"\n" in data else data.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n")


def _headings(data: bytes, known: Collection[str]) -> tuple[str, list[str]]:
    """The separator under which the first line has most headings that we know, and those headings."""
    first = data[: 1 << 16].decode("utf-8", errors="ignore")
    readings = [(separator, next(csv.reader(io.StringIO(first, newline=""), delimiter=separator), [])) for separator in ",;\t|"]
    return max(readings, key=lambda reading: sum(heading.strip().lower() in known for heading in reading[1]))


def _records(data: bytes, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the file's line on which it begins."""
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=separator)
    begins = 1
    for fields in reader:
        if fields:
            yield begins + skipped, fields
        begins = reader.line_num + 1


def _check_quotes(data: bytes, separator: str, skipped: int, path: Path) -> None:
    """ImsXlError where a quotation mark is never closed: all lines after it would vanish into one cell.

    A lone mark may also stand for inches inside a cell; then the last record still ends with its line.
    """
    if data.count(b'"') % 2 == 0:
        return
    last, begins = skipped, skipped + 1
    for line, fields in _records(data, separator, skipped):
        last, begins = line + sum(field.count("\n") for field in fields), line
    if last > begins:
        raise ImsXlError(f"{path.name}, line {begins}: a quotation mark is opened there and never closed, so that the lines after it cannot be told apart; mend that line.")


def _ragged(data: bytes, separator: str, skipped: int, headings: list[str], wanted: dict[str, str], path: Path) -> tuple[Any, list[Problem]]:
    """Line by line, for a file with lines of another length: short ones are filled with blanks, longer ones cut, both reported."""
    problems: list[Problem] = []
    columns: dict[str, list[str]] = {name: [] for name in wanted.values()}
    places = {name: headings.index(heading) for heading, name in wanted.items()}
    records = _records(data, separator, skipped)
    next(records)
    for line, fields in records:
        if len(fields) != len(headings):
            if len(fields) < len(headings) or any(text.strip() for text in fields[len(headings):]):
                problems.append(Problem(path.name, "", line, "", f"has {len(fields)} fields where the headings are {len(headings)}"))
            fields = fields[: len(headings)] + [""] * (len(headings) - len(fields))
        for name, place in places.items():
            columns[name].append(fields[place])
    return pa.table({name: pa.array(values, type=pa.large_string()) for name, values in columns.items()}), problems
