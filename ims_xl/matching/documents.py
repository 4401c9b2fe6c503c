"""Ledgers become documents to compare: one row a portal document, one row a voucher gathered from its lines.

Both sides get the same columns, so that one comparison serves both. Amounts are paise, positive as the supplier printed them;
`direction` says which way they count (+1 adds to the recipient's credit, -1 takes from it).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching.hashing import arrow_text, text_codes, together
from ims_xl.matching.numbers import NumberKeys, document_number_keys
from ims_xl.settings import Settings
from ims_xl.vocabulary import AMOUNTS, SECTION_BY_KEY, Section

NO_DAY: Final = np.int64(-(10**6))
"""Stands for a blank date in `day`."""

INVOICE, DEBIT_NOTE, CREDIT_NOTE, BILL_OF_ENTRY = 0, 1, 2, 3
PLACED, BLANK, OWN, FORMLESS = 0, 1, 2, 3
"""How a supplier GSTIN reads: of the usual form, blank, the recipient's own, anything else."""


@dataclass(frozen=True)
class Documents:
    """Columns of equal length; `row` is the position in the ledger (portal) or of the voucher (books)."""

    row: np.ndarray
    gstin: np.ndarray
    supplier: Any
    """The GSTIN as text."""
    pan: np.ndarray
    standing: np.ndarray
    recipient: np.ndarray
    name: np.ndarray
    kind: np.ndarray
    direction: np.ndarray
    doubtful_kind: np.ndarray
    """The direction is not certain: a positive `Credit Note` voucher may be the supplier's credit or debit note; an e-commerce operator's
    table holds documents of either kind."""
    day: np.ndarray
    posted: np.ndarray
    year: np.ndarray
    money: np.ndarray
    """int64 (rows, 5): taxable value, IGST, CGST, SGST, cess."""
    tax: np.ndarray
    value: np.ndarray
    """int64 paise: the value stated for the whole document, 0 where none is, or where a voucher has several lines."""
    reverse_charge: np.ndarray
    order: np.ndarray
    """uint64 of the whole content: breaks ties the same way whatever the order of the rows."""
    numbers: NumberKeys
    number: Any
    lone_number: np.ndarray
    """Portal only: no other document of the supplier, kind and financial year has this number (as the law wants it)."""
    lone_day: np.ndarray
    """Portal only: neither side has another document of the PAN with this taxable value on this day."""
    former: np.ndarray
    """Portal only: `money` of the original that this amendment replaces in the same input, -1 where there is none."""
    original: np.ndarray
    """Portal only: code of the runs of the original number of an amendment, 0 elsewhere."""

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: np.ndarray) -> Documents:
        """Those documents, in that order."""
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        parts: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            parts[item.name] = value[rows] if isinstance(value, np.ndarray) else value.take(rows if item.name == "numbers" else pa.array(rows))
        return Documents(**parts)


@dataclass(frozen=True)
class Vouchers:
    """The books' documents, and how their lines lie in the register."""

    documents: Documents
    of_line: np.ndarray
    """Voucher of every register line."""
    lines: np.ndarray
    """Number of lines of every voucher."""
    stated_outside: np.ndarray
    """bool: the register itself calls it unregistered, import of services, ISD or the like."""


def portal_documents(ims: pd.DataFrame, settings: Settings) -> Documents:
    """One document a row of the IMS ledger."""
    rows = len(ims)
    section = ledger_column(ims, "section")
    encoded = section.dictionary_encode()
    sections = [SECTION_BY_KEY.get(value) or Section(value) for value in encoded.dictionary.to_pylist()]
    kinds = np.array([_KIND_OF[s.document_type.value] for s in sections] or [0], dtype=np.int8)
    kind = kinds[np.asarray(encoded.indices)] if rows else np.zeros(0, dtype=np.int8)
    operator = np.array([s.value.startswith("ECO") for s in sections] or [False])[np.asarray(encoded.indices)] if rows else np.zeros(0, dtype=bool)
    money = ledger_money(ims)
    number = ledger_column(ims, "document_number")
    original = ledger_column(ims, "original_number" if "original_number" in ims else "original_document_number")
    amended = np.flatnonzero(np.asarray(pc.binary_length(original)) > 0)
    original_codes = np.zeros(rows, dtype=np.uint64)
    original_codes[amended] = document_number_keys(original.take(pa.array(amended)), settings).runs
    day = _days(ims, "document_date")
    return _documents(
        settings, row=np.arange(rows), supplier=ledger_column(ims, "supplier_gstin"), recipient=ledger_column(ims, "recipient_gstin"), name=ledger_column(ims, "supplier_name"),
        kind=kind, direction=np.where(kind == CREDIT_NOTE, -1, 1).astype(np.int8), doubtful=operator, day=day, posted=np.full(rows, NO_DAY),
        money=np.abs(money), value=np.abs(_stated_values(ims)), reverse=np.zeros(rows, dtype=bool), number=number, original=original_codes,
        content=(text_codes(section), original_codes, text_codes(ledger_column(ims, "supplier_period")), text_codes(ledger_column(ims, "hash")),
                 text_codes(ledger_column(ims, "place_of_supply")), text_codes(ledger_column(ims, "filing_status"))),
    )


def gather_vouchers(register: pd.DataFrame, settings: Settings, separate: np.ndarray | None = None) -> Vouchers:
    """Lines of one voucher number (and source file) become one voucher; lines marked `separate` keep apart by supplier and number."""
    voucher = voucher_codes(register)
    number, supplier = ledger_column(register, "document_number"), ledger_column(register, "supplier_gstin")
    if separate is not None and separate.any():
        voucher = np.where(separate, together(voucher, document_number_keys(number, settings).runs, text_codes(supplier)), voucher)
    money = ledger_money(register)
    _, first, of_line, lines = np.unique(voucher, return_index=True, return_inverse=True, return_counts=True)
    speaker = first.copy()   # the line whose words stand for the voucher
    several = np.flatnonzero(lines[of_line] > 1)
    if len(several):
        words = text_codes(number)[several]
        by_weight = several[np.lexsort((together(words, *(money[several, k] for k in range(5))), -np.abs(money[several, 0]), words == 0, of_line[several]))]
        heads = np.flatnonzero(np.r_[True, of_line[by_weight][1:] != of_line[by_weight][:-1]])
        speaker[of_line[by_weight[heads]]] = by_weight[heads]
    total = _sums(money, of_line, len(first))
    where = pa.array(speaker)
    buyers_view, suppliers_view = ledger_column(register, "voucher_type").take(where), ledger_column(register, "document_type").take(where)
    kind, doubtful = _kinds(buyers_view, suppliers_view, total)
    against = np.where(total[:, 0] != 0, total[:, 0], total[:, 1:].sum(axis=1)) < 0
    credit = (kind == CREDIT_NOTE) | against
    kind = np.where(against & (kind != BILL_OF_ENTRY), CREDIT_NOTE, kind).astype(np.int8)
    reverse = np.asarray(pc.equal(pc.ascii_upper(pc.utf8_slice_codeunits(ledger_column(register, "reverse_charge"), 0, 1)), "Y"))
    reverse_voucher = np.zeros(len(first), dtype=bool)
    reverse_voucher[of_line[reverse]] = True
    nature = pc.binary_join_element_wise(buyers_view, suppliers_view, ledger_column(register, "supply_nature").take(where), pa.scalar(" ", pa.large_string()))
    documents = _documents(
        settings, row=np.arange(len(first)), supplier=supplier.take(where), recipient=ledger_column(register, "recipient_gstin").take(where),
        name=ledger_column(register, "supplier_name").take(where), kind=kind, direction=np.where(credit, -1, 1).astype(np.int8), doubtful=doubtful & ~against,
        day=_days(register, "document_date")[speaker], posted=_days(register, "voucher_date")[speaker],
        money=np.where(against[:, None], -total, total), value=np.where(lines == 1, np.abs(_stated_values(register)[first]), 0), reverse=reverse_voucher, number=number.take(where), original=np.zeros(len(first), dtype=np.uint64),
        content=(voucher[speaker], text_codes(buyers_view)),
    )
    outside = np.asarray(pc.match_substring_regex(nature, _OUTSIDE))
    return Vouchers(documents, of_line.astype(np.int64), lines, outside)


def with_lone_numbers(portal: Documents, counted: np.ndarray) -> Documents:
    """The documents with `lone_number` told among those `counted` (copies and replaced originals do not count)."""
    code = together(portal.gstin, portal.kind, portal.year, portal.numbers.runs)
    _, inverse, counts = np.unique(code[counted], return_inverse=True, return_counts=True)
    lone = np.ones(len(portal), dtype=bool)
    lone[counted] = counts[inverse] == 1
    return replace(portal, lone_number=lone)


def with_lone_days(portal: Documents, books: Documents) -> Documents:
    """The documents with `lone_day` told from both sides."""
    on_portal = together(portal.pan, portal.day, (portal.money[:, 0] + 50) // 100)
    in_books, books_counts = np.unique(together(books.pan, books.day, (books.money[:, 0] + 50) // 100), return_counts=True)
    _, inverse, counts = np.unique(on_portal, return_inverse=True, return_counts=True)
    return replace(portal, lone_day=(counts[inverse] == 1) & ~np.isin(on_portal, in_books[books_counts > 1]))


def with_former_amounts(portal: Documents, successor: np.ndarray) -> Documents:
    """The documents with `former` told from the originals that their amendments replace."""
    originals = np.flatnonzero(successor >= 0)
    former = portal.former.copy()
    former[successor[originals]] = portal.money[originals]
    return replace(portal, former=former)


def financial_years(day: np.ndarray) -> np.ndarray:
    """The year in which the financial year of each day began; 0 for blank."""
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(day == NO_DAY, 0, (months - 3) // 12 + 1970)


_KIND_OF: Final = {"Invoice": INVOICE, "Debit Note": DEBIT_NOTE, "Credit Note": CREDIT_NOTE, "Bill of Entry": BILL_OF_ENTRY}
_OUTSIDE: Final = r"(?i)\b(?:import of services?|isd|input service distributor|unregistered|urd|composition|reverse charge|rcm|exempt|nil rated|non.?gst|self.?invoice)\b"
_GSTIN_FORM: Final = r"^[0-9]{2}[A-Z0-9]{10}[A-Z0-9]{3}$"
_NONE_GIVEN: Final = r"^(?:URP|URD|UNREGISTERED|UNREG|NA|NIL|NONE|NOTAVAILABLE|NOTREGISTERED|NOGSTIN|0+|X+|)$"


def _documents(settings: Settings, *, row: np.ndarray, supplier: Any, recipient: Any, name: Any, kind: np.ndarray, direction: np.ndarray, doubtful: np.ndarray,
               day: np.ndarray, posted: np.ndarray, money: np.ndarray, value: np.ndarray, reverse: np.ndarray, number: Any, original: np.ndarray,
               content: tuple[np.ndarray, ...]) -> Documents:
    keys = document_number_keys(number, settings)
    gstin, recipients = text_codes(supplier), text_codes(recipient)
    own = text_codes(pa.array([settings.gstin, *settings.other_gstins.replace(" ", "").split(",")], type=pa.large_string()))
    of_supplier, suppliers = _distinct(supplier)
    blank = np.asarray(pc.match_substring_regex(suppliers, _NONE_GIVEN))[of_supplier]
    standing = np.where(np.asarray(pc.match_substring_regex(suppliers, _GSTIN_FORM)), PLACED, FORMLESS)[of_supplier]
    standing = np.where((gstin == recipients) | np.isin(gstin, own[own != 0]), OWN, standing)
    standing = np.where(blank, BLANK, standing)
    gstin = np.where(blank, np.uint64(0), gstin)
    pan = np.where(standing == PLACED, text_codes(pc.utf8_slice_codeunits(suppliers, 2, 12))[of_supplier], gstin)
    of_name, as_written = _distinct(name)
    names = text_codes(pc.replace_substring_regex(pc.utf8_lower(as_written), r"[^a-z0-9]|private|limited|\bpvt\b|\bltd\b|\bm/s\.?|\bllp\b", ""))[of_name]
    return Documents(
        row=row.astype(np.int64), gstin=gstin, supplier=supplier, pan=pan, standing=standing.astype(np.int8), recipient=recipients, name=names, kind=kind, direction=direction,
        doubtful_kind=doubtful, day=day, posted=posted, year=financial_years(day).astype(np.int16), money=money, tax=money[:, 1:].sum(axis=1), value=value, reverse_charge=reverse,
        order=together(gstin, keys.written, day, *(money[:, k] for k in range(5)), names, posted, text_codes(number), text_codes(as_written)[of_name], recipients, *content), numbers=keys, number=number, original=original,
        lone_number=np.ones(len(row), dtype=bool), lone_day=np.zeros(len(row), dtype=bool), former=np.full((len(row), 5), -1, dtype=np.int64),
    )


def _distinct(text: Any) -> tuple[np.ndarray, Any]:
    """Position of each cell's value among the distinct values, and those: suppliers are some hundreds where the documents are thousands."""
    encoded = text.dictionary_encode()
    return np.asarray(encoded.indices), encoded.dictionary


def _kinds(buyers_view: Any, suppliers_view: Any, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Document kind in the supplier's view, and where a `Credit Note` voucher leaves it in doubt."""
    both = pc.binary_join_element_wise(buyers_view, suppliers_view, pa.scalar("\n", pa.large_string())).dictionary_encode()
    read = [_kind_of(value) for value in both.dictionary.to_pylist()] or [(INVOICE, False)]
    codes = np.asarray(both.indices)
    if not len(codes):
        return np.zeros(0, dtype=np.int8), np.zeros(0, dtype=bool)
    return np.array([kind for kind, _ in read], dtype=np.int8)[codes], np.array([doubt for _, doubt in read])[codes]


def _kind_of(both: str) -> tuple[int, bool]:
    buyer, supplier = both.lower().split("\n", 1)
    if supplier.strip():
        if "credit" in supplier:
            return CREDIT_NOTE, False
        if "debit" in supplier:
            return DEBIT_NOTE, False
        return (BILL_OF_ENTRY if "entry" in supplier or "import of goods" in supplier or "boe" in supplier else INVOICE), False
    if "debit" in buyer or "return" in buyer:
        return CREDIT_NOTE, False
    if "credit" in buyer:
        return DEBIT_NOTE, True
    return (BILL_OF_ENTRY if "entry" in buyer or ("import" in buyer and "service" not in buyer) else INVOICE), False


def _sums(money: np.ndarray, of_line: np.ndarray, vouchers: int) -> np.ndarray:
    total = np.zeros((vouchers, 5), dtype=np.int64)
    if len(of_line):
        order = np.argsort(of_line, kind="stable")
        total[:] = np.add.reduceat(money[order], np.flatnonzero(np.r_[True, np.diff(of_line[order]) != 0]), axis=0)
    return total


def voucher_codes(register: pd.DataFrame) -> np.ndarray:
    """One code a line: lines of one voucher number and source file share it."""
    voucher = text_codes(ledger_column(register, "voucher_number"))
    return together(voucher, text_codes(ledger_column(register, "source_file"))) if "source_file" in register else voucher


def ledger_column(frame: pd.DataFrame, name: str) -> Any:
    """A text column of a ledger as an Arrow array, blank where the ledger has none."""
    if name in frame:
        return arrow_text(frame[name])
    return pa.array([""], type=pa.large_string()).take(pa.array(np.zeros(len(frame), dtype=np.int64)))


def _days(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), NO_DAY)
    dates = frame[name].to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(dates), NO_DAY, dates.astype(np.int64))


def _stated_values(frame: pd.DataFrame) -> np.ndarray:
    return frame["document_value"].fillna(0).to_numpy(dtype=np.int64) if "document_value" in frame else np.zeros(len(frame), dtype=np.int64)


def ledger_money(frame: pd.DataFrame) -> np.ndarray:
    """int64 paise (rows, 5): taxable value and the four heads, 0 where the ledger has no such column."""
    return np.stack([frame[name].to_numpy(dtype=np.int64) if name in frame else np.zeros(len(frame), dtype=np.int64) for name in AMOUNTS], axis=1)
