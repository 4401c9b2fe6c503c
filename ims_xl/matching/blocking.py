"""Which pairs are worth comparing: those that share a key - a number, a serial, an amount, a day - within one supplier or,
for what is left over, within the whole company.

A key shared by very many documents tells nothing and is skipped (its `cap`); such documents still meet under finer keys.
"""

from __future__ import annotations

import numpy as np

from ims_xl.matching.documents import NO_DAY, Documents
from ims_xl.matching.hashing import together
from ims_xl.matching.numbers import CloserKeys
from ims_xl.settings import Settings

Pairs = tuple[np.ndarray, np.ndarray]


def pairs_on(portal: np.ndarray, books: np.ndarray, cap: int) -> Pairs:
    """Positions (portal, books) of all pairs with one code, codes of more than `cap` pairs and code 0 left out."""
    p_order, b_order = np.argsort(portal, kind="stable"), np.argsort(books, kind="stable")
    p_code, p_start, p_count = _runs(portal[p_order])
    b_code, b_start, b_count = _runs(books[b_order])
    _, p_at, b_at = np.intersect1d(p_code, b_code, assume_unique=True, return_indices=True)
    few = (p_count[p_at] * b_count[b_at] <= cap) & (p_code[p_at] != 0)
    p_at, b_at = p_at[few], b_at[few]
    per_block = p_count[p_at] * b_count[b_at]
    block = np.repeat(np.arange(len(p_at)), per_block)
    within = np.arange(len(block)) - np.repeat(np.cumsum(per_block) - per_block, per_block)
    width = b_count[b_at][block]
    return p_order[p_start[p_at][block] + within // width], b_order[b_start[b_at][block] + within % width]


def singles_on(portal: np.ndarray, books: np.ndarray) -> Pairs:
    """Pairs whose code occurs once on either side."""
    return pairs_on(portal, books, 1)


def candidates_within_supplier(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, settings: Settings) -> Pairs:
    """Pairs of one PAN that share a number in any reading, an amount, or a day."""
    p, b = portal.pan, books.pan
    found = [
        _pairs((p, portal.numbers.runs), (b, books.numbers.runs), 400),
        _pairs((p, portal.numbers.plain), (b, books.numbers.plain), 400),
        _pairs((p, portal.original), (b, books.numbers.runs), 400),
        _pairs((p, portal_keys.unyeared), (b, books_keys.unyeared), 400),
        _pairs((p, portal_keys.serial), (b, books_keys.serial), 400),
        _pairs((p, portal_keys.folded), (b, books_keys.folded), 400),
        _pairs((p, portal_keys.unyeared), (b, books_keys.stem), 400),
        _pairs((p, portal_keys.serial), (b, books_keys.stem), 400),
        _pairs((p, portal.numbers.plain), (b, books_keys.plain_stem), 400),
        *_amount_pairs((p,), (b,), portal, books, settings, 600),
        *_amount_pairs((p, portal.day), (b, books.day), portal, books, settings, 600),
        *_amount_pairs((p, _months(portal.day)), (b, _months(books.day)), portal, books, settings, 600),
        _pairs((p, portal.tax), (b, books.tax), 100, portal.tax > 0, books.tax > 0),
        _pairs((p, portal.day), (b, books.day), 64, portal.day != NO_DAY, books.day != NO_DAY),
    ]
    return _distinct(found, len(books))


def candidates_across_suppliers(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, alias: np.ndarray, settings: Settings) -> Pairs:
    """Pairs of the whole company; `alias` is the GSTIN a books' GSTIN is probably a slip for (0 = none)."""
    everyone_p, everyone_b = np.ones(len(portal), dtype=np.uint64), np.ones(len(books), dtype=np.uint64)
    long_p, long_b = portal_keys.serial_length >= 4, books_keys.serial_length >= 4
    found = [
        *_amount_pairs((everyone_p, portal.day), (everyone_b, books.day), portal, books, settings, 64),
        *_amount_pairs((everyone_p, portal_keys.serial), (everyone_b, books_keys.serial), portal, books, settings, 64, portal_keys.serial_length > 0, books_keys.serial_length > 0),
        *_amount_pairs((everyone_p, portal.name), (everyone_b, books.name), portal, books, settings, 64, portal.name != 0, books.name != 0),
        *_amount_pairs((everyone_p, portal.tax), (everyone_b, books.tax), portal, books, settings, 16),
        _pairs((portal.numbers.runs,), (books.numbers.runs,), 16, long_p, long_b),
        _pairs((portal.numbers.plain,), (books.numbers.plain,), 16, long_p, long_b),
        _pairs((portal_keys.unyeared,), (books_keys.unyeared,), 16, long_p, long_b),
        _pairs((portal.name, portal_keys.serial), (books.name, books_keys.serial), 64, portal.name != 0, books.name != 0),
        _pairs((portal.name, portal.day), (books.name, books.day), 36, (portal.name != 0) & (portal.day != NO_DAY), (books.name != 0) & (books.day != NO_DAY)),
        *_amount_pairs((portal.gstin,), (alias,), portal, books, settings, 400, portal.gstin != 0, alias != 0),
        _pairs((portal.gstin, portal_keys.serial), (alias, books_keys.serial), 100, portal.gstin != 0, alias != 0),
        _pairs((portal.gstin, portal.numbers.runs), (alias, books.numbers.runs), 100, portal.gstin != 0, alias != 0),
        _pairs((portal.gstin, portal.day), (alias, books.day), 64, portal.gstin != 0, alias != 0),
    ]
    return _distinct(found, len(books))


def _amount_pairs(portal_parts: tuple[np.ndarray, ...], books_parts: tuple[np.ndarray, ...], portal: Documents, books: Documents, settings: Settings, cap: int,
                  portal_where: np.ndarray | None = None, books_where: np.ndarray | None = None) -> list[Pairs]:
    """Pairs whose taxable values differ by no more than the tolerance: equal steps, or neighbouring ones."""
    step = max(100, settings.taxable_tolerance)
    portal_step, books_step = portal.money[:, 0] // step, books.money[:, 0] // step
    return [_pairs((*portal_parts, portal_step), (*books_parts, books_step + shift), cap, portal_where, books_where) for shift in (-1, 0, 1)]


def _pairs(portal_parts: tuple[np.ndarray, ...], books_parts: tuple[np.ndarray, ...], cap: int, portal_where: np.ndarray | None = None,
           books_where: np.ndarray | None = None) -> Pairs:
    p_code, b_code = _code(portal_parts, portal_where), _code(books_parts, books_where)
    return pairs_on(p_code, b_code, cap)


def _code(parts: tuple[np.ndarray, ...], where: np.ndarray | None) -> np.ndarray:
    code = together(*parts)
    last = parts[-1]
    if last.dtype == np.uint64:   # 0 is "no such number"
        code = np.where(last == 0, np.uint64(0), code)
    return code if where is None else np.where(where, code, np.uint64(0))


def _months(day: np.ndarray) -> np.ndarray:
    return np.where(day == NO_DAY, NO_DAY, day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def _runs(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if not len(ordered):
        return ordered, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    start = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return ordered[start], start, np.diff(np.r_[start, len(ordered)])


def _distinct(found: list[Pairs], books: int) -> Pairs:
    if not books:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    joined = np.unique(np.concatenate([p.astype(np.int64) * books + b for p, b in found]))
    return joined // books, joined % books
