"""Which candidates become links: the best pair first, each document once, ties broken by content and never by row order."""

from __future__ import annotations

import numpy as np

from ims_xl.matching.documents import Documents
from ims_xl.matching.hashing import together

NOBODY = -1


def best_first(portal: np.ndarray, books: np.ndarray, rank: np.ndarray, n_portal: int, n_books: int) -> np.ndarray:
    """Positions (in the pair columns) of the links: a pair is a link where it is the best left for both its documents.

    `rank` is 0 for the best pair and occurs once; the answer equals taking pairs one by one in that order.
    """
    order = np.argsort(rank, kind="stable")
    chosen: list[np.ndarray] = []
    p, b = portal[order], books[order]
    while len(order):
        place = np.arange(len(order))
        best_p, best_b = np.full(n_portal, -1), np.full(n_books, -1)
        best_p[p[::-1]] = place[::-1]
        best_b[b[::-1]] = place[::-1]
        mutual = (best_p[p] == place) & (best_b[b] == place)
        chosen.append(order[mutual])
        free_p, free_b = np.ones(n_portal, dtype=bool), np.ones(n_books, dtype=bool)
        free_p[p[mutual]] = False
        free_b[b[mutual]] = False
        left = free_p[p] & free_b[b]
        order, p, b = order[left], p[left], b[left]
    return np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)


def ranks(points: np.ndarray, days: np.ndarray, portal: Documents, books: Documents, at_p: np.ndarray, at_b: np.ndarray) -> np.ndarray:
    """0 for the best pair: most points, then nearest dates, then an order that only the content decides."""
    order = np.lexsort((together(portal.order[at_p], books.order[at_b]), np.minimum(days, 9999), -points))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def runners_up(portal: np.ndarray, books: np.ndarray, points: np.ndarray, linked: np.ndarray, again: np.ndarray, n_portal: int,
               n_books: int) -> tuple[np.ndarray, np.ndarray]:
    """For every link the strongest pair that competes with it (position, -1 = none), and that pair's points.

    A pair competes where it shares one document with the link and its other document is free, or is itself linked by hardly
    more points: a document that has found its own clear partner is nobody's rival. `again` marks pairs that repeat a document;
    a free repetition contends with nobody, but of two bookings of one number that were linked to two documents one is wrong.
    """
    link_of_p, link_of_b = np.full(n_portal, NOBODY), np.full(n_books, NOBODY)
    link_of_p[portal[linked]] = np.arange(len(linked))
    link_of_b[books[linked]] = np.arange(len(linked))
    strength = np.r_[points[linked], -(10**6)]
    at_p, at_b = link_of_p[portal], link_of_b[books]
    rival = np.full(len(linked), NOBODY)
    rival_points = np.full(len(linked), -(10**6))
    itself = (at_p == at_b) & (at_p != NOBODY)
    for mine, others in ((at_p, at_b), (at_b, at_p)):
        competes = np.flatnonzero((mine != NOBODY) & ~itself & ~(again & (others == NOBODY)) & (strength[others] <= points + 20))
        competes = competes[np.argsort(points[competes], kind="stable")]
        better = np.full(len(linked), NOBODY)
        better[mine[competes]] = competes   # the last written has most points
        found = np.flatnonzero(better != NOBODY)
        found = found[points[better[found]] > rival_points[found]]
        rival[found], rival_points[found] = better[found], points[better[found]]
    return rival, rival_points
