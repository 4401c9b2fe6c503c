"""What really happened in the invented client's month: suppliers, documents, and how the books hold each one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ims_xl.gstin import check_character
from ims_xl.period import Period

_FIRST = ["Vaigai", "Pavan", "Sagar", "Eastline", "Nandi", "Sahyadri", "Konark", "Malhar", "Tungabhadra", "Aravalli", "Chambal", "Godavari", "Kaveri", "Narmada", "Sabarmati", "Teesta", "Yamuna", "Indus", "Mahanadi", "Periyar", "Betwa", "Ravi", "Sutlej", "Beas", "Jhelum"]
_SECOND = ["Tools", "Hardware", "Foils", "Polymers", "Textiles", "Electricals", "Packaging", "Logistics", "Chemicals", "Stationers", "Engineering Works", "Paper Mills", "Cables", "Transport", "Solutions", "Foods", "Ceramics", "Motors"]
_ENDING = {"C": ("Private Limited", "Limited"), "F": ("LLP", "& Sons"), "P": ("", "Traders")}
_STATES = ("27", "27", "27", "27", "29", "24", "07", "33", "36", "06")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Supplier:
    gstin: str
    name: str
    scheme: int
    code: str
    start: int
    quarterly: bool


@dataclass(frozen=True)
class Booking:
    """How the books hold a document; several vouchers make one document, or one voucher several."""

    voucher_type: str
    number: str
    dated: str
    gstin: str
    name: str
    taxable: int
    heads: tuple[int, int, int, int]
    rate: int
    posted: date
    eligibility: str = ""
    received: date | None = None
    reverse_charge: bool = False


@dataclass(frozen=True)
class Paper:
    """One document as the supplier issued it. Amounts in paise; heads are IGST, CGST, SGST, cess."""

    section: str
    supplier: Supplier
    number: str
    dated: date
    taxable: int
    heads: tuple[int, int, int, int]
    rate: int
    period: Period
    form: str = "R1"
    filed: bool = True
    action: str = "N"
    original: tuple[str, date] | None = None
    bypass: str = ""          # "", "rcm", "pos", "time", "isd", "isdcn", "37a": goes to 2B past IMS
    bookings: tuple[Booking, ...] = ()
    kind: str = "booked as it is"
    tags: tuple[str, ...] = field(default=())

    @property
    def value(self) -> int:
        return self.taxable + sum(self.heads)


@dataclass(frozen=True)
class World:
    gstin: str
    period: Period
    papers: tuple[Paper, ...]
    only_books: tuple[Booking, ...]


def make_world(dice: random.Random, gstin: str, period: Period, documents: int, dirt: float) -> World:
    """About that many portal documents over all sections, and the vouchers of the same month."""
    suppliers = _suppliers(dice, max(8, documents // 5))
    counters = {s.gstin: s.start for s in suppliers}
    papers: list[Paper] = []
    for _ in range(documents):
        section = dice.choices(("b2b", "b2bcn", "b2bdn", "ecom", "b2ba", "b2bdna", "b2bcna", "ecoma"), (82, 8, 3, 3, 1.5, 0.8, 1.0, 0.7))[0]
        papers.append(_paper(dice, section, dice.choice(suppliers), counters, gstin, period))
    for section in ("b2ba", "b2bdna", "b2bcna", "ecoma", "b2bdn"):
        if not any(p.section == section for p in papers):
            papers.append(_paper(dice, section, dice.choice(suppliers), counters, gstin, period))
    papers += [_import(dice, section, suppliers, period) for section in ("impg", "impg", "impgsez", "impga")]
    papers = [_booked(dice, p, gstin, period, dirt) for p in papers]
    papers += _bypassing(dice, suppliers, counters, gstin, period)
    return World(gstin, period, tuple(papers), tuple(_only_in_books(dice, suppliers, counters, gstin, period, max(4, documents // 16))))


def _suppliers(dice: random.Random, count: int) -> list[Supplier]:
    made: dict[str, Supplier] = {}
    while len(made) < count:
        kind = dice.choice("CCCFFP")
        pan = "".join(dice.choices(_LETTERS, k=3)) + kind + dice.choice(_LETTERS) + f"{dice.randrange(10000):04d}" + dice.choice(_LETTERS)
        first = f"{dice.choice(_STATES)}{pan}1Z"
        gstin = first + check_character(first)
        name = f"{dice.choice(_FIRST)} {dice.choice(_SECOND)} {dice.choice(_ENDING[kind])}".strip()
        made[gstin] = Supplier(gstin, name, dice.randrange(7), "".join(dice.choices(_LETTERS, k=2)), dice.randrange(1, 900), dice.random() < 0.12)
    return list(made.values())


def _number(supplier: Supplier, serial: int, day: date, mark: str = "") -> str:
    year = day.year if day.month >= 4 else day.year - 1
    short = f"{year % 100}-{(year + 1) % 100}"
    code = mark or supplier.code
    forms = (
        f"{mark}{serial}", f"{mark}{serial:05d}", f"{code}/{short}/{serial:04d}", f"{code}-{serial:04d}", f"{mark or 'INV'}/{serial:03d}/{short}",
        f"{year % 100}{(year + 1) % 100}{code}{serial:05d}", f"{code}{day.month:02d}/{serial:03d}",
    )
    return forms[supplier.scheme][:16]


def _each(made: Callable[[int, int], int], one: Iterable[int], other: Iterable[int]) -> tuple[int, int, int, int]:
    """Head by head, of two things said of the four."""
    igst, cgst, sgst, cess = map(made, one, other)
    return igst, cgst, sgst, cess


def _heads(taxable: int, rate: int, supplier: Supplier, gstin: str) -> tuple[int, int, int, int]:
    tax = (taxable * rate + 50) // 100
    if supplier.gstin[:2] == gstin[:2]:
        half = (tax + 1) // 2
        return 0, half, half, 0
    return tax, 0, 0, 0


def _paper(dice: random.Random, section: str, supplier: Supplier, counters: dict[str, int], gstin: str, period: Period) -> Paper:
    day = period.start + timedelta(days=dice.randrange((period.end - period.start).days + 1))
    serial = counters[supplier.gstin] = counters[supplier.gstin] + dice.choice((1, 1, 1, 2, 5))
    mark = {"cn": "CN", "dn": "DN"}.get(section[3:5], "")
    rate = dice.choices((5, 18, 40, 0), (25, 66, 5, 4))[0]
    size = dice.lognormvariate(9.7, 1.1) * (0.15 if mark else 1)
    taxable = round(size) * 100 if dice.random() < 0.5 else round(size * 100)
    original = None
    if section.endswith("a") and section != "ecom":
        day = period.plus(-1).start + timedelta(days=dice.randrange(27))
        original = (_number(supplier, serial, day, mark), day)
    form = "IFF" if supplier.quarterly and period.month % 3 else "R1"
    filed = dice.random() > 0.06
    late = dice.random() < 0.05 and not original
    return Paper(
        section, supplier, _number(supplier, serial, day, mark), day, max(taxable, 50000), _heads(max(taxable, 50000), rate, supplier, gstin), rate,
        period.plus(-1) if late else period, "R1A" if late and filed else form, filed, dice.choices("NAPR", (93, 4, 2, 1))[0], original,
    )


def _import(dice: random.Random, section: str, suppliers: list[Supplier], period: Period) -> Paper:
    taxable = dice.randrange(200_000, 900_000) * 100
    number = str(dice.randrange(3_000_000, 9_000_000))
    day = period.start + timedelta(days=dice.randrange(5, 25))
    return Paper(section, dice.choice(suppliers), number, day, taxable, ((taxable * 18 + 50) // 100, 0, 0, 0), 18, period, "", True, "N")


def _booked(dice: random.Random, paper: Paper, gstin: str, period: Period, dirt: float) -> Paper:
    """Most documents are booked as they are; some carelessly; a few not at all."""
    note = {"cn": "Debit Note", "dn": "Credit Note"}.get(paper.section[3:5], "Purchase")
    posted = min(paper.dated + timedelta(days=dice.randrange(6)), period.end)
    base = Booking(note, paper.number, f"{paper.dated:%d-%m-%Y}", "" if paper.section in ("impg", "impga") else paper.supplier.gstin, paper.supplier.name, paper.taxable, paper.heads, paper.rate, posted)
    chance = dice.random()
    if chance < 0.055:
        return replace(paper, kind="not booked")
    if chance < 0.055 + 0.30 * dirt and not paper.section.startswith("imp"):
        return _careless(dice, paper, base, gstin, period)
    if dice.random() < 0.04:
        return replace(paper, bookings=(replace(base, eligibility="Ineligible"),), kind="blocked credit")
    if dice.random() < 0.03:
        return replace(paper, bookings=(replace(base, received=period.end + timedelta(days=dice.randrange(1, 9))),), kind="in transit")
    return replace(paper, bookings=(base,))


def _careless(dice: random.Random, paper: Paper, base: Booking, gstin: str, period: Period) -> Paper:
    digits = "".join(c for c in paper.number if c.isdigit())
    wrong = dice.randrange(14)
    match wrong:
        case 0:
            return replace(paper, bookings=(replace(base, number=digits.lstrip("0")[-6:] or digits),), kind="series and year left out")
        case 1:
            return replace(paper, bookings=(replace(base, number=paper.number.replace("/", "-").lower()),), kind="written otherwise")
        case 2:
            return replace(paper, bookings=(replace(base, dated=f"{paper.dated:%d/%m/%y}"),), kind="short date")
        case 3:
            return replace(paper, bookings=(replace(base, dated=f"{base.posted:%d-%b-%Y}"),), kind="posting date")
        case 4 | 5:
            cut = round(paper.taxable * dice.choice((0.9, 0.95, 1.05)))
            return replace(paper, bookings=(replace(base, taxable=cut, heads=_heads(cut, paper.rate, paper.supplier, gstin)),), kind="value differs")
        case 6:
            return replace(paper, bookings=(replace(base, heads=_each(round, paper.heads, (-2,) * 4)),), kind="tax rounded")
        case 7:
            state = "29" if paper.supplier.gstin[:2] != "29" else "24"
            other = state + paper.supplier.gstin[2:14]
            return replace(paper, bookings=(replace(base, gstin=other + check_character(other)),), kind="another branch")
        case 8:
            return replace(paper, bookings=(replace(base, gstin=""),), kind="GSTIN left out")
        case 9:
            part = round(paper.taxable * 0.6)
            heads = _heads(part, paper.rate, paper.supplier, gstin)
            rest = _each(lambda whole, part: whole - part, paper.heads, heads)
            return replace(paper, bookings=(replace(base, taxable=part, heads=heads), replace(base, taxable=paper.taxable - part, heads=rest)), kind="two vouchers")
        case 10:
            return replace(paper, bookings=(base, replace(base, posted=min(base.posted + timedelta(days=3), period.end))), kind="booked twice")
        case 11:
            flip = paper.number.replace("0", "O", 1) if "0" in paper.number else "Inv No. " + paper.number
            return replace(paper, bookings=(replace(base, number=flip),), kind="look-alike")
        case 12:
            swapped = f"{paper.dated.month:02d}-{paper.dated.day:02d}-{paper.dated.year}" if paper.dated.day <= 12 else f"{paper.dated:%d.%m.%Y}"
            return replace(paper, bookings=(replace(base, dated=swapped),), kind="day and month swapped")
        case _:
            return replace(paper, bookings=(replace(base, name=base.name.upper().replace("PRIVATE LIMITED", "PVT LTD"), number=f"Bill No {paper.number}"),), kind="extra words")


def _bypassing(dice: random.Random, suppliers: list[Supplier], counters: dict[str, int], gstin: str, period: Period) -> list[Paper]:
    """What stands in GSTR-2B and never in IMS (ims.md 1.2)."""
    made = []
    for bypass in ("rcm", "rcm", "pos", "time", "isd", "isdcn", "37a"):
        paper = _paper(dice, "b2b", dice.choice(suppliers), counters, gstin, period)
        paper = replace(paper, bypass=bypass, filed=True, form="R1", period=period, action="N", kind=f"past IMS: {bypass}")
        if bypass == "pos":
            half = (paper.taxable * 12 + 100) // 200
            away = next(s for s in suppliers if s.gstin[:2] != gstin[:2])
            paper = replace(paper, supplier=away, heads=(0, half, half, 0))
        if bypass == "time":
            paper = replace(paper, dated=date(period.financial_year - 1, 2, 18))
        if bypass == "rcm":
            paper = replace(paper, bookings=(Booking("Purchase", paper.number, f"{paper.dated:%d-%m-%Y}", paper.supplier.gstin, paper.supplier.name, paper.taxable, paper.heads, paper.rate, paper.dated, reverse_charge=True),))
        made.append(paper)
    return made


def _only_in_books(dice: random.Random, suppliers: list[Supplier], counters: dict[str, int], gstin: str, period: Period, count: int) -> list[Booking]:
    """Suppliers who have not reported, unregistered ones, and reverse charge that no 2B shows."""
    made: list[Booking] = []
    for n in range(count):
        paper = _paper(dice, "b2b", dice.choice(suppliers), counters, gstin, period)
        booking = Booking("Purchase", paper.number, f"{paper.dated:%d-%m-%Y}", paper.supplier.gstin, paper.supplier.name, paper.taxable, paper.heads, paper.rate, paper.dated)
        if n % 6 == 4:
            booking = replace(booking, gstin="", name="Cash purchase, stationery", number=f"CM/{dice.randrange(1, 400)}", taxable=dice.randrange(400, 4000) * 100, heads=(0, 0, 0, 0), rate=0)
        elif n % 6 == 5:
            taxable = dice.randrange(8_000, 40_000) * 100
            half = (taxable * 5 + 100) // 200
            booking = replace(booking, gstin="", name="Shri Ganesh Roadways (unregistered)", number=f"LR/{dice.randrange(100, 999)}", taxable=taxable, heads=(0, half, half, 0), rate=5, reverse_charge=True)
        made.append(booking)
    return made
