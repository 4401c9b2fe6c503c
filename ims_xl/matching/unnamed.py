"""Bookings of several documents of which the one they name is not on the portal: one document never bears IGST beside CGST.

Other sums are no proof: twice a list price is a price too, and a neighbour without a booking is as often one that was forgotten.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching import comparison as c
from ims_xl.matching.documents import NO_DAY
from ims_xl.matching.pool import EXACT, Pool

_DAYS: Final = 31
_IGST, _CGST = 1, 2
_SEVERAL: Final = r"(?i)\b(?:various|sundry|multiple|several|consolidated|bills|invoices|slips)\b"
"""Words that stand for several documents where no number is given."""


def unnamed_merges(pool: Pool) -> None:
    """Groups of the open bookings that have IGST beside CGST; never clean, for the named document is missing."""
    both = (pool.books.money[:, [_IGST, _CGST]] > pool.tolerance[[_IGST, _CGST]]).all(axis=1)
    rows = np.flatnonzero(pool.open_b & both)
    for voucher in rows[np.argsort(pool.books.order[rows], kind="stable")].tolist():
        day = pool.books.day[voucher] if pool.books.day[voucher] != NO_DAY else pool.books.posted[voucher]
        documents = _of_one_head(pool, voucher, pool.nearby(voucher, day, _DAYS)) if day != NO_DAY else []
        if documents:
            pool.take(documents, [voucher], False)


def told_in_words(pool: Pool) -> None:
    """A booking that says it is of several bills (`VARIOUS BILLS OCT`): documents of its weeks that follow one another and make it up to the paisa."""
    rows = np.flatnonzero(pool.open_b)
    rows = rows[pc.match_substring_regex(pool.books.number.take(pa.array(rows)), _SEVERAL).to_numpy(zero_copy_only=False)]
    for voucher in rows[np.argsort(pool.books.order[rows], kind="stable")].tolist():
        day = pool.books.day[voucher] if pool.books.day[voucher] != NO_DAY else pool.books.posted[voucher]
        documents = _in_a_row(pool, voucher, pool.nearby(voucher, day, _DAYS)) if day != NO_DAY else []
        if documents:
            pool.take(documents, [voucher], False)


def _in_a_row(pool: Pool, voucher: int, nearby: np.ndarray) -> list[int]:
    """Two documents or more, one after the other by day and serial, that add up; of several such rows the one nearest to the booking's day."""
    target = pool.books.money[voucher]
    nearby = nearby[(pool.portal.money[nearby] <= target + pool.tolerance).all(axis=1)]
    ordered = nearby[np.lexsort((pool.portal.order[nearby], pool.portal_keys.serial_value[nearby], pool.portal.day[nearby]))]
    sums = np.concatenate([np.zeros((1, 5), dtype=np.int64), np.cumsum(pool.portal.money[ordered], axis=0)])
    found: list[tuple[int, list[int]]] = []
    for first in range(len(ordered) - 1):
        last = int(np.searchsorted(sums[:, 0], sums[first, 0] + target[0] - EXACT))
        for end in range(max(last, first + 2), min(last + 2, len(sums))):
            if (np.abs(sums[end] - sums[first] - target) <= EXACT).all():
                days = pool.portal.day[ordered[first:end]]
                found.append((int(np.abs(days - pool.books.day[voucher]).min()), ordered[first:end].tolist()))
    return min(found, key=lambda one: one[0])[1] if found else []


def _of_one_head(pool: Pool, voucher: int, nearby: np.ndarray) -> list[int]:
    """The one or two documents that make up the booking's IGST, or its CGST."""
    target = pool.books.money[voucher]
    nearby = _nearest(pool, voucher, nearby[(pool.portal.money[nearby] <= target + pool.tolerance).all(axis=1)])[:24]
    for head in (_IGST, _CGST):
        of_head = nearby[pool.portal.money[nearby, head] > 0]
        for size in (1, 2):
            for some in itertools.combinations(of_head.tolist(), size):
                if abs(int(pool.portal.money[list(some), head].sum()) - int(target[head])) <= EXACT:
                    return _with_named(pool, voucher, list(some))
    return []


def _with_named(pool: Pool, voucher: int, documents: list[int]) -> list[int]:
    """Those documents and the open one that the booking names, where the booking holds it too; none where they are just the one it names."""
    if len(documents) == 1 and documents[0] in [d for _, d in pool.documents_of.get(voucher, ())]:
        return []
    named = [d for level, d in pool.documents_of.get(voucher, ()) if level <= c.N_UNYEARED and pool.open_p[d] and d not in documents]
    every = [*documents, *named[:1]]
    fits = (pool.portal.money[every].sum(axis=0) <= pool.books.money[voucher] + pool.tolerance).all()
    return every if fits else documents


def _nearest(pool: Pool, voucher: int, documents: np.ndarray) -> np.ndarray:
    steps = np.abs(pool.portal_keys.serial_value[documents] - pool.books_keys.serial_value[voucher])
    return documents[np.lexsort((pool.portal.order[documents], steps))]
