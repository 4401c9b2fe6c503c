"""One document sheet of the GSTR-2B workbook -> GSTR2B_LEDGER rows, columns found by heading.

A heading is its group and its own words ("Tax Amount" above "Integrated Tax"); on amendment sheets the band ("Original Details") tells the
first of two invoice numbers from the second. `B2B-DNRA` is the portal's own slip: its amounts stand one column right of their headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.portal_words import place_code, supply_type_code
from ims_xl.readers.cleaning import clean_text, to_dates, to_gstins, to_paise
from ims_xl.readers.gstr2b_shape import IDENTITY, ISD_TYPES, NOTE_TYPES, frame_of
from ims_xl.readers.ims_sheet_rows import period_code
from ims_xl.readers.json_values import yes_no
from ims_xl.readers.portal_headings import Label, labels, lines_of, plain
from ims_xl.vocabulary import AMOUNTS, Problem

HEADING_ROWS: Final = 15
MOST_PROBLEMS: Final = 200
_GROUP = re.compile(r"details|^tax amount|^amount|taxable value|distribution")
_KNOWN: Final = {
    "invoice number": "document_number", "note number": "document_number", "document number": "document_number", "isd document number": "document_number", "number": "document_number",
    "invoice date": "document_date", "note date": "document_date", "document date": "document_date", "isd document date": "document_date", "date": "document_date",
    "invoice value": "document_value", "note value": "document_value", "document value": "document_value", "invoice type": "supply_type", "note supply type": "supply_type",
    "document type": "supply_type", "note type": "document_type", "isd document type": "document_type", "trade legal name": "supplier_name", "trade legal name of the supplier": "supplier_name",
    "place of supply": "place_of_supply", "supply attract reverse charge": "reverse_charge", "supply attracts reverse charge": "reverse_charge", "reverse charge": "reverse_charge",
    "taxable value": "taxable_value", "integrated tax": "igst", "central tax": "cgst", "state ut tax": "sgst", "cess": "cess", "itc availability": "itc_available", "itc available": "itc_available",
    "eligibility of itc": "itc_available", "reason": "reason", "source": "source", "irn": "irn", "remarks": "remarks", "whether itc to be reduced": "reduction", "icegate reference date": "reference_date",
    "port code": "port_code", "type of amendment": "amendment_type", "original invoice number": "original_number", "original invoice date": "original_date", "rate": "rate",
}
_ORIGINALS: Final = {"document_number": "original_number", "document_date": "original_date", "document_type": "original_type", "supply_type": "original_type"}
_TAXES: Final = ("igst", "cgst", "sgst", "cess")


@dataclass(frozen=True, slots=True)
class SheetForm:
    """What a sheet holds, by its name without spaces and signs."""

    name: str
    block: str
    section: str
    amended_entry: bool = False
    note: str = ""
    shifted: bool = False


def sheet_documents(sheet: SheetText, form: SheetForm, file: str, problems: list[Problem]) -> pd.DataFrame:
    """The documents of one sheet; an empty sheet gives none, headings that cannot be found are a problem."""
    heading = _heading_rows(sheet.frame)
    if heading is None:
        if (sheet.frame.iloc[4:] != "").to_numpy().any():
            problems.append(Problem(file, sheet.name, 0, "headings", "the sheet has no row with 'GSTIN of supplier' or 'Icegate Reference Date'; nothing is read from it"))
        return frame_of({}, 0)
    first, last, band = heading
    columns = _columns(sheet.frame, first, last, band, form)
    return _Rows(sheet, form, file, problems, columns, sheet.frame.iloc[last + 1:]).frame()


def _heading_rows(frame: pd.DataFrame) -> tuple[int, int, int | None] | None:
    """Positions of the first and last heading line and of the band above them."""
    depth = min(len(frame), HEADING_ROWS)
    texts = [[plain(str(value)) for value in frame.iloc[position]] for position in range(depth)]
    anchor = next((position for position, line in enumerate(texts) if any(text.startswith("gstin of") or text == "icegate reference date" for text in line)), None)
    if anchor is None:
        return None
    first = last = anchor
    if anchor and any(_GROUP.search(text) and "original details" not in text and "revised details" not in text for text in texts[anchor - 1]) and sum(map(bool, texts[anchor - 1])) > 1:
        first = anchor - 1
    if anchor + 1 < depth:
        below = [text for text in texts[anchor + 1] if text]
        if below and sum(text in _KNOWN or text.endswith((" period", "filing date")) for text in below) >= 0.6 * len(below):
            last = anchor + 1
    band = next((position for position in range(first) if {"original details", "revised details"} & set(texts[position])), None)
    return first, last, band


def _columns(frame: pd.DataFrame, first: int, last: int, band: int | None, form: SheetForm) -> dict[str, int]:
    """Canonical name -> sheet column."""
    made = labels(lines_of(frame, first, last))
    numbers = [int(column) for column in frame.columns]
    amended = form.section in ("b2ba", "cdnra", "ecoma", "isda")
    gstin_at = next((place for place, label in enumerate(made) if label.own.startswith("gstin of")), 0)
    original = [amended and place < gstin_at for place in range(len(made))]
    if amended and band is not None:
        carried, original = "", []
        for text in lines_of(frame, band, band)[0]:
            carried = plain(text) or carried
            original.append(carried == "original details")
    found: dict[str, int] = {}
    for place, label in enumerate(made):
        name = _name_of(label)
        if original[place]:
            name = _ORIGINALS.get(name, "")
        if name and name not in found:
            found[name] = numbers[place]
    return _shifted(found) if form.shifted else found


def _name_of(label: Label) -> str:
    own, group = label.own, label.group
    if own.startswith("gstin of"):
        return "supplier_gstin"
    if own.endswith("filing date"):
        return "filed_on"
    if own.endswith(" period") or own == "period":
        return "supplier_period"
    if own.startswith("applicable %"):
        return "rate_percent"
    name = _KNOWN.get(own, "")
    if name in _TAXES and ("declared" in group or "reduction" in group):
        return f"reduce_{name}"
    return name


def _shifted(found: dict[str, int]) -> dict[str, int]:
    """The headings Rate, four taxes, Tax Amount stand over: nothing, taxable value, four taxes. Where they are in order nothing is moved."""
    if "taxable_value" in found or "rate" not in found or "igst" not in found:
        return found
    start = found["rate"] + 1
    return {**{name: column for name, column in found.items() if name != "rate"}, "taxable_value": start, **{tax: start + 1 + place for place, tax in enumerate(_TAXES)}}


class _Rows:
    def __init__(self, sheet: SheetText, form: SheetForm, file: str, problems: list[Problem], columns: dict[str, int], body: pd.DataFrame) -> None:
        self.sheet, self.form, self.file, self.problems, self.columns, self.body = sheet, form, file, problems, columns, body
        if form.shifted:
            self.columns = self._unshifted()
        self.body = self.body[self._documents()]
        self.numbers = self.body.index.to_numpy(dtype=np.int64)

    def frame(self) -> pd.DataFrame:
        rows, form = len(self.body), self.form
        if not rows:
            return frame_of({}, 0)
        entry, isd, note = form.section in ("impg", "impgsez"), form.section in ("isd", "isda"), form.section in ("cdnr", "cdnra")
        not_rcm = "N" if form.section in ("ecom", "ecoma") or form.block == "rejected" else ""
        values: dict[str, Any] = {
            "block": form.block, "section": form.section, "document_type": self._types(note, isd, entry),
            "amended": "Y" if form.amended_entry or (not entry and form.section.endswith("a")) else "N",
            "supplier_gstin": to_gstins(self._cells("supplier_gstin")), "supplier_name": self._text("supplier_name"),
            "document_number": self._text("document_number"), "document_date": self._days("document_date"),
            "place_of_supply": self._mapped("place_of_supply", place_code, "is no state"),
            "supply_type": self._mapped("supply_type", supply_type_code),
            "reverse_charge": self._mapped("reverse_charge", yes_no).replace("", not_rcm),
            # What IMS rejected had stood in IMS, where nothing barred by place of supply or time ever comes: the sheet leaves the column out.
            "itc_available": "Y" if entry else self._mapped("itc_available", _available).replace("", "Y" if form.block == "rejected" and not isd else ""),
            "reason": self._mapped("reason", _reason), "supplier_period": self._mapped("supplier_period", period_code), "filed_on": self._days("filed_on"),
            "original_number": self._text("original_number"), "original_date": self._days("original_date"), "original_type": self._original_types(note, isd),
            "port_code": self._text("port_code"), "reference_date": self._days("reference_date"), "amendment_type": self._mapped("amendment_type", _amendment),
            "rate_percent": self._mapped("rate_percent", _percent), "source": self._text("source"), "irn": self._text("irn"), "remarks": self._text("remarks"),
            "reduction": self._mapped("reduction", yes_no),
            "source_file": self.file, "source_sheet": self.sheet.name, "source_row": self.numbers,
        }
        for name in ("document_value", *AMOUNTS):
            values[name] = self._paise(name)
        for name in (f"reduce_{tax}" for tax in _TAXES):
            blank = (self._text(name) == "").to_numpy(dtype=bool) | (values["reduction"] != "Y").to_numpy(dtype=bool)
            values[name] = pd.arrays.IntegerArray(self._paise(name), blank)
        if entry:
            values["document_value"] = values["taxable_value"] + values["igst"] + values["cess"]
        made = frame_of(values, rows)
        return _summed(made) if "rate" in self.columns else made

    def _documents(self) -> np.ndarray:
        """Rows with a number; totals and blanks are none, a number without a supplier is a problem."""
        number = clean_text(self._cells("document_number")).to_numpy(dtype=object)
        supplier = clean_text(self._cells("supplier_gstin")).to_numpy(dtype=object)
        needs = self.form.section != "impg"
        total = np.array([str(text).lower().startswith(("total", "grand total")) for text in np.where(supplier != "", supplier, number)], dtype=bool)
        good = (number != "") & ~total & ((supplier != "") | (not needs))
        lost = ~good & ~total & ((number != "") | (supplier != ""))
        rows = self.body.index.to_numpy()
        for position in np.flatnonzero(lost)[:MOST_PROBLEMS]:
            what = "document number" if number[position] == "" else "supplier's GSTIN"
            self.problems.append(Problem(self.file, self.sheet.name, int(rows[position]), "document_number", f"the row is set aside: it has no {what}"))
        return np.asarray(good, dtype=bool)

    def _unshifted(self) -> dict[str, int]:
        """Some files have the amounts of B2B-DNRA from the Rate column on: where that one is filled, what adds up to the document's value is right."""
        columns = self.columns
        if "document_value" not in columns or "taxable_value" not in columns or not len(self.body):
            return columns
        earlier = {**columns, **{name: columns[name] - 1 for name in ("taxable_value", *_TAXES)}}
        rate = earlier["taxable_value"]
        if rate not in self.body.columns or not to_paise(self.body[rate].reset_index(drop=True).astype("str"))[0].any():
            return columns

        def gap(candidate: dict[str, int]) -> int:
            value, *parts = (to_paise(self.body[candidate[name]].reset_index(drop=True).astype("str"))[0] if candidate[name] in self.body.columns else np.zeros(len(self.body), dtype=np.int64)
                             for name in ("document_value", "taxable_value", *_TAXES))
            return int(np.abs(value - sum(parts)).sum())

        return earlier if gap(earlier) < gap(columns) else columns

    def _cells(self, name: str) -> pd.Series:
        column = self.columns.get(name)
        if column is None or column not in self.body.columns:
            return pd.Series([""] * len(self.body), dtype="str")
        return self.body[column].reset_index(drop=True).astype("str")

    def _text(self, name: str) -> pd.Series:
        return clean_text(self._cells(name)).astype("str")

    def _mapped(self, name: str, read: object, wrong: str = "") -> pd.Series:
        cells = self._text(name)
        assert callable(read)
        made = cells.map({text: read(text) if text else "" for text in cells.unique()}).astype("str")
        if wrong:
            self._report(((made == "") & (cells != "")).to_numpy(dtype=bool), name, cells, wrong)
        return made

    def _days(self, name: str) -> np.ndarray:
        cells = self._cells(name)
        days, bad = to_dates(cells)
        self._report(bad, name, cells, "is not a date; it is left blank")
        return days

    def _paise(self, name: str) -> np.ndarray:
        cells = self._cells(name)
        paise, bad = to_paise(cells)
        bad = bad | (paise < 0)
        self._report(bad, name, cells, "is not an amount that the portal writes; it counts 0.00")
        return np.where(bad, 0, paise)

    def _types(self, note: bool, isd: bool, entry: bool) -> pd.Series | str:
        if not note and not isd:
            return "Bill of Entry" if entry else "Invoice"
        if self.form.note:
            return self.form.note
        known = NOTE_TYPES if note else ISD_TYPES
        made = self._mapped("document_type", lambda text: known.get(text.upper(), ""), "is no document type of this sheet; the document counts as " + next(iter(known.values())))
        return made.replace("", next(iter(known.values())))

    def _original_types(self, note: bool, isd: bool) -> pd.Series:
        known = NOTE_TYPES if note else ISD_TYPES if isd else {}
        return self._mapped("original_type", lambda text: known.get(text.upper(), ""))

    def _report(self, bad: np.ndarray, name: str, cells: pd.Series, message: str) -> None:
        for position in np.flatnonzero(bad)[:MOST_PROBLEMS]:
            self.problems.append(Problem(self.file, self.sheet.name, int(self.numbers[position]), name, f"'{str(cells.iloc[position])[:60]}' {message}"))


def _summed(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a document where the sheet has one a rate: amounts added, everything else from the first line."""
    by = [*IDENTITY, "original_number"]
    groups = frame.groupby(by, dropna=False, sort=False)
    if groups.ngroups == len(frame):
        return frame
    place = groups.ngroup().to_numpy()
    first = ~pd.Series(place).duplicated().to_numpy()
    sums = frame[list(AMOUNTS)].groupby(place).sum()
    made = frame[first].reset_index(drop=True)
    return made.assign(**{name: sums[name].to_numpy() for name in AMOUNTS})


def _available(text: str) -> str:
    return yes_no(text) or ("T" if text.lower().startswith("t") else "")


def _reason(text: str) -> str:
    lowered = text.lower()
    if lowered in ("p", "c"):
        return text.upper()
    if re.search(r"\bpos\b", lowered) or "place of supply" in lowered or "supplier state" in lowered:
        return "P"
    return "C" if "cut" in lowered or "annual" in lowered or "16(4)" in lowered else text


def _amendment(text: str) -> str:
    return {"amendment": "A", "cancellation": "D", "deletion": "D", "addition": "G"}.get(text.lower(), text)


def _percent(text: str) -> str:
    """`100%` -> "" (the full rate), `65%` and `0.65` -> "0.65"."""
    try:
        value = float(text.rstrip("% "))
    except ValueError:
        return text
    share = value / 100 if text.endswith("%") or value > 1 else value
    return "" if share == 1 else f"{share:g}"
