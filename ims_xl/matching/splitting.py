"""One document in several bookings, and documents booked across each other."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.blocking import pairs_on
from ims_xl.matching.comparison import Evidence
from ims_xl.matching.documents import NO_DAY
from ims_xl.matching.hashing import together
from ims_xl.matching.pool import Pool

_NEARLY: Final = 62
"""Days within which documents may have been booked across each other."""
_NOTE_BEHIND: Final = 92
"""Days within which a note may have been set off against a bill."""


_FEW: Final = 7
"""Vouchers of one document of which every set is tried: 120 sets."""


def splits(pool: Pool) -> None:
    """One document, several vouchers that each name it: all of them together, else the smallest set that adds up."""
    for document in pool.in_order(pool.vouchers_of, pool.portal):
        if not pool.open_p[document]:
            continue
        named = [(level, v) for level, v in pool.vouchers_of[document] if pool.open_b[v] and (pool.books.money[v] <= pool.portal.money[document] + pool.tolerance).all()]
        if len(named) < 2:
            continue
        for subset in _subsets(named):
            vouchers = [v for _, v in subset]
            if (np.abs(pool.books.money[vouchers].sum(axis=0) - pool.portal.money[document]) <= pool.tolerance).all():
                pool.take([document], vouchers, all(level <= c.N_PART for level, _ in subset))
                break


def partial_splits(pool: Pool) -> None:
    """The same where the sum is off: bookings that name the document, each a part of it, no two alike (those would be duplicates)."""
    for document in pool.in_order(pool.vouchers_of, pool.portal):
        if not pool.open_p[document]:
            continue
        whole = int(pool.portal.money[document, 0])
        vouchers = [v for level, v in pool.vouchers_of[document] if pool.open_b[v] and level <= c.N_PART and 0 < pool.books.money[v, 0] <= 0.9 * whole]
        amounts = pool.books.money[vouchers, 0].tolist() if vouchers else []
        if 2 <= len(vouchers) <= 4 and len(set(amounts)) == len(amounts) and 0.6 * whole <= sum(amounts) <= 1.25 * whole:
            pool.take([document], vouchers, True)


def families(pool: Pool) -> None:
    """Bookings under one number on one day, whatever that number is: together they may be one document of that day."""
    day = np.where(pool.books.day == NO_DAY, pool.books.posted, pool.books.day)
    rows = np.flatnonzero(pool.open_b & (day != NO_DAY))
    place = (pool.books.gstin[rows], day[rows], pool.books.direction[rows])
    whole, stem = together(*place, pool.books_keys.unyeared[rows]), together(*place, pool.books_keys.stem[rows])
    has_stem = pool.books_keys.stem[rows] != 0
    base = np.where(has_stem & ~np.isin(whole, stem[has_stem]), stem, whole)
    order = np.argsort(pool.books.order[rows], kind="stable")
    for code in (base, whole):
        _, inverse, counts = np.unique(code, return_inverse=True, return_counts=True)
        few = order[(counts[inverse] >= 2)[order] & (counts[inverse] <= 4)[order]]
        families: dict[int, list[int]] = defaultdict(list)
        for family, voucher in zip(inverse[few].tolist(), rows[few].tolist()):
            families[family].append(voucher)
        for vouchers in families.values():
            if pool.open_b[vouchers].all():
                _take_family(pool, vouchers, day[vouchers[0]])


def _take_family(pool: Pool, vouchers: list[int], day: np.int64) -> None:
    total = pool.books.money[vouchers].sum(axis=0)
    nearby = pool.nearby(vouchers[0], day, 31)
    nearby = nearby[(np.abs(pool.portal.money[nearby] - total) <= pool.tolerance).all(axis=1)]
    posted = (day == pool.books.posted[vouchers[0]]) & (pool.portal.day[nearby] <= day)
    nearby = nearby[(pool.portal.day[nearby] == day) | posted]
    if len(nearby) == 1:
        pool.take([int(nearby[0])], vouchers, False)


def cancelling(pool: Pool, loose: Evidence) -> None:
    """Two pairs of one supplier whose differences cancel to the paisa: their documents were booked across each other."""
    off = pool.portal.money[loose.portal] - pool.books.money[loose.books]
    seen: dict[tuple[int, ...], int] = {}
    for at in np.lexsort((pool.books.order[loose.books], pool.portal.order[loose.portal])).tolist():
        p, b = int(loose.portal[at]), int(loose.books[at])
        if not (pool.open_p[p] and pool.open_b[b]) or abs(off[at, 0]) <= pool.tolerance[0] or loose.number[at] > c.N_CONTAINED:
            continue
        if loose.days[at] > _NEARLY:
            continue
        key = (int(pool.portal.gstin[p]), int(pool.portal.direction[p]), *(int(x) for x in off[at]))
        other = seen.pop((key[0], key[1], *(-x for x in key[2:])), None)
        if other is None or abs(pool.portal.day[p] - pool.portal.day[loose.portal[other]]) > _NEARLY:
            seen[key] = at
        else:
            pool.take([p, int(loose.portal[other])], [b, int(loose.books[other])], False)


def netted(pool: Pool, loose: Evidence) -> None:
    """A bill booked less a credit note of its supplier: what is missing is, head by head and to the paisa, one note that nobody booked."""
    off = pool.portal.money[loose.portal] - pool.books.money[loose.books]
    less = (off >= 0).all(axis=1) & (off[:, 0] > pool.tolerance[0]) & (pool.portal.direction[loose.portal] == 1) & (pool.books.direction[loose.books] == 1)
    less &= (loose.number <= c.N_CONTAINED) & (loose.supplier == c.S_SAME)
    notes = np.flatnonzero(pool.open_p & (pool.portal.direction == -1))
    at, of = pairs_on(together(pool.portal.gstin[loose.portal], *off.T) * less.astype(np.uint64), together(pool.portal.gstin[notes], *pool.portal.money[notes].T), 100)
    note = notes[of]
    apart = np.abs(pool.portal.day[note] - pool.portal.day[loose.portal[at]])
    for k in np.lexsort((pool.portal.order[note], apart, pool.portal.order[loose.portal[at]])).tolist():
        p, b, n = int(loose.portal[at[k]]), int(loose.books[at[k]]), int(note[k])
        if apart[k] <= _NOTE_BEHIND and pool.open_p[p] and pool.open_p[n] and pool.open_b[b]:
            pool.take([p, n], [b], False)


def _subsets(named: list[tuple[int, int]]) -> Iterable[tuple[tuple[int, int], ...]]:
    """All of them, however many cost centres a bill was dealt to; then pairs and larger sets of the first few."""
    yield tuple(named)
    few = named[:_FEW]
    for size in range(2, len(few) + (len(few) < len(named))):
        yield from itertools.combinations(few, size)
