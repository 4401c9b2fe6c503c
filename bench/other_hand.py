"""Two ledgers with known truth, made by another hand than the shared generator: other number schemes, other habits, other mistakes.

    python bench/other_hand.py --documents 20000 --seed 7 --faults 1.0 --out DIR

writes ims.csv, register.csv and truth.csv (ims_row, register_row, group, verdict, classes) in the columns of the plain tables of `ims-xl match`.
`--faults` scales every rate of mistakes. Also in it: reverse charge, imports by bill of entry, unregistered suppliers, imported services, bookings
that hold the values from before an amendment, and documents booked across each other.
"""

from __future__ import annotations

import argparse
import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ims_xl.gstin import check_character

STATES = ("27", "24", "29", "33", "07", "09", "19", "36", "06", "08")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RATES = {   # per document
    "style": 0.10, "year": 0.03, "branch": 0.02, "word": 0.02, "excel": 0.01, "cut": 0.008, "look": 0.008, "slip": 0.012, "turned": 0.006, "extra": 0.004, "lost": 0.004,
    "internal": 0.006, "none": 0.005,
    "posted": 0.06, "turned_date": 0.012, "month": 0.006, "year_date": 0.004, "day": 0.006, "no_date": 0.004,
    "g_slip": 0.005, "g_look": 0.003, "g_turned": 0.002, "g_branch": 0.008, "g_blank": 0.006, "g_own": 0.001, "g_other": 0.001,
    "rupees": 0.10, "head": 0.006, "half": 0.004, "freight": 0.006, "rate": 0.005, "digits": 0.003, "gross": 0.003, "no_value": 0.05,
    "lines": 0.15, "split": 0.008, "merged": 0.008, "crossed": 0.0015, "again": 0.006, "copy": 0.002, "amended": 0.015,
    "unbooked": 0.06, "unreported": 0.07,
}


@dataclass
class Supplier:
    name: str
    gstins: list[str]
    scheme: int
    prefix: str
    branch: str
    habit: str
    price: int
    rate: int
    counters: dict[tuple[str, int, str], int] = field(default_factory=dict)


@dataclass
class Paper:
    """One real document."""

    supplier: Supplier
    gstin: str
    kind: str
    number: str
    day: date
    taxable: int
    igst: int
    cgst: int
    cess: int
    recipient: str
    group: int

    @property
    def money(self) -> list[int]:
        return [self.taxable, self.igst, self.cgst, self.cgst, self.cess]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=float, default=1.0)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write(make(arguments.documents, arguments.seed, arguments.faults), arguments.out)


class World:
    def __init__(self, seed: int, faults: float) -> None:
        self.rng = random.Random(seed)
        self.faults = faults
        self.ims: list[dict[str, Any]] = []
        self.register: list[dict[str, Any]] = []
        self.truth: list[tuple[int, int, int, str, str]] = []
        self.vouchers = 0
        self.own = [_gstin(state, "AAKCB4321Q", 1) for state in ("27", "29")]

    def happens(self, what: str) -> bool:
        return self.rng.random() < RATES[what] * self.faults

    def one_of(self, names: list[str]) -> str:
        """At most one of those mistakes."""
        draw = self.rng.random()
        for name in names:
            draw -= RATES[name] * self.faults
            if draw < 0:
                return name
        return ""


def make(documents: int, seed: int, faults: float) -> World:
    world = World(seed, faults)
    rng = world.rng
    suppliers = [_supplier(rng) for _ in range(max(12, documents // 22))]
    weights = [1 / (at + 3) ** 0.75 for at in range(len(suppliers))]
    days = sorted(rng.choices(range(500), k=documents))
    papers = [_paper(world, supplier, date(2025, 1, 10) + timedelta(days=day), at) for at, (supplier, day) in enumerate(zip(rng.choices(suppliers, weights, k=documents), days))]
    pending: dict[str, list[Paper]] = {}
    for paper in papers:
        reported, booked = not world.happens("unreported"), not world.happens("unbooked")
        if not reported and not booked:
            continue
        waits = paper.gstin + paper.recipient in pending and rng.random() < 0.8
        if reported and booked and paper.kind == "INV" and (waits or world.happens("merged")):
            pending.setdefault(paper.gstin + paper.recipient, []).append(paper)
            waiting = pending[paper.gstin + paper.recipient]
            if len(waiting) >= rng.choice((2, 2, 3)) and (waiting[-1].day - waiting[0].day).days <= 40 and _year(waiting[0].day) == _year(waiting[-1].day):
                _merge(world, pending.pop(paper.gstin + paper.recipient))
            elif (waiting[-1].day - waiting[0].day).days > 40 or _year(waiting[0].day) != _year(waiting[-1].day):
                for lone in pending.pop(paper.gstin + paper.recipient):
                    _single(world, lone, True, True)
            continue
        _single(world, paper, reported, booked)
    for waiting in pending.values():
        for lone in waiting:
            _single(world, lone, True, True)
    _outsiders(world, documents // 60)
    return world


def _supplier(rng: random.Random) -> Supplier:
    pan = "".join(rng.choices(LETTERS, k=3)) + rng.choice("CPFHT") + rng.choice(LETTERS) + f"{rng.randrange(10000):04d}" + rng.choice(LETTERS)
    states = rng.sample(STATES, rng.choice((1, 1, 1, 2, 3)))
    name = f"{rng.choice(('Vinayak', 'Nilgiri', 'Konkan', 'Deccan', 'Malwa', 'Sutlej', 'Narmada', 'Kaveri', 'Aravalli', 'Sahyadri'))} {rng.choice(('Castings', 'Agro', 'Freight', 'Labs', 'Paints', 'Tubes', 'Rubber', 'Press', 'Power', 'Mills'))} {rng.randrange(1, 400)}"
    habit = rng.choices(("free", "rent", "list"), (70, 14, 16))[0]
    return Supplier(name, [_gstin(state, pan, 1) for state in states], rng.randrange(14), "".join(rng.choices(LETTERS, k=rng.choice((1, 2, 3)))), rng.choice(("MUM", "BLR", "01", "H2", "DEL")),
                    habit, rng.randrange(900, 90000) * 100, rng.choice((5, 12, 18, 18, 18, 28)))


def _gstin(state: str, pan: str, entity: int) -> str:
    first = f"{state}{pan}{entity}Z"
    return first + check_character(first)


def _year(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1


def _paper(world: World, supplier: Supplier, day: date, group: int) -> Paper:
    rng = world.rng
    gstin, recipient = rng.choice(supplier.gstins), rng.choice(world.own)
    kind = rng.choices(("INV", "CN", "DN"), (92, 6, 2))[0]
    if supplier.habit == "rent":
        taxable = supplier.price
    elif supplier.habit == "list":
        taxable = supplier.price // 4 * rng.randrange(1, 6)
    else:
        taxable = int(supplier.price * rng.lognormvariate(0, 0.8))
        taxable = max(100, taxable // 100 * 100 if rng.random() < 0.4 else taxable)
    if kind != "INV":
        taxable = max(100, int(taxable * rng.uniform(0.05, 0.9)))
    tax = (taxable * supplier.rate + 50) // 100
    between = gstin[:2] != recipient[:2]
    cess = taxable // 50 if supplier.rate == 28 else 0
    return Paper(supplier, gstin, kind, _number(supplier, gstin, kind, day, rng), day, taxable, tax if between else 0, 0 if between else (tax + 1) // 2, cess, recipient, group)


def _number(supplier: Supplier, gstin: str, kind: str, day: date, rng: random.Random) -> str:
    year = _year(day)
    key = (gstin, year, kind)
    supplier.counters[key] = supplier.counters.get(key, rng.choice((0, 0, 117, 2040))) + rng.choice((1, 1, 1, 2, 5, 17))
    n, p, b, y, z = supplier.counters[key], supplier.prefix, supplier.branch, year % 100, year % 100 + 1
    mark = {"INV": p, "CN": "CR" + p[:1], "DN": "DB" + p[:1]}[kind]
    return (f"{mark}/{y}{z}/{n:06d}", f"{y}-{z}/{b}/{mark[:1]}{n:04d}", f"{n:05d}/{year}-{z}", f"{mark}{y}{n:06d}", f"{b}{y}{z}{mark[:2]}{n:07d}"[:16], f"{mark}1/{b}/{n:04d}", f"{y}-{mark}-{n}",
            f"{year}/{day.month}/{mark}{n}", f"{MONTHS[day.month - 1].upper()}-{mark}-{n:03d}", f"{n}{mark}/{y}-{z}", f"{mark}-{n}", f"{n if kind == 'INV' else mark + str(n)}", f"{mark}{b}/{n:04d}/{y}",
            f"GST{mark}{n:05d}-{y}{z}")[supplier.scheme][:16]


def _report(world: World, paper: Paper) -> int:
    """The document on the portal (with its original, where it was amended, and a second copy); the row that counts."""
    section = {"INV": "b2b", "CN": "b2bcn", "DN": "b2bdn"}[paper.kind]
    amended = paper.kind == "INV" and world.happens("amended")
    if amended:
        factor = world.rng.choice((0.5, 0.9, 1.1, 2)) if world.rng.random() < 0.7 else 1
        old = [round(x * factor) for x in paper.money]
        world.truth.append((_ims_row(world, paper, section, paper.number, old, "", ""), -1, paper.group, "superseded", ""))
        paper.supplier.counters.setdefault(("old", paper.group, ""), old[0])
        row = _ims_row(world, paper, section + "a", paper.number, paper.money, paper.number, paper.day.isoformat())
    else:
        row = _ims_row(world, paper, section, paper.number, paper.money, "", "")
    if world.happens("copy"):
        world.truth.append((_ims_row(world, paper, section if not amended else section + "a", paper.number.lower() if world.rng.random() < 0.5 else paper.number.replace("/", "-"), paper.money,
                                     paper.number if amended else "", paper.day.isoformat() if amended else ""), -1, paper.group, "duplicate_ims", ""))
    return row


def _ims_row(world: World, paper: Paper, section: str, number: str, money: list[int], original: str, original_day: str) -> int:
    world.ims.append({"section": section, "supplier_gstin": paper.gstin, "supplier_name": paper.supplier.name, "recipient_gstin": paper.recipient, "document_number": number,
                      "document_date": paper.day.isoformat(), "place_of_supply": paper.recipient[:2], "document_value": _rupees(sum(money)),
                      **dict(zip(("taxable_value", "igst", "cgst", "sgst", "cess"), map(_rupees, money))), "supplier_period": f"{paper.day.month:02d}{paper.day.year}",
                      "filing_status": "Filed", "original_document_number": original, "original_document_date": original_day})
    return len(world.ims) - 1


def _rupees(paise: int) -> str:
    sign, paise = ("-" if paise < 0 else ""), abs(paise)
    return f"{sign}{paise // 100}.{paise % 100:02d}"


def _single(world: World, paper: Paper, reported: bool, booked: bool) -> None:
    row = _report(world, paper) if reported else -1
    if not booked:
        world.truth.append((row, -1, paper.group, "missing_in_books", ""))
        return
    rng = world.rng
    classes: list[str] = []
    number = _typed_number(world, paper, classes)
    day = _typed_date(world, paper, classes)
    gstin = _typed_gstin(world, paper, classes)
    money, verdict = _typed_money(world, paper, classes)
    posted = paper.day + timedelta(days=rng.randrange(0, 20))
    if "posted" in classes:
        posted = date.fromisoformat(day) if len(day) == 10 and day[4] == "-" else posted
    base = {"supplier_gstin": gstin, "supplier_name": paper.supplier.name.upper() if rng.random() < 0.3 else paper.supplier.name, "recipient_gstin": paper.recipient,
            "document_date": day, "voucher_date": posted.strftime("%d-%m-%Y"), "reverse_charge": "N"}
    if world.happens("split") and verdict == "match":
        classes.append("split")
        parts = rng.choice((2, 2, 3))
        left = list(money)
        for part in range(parts):
            share = left if part == parts - 1 else [round(x * rng.uniform(0.25, 0.6)) for x in left]
            left = [a - b for a, b in zip(left, share)]
            tail = rng.choice(("", "", f"/{part + 1}", f"-{'ABC'[part]}", f" ({part + 1})"))
            _book(world, paper, base, number + tail, share, row, verdict, classes, 1)
        return
    lines = rng.choice((2, 3)) if world.happens("lines") and verdict == "match" else 1
    _book(world, paper, base, number, money, row, verdict, classes, lines)
    if world.happens("again"):
        again = rng.choice((number, paper.number, paper.number.replace("/", "").replace("-", "")))
        _book(world, paper, base, again, money, row, "duplicate_books", [*classes, "again"], 1)


def _book(world: World, paper: Paper, base: dict[str, Any], number: str, money: list[int], row: int, verdict: str, classes: list[str], lines: int) -> None:
    rng = world.rng
    world.vouchers += 1
    kind, sign = "Purchase", 1
    if paper.kind == "CN":
        kind, sign = rng.choice((("Debit Note", 1), ("Debit Note", -1), ("Purchase", -1), ("Purchase Return", 1), ("Credit Note", -1)))
    elif paper.kind == "DN":
        kind = rng.choice(("Credit Note", "Purchase", "Journal"))
    left = list(money)
    for line in range(lines):
        share = left if line == lines - 1 else [round(x * rng.uniform(0.2, 0.7)) for x in left]
        left = [a - b for a, b in zip(left, share)]
        world.register.append({**base, "voucher_number": f"PV/{world.vouchers:06d}", "voucher_type": kind, "document_number": number,
                               "document_value": "" if "no_value" in classes else _rupees(sign * sum(money)),
                               **dict(zip(("taxable_value", "igst", "cgst", "sgst", "cess"), (_rupees(sign * x) for x in share)))})
        at = len(world.register) - 1
        named = "|".join(classes)
        if row < 0:
            world.truth.append((-1, at, paper.group, "duplicate_books" if verdict == "duplicate_books" else "missing_in_ims", named))
        else:
            world.truth.append((row, at, paper.group, verdict, named))


def _merge(world: World, papers: list[Paper]) -> None:
    rng = world.rng
    rows = [_report(world, paper) for paper in papers]
    numbers = [paper.number for paper in papers]
    number = rng.choice((numbers[0], numbers[-1], ", ".join(numbers), " & ".join(numbers), f"{numbers[0]} to {numbers[-1]}", "+".join(numbers)))
    last = papers[-1]
    money = [sum(x) for x in zip(*(paper.money for paper in papers))]
    world.vouchers += 1
    world.register.append({"supplier_gstin": last.gstin, "supplier_name": last.supplier.name, "recipient_gstin": last.recipient, "document_date": last.day.strftime("%d/%m/%Y"),
                           "voucher_date": (last.day + timedelta(days=3)).strftime("%d-%m-%Y"), "reverse_charge": "", "voucher_number": f"PV/{world.vouchers:06d}", "voucher_type": "Purchase",
                           "document_number": number, "document_value": "", **dict(zip(("taxable_value", "igst", "cgst", "sgst", "cess"), map(_rupees, money)))})
    for row in rows:
        world.truth.append((row, len(world.register) - 1, last.group, "match", "merged"))


def _typed_number(world: World, paper: Paper, classes: list[str]) -> str:
    rng, number = world.rng, paper.number
    what = world.one_of(["style", "year", "branch", "word", "excel", "cut", "look", "slip", "turned", "extra", "lost", "internal", "none"])
    digits = [at for at, c in enumerate(number) if c.isdigit()]
    at = rng.choice(digits)
    y = _year(paper.day) % 100
    if what == "style":
        typed = rng.choice((number.lower(), number.replace("/", "\u2013"), number.replace("-", "\u00a0"), number.replace("/", " / "), "".join(c for c in number if c.isalnum()),
                            number.replace("/", "\\"), " " + number + "\u00a0", "'" + number))
    elif what == "year":
        typed = number
        for token in (f"{_year(paper.day)}-{y + 1}", f"{y}-{y + 1}", f"{y}{y + 1}"):
            if token in number:
                typed = number.replace(token, rng.choice(("", f"{_year(paper.day)}-{y + 1}", f"{y}{y + 1}", f"FY {y}-{y + 1}")), 1).strip("/-")
                break
    elif what == "branch":
        typed = number.replace(paper.supplier.branch, "", 1).strip("/-") if paper.supplier.branch in number else number.lstrip(LETTERS).strip("/-")
    elif what == "word":
        typed = rng.choice(("Inv. ", "Bill No. ", "Tax Inv-", "No. ")) + number
    elif what == "excel" and number.isdigit():
        typed = number.lstrip("0") + ".0"
    elif what == "cut":
        typed = rng.choice((number[-5:], number[:-1] if len(number) > 6 else number))
    elif what == "look":
        typed = number.translate(str.maketrans(rng.choice(({"0": "O"}, {"1": "I"}, {"5": "S"}, {"O": "0"}, {"8": "B"}))))
    elif what == "slip":
        typed = number[:at] + rng.choice("0123456789".replace(number[at], "")) + number[at + 1 :]
    elif what == "turned" and at + 1 < len(number):
        typed = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    elif what == "extra":
        typed = number[:at] + number[at] + number[at:]
    elif what == "lost":
        typed = number[:at] + number[at + 1 :]
    elif what == "internal":
        typed = rng.choice(("GRN-", "MRN/", "")) + str(rng.randrange(100, 9999))
    elif what == "none":
        typed = ""
    else:
        typed = number
    if typed != number:
        classes.append(what)
    return typed


def _typed_date(world: World, paper: Paper, classes: list[str]) -> str:
    rng, day = world.rng, paper.day
    what = world.one_of(["posted", "turned_date", "month", "year_date", "day", "no_date"])
    if what == "posted":
        day = day + timedelta(days=rng.randrange(1, 20))
    elif what == "turned_date" and day.day <= 12 and day.day != day.month:
        day = date(day.year, day.day, day.month)
    elif what == "month":
        day = day + timedelta(days=rng.choice((-30, 31)))
    elif what == "year_date":
        day = day.replace(year=day.year - 1, day=min(day.day, 28)) if day.day <= 28 else day
    elif what == "day":
        day = day.replace(day=rng.randrange(1, 29))
    if what == "no_date":
        classes.append(what)
        return ""
    if day != paper.day:
        classes.append(what)
    if what == "posted":
        return day.isoformat()
    form = rng.randrange(7)
    month = MONTHS[day.month - 1]
    return (day.isoformat(), day.strftime("%d-%m-%Y"), day.strftime("%d.%m.%y"), f"{day.day}-{month}-{day.year}", f"{month} {day.day}, {day.year}", str((day - date(1899, 12, 30)).days),
            day.strftime("%d/%m/%Y 00:00:00"))[form]


def _typed_gstin(world: World, paper: Paper, classes: list[str]) -> str:
    rng, gstin = world.rng, paper.gstin
    what = world.one_of(["g_slip", "g_look", "g_turned", "g_branch", "g_blank", "g_own", "g_other"])
    at = rng.randrange(14)
    if what == "g_slip":
        typed = gstin[:at] + rng.choice("0123456789" if gstin[at].isdigit() else LETTERS) + gstin[at + 1 :]
    elif what == "g_look":
        typed = gstin.replace("0", "O", 1) if "0" in gstin else gstin.replace("1", "I", 1)
    elif what == "g_turned":
        typed = gstin[:at] + gstin[at + 1] + gstin[at] + gstin[at + 2 :]
    elif what == "g_branch" and len(paper.supplier.gstins) > 1:
        typed = rng.choice([g for g in paper.supplier.gstins if g != gstin])
    elif what == "g_blank":
        typed = rng.choice(("", "URP", "-"))
    elif what == "g_own":
        typed = paper.recipient
    elif what == "g_other":
        typed = _gstin(rng.choice(STATES), "ZZZPZ" + f"{rng.randrange(10000):04d}" + "Z", 1)
    else:
        typed = gstin
    if typed != gstin:
        classes.append(what)
    return typed.lower() if rng.random() < 0.02 else typed


def _typed_money(world: World, paper: Paper, classes: list[str]) -> tuple[list[int], str]:
    rng, money = world.rng, list(paper.money)
    old = paper.supplier.counters.pop(("old", paper.group, ""), None)
    if old is not None and old != money[0] and rng.random() < 0.5:   # booked before the amendment
        classes.append("old_values")
        factor = old / money[0]
        return [round(x * factor) for x in money], "mismatch:amended"
    what = world.one_of(["head", "half", "freight", "rate", "digits", "gross"])
    if what == "head" and money[1] + money[2] > 0:
        money[1:4] = [0, money[1] // 2, money[1] - money[1] // 2] if money[1] else [money[2] + money[3], 0, 0]
    elif what == "half" and money[2] > 0:
        money[3] = 0
    elif what == "freight":
        money = [round(x * 0.93) for x in money]
    elif what == "rate":
        money[1:4] = [x * 5 // 18 for x in money[1:4]]
    elif what == "digits" and len(set(str(money[0] // 100)[:2])) == 2:
        text = str(money[0])
        factor = int(text[1] + text[0] + text[2:]) / money[0]
        money = [round(x * factor) for x in money]
    elif what == "gross":
        money[0] = sum(money)
    if world.happens("rupees"):
        money = [(x + 50) // 100 * 100 for x in money]
        if money != paper.money:
            classes.append("rupees")
    if world.happens("no_value"):
        classes.append("no_value")
    if max(abs(a - b) for a, b in zip(money, paper.money)) <= 100:
        return money, "match"
    classes.append(what)
    return money, f"mismatch:{what}"


def _outsiders(world: World, count: int) -> None:
    """Reverse charge, unregistered, imported services; and goods imported by bill of entry, which do stand in IMS."""
    rng = world.rng
    for at in range(count):
        group = 10**7 + at
        supplier = _supplier(rng)
        day = date(2025, 2, 1) + timedelta(days=rng.randrange(400))
        paper = _paper(world, supplier, day, group)
        world.vouchers += 1
        base = {"supplier_name": supplier.name, "recipient_gstin": paper.recipient, "document_date": day.strftime("%d-%m-%Y"), "voucher_date": day.strftime("%d-%m-%Y"),
                "voucher_number": f"PV/{world.vouchers:06d}", "document_number": paper.number, "reverse_charge": "", "voucher_type": "Purchase",
                **dict(zip(("taxable_value", "igst", "cgst", "sgst", "cess"), map(_rupees, paper.money)))}
        what = rng.choice(("rcm", "unregistered", "service", "boe", "boe"))
        if what == "rcm":
            world.register.append({**base, "supplier_gstin": paper.gstin, "reverse_charge": "Y"})
        elif what == "boe":
            number = str(rng.randrange(10**6, 10**7))
            port = {**base, "supplier_gstin": "", "document_number": rng.choice((number, "BOE " + number, f"BE/{number}")), "voucher_type": rng.choice(("Purchase", "Import"))}
            port |= {"cgst": "0.00", "sgst": "0.00", "igst": _rupees(paper.taxable * 18 // 100)}
            world.register.append(port)
            world.ims.append({"section": "impg", "supplier_gstin": "", "supplier_name": "", "recipient_gstin": paper.recipient, "document_number": number, "document_date": day.isoformat(),
                              "taxable_value": port["taxable_value"], "igst": port["igst"], "cess": port["cess"], "supplier_period": f"{day.month:02d}{day.year}", "filing_status": "Filed"})
            world.truth.append((len(world.ims) - 1, len(world.register) - 1, group, "match", "boe"))
            continue
        else:
            world.register.append({**base, "supplier_gstin": "", "voucher_type": "Purchase" if what == "unregistered" else "Import of services"})
        world.truth.append((-1, len(world.register) - 1, group, "missing_in_ims", what))


IMS_COLUMNS = ("section", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "place_of_supply", "document_value", "taxable_value", "igst", "cgst", "sgst",
               "cess", "supplier_period", "filing_status", "original_document_number", "original_document_date")
REGISTER_COLUMNS = ("voucher_number", "voucher_type", "voucher_date", "supplier_gstin", "supplier_name", "recipient_gstin", "document_number", "document_date", "document_value", "reverse_charge",
                    "taxable_value", "igst", "cgst", "sgst", "cess")


def write(world: World, folder: Path) -> None:
    """Shuffles both sides and writes the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    places: list[dict[int, int]] = []
    for name, columns, rows in (("ims", IMS_COLUMNS, world.ims), ("register", REGISTER_COLUMNS, world.register)):
        order = list(range(len(rows)))
        world.rng.shuffle(order)
        places.append({old: new for new, old in enumerate(order)})
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows[old] for old in order)
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        writer_ = csv.writer(file)
        writer_.writerow(("ims_row", "register_row", "group", "verdict", "classes"))
        for ims, book, group, verdict, classes in world.truth:
            writer_.writerow((places[0].get(ims, -1), places[1].get(book, -1), group, verdict, classes))


if __name__ == "__main__":
    main()
