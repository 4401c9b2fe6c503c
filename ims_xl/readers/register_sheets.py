"""Which sheets of a workbook are purchase registers: all that look like one, none that repeats another, nothing hidden beside a visible one.

`registers_among(tables, file)` gives them in the order of the workbook, and says which it left aside and why; `looks_like_register(text)`
scores one sheet (0: it is none). A workbook without any is refused with what was found instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.progress import Progress
from ims_xl.readers import tally_vouchers
from ims_xl.readers.headings import Headings, complete, find_headings, plain
from ims_xl.readers.register_columns import meanings_in
from ims_xl.readers.tables import Tables
from ims_xl.vocabulary import REGISTER_LEDGER, ImsXlError, Problem

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


def registers_among(tables: Tables, file: str, mapping: Mapping[str, str], progress: Progress) -> tuple[list[SheetText], list[Problem]]:
    """Every sheet that is a purchase register, in the order of the workbook, and a word on each that might have been one and was left aside."""
    names = tables.names
    ours = len({_bare(name) for name in names} & _OUR_TABS) >= 5
    scored: list[tuple[SheetText, int]] = []
    first: SheetText | None = None
    for place, name in enumerate(names):
        progress(f"Reading {file}", 0.1 + 0.5 * place / len(names))
        text = tables.read(name)
        first = text if first is None and not text.frame.empty else first
        score = looks_like_register(text, mapping, ours)
        if score:
            scored.append((text, score))
    if first is None:
        raise ImsXlError(f"{file} holds no rows; a purchase register with headings was expected.")
    if not scored:
        if not mapping:
            _refuse(first, file, names)
        return [first], []
    return _left_aside(scored, tables.hidden, file)


def _left_aside(scored: list[tuple[SheetText, int]], hidden: frozenset[str], file: str) -> tuple[list[SheetText], list[Problem]]:
    """Hidden sheets give way to visible ones, and sheets named after something else (sales, the portal, a summary) to those that are not."""
    told: list[Problem] = []
    named = frozenset(text.name for text, _ in scored if _OTHER_SHEET.search(_bare(text.name)))
    for apart, why in (
        (hidden, "is hidden and is not read; unhide it where its vouchers count"),
        (named, "is not read, because its name says that it holds something else than purchases; rename it where its vouchers count"),
    ):
        here = [pair for pair in scored if pair[0].name not in apart]
        if here and len(here) < len(scored):
            told += [Problem(file, text.name, 0, "", f"the sheet {why}") for text, _ in scored if text.name in apart]
            scored = here
    # A workbook that we made has its register in one sheet; what else looks like one there is a copy of it.
    own = [pair for pair in scored if pair[1] >= _OWN]
    return [text for text, _ in (own[:1] or scored)], told


def _bare(name: str) -> str:
    return " ".join(name.lower().replace("(ims)", "").split())


_OWN: Final = 120
_OTHER_SHEET: Final = re.compile(r"\b(sales?|outward|debtors?|customers?|gstr ?-?(1a?|2a|2b|3b)|2a|2b|ims|portal|pivot|summary|trial balance|old|backup|copy)\b")


def looks_like_register(text: SheetText, mapping: Mapping[str, str] = MappingProxyType({}), ours: bool = True) -> int:
    """0 where the sheet is no purchase register (IMS, GSTR-2B, sales, a summary, with `ours` a tab of ours); else the higher the surer."""
    name = _bare(text.name)
    if text.frame.empty or (ours and name in _OUR_TABS):
        return 0
    headings = find_headings(text.frame, text.merged)
    if headings is None:
        return 0
    found, layout = meanings_in(headings, mapping)
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
    score = 20 + 2 * len(fields & (set(REGISTER_LEDGER) | {"rate", "status", "base_ledger"})) + 6 * len(fields & _BOOKS_WORDS) + (30 if layout else 0) + (100 if own else 0)
    titles = " ".join([name, *(title.lower() for title in titles_of(text.frame, headings))])
    score += 25 * ("purchase" in titles or "inward" in titles) - 15 * portal
    if "purchase" not in titles and "inward" not in titles:
        score -= 200 * bool(_SALES_TITLE.search(titles) or (set(words) & _SALES and not layout))
    score -= 15 * (len(text.frame) == headings.last + 1)
    return max(0, score)


def _refuse(text: SheetText, file: str, sheets: tuple[str, ...]) -> None:
    """Says why no sheet is a purchase register; one whose columns are merely unknown is left to say which."""
    headings = find_headings(text.frame, text.merged)
    if headings is None or len(sheets) > 1:
        which = f"none of its sheets ({', '.join(sheets)[:200]}) looks like a purchase register" if len(sheets) > 1 else "no row of headings of a purchase register was found in the first 40 rows"
        raise ImsXlError(f"{file}: {which}; expected headings such as Supplier GSTIN, Invoice No, Invoice Date, Taxable Value, IGST, CGST, SGST.")
    if complete(headings):
        kind = "a register of sales" if _SALES_TITLE.search(" ".join(titles_of(text.frame, headings)).lower()) or {plain(t) for t in headings.texts} & _SALES else "a sheet of the portal (IMS or GSTR-2B)"
        raise ImsXlError(f"{file} looks like {kind}, not like a purchase register; give the books' purchase register.")


def titles_of(frame: pd.DataFrame, headings: Headings) -> list[str]:
    return [str(cell).strip() for row in frame.iloc[: headings.first].to_numpy(dtype=object) for cell in row if str(cell).strip()]


