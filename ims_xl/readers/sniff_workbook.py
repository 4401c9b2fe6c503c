"""A workbook -> its kind, by sheet names and the headings near their tops: GSTR-2B, Offline Tool, a book with an IMS sheet, or a register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.readers.tables_guard import Guard, guarded_sheets, read_sparse
from ims_xl.readers.tables_old import old_sheets
from ims_xl.vocabulary import ImsXlError

HEAD_ROWS: Final = 60
MOST_SHEETS: Final = 40
_GSTR2B_SHEETS: Final = frozenset({"read me", "itc available", "itc not available", "b2b-cdnr", "b2b-cdnra", "impgsez", "isda", "b2b(rejected)", "b2b (itc reversal)", "impga"})
_TOOL_SHEETS: Final = frozenset({"b2b", "b2ba", "b2b-dn", "b2b-dna", "b2b-cn", "b2b-cna", "eco", "ecoa"})


def workbook_kind(source: Path | BytesIO) -> str:
    """The FileKind value of a workbook; a locked or damaged one is an ImsXlError."""
    from ims_xl.readers.ims_sheet import IMS_LIKE, looks_like_ims

    name = source.name if isinstance(source, Path) else "the workbook in the zip"
    names, heads = _opened(source, name)
    if len(names & _GSTR2B_SHEETS) >= 3:
        return "gstr2b_excel"
    if len(names & _TOOL_SHEETS) >= 3 and "b2b-cn" in names:
        return "offline_tool"
    filled = 0
    for sheet in heads:
        filled += sheet.frame.size > 0
        if looks_like_ims(sheet) >= IMS_LIKE:
            return "ims_excel"
    return "register" if filled else "unknown"


def _opened(source: Path | BytesIO, name: str) -> tuple[set[str], Iterator[SheetText]]:
    """The names of the sheets, and their heads one by one; what a zipped workbook's parts say is looked at before the reader makes room for them."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            zipped = stream.read(2) == b"PK"
    else:
        zipped = source.getvalue().startswith(b"PK")
    guards = guarded_sheets(source, name) if zipped else {}
    if guards:
        book = _open(source, name)
        return {_plain(sheet) for sheet in book.sheet_names}, _heads(book, source, guards)
    if not isinstance(source, Path):
        raise ImsXlError(f"{name} is of an old or binary kind; save it as .xlsx.")
    old = old_sheets(source)
    return {_plain(sheet.name) for sheet in old}, (_head(sheet.name, sheet.batch.slice(0, HEAD_ROWS).to_pandas()) for sheet in old[:MOST_SHEETS])


def _plain(sheet: object) -> str:
    return str(sheet).strip().lower()


def _open(source: Path | BytesIO, name: str) -> Any:
    import fastexcel

    try:
        return fastexcel.read_excel(source if isinstance(source, Path) else source.getvalue())
    except (fastexcel.FastExcelError, OSError, ValueError) as wrong:
        raise ImsXlError(f"{name} is a damaged or locked workbook; open it in Excel, save it without a password, and try again ({_short(wrong)}).") from None


def _heads(book: Any, source: Path | BytesIO, guards: Mapping[str, Guard]) -> Iterator[SheetText]:
    """The first rows of every sheet as text; a sheet that cannot be read (a chart) is passed over."""
    import fastexcel

    for name in book.sheet_names[:MOST_SHEETS]:
        if name in guards and guards[name].sparse:
            if isinstance(source, Path):
                yield read_sparse(source, name, guards[name])
            continue
        try:
            frame = book.load_sheet(name, header_row=None, n_rows=HEAD_ROWS, dtypes="string").to_pandas()
        except (fastexcel.FastExcelError, ValueError):
            continue
        yield _head(name, frame)


def _head(name: str, frame: pd.DataFrame) -> SheetText:
    frame = frame.astype("object").where(frame.notna(), "").astype("str")
    frame.columns = pd.RangeIndex(1, frame.shape[1] + 1)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return SheetText(name, frame)


def _short(wrong: Exception) -> str:
    return str(wrong).splitlines()[0][:120] if str(wrong) else type(wrong).__name__
