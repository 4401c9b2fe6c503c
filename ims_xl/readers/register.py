"""Any purchase register -> the REGISTER_LEDGER, one row per physical voucher line, and what could not be read.

`read_register(path, recipient_gstin)` finds the sheet and its headings by content; `read_register_sheet(text, file)` reads one sheet of a
workbook; `looks_like_register(text)` scores how surely a sheet is one (0: it is not). Whatever stands below the headings is accounted
for in `counts`: lines, totals, blanks, headings, words, set aside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.progress import Progress, silent
from ims_xl.readers import tally_vouchers
from ims_xl.readers.headings import Headings, Meaning, column_number, complete, find_headings, kinds, plain
from ims_xl.readers.register_columns import choose_columns, layout_of, meanings_in, shown
from ims_xl.readers.register_lines import ledger_of
from ims_xl.readers.register_rows import BAND, CONTINUATION, KIND_NAMES, LINE, UNREADABLE, Cells, classify
from ims_xl.vocabulary import ImsXlError, Problem

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
    """The register in a file (.xlsx .xlsm .xls .csv, Tally XML, Marg CSV); no sheet with the needed columns is an ImsXlError."""
    from ims_xl.readers import marg_csv, tally_xml
    from ims_xl.readers.tables import open_tables

    path = Path(path)
    progress(f"Reading {path.name}", 0.0)
    for special in (tally_xml.read, marg_csv.read):
        found = special(path)
        if found is not None:
            text, layout = found
            return replace(read_register_sheet(text, path.name, recipient_gstin, mapping, progress=progress), layout=layout)
    tables = open_tables(path)
    if sheet and sheet not in tables.names:
        raise ImsXlError(f"{path.name} has no sheet '{sheet}'; it has: {', '.join(tables.names)}.")
    best, best_score = None, 0
    names = (sheet,) if sheet else tables.names
    for place, name in enumerate(names):
        progress(f"Reading {path.name}", 0.1 + 0.5 * place / len(names))
        text = tables.read(name)
        score = 1 if sheet else looks_like_register(text)
        if score > best_score or (best is None and not text.frame.empty):
            best, best_score = text, score
    if best is None or best.frame.empty:
        raise ImsXlError(f"{path.name} holds no rows; a purchase register with headings was expected.")
    if best_score == 0 and not mapping:
        _refuse(best, path.name, tables.names)
    read = read_register_sheet(best, path.name, recipient_gstin, mapping, progress=progress)
    return _with_uncalculated(read, tables.uncalculated.get(best.name, ()), path.name)


def read_register_sheet(text: SheetText, file: str, recipient_gstin: str = "", mapping: Mapping[str, str] | None = None, progress: Progress = silent) -> RegisterFile:
    """The register in one sheet; headings without supplier GSTIN, number and an amount are an ImsXlError that says what was found."""
    mapping = dict(mapping or {})
    known = {int(label) for label in text.frame.columns}
    headings = find_headings(text.frame, text.merged)
    if headings is not None and (layout_of(headings.texts) or {}).get("name") == tally_vouchers.LAYOUT:
        text, headings = tally_vouchers.with_amounts(text, headings)
    headings = _complete(headings, text, file, mapping)
    found, layout = meanings_in(headings, mapping)
    body = _merged_down(text, headings, found)
    kinds = classify(body, _heading_lines(text.frame, headings), _cells(found))
    progress(f"Reading {file}", 0.7)
    told = np.isin(kinds, (LINE, CONTINUATION, BAND))
    lines = body[told]
    choice = choose_columns(headings, found, layout, lines[np.isin(kinds[told], (LINE, CONTINUATION))], recipient_gstin)
    made = ledger_of(lines, kinds[told], choice, headings.texts, _titles(text.frame, headings), file, text.name, recipient_gstin)
    progress(f"Reading {file}", 1.0)
    problems = [*(Problem(file, text.name, 0, name, message) for name, message in choice.problems), *made.problems]
    rows = body.index.to_numpy(dtype=np.int64)
    for row, place in zip(rows[kinds == UNREADABLE], np.flatnonzero(kinds == UNREADABLE)):
        words = " ".join(str(cell) for cell in body.iloc[place] if str(cell).strip())[:80]
        problems.append(Problem(file, text.name, int(row), "", f"this row has no supplier, document number or amount that can be read: {words}"))
    counts = {name: int((kinds == kind).sum()) for kind, name in KIND_NAMES.items()} | {"set aside": made.aside, "rows": len(body)}
    counts["lines"] = len(made.ledger) - counts["continuation lines"] if made.aside == 0 else len(made.ledger)
    labels = [int(label) for label in text.frame.columns]
    columns = {name: labels[places[0]] for name, places in (*choice.text.items(), *choice.money.items()) if places and labels[places[0]] in known}
    index = text.frame.index
    return RegisterFile(
        made.ledger, tuple(problems), shown(choice, headings, lines), text.name, int(index[headings.last]), choice.layout or "by headings", made.rows, columns,
        tuple(int(r) for r in index[headings.first:headings.last + 1]), int(rows[told][-1]) if told.any() else int(index[headings.last]), counts, signature(headings.texts),
    )


def signature(texts: tuple[str, ...]) -> str:
    """A hash of the comparable headings in their order."""
    import hashlib

    return hashlib.sha256("\x1f".join(plain(text) for text in texts).encode()).hexdigest()[:16]


_PORTAL_WORDS: Final = frozenset({
    "portal action", "source form", "filing status", "supplier period", "itc availability", "gstr 1 filing date", "gstr 1/5 filing date", "suggested action", "set by",
    "must decide by", "chase before", "register rows", "portal error", "reduce itc", "reduce igst", "applicable % of tax rate", "icegate reference date",
    "whether itc to be reduced", "irn source", "supplier filing date", "gstr 1 iff gstr 5 period", "gstr 1 iff gstr 1a gstr 5 period", "form type", "portal hash", "ims status",
})
_BOOKS_WORDS: Final = frozenset({"voucher_number", "voucher_type", "voucher_date", "itc_eligibility", "narration", "base_ledger", "receipt_date", "payment_date", "hsn", "status", "rate", "source_row"})
_OUR_TABS: Final = frozenset({
    "home", "settings", "rules", "ims", "not in ims", "credit notes", "amendments", "imports", "pending", "rejected", "default risk", "suppliers", "portal 2b", "gstr-2b", "gstr-3b",
    "tie-out", "log", "legend",
})
_SALES: Final = frozenset({"customer gstin", "gstin of customer", "customer gst no", "bill to gstin", "gstin uin of recipient", "receiver name", "customer code"})
_SALES_TITLE: Final = re.compile(r"\bsales? (register|book|report|invoices?|list|summary|voucher)|\boutward suppl|\bgstr ?-?1\b")


def looks_like_register(text: SheetText) -> int:
    """0 where the sheet is no purchase register (IMS, GSTR-2B, sales, a summary, a tab of ours); else the higher the surer."""
    name = " ".join(text.name.lower().replace("(ims)", "").split())
    if text.frame.empty or name in _OUR_TABS:
        return 0
    headings = find_headings(text.frame, text.merged)
    if headings is None:
        return 0
    found, layout = meanings_in(headings, {})
    if layout is not None and layout["name"] == tally_vouchers.LAYOUT and "supplier_gstin" in headings.fields:
        return 60
    if not complete(replace(headings, meanings=tuple(found))):
        return 0
    words = [plain(t) for t in headings.texts if t]
    portal = sum(w in _PORTAL_WORDS or "filing date" in w for w in words)
    own = layout is not None and layout["name"] == "ims-xl"
    if portal >= 2 and not own and not {"voucher_number", "voucher_type"} & {m.field for m in found if m}:
        return 0
    fields = {m.field for m in found if m}
    score = 20 + 2 * len(fields & (set(REGISTER_HEADINGS) | {"rate", "status", "base_ledger"})) + 6 * len(fields & _BOOKS_WORDS) + (30 if layout else 0) + (100 if own else 0)
    titles = " ".join([name, *(title.lower() for title in _titles(text.frame, headings))])
    score += 25 * ("purchase" in titles or "inward" in titles) - 15 * portal
    if "purchase" not in titles and "inward" not in titles:
        score -= 200 * bool(_SALES_TITLE.search(titles) or (set(words) & _SALES and not layout))
    score -= 15 * (len(text.frame) == headings.last + 1)
    return max(0, score)


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
    from ims_xl.readers.register_rows import GSTIN_FORM

    sample = body.iloc[: 500]
    return any(float(sample.iloc[:, p].str.fullmatch(GSTIN_FORM).mean()) > 0.4 for p in range(sample.shape[1])) if len(sample) else False


def _heading_lines(frame: pd.DataFrame, headings: Headings) -> list[list[str]]:
    return [[str(cell).strip() for cell in frame.iloc[place]] for place in range(headings.first, headings.last + 1)]


def _titles(frame: pd.DataFrame, headings: Headings) -> list[str]:
    return [str(cell).strip() for row in frame.iloc[: headings.first].to_numpy(dtype=object) for cell in row if str(cell).strip()]


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


def _with_uncalculated(read: RegisterFile, cells: tuple[str, ...], file: str) -> RegisterFile:
    """Formulas that no spreadsheet ever calculated are blank to every reader: that is said, or their tax would vanish in silence."""
    rows = {int(row) for row in read.rows}
    numbers = {column: name for name, column in read.columns.items()}
    lost = [cell for cell in cells if int(re.sub(r"\D", "", cell)) in rows and column_number(re.sub(r"\d", "", cell)) in numbers]
    if not lost:
        return read
    message = f"{len(lost)} cells hold formulas that were never calculated (the first is {lost[0]}) and count as blank; open the file in Excel, save it, and pull it again"
    problem = Problem(file, read.sheet, int(re.sub(r"\D", "", lost[0])), numbers[column_number(re.sub(r"\d", "", lost[0]))], message)
    return replace(read, problems=(problem, *read.problems))


def _refuse(text: SheetText, file: str, sheets: tuple[str, ...]) -> None:
    """Says why no sheet is a purchase register; one whose columns are merely unknown is left to say which."""
    headings = find_headings(text.frame, text.merged)
    if headings is None or len(sheets) > 1:
        which = f"none of its sheets ({', '.join(sheets)[:200]}) looks like a purchase register" if len(sheets) > 1 else "no row of headings of a purchase register was found in the first 40 rows"
        raise ImsXlError(f"{file}: {which}; expected headings such as Supplier GSTIN, Invoice No, Invoice Date, Taxable Value, IGST, CGST, SGST.")
    if complete(headings):
        kind = "a register of sales" if _SALES_TITLE.search(" ".join(_titles(text.frame, headings)).lower()) or {plain(t) for t in headings.texts} & _SALES else "a sheet of the portal (IMS or GSTR-2B)"
        raise ImsXlError(f"{file} looks like {kind}, not like a purchase register; give the books' purchase register.")
