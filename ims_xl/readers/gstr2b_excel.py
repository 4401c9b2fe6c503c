"""The Excel download of a drawn GSTR-2B (29 sheets, older layouts too) -> the same Statement that its JSON gives.

Sheets are told by name, columns by heading (group and sub-heading, bands of amendments), periods and GSTIN by the Read me sheet, and the
four summary sheets become control totals. Files before November 2024 have a line per tax rate: the lines of a document are summed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.hosts.package.archive import Archive
from ims_xl.hosts.reading import BookReader
from ims_xl.readers.cleaning import to_dates, to_paise
from ims_xl.readers.gstr2b_excel_rows import SheetForm, sheet_documents
from ims_xl.readers.gstr2b_shape import Statement, frame_of
from ims_xl.readers.json_tokens import zip_members
from ims_xl.vocabulary import HEADS, ImsXlError, Problem

SHEETS: Final = {form.name: form for form in (
    *(SheetForm(name, "docdata", section) for name, section in (("b2b", "b2b"), ("b2ba", "b2ba"), ("b2bcdnr", "cdnr"), ("b2bcdnra", "cdnra"), ("cdnr", "cdnr"), ("cdnra", "cdnra"), ("eco", "ecom"),
                                                                ("ecoa", "ecoma"), ("isd", "isd"), ("isda", "isda"), ("impg", "impg"), ("impgsez", "impgsez"))),
    SheetForm("impga", "docdata", "impg", amended_entry=True), SheetForm("impgseza", "docdata", "impgsez", amended_entry=True), SheetForm("impgasez", "docdata", "impgsez", amended_entry=True),
    SheetForm("b2bitcreversal", "reversal", "b2b"), SheetForm("b2baitcreversal", "reversal", "b2ba"),
    SheetForm("b2bdnr", "reversal", "cdnr", note="Debit Note"), SheetForm("b2bdnra", "reversal", "cdnra", note="Debit Note", shifted=True),
    *(SheetForm(f"{name}rejected", "rejected", section) for name, section in (("b2b", "b2b"), ("b2ba", "b2ba"), ("b2bcdnr", "cdnr"), ("b2bcdnra", "cdnra"), ("eco", "ecom"), ("ecoa", "ecoma"),
                                                                              ("isd", "isd"), ("isda", "isda"))),
)}
_SUMMARIES: Final = {"itcavailable": "itcavl", "itcnotavailable": "itcunavl", "itcreversal": "itcrev", "itcrejected": "itcRejected"}
_GROUPS: Final = (("all other itc", "nonrevsup"), ("inward supplies from isd", "isdsup"), ("inward supplies liable for reverse charge", "revsup"),
                  ("inward supplies liable to reverse charge", "revsup"), ("itc reversal on account of rule 37a", "nonrevsup"), ("others", "othersup"))
_LEAVES: Final = {"b2b invoices": "b2b", "b2b invoices amendment": "b2ba", "b2b debit notes": "cdnr", "b2b debit notes amendment": "cdnra", "eco documents": "ecom", "eco documents amendment": "ecoma",
                  "isd invoices": "isd", "isd invoices amendment": "isda", "b2b credit notes": "cdnr", "b2b credit notes amendment": "cdnra", "b2b credit notes reverse charge": "cdnrrev",
                  "b2b credit notes reverse charge amendment": "cdnrarev", "isd credit notes": "isd", "isd credit notes amendment": "isda", "impg import of goods from overseas": "impg",
                  "impg amendment": "impga", "impgsez import of goods from sez": "impgsez", "impgsez amendment": "impgasez"}
_MONTHS: Final = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")


def read_2b_excel(path: Path) -> list[Statement]:
    """One Statement a workbook; a zip of workbooks gives several. What has none of the sheets is an ImsXlError."""
    data = path.read_bytes()
    if data[:4] != b"PK\x03\x04":
        return [_statement(path.name, _old_sheets(path))]
    members = [] if b"[Content_Types].xml" in data else zip_members(data, path.name, (".xlsx", ".xlsm"))
    if not members:
        return [_statement(path.name, _sheets(BookReader(Archive.from_bytes(data, path.name), path.name)))]
    return [_statement(f"{path.name}/{name}", _sheets(BookReader(Archive.from_bytes(inside, name), name))) for name, inside in members]


def _sheets(book: BookReader) -> Iterator[SheetText]:
    return (book.read(info.name) for info in book.sheets() if not info.is_chart and (_squeezed(info.name) in SHEETS or _squeezed(info.name) in _SUMMARIES or _squeezed(info.name) == "readme"))


def _old_sheets(path: Path) -> Iterator[SheetText]:
    """An .xls or .xlsb that somebody saved it as."""
    from ims_xl.readers.tables_old import old_sheets

    for sheet in old_sheets(path):
        name, frame = sheet.name, sheet.batch.to_pandas()
        frame = frame.astype("object").where(frame.notna(), "").astype("str")
        frame.columns, frame.index = pd.RangeIndex(1, frame.shape[1] + 1), pd.RangeIndex(1, len(frame) + 1)
        yield SheetText(name, frame)


def _statement(file: str, sheets: Iterator[SheetText]) -> Statement:
    problems: list[Problem] = []
    frames: list[pd.DataFrame] = []
    summary: dict[str, dict[str, int]] = {}
    gstin, period, generated, known = "", "", None, 0
    for sheet in sheets:
        name = _squeezed(sheet.name)
        known += name in SHEETS
        if name in SHEETS:
            frames.append(sheet_documents(sheet, SHEETS[name], file, problems))
        elif name in _SUMMARIES:
            summary |= _summary(sheet, _SUMMARIES[name])
        elif name == "readme":
            gstin, period, generated = _read_me(sheet, file, problems)
    if not known:
        raise ImsXlError(f"{file} has none of the sheets of a GSTR-2B download (B2B, B2B-CDNR, IMPG ...).")
    if not gstin:
        problems.append(Problem(file, "Read me", 0, "gstin", "the Read me sheet does not say whose GSTR-2B this is; it is taken for the client's"))
    frames = [frame for frame in frames if len(frame)]
    documents = pd.concat(frames, ignore_index=True) if frames else frame_of({}, 0)
    return Statement(file, gstin, period, generated, documents, summary, problems=problems)


def _read_me(sheet: SheetText, file: str, problems: list[Problem]) -> tuple[str, str, date | None]:
    """GSTIN, period and date of generation from the labels of the Read me sheet; the period is a financial year and a month's name."""
    said: dict[str, str] = {}
    for values in sheet.frame.head(30).itertuples(index=False):
        texts = [str(value).strip() for value in values if str(value).strip()]
        if len(texts) >= 2:
            said.setdefault(re.sub(r"[^a-z]+", " ", texts[0].lower()).strip(), texts[1])
    gstin = said.get("gstin", "").upper()
    year = re.search(r"(\d{4})", said.get("financial year", ""))
    months = [number for word in re.findall(r"[a-z]+", said.get("tax period", "").lower()) for number, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word)]
    period = ""
    if year and months:
        month = months[-1]
        period = f"{month:02d}{int(year[1]) + (month < 4)}"
    elif said.get("tax period"):
        problems.append(Problem(file, sheet.name, 0, "tax period", f"'{said.get('financial year', '')}' and '{said['tax period']}' are no financial year and month"))
    made, bad = to_dates(pd.Series([next((value for label, value in said.items() if label.startswith("date of generation")), "")], dtype="str"))
    return gstin, period, None if bad[0] or np.isnat(made[0]) else made[0].item().date()


def _summary(sheet: SheetText, block: str) -> dict[str, dict[str, int]]:
    """The rows of one summary sheet by path; rows are told by their heading below the section that they stand in."""
    columns = _summary_columns(sheet.frame)
    found: dict[str, dict[str, int]] = {}
    group = ""
    for position in range(len(sheet.frame)):
        row = sheet.frame.iloc[position]
        label = _heading(str(row.get(columns["heading"], "")))
        if not label:
            continue
        leaf = _LEAVES.get(label)
        section = next((name for words, name in _GROUPS if label.startswith(words)), "") or ("imports" if label == "import of goods" else "")
        if leaf and group:
            paise, bad = to_paise(pd.Series([str(row.get(columns[head], "")) for head in HEADS], dtype="str"))
            found[f"{block}.{group}.{leaf}"] = {head: 0 if wrong else int(value) for head, value, wrong in zip(HEADS, paise, bad)}
        elif section:
            group = section
    return found


def _summary_columns(frame: pd.DataFrame) -> dict[str, int]:
    """Where heading and heads stand: by the heading row, else as the portal has them (B, D to G)."""
    for position in range(min(len(frame), 12)):
        words = {_heading(str(text)): int(column) for column, text in zip(frame.columns, frame.iloc[position])}
        taxes = {head: column for text, column in words.items() for head, start in (("igst", "integrated tax"), ("cgst", "central tax"), ("sgst", "state ut tax"), ("cess", "cess")) if text.startswith(start)}
        if "heading" in words and len(taxes) == 4:
            return {"heading": words["heading"], **taxes}
    return {"heading": 2, "igst": 4, "cgst": 5, "sgst": 6, "cess": 7}


def _heading(text: str) -> str:
    """`B2B - Credit notes (Reverse charge)(Amendment)` -> `b2b credit notes reverse charge amendment`; the mark of IMS falls away."""
    words = re.sub(r"[^a-z0-9]+", " ", text.lower()).split()
    return " ".join(word for word in words if word != "ims")


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())
