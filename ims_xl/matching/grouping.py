"""One document in several bookings, several documents in one booking, and both at once.

A group wants more than a sum that happens to agree: every booking of a split names the document; a merged booking names at
least one of its documents, and the others lie beside it in series and date. Without that, sums agree by chance.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa

from ims_xl.matching import comparison as c
from ims_xl.matching.comparison import Evidence, tolerances
from ims_xl.matching.documents import NO_DAY, Documents
from ims_xl.matching.found import Group
from ims_xl.matching.hashing import together
from ims_xl.matching.numbers import CloserKeys, closer_keys
from ims_xl.settings import Settings

_SEVERAL: Final = re.compile(r"[,;&+\n|]| to | and ", re.IGNORECASE)
_SPAN: Final = re.compile(r" to ", re.IGNORECASE)
_EXACT: Final = 10
"""Paise by which a sum found by search may be off."""
_DAYS_APART: Final = 62
_MOST_NEARBY: Final = 1000


def find_groups(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, evidence: Evidence, links: Evidence, rarity: np.ndarray,
                settings: Settings, across: bool) -> tuple[Group, ...]:
    """Groups among documents that have no partner of equal amount; `links` are the one-to-one links as they would stand without groups."""
    firm = (links.amount <= c.A_TAXABLE) & ((links.supplier == c.S_SAME) | (links.number <= c.N_PART))
    open_p, open_b = np.ones(len(portal), dtype=bool), np.ones(len(books), dtype=bool)
    open_p[links.portal[firm]] = False
    open_b[links.books[firm]] = False
    p, b = evidence.portal, evidence.books
    number = evidence.number
    names = open_p[p] & open_b[b] & (portal.direction[p] == books.direction[b])
    if across:   # another GSTIN: then the number and the day must be the document's own
        names &= (number <= c.N_PART) & (evidence.date == c.D_EQUAL)
    else:
        branch = (evidence.supplier == c.S_PAN) & (number <= c.N_PART) & (evidence.date == c.D_EQUAL)
        names &= branch | ((number <= c.N_CONTAINED) & (evidence.supplier == c.S_SAME) & ((evidence.date <= c.D_FIVE_WEEKS) | (evidence.date == c.D_BLANK)))
    # A document whose booking names it but loosely may still belong to a voucher that names it outright.
    loose_p = open_p.copy()
    loose_p[links.portal[links.number > c.N_ENDING]] = True
    search = _Search(portal, books, portal_keys, books_keys, settings, rarity, open_p, open_b, loose_p)
    search.edges(p[names], b[names], number[names])
    if across:
        search.splits()
        return tuple(search.groups)
    search.listed()
    search.splits()
    search.merges()
    search.cancelling(links.take(np.flatnonzero(~firm)))
    search.partial_splits()
    search.families()
    search.unfinished_merges()
    return tuple(search.groups)


class _Search:
    """Open documents and vouchers, taken out as groups are found."""

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
        vouchers_of, documents_of = defaultdict(list), defaultdict(list)
        # Content, not row order, decides in which order candidates are tried.
        for at in np.lexsort((self.books.order[b], self.portal.order[p], number)).tolist():
            vouchers_of[int(p[at])].append((int(number[at]), int(b[at])))
            documents_of[int(b[at])].append((int(number[at]), int(p[at])))
        self.vouchers_of, self.documents_of = vouchers_of, documents_of

    def take(self, portal: Sequence[int], books: Sequence[int], agrees: bool, named: bool) -> None:
        self.open_p[list(portal)] = False
        self.loose_p[list(portal)] = False
        self.open_b[list(books)] = False
        p, b = np.array(sorted(portal)), np.array(sorted(books))
        one_supplier = len({*self.portal.gstin[p].tolist(), *self.books.gstin[b].tolist()}) == 1
        one_year = len({*self.portal.year[p].tolist(), *self.books.year[b].tolist()}) == 1
        one_way = not self.books.doubtful_kind[b].any() and not self.portal.doubtful_kind[p].any()
        alike = len(b) > 1 and len({tuple(self.books.money[v].tolist()) for v in b}) == 1   # equal halves may as well be one booking made twice
        lone = bool(self.portal.lone_number[p].all())
        exact = bool((np.abs(self.portal.money[p].sum(axis=0) - self.books.money[b].sum(axis=0)) <= self.tolerance).all())
        self.groups.append(Group(p, b, exact, named, named and exact and one_supplier and one_year and one_way and lone and not alike))

    def splits(self) -> None:
        """One document, several vouchers that each name it: all of them together, else the smallest set that adds up."""
        for document in self._in_order(self.vouchers_of, self.portal):
            if not self.open_p[document]:
                continue
            named = [(level, v) for level, v in self.vouchers_of[document] if self.open_b[v] and (self.books.money[v] <= self.portal.money[document] + self.tolerance).all()]
            if len(named) < 2:
                continue
            for subset in _subsets(named[:7]):
                vouchers = [v for _, v in subset]
                if (np.abs(self.books.money[vouchers].sum(axis=0) - self.portal.money[document]) <= self.tolerance).all():
                    self.take([document], vouchers, True, all(level <= c.N_PART for level, _ in subset))
                    break

    def partial_splits(self) -> None:
        """The same where the sum is off: bookings under the very number, each a part, no two alike (those would be duplicates)."""
        for document in self._in_order(self.vouchers_of, self.portal):
            if not self.open_p[document]:
                continue
            whole = int(self.portal.money[document, 0])
            vouchers = [v for level, v in self.vouchers_of[document] if self.open_b[v] and level <= c.N_FOLDED and 0 < self.books.money[v, 0] <= 0.9 * whole]
            amounts = self.books.money[vouchers, 0].tolist() if vouchers else []
            if 2 <= len(vouchers) <= 4 and len(set(amounts)) == len(amounts) and 0.6 * whole <= sum(amounts) <= 1.25 * whole:
                self.take([document], vouchers, False, True)

    def families(self) -> None:
        """Bookings under one number on one day, whatever that number is: together they may be one document of that day."""
        rows = np.flatnonzero(self.open_b & (self.books.day != NO_DAY))
        place = (self.books.gstin[rows], self.books.day[rows], self.books.direction[rows])
        whole, stem = together(*place, self.books_keys.unyeared[rows]), together(*place, self.books_keys.stem[rows])
        has_stem = self.books_keys.stem[rows] != 0
        base = np.where(has_stem & ~np.isin(whole, stem[has_stem]), stem, whole)
        order = np.argsort(self.books.order[rows], kind="stable")
        for code in (base, whole):
            families: dict[int, list[int]] = defaultdict(list)
            for at in order.tolist():
                families[int(code[at])].append(int(rows[at]))
            for vouchers in families.values():
                if 2 <= len(vouchers) <= 4 and self.open_b[vouchers].all():
                    self._take_family(vouchers)

    def _take_family(self, vouchers: list[int]) -> None:
        total = self.books.money[vouchers].sum(axis=0)
        nearby = self._nearby(vouchers[0], self.books.day[vouchers[0]], 31)
        nearby = nearby[(np.abs(self.portal.money[nearby] - total) <= _EXACT).all(axis=1)]
        posted = (self.books.day[vouchers[0]] == self.books.posted[vouchers[0]]) & (self.portal.day[nearby] <= self.books.day[vouchers[0]])
        nearby = nearby[(self.portal.day[nearby] == self.books.day[vouchers[0]]) | posted]
        if len(nearby) == 1:
            self.take([int(nearby[0])], vouchers, True, False)

    def listed(self) -> None:
        """A voucher whose number lists its documents (A-1, A-2) or spans them (A-1 to A-4)."""
        rows = np.flatnonzero(self.open_b)
        rows = rows[np.argsort(self.books.order[rows], kind="stable")]
        lists = [(voucher, _SPAN.search(text) is not None, parts) for voucher, text in zip(rows.tolist(), self.books.number.take(pa.array(rows)).to_pylist())
                 if _SEVERAL.search(text) and len(parts := [part.strip() for part in _SEVERAL.split(text) if part.strip()]) >= 2]
        keys = closer_keys(pa.array([part for _, _, parts in lists for part in parts], type=pa.large_string()), self.settings)
        start = 0
        for voucher, span, parts in lists:
            self._take_list(voucher, keys.unyeared[start : start + len(parts)], keys.serial[start : start + len(parts)], span)
            start += len(parts)

    def _take_list(self, voucher: int, numbers: np.ndarray, serials: np.ndarray, span: bool) -> None:
        nearby = self._nearby(voucher, self.books.day[voucher], 400, loose=True)
        if not len(nearby):
            return
        unyeared, serial = self.portal_keys.unyeared[nearby], self.portal_keys.serial[nearby]
        named: list[int] = []
        for number, of_number in zip(numbers, serials):
            hits = nearby[unyeared == number]
            if not len(hits):
                hits = nearby[(serial == of_number) & (of_number != 0)]
            if len(hits) > 1:   # last year's document has the same number: the nearest counts, where it is clearly nearer
                apart = np.abs(self.portal.day[hits] - self.books.day[voucher])
                hits = hits[apart <= 62] if self.books.day[voucher] != NO_DAY else hits
            if len(hits) == 1 and int(hits[0]) not in named:
                named.append(int(hits[0]))
        target = self.books.money[voucher]
        if len(named) >= 2 and self._adds_up(named, target, 1 + len(named) // 2):
            self.take(named, [voucher], self._adds_up(named, target, 1), len(named) == len(numbers))
            return
        if named:
            others = (self._between(voucher, named) or self._rest_of(voucher, named)) if span else []
            if others:
                self.take([*named, *others], [voucher], True, False)
            elif (self.portal.money[named].sum(axis=0) <= target + self.tolerance).all():
                # Some of the listed documents are not on the portal: the rest still belong to this voucher.
                self.take(named, [voucher], False, True)

    def _between(self, voucher: int, ends: list[int]) -> list[int]:
        """The documents whose serials lie between two named ones, if with them the amounts add up."""
        if len(ends) != 2:
            return []
        target = self.books.money[voucher]
        nearby = self._nearby(voucher, self.portal.day[ends[0]], 400)
        low, high = sorted(int(self.portal_keys.serial_value[d]) for d in ends)
        values = self.portal_keys.serial_value[nearby]
        one_series = self.portal_keys.letters[nearby] == self.portal_keys.letters[ends[0]]
        nearby = nearby[(values > low) & (values < high) & one_series]
        apart = np.abs(self.portal.day[nearby] - self.portal.day[ends].mean())
        middle = [int(d) for d in nearby[np.lexsort((self.portal.order[nearby], apart))]][:8]
        for size in range(len(middle), 0, -1):
            for some in itertools.combinations(middle, size):
                if self._adds_up([*ends, *some], target, 1 + size // 2):
                    return list(some)
        return []

    def merges(self) -> None:
        """A voucher that names one of its documents: the rest of its amount must be documents beside that one."""
        for voucher in self._in_order(self.documents_of, self.books):
            if not self.open_b[voucher]:
                continue
            target = self.books.money[voucher]
            anchors = [(level, d) for level, d in self.documents_of[voucher] if self.open_p[d] and (self.portal.money[d] <= target + self.tolerance).all()]
            if len(anchors) >= 2 and self._adds_up([d for _, d in anchors], target, 1):
                self.take([d for _, d in anchors], [voucher], True, all(level <= c.N_SERIAL for level, _ in anchors))
                continue
            for level, anchor in anchors[:3]:
                if level > c.N_CONTAINED:
                    continue
                others = self._rest_of(voucher, [anchor]) or (self._rest_of(voucher, [anchor], loose=True) if self.any_loose else [])
                if others:
                    self.take([anchor, *others], [voucher], True, level <= c.N_UNYEARED and self._next_to(anchor, others))
                    break

    def _next_to(self, anchor: int, others: list[int]) -> bool:
        """The others follow the named document in its series, and their amounts occur but once with this supplier: no chance sum."""
        serial, letters = self.portal_keys.serial_value, self.portal_keys.letters
        steps = np.abs(serial[others] - serial[anchor])
        return bool(((letters[others] == letters[anchor]) & (steps <= 4 * len(others)) & (self.rarity[others] == 0)).all())

    def unfinished_merges(self) -> None:
        """A booking larger than the one document it names: the unbooked documents next to that one belong to it as far as its amount reaches.

        One of the merged documents may be missing on the portal, so the sum need not agree; such a group is shown and never clean.
        """
        for voucher in self._in_order(self.documents_of, self.books):
            anchors = [d for level, d in self.documents_of[voucher] if self.open_p[d] and level <= c.N_UNYEARED]
            if not self.open_b[voucher] or len(anchors) != 1:
                continue
            anchor = anchors[0]
            left = self.books.money[voucher] - self.portal.money[anchor]
            if left[0] < self.books.money[voucher, 0] // 20 or (left < -self.tolerance).any():
                continue
            booked = self.books.day[voucher] if self.books.day[voucher] != self.books.posted[voucher] else self.portal.day[anchor]   # a posting date says nothing
            low, high = sorted((int(self.portal.day[anchor]), int(booked)))
            nearby = self._nearby(voucher, self.portal.day[anchor], 31)
            serial = self.portal_keys.serial_value
            beside = (self.portal_keys.letters[nearby] == self.portal_keys.letters[anchor]) & (nearby != anchor)
            nearby = nearby[beside & (self.portal.day[nearby] >= low) & (self.portal.day[nearby] <= high)]
            taken: list[int] = []
            for document in nearby[np.lexsort((self.portal.order[nearby], np.abs(serial[nearby] - serial[anchor])))].tolist()[:3]:
                if (self.portal.money[document] <= left + self.tolerance).all():
                    taken.append(document)
                    left = left - self.portal.money[document]
            if taken:
                self.take([anchor, *taken], [voucher], False, False)

    def _rest_of(self, voucher: int, anchors: list[int], loose: bool = False) -> list[int]:
        """The documents beside the named ones that make up the rest of the voucher."""
        anchor = anchors[0]
        residual = self.books.money[voucher] - self.portal.money[anchors].sum(axis=0)
        if residual[0] <= self.tolerance[0]:
            return []
        nearby = self._nearby(voucher, self.portal.day[anchor], _DAYS_APART, loose)
        nearby = nearby[~np.isin(nearby, anchors) & (self.portal.money[nearby] <= residual + _EXACT).all(axis=1)]
        if not len(nearby):
            return []
        # The neighbours of the named document come first: by series, by lying between its date and the booking's, by serial, by date.
        day, booked = self.portal.day[anchor], self.books.day[voucher]
        low, high = (min(day, booked), max(day, booked)) if booked != NO_DAY else (day, day)
        days = self.portal.day[nearby]
        apart = np.where(days < low, low - days, np.where(days > high, days - high, 0))
        series = self.portal_keys.letters[nearby] != self.portal_keys.letters[anchor]
        steps = np.abs(self.portal_keys.serial_value[nearby] - self.portal_keys.serial_value[anchor])
        nearby = nearby[np.lexsort((self.portal.order[nearby], np.abs(days - day), steps, apart, series))]
        money = self.portal.money
        for size, width in ((1, 200), (2, 60), (3, 24), (4, 12), (5, 10)):
            few = nearby[:width]
            if len(few) < size:
                break
            combos = _combinations(len(few), size)
            off = np.abs(money[few][combos].sum(axis=1) - residual)
            hits = np.flatnonzero((off <= _EXACT).all(axis=1))
            if len(hits):
                # Of several sets the one that lies closest together in time, then in series.
                among = np.concatenate([np.broadcast_to(anchors, (len(hits), len(anchors))), few[combos[hits]]], axis=1)
                days, serials = self.portal.day[among], self.portal_keys.serial_value[among]
                best = np.lexsort((combos[hits].sum(axis=1), np.ptp(serials, axis=1), np.ptp(days, axis=1)))[0]
                return [int(few[k]) for k in combos[hits[best]]]
        return []

    def cancelling(self, loose: Evidence) -> None:
        """Two pairs of one supplier whose differences cancel to the paisa: their documents were booked across each other."""
        off = self.portal.money[loose.portal] - self.books.money[loose.books]
        seen: dict[tuple[int, ...], int] = {}
        for at in np.lexsort((self.books.order[loose.books], self.portal.order[loose.portal])).tolist():
            p, b = int(loose.portal[at]), int(loose.books[at])
            if not (self.open_p[p] and self.open_b[b]) or abs(off[at, 0]) <= self.tolerance[0] or loose.number[at] > c.N_CONTAINED:
                continue
            key = (int(self.portal.gstin[p]), int(self.portal.direction[p]), *(int(x) for x in off[at]))
            other = seen.pop((key[0], key[1], *(-x for x in key[2:])), None)
            if other is None:
                seen[key] = at
            else:
                self.take([p, int(loose.portal[other])], [b, int(loose.books[other])], True, False)

    def _adds_up(self, documents: Sequence[int], target: np.ndarray, times: int) -> bool:
        return bool((np.abs(self.portal.money[list(documents)].sum(axis=0) - target) <= self.tolerance * times).all())

    def _nearby(self, voucher: int, day: np.int64, window: int, loose: bool = False) -> np.ndarray:
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
    def _in_order(of: dict[int, list[tuple[int, int]]], documents: Documents) -> list[int]:
        keys = np.fromiter(of, dtype=np.int64, count=len(of))
        return [int(k) for k in keys[np.argsort(documents.order[keys], kind="stable")]]


@lru_cache(maxsize=512)
def _combinations(number: int, size: int) -> np.ndarray:
    return np.array(list(itertools.combinations(range(number), size)))


def _subsets(named: list[tuple[int, int]]) -> Iterable[tuple[tuple[int, int], ...]]:
    """All of them, then pairs, then larger sets."""
    yield tuple(named)
    for size in range(2, len(named)):
        yield from itertools.combinations(named, size)
