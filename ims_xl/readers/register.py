"""Any purchase register -> the REGISTER_LEDGER, one row per physical voucher line, and what could not be read.

`read_register(path, recipient_gstin)` finds the sheet and its headings by content; `read_register_sheet(text, file)` reads one sheet of a
workbook; `looks_like_register(text)` scores how surely a sheet is one (0: it is not). Whatever stands below the headings is accounted
for in `counts`: lines, totals, blanks, headings, words, set aside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.distinct import judged
from ims_xl.hosts.base import SheetText
from ims_xl.progress import Progress, silent
from ims_xl.readers import tally_vouchers
from ims_xl.readers.cleaning import cut_texts
from ims_xl.readers.headings import Headings, Meaning, column_number, complete, find_headings, kinds, meaning, plain
from ims_xl.readers.register_columns import choose_columns, layout_of, meanings_in, shown
from ims_xl.readers.register_lines import Lines, ledger_of
from ims_xl.readers.register_money import Amounts
from ims_xl.readers.register_notes import words_on_notes
from ims_xl.readers.register_rows import BAND, CONTINUATION, GSTIN_FORM, KIND_NAMES, LINE, UNREADABLE, Cells, classify, rows_where
from ims_xl.readers.register_sheets import looks_like_register, registers_among, titles_of
from ims_xl.readers.register_vouchers import name_vouchers
from ims_xl.vocabulary import AMOUNTS, ImsXlError, Problem

__all__ = ["REGISTER_HEADINGS", "RegisterFile", "looks_like_register", "read_register", "read_register_sheet", "signature"]

MOST_REPEATED: Final = 0.9
MOST_SECOND: Final = 500

REGISTER_HEADINGS: Final[Mapping[str, str]] = {
    "voucher_number": "Voucher number", "voucher_type": "Voucher type", "document_type": "Document type", "voucher_date": "Voucher date",
    "supplier_gstin": "Supplier GSTIN", "supplier_name": "Supplier name", "recipient_gstin": "Recipient GSTIN",
    "document_number": "Document number", "document_date": "Document date", "place_of_supply": "Place of supply", "reverse_charge": "Reverse charge",
    "document_value": "Document value", "taxable_value": "Taxable value", "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess",
    "itc_eligibility": "ITC eligibility", "receipt_date": "Receipt date", "payment_date": "Payment date", "original_number": "Original invoice number",
    "original_date": "Original invoice date", "supply_nature": "Registration type", "hsn": "HSN", "narration": "Narration", "port_code": "Port code",
    "source_file": "Source file", "source_sheet": "Source sheet", "source_row": "Source row",
}
"""The headings of our own `Purchase Register` sheet; they read back without loss."""


@dataclass(frozen=True)
class RegisterFile:
    """A register as read. `rows[i]` is the sheet row or file line of ledger row i, `columns` the sheet column of each field (the first one)."""

    ledger: pd.DataFrame
    problems: tuple[Problem, ...]
    mapping_shown: pd.DataFrame
    """One row a column: heading, field ("" = not used), how ("exact", "confirm" ...), score (0-100), sample."""
    sheet: str
    header_row: int
    layout: str
    rows: np.ndarray
    columns: Mapping[str, int] = field(default_factory=dict)
    header_rows: tuple[int, ...] = ()
    last_row: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    signature: str = ""
    """A hash of the headings in their order: the same layout next month has the same signature."""

    @property
    def physical_lines(self) -> int:
        return len(self.ledger)


def read_register(path: Path, recipient_gstin: str = "", mapping: Mapping[str, str] | None = None, sheet: str = "", progress: Progress = silent) -> RegisterFile:
    """The register in a file (.xlsx .xlsm .xls .csv, Tally XML, Marg CSV), all its sheets together; no sheet with the needed columns is an ImsXlError."""
    from ims_xl.readers import marg_csv, tally_xml
    from ims_xl.readers.tables import open_tables

    path, mapping = Path(path), dict(mapping or {})
    progress(f"Reading {path.name}", 0.0)
    for special in (tally_xml.read, marg_csv.read):
        found = special(path)
        if found is not None:
            text, layout = found
            return replace(read_register_sheet(text, path.name, recipient_gstin, mapping, progress=progress), layout=layout)
    tables = open_tables(path)
    if sheet and sheet not in tables.names:
        raise ImsXlError(f"{path.name} has no sheet '{sheet}'; it has: {', '.join(tables.names)}.")
    texts, problems = ([tables.read(sheet)], []) if sheet else registers_among(tables, path.name, mapping, progress)
    parts: list[_Part] = []
    refused: list[tuple[str, ImsXlError]] = []
    for text in texts:
        try:
            parts += [_with_uncalculated(part, tables.uncalculated.get(text.name, ()), path.name) for part in _parts(text, path.name, recipient_gstin, mapping)]
        except ImsXlError as wrong:
            refused.append((text.name, wrong))
    if not parts:
        raise refused[0][1]
    problems += [Problem(path.name, name, 0, "", f"the sheet is not read: {wrong}") for name, wrong in refused]
    parts, copies = _without_copies(parts, path.name)
    progress(f"Reading {path.name}", 1.0)
    return _together(parts, (*problems, *copies))


def read_register_sheet(text: SheetText, file: str, recipient_gstin: str = "", mapping: Mapping[str, str] | None = None, progress: Progress = silent) -> RegisterFile:
    """The register in one sheet; headings without supplier GSTIN, number and an amount are an ImsXlError that says what was found."""
    parts = _parts(text, file, recipient_gstin, dict(mapping or {}))
    progress(f"Reading {file}", 1.0)
    return _together(parts, ())


@dataclass(frozen=True)
class _Part:
    """One table of one sheet, its vouchers not yet named: that is done for all tables of a file together."""

    read: RegisterFile
    lines: Lines


def _parts(text: SheetText, file: str, recipient_gstin: str, mapping: Mapping[str, str]) -> list[_Part]:
    """The table of a sheet, and each further one that begins below it with other headings."""
    known = {int(label) for label in text.frame.columns}
    headings = find_headings(text.frame, text.merged)
    if headings is not None and (layout_of(headings.texts) or {}).get("name") == tally_vouchers.LAYOUT:
        text, headings = tally_vouchers.with_amounts(text, headings)
    headings = _complete(headings, text, file, mapping)
    found, layout = meanings_in(headings, mapping)
    second = _first_table_above(text, headings) or _second_table(text.frame, headings, found)
    if second:
        upper, lower = (SheetText(text.name, frame, text.merged) for frame in (text.frame.iloc[:second], text.frame.iloc[second:]))
        return [*_parts(upper, file, recipient_gstin, mapping), *_parts(lower, file, recipient_gstin, mapping)]
    body = _merged_down(text, headings, found)
    kinds = classify(body, _heading_lines(text.frame, headings), _cells(found))
    told = np.isin(kinds, (LINE, CONTINUATION, BAND))
    lines = rows_where(body, told)
    amounts = Amounts(rows_where(lines, kinds[told] != BAND))
    choice = choose_columns(headings, found, layout, amounts, recipient_gstin)
    titles = titles_of(text.frame, headings)
    number = choice.text.get("document_number")
    notes = words_on_notes(body, kinds, text.name, titles, headings.texts[number[0]] if number else "")
    made = ledger_of(lines, kinds[told], choice, amounts, headings.texts, titles, file, text.name, recipient_gstin, notes[told])
    problems = [*(Problem(file, text.name, 0, name, message) for name, message in choice.problems), *made.problems, *cut_texts(made.ledger, ("supplier_name", "document_number", "narration"))]
    rows = body.index.to_numpy(dtype=np.int64)
    for row, place in zip(rows[kinds == UNREADABLE], np.flatnonzero(kinds == UNREADABLE)):
        words = " ".join(str(cell) for cell in body.iloc[place] if str(cell).strip())[:80]
        problems.append(Problem(file, text.name, int(row), "", f"this row has no supplier, document number or amount that can be read: {words}"))
    counts = {name: int((kinds == kind).sum()) for kind, name in KIND_NAMES.items()} | {"set aside": made.aside, "rows": len(body)}
    counts["lines"] = len(made.ledger) - counts["continuation lines"] if made.aside == 0 else len(made.ledger)
    labels = [int(label) for label in text.frame.columns]
    columns = {name: labels[places[0]] for name, places in (*choice.text.items(), *choice.money.items()) if places and labels[places[0]] in known}
    index = text.frame.index
    return [_Part(RegisterFile(
        made.ledger, tuple(problems), shown(choice, headings, lines), text.name, int(index[headings.last]), choice.layout or "by headings", made.rows, columns,
        tuple(int(r) for r in index[headings.first:headings.last + 1]), int(rows[told][-1]) if told.any() else int(index[headings.last]), counts, signature(headings.texts),
    ), made)]


def _first_table_above(text: SheetText, headings: Headings) -> int:
    """Where these headings begin (with the line of words above them), when a table with lines of its own stands above; 0 where only titles do."""
    earlier = find_headings(text.frame.iloc[: headings.first], text.merged) if headings.first > 1 else None
    if earlier is None or not complete(earlier):
        return 0
    between = text.frame.iloc[earlier.last + 1 : headings.first]
    lines = np.zeros(len(between), dtype=bool)
    for place in range(between.shape[1]):
        lines |= between.iloc[:, place].str.fullmatch(GSTIN_FORM).to_numpy(dtype=bool)
    filled = (between != "").sum(axis=1).to_numpy()
    return _with_words_above(text.frame, headings.first, earlier.last) if (lines & (filled >= 4)).any() else 0


def _with_words_above(frame: pd.DataFrame, place: int, last: int) -> int:
    above = int((frame.iloc[place - 1].str.strip() != "").sum())
    return place - 1 if above == 1 and place - 1 > last else place


def _second_table(frame: pd.DataFrame, headings: Headings, found: Sequence[Meaning | None]) -> int:
    """Where a table with other headings begins below the first one (with the line of words above it); 0 where none does."""
    where = next((place for place, meant in enumerate(found) if meant is not None and meant.field == "supplier_gstin"), None)
    if where is None:
        return 0
    column = frame.iloc[headings.last + 1:, where].str.strip()
    strange = judged(column, lambda cells: ~cells.str.fullmatch(GSTIN_FORM) & (cells.str.len() > 2))
    for place in (np.flatnonzero(strange)[:MOST_SECOND] + headings.last + 1).tolist():
        row = tuple(" ".join(str(cell).split()) for cell in frame.iloc[place])
        if sum(one == other for one, other in zip(row, headings.texts) if one) >= 0.6 * sum(map(bool, row)):
            continue
        other = Headings(place, place, row, tuple(meaning(cell) for cell in row))
        exact = sum(m is not None and m.how == "exact" for m in other.meanings)
        if exact >= 5 and complete(other) and not any(re.fullmatch(r"[\d.,]+", cell) for cell in row):
            return _with_words_above(frame, int(place), headings.last)
    return 0


def _without_copies(parts: list[_Part], file: str) -> tuple[list[_Part], list[Problem]]:
    """A sheet whose lines nearly all stand in a longer one (all months together, a copy to work on) is not read a second time."""
    if len(parts) < 2:
        return parts, []
    kept: list[_Part] = []
    told: list[Problem] = []
    seen: dict[object, int] = {}
    for part in sorted(parts, key=lambda p: -len(p.read.ledger)):
        ledger = part.read.ledger
        keys = list(zip(*(ledger[name].to_numpy() for name in ("supplier_gstin", "document_number", "document_date", *AMOUNTS))))
        here = Counter(keys)
        repeated = sum(min(count, seen.get(key, 0)) for key, count in here.items())
        if kept and keys and repeated >= MOST_REPEATED * len(keys):
            told.append(Problem(file, part.read.sheet, 0, "", f"{repeated} of the sheet's {len(keys)} lines stand in the sheet '{kept[0].read.sheet}' as well; it is a copy and is not read a second time"))
            continue
        kept.append(part)
        for key, count in here.items():
            seen[key] = seen.get(key, 0) + count
    return [part for part in parts if any(part is one for one in kept)], told


def _together(parts: list[_Part], problems: tuple[Problem, ...]) -> RegisterFile:
    """All tables of a file as one register, every voucher named apart."""
    first = max(parts, key=lambda part: len(part.read.ledger))
    several = len(parts) > 1
    ledger = pd.concat([part.lines.ledger for part in parts], ignore_index=True) if several else first.lines.ledger
    rows = np.concatenate([part.lines.rows for part in parts])
    places = np.concatenate([np.char.add(f"{part.read.sheet} row " if several else "row ", part.lines.rows.astype(str)) for part in parts]) if len(rows) else rows
    rate, continued = np.concatenate([part.lines.rate for part in parts]), np.concatenate([part.lines.continued for part in parts])
    ledger = name_vouchers(ledger, rate, continued, places, own=all(part.read.layout == "ims-xl" for part in parts))
    sheets = list(dict.fromkeys(part.read.sheet for part in parts))
    counts = {name: sum(part.read.counts[name] for part in parts) for name in first.read.counts}
    mapping = pd.concat([part.read.mapping_shown for part in parts], ignore_index=True).drop_duplicates(["heading", "field", "how"], ignore_index=True) if several else first.read.mapping_shown
    return replace(
        first.read, ledger=ledger, rows=rows, problems=(*problems, *(problem for part in parts for problem in part.read.problems)), mapping_shown=mapping, counts=counts,
        sheet=", ".join(sheets), layout=", ".join(dict.fromkeys(part.read.layout for part in parts)),
    )


def signature(texts: tuple[str, ...]) -> str:
    """A hash of the comparable headings in their order."""
    import hashlib

    return hashlib.sha256("\x1f".join(plain(text) for text in texts).encode()).hexdigest()[:16]


def _complete(found: Headings | None, text: SheetText, file: str, mapping: Mapping[str, str]) -> Headings:
    where = f"{file}, sheet '{text.name}'" if text.name else file
    if found is None:
        raise ImsXlError(f"{where}: no row of headings was found in the first 40 rows; expected Supplier GSTIN, document number, and taxable value or tax.")
    told, _ = meanings_in(found, mapping)
    judged = replace(found, meanings=tuple(told))
    if not complete(judged):
        fields = judged.fields
        missing = [label for label, any_of in (
            ("supplier GSTIN", {"supplier_gstin", "boe_number"}), ("document number", {"document_number", "voucher_number", "boe_number"}),
            ("taxable value or tax", {"taxable_value", "base_ledger", "igst", "cgst", "sgst", "total_tax", "document_value"}),
        ) if not fields & any_of]
        body = text.frame.iloc[found.last + 1:]
        if missing == ["supplier GSTIN"] and _has_gstins(body):
            return found
        heads = ", ".join(t for t in found.texts if t)[:300]
        raise ImsXlError(f"{where}: no column for {' and '.join(missing)} among the headings of row {int(text.frame.index[found.last])} ({heads}); name the column in Settings, or give a register that has it.")
    return found


def _has_gstins(body: pd.DataFrame) -> bool:
    sample = body.iloc[: 500]
    return any(float(sample.iloc[:, p].str.fullmatch(GSTIN_FORM).mean()) > 0.4 for p in range(sample.shape[1])) if len(sample) else False


def _heading_lines(frame: pd.DataFrame, headings: Headings) -> list[list[str]]:
    return [[str(cell).strip() for cell in frame.iloc[place]] for place in range(headings.first, headings.last + 1)]


def _cells(found: Sequence[Meaning | None]) -> Cells:
    money_fields = {name for name, kind in kinds().items() if kind in ("amount", "tax")} | {"base_ledger", "stock_value", *(f"rcm_{h}" for h in ("igst", "cgst", "sgst", "cess"))}
    at: dict[str, list[int]] = {}
    for place, meant in enumerate(found):
        if meant is not None:
            at.setdefault(meant.field, []).append(place)
    return Cells(
        at.get("supplier_gstin", []), at.get("supplier_name", []) + at.get("supplier_code", []),
        [p for n in ("document_number", "voucher_number", "boe_number") for p in at.get(n, [])],
        [p for n in ("document_date", "voucher_date", "boe_date") for p in at.get(n, [])],
        [p for n, places in at.items() if n in money_fields for p in places],
    )


_WHO: Final = frozenset({"supplier_gstin", "supplier_name", "document_number", "document_date", "voucher_number", "voucher_date", "voucher_type", "document_type", "place_of_supply"})


def _merged_down(text: SheetText, headings: Headings, found: Sequence[Meaning | None]) -> pd.DataFrame:
    """The rows below the headings; a supplier or document merged over several rows stands in each of them."""
    body = text.frame.iloc[headings.last + 1:]
    places = {int(label): place for place, label in enumerate(text.frame.columns) if (meant := found[place]) is not None and meant.field in _WHO}
    header = int(text.frame.index[headings.last])
    fills: dict[int, list[tuple[int, int]]] = {}
    for area in text.merged:
        ends = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", area)
        if ends is not None and ends[1] == ends[3] and int(ends[2]) > header and column_number(ends[1]) in places:
            fills.setdefault(places[column_number(ends[1])], []).append((int(ends[2]), int(ends[4])))
    if not fills:
        return body
    body = body.copy()
    rows = body.index.to_numpy(dtype=np.int64)
    for place, areas in fills.items():
        cells = body.iloc[:, place].to_numpy(dtype=object).copy()
        for first, last in areas:
            start, end = np.searchsorted(rows, first), np.searchsorted(rows, last, side="right")
            if start < len(cells):
                cells[start:end] = cells[start]
        body.isetitem(place, pd.Series(cells, index=body.index, dtype="str"))
    return body


def _with_uncalculated(part: _Part, cells: tuple[str, ...], file: str) -> _Part:
    """Formulas that no spreadsheet ever calculated are blank to every reader: that is said, or their tax would vanish in silence."""
    read = part.read
    rows = {int(row) for row in read.rows}
    numbers = {column: name for name, column in read.columns.items()}
    lost = [cell for cell in cells if int(re.sub(r"\D", "", cell)) in rows and column_number(re.sub(r"\d", "", cell)) in numbers]
    if not lost:
        return part
    message = f"{len(lost)} cells hold formulas that were never calculated (the first is {lost[0]}) and count as blank; open the file in Excel, save it, and pull it again"
    problem = Problem(file, read.sheet, int(re.sub(r"\D", "", lost[0])), numbers[column_number(re.sub(r"\d", "", lost[0]))], message)
    return replace(part, read=replace(read, problems=(problem, *read.problems)))
