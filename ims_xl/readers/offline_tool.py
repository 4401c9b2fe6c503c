"""The sheets of the GSTN IMS Offline Tool as they stand in its workbook: documents, and where Status, Remarks and declarations are to be written.

Columns are found by heading (one or two lines), since the tool's positions move with its versions; the hidden block of previous values repeats
the same headings further right, so that the leftmost of equals is the one a person fills.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from ims_xl.hosts.base import Host, SheetText
from ims_xl.portal_words import section_form, words
from ims_xl.readers.ims_sheet import find_heading
from ims_xl.readers.ims_sheet_rows import section_label, sheet_ledger
from ims_xl.readers.portal_headings import labels, lines_of, plain
from ims_xl.vocabulary import HEADS, ImsXlError, Section

_FORMULA: Final = re.compile(rb"<(?:\w+:)?formula1[^>]*>([^<]*)<")
_CELL_TEXT: Final = re.compile(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)<")
_HEAD_WORDS: Final = {"igst": ("integrated", "igst"), "cgst": ("central", "cgst"), "sgst": ("state", "sgst", "utgst"), "cess": ("cess",)}


@dataclass(frozen=True)
class ToolSheet:
    """One sheet of the tool. `columns`: action, remarks, reduction, reduce_igst.. -> sheet column; `heading_rows`: the row of each one's heading;
    `cells`: what stands in those columns now, aligned with `ledger`, whose `source_row` is the sheet row."""

    name: str
    ledger: pd.DataFrame
    columns: Mapping[str, int]
    heading_rows: Mapping[str, int]
    headings: Mapping[str, str]
    cells: pd.DataFrame
    area: tuple[int, int]
    """Last row and column of the table."""


def read_tool(host: Host) -> list[ToolSheet]:
    """The document sheets of the tool; a workbook that has none, or no Status column, is an ImsXlError."""
    sheets = []
    for info in host.sheets():
        if info.is_chart or not section_label(info.name):
            continue
        sheet = _tool_sheet(host.read(info.name), host.path.name)
        if sheet is not None:
            sheets.append(sheet)
    if not sheets:
        raise ImsXlError(f"{host.path.name} is not the IMS Offline Tool: it has no sheets B2B, B2B-CN ... with document headings.")
    if not any(len(sheet.ledger) for sheet in sheets):
        raise ImsXlError(f"{host.path.name} holds no documents yet: open the downloaded IMS JSON in it (Home sheet, 'Open Downloaded IMS JSON File'), save it, and run this again.")
    return sheets


def says_accepted(path: Path) -> bool | None:
    """Whether the tool's drop-downs offer `Accepted` and `Rejected` or `Accept` and `Reject`; None where neither stands in it.

    The lists stand in the sheets as text, or in cells of a sheet of lists: what the drop-down does not offer, the tool's Validate refuses.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        offered = [formula for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml") for formula in _FORMULA.findall(archive.read(name))]
        cells = _CELL_TEXT.findall(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
    for words_ in ({word.strip(b'" ').lower() for formula in offered for word in formula.replace(b"&quot;", b'"').split(b",")}, {cell.strip().lower() for cell in cells}):
        if (b"accepted" in words_) != (b"accept" in words_):
            return b"accepted" in words_
    return None


def _tool_sheet(text: SheetText, file: str) -> ToolSheet | None:
    heading = find_heading(text)
    if heading is None:
        return None
    frame = text.frame
    above = max(heading.position - 1, 0)
    made = labels(lines_of(frame, above, heading.position)) if heading.position else labels(lines_of(frame, heading.position, heading.position))
    numbers = [int(column) for column in frame.columns]
    found: dict[str, int] = {}
    wanted = {plain(text): name for name, texts in words()["tool_headings"].items() for text in texts}
    for place, label in enumerate(made):
        name = wanted.get(label.own, "")
        if name and name not in found and not label.group.startswith("previous") and not label.own.startswith("previous"):
            found[name] = place
    if "action" not in found:
        raise ImsXlError(f"{file}: sheet '{text.name}' has no Status column in its headings (row {int(frame.index[heading.position])}).")
    if section_form(Section(section_label(text.name))).declaration and "reduction" in found:
        for place in range(found["reduction"] + 1, min(found["reduction"] + 6, len(made))):
            head = next((head for head, starts in _HEAD_WORDS.items() if any(word in made[place].own for word in starts)), "")
            if head and f"reduce_{head}" not in found:
                found[f"reduce_{head}"] = place
    body = frame.iloc[heading.position + 1:]
    ledger, _ = sheet_ledger(body, dict(heading.columns), text.name)
    ledger = ledger.assign(section=section_label(text.name))
    at = body.reindex(ledger["source_row"].to_numpy())
    cells = pd.DataFrame({name: at[numbers[place]].str.strip().to_numpy(dtype=object) for name, place in found.items()}, index=pd.RangeIndex(len(ledger)))
    rows = {name: int(frame.index[heading.position if str(frame.iloc[heading.position, place]).strip() else above]) for name, place in found.items()}
    titles = {name: str(frame.iloc[heading.position, place]).strip() or str(frame.iloc[above, place]).strip() for name, place in found.items()}
    last = int(ledger["source_row"].max()) if len(ledger) else int(frame.index[heading.position])
    missing = [name for name in ("remarks", *(["reduction", *(f"reduce_{head}" for head in HEADS)] if section_form(Section(section_label(text.name))).declaration else [])) if name not in found]
    if "remarks" in missing:
        raise ImsXlError(f"{file}: sheet '{text.name}' has no Remarks column in its headings.")
    return ToolSheet(text.name, ledger, {name: numbers[place] for name, place in found.items()}, rows, titles, cells, (last, max(numbers[place] for place in found.values())))
