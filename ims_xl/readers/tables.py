"""A file with tables -> its sheets as text, whatever it is: .xlsx, .xlsm, .xls or text with separators, told by content, not by name.

`open_tables(path)` gives the sheet names and reads one at a time as `SheetText`: text stays text (`0012`, `1E5`), numbers stand in
their shortest form, dates as 2026-10-07, error cells as `#N/A`. Files built to exhaust memory are refused before they are unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.hosts.base import SheetText
from ims_xl.vocabulary import ImsXlError

LARGEST_FILE: Final = 1 << 30
LONGEST_TEXT: Final = 32_767
_ERRORS: Final[Mapping[str, str]] = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!", "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}


@dataclass(frozen=True)
class Tables:
    """The sheets of one file, visible ones first; a text file has one sheet named ""."""

    names: tuple[str, ...]
    read: Callable[[str], SheetText]
    kind: str = "workbook"
    hidden: frozenset[str] = frozenset()
    uncalculated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Sheet -> its cells with formulas that hold no value, because no spreadsheet ever calculated them."""


_FOREIGN: Final = {
    b"%PDF": "a PDF", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"II*\x00": "a picture", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7-Zip archive",
}


def open_tables(path: Path) -> Tables:
    """What the file holds; a locked, damaged, empty or foreign file is an ImsXlError."""
    path = Path(path)
    try:
        if path.is_dir():
            raise ImsXlError(f"{path.name} is a folder; give the purchase register itself.")
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as wrong:
        raise ImsXlError(f"{path.name} cannot be read: {wrong.strerror or wrong}.") from None
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ImsXlError(f"{path.name} is empty; a purchase register with headings was expected.")
    if size > LARGEST_FILE:
        raise ImsXlError(f"{path.name} has {size >> 20} MB; registers up to {LARGEST_FILE >> 20} MB are read. Export one month at a time.")
    if head.startswith(b"PK\x03\x04"):
        from ims_xl.readers.tables_guard import guarded_sheets

        guards = guarded_sheets(path)
        return _workbook(path, guards) if guards else _old_workbook(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _old_workbook(path)
    foreign = next((what for mark, what in _FOREIGN.items() if head.startswith(mark)), "")
    if foreign:
        raise ImsXlError(f"{path.name} is {foreign}; export the purchase register as Excel or CSV instead.")
    if head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] in (b"{", b"["):
        from ims_xl.readers.sniff import FileKind, sniff, what_takes

        kind = sniff(path)
        if kind not in (FileKind.REGISTER, FileKind.UNKNOWN):
            raise ImsXlError(f"{path.name} is not a purchase register: {what_takes(kind)}")
    from ims_xl.readers import tables_markup, tables_text

    if tables_markup.is_markup(head):
        sheets = {sheet.name: sheet for sheet in tables_markup.markup_sheets(path)}
        return Tables(tuple(sheets), lambda name: sheets[name], "markup")
    sheet = tables_text.read_text_table(path)
    return Tables(("",), lambda _: sheet, "text")


def _old_workbook(path: Path) -> Tables:
    from ims_xl.readers.tables_old import old_sheets

    sheets = {sheet.name: sheet for sheet in old_sheets(path)}
    if not sheets:
        raise ImsXlError(f"{path.name} has no sheet.")
    return Tables(tuple(sheets), lambda name: SheetText(name, _frame(sheets[name].batch, sheets[name].errors, 1)))


def _workbook(path: Path, guards: Mapping[str, Any]) -> Tables:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        names = list(book.sheet_names)
    except Exception as wrong:  # noqa: BLE001 - the reader has one error type per format; each means the same to the user
        raise _unreadable(path, wrong) from None
    if not names:
        raise ImsXlError(f"{path.name} has no sheet.")

    def read(name: str) -> SheetText:
        guard = guards.get(name)
        if guard is not None and guard.sparse:
            from ims_xl.readers.tables_guard import read_sparse

            return read_sparse(path, name, guard)
        try:
            sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            batch, errors = sheet.to_arrow_with_errors()
        except Exception as wrong:  # noqa: BLE001
            raise _unreadable(path, wrong, name) from None
        frame = _frame(batch, [(*error.position, error.detail) for error in errors.errors] if errors else [], guard.first_column if guard else 1)
        return SheetText(name, frame, guard.merged if guard else ())

    hidden = [name for name in names if name in guards and guards[name].hidden]
    return Tables(tuple(n for n in names if n not in hidden) + tuple(hidden), read, hidden=frozenset(hidden), uncalculated={name: guard.uncalculated for name, guard in guards.items() if guard.uncalculated})


def _frame(batch: Any, errors: Iterable[tuple[int, int, str]], first_column: int) -> pd.DataFrame:
    """Columns numbered as in the sheet, rows numbered from 1, every value text."""
    columns: dict[int, pd.Series] = {}
    wrong: dict[int, list[tuple[int, str]]] = {}
    for row, column, detail in errors:
        told = re.search(r"Error\((\w+)\)", detail)
        wrong.setdefault(column, []).append((row, _ERRORS.get(told[1], "#ERROR!") if told else "#ERROR!"))
    for place in range(batch.num_columns):
        values = _plain(batch.column(place).cast(pa.large_string()).fill_null(""))
        if place in wrong:
            mended = values.to_pylist()
            for row, text in wrong[place]:
                if row < len(mended):
                    mended[row] = text
            values = pa.array(mended, type=pa.large_string())
        columns[first_column + place] = pd.Series(pd.array(values, dtype="str"))
    frame = pd.DataFrame(columns)
    frame.index = pd.RangeIndex(1, batch.num_rows + 1)
    return frame


def _plain(values: Any) -> Any:
    """The reader's own spellings in ours: midnight is no time, 122999996 billionths is the nearest short number, true is TRUE."""
    if len(values) and pc.max(pc.binary_length(values)).as_py() > LONGEST_TEXT:
        values = pc.utf8_slice_codeunits(values, 0, LONGEST_TEXT)   # no spreadsheet keeps more in a cell
    if pc.any(pc.match_substring(values, " 00:00:00")).as_py():
        values = pc.replace_substring_regex(values, r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00$", r"\1")
    long = pc.match_substring_regex(values, r"^-?[0-9]+\.[0-9]{7,}$")
    if pc.any(long).as_py():
        values = pc.replace_with_mask(values, long, pa.array([_shortest(text) for text in values.filter(long).to_pylist()], type=values.type))
    truth = pc.is_in(values, value_set=pa.array(["true", "false"], type=values.type))
    return pc.replace_with_mask(values, truth, pc.utf8_upper(values.filter(truth))) if pc.any(truth).as_py() else values


def _shortest(text: str) -> str:
    """Only digits that a double can hold tell anything: 123456789.122999996 was typed as 123456789.123."""
    digits = sum(c.isdigit() for c in text.lstrip("-0."))
    if digits <= 15:
        return text
    number = repr(float(text))
    return number if "e" not in number else text


def _unreadable(path: Path, wrong: Exception, sheet: str = "") -> ImsXlError:
    told = (str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__).rpartition(": ")[2][:120]     # a reader names itself and its parts first
    if "ncrypt" in str(wrong) or "assword" in str(wrong):
        return ImsXlError(f"{path.name} is protected with a password; open it in Excel, save it without the password, and try again.")
    where = f", sheet '{sheet}'" if sheet else ""
    return ImsXlError(f"{path.name}{where} is a damaged or locked workbook; open it in Excel, save it again, and retry ({told}).")
