"""Links of one partition: all documents and vouchers of some PANs, and, once, what every partition left over.

`link_partition` needs only the suppliers it is given, so partitions may run in any number, order and place;
`link_leftovers` then looks once across suppliers for blank, mistyped and foreign GSTINs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.blocking import candidates_across_suppliers, candidates_within_supplier, singles_on
from ims_xl.matching.comparison import Evidence, amount_levels, compare, date_levels
from ims_xl.matching.documents import NO_DAY, PLACED, Documents
from ims_xl.matching.found import Found, joined
from ims_xl.matching.grouping import find_groups
from ims_xl.matching.hand import NOTHING_APART, pair_codes
from ims_xl.matching.hashing import together
from ims_xl.matching.linking import best_first, ranks, runners_up
from ims_xl.matching.numbers import CloserKeys, closer_keys
from ims_xl.settings import Settings
from ims_xl.sides import both

LEAST_WITHIN = 44
"""Points from which a pair of one supplier is a link."""
LEAST_ACROSS = 40
"""Points from which leftovers are a link; never clean."""


def link_partition(portal: Documents, books: Documents, settings: Settings, apart: np.ndarray = NOTHING_APART) -> Found:
    """The links among documents of the same PANs; `apart` are codes of pairs (`hand.pair_codes`) that a person separated."""
    p, b = exact_join(portal, books, settings)
    together_allowed = _allowed(portal, books, p, b, apart)
    p, b = p[together_allowed], b[together_allowed]
    free_p, free_b = np.ones(len(portal), dtype=bool), np.ones(len(books), dtype=bool)
    free_p[p], free_b[b] = False, False
    rarity = rarities(portal, books)
    sure = _sure_links(portal, books, p, b, rarity, settings)
    rest_p, rest_b = np.flatnonzero(free_p), np.flatnonzero(free_b & ~books.reverse_charge)
    rest = _link_rest(portal.take(rest_p), books.take(rest_b), portal.take(p), rarity[rest_p], settings, apart)
    return joined((sure, rest))


def exact_join(portal: Documents, books: Documents, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that nothing can part: GSTIN, number and day agree and are single on both sides, every amount is within tolerance."""
    keys_p = np.where((portal.numbers.runs == 0) | (portal.day == NO_DAY), np.uint64(0), together(portal.gstin, portal.numbers.runs, portal.day, portal.direction))
    keys_b = np.where((books.numbers.runs == 0) | (books.day == NO_DAY), np.uint64(0), together(books.gstin, books.numbers.runs, books.day, books.direction))
    p, b = singles_on(keys_p, keys_b)
    same = amount_levels(portal.money[p], books.money[b], settings) <= c.A_TOLERANCE
    same &= books.standing[b] == PLACED
    return p[same], b[same]


def rarities(portal: Documents, books: Documents) -> np.ndarray:
    """How many documents of its PAN carry each portal document's taxable value (to the rupee), the larger of the two sides.

    0 is less than once: one document, of a supplier with five or more, of which hardly any two have the same value.
    """
    rupees_p, rupees_b = (portal.money[:, 0] + 50) // 100, (books.money[:, 0] + 50) // 100
    counts, distinct, total = _repeats(portal.pan, together(portal.pan, rupees_p), together(books.pan, rupees_b))
    seldom = (counts == 1) & (total >= 5) & ((total - distinct) * 10 <= total)
    return np.where(seldom, 0, counts)


def _repeats(pan: np.ndarray, value: np.ndarray, books_value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each portal document: documents of its value, distinct values of its PAN, documents of its PAN (the larger side of the first)."""
    values, first, inverse, counts = np.unique(value, return_index=True, return_inverse=True, return_counts=True)
    in_books, books_counts = np.unique(books_value, return_counts=True)
    if len(in_books):
        at = np.minimum(np.searchsorted(in_books, values), len(in_books) - 1)
        counts = np.maximum(counts, np.where(in_books[at] == values, books_counts[at], 0))
    pans, of_value, distinct = np.unique(pan[first], return_inverse=True, return_counts=True)
    total = np.bincount(np.searchsorted(pans, pan), minlength=len(pans)) if len(pans) else np.zeros(0, dtype=np.int64)
    of_document = of_value[inverse] if len(pan) else np.zeros(0, dtype=np.int64)
    return counts[inverse], distinct[of_document], total[of_document]


def link_leftovers(portal: Documents, books: Documents, alias: np.ndarray, settings: Settings, apart: np.ndarray = NOTHING_APART) -> Found:
    """The links among what no partition could place; `alias` is the portal GSTIN each voucher's GSTIN is probably a slip for."""
    portal_keys, books_keys = both(lambda: closer_keys(portal.number, settings), lambda: closer_keys(books.number, settings))
    at_p, at_b = candidates_across_suppliers(portal, books, portal_keys, books_keys, alias, settings)
    near_p, near_b = candidates_within_supplier(portal, books, portal_keys, books_keys, settings)
    code = np.unique(np.r_[at_p * max(1, len(books)) + at_b, near_p * max(1, len(books)) + near_b])
    at_p, at_b = code // max(1, len(books)), code % max(1, len(books))
    everyone = np.zeros(len(portal), dtype=np.uint64)
    _, inverse, counts = np.unique(together(everyone, (portal.money[:, 0] + 50) // 100), return_inverse=True, return_counts=True)
    rarity = counts[inverse] if len(portal) else np.zeros(0, dtype=np.int64)
    evidence = compare(portal, books, portal_keys, books_keys, at_p, at_b, rarity, alias, settings, LEAST_ACROSS)
    sense = _makes_sense(portal, books, portal_keys, books_keys, evidence) & (evidence.date != c.D_LATE)   # among leftovers a rent is as rare as any amount
    evidence = evidence.take(np.flatnonzero((evidence.points >= LEAST_ACROSS - 40) & sense))
    return _links_and_groups(portal, books, portal_keys, books_keys, evidence, rarity, settings, LEAST_ACROSS, apart, None)


def link_as_told(portal: Documents, books: Documents, settings: Settings) -> Found:
    """Row by row the pairs a person linked, with the evidence there is."""
    every = np.arange(len(portal))
    portal_keys, books_keys = both(lambda: closer_keys(portal.number, settings), lambda: closer_keys(books.number, settings))
    evidence = compare(portal, books, portal_keys, books_keys, every, every, np.ones(len(portal), dtype=np.int64), None, settings, -(10**6))
    return replace(_found(portal, books, evidence, every, second_look=False), by_hand=np.ones(len(portal), dtype=bool))


def _link_rest(portal: Documents, books: Documents, booked: Documents, rarity: np.ndarray, settings: Settings, apart: np.ndarray) -> Found:
    portal_keys, books_keys = both(lambda: closer_keys(portal.number, settings), lambda: closer_keys(books.number, settings))
    at_p, at_b = candidates_within_supplier(portal, books, portal_keys, books_keys, settings)
    evidence = compare(portal, books, portal_keys, books_keys, at_p, at_b, rarity, None, settings, LEAST_WITHIN)
    evidence = evidence.take(np.flatnonzero((evidence.points >= LEAST_WITHIN - 30) & _makes_sense(portal, books, portal_keys, books_keys, evidence)))
    return _links_and_groups(portal, books, portal_keys, books_keys, evidence, rarity, settings, LEAST_WITHIN, apart, booked)


def _links_and_groups(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, evidence: Evidence, rarity: np.ndarray, settings: Settings, least: int,
                      apart: np.ndarray, booked: Documents | None) -> Found:
    """Best pairs first; then groups among what has no partner of its own amount; then best pairs again without the groups.

    `booked` are the documents of these suppliers that the exact join linked; None in the look across suppliers.
    """
    evidence = evidence.take(np.flatnonzero(_allowed(portal, books, evidence.portal, evidence.books, apart)))
    enough = evidence.take(np.flatnonzero(evidence.points >= least))
    links = best_first(enough.portal, enough.books, ranks(enough.points, enough.days, portal, books, enough.portal, enough.books), len(portal), len(books))
    groups = find_groups(portal, books, portal_keys, books_keys, evidence, enough.take(links), rarity, settings, booked)
    groups = tuple(group for group in groups if _allowed(portal, books, np.repeat(group.portal, len(group.books)), np.tile(group.books, len(group.portal)), apart).all())
    if groups:
        taken_p, taken_b = np.zeros(len(portal), dtype=bool), np.zeros(len(books), dtype=bool)
        for group in groups:
            taken_p[group.portal] = True
            taken_b[group.books] = True
        enough = enough.take(np.flatnonzero(~taken_p[enough.portal] & ~taken_b[enough.books]))
        links = best_first(enough.portal, enough.books, ranks(enough.points, enough.days, portal, books, enough.portal, enough.books), len(portal), len(books))
    found = _found(portal, books, enough, links, second_look=booked is None)
    return replace(found, groups=tuple(group.lifted(portal.row, books.row) for group in groups))


def _allowed(portal: Documents, books: Documents, at_p: np.ndarray, at_b: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Pairs that no person has separated."""
    if not len(apart):
        return np.ones(len(at_p), dtype=bool)
    return np.asarray(~np.isin(pair_codes(portal.row[at_p], books.row[at_b]), apart))


def _makes_sense(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, evidence: Evidence) -> np.ndarray:
    """What no points can outweigh: another financial year wants number and amount; the wrong direction wants everything else."""
    wrong_way = (portal.direction[evidence.portal] != books.direction[evidence.books]) & ~books.doubtful_kind[evidence.books] & ~portal.doubtful_kind[evidence.portal]
    sense = ~wrong_way | ((evidence.number <= c.N_UNYEARED) & (evidence.amount <= c.A_CESS))
    # Numbers begin anew each April: across 31 March the number must name its year, or the date have a reason to differ.
    year = portal_keys.year[evidence.portal]
    sense &= (evidence.date != c.D_OTHER_YEAR) | ((evidence.number <= c.N_SAME) & (evidence.amount <= c.A_CESS) & (year != 0) & (year == books_keys.year[evidence.books]))
    # A booking of the next year under its own day: the number and every amount, and an amount or a number that no other year can have.
    late = (evidence.number <= c.N_UNYEARED) & ((evidence.rarity <= 1) | (year != 0) & (year == books_keys.year[evidence.books])) | (evidence.number <= c.N_SERIAL) & (evidence.rarity == 0)
    sense &= (evidence.date != c.D_LATE) | (late & (evidence.amount <= c.A_TOLERANCE) & (evidence.supplier == c.S_SAME))
    # A number one character off, or of another form, is as often a neighbour's number: then the date must agree or its difference have a reason.
    equal_or_slip = (evidence.date == c.D_EQUAL) | (evidence.date == c.D_SWAPPED) | (evidence.date == c.D_YEAR)
    explained = (evidence.date <= c.D_EXPLAINED) | (evidence.date == c.D_BLANK)
    telling = (evidence.rarity == 0) & (evidence.amount <= c.A_CESS)
    sense &= ~np.isin(evidence.number, (c.N_NEIGHBOUR, c.N_SIBLING, c.N_TWO_OFF, c.N_OTHER_SERIES)) | equal_or_slip | (evidence.date == c.D_BLANK) | (telling & explained)
    once = evidence.rarity <= 1
    sense &= ~np.isin(evidence.number, (c.N_SWAPPED, c.N_ONE_OFF)) | (explained & ((evidence.date != c.D_BLANK) | once)) | (once & (evidence.date == c.D_NEAR))
    # Branches number alike: another branch's document wants its own day too, or its amounts.
    sense &= (evidence.supplier != c.S_PAN) | equal_or_slip | ((evidence.date == c.D_POSTED) & (evidence.amount < c.A_SCALED)) | ((evidence.date == c.D_BLANK) & (evidence.number <= c.N_UNYEARED))
    sense &= (evidence.number != c.N_DIFFERS) | equal_or_slip | (evidence.date == c.D_POSTED) | (evidence.date == c.D_NEAR) | (evidence.date == c.D_BLANK)
    # Months apart, a number that is not the document's own or other amounts mean another document.
    own_number = (evidence.number <= c.N_UNYEARED) & (evidence.days <= 62)
    sense &= (evidence.date != c.D_SAME_YEAR) | ((evidence.number <= c.N_SERIAL) & (evidence.amount < c.A_TAX)) | own_number | telling
    return np.asarray(sense)


def _sure_links(portal: Documents, books: Documents, p: np.ndarray, b: np.ndarray, rarity: np.ndarray, settings: Settings) -> Found:
    amount = amount_levels(portal.money[p], books.money[b], settings)
    date, days = date_levels(portal.day[p], books.day[b], books.posted[b], settings)
    number = np.where(portal.numbers.written[p] == books.numbers.written[b], c.N_WRITTEN, c.N_SAME).astype(np.int8)
    supplier = np.full(len(p), c.S_SAME, dtype=np.int8)
    points = c.NUMBER_POINTS[number] + c.DATE_POINTS[date] + c.AMOUNT_POINTS[amount] + c.SUPPLIER_POINTS[supplier]
    none = np.full(len(p), -1)
    return Found(portal.row[p], books.row[b], number, date, amount, supplier, rarity[p], points, days, np.ones(len(p), dtype=bool), np.zeros(len(p), dtype=bool),
                 np.zeros(len(p), dtype=bool),                  np.full(len(p), -(10**6)), none, none)


def _found(portal: Documents, books: Documents, evidence: Evidence, links: np.ndarray, second_look: bool) -> Found:
    # A second booking, or a second copy on the portal, repeats the document and does not contend with it.
    again = (evidence.number <= c.N_UNYEARED) & (evidence.amount <= c.A_TOLERANCE) & ~np.isin(evidence.date, (c.D_OTHER_YEAR, c.D_LATE))
    rival, rival_points = runners_up(evidence.portal, evidence.books, evidence.points, links, again, len(portal), len(books))
    e = evidence.take(links)
    has = rival >= 0
    rival_p = np.where(has, portal.row[evidence.portal[rival]], -1) if len(evidence) else np.full(len(links), -1)
    rival_b = np.where(has, books.row[evidence.books[rival]], -1) if len(evidence) else np.full(len(links), -1)
    flag = np.full(len(links), second_look)
    return Found(portal.row[e.portal], books.row[e.books], e.number, e.date, e.amount, e.supplier, e.rarity, e.points, e.days, np.zeros(len(links), dtype=bool), flag, np.zeros(len(links), dtype=bool),
                 rival_points, rival_p, rival_b)

