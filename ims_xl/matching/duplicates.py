"""Second bookings of one document, and second copies of one document on the portal, among what found no partner."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching import comparison as c
from ims_xl.matching.blocking import pairs_on
from ims_xl.matching.comparison import Evidence, compare
from ims_xl.matching.documents import NO_DAY, PLACED, Documents
from ims_xl.matching.hashing import text_codes, together
from ims_xl.matching.numbers import closer_keys
from ims_xl.settings import Settings

MANY_COPIES = 16
"""Bookings to the letter alike from which on they are no parts of one document, and no person's slip, but a register pasted in many times."""


def duplicates(documents: Documents, single: np.ndarray, taken: np.ndarray, settings: Settings) -> np.ndarray:
    """For every document of one side the document it repeats, -1 where it repeats none.

    Only `single` ones (without a partner) can be repetitions; among several without a partner the first in content order is the original.
    `taken` are those with a partner; the rest are set aside and repeat nothing.
    """
    repeats = np.full(len(documents), -1, dtype=np.int64)
    asked = np.flatnonzero(single)
    if not len(asked):
        return repeats
    pool = np.flatnonzero(single | taken)
    repeats = _identical(documents, pool, single, taken)
    # What repeats another to the letter need not be compared: a thousand copies would make a million pairs.
    asked = asked[repeats[asked] < 0]
    pool = pool[repeats[pool] < 0]
    if not len(asked):
        return _first_of_chain(repeats)
    pool = pool[_same_amounts(documents, pool, asked, settings)]
    evidence = _alike(documents.take(pool), np.searchsorted(pool, asked), settings)
    original, copy = pool[evidence.portal], asked[evidence.books]
    same = (original != copy) & _is_repetition(evidence) & (documents.direction[original] == documents.direction[copy])
    # Of two without a partner the later in content order repeats the earlier, so never each other.
    same &= taken[original] | _earlier(documents, original, copy)
    original, copy, evidence = original[same], copy[same], evidence.take(np.flatnonzero(same))
    order = np.lexsort((documents.order[original], evidence.points, taken[original]))
    repeats[copy[order]] = original[order]   # the last written is best: one with a partner, of most points
    return _first_of_chain(repeats)


def portal_copies(portal: Documents, open_rows: np.ndarray) -> np.ndarray:
    """For every portal document the one it is a second copy of, -1 where it is none: same supplier, kind, number, day and amounts.

    They are found before anything is linked, so that a second booking cannot find a partner in a second copy.
    """
    copies = np.full(len(portal), -1, dtype=np.int64)
    rows = np.flatnonzero(open_rows)
    rows = rows[_repeated(together(portal.gstin[rows], portal.kind[rows], portal.day[rows], *(portal.money[rows, k] for k in range(5))))]
    content = (portal.gstin[rows], portal.kind[rows], portal.day[rows], *(portal.money[rows, k] for k in range(5)))
    bare = text_codes(pc.ascii_ltrim(portal.numbers.plain_text.take(pa.array(rows)), characters="0"))
    unlike = -_usual_form(portal, rows, np.flatnonzero(open_rows))
    for number in (portal.numbers.runs[rows], bare):
        code = np.where(number == 0, np.uint64(0), together(*content, number))
        order = np.lexsort((portal.row[rows], portal.order[rows], unlike, code))
        again = np.flatnonzero((code[order][1:] == code[order][:-1]) & (code[order][1:] != 0)) + 1
        start = np.maximum.accumulate(np.where(np.isin(np.arange(len(rows)), again), 0, np.arange(len(rows))))
        later = rows[order[again]]
        first = rows[order[start[again]]]
        copies[later] = np.where(copies[later] < 0, first, copies[later])
    return _first_of_chain(copies)


def surplus_bookings(portal: Documents, books: Documents, open_p: np.ndarray, open_b: np.ndarray) -> np.ndarray:
    """bool per booking: one of very many to the letter alike of which the portal has the document; one of them finds it, the rest only hide it."""
    surplus = np.zeros(len(books), dtype=bool)
    at_p, at_b = np.flatnonzero(open_p), np.flatnonzero(open_b)
    in_books = _content(books, at_b)
    _, inverse, counts = np.unique(in_books, return_inverse=True, return_counts=True)
    crowd = (counts[inverse] > MANY_COPIES) & (in_books != 0)
    if not crowd.any():
        return surplus
    at_b, in_books = at_b[crowd], in_books[crowd]
    shown = np.isin(in_books, _content(portal, at_p))
    at_b, in_books = at_b[shown], in_books[shown]
    order = np.lexsort((books.row[at_b], books.order[at_b], in_books))
    surplus[at_b[order[1:][in_books[order[1:]] == in_books[order[:-1]]]]] = True
    return surplus


def _identical(documents: Documents, pool: np.ndarray, single: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """For every single document of the pool one of the same content to the letter: one with a partner, else the first in content order; -1 elsewhere."""
    repeats = np.full(len(documents), -1, dtype=np.int64)
    code = _content(documents, pool)
    pool, code = pool[code != 0], code[code != 0]
    order = np.lexsort((documents.row[pool], documents.order[pool], ~taken[pool], code))
    pool, code = pool[order], code[order]
    again = np.r_[False, code[1:] == code[:-1]] if len(code) else np.zeros(0, dtype=bool)
    first = pool[np.maximum.accumulate(np.where(again, 0, np.arange(len(pool))))]
    again &= single[pool]
    repeats[pool[again]] = first[again]
    return repeats


def _content(documents: Documents, rows: np.ndarray) -> np.ndarray:
    """One code for supplier, kind, direction, number, day and every amount; 0 where there is no number."""
    code = together(documents.gstin[rows], documents.kind[rows], documents.direction[rows], documents.numbers.plain[rows], documents.day[rows], *(documents.money[rows, k] for k in range(5)))
    return np.where(documents.numbers.plain[rows] == 0, np.uint64(0), code)


def _repeated(code: np.ndarray) -> np.ndarray:
    """Where a code occurs more than once."""
    ordered = np.sort(code)
    return np.asarray(np.isin(code, ordered[1:][ordered[1:] == ordered[:-1]]))


def _usual_form(portal: Documents, rows: np.ndarray, every: np.ndarray) -> np.ndarray:
    """How many of its supplier's documents have a number of the same form (A/9/99 for K/7/12): of two copies the usual form is the original."""
    every = every[np.isin(portal.gstin[every], portal.gstin[rows])]
    form = pc.replace_substring_regex(pc.replace_substring_regex(portal.number.take(pa.array(every)), "[0-9]", "9"), "[A-Za-z]", "A")
    _, inverse, counts = np.unique(together(portal.gstin[every], text_codes(form)), return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse][np.searchsorted(every, rows)])


def _alike(pool: Documents, rows: np.ndarray, settings: Settings) -> Evidence:
    """Pairs of the pool and of those of its rows that are asked about."""
    asked, pool_keys = pool.take(rows), closer_keys(pool.number, settings)
    asked_keys = pool_keys.take(rows)
    rupee_p, rupee_a = (pool.money[:, 0] + 50) // 100, (asked.money[:, 0] + 50) // 100
    day_p, day_a = pool.day != NO_DAY, asked.day != NO_DAY
    everywhere = asked.standing != PLACED
    found = [
        pairs_on(_only(pool_keys.unyeared != 0, pool.pan, pool_keys.unyeared), _only(asked_keys.unyeared != 0, asked.pan, asked_keys.unyeared), 100),
        pairs_on(_only(pool_keys.folded != 0, pool.pan, pool_keys.folded), _only(asked_keys.folded != 0, asked.pan, asked_keys.folded), 100),
        pairs_on(_only(pool_keys.serial != 0, pool.pan, pool_keys.serial, rupee_p), _only(asked_keys.serial != 0, asked.pan, asked_keys.serial, rupee_a), 100),
        pairs_on(_only(day_p, pool.pan, pool.day, rupee_p), _only(day_a, asked.pan, asked.day, rupee_a), 100),
        pairs_on(_only(day_p, pool_keys.serial, pool.day, rupee_p), _only(day_a & everywhere, asked_keys.serial, asked.day, rupee_a), 25),
    ]
    code = np.unique(np.concatenate([p * len(asked) + a for p, a in found]))
    at_p, at_a = code // len(asked), code % len(asked)
    rarity = np.ones(len(pool), dtype=np.int64)
    return compare(pool, asked, pool_keys, asked_keys, at_p, at_a, rarity, None, settings, 0)


def _same_amounts(documents: Documents, pool: np.ndarray, asked: np.ndarray, settings: Settings) -> np.ndarray:
    """Those of the pool whose taxable value is within tolerance of one that is asked about, in the same PAN or on the same day."""
    step = max(100, settings.taxable_tolerance)
    of_pool, of_asked = documents.money[pool, 0] // step, documents.money[asked, 0] // step
    wanted = np.concatenate([together(documents.pan[asked], of_asked + shift) for shift in (-1, 0, 1)])
    strange = asked[documents.standing[asked] != PLACED]
    of_day = np.concatenate([together(documents.day[strange], documents.money[strange, 0] // step + shift) for shift in (-1, 0, 1)])
    return np.asarray(np.isin(together(documents.pan[pool], of_pool), wanted) | np.isin(together(documents.day[pool], of_pool), of_day))


def _is_repetition(evidence: Evidence) -> np.ndarray:
    """The same number and amounts in one financial year; a looser number only on the same day."""
    amounts = evidence.amount <= c.A_TOLERANCE
    year = ~np.isin(evidence.date, (c.D_OTHER_YEAR, c.D_LATE, c.D_BLANK))
    same = amounts & (evidence.number <= c.N_UNYEARED) & (year | (evidence.date == c.D_BLANK))
    same |= amounts & (evidence.number <= c.N_SERIAL) & (evidence.date == c.D_EQUAL)
    near = (evidence.supplier == c.S_SAME) | (evidence.supplier == c.S_PAN) | (evidence.date == c.D_EQUAL)
    return np.asarray(same & near)


def _earlier(documents: Documents, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray((documents.order[one] < documents.order[other]) | ((documents.order[one] == documents.order[other]) & (documents.row[one] < documents.row[other])))


def _first_of_chain(repeats: np.ndarray) -> np.ndarray:
    for _ in range(16):
        further = np.where(repeats >= 0, repeats[repeats], -1)
        if not (further >= 0).any():
            break
        repeats = np.where(further >= 0, further, repeats)
    return repeats


def _only(where: np.ndarray, *parts: np.ndarray) -> np.ndarray:
    return np.where(where, together(*parts), np.uint64(0))
