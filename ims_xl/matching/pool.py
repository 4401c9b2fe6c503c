"""The documents and vouchers that groups are made of: taken out one group after another, found by supplier and day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ims_xl.matching.comparison import tolerances
from ims_xl.matching.documents import NO_DAY, Documents
from ims_xl.matching.found import Group, counted
from ims_xl.matching.numbers import CloserKeys
from ims_xl.settings import Settings

EXACT: Final = 10
"""Paise by which a sum found by search may be off."""
_MOST_NEARBY: Final = 1000


class Pool:
    """Open documents and vouchers; what a group takes is open no more."""

    def __init__(self, portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, settings: Settings, rarity: np.ndarray,
                 open_p: np.ndarray, open_b: np.ndarray, loose_p: np.ndarray) -> None:
        self.portal, self.books, self.settings = portal, books, settings
        self.portal_keys, self.books_keys = portal_keys, books_keys
        self.rarity = rarity
        self.open_p, self.open_b, self.loose_p = open_p, open_b, loose_p
        self.tolerance = tolerances(settings)
        self.groups: list[Group] = []
        self.vouchers_of: dict[int, list[tuple[int, int]]] = {}
        self.documents_of: dict[int, list[tuple[int, int]]] = {}
        rows = np.flatnonzero(loose_p)
        order = rows[np.lexsort((portal.order[rows], portal.day[rows], portal.gstin[rows]))]
        heads = np.flatnonzero(np.r_[True, portal.gstin[order][1:] != portal.gstin[order][:-1]]) if len(order) else np.zeros(0, dtype=np.int64)
        self.of_supplier = dict(zip(portal.gstin[order[heads]].tolist(), np.split(order, heads[1:]))) if len(order) else {}
        self.days_of_supplier = {gstin: portal.day[rows] for gstin, rows in self.of_supplier.items()}
        self.any_loose = bool((loose_p & ~open_p).any())

    def edges(self, p: np.ndarray, b: np.ndarray, number: np.ndarray) -> None:
        """Pairs whose numbers have to do with each other: level, best first; content, not row order, decides between equal levels."""
        self.vouchers_of = _by(p, number, b, self.books.order)
        self.documents_of = _by(b, number, p, self.portal.order)

    def take(self, portal: Sequence[int], books: Sequence[int], named: bool) -> None:
        """Makes these a group; `named` where every number names its documents."""
        self.open_p[list(portal)] = False
        self.loose_p[list(portal)] = False
        self.open_b[list(books)] = False
        p, b = np.array(sorted(portal)), np.array(sorted(books))
        one_supplier = len({*self.portal.gstin[p].tolist(), *self.books.gstin[b].tolist()}) == 1
        one_year = len({*self.portal.year[p].tolist(), *self.books.year[b].tolist()}) == 1
        one_way = not self.books.doubtful_kind[b].any() and not self.portal.doubtful_kind[p].any()
        alike = len(b) > 1 and len({tuple(self.books.money[v].tolist()) for v in b}) == 1   # equal halves may as well be one booking made twice
        # Booked in parts, on another date, before it was made out: that is the next document of its kind. (Of several under one voucher the last may be.)
        posted = self.books.posted[b]
        ahead = len(p) == 1 and bool((posted != NO_DAY).all() and self.portal.day[p[0]] > posted.max() and not np.isin(self.portal.day[p], self.books.day[b]).any())
        lone = bool(self.portal.lone_number[p].all())
        exact = bool((np.abs(counted(self.portal, p) - counted(self.books, b)) <= self.tolerance).all())
        self.groups.append(Group(p, b, exact, named, named and exact and one_supplier and one_year and one_way and lone and not alike and not ahead))

    def adds_up(self, documents: Sequence[int], target: np.ndarray, times: int) -> bool:
        """Every head of the documents' sum is within so many tolerances of the target."""
        return bool((np.abs(self.portal.money[list(documents)].sum(axis=0) - target) <= self.tolerance * times).all())

    def holds(self, voucher: int, documents: Sequence[int]) -> bool:
        """No head of the documents' sum is more than the voucher's."""
        return bool((self.portal.money[list(documents)].sum(axis=0) <= self.books.money[voucher] + self.tolerance).all())

    def nearby(self, voucher: int, day: np.int64, window: int, loose: bool = False) -> np.ndarray:
        """Open (or loosely booked) documents of the voucher's supplier and direction, of the same financial year, within the window."""
        gstin = int(self.books.gstin[voucher])
        rows = self.of_supplier.get(gstin)
        if rows is None:
            return np.zeros(0, dtype=np.int64)
        if day != NO_DAY:   # they lie in the order of their days; of very many only the nearest
            first, middle, last = np.searchsorted(self.days_of_supplier[gstin], (day - window, day, day + window + 1))
            rows = rows[max(first, middle - _MOST_NEARBY) : min(last, middle + _MOST_NEARBY)]
        return np.asarray(rows[(self.loose_p if loose else self.open_p)[rows] & (self.portal.direction[rows] == self.books.direction[voucher])])

    @staticmethod
    def in_order(of: dict[int, list[tuple[int, int]]], documents: Documents) -> list[int]:
        """The keys in an order that only their content decides."""
        keys = np.fromiter(of, dtype=np.int64, count=len(of))
        return [int(k) for k in keys[np.argsort(documents.order[keys], kind="stable")]]


def _by(key: np.ndarray, level: np.ndarray, other: np.ndarray, order: np.ndarray) -> dict[int, list[tuple[int, int]]]:
    at = np.lexsort((order[other], level, key))
    starts = np.flatnonzero(np.r_[True, key[at][1:] != key[at][:-1]]) if len(at) else np.zeros(0, dtype=np.int64)
    pairs = list(zip(level[at].tolist(), other[at].tolist()))
    return {k: pairs[start:end] for k, start, end in zip(key[at[starts]].tolist(), starts.tolist(), [*starts[1:].tolist(), len(at)])}
