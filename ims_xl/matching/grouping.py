"""One document in several bookings, several documents in one booking, and both at once.

A group wants more than a sum that happens to agree: every booking of a split names the document; a merged booking names at
least one of its documents, and the others lie beside it in series and date. Without that, sums agree by chance.
"""

from __future__ import annotations

import numpy as np

from ims_xl.matching import comparison as c
from ims_xl.matching.beside import merges_beside
from ims_xl.matching.comparison import Evidence
from ims_xl.matching.documents import Documents
from ims_xl.matching.found import Group
from ims_xl.matching.listed import listed
from ims_xl.matching.merging import merges, unfinished_merges
from ims_xl.matching.numbers import CloserKeys
from ims_xl.matching.pool import Pool
from ims_xl.matching.splitting import cancelling, families, netted, partial_splits, splits
from ims_xl.matching.unnamed import told_in_words, unnamed_merges
from ims_xl.settings import Settings


def find_groups(portal: Documents, books: Documents, portal_keys: CloserKeys, books_keys: CloserKeys, evidence: Evidence, links: Evidence, rarity: np.ndarray,
                settings: Settings, booked: Documents | None) -> tuple[Group, ...]:
    """Groups among documents that have no partner of equal amount; `links` are the one-to-one links as they would stand without groups, `booked` the
    documents of these suppliers that found theirs before (None across suppliers)."""
    firm = (links.amount <= c.A_TAXABLE) & ((links.supplier == c.S_SAME) | (links.number <= c.N_PART))
    open_p, open_b = np.ones(len(portal), dtype=bool), np.ones(len(books), dtype=bool)
    open_p[links.portal[firm]] = False
    open_b[links.books[firm]] = False
    p, b = evidence.portal, evidence.books
    number = evidence.number
    names = open_p[p] & open_b[b] & (portal.direction[p] == books.direction[b])
    if booked is None:   # another GSTIN: then the number must be the document's own, and the day have its reason
        names &= (number <= c.N_PART) & (evidence.date <= c.D_EXPLAINED)
    else:
        branch = (evidence.supplier == c.S_PAN) & (number <= c.N_PART) & (evidence.date == c.D_EQUAL)
        near = (evidence.date <= c.D_FIVE_WEEKS) | (evidence.date == c.D_BLANK) | ((number <= c.N_UNYEARED) & (evidence.days <= 62))
        names &= branch | ((number <= c.N_CONTAINED) & (evidence.supplier == c.S_SAME) & near)
    # A document whose booking names it but loosely may still belong to a voucher that names it outright.
    loose_p = open_p.copy()
    loose_p[links.portal[links.number > c.N_ENDING]] = True
    pool = Pool(portal, books, portal_keys, books_keys, settings, rarity, open_p, open_b, loose_p)
    pool.edges(p[names], b[names], number[names])
    if booked is None:
        splits(pool)
        return tuple(pool.groups)
    loose = links.take(np.flatnonzero(~firm))
    listed(pool)
    splits(pool)
    merges(pool)
    told_in_words(pool)
    netted(pool, loose)
    cancelling(pool, loose)
    partial_splits(pool)
    families(pool)
    unfinished_merges(pool)
    unnamed_merges(pool)
    merges_beside(pool, booked)
    return tuple(pool.groups)
