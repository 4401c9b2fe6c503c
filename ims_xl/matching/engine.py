"""The matching engine on one page: two ledgers in, links out. It knows no files and no workbook.

documents -> superseded originals aside -> partitions by PAN (exact join, candidates, evidence, best first, groups) ->
one look across suppliers at what is left -> duplicates -> classes, clean flag, differences, sentences.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ims_xl.matching.classing import assemble
from ims_xl.matching.comparison import tolerances
from ims_xl.matching.composites import lines_apart
from ims_xl.matching.documents import PLACED, Documents, gather_vouchers, portal_documents, with_former_amounts, with_lone_days, with_lone_numbers
from ims_xl.matching.duplicates import portal_copies, surplus_bookings
from ims_xl.matching.found import Found, Group, joined
from ims_xl.matching.hand import Hand, read_hand_links
from ims_xl.matching.partition import link_as_told, link_leftovers
from ims_xl.matching.parts import OneByOne, Part, Spread, link_part, partitions
from ims_xl.matching.slips import probable_gstins
from ims_xl.matching.superseding import superseded_by
from ims_xl.progress import Progress, silent
from ims_xl.settings import Settings
from ims_xl.state import HandLinks, Links

NO_HAND_LINKS = HandLinks()
ONE_BY_ONE = OneByOne()


def link_documents(ims: pd.DataFrame, register: pd.DataFrame, settings: Settings, hand_links: HandLinks = NO_HAND_LINKS, progress: Progress = silent,
                   spread: Spread = ONE_BY_ONE) -> Links:
    """Every IMS row and every register line in exactly one result (see `ims_xl.state.Links`); `spread` says where the work by supplier is done.

    `ims` and `register` carry typed columns of IMS_LEDGER and REGISTER_LEDGER; missing optional columns count as blank.
    """
    progress("Reading documents", 0.0)
    portal = portal_documents(ims, settings)
    vouchers = gather_vouchers(register, settings, lines_apart(register, portal, settings))
    books = vouchers.documents
    successor = superseded_by(portal, ims)
    hand = read_hand_links(ims, register, portal, vouchers, hand_links)
    copies = portal_copies(portal, (successor < 0) & ~hand.portal)
    open_p = (successor < 0) & (copies < 0) & ~hand.portal
    open_b = ~hand.books
    open_b &= ~surplus_bookings(portal, books, open_p, open_b)
    portal = with_lone_days(with_former_amounts(with_lone_numbers(portal, open_p), successor), books)
    found = _link(portal, books, open_p, open_b, hand, settings, progress, spread)
    progress("Writing explanations", 0.9)
    links = assemble(ims, register, portal, vouchers, found, successor, copies, hand, settings)
    progress("Matched", 1.0)
    return links


def _link(portal: Documents, books: Documents, open_p: np.ndarray, open_b: np.ndarray, hand: Hand, settings: Settings, progress: Progress, spread: Spread) -> Found:
    at_p, at_b = np.flatnonzero(open_p), np.flatnonzero(open_b)
    placed_p = at_p[portal.gstin[at_p] != 0]
    placed_b = at_b[books.standing[at_b] == PLACED]
    dealt = partitions(portal.pan[placed_p], books.pan[placed_b], spread.rows)
    parts = (Part(portal.take(placed_p[rows_p]), books.take(placed_b[rows_b]), settings, hand.apart) for rows_p, rows_b in dealt)
    progress("Matching supplier by supplier", 0.1)
    founds: list[Found] = []
    for one in spread(link_part, parts):
        founds.append(one)
        progress("Matching supplier by supplier", 0.1 + 0.6 * len(founds) / len(dealt))
    found = joined(tuple(founds))
    free_p, free_b = open_p.copy(), open_b & ~books.reverse_charge
    free_p[found.portal], free_b[found.books] = False, False
    for group in found.groups:
        free_p[group.portal], free_b[group.books] = False, False
    progress("Looking across suppliers", 0.75)
    left_p, left_b = np.flatnonzero(free_p), np.flatnonzero(free_b)
    alias = probable_gstins(portal, books, left_b)
    across = link_leftovers(portal.take(left_p), books.take(left_b), alias, settings, hand.apart)
    return joined((found, across, _by_hand(portal, books, hand, settings)))


def _by_hand(portal: Documents, books: Documents, hand: Hand, settings: Settings) -> Found:
    """What a person linked: pairs with their evidence, larger links as groups."""
    pairs = [(p[0], b[0]) for p, b in hand.groups if len(p) == 1 and len(b) == 1]
    at_p, at_b = np.array([p for p, _ in pairs], dtype=np.int64), np.array([b for _, b in pairs], dtype=np.int64)
    found = link_as_told(portal.take(at_p), books.take(at_b), settings)
    groups = []
    for p, b in hand.groups:
        if len(p) > 1 or len(b) > 1:
            rows_p, rows_b = np.array(p), np.array(b)
            agrees = bool((np.abs(portal.money[rows_p].sum(axis=0) - books.money[rows_b].sum(axis=0)) <= tolerances(settings)).all())
            groups.append(Group(rows_p, rows_b, agrees, True, False, True))
    return replace(found, groups=tuple(groups))
