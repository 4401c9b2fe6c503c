"""Books documents as a person would, for bench/third_hand.py: `Clerk(...).clusters(documents)`.

A cluster holds what belongs together in the truth: a document and its voucher, a split, a merger, a second booking. A booking bears only so much
trouble, and a mistake after which another document of the supplier with the same amount would fit as well is left out, so that a person with both
ledgers could resolve every pair.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from random import Random

from bench import third_hand_mistakes as mistakes
from bench.third_hand_suppliers import FIRST, Document, Supplier, fiscal

PRESETS = ("clean", "typical", "messy")
RATES = {                                                # a document's chance, by preset
    "easy number": (.026, .20, .41), "hard number": (.004, .035, .085), "date": (.007, .075, .14), "odd date": (0, .02, .06), "gstin": (.0025, .024, .06),
    "heads": (.0025, .029, .062), "rounding": (.02, .08, .12), "value": (.015, .06, .12), "name": (.10, .45, .70), "rate lines": (.10, .40, .50),
    "split": (.001, .006, .012), "merged": (.0008, .004, .008), "crossed": (0, .0002, .0005), "netted": (0, .015, .03), "own note": (.01, .04, .08),
    "booked twice": (.001, .006, .015), "uploaded twice": (.0005, .002, .004), "not in books": (.02, .06, .10), "not in ims": (.02, .07, .12),
    "amended": (.005, .012, .02), "never in ims": (.02, .05, .08), "booked late": (.02, .06, .10),
}
TROUBLE = {"date_month": 2, "date_year": 2, "date_blank": 2, "gstin_blank": 2, "gstin_own": 2, "gstin_other_party": 2}
BEARABLE = 4                                             # points of trouble with which a person still finds the document
HEAVY_MERGERS = ("transporter", "petrol", "courier", "hotel")
NOTE_VOUCHERS = {"CRN": (("Debit Note", 1), ("Debit Note", 1), ("Debit Note", -1), ("Credit Note", -1), ("Purchase", -1), ("Journal", -1)),
                 "DBN": (("Purchase", 1), ("Purchase", 1), ("Credit Note", 1)), "INV": (("Purchase", 1),)}


@dataclass(slots=True, eq=False)
class Booking:
    lines: list[list[int]]
    voucher_type: str
    voucher_date: dt.date
    gstin: str
    name: str
    recipient: str
    number: str
    date: dt.date | None
    value: int | None
    odd_date: bool = False
    sign: int = 1
    again: bool = False
    reverse_charge: str = "N"


@dataclass(slots=True, eq=False)
class Cluster:
    """Documents and the vouchers that book them: one and one, or a split, a merger, a crossing; second bookings of it among the vouchers."""
    documents: list[Document]
    bookings: list[Booking]
    kinds: list[str] = field(default_factory=list)


class Clerk:
    """Books documents, with the mistakes of a preset."""

    def __init__(self, rng: Random, preset: str, suppliers: list[Supplier], documents: list[Document]) -> None:
        self.rng, self.suppliers = rng, suppliers
        self.rates = {name: by_preset[PRESETS.index(preset)] for name, by_preset in RATES.items()}
        self.alike: dict[tuple[str, str, int], list[Document]] = defaultdict(list)
        for document in documents:
            self.alike[self._amount(document)].append(document)
        self._presence(documents)
        self.amended: dict[Document, Document] = {document: self._earlier(document) for document in documents if document not in self.not_in_ims and self.happens("amended")}

    def happens(self, what: str) -> bool:
        return self.rng.random() < self.rates[what]

    def clusters(self, documents: list[Document]) -> list[Cluster]:
        """Every document that is in the books, in one cluster each."""
        booked = [document for document in documents if document not in self.not_in_books]
        made: list[Cluster] = []
        left: set[Document] = set(booked)
        plain = [document for document in booked if document not in self.not_in_ims and document not in self.amended]
        for document in plain:
            if document.kind == "CRN" and self.happens("netted"):
                made += self._netted(document, [other for other in plain if other.number == document.against and other.gstin == document.gstin and other in left], left)
        bills = [document for document in plain if document.kind == "INV" and document in left]
        bills.sort(key=lambda document: (document.gstin, document.recipient, document.date))
        for at, document in enumerate(bills):
            factor = 5 if document.supplier.trade.name in HEAVY_MERGERS else 1
            for what, size, make in (("crossed", 2, self._crossed), ("merged", self.rng.choice((2, 2, 3, 4, 6)), self._merged)):
                run = bills[at:at + size]
                if self.rng.random() < self.rates[what] * factor and len(run) == size and left.issuperset(run) and _together(run):
                    made.append(make(run))
                    left.difference_update(run)
        made += [self._single(document) for document in booked if document in left]
        return made

    # What is on one side only, and what was amended.

    def _amount(self, document: Document) -> tuple[str, str, int]:
        return document.supplier.pan, document.kind, document.heads[0] // 100

    def _presence(self, documents: list[Document]) -> None:
        """One document only in IMS and its like only in books, a figure apart, nobody could tell from a mistyped number: not both."""
        self.not_in_books = {document for document in documents if self.happens("not in books")}
        self.not_in_ims: set[Document] = set()
        for document in documents:
            if document not in self.not_in_books and self.happens("not in ims"):
                others = [other for other in self.alike[self._amount(document)] if other in self.not_in_books]
                if not any(abs((other.date - document.date).days) <= 45 and _likeness(other.number, document.number) > .7 for other in others):
                    self.not_in_ims.add(document)

    def _earlier(self, document: Document) -> Document:
        """The document as it stood before its amendment: another value, number or date."""
        earlier = replace(document, lines=[list(line) for line in document.lines])
        way = self.rng.random()
        if way < .65:
            factor = self.rng.choice((.1, .8, .95, 1.05, 1.2, 1.8))
            earlier.lines = [[round(amount * factor) for amount in line] for line in document.lines]
            earlier.total()
        elif way < .85:
            slipped = mistakes.HARD_NUMBERS["num_slip"][1](document, self.rng)
            earlier.number = slipped if len(slipped) <= 16 else slipped[1:]
        else:
            earlier.date = max(FIRST, document.date - dt.timedelta(days=self.rng.choice((1, 9, 10))))
        return earlier

    # One document.

    def _faithful(self, document: Document) -> Booking:
        """Booked without a mistake."""
        rng = self.rng
        entered = document.date + dt.timedelta(days=rng.randrange(40, 200) if self.happens("booked late") else rng.randrange(26))
        voucher_type, sign = rng.choice(NOTE_VOUCHERS[document.kind])
        name = mistakes.typed_name(document.supplier, rng) if self.happens("name") else document.supplier.known_as
        lines = [list(line) for line in document.lines] if self.happens("rate lines") else [list(document.heads)]
        return Booking(lines, voucher_type, entered, document.gstin, name, document.recipient, document.number, document.date, document.value, sign=sign)

    def _single(self, document: Document) -> Cluster:
        if document in self.amended:
            old = self.rng.random() < .5
            return Cluster([document], [self._faithful(self.amended[document] if old else document)], ["amended_books_old" if old else "amended_books_new"])
        booking = self._faithful(document)
        cluster = Cluster([document], [booking])
        if self.happens("split"):
            cluster.bookings = self._split(document, booking)
            cluster.kinds.append("split")
            return cluster
        self._spoil(document, booking, cluster.kinds)
        if booking.sign < 0 and booking.voucher_type == "Purchase":
            cluster.kinds.append("note_as_negative_purchase")
        if self.happens("booked twice"):
            cluster.bookings.append(self._second(document, booking))
        return cluster

    def _spoil(self, document: Document, booking: Booking, kinds: list[str]) -> None:
        """Mistakes of each field, as long as the document can still be told."""
        left = self._spoil_number_and_date(document, booking, kinds, BEARABLE if document not in self.not_in_ims else 1)
        rng = self.rng
        if self.happens("gstin"):
            kind = _drawn(rng, mistakes.GSTINS)
            gstin, name = mistakes.typed_gstin(kind, document, self.suppliers, rng)
            if gstin != document.gstin and (cost := TROUBLE.get(kind, 1)) <= left:
                booking.gstin, booking.name, left = gstin, name or booking.name, left - cost
                kinds.append(kind)
        if self.happens("heads") and left >= 3:
            kind = _drawn(rng, mistakes.HEADS)
            heads = mistakes.typed_heads(kind, document.heads, rng)
            if heads != document.heads and heads[0] > 0:
                booking.lines, booking.value = [heads], sum(heads)
                kinds.append(kind)
        elif self.happens("rounding") and any(amount % 100 for amount in document.heads):
            booking.lines = [[round(amount / 100) * 100 for amount in document.heads]]
            kinds.append("rounded")
        elif self.happens("value"):
            kind = _drawn(rng, mistakes.VALUES)
            booking.value = mistakes.typed_value(kind, document)
            kinds.append(kind)
        booking.odd_date = self.happens("odd date")

    def _spoil_number_and_date(self, document: Document, booking: Booking, kinds: list[str], budget: int) -> int:
        """Number and date as typed; returns the trouble that may still be added."""
        rng, spent, new = self.rng, 0, []
        number, tells = document.number, 2
        day: dt.date | None = document.date
        luck = rng.random()
        if document.kind != "INV" and self.happens("own note"):
            number, spent = rng.choice((f"{'DN' if document.kind == 'CRN' else 'CN'}/26-27/{rng.randrange(1, 200):03d}", f"agst {document.against}")), 3
            new, tells = ["note_own_number"], 0
        elif luck < self.rates["hard number"] + self.rates["easy number"]:
            kind, number, tells = self._mistyped(document, mistakes.HARD_NUMBERS if luck < self.rates["hard number"] else mistakes.EASY_NUMBERS)
            new, spent = ([kind], 3 - tells) if number != document.number else ([], 0)
        if self.happens("date"):
            kind = _drawn(rng, mistakes.DATES)
            typed = mistakes.typed_date(kind, document, booking.voucher_date, rng)
            cost = max(TROUBLE.get(kind, 1), 2 if typed and abs((typed - document.date).days) > 40 else 1)
            if typed != document.date and spent + cost <= budget:
                day, spent = typed, spent + cost
                new.append(kind)
        if spent > budget or self._fits_another(document, number, day):
            return budget
        booking.number, booking.date = number, day
        kinds += new
        return budget - spent

    def _mistyped(self, document: Document, ways: dict[str, tuple[float, mistakes.NumberWay, int]]) -> tuple[str, str, int]:
        for _ in range(4):
            kind = _drawn(self.rng, {name: share for name, (share, _, _) in ways.items()})
            number = ways[kind][1](document, self.rng)
            if number != document.number:
                return kind, number, ways[kind][2]
        return "", document.number, 2

    def _fits_another(self, document: Document, number: str, day: dt.date | None) -> bool:
        """Another document of the same amount has a number as near to what was typed, and a date not much farther."""
        if number == document.number and day == document.date:
            return False
        mine = _likeness(number, document.number)
        for other in self.alike[self._amount(document)]:
            nearer = day is None or abs((day - other.date).days) <= abs((day - document.date).days) + 20
            if other is not document and nearer and _likeness(number, other.number) > mine - .03:
                return True
        return False

    def _second(self, document: Document, booking: Booking) -> Booking:
        """The same bill entered again, weeks later by another hand."""
        second = replace(booking, again=True, voucher_date=booking.voucher_date + dt.timedelta(days=self.rng.randrange(1, 60)), odd_date=False)
        if booking.number == document.number and self.rng.random() < .5:
            second.number = self._mistyped(document, {kind: way for kind, way in mistakes.EASY_NUMBERS.items() if way[2] == 2})[1]
        return second

    # Several documents or several vouchers.

    def _split(self, document: Document, booking: Booking) -> list[Booking]:
        """By ledger, by godown, freight apart, or in two halves."""
        rng, number = self.rng, document.number
        share = rng.choice((.5, .9, .95, rng.uniform(.2, .8)))
        first = document.lines[0] if len(document.lines) > 1 else [round(amount * share) for amount in document.heads]
        parts = [first, [whole - part for whole, part in zip(document.heads, first)]]
        names = rng.choice(((number, number), (number, number), (f"{number}/1", f"{number}/2"), (number, f"{number}A"), (number, f"{number} FRT"), (f"{number} GDN-1", f"{number} GDN-2")))
        values: tuple[int | None, int | None] = rng.choice(((None, None), (sum(parts[0]), sum(parts[1])), (document.value, document.value)))
        return [replace(booking, lines=[part], number=name, value=value) for part, name, value in zip(parts, names, values)]

    def _merged(self, run: list[Document]) -> Cluster:
        """A fortnight's slips or a transporter's bills in one voucher."""
        rng, numbers = self.rng, [document.number for document in run]
        forms = [", ".join(numbers), "/".join(numbers) if len(run) == 2 else ",".join(numbers), f"{numbers[0]} to {numbers[-1]}", f"{numbers[0]}, " + ", ".join(str(document.serial) for document in run[1:])]
        if run[0].supplier.trade.amounts not in ("prices", "rent"):
            forms += [numbers[0], numbers[-1], f"{numbers[0]} & others"]
            if run[0].date.month == run[-1].date.month:
                forms.append(f"VARIOUS BILLS {run[0].date:%b}")
        booking = self._faithful(run[-1])
        booking.lines, booking.value = [summed(document.heads for document in run)], sum(document.value for document in run)
        booking.number, booking.date = rng.choice(forms), rng.choice((run[0].date, run[-1].date))
        return Cluster(run, [booking], ["merged"])

    def _crossed(self, run: list[Document]) -> Cluster:
        """Goods of two bills in one voucher, their freight in another."""
        whole, number = summed(document.heads for document in run), f"{run[0].number},{run[1].number}"
        goods = [round(amount * .9) for amount in whole]
        parts = (goods, [amount - part for amount, part in zip(whole, goods)])
        return Cluster(run, [replace(self._faithful(run[1]), lines=[part], number=number, value=sum(part), date=run[1].date) for part in parts], ["many_to_many"])

    def _netted(self, note: Document, bills: list[Document], left: set[Document]) -> list[Cluster]:
        """The supplier's credit note deducted when its bill was booked."""
        bill = bills[0] if bills and note in left else note
        if bill is note or bill.recipient != note.recipient or (note.date - bill.date).days > 60 or any(less > whole for whole, less in zip(bill.heads, note.heads)):
            return []
        booking = self._faithful(bill)
        booking.voucher_date = max(booking.voucher_date, note.date)
        booking.lines, booking.value = [[whole - less for whole, less in zip(bill.heads, note.heads)]], bill.value - note.value
        booking.number = self.rng.choice((f"{bill.number} LESS {note.number}", f"{bill.number} less CN", bill.number))
        left.difference_update((bill, note))
        return [Cluster([bill, note], [booking], ["note_netted"])]


def _together(run: list[Document]) -> bool:
    first, last = run[0], run[-1]
    return all((one.gstin, one.recipient, fiscal(one.date)) == (first.gstin, first.recipient, fiscal(first.date)) for one in run) and (last.date - first.date).days <= 31


def _likeness(one: str, other: str) -> float:
    """Of letters and figures, 0 to 1."""
    first, second = ("".join(character for character in text.upper() if character.isalnum()) for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _drawn(rng: Random, shares: Mapping[str, float]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def summed(rows: Iterable[list[int]]) -> list[int]:
    """Head by head."""
    return [sum(amounts) for amounts in zip(*rows)]
