"""Links become results: a class, the clean flag, a confidence, the differences and a sentence for every row of either side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching import comparison as c
from ims_xl.matching.blocking import pairs_on
from ims_xl.matching.comparison import another_registration, one_slip_apart
from ims_xl.matching.documents import BILL_OF_ENTRY, BLANK, DEBIT_NOTE, NO_DAY, Documents, Vouchers, financial_years
from ims_xl.matching.duplicates import duplicates
from ims_xl.matching.explaining import Story, explain
from ims_xl.matching.found import Found, Group
from ims_xl.matching.hand import Hand
from ims_xl.matching.hashing import together
from ims_xl.matching.lists import LIST_LIKE, read_list
from ims_xl.settings import Settings
from ims_xl.state import Links
from ims_xl.vocabulary import MatchClass

CLASSES: Final = tuple(MatchClass)
_CODE: Final = {match_class: number for number, match_class in enumerate(CLASSES)}
_DIGITS: Final = re.compile(r"\d+")
CLEAR_LEAD: Final = 15
"""Points by which a link must lead its strongest rival to be clean."""


@dataclass(frozen=True)
class Pairs:
    """One-to-one links with their class, clean flag and confidence."""

    match_class: np.ndarray
    clean: np.ndarray
    confidence: np.ndarray


def assemble(ims: pd.DataFrame, register: pd.DataFrame, portal: Documents, vouchers: Vouchers, found: Found, successor: np.ndarray,
             copies: np.ndarray, hand: Hand, settings: Settings) -> Links:
    """Every document and every voucher in one result, in the order of the portal's rows and then of the books'."""
    books = vouchers.documents
    groups = found.groups
    taken_p, taken_b = _taken(len(portal), found.portal, [g.portal for g in groups]), _taken(len(books), found.books, [g.books for g in groups])
    superseded = successor >= 0
    repeats_p = np.where(copies >= 0, copies, duplicates(portal, ~taken_p & ~superseded & (copies < 0), taken_p, settings))
    pairs = judge(portal, books, found, ~taken_p & ~superseded & (repeats_p < 0))
    outside = ~taken_b & (books.reverse_charge | (books.standing == BLANK) | vouchers.stated_outside | (books.kind == BILL_OF_ENTRY))
    repeats_b = duplicates(books, ~taken_b & ~books.reverse_charge, taken_b, settings)
    outside &= repeats_b < 0
    single_p, single_b = np.flatnonzero(~taken_p), np.flatnonzero(~taken_b)
    class_p = np.where(superseded, _CODE[MatchClass.SUPERSEDED], np.where(repeats_p >= 0, _CODE[MatchClass.DUPLICATE], _CODE[MatchClass.NOT_IN_BOOKS]))[single_p]
    class_b = np.where(repeats_b >= 0, _CODE[MatchClass.DUPLICATE], np.where(outside, _CODE[MatchClass.OUTSIDE_IMS], _CODE[MatchClass.NOT_IN_IMS]))[single_b]
    group_clean = np.array([group.clean and _one_registration(portal, books, group) for group in groups], dtype=bool)
    first_line = np.full(len(books), len(register), dtype=np.int64)
    np.minimum.at(first_line, vouchers.of_line, np.arange(len(register)))
    place = np.concatenate([found.portal, np.array([g.portal.min() for g in groups], dtype=np.int64), single_p, len(portal) + first_line[single_b]]).astype(np.int64)
    number = np.empty(len(place), dtype=np.int64)
    number[np.argsort(place, kind="stable")] = np.arange(len(place))
    n_pairs, n_groups = len(found), len(groups)
    of_pairs, of_groups, of_p, of_b = np.split(number, np.cumsum([n_pairs, n_groups, len(single_p)]))
    ims_result, voucher_result = np.full(len(portal), -1, dtype=np.int64), np.full(len(books), -1, dtype=np.int64)
    ims_result[found.portal], voucher_result[found.books] = of_pairs, of_pairs
    for group, result in zip(groups, of_groups):
        ims_result[group.portal], voucher_result[group.books] = result, result
    ims_result[single_p], voucher_result[single_b] = of_p, of_b
    texts = explain(Story(ims, register, portal, vouchers, found, groups, single_p, successor, repeats_p, single_b, repeats_b, outside))
    back = np.argsort(number, kind="stable")
    codes = np.concatenate([pairs.match_class, np.full(n_groups, _CODE[MatchClass.GROUPED]), class_p, class_b])[back]
    clean = np.concatenate([pairs.clean, group_clean, np.zeros(len(single_p) + len(single_b), dtype=bool)])[back]
    confidence = np.concatenate([pairs.confidence, np.where(group_clean, 95, 80), np.full(len(single_p) + len(single_b), 0)])[back]
    confidence = np.where(np.isin(codes, (_CODE[MatchClass.SUPERSEDED], _CODE[MatchClass.DUPLICATE])), 90, confidence)
    results = pd.DataFrame({
        "match_class": pd.Series(np.array([m.value for m in CLASSES], dtype=object)[codes], dtype="str"), "clean": clean, "confidence": confidence.astype(np.int64),
        "differences": _ordered(texts.differences, back), "explanation": _ordered(texts.explanation, back), "runner_up": _ordered(texts.runner_up, back),
    })
    return Links(results, ims_result, voucher_result[vouchers.of_line])


def judge(portal: Documents, books: Documents, found: Found, unbooked: np.ndarray) -> Pairs:
    """Class, clean flag and confidence of every one-to-one link; `unbooked` marks portal documents that no booking was found for."""
    p, b = found.portal, found.books
    wrong_way = portal.direction[p] != books.direction[b]
    import_of_goods = (portal.kind[p] == BILL_OF_ENTRY) & (portal.gstin[p] == 0) & (books.gstin[b] == 0)
    other_supplier = (found.supplier != c.S_SAME) & ~import_of_goods
    other_recipient = another_registration(portal, books, p, b)
    code = np.where(found.amount == c.A_EQUAL, _CODE[MatchClass.EXACT], _CODE[MatchClass.TOLERANCE])
    code = np.where(found.date != c.D_EQUAL, _CODE[MatchClass.DATE], code)
    code = np.where(found.number > c.N_SAME, _CODE[MatchClass.NUMBER], code)
    code = np.where(other_supplier | other_recipient, _CODE[MatchClass.GSTIN], code)
    code = np.where((found.amount > c.A_TOLERANCE) | wrong_way, _CODE[MatchClass.VALUE], code)
    year = np.where(books.day[b] == NO_DAY, financial_years(books.posted[b]), books.year[b])
    lead = found.points - found.rival_points
    clear = lead >= CLEAR_LEAD
    once = found.rarity <= 1
    equal_day = found.date == c.D_EQUAL
    explained = found.date <= c.D_EXPLAINED
    enough = (found.number <= c.N_UNYEARED) & clear & (explained | once)
    enough |= (found.number <= c.N_SERIAL) & clear & (equal_day | (explained & once))
    enough |= (found.number <= c.N_ONE_OFF) & clear & equal_day & once
    enough |= (found.number <= c.N_NEIGHBOUR) & clear & (found.rarity == 0) & (equal_day | ((found.number <= c.N_ONE_OFF) & explained))
    # No number at all, but the very day and an amount, to the paisa, of a supplier whose amounts hardly ever repeat.
    enough |= (found.number == c.N_BLANK) & clear & equal_day & (found.rarity == 0) & (found.amount == c.A_EQUAL)
    # A bill is not dated after the day it was booked, so that date is wrong; and the number from before an amendment may by now be another
    # bill's: where neither number nor date is its own, only an amount of its own tells a bill from its neighbours.
    ahead = (books.posted[b] != NO_DAY) & (books.day[b] > books.posted[b]) & (found.number > c.N_UNYEARED)
    enough &= once | ~(ahead | (found.number == c.N_ORIGINAL))
    clean = (enough | found.sure | found.by_hand) & (found.amount <= c.A_TOLERANCE) & ~other_supplier & ~other_recipient & ~wrong_way & (portal.year[p] == year)
    clean &= ~books.reverse_charge[b] & ~(books.doubtful_kind[b] & (portal.kind[p] != DEBIT_NOTE)) & (~found.second_look | import_of_goods)
    clean &= ~_has_twin(portal, books, found, unbooked) | found.by_hand
    clean &= ~_names_others(books, found, clean) | found.by_hand
    confidence = np.clip(50 + (found.points - 44) // 2, 30, 99)
    confidence = np.where(clean, np.maximum(confidence, 90), np.minimum(confidence, 89))
    confidence = np.where(~clear & ~found.sure, np.minimum(confidence, 60), confidence)
    confidence = np.where(found.sure, np.where(found.amount == c.A_EQUAL, 100, 99), confidence)
    return Pairs(code.astype(np.int8), clean, confidence.astype(np.int64))


def _has_twin(portal: Documents, books: Documents, found: Found, unbooked: np.ndarray) -> np.ndarray:
    """Links beside which an unbooked document of the supplier has the same amount and a number one slip away from the booked one.

    The booking may be that document's, where its date is as near.
    """
    rupees = (portal.money[:, 0] + 50) // 100
    left = np.flatnonzero(unbooked)
    amount = together(portal.gstin, rupees, portal.direction)
    at, other = pairs_on(amount[found.portal], amount[left], 10**4)
    other = left[other]
    booked = books.day[found.books[at]]
    near = np.abs(portal.day[other] - booked) <= np.abs(portal.day[found.portal[at]] - booked)
    near |= (found.date[at] != c.D_EQUAL) & (found.rarity[at] > 1) & (portal.day[other] <= booked) & (booked - portal.day[other] <= 31)
    at, other = at[near], other[near]
    twin = np.zeros(len(found), dtype=bool)
    twin[at[one_slip_apart(portal.numbers, books.numbers, other, found.books[at])]] = True
    return twin


def _one_registration(portal: Documents, books: Documents, group: Group) -> bool:
    """Some document is addressed to the registration that the bookings stand under; the sentence says where others are not."""
    addressed, booked = portal.recipient[group.portal], books.recipient[group.books]
    return bool(not addressed.any() or not booked.any() or np.isin(addressed[addressed != 0], booked).any())


def _names_others(books: Documents, found: Found, asked: np.ndarray) -> np.ndarray:
    """Links, of those asked about, whose booking's number surely lists more documents of the same form: `A-101, A-102` linked with A-101 alone."""
    several = np.zeros(len(found), dtype=bool)
    loose = np.flatnonzero(asked & (found.number > c.N_SAME))
    numbers = books.number.take(pa.array(found.books[loose]))
    for at in loose[np.asarray(pc.match_substring_regex(numbers, LIST_LIKE))].tolist():
        listing = read_list(str(books.number[int(found.books[at])].as_py()))
        if listing is not None and listing.sure:
            forms = [_DIGITS.sub("9", part) for part in listing.parts]
            several[at] = len(forms) > len(set(forms)) or len(forms) > 2
    return several


def _taken(rows: int, linked: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    taken = np.zeros(rows, dtype=bool)
    taken[linked] = True
    for members in groups:
        taken[members] = True
    return taken


def _ordered(texts: list[str], order: np.ndarray) -> pd.Series:
    return pd.Series(texts, dtype="str").take(order).reset_index(drop=True)

