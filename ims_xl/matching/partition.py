"""Links of one partition: all documents and vouchers of some PANs, and, once, what every partition left over.

`link_partition` needs only the suppliers it is given, so partitions may run in any number, order and place;
`link_leftovers` then looks once across suppliers for blank, mistyped and foreign GSTINs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.blocking import candidates_across_suppliers, candidates_within_supplier, singles_on
from ims_xl.matching.comparison import Evidence, amount_levels, compare, date_levels
from ims_xl.matching.documents import NO_DAY, PLACED, Documents
from ims_xl.matching.grouping import Group, find_groups
from ims_xl.matching.hashing import together
from ims_xl.matching.linking import best_first, ranks, runners_up
from ims_xl.matching.numbers import CloserKeys, closer_keys
from ims_xl.settings import Settings

LEAST_WITHIN = 44
"""Points from which a pair of one supplier is a link."""
LEAST_ACROSS = 40
"""Points from which leftovers are a link; never clean."""


@dataclass(frozen=True)
class Found:
    """Links by position (rows of the whole ledgers), with the evidence for each; and groups."""

    portal: np.ndarray
    books: np.ndarray
    number: np.ndarray
    date: np.ndarray
    amount: np.ndarray
    supplier: np.ndarray
    rarity: np.ndarray
    points: np.ndarray
    days: np.ndarray
    sure: np.ndarray
    """Found by the exact join: number, date and every amount agree and nothing else has that number."""
    second_look: np.ndarray
    """Found across suppliers: never clean."""
    rival_points: np.ndarray
    rival_portal: np.ndarray
    rival_books: np.ndarray
    groups: tuple[Group, ...] = ()

    def __len__(self) -> int:
        return len(self.portal)


def link_partition(portal: Documents, books: Documents, settings: Settings) -> Found:
    """The links among documents of the same PANs."""
    p, b = exact_join(portal, books, settings)
    free_p, free_b = np.ones(len(portal), dtype=bool), np.ones(len(books), dtype=bool)
    free_p[p], free_b[b] = False, False
    rarity = rarities(portal, books)
    sure = _sure_links(portal, books, p, b, rarity, settings)
    rest_p, rest_b = np.flatnonzero(free_p), np.flatnonzero(free_b & ~books.reverse_charge)
    rest = _link_rest(portal.take(rest_p), books.take(rest_b), rarity[rest_p], settings)
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
    """How many documents of its PAN carry each portal document's taxable value (to the rupee), the larger of the two sides."""
    code_p = together(portal.pan, (portal.money[:, 0] + 50) // 100)
    code_b = together(books.pan, (books.money[:, 0] + 50) // 100)
    both, inverse, counts = np.unique(code_p, return_inverse=True, return_counts=True)
    of_books, books_counts = np.unique(code_b, return_counts=True)
    at = np.minimum(np.searchsorted(of_books, both), max(0, len(of_books) - 1))
    in_books = np.where(of_books[at] == both, books_counts[at], 0) if len(of_books) else np.zeros(len(both), dtype=np.int64)
    return np.asarray(np.maximum(counts, in_books)[inverse], dtype=np.int64)


def link_leftovers(portal: Documents, books: Documents, alias: np.ndarray, settings: Settings) -> Found:
    """The links among what no partition could place; `alias` is the portal GSTIN each voucher's GSTIN is probably a slip for."""
    portal_keys, books_keys = closer_keys(portal.number, settings), closer_keys(books.number, settings)
    at_p, at_b = candidates_across_suppliers(portal, books, portal_keys, books_keys, alias, settings)
    near_p, near_b = candidates_within_supplier(portal, books, portal_keys, books_keys, settings)
    code = np.unique(np.r_[at_p * max(1, len(books)) + at_b, near_p * max(1, len(books)) + near_b])
    at_p, at_b = code // max(1, len(books)), code % max(1, len(books))
    everyone = np.zeros(len(portal), dtype=np.uint64)
    _, inverse, counts = np.unique(together(everyone, (portal.money[:, 0] + 50) // 100), return_inverse=True, return_counts=True)
    rarity = counts[inverse] if len(portal) else np.zeros(0, dtype=np.int64)
    evidence = compare(portal, books, portal_keys, books_keys, at_p, at_b, rarity, alias, settings, LEAST_ACROSS)
    evidence = evidence.take(np.flatnonzero((evidence.points >= LEAST_ACROSS) & _makes_sense(portal, books, evidence)))
    links = best_first(evidence.portal, evidence.books, ranks(evidence.points, evidence.days, portal, books, evidence.portal, evidence.books), len(portal), len(books))
    return _found(portal, books, evidence, links, second_look=True)


def joined(parts: tuple[Found, ...]) -> Found:
    """Several findings as one."""
    columns = {item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Found) if item.name != "groups"}
    return Found(**columns, groups=tuple(group for part in parts for group in part.groups))


def _link_rest(portal: Documents, books: Documents, rarity: np.ndarray, settings: Settings) -> Found:
    portal_keys, books_keys = closer_keys(portal.number, settings), closer_keys(books.number, settings)
    at_p, at_b = candidates_within_supplier(portal, books, portal_keys, books_keys, settings)
    evidence = compare(portal, books, portal_keys, books_keys, at_p, at_b, rarity, None, settings, LEAST_WITHIN)
    evidence = evidence.take(np.flatnonzero((evidence.points >= LEAST_WITHIN - 30) & _makes_sense(portal, books, evidence)))
    enough = evidence.take(np.flatnonzero(evidence.points >= LEAST_WITHIN))
    links = best_first(enough.portal, enough.books, ranks(enough.points, enough.days, portal, books, enough.portal, enough.books), len(portal), len(books))
    groups = find_groups(portal, books, portal_keys, books_keys, evidence, enough.take(links), settings)
    if groups:
        taken_p, taken_b = np.zeros(len(portal), dtype=bool), np.zeros(len(books), dtype=bool)
        for group in groups:
            taken_p[group.portal] = True
            taken_b[group.books] = True
        enough = enough.take(np.flatnonzero(~taken_p[enough.portal] & ~taken_b[enough.books]))
        links = best_first(enough.portal, enough.books, ranks(enough.points, enough.days, portal, books, enough.portal, enough.books), len(portal), len(books))
    found = _found(portal, books, enough, links, second_look=False)
    lifted = tuple(group.lifted(portal.row, books.row) for group in groups)
    return Found(**{item.name: getattr(found, item.name) for item in fields(Found) if item.name != "groups"}, groups=lifted)


def _makes_sense(portal: Documents, books: Documents, evidence: Evidence) -> np.ndarray:
    """What no points can outweigh: another financial year wants number and amount; the wrong direction wants everything else."""
    number_same = evidence.number <= c.N_SERIAL
    amount_same = evidence.amount <= c.A_CESS
    wrong_way = (portal.direction[evidence.portal] != books.direction[evidence.books]) & ~books.doubtful_kind[evidence.books] & ~portal.doubtful_kind[evidence.portal]
    sense = ~wrong_way | ((evidence.number <= c.N_UNYEARED) & amount_same)
    sense &= (evidence.date != c.D_OTHER_YEAR) | (number_same & amount_same)
    # A number one character off, or of another form, is as often a neighbour's number: then the date must agree or its difference have a reason.
    slip = (evidence.number >= c.N_SWAPPED) & (evidence.number != c.N_BLANK)
    lone = (evidence.rarity <= 1) & (evidence.date == c.D_NEAR) & (evidence.number <= c.N_ONE_OFF)
    sense &= ~slip | (evidence.date <= c.D_EXPLAINED) | (evidence.date == c.D_BLANK) | lone | ((evidence.number == c.N_DIFFERS) & (evidence.date <= c.D_NEAR))
    return np.asarray(sense)


def _sure_links(portal: Documents, books: Documents, p: np.ndarray, b: np.ndarray, rarity: np.ndarray, settings: Settings) -> Found:
    amount = amount_levels(portal.money[p], books.money[b], settings)
    date, days = date_levels(portal.day[p], books.day[b], books.posted[b], settings)
    number = np.where(portal.numbers.written[p] == books.numbers.written[b], c.N_WRITTEN, c.N_SAME).astype(np.int8)
    supplier = np.full(len(p), c.S_SAME, dtype=np.int8)
    points = c.NUMBER_POINTS[number] + c.DATE_POINTS[date] + c.AMOUNT_POINTS[amount] + c.SUPPLIER_POINTS[supplier]
    none = np.full(len(p), -1)
    return Found(portal.row[p], books.row[b], number, date, amount, supplier, rarity[p], points, days, np.ones(len(p), dtype=bool), np.zeros(len(p), dtype=bool),
                 np.full(len(p), -(10**6)), none, none)


def _found(portal: Documents, books: Documents, evidence: Evidence, links: np.ndarray, second_look: bool) -> Found:
    # A second booking, or a second copy on the portal, repeats the document and does not contend with it.
    again = (evidence.number <= c.N_UNYEARED) & (evidence.amount <= c.A_TOLERANCE) & (evidence.date != c.D_OTHER_YEAR)
    rival, rival_points = runners_up(evidence.portal, evidence.books, evidence.points, links, again, len(portal), len(books))
    e = evidence.take(links)
    has = rival >= 0
    rival_p = np.where(has, portal.row[evidence.portal[rival]], -1) if len(evidence) else np.full(len(links), -1)
    rival_b = np.where(has, books.row[evidence.books[rival]], -1) if len(evidence) else np.full(len(links), -1)
    flag = np.full(len(links), second_look)
    return Found(portal.row[e.portal], books.row[e.books], e.number, e.date, e.amount, e.supplier, e.rarity, e.points, e.days, np.zeros(len(links), dtype=bool), flag,
                 rival_points, rival_p, rival_b)


__all__ = ["CloserKeys", "Found", "exact_join", "joined", "link_leftovers", "link_partition", "rarities"]
