"""A workbook -> its kind, by sheet names and headings: GSTR-2B download, IMS Offline Tool, a book with an IMS sheet, or a register."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from ims_xl.vocabulary import ImsXlError

_GSTR2B_SHEETS: Final = frozenset({"read me", "itc available", "itc not available", "b2b-cdnr", "b2b-cdnra", "impgsez", "isda", "b2b(rejected)", "b2b (itc reversal)", "impga"})
_TOOL_SHEETS: Final = frozenset({"b2b", "b2ba", "b2b-dn", "b2b-dna", "b2b-cn", "b2b-cna", "eco", "ecoa"})


def workbook_kind(source: Path | BytesIO) -> str:
    """The FileKind value of a workbook; a locked or damaged one is an ImsXlError."""
    from ims_xl.readers.sheets import heads, open_workbook

    book = open_workbook(source)
    names = {name.strip().lower() for name in book.sheet_names}
    if len(names & _GSTR2B_SHEETS) >= 3:
        return "gstr2b_excel"
    if len(names & _TOOL_SHEETS) >= 3 and "b2b-cn" in names:
        return "offline_tool"
    from ims_xl.readers.ims_sheet import IMS_LIKE, looks_like_ims

    filled = 0
    for sheet in heads(book, rows=40):
        filled += int(sheet.frame.size > 0)
        if looks_like_ims(sheet) >= IMS_LIKE:
            return "ims_excel"
    return "register" if filled else "unknown"


__all__ = ["ImsXlError", "workbook_kind"]
