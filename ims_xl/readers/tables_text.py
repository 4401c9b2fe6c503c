"""Text with separators -> a sheet of text: encoding, separator and quoting are found out, line numbers are those of the file.

UTF-8 with or without mark, UTF-16 and Windows-1252; comma, semicolon, tab or bar; a first line `sep=;` is obeyed.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.vocabulary import ImsXlError

SEPARATORS: Final = ",;\t|"
MOST_COLUMNS: Final = 2000
_SAMPLE_LINES: Final = 200


def read_text_table(path: Path) -> SheetText:
    """The file as one sheet named ""; its index holds file lines. No separators in it at all is an ImsXlError."""
    rows, lines = split_rows(path)
    width = max((len(row) for row in rows), default=0)
    if width > MOST_COLUMNS:
        raise ImsXlError(f"{path.name} has a line of {width} columns; registers up to {MOST_COLUMNS} are read.")
    if width < 2:
        raise ImsXlError(f"{path.name} has no columns: no line holds a comma, semicolon, tab or bar between values. Export the register as CSV or Excel.")
    padded = [row if len(row) == width else row + [""] * (width - len(row)) for row in rows]
    frame = pd.DataFrame(padded, index=pd.Index(lines, dtype="int64"), columns=pd.RangeIndex(1, width + 1), dtype="str")
    return SheetText("", frame)


def split_rows(path: Path) -> tuple[list[list[str]], list[int]]:
    """The records of the file and the line each one begins on."""
    text = decoded(path)
    offset = 0
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= 5:
        separator, text, offset = (first.strip()[4:] or "\t"), rest, 1
    else:
        separator = separator_of(text)
    csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1 + offset)
            before = reader.line_num
    except csv.Error as wrong:
        raise ImsXlError(f"{path.name}, line {before + 1 + offset}: the text cannot be split into columns ({wrong}).") from None
    return rows, lines


def decoded(path: Path) -> str:
    """The text of the file in whatever of the usual encodings it was written; NUL characters vanish."""
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace").replace("\x00", "")
    if raw[:3] == b"\xef\xbb\xbf":
        return raw[3:].decode("utf-8", errors="replace").replace("\x00", "")
    sample = raw[:4000]
    if len(sample) > 8 and sample[1::2].count(0) > len(sample) // 3:
        return raw.decode("utf-16-le", errors="replace")
    if len(sample) > 8 and sample[0::2].count(0) > len(sample) // 3:
        return raw.decode("utf-16-be", errors="replace")
    if b"\x00" in sample:
        raise ImsXlError(f"{path.name} is neither a workbook nor text; a purchase register as .xlsx, .xls or .csv was expected.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return text.replace("\x00", "")


def separator_of(text: str) -> str:
    """The separator that gives the most lines one and the same number of columns, more columns winning; quoted ones do not count."""
    sample = "\n".join(text.splitlines()[:_SAMPLE_LINES])
    best, most = ",", 0
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if len(row) > 1)
        except csv.Error:
            continue
        score = max((count * (width - 1) for width, count in widths.items()), default=0)
        if score > most:
            best, most = separator, score
    return best
