"""The sentence an accountant reads, the list of what differs, and the runner-up, for every result.

Most results agree in all and share one template; only what a person may look at is put together field by field.
`Bill 451 in books is GST/24-25/000451 on the portal: same supplier, date and tax; the series was left out or written otherwise.`
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from ims_xl.matching import comparison as c
from ims_xl.matching.comparison import another_registration
from ims_xl.matching.documents import BILL_OF_ENTRY, BLANK, NO_DAY, Documents, Vouchers
from ims_xl.matching.found import Found, Group, counted
from ims_xl.matching.hashing import arrow_text
from ims_xl.matching.phrases import AMOUNT, DATE, MONEY_COLUMNS, MONEY_WORDS, NOUNS, NUMBER, SUPPLIER, listed
from ims_xl.rupees import plain as rupees

_DATED: Final = re.compile(r"/\d{4}-\d\d-\d\d(?:/[A-Z][a-z]+ Note)*(?: #\d+)?\Z")
_SAYS_ITSELF: Final = re.compile(r"(?:tax )?(?:bill|inv|invoice|credit note|debit note)[ .]", re.IGNORECASE)


@dataclass(frozen=True)
class Story:
    """All that the sentences are made of, by position."""

    ims: pd.DataFrame
    register: pd.DataFrame
    portal: Documents
    vouchers: Vouchers
    found: Found
    groups: tuple[Group, ...]
    single_p: np.ndarray
    successor: np.ndarray
    repeats_p: np.ndarray
    single_b: np.ndarray
    repeats_b: np.ndarray
    outside: np.ndarray
    """bool per voucher: can never be in IMS."""


@dataclass(frozen=True)
class Texts:
    """One text a result: pairs, groups, lone documents, lone vouchers, in this order."""

    differences: list[str]
    explanation: list[str]
    runner_up: list[str]


def explain(story: Story) -> Texts:
    """The texts of every result."""
    names = _Names(story)
    pairs = _pairs(story, names)
    groups = [_group(story, names, group) for group in story.groups]
    lone = [*_lone_documents(story, names), *_lone_vouchers(story, names)]
    blank = [""] * len(lone)
    return Texts([*pairs.differences, *(text for text, _ in groups), *blank], [*pairs.explanation, *(text for _, text in groups), *lone], [*pairs.runner_up, *[""] * len(groups), *blank])


class _Names:
    """How documents and vouchers are called: their numbers, GSTINs, and rows."""

    def __init__(self, story: Story) -> None:
        self.number_p, self.number_b = story.portal.number, story.vouchers.documents.number
        self.gstin_p, self.gstin_b = story.portal.supplier, story.vouchers.documents.supplier
        first = np.full(len(story.vouchers.documents), len(story.register), dtype=np.int64)
        np.minimum.at(first, story.vouchers.of_line, np.arange(len(story.register)))
        self.line_of = first
        self._voucher = arrow_text(story.register["voucher_number"]) if len(story.register) else pa.array([], type=pa.large_string())
        self._rows_p = story.ims["source_row"].to_numpy() if "source_row" in story.ims else np.arange(len(story.ims))
        self._rows_b = story.register["source_row"].to_numpy() if "source_row" in story.register else np.arange(len(story.register))

    def voucher(self, at: int) -> str:
        """Its number in the books, or where it stands: a number that the reader made from the document (supplier/number/date) is nobody's."""
        name, document, who = str(self._voucher[int(self.line_of[at])].as_py()), self.number_b[at].as_py(), self.gstin_b[at].as_py()
        made = document and (name.startswith(f"{who}/{document}/") if who else f"/{document}/" in name and _DATED.search(name))
        return f"of row {self.row_b(at)}" if made else name

    def row_p(self, at: int) -> int:
        return int(self._rows_p[at])

    def row_b(self, at: int) -> int:
        return int(self._rows_b[self.line_of[at]])


def _pairs(story: Story, names: _Names) -> Texts:
    found, portal, books = story.found, story.portal, story.vouchers.documents
    p, b = found.portal, found.books
    differences, runner_up = [""] * len(found), [""] * len(found)
    numbers = _texts(names.number_p, p)
    nouns = [NOUNS[kind] for kind in portal.kind[p].tolist()]
    explanation = [f"{noun} {number} agrees with the books in supplier, number, date and tax." for noun, number in zip(nouns, numbers)]
    wrong_way = portal.direction[p] != books.direction[b]
    elsewhere = another_registration(portal, books, p, b)
    plain = ~elsewhere & (found.amount == c.A_EQUAL) & (found.date == c.D_EQUAL) & (found.number <= c.N_SAME) & (found.supplier == c.S_SAME) & ~wrong_way & ~books.reverse_charge[b] & ~found.by_hand
    look = np.flatnonzero(~plain)
    old_values = _booked_before_amendment(story)
    columns = zip(
        look.tolist(), _texts(names.number_b, b[look]), _texts(names.gstin_p, p[look]), _texts(names.gstin_b, b[look]), _days(portal.day[p[look]]), _days(books.day[b[look]]),
        portal.money[p[look]].tolist(), books.money[b[look]].tolist(), found.number[look].tolist(), found.date[look].tolist(), found.amount[look].tolist(), found.supplier[look].tolist(),
        wrong_way[look].tolist(), elsewhere[look].tolist(), books.reverse_charge[b[look]].tolist(), old_values[look].tolist(), found.by_hand[look].tolist(), portal.kind[p[look]].tolist(), books.kind[b[look]].tolist())
    for at, number_b, gstin_p, gstin_b, day_p, day_b, money_p, money_b, number, date, amount, supplier, against, other, reverse, old, hand, kind_p, kind_b in columns:
        same, reasons, fields = [], [], []
        imported = kind_p == BILL_OF_ENTRY and not gstin_p and not gstin_b
        if supplier == c.S_SAME:
            same.append("supplier")
        elif not imported:
            reasons.append(f"GSTIN {gstin_p} on the portal, {gstin_b} in books: {SUPPLIER[supplier]}" if gstin_b else f"books give no GSTIN (portal {gstin_p})")
            fields.append(f"supplier_gstin={gstin_p}>{gstin_b}")
        if number <= c.N_SAME:
            same.append("number")
        else:
            reasons.append(NUMBER[number])
            fields.append(f"document_number={numbers[at]}>{number_b}")
        if date == c.D_EQUAL:
            same.append("date")
        else:
            reasons.append(DATE[date] if date == c.D_BLANK else f"dated {day_p} on the portal and {day_b} in books: {DATE[date]}")
            fields.append(f"document_date={day_p}>{day_b}")
        off = [k for k in range(5) if money_p[k] != money_b[k]]
        if not off:
            same.append("tax")
        else:
            fields += [f"{MONEY_COLUMNS[k]}={rupees(money_p[k])}>{rupees(money_b[k])}" for k in off]
            if amount == c.A_TOLERANCE:
                same.append("tax within tolerance")
            else:
                amounts = listed([f"{MONEY_WORDS[k]} {rupees(money_p[k])} against {rupees(money_b[k])}" for k in off])
                reasons.append(f"{AMOUNT.get(amount, AMOUNT[c.A_DIFFERS])} (portal {amounts} in books)")
        if against:
            reasons.append("the portal and the books count it in opposite directions")
            fields.append(f"document_type={NOUNS[kind_p]}>{NOUNS[kind_b]}")
        if other:
            ours_p, ours_b = story.ims["recipient_gstin"].iat[int(p[at])], story.register["recipient_gstin"].iat[int(names.line_of[b[at]])]
            reasons.append(f"it is addressed to our registration {ours_p} and booked under {ours_b}")
            fields.append(f"recipient_gstin={ours_p}>{ours_b}")
        if reverse:
            reasons.append("books mark it reverse charge, which is never in IMS")
            fields.append("reverse_charge=N>Y")
        if old:
            reasons.append("books hold the values from before the amendment")
        subject = f"{_named(nouns[at], number_b)} in books is {numbers[at]} on the portal" if number > c.N_SAME and number_b else f"{nouns[at]} {numbers[at]}"
        tail = "; ".join(([f"same {listed(same)}"] if same else []) + reasons)
        explanation[at] = f"{subject}: {'linked by hand; ' if hand else ''}{tail}."
        differences[at] = ";".join(fields)
    for at in np.flatnonzero((found.rival_points >= 0) & (found.points - found.rival_points < 40)).tolist():
        runner_up[at] = _runner_up(story, names, at)
    return Texts(differences, explanation, runner_up)


def _named(noun: str, number: str) -> str:
    """`Bill 451`; a number that says itself what it is (`Inv No. 451`) needs no noun before it."""
    return f"'{number}'" if _SAYS_ITSELF.match(number) else f"{noun} {number}"


def _runner_up(story: Story, names: _Names, at: int) -> str:
    found = story.found
    p, b, points = int(found.rival_portal[at]), int(found.rival_books[at]), int(found.rival_points[at])
    if p == found.portal[at]:
        return f"Next best for this document: voucher {names.voucher(b)}, bill {names.number_b[b].as_py() or '(no number)'} ({points} points against {int(found.points[at])})."
    return f"Next best for this booking: {names.number_p[p].as_py()} on the portal, row {names.row_p(p)} ({points} points against {int(found.points[at])})."


def _group(story: Story, names: _Names, group: Group) -> tuple[str, str]:
    portal, books = story.portal, story.vouchers.documents
    on_portal, in_books = counted(portal, group.portal).tolist(), counted(books, group.books).tolist()
    off = [k for k in range(5) if on_portal[k] != in_books[k]]
    differences = ";".join(f"{MONEY_COLUMNS[k]}={rupees(on_portal[k])}>{rupees(in_books[k])}" for k in off)
    documents = listed([str(names.number_p[int(at)].as_py()) for at in group.portal])
    vouchers = listed([names.voucher(int(at)) for at in group.books])
    if len(group.portal) == 1:
        what = f"{NOUNS[int(portal.kind[group.portal[0]])]} {documents} is booked in {len(group.books)} vouchers ({vouchers})" if len(group.books) > 1 else f"Voucher {vouchers} names several documents, of which only {documents} is on the portal"
    elif len(group.books) == 1 and len(set(portal.direction[group.portal].tolist())) > 1:
        bills, notes = (listed([str(names.number_p[int(at)].as_py()) for at in group.portal if portal.direction[at] == way]) for way in (1, -1))
        what = f"Voucher {vouchers} books {bills} less credit note {notes}"
    elif len(group.books) == 1:
        what = f"Voucher {vouchers} books {len(group.portal)} documents together: {documents}"
    else:
        what = f"Documents {documents} are booked across vouchers {vouchers}"
    if not off:
        sums = "the sums agree"
    elif group.agrees:
        sums = "the sums agree within tolerance"
    else:
        sums = "the sums differ: portal " + listed([f"{MONEY_WORDS[k]} {rupees(on_portal[k])} against {rupees(in_books[k])}" for k in off]) + " in books"
    doubt = "" if group.named or not group.agrees else "; only some are named in the books, the rest follow from the amounts"
    booked = books.recipient[group.books][books.recipient[group.books] != 0]
    elsewhere = group.portal[(portal.recipient[group.portal] != 0) & ~np.isin(portal.recipient[group.portal], booked)] if len(booked) else group.portal[:0]
    addressed = f"; {listed([str(names.number_p[int(at)].as_py()) for at in elsewhere])} addressed to another registration of ours" if len(elsewhere) else ""
    return differences, f"{what}: {'linked by hand; ' if group.by_hand else ''}{sums}{doubt}{addressed}."


def _lone_documents(story: Story, names: _Names) -> Iterable[str]:
    rows = story.single_p
    columns = zip(rows.tolist(), _texts(names.number_p, rows), _texts(names.gstin_p, rows), story.portal.kind[rows].tolist(), story.successor[rows].tolist(), story.repeats_p[rows].tolist())
    for _, number, gstin, kind, successor, repeats in columns:
        noun = NOUNS[kind]
        if successor >= 0:
            yield f"{noun} {number} is replaced by its amendment {names.number_p[successor].as_py()} (IMS row {names.row_p(successor)}); books are compared with the amendment."
        elif repeats >= 0:
            yield f"{noun} {number} is a second copy of IMS row {names.row_p(repeats)} ({names.number_p[repeats].as_py()}): same supplier, number, date and amounts."
        else:
            yield f"{noun} {number} of {gstin or 'the customs house'} is only on the portal: no booking comes near it in number, date and amount."


def _lone_vouchers(story: Story, names: _Names) -> Iterable[str]:
    rows, books = story.single_b, story.vouchers.documents
    columns = zip(rows.tolist(), _texts(names.number_b, rows), _texts(names.gstin_b, rows), books.kind[rows].tolist(), story.repeats_b[rows].tolist(), story.outside[rows].tolist())
    for at, number, gstin, kind, repeats, outside in columns:
        noun = NOUNS[kind]
        name = f"{noun} {number}" if number else f"{noun} without number"
        if repeats >= 0:
            yield f"{name} in voucher {names.voucher(at)} repeats register row {names.row_b(repeats)} (voucher {names.voucher(repeats)}, bill {names.number_b[repeats].as_py() or '(no number)'}): the same document is booked twice."
        elif outside:
            yield f"{name} can never be in IMS: {_why_outside(story, at)}."
        else:
            yield f"{name} of {gstin or 'no GSTIN'} is only in books: nothing on the portal comes near it in number, date and amount."


def _why_outside(story: Story, at: int) -> str:
    books = story.vouchers.documents
    if books.reverse_charge[at]:
        return "it is under reverse charge"
    if books.kind[at] == BILL_OF_ENTRY:
        return "it is an import that the portal does not show"
    if story.vouchers.stated_outside[at]:
        return "the register itself says it is of a kind that suppliers do not report"
    return "the supplier has no GSTIN" if books.standing[at] == BLANK else "suppliers do not report it"


def _booked_before_amendment(story: Story) -> np.ndarray:
    """Links to an amendment whose booking has the amounts of the original that it replaced."""
    found, portal, books = story.found, story.portal, story.vouchers.documents
    result = np.zeros(len(found), dtype=bool)
    originals = np.flatnonzero(story.successor >= 0)
    if not len(originals):
        return result
    link_of = np.full(len(portal), -1, dtype=np.int64)
    link_of[found.portal] = np.arange(len(found))
    link = link_of[story.successor[originals]]
    originals, link = originals[link >= 0], link[link >= 0]
    same = (portal.money[originals] == books.money[found.books[link]]).all(axis=1) & (found.amount[link] > c.A_TOLERANCE)
    result[link[same]] = True
    return result


def _texts(column: Any, rows: np.ndarray) -> list[str]:
    values: list[str] = column.take(pa.array(rows)).to_pylist()
    return values


def _days(day: np.ndarray) -> list[str]:
    texts: list[str] = np.where(day == NO_DAY, "", np.datetime_as_string(np.where(day == NO_DAY, 0, day).astype("datetime64[D]"))).tolist()
    return texts
