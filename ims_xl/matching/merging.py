"""Several documents in one booking: one is named, the others lie beside it in series and date."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Final

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.documents import NO_DAY
from ims_xl.matching.pool import EXACT, Pool

ANY_NUMBER: Final = (1, 2, 3, 4, 5)
_DAYS_APART: Final = 62


def merges(pool: Pool) -> None:
    """A voucher that names one of its documents: the rest of its amount must be documents beside that one."""
    for voucher in pool.in_order(pool.documents_of, pool.books):
        if not pool.open_b[voucher]:
            continue
        target = pool.books.money[voucher]
        anchors = [(level, d) for level, d in pool.documents_of[voucher] if pool.open_p[d] and (pool.portal.money[d] <= target + pool.tolerance).all()]
        if len(anchors) >= 2 and pool.adds_up([d for _, d in anchors], target, 1):
            pool.take([d for _, d in anchors], [voucher], all(level <= c.N_SERIAL for level, _ in anchors))
            continue
        for level, anchor in anchors[:3]:
            if level > c.N_CONTAINED:
                continue
            others = rest_of(pool, voucher, [anchor]) or (rest_of(pool, voucher, [anchor], loose=True) if pool.any_loose else [])
            if others:
                pool.take([anchor, *others], [voucher], level <= c.N_UNYEARED and _next_to(pool, anchor, others))
                break


def unfinished_merges(pool: Pool) -> None:
    """A booking larger than the one document it names: the unbooked documents next to that one belong to it as far as its amount reaches.

    One of the merged documents may be missing on the portal, so the sum need not agree; such a group is shown and never clean.
    """
    for voucher in pool.in_order(pool.documents_of, pool.books):
        anchors = [d for level, d in pool.documents_of[voucher] if pool.open_p[d] and level <= c.N_UNYEARED]
        if not pool.open_b[voucher] or len(anchors) != 1:
            continue
        anchor = anchors[0]
        left = pool.books.money[voucher] - pool.portal.money[anchor]
        if left[0] < pool.books.money[voucher, 0] // 20 or (left < -pool.tolerance).any():
            continue
        booked = pool.books.day[voucher] if pool.books.day[voucher] != pool.books.posted[voucher] else pool.portal.day[anchor]   # a posting date says nothing
        low, high = sorted((int(pool.portal.day[anchor]), int(booked)))
        nearby = pool.nearby(voucher, pool.portal.day[anchor], 31)
        serial = pool.portal_keys.serial_value
        beside = (pool.portal_keys.letters[nearby] == pool.portal_keys.letters[anchor]) & (nearby != anchor)
        nearby = nearby[beside & (pool.portal.day[nearby] >= low) & (pool.portal.day[nearby] <= high)]
        taken: list[int] = []
        for document in nearby[np.lexsort((pool.portal.order[nearby], np.abs(serial[nearby] - serial[anchor])))].tolist()[:3]:
            if (pool.portal.money[document] <= left + pool.tolerance).all():
                taken.append(document)
                left = left - pool.portal.money[document]
        if taken:
            pool.take([anchor, *taken], [voucher], False)


def _next_to(pool: Pool, anchor: int, others: list[int]) -> bool:
    """The others follow the named document in its series, and their amounts occur but once with this supplier: no chance sum."""
    serial, letters = pool.portal_keys.serial_value, pool.portal_keys.letters
    steps = np.abs(serial[others] - serial[anchor])
    return bool(((letters[others] == letters[anchor]) & (steps <= 4 * len(others)) & (pool.rarity[others] == 0)).all())


def rest_of(pool: Pool, voucher: int, anchors: list[int], loose: bool = False, sizes: tuple[int, ...] = ANY_NUMBER) -> list[int]:
    """The documents beside the named ones, so many of them, that make up the rest of the voucher."""
    anchor = anchors[0]
    residual = pool.books.money[voucher] - pool.portal.money[anchors].sum(axis=0)
    if residual[0] <= pool.tolerance[0]:
        return []
    nearby = pool.nearby(voucher, pool.portal.day[anchor], _DAYS_APART, loose)
    nearby = nearby[~np.isin(nearby, anchors) & (pool.portal.money[nearby] <= residual + pool.tolerance).all(axis=1)]
    if not len(nearby):
        return []
    # The neighbours of the named document come first: by series, by lying between its date and the booking's, by serial, by date.
    day, booked = pool.portal.day[anchor], pool.books.day[voucher]
    low, high = (min(day, booked), max(day, booked)) if booked != NO_DAY else (day, day)
    days = pool.portal.day[nearby]
    apart = np.where(days < low, low - days, np.where(days > high, days - high, 0))
    series = pool.portal_keys.letters[nearby] != pool.portal_keys.letters[anchor]
    steps = np.abs(pool.portal_keys.serial_value[nearby] - pool.portal_keys.serial_value[anchor])
    nearby = nearby[np.lexsort((pool.portal.order[nearby], np.abs(days - day), steps, apart, series))]
    money = pool.portal.money
    for size, width in ((1, 200), (2, 60), (3, 24), (4, 12), (5, 10)):
        few = nearby[:width]
        if len(few) < size:
            break
        if size not in sizes:
            continue
        combos = _combinations(len(few), size)
        off = np.abs(money[few][combos].sum(axis=1) - residual)
        # One neighbour may be off by the tolerance (a booking rounded to the rupee); a sum of several, or one from afar, is no proof then.
        allowed = np.where((combos[:, :1] < 30) & (size == 1), pool.tolerance, EXACT)
        hits = np.flatnonzero((off <= allowed).all(axis=1))
        if len(hits):
            # Of several sets one with a document of the booking's day, then the one that lies closest together in time, then in series.
            among = np.concatenate([np.broadcast_to(anchors, (len(hits), len(anchors))), few[combos[hits]]], axis=1)
            days, serials = pool.portal.day[among], pool.portal_keys.serial_value[among]
            best = np.lexsort((combos[hits].sum(axis=1), np.ptp(serials, axis=1), np.ptp(days, axis=1), ~(days == booked).any(axis=1)))[0]
            return [int(few[k]) for k in combos[hits[best]]]
    return []


@lru_cache(maxsize=512)
def _combinations(number: int, size: int) -> np.ndarray:
    return np.array(list(itertools.combinations(range(number), size)))
