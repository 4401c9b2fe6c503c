"""Bookings of several documents of which one is not on the portal, told by the unbooked documents beside the one they name.

Nothing adds up then, so other evidence must. A booking whose number stands nowhere on the portal is mostly of one document that the supplier has not
reported. That it holds more is told by several things together: documents next to it in the series that nobody booked, the day of one of them on the
booking, a stated value that is no single document's, an amount that is so many times the only one the supplier ever bills. (Bill 454 booked as of
28 April, the day of 456; neither 455 nor 456 is booked.) Such groups are shown and never clean.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.documents import NO_DAY, Documents
from ims_xl.matching.hashing import together
from ims_xl.matching.pool import Pool
from ims_xl.matching.series import Series

_MOST: Final = 3
"""Neighbours that are taken at most."""
_A_NEIGHBOUR, _ITS_DAY, _ITS_ROUNDING, _SO_MANY_TIMES, _NAMED, _ENOUGH = 1, 2, 3, 3, 2, 5
_RUPEE: Final = 100


def merges_beside(pool: Pool, booked: Documents) -> None:
    """Groups of open bookings larger than what they name, which may be nothing; `booked` are the documents of these suppliers that have their booking already."""
    price = _only_prices(pool, booked)
    named = _one_named(pool)
    rows = np.union1d(_worth_a_look(pool, price), np.array(sorted(named), dtype=np.int64))
    if not len(rows):
        return
    series = Series(pool, booked, rows)
    for voucher in rows[np.argsort(pool.books.order[rows], kind="stable")].tolist():
        if not pool.open_b[voucher]:
            continue
        anchor = [d for d in named.get(voucher, ()) if pool.open_p[d]]
        if len(anchor) != len(named.get(voucher, ())):
            continue
        after, before = series.beside(voucher, anchor[0] if anchor else None)
        documents = _best(pool, voucher, anchor, after, before, price[voucher])
        if documents:
            pool.take([*anchor, *documents], [voucher], False)


def _one_named(pool: Pool) -> dict[int, list[int]]:
    """Open bookings that name one open document outright and are larger by a twentieth at least."""
    found = {}
    for voucher, of in pool.documents_of.items():
        anchors = [d for level, d in of if pool.open_p[d] and level <= c.N_UNYEARED] if pool.open_b[voucher] else []
        if len(anchors) == 1:
            left = pool.books.money[voucher] - pool.portal.money[anchors[0]]
            if left[0] >= pool.books.money[voucher, 0] // 20 and (left >= -pool.tolerance).all():
                found[voucher] = anchors
    return found


def _worth_a_look(pool: Pool, price: np.ndarray) -> np.ndarray:
    """Open bookings with a serial that name nothing, on the day of an open document of their supplier, or of a value or an amount that is no single document's."""
    books = pool.books
    rows = np.flatnonzero(pool.open_b & (books.day != NO_DAY) & (pool.books_keys.serial_value > 0) & (books.money[:, 0] > 0))
    rows = rows[~np.isin(rows, [v for v, of in pool.documents_of.items() if of[0][0] <= c.N_UNYEARED])]
    open_days = together(pool.portal.gstin, pool.portal.day)[pool.open_p]
    on_day = np.isin(together(books.gstin[rows], books.day[rows]), open_days)
    return np.asarray(rows[on_day | _several(books.value[rows], books.money[rows]) | (_times(books.money[rows, 0], price[rows]) > 1)])


def _only_prices(pool: Pool, booked: Documents) -> np.ndarray:
    """For every voucher the taxable value that four fifths of its supplier's documents have, 0 where there is none, or where there are fewer than four."""
    gstin, amount = np.concatenate([pool.portal.gstin, booked.gstin]), np.concatenate([pool.portal.money[:, 0], booked.money[:, 0]])
    _, first, counts = np.unique(together(gstin, (amount + _RUPEE // 2) // _RUPEE), return_index=True, return_counts=True)
    suppliers, of = np.unique(gstin, return_inverse=True)
    total = np.bincount(of, minlength=len(suppliers))
    usual = counts * 5 >= total[of[first]] * 4
    usual &= total[of[first]] >= 4
    result = np.zeros(len(suppliers) + 1, dtype=np.int64)
    result[of[first[usual]]] = amount[first[usual]]
    at = np.minimum(np.searchsorted(suppliers, pool.books.gstin), max(0, len(suppliers) - 1))
    known = suppliers[at] == pool.books.gstin if len(suppliers) else np.zeros(len(pool.books), dtype=bool)
    return np.where(known, result[at], 0)


def _times(amount: np.ndarray, price: np.ndarray) -> np.ndarray:
    """How many times the price the amount is, 0 where it is no multiple."""
    times = (amount + price // 2) // np.maximum(price, 1)
    return np.where((price > 0) & (times <= _MOST + 2) & (np.abs(amount - times * price) <= _RUPEE * np.maximum(times, 1)), times, 0)


def _best(pool: Pool, voucher: int, anchor: list[int], after: list[int], before: list[int], price: np.int64) -> list[int]:
    """The neighbours that have most evidence; none where it is not enough."""
    best: list[int] = []
    most = _ENOUGH - 1
    value, money = pool.books.value[[voucher]], pool.books.money[[voucher]]
    several = bool(_several(value, money)[0])
    times = int(_times(money[:, 0], np.array([price]))[0])
    for up in range(len(after) + 1):
        for down in range(len(before) + 1):
            documents = after[:up] + before[:down]
            every = [*anchor, *documents]
            if not 0 < len(documents) <= _MOST or not _leaves_a_document(pool, voucher, every):
                continue
            if times > 1 and len(every) >= times:
                continue
            points = _A_NEIGHBOUR * len(documents) + _ITS_DAY * bool((pool.portal.day[documents] == pool.books.day[voucher]).any()) + _NAMED * len(anchor)
            points += _ITS_ROUNDING * (several and _rest_is_single(pool, voucher, every)) + _SO_MANY_TIMES * (times > 1)
            if points > most:
                best, most = documents, points
    return best


def _leaves_a_document(pool: Pool, voucher: int, documents: list[int]) -> bool:
    """What is left of the booking may be another document: something, and taxed at no more than the highest rate."""
    rest = pool.books.money[voucher] - pool.portal.money[documents].sum(axis=0)
    return bool((rest >= -pool.tolerance).all() and rest[0] * 50 >= pool.books.money[voucher, 0] and rest[1:4].sum() <= rest[0] * 0.4 + pool.tolerance.sum())


def _several(value: np.ndarray, money: np.ndarray) -> np.ndarray:
    """A document's value is its total, to the paisa or rounded to the rupee: where it is neither, but for a rupee or two, roundings of several documents are in it.

    A booking of whole rupees may have been rounded after its value was written, so it says nothing.
    """
    off = np.abs(value - money.sum(axis=1))
    return np.asarray((value > 0) & ~_single(value, money) & (off <= (_MOST + 1) * _RUPEE // 2) & (money % _RUPEE != 0).any(axis=1))


def _single(value: np.ndarray, money: np.ndarray) -> np.ndarray:
    off = np.abs(value - money.sum(axis=1))
    return np.asarray((off <= 1) | ((value % _RUPEE == 0) & (off <= _RUPEE // 2)))


def _rest_is_single(pool: Pool, voucher: int, documents: list[int]) -> bool:
    values = pool.portal.value[documents]
    rest = pool.books.money[voucher] - pool.portal.money[documents].sum(axis=0)
    return bool((values > 0).all() and _single(np.array([pool.books.value[voucher] - values.sum()]), rest[None, :])[0])
