"""Pairs that a person linked or separated: obeyed before anything is compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.matching.documents import Documents, Vouchers
from ims_xl.matching.hashing import arrow_text
from ims_xl.state import HandLinks
from ims_xl.vocabulary import SECTION_BY_KEY


@dataclass(frozen=True)
class Hand:
    """What a person decided, by position."""

    portal: np.ndarray
    """bool: documents linked by hand."""
    books: np.ndarray
    groups: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """Documents and vouchers linked by hand, one entry a result."""
    apart: np.ndarray
    """Sorted codes (see `pair_codes`) of pairs that must never be linked."""


NOTHING_APART: Final = np.zeros(0, dtype=np.int64)


def pair_codes(portal_rows: np.ndarray, voucher_rows: np.ndarray) -> np.ndarray:
    """One int64 a pair of positions."""
    return portal_rows.astype(np.int64) << 32 | voucher_rows.astype(np.int64)


def read_hand_links(ims: pd.DataFrame, register: pd.DataFrame, portal: Documents, vouchers: Vouchers, hand_links: HandLinks) -> Hand:
    """The hand links whose document and voucher both stand in the input; a document or voucher in several links joins them into one."""
    none = Hand(np.zeros(len(portal), dtype=bool), np.zeros(len(vouchers.documents), dtype=bool), (), np.zeros(0, dtype=np.int64))
    if not hand_links.linked and not hand_links.separated:
        return none
    documents_of: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(_keys(ims, portal)):
        documents_of[key].append(row)
    vouchers_of: dict[str, set[int]] = defaultdict(set)
    for voucher, name in zip(vouchers.of_line.tolist(), arrow_text(register["voucher_number"]).to_pylist()):
        vouchers_of[name].add(voucher)
    linked = [(p, b) for key, name in hand_links.linked for p in documents_of.get(key, ()) for b in vouchers_of.get(name, ())]
    apart = [(p, b) for key, name in hand_links.separated for p in documents_of.get(key, ()) for b in vouchers_of.get(name, ())]
    on_portal, in_books = none.portal.copy(), none.books.copy()
    for p, b in linked:
        on_portal[p], in_books[b] = True, True
    codes = np.sort(pair_codes(np.array([p for p, _ in apart], dtype=np.int64), np.array([b for _, b in apart], dtype=np.int64)))
    return Hand(on_portal, in_books, _connected(linked), codes)


def _keys(ims: pd.DataFrame, portal: Documents) -> list[str]:
    """`supplier GSTIN|section|NUMBER|financial year`, as the ledger has it or made from its columns."""
    if "key" in ims:
        keys: list[str] = arrow_text(ims["key"]).to_pylist()
        return keys
    labels = [SECTION_BY_KEY[s].value if s in SECTION_BY_KEY else s for s in arrow_text(ims["section"]).to_pylist()]
    columns = zip(arrow_text(ims["supplier_gstin"]).to_pylist(), labels, arrow_text(ims["document_number"]).to_pylist(), portal.year.tolist())
    return [f"{gstin}|{section}|{number.upper()}|{year}" for gstin, section, number, year in columns]


def _connected(linked: list[tuple[int, int]]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Links that share a document or a voucher, as one."""
    group_of: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for p, b in sorted(set(linked)):
        merged = group_of.get(("p", p), {("p", p)}) | group_of.get(("b", b), {("b", b)})
        for member in merged:
            group_of[member] = merged
    groups = {id(group): group for group in group_of.values()}.values()
    return tuple(sorted((tuple(sorted(n for side, n in g if side == "p")), tuple(sorted(n for side, n in g if side == "b"))) for g in groups))
