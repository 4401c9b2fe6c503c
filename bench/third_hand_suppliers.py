"""Suppliers by trade, and the documents that they issue, for bench/third_hand.py.

Each trade numbers its documents in its own ways and has its own habits of amount: a landlord the same rent each month, a petrol pump a few
prices many times a day, a trader anything. Amounts are whole paise; a rate line is [taxable, igst, cgst, sgst, cess].
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from ims_xl.gstin import check_character

FIRST, DAYS = dt.date(2025, 8, 1), 476                   # to 19 November 2026, so that series start again on a 1 April inside the ledgers
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LETTERS, FIGURES = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"

# A number's form and when its serial starts again: fy 26-27, fyl 2026-27, fyc 2627, y 2026, yy 26, m 4, mon APR, rom IV, d day, s serial,
# p and b the supplier's letters and branch, st state, c an account of the customer, k a constant of ten figures, x a series letter.
SCHEMES = {
    "serial": ("{s}", "year"), "five figures": ("{s:05d}", "never"), "prefix serial": ("{p}{s}", "never"), "GST dash": ("GST-{s:03d}", "year"),
    "prefix year serial": ("{p}/{fy}/{s}", "year"), "serial then year": ("{s:03d}/{fy}", "year"), "year then serial": ("{fy}/{s}", "year"),
    "run together": ("{p}{fyc}{s:05d}", "year"), "long year": ("{p}-{fyl}-{s:04d}", "year"), "branch": ("{p}/{b}/{s:04d}/{yy}", "year"),
    "month name": ("{mon}/{s:03d}/{fy}", "month"), "month figures": ("{yy}{m:02d}{s:04d}", "month"), "month in the middle": ("{p}/{m:02d}/{s:03d}", "month"),
    "serial of month": ("{s}/{m}", "month"), "serial of year": ("{s}/{yy}", "year"), "roman month": ("{rom}/{s:02d}/{yy}", "month"),
    "tax invoice": ("TI/{y}/{s:05d}", "year"), "calendar": ("{y}/{s}", "calendar"), "slash less": ("{p}{m:02d}-{s}", "month"),
    "two series": ("{x}/{s:04d}", "year"), "two series with year": ("{x}{s:03d}/{fy}", "year"), "state first": ("{st}{yy}{p}{s:07d}", "never"),
    "billing document": ("9{s:09d}", "never"), "ten figures": ("53{s:08d}", "never"), "marketplace": ("{b}-{s:07d}", "never"),
    "warehouse": ("FA{b}{yy}{s:08d}", "year"), "operator": ("IN{st}{fyc}{s:07d}", "year"), "circle": ("{p}{st}{yy}{m:02d}{s:07d}", "never"),
    "consumer and month": ("{c}/{m:02d}{yy}", "month"), "consumer month name": ("{c}{mon}{yy}", "month"), "bank statement": ("{b}{st}{m:02d}{yy}{c:.5}", "month"),
    "subscription": ("{k}-{s:04d}", "never"), "agency month": ("SEC/{mon}/{yy}/{s:02d}", "month"), "rent": ("RENT/{mon}/{yy}/{c:.2}", "month"),
    "slip": ("{s:06d}", "never"), "slip of a nozzle": ("{s}/HSD", "never"), "lorry receipt": ("LR{s}", "never"), "goods receipt": ("GR-{b}-{s:05d}", "year"),
    "booking office": ("{b}/{s:05d}", "year"), "airway bill": ("{b}{s:08d}", "never"), "ticket": ("098{s:010d}", "never"),
    "airline invoice": ("{st}1{fyc}{m:02d}AB{s:05d}", "month"), "record locator": ("{x5}{s:04d}", "never"), "folio": ("FO-{s:06d}", "never"),
    "folio and room": ("FOL/{s}/{d}05", "year"), "till": ("0{d3}{yy}{m:02d}{d:02d}{s:04d}", "day"), "carat": ("S22K/{s:04d}/{yy}", "year"),
    "in-patient": ("IP/{yy}{m:02d}/{s:05d}", "month"), "out-patient": ("OPB-{yy}-{s:06d}", "calendar"), "forwarder": ("MUMSI{yy}/{s:05d}", "year"),
    "public sector": ("{b}/TI/{s}/{fyc}", "year"), "policy": ("{k}{s:06d}", "never"),
}
NOTES = {"CRN": ("CN/{fy}/{s:03d}", "CN{s:05d}", "SR-{s}", "CRN{fyc}{s:04d}", "{p}CN/{s:03d}/{fy}"), "DBN": ("DN/{fy}/{s:02d}", "DBN{s:04d}", "SD-{s}")}


@dataclass(frozen=True)
class Trade:
    name: str
    share: float
    schemes: tuple[str, ...]
    rates: tuple[int, ...]                               # per cent; several on one document where `mixed`
    amounts: str                                         # rent, usage, prices, goods or round
    words: tuple[str, ...]
    monthly: bool = False
    mixed: bool = False


TRADES = (
    Trade("landlord", .05, ("rent", "serial", "prefix year serial", "serial of month", "roman month"), (18,), "rent", ("Estates", "Properties", "Realty"), monthly=True),
    Trade("telecom", .03, ("circle",), (18,), "usage", ("Communications", "Broadband", "Telecom"), monthly=True),
    Trade("utility", .02, ("consumer and month", "consumer month name"), (18, 5), "usage", ("Gas Distribution", "Water Supply"), monthly=True),
    Trade("bank", .02, ("bank statement", "circle"), (18,), "usage", ("Bank", "Co-operative Bank"), monthly=True),
    Trade("software", .03, ("subscription", "ten figures"), (18,), "rent", ("Infotech", "Cloud Services", "Softwares"), monthly=True),
    Trade("security", .03, ("agency month", "month name", "serial then year"), (18,), "round", ("Security Services", "Facility Services"), monthly=True),
    Trade("petrol", .02, ("slip", "slip of a nozzle"), (18,), "prices", ("Petroleum", "Service Station", "Fuels")),
    Trade("transporter", .08, ("lorry receipt", "goods receipt", "booking office", "serial"), (5, 5, 18), "round", ("Roadways", "Transport Co", "Cargo Movers")),
    Trade("courier", .02, ("airway bill", "month in the middle"), (18,), "usage", ("Couriers", "Express"), monthly=True),
    Trade("airline", .02, ("ticket", "airline invoice", "record locator"), (5, 18), "prices", ("Airways", "Aviation")),
    Trade("hotel", .04, ("folio", "folio and room", "serial"), (5, 18), "goods", ("Residency", "Hotels", "Inn"), mixed=True),
    Trade("marketplace", .05, ("marketplace", "warehouse", "operator"), (18, 5), "prices", ("Retail", "E-Commerce", "Online")),
    Trade("shop", .05, ("till", "serial", "five figures"), (5, 18, 0), "goods", ("Super Bazar", "Provision Stores", "Kirana"), mixed=True),
    Trade("jeweller", .01, ("carat", "prefix serial"), (3,), "goods", ("Jewellers", "Gold Palace")),
    Trade("hospital", .02, ("in-patient", "out-patient"), (0, 5), "goods", ("Hospital", "Diagnostics")),
    Trade("dealer", .04, ("two series", "two series with year"), (18, 5), "prices", ("Agencies", "Distributors")),
    Trade("maker", .12, ("billing document", "state first", "operator", "run together", "public sector"), (18,), "goods", ("Industries", "Steels", "Polymers", "Chemicals")),
    Trade("forwarder", .02, ("forwarder", "month figures"), (18, 5), "goods", ("Shipping", "Logistics"), mixed=True),
    Trade("insurer", .01, ("policy",), (18,), "round", ("Insurance",)),
    Trade("professional", .06, ("prefix year serial", "serial of month", "serial of year", "calendar", "serial"), (18,), "round", ("& Associates", "Consultants", "LLP")),
    Trade("trader", .26, ("serial", "five figures", "prefix serial", "GST dash", "prefix year serial", "serial then year", "year then serial", "run together", "long year", "branch",
                          "month name", "month figures", "month in the middle", "roman month", "tax invoice", "slash less"), (18, 5, 18), "goods",
          ("Traders", "Enterprises", "Hardware Mart", "Electricals", "Packaging", "Textiles", "Paper House", "Auto Parts"), mixed=True),
)
GIVEN = ("Ramesh", "Suresh", "Mahendra", "Kavita", "Anil", "Farhan", "Gurpreet", "Lakshmi", "Joseph", "Bhavesh", "Meena", "Prakash", "Sanjay", "Deepa", "Imran", "Harish")
FAMILY = ("Patel", "Shah", "Reddy", "Nair", "Gupta", "Iyer", "Khan", "Singh", "Joshi", "Desai", "Das", "Fernandes", "Rao", "Agarwal", "Kulkarni", "Mehta")
HOUSE = ("Sai Krupa", "Shiv Shakti", "New Bombay", "Annapurna", "Navkar", "Mahalaxmi", "Bharat", "Konark", "Sunrise", "Supreme", "Vardhman", "Al-Noor", "Ambica", "Deccan", "Malabar",
         "Ashirwad", "Pioneer", "Everest", "Ganga", "Trimurti", "Jalaram", "Hindustan", "Om Sai", "Royal", "Nandi", "Kaveri", "Ujjwal", "Amar", "Swastik", "Gokul")
STATES = ("27", "24", "29", "33", "07", "09", "06", "36", "32", "19", "08", "23")
OWN = tuple(stem + check_character(stem) for stem in ("27AADCT7788K1Z", "24AADCT7788K1Z"))


@dataclass(slots=True)
class Supplier:
    pan: str
    gstins: list[str]
    legal: str
    known_as: str
    trade: Trade
    scheme: str
    letters: str
    branch: str
    constant: str
    gap: float
    size: float
    typical: float
    prices: list[int]
    rounds: bool
    cess: bool
    note_forms: dict[str, str]
    rate: int


@dataclass(slots=True, eq=False)
class Document:
    supplier: Supplier
    gstin: str
    recipient: str
    kind: str
    date: dt.date
    lines: list[list[int]]
    account: str
    number: str = ""
    serial: int = 0
    against: str = ""
    value: int = 0
    heads: list[int] = field(default_factory=list)

    def total(self) -> None:
        self.heads = [sum(line[head] for line in self.lines) for head in range(5)]
        self.value = sum(self.heads)
        if self.supplier.rounds:
            self.value = round(self.value / 100) * 100


def fiscal(day: dt.date) -> int:
    """The calendar year in which the financial year of this day began."""
    return day.year - (day.month < 4)


def letters(rng: Random, count: int, among: str = LETTERS) -> str:
    return "".join(rng.choices(among, k=count))


def make_suppliers(rng: Random, count: int) -> list[Supplier]:
    trades = rng.choices(TRADES, [trade.share for trade in TRADES], k=count)
    return [_supplier(rng, trade) for trade in trades]


def _supplier(rng: Random, trade: Trade) -> Supplier:
    person = rng.random() < .35 and not trade.monthly
    pan = f"{letters(rng, 3)}{'P' if person else rng.choice('CCFAT')}{rng.choice(LETTERS)}{rng.randrange(1, 10000):04d}{rng.choice(LETTERS)}"
    known_as = f"{rng.choice(HOUSE)} {rng.choice(trade.words)}"
    legal = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}" if person else f"{known_as} {rng.choice(('Private Limited', 'Limited', 'LLP', ''))}".strip()
    stems = [f"{state}{pan}1Z" for state in rng.sample(STATES, rng.choices((1, 2, 4), (.8, .15, .05))[0])]
    if not trade.monthly and rng.random() < .6:
        stems.sort(key=lambda stem: not stem.startswith("27"))
    typical = math.exp(rng.gauss(9.2, 1.1))
    return Supplier(
        pan, [stem + check_character(stem) for stem in stems], legal, known_as, trade, rng.choice(trade.schemes), letters(rng, rng.choice((2, 2, 3))), letters(rng, 3),
        letters(rng, 10, FIGURES[1:]), rng.choice((0, 0, 2, 15, 60)), rng.paretovariate(1.15), typical, [max(5000, round(typical * rng.uniform(.1, 1.2) / 10) * 1000) for _ in range(5)],
        rng.random() < .6, rng.random() < .03, {kind: rng.choice(forms) for kind, forms in NOTES.items()}, rng.choice(trade.rates))


def issue(rng: Random, suppliers: list[Supplier], count: int) -> list[Document]:
    """`count` documents in order of supplier and date, each with its number."""
    made: list[Document] = []
    for supplier in suppliers:
        if supplier.trade.monthly:
            made += _monthly(rng, supplier)
    made = made[: count // 2]
    others = [supplier for supplier in suppliers if not supplier.trade.monthly] or suppliers
    for supplier in rng.choices(others, [min(supplier.size, len(others) / 8 + 3) for supplier in others], k=count - len(made)):
        day = FIRST + dt.timedelta(days=rng.randrange(DAYS))
        kind = rng.choices(("INV", "CRN", "DBN"), (.915, .07, .015))[0]
        made.append(_document(rng, supplier, rng.choice(supplier.gstins), kind, day, letters(rng, 9, FIGURES[1:])))
    made.sort(key=lambda document: (document.supplier.pan, document.date))
    _number(rng, made)
    return made


def _monthly(rng: Random, supplier: Supplier) -> list[Document]:
    made, bill_day, first_month = [], rng.randrange(1, 28), rng.choice((0, 0, 0, 4, 9))
    for account in range(rng.choice((1, 1, 1, 2, 3))):
        gstin, connection, recipient = supplier.gstins[account % len(supplier.gstins)], letters(rng, 9, FIGURES[1:]), rng.choice(OWN)
        for month in range(first_month, 16):
            day = (FIRST.replace(day=1) + dt.timedelta(days=31 * month)).replace(day=bill_day)
            if (day - FIRST).days < DAYS:
                document = _document(rng, supplier, gstin, "INV", day, connection)
                document.recipient = recipient
                _tax(rng, document)
                made.append(document)
    return made


def _document(rng: Random, supplier: Supplier, gstin: str, kind: str, day: dt.date, account: str) -> Document:
    document = Document(supplier, gstin, rng.choice((OWN[0], OWN[0], OWN[0], OWN[1])), kind, day, [], account)
    way = supplier.trade.amounts
    if way == "rent":
        taxable = supplier.prices[0]
    elif way == "prices":
        taxable = rng.choice(supplier.prices) * rng.choice((1, 1, 1, 2, 5))
    else:
        taxable = round(supplier.typical * 100 * math.exp(rng.gauss(0, .3 if way == "usage" else .8)))
        taxable = (taxable // 10000 or 1) * 10000 if way == "round" else max(taxable, 2000)
    if kind != "INV" and way not in ("rent", "prices"):
        taxable = max(1500, round(taxable * rng.uniform(.05, .9)))
    parts = rng.choice((2, 2, 3)) if supplier.trade.mixed and rng.random() < .3 and taxable > 30000 else 1
    cuts = sorted(rng.sample(range(1, 100), parts - 1))
    document.lines = [[taxable * (b - a) // 100, 0, 0, 0, 0] for a, b in zip([0, *cuts], [*cuts, 100])]
    _tax(rng, document)
    return document


def _tax(rng: Random, document: Document) -> None:
    """Tax at one rate a line; between states IGST, within one CGST and SGST."""
    rates = [document.supplier.rate, *(rate for rate in (18, 5, 0) if rate != document.supplier.rate)]
    for line, rate in zip(document.lines, rates):
        if document.gstin[:2] == document.recipient[:2]:
            line[1:4] = [0, round(line[0] * rate / 200), round(line[0] * rate / 200)]
        else:
            line[1:4] = [round(line[0] * rate / 100), 0, 0]
        line[4] = round(line[0] * .04) if document.supplier.cess else 0
    document.total()


def _number(rng: Random, documents: list[Document]) -> None:
    counters: dict[tuple[object, ...], int] = {}
    used: dict[tuple[str, int], set[str]] = defaultdict(set)
    latest: dict[str, str] = {}
    for document in documents:
        supplier, day = document.supplier, document.date
        series = rng.choice("RT") if supplier.scheme.startswith("two series") else "R"
        form, restart = (SCHEMES[supplier.scheme] if document.kind == "INV" else (supplier.note_forms[document.kind], "year"))
        period: object = {"never": 0, "year": fiscal(day), "calendar": day.year, "month": (day.year, day.month), "day": day}[restart]
        key = (document.gstin, document.kind, series, period)
        if key not in counters:
            small = restart in ("month", "day") or document.kind != "INV" or (restart == "year" and fiscal(day) == 2026)
            counters[key] = rng.randrange(0, 4) if small else rng.randrange(5, 900)
        while True:
            counters[key] += 1 + int(rng.expovariate(1) * supplier.gap * (.1 if restart in ("month", "day") else 1))
            number = _written(form, supplier, document, series, counters[key])
            if number not in used[document.gstin, fiscal(day)]:
                break
            if "{s" not in form:                         # one bill a month and account: a second one that month bears another account
                document.account = letters(rng, 9, FIGURES[1:])
        used[document.gstin, fiscal(day)].add(number)
        document.number, document.serial = number, counters[key]
        if document.kind == "INV":
            latest[document.gstin] = number
        document.against = latest.get(document.gstin, "")


def _written(form: str, supplier: Supplier, document: Document, series: str, serial: int) -> str:
    day, year = document.date, fiscal(document.date)
    return form.format(
        s=serial, p=supplier.letters, b=supplier.branch, st=document.gstin[:2], c=document.account, k=supplier.constant, x=series, x5=supplier.letters[:2] + supplier.branch,
        fy=f"{year % 100}-{year % 100 + 1}", fyl=f"{year}-{year % 100 + 1}", fyc=f"{year % 100}{year % 100 + 1}", y=day.year, yy=day.year % 100, m=day.month, d=day.day,
        d3=day.day % 3 + 1, mon=MONTHS[day.month - 1], rom=ROMAN[day.month - 1])[:16]
