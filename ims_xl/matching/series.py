"""The documents that lie beside a number in its supplier's series: unbooked ones, as far as the next that has its booking."""

from __future__ import annotations

from typing import Final

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.documents import NO_DAY, Documents
from ims_xl.matching.numbers import closer_keys
from ims_xl.matching.pool import Pool

_DAYS: Final = 31
_MOST: Final = 3
"""Neighbours that are looked at on either side."""


class Series:
    """The documents of the suppliers of some vouchers in the order of their serials: the open ones of the pool, and `booked` ones that mark where a run ends."""

    def __init__(self, pool: Pool, booked: Documents, vouchers: np.ndarray) -> None:
        self.pool = pool
        order = np.lexsort((booked.day, booked.gstin))
        gstin, day = booked.gstin[order], booked.day[order]
        found = [np.zeros(0, dtype=np.int64)]
        for supplier, of_day in sorted({(int(pool.books.gstin[v]), self.day(v)) for v in vouchers.tolist()}):
            first, last = np.searchsorted(gstin, np.uint64(supplier), "left"), np.searchsorted(gstin, np.uint64(supplier), "right")
            low, high = np.searchsorted(day[first:last], (of_day - _DAYS, of_day + _DAYS + 1))
            found.append(order[first + low : first + high])
        rows = np.unique(np.concatenate(found))
        self._booked = booked.take(rows[np.argsort(booked.gstin[rows], kind="stable")])
        self._keys = closer_keys(self._booked.number, pool.settings)

    def day(self, voucher: int) -> int:
        """The booking's day, the posting day where it has none."""
        books = self.pool.books
        return int(books.day[voucher] if books.day[voucher] != NO_DAY else books.posted[voucher])

    def beside(self, voucher: int, anchor: int | None = None) -> tuple[list[int], list[int]]:
        """The unbooked documents that follow the voucher's number (or the document it names), nearest first, and those that go before it.

        None where its number is on the portal and no `anchor` is given: then that document is what it books.
        """
        pool, books = self.pool, self.pool.books
        day = self.day(voucher)
        letters, serial = pool.books_keys.letters[voucher], int(pool.books_keys.serial_value[voucher])
        if anchor is not None:
            letters, serial = pool.portal_keys.letters[anchor], int(pool.portal_keys.serial_value[anchor])
        own = slice(*np.searchsorted(self._booked.gstin, books.gstin[voucher] + np.array([0, 1], dtype=np.uint64)))
        alike = (self._booked.direction[own] == books.direction[voucher]) & (self._keys.letters[own] == letters)
        taken = self._keys.serial_value[own][alike & (np.abs(self._booked.day[own] - day) <= _DAYS)]
        nearby = pool.nearby(voucher, np.int64(day), _DAYS)
        nearby = nearby[(pool.portal_keys.letters[nearby] == letters) & (pool.portal.year[nearby] == books.year[voucher])]
        serials = pool.portal_keys.serial_value[nearby]
        if anchor is None and ((taken == serial).any() or (serials == serial).any()):
            return [], []
        above, below = taken[taken > serial].min(initial=np.iinfo(np.int64).max), taken[taken < serial].max(initial=-1)
        free = np.array([not self._has_its_own(document) for document in nearby.tolist()], dtype=bool) & (serials != serial)
        inside = free & (serials > below) & (serials < above) & (pool.portal.money[nearby] <= books.money[voucher] + pool.tolerance).all(axis=1)
        ordered = nearby[inside][np.lexsort((pool.portal.order[nearby[inside]], np.abs(serials[inside] - serial)))]
        follows = pool.portal_keys.serial_value[ordered] > serial
        return ordered[follows].tolist()[:_MOST], ordered[~follows].tolist()[:_MOST]

    def _has_its_own(self, document: int) -> bool:
        """A booking names it, be its amounts another's."""
        return any(level <= c.N_UNYEARED and self.pool.open_b[v] for level, v in self.pool.vouchers_of.get(document, ()))
