"""Several documents in one booking: listed by their numbers, or one named and the others beside it in series and date."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa

from ims_xl.matching import comparison as c
from ims_xl.matching.documents import NO_DAY
from ims_xl.matching.numbers import closer_keys
from ims_xl.matching.pool import EXACT, Pool

_SEVERAL: Final = re.compile(r"[,;&+\n|]| to | and ", re.IGNORECASE)
_SPAN: Final = re.compile(r" to ", re.IGNORECASE)
_DAYS_APART: Final = 62


def listed(pool: Pool) -> None:
    """A voucher whose number lists its documents (A-1, A-2) or spans them (A-1 to A-4)."""
    rows = np.flatnonzero(pool.open_b)
    rows = rows[np.argsort(pool.books.order[rows], kind="stable")]
    lists = [(voucher, _SPAN.search(text) is not None, parts) for voucher, text in zip(rows.tolist(), pool.books.number.take(pa.array(rows)).to_pylist())
             if _SEVERAL.search(text) and len(parts := [part.strip() for part in _SEVERAL.split(text) if part.strip()]) >= 2]
    keys = closer_keys(pa.array([part for _, _, parts in lists for part in parts], type=pa.large_string()), pool.settings)
    start = 0
    for voucher, span, parts in lists:
        _take_list(pool, voucher, keys.unyeared[start : start + len(parts)], keys.serial[start : start + len(parts)], span)
        start += len(parts)



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
            others = _rest_of(pool, voucher, [anchor]) or (_rest_of(pool, voucher, [anchor], loose=True) if pool.any_loose else [])
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



def _take_list(pool: Pool, voucher: int, numbers: np.ndarray, serials: np.ndarray, span: bool) -> None:
    nearby = pool.nearby(voucher, pool.books.day[voucher], 400, loose=True)
    if not len(nearby):
        return
    unyeared, serial = pool.portal_keys.unyeared[nearby], pool.portal_keys.serial[nearby]
    named: list[int] = []
    for number, of_number in zip(numbers, serials):
        hits = nearby[unyeared == number]
        if not len(hits):
            hits = nearby[(serial == of_number) & (of_number != 0)]
        if len(hits) > 1:   # last year's document has the same number: the nearest counts, where it is clearly nearer
            apart = np.abs(pool.portal.day[hits] - pool.books.day[voucher])
            hits = hits[apart <= 62] if pool.books.day[voucher] != NO_DAY else hits
        if len(hits) == 1 and int(hits[0]) not in named:
            named.append(int(hits[0]))
    target = pool.books.money[voucher]
    if len(named) >= 2 and pool.adds_up(named, target, 1 + len(named) // 2):
        pool.take(named, [voucher], len(named) == len(numbers))
        return
    if named:
        others = (_between(pool, voucher, named) or _rest_of(pool, voucher, named)) if span else []
        if others:
            pool.take([*named, *others], [voucher], False)
        elif (pool.portal.money[named].sum(axis=0) <= target + pool.tolerance).all():
            # Some of the listed documents are not on the portal: the rest still belong to this voucher.
            pool.take(named, [voucher], True)



def _between(pool: Pool, voucher: int, ends: list[int]) -> list[int]:
    """The documents whose serials lie between two named ones, if with them the amounts add up."""
    if len(ends) != 2:
        return []
    target = pool.books.money[voucher]
    nearby = pool.nearby(voucher, pool.portal.day[ends[0]], 400)
    low, high = sorted(int(pool.portal_keys.serial_value[d]) for d in ends)
    values = pool.portal_keys.serial_value[nearby]
    one_series = pool.portal_keys.letters[nearby] == pool.portal_keys.letters[ends[0]]
    nearby = nearby[(values > low) & (values < high) & one_series]
    apart = np.abs(pool.portal.day[nearby] - pool.portal.day[ends].mean())
    middle = [int(d) for d in nearby[np.lexsort((pool.portal.order[nearby], apart))]][:8]
    for size in range(len(middle), 0, -1):
        for some in itertools.combinations(middle, size):
            if pool.adds_up([*ends, *some], target, 1 + size // 2):
                return list(some)
    return []



def _next_to(pool: Pool, anchor: int, others: list[int]) -> bool:
    """The others follow the named document in its series, and their amounts occur but once with this supplier: no chance sum."""
    serial, letters = pool.portal_keys.serial_value, pool.portal_keys.letters
    steps = np.abs(serial[others] - serial[anchor])
    return bool(((letters[others] == letters[anchor]) & (steps <= 4 * len(others)) & (pool.rarity[others] == 0)).all())



def _rest_of(pool: Pool, voucher: int, anchors: list[int], loose: bool = False) -> list[int]:
    """The documents beside the named ones that make up the rest of the voucher."""
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
        combos = _combinations(len(few), size)
        off = np.abs(money[few][combos].sum(axis=1) - residual)
        # One neighbour may be off by the tolerance (a booking rounded to the rupee); a sum of several, or one from afar, is no proof then.
        allowed = np.where((combos[:, :1] < 30) & (size == 1), pool.tolerance, EXACT)
        hits = np.flatnonzero((off <= allowed).all(axis=1))
        if len(hits):
            # Of several sets the one that lies closest together in time, then in series.
            among = np.concatenate([np.broadcast_to(anchors, (len(hits), len(anchors))), few[combos[hits]]], axis=1)
            days, serials = pool.portal.day[among], pool.portal_keys.serial_value[among]
            best = np.lexsort((combos[hits].sum(axis=1), np.ptp(serials, axis=1), np.ptp(days, axis=1)))[0]
            return [int(few[k]) for k in combos[hits[best]]]
    return []



@lru_cache(maxsize=512)
def _combinations(number: int, size: int) -> np.ndarray:
    return np.array(list(itertools.combinations(range(number), size)))
