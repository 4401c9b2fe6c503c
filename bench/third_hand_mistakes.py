"""What people do to a document when they book it, for bench/third_hand.py: each kind of mistake in several human ways.

A way is a function from what stands on the document to what was typed; one that returns its input does not apply to that document.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from random import Random

from bench.third_hand_suppliers import FIGURES, MONTHS, OWN, ROMAN, Document, Supplier, fiscal, letters

NumberWay = Callable[[Document, Random], str]
LOOKALIKE = {"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "O": "0", "I": "1", "S": "5", "B": "8", "Z": "2"}
NEIGHBOURS = {"1": "2", "2": "13", "3": "24", "4": "35", "5": "46", "6": "57", "7": "68", "8": "79", "9": "80", "0": "9"}
BASE_STYLES = ("%d-%m-%Y", "%d/%m/%Y", "%d-%b-%y", "%Y-%m-%d")


def _year_forms(document: Document) -> tuple[str, str, str]:
    year = fiscal(document.date)
    return f"{year}-{year % 100 + 1}", f"{year % 100}-{year % 100 + 1}", f"{year % 100}{year % 100 + 1}"


def _case(document: Document, rng: Random) -> str:
    return rng.choice((document.number.lower(), document.number.title()))


def _separators(document: Document, rng: Random) -> str:
    return re.sub(r"[-/]", lambda _: rng.choice(("", " ", ".", "_", "\\", "–", "\u00a0", "//", " / ", "-")), document.number)


def _zeros(document: Document, rng: Random) -> str:
    if rng.random() < .7:
        return re.sub(r"(?<!\d)0+(?=\d)", "", document.number)
    return re.sub(r"\d+$", lambda run: run[0].zfill(6), document.number)


def _year_dropped(document: Document, rng: Random) -> str:
    long, short, tight = _year_forms(document)
    for form in (long, short, tight, f"{document.date.year}"):
        if form in document.number and len(document.number) > len(form):
            return re.sub(r"([-/])[-/]+", r"\1", document.number.replace(form, "", 1)).strip("-/")
    return document.number


def _year_rewritten(document: Document, rng: Random) -> str:
    long, short, tight = _year_forms(document)
    for form in (long, short, tight):
        if form in document.number:
            others = [long, short, short.replace("-", "/"), short.replace("-", " - "), f"FY{short}"] if form != tight else [short, f"/{short}/"]
            return document.number.replace(form, rng.choice([other for other in others if other != form]), 1)
    return document.number


def _serial_only(document: Document, rng: Random) -> str:
    return str(document.serial) if str(document.serial) in document.number and document.serial > 9 else document.number


def _dealer_code(document: Document, rng: Random) -> str:
    return f"{rng.choice(('D', 'DLR', 'V'))}{rng.randrange(100, 9999)}{rng.choice('/- ')}{document.number}"


def _order_added(document: Document, rng: Random) -> str:
    return f"{document.number}{rng.choice((' PO ', '/PO-', ' (P.O. ', ' agst WO'))}{rng.randrange(1000, 99999)}"


def _site_added(document: Document, rng: Random) -> str:
    return f"{document.number} {rng.choice(('SITE B', 'BHIWANDI', '(HO)', 'UNIT-2', 'ORIGINAL', 'DUPLICATE COPY'))}"


def _words(document: Document, rng: Random) -> str:
    return rng.choice(("INV NO. {}", "Bill No. {}", "Tax Inv # {}", "B.No.{}", "Invoice-{}", "#{}", "'{}", "Inv.{}", "No: {}")).format(document.number)


def _in_narration(document: Document, rng: Random) -> str:
    return rng.choice(("BEING GOODS PURCHASED VIDE BILL NO {} DT {:%d/%m/%y}", "Agst bill {} dated {:%d.%m.%Y}", "Pur. from {2} inv {0}")).format(
        document.number, document.date, document.supplier.known_as)


def _floating(document: Document, rng: Random) -> str:
    return f"{document.number}.0" if document.number.isdigit() else document.number


def _scientific(document: Document, rng: Random) -> str:
    return f"{float(document.number):.5E}" if document.number.isdigit() and len(document.number) > 11 else document.number


def _became_a_date(document: Document, rng: Random) -> str:
    """Excel reads 12/10 as a day of October, and 5/26 as a month of 2026."""
    parts = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})", document.number)
    if not parts:
        return document.number
    first, second = int(parts[1]), int(parts[2])
    if 1 <= first <= 31 and 1 <= second <= 12:
        return f"{first:02d}-{MONTHS[second - 1].title()}"
    return f"{MONTHS[first - 1].title()}-{second:02d}" if 1 <= first <= 12 else document.number


def _month_rewritten(document: Document, rng: Random) -> str:
    month, parts = document.date.month, re.split(r"([-/])", document.number)
    names = {MONTHS[month - 1], ROMAN[month - 1], f"{month:02d}", str(month)}
    places = [at for at, part in enumerate(parts) if part in names]
    if len(places) != 1:
        return document.number
    parts[places[0]] = rng.choice(sorted(names - {parts[places[0]]}))
    return "".join(parts)


def _other_order(document: Document, rng: Random) -> str:
    parts = re.split(r"[-/]", document.number)
    return rng.choice("/-").join(reversed(parts)) if len(parts) == 3 and len(set(map(len, parts))) > 1 else document.number


def _cut_short(document: Document, rng: Random) -> str:
    """A field of ten characters, or a clerk who types the last figures only."""
    return rng.choice((document.number[-10:], document.number[-6:], document.number[-5:], document.number[-4:]))


def _lookalike(document: Document, rng: Random) -> str:
    places = [at for at, character in enumerate(document.number) if character in LOOKALIKE]
    return _put(document.number, rng.choice(places), LOOKALIKE) if places else document.number


def _put(text: str, at: int, table: dict[str, str]) -> str:
    return text[:at] + table[text[at]] + text[at + 1:]


def _finger(text: str, rng: Random) -> str:
    """One slip: a neighbouring key, another figure, a figure doubled or dropped, two changed about."""
    places = [at for at, character in enumerate(text) if character in FIGURES]
    if len(places) < 3:
        return text
    at, slip = rng.choice(places), rng.randrange(5)
    if slip < 2:
        return text[:at] + (rng.choice(NEIGHBOURS[text[at]]) if slip else rng.choice(FIGURES.replace(text[at], ""))) + text[at + 1:]
    if slip == 2:
        return text[:at] + text[at] + text[at:]
    if slip == 3:
        return text[:at] + text[at + 1:]
    return text[:at] + text[at + 1:at + 2] + text[at] + text[at + 2:]


def _slip(document: Document, rng: Random) -> str:
    return _finger(document.number, rng)


def _own_number(document: Document, rng: Random) -> str:
    return rng.choice(("PV/{}", "GRN{}", "PUR-{}", "{}", "MIGO 5000{}", "EWB 2814{}")).format(rng.randrange(10000, 99999))


def _narration(document: Document, rng: Random) -> str:
    month = f"{document.date:%b %Y}"
    return rng.choice(("AS PER BILL ATTACHED", f"{document.supplier.trade.name} charges {month}", "URGENT - BILL TO COME", f"{document.date:%d.%m.%y}", "ONLINE"))


def _blank(document: Document, rng: Random) -> str:
    return rng.choice(("", "", "", "NA", "-", "0", "."))


# Kind of mistake: (share within its list, way, how far the number still tells the document: 2 well, 1 in part, 0 not at all).
EASY_NUMBERS: dict[str, tuple[float, NumberWay, int]] = {
    "num_case": (2, _case, 2), "num_separators": (5, _separators, 2), "num_zeros": (5, _zeros, 2), "num_year_dropped": (3, _year_dropped, 2),
    "num_year_rewritten": (3, _year_rewritten, 2), "num_serial_only": (4, _serial_only, 2), "num_words": (3, _words, 2), "num_in_narration": (1, _in_narration, 2),
    "num_dealer_code": (1, _dealer_code, 2), "num_order_added": (1, _order_added, 2), "num_site_added": (1, _site_added, 2), "num_floating": (2, _floating, 2),
    "num_date_by_excel": (3, _became_a_date, 1), "num_month_rewritten": (2, _month_rewritten, 1), "num_other_order": (1, _other_order, 2),
}
HARD_NUMBERS: dict[str, tuple[float, NumberWay, int]] = {
    "num_cut": (4, _cut_short, 1), "num_lookalike": (4, _lookalike, 1), "num_slip": (9, _slip, 1), "num_scientific": (2, _scientific, 1),
    "num_own": (3, _own_number, 0), "num_narration": (1, _narration, 0), "num_blank": (3, _blank, 0),
}
DATES = {"date_posted": 10, "date_swapped": 3, "date_month": 1.5, "date_month_end": 1, "date_year": .8, "date_slip": 1, "date_blank": .8}
GSTINS = {"gstin_branch": 3, "gstin_slip": 3, "gstin_blank": 2, "gstin_own": .5, "gstin_other_party": .7, "gstin_pan_only": .7}
HEADS = {"tax_rate": 3, "tax_head": 3, "tax_half": 2, "tax_one_head": 1, "freight_left_out": 3, "amount_slip": 1.5, "amount_zero": .5, "tax_in_cost": 1, "thousands": .4,
         "cess_left_out": 1}
VALUES = {"value_blank": 5, "value_tds": 2, "value_tcs": 2, "value_discount": 1, "value_without_tax": 1}


def typed_date(kind: str, document: Document, entered: dt.date, rng: Random) -> dt.date | None:
    """The date that was typed, None for a blank; the document's own where the kind cannot happen to it."""
    day = document.date
    if kind == "date_posted":
        return entered
    if kind == "date_swapped":
        return dt.date(day.year, day.day, day.month) if day.day <= 12 else day
    if kind == "date_month":
        return day + dt.timedelta(days=rng.choice((-30, 31)))
    if kind == "date_month_end":
        return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    if kind == "date_year":
        return day - dt.timedelta(days=365)
    if kind == "date_slip":
        return day.replace(day=rng.choice((day.day % 10 + 10, day.day % 10 or 1, min(28, day.day % 10 + 20))))
    return None


def written_date(day: dt.date | None, style: str, odd: bool, rng: Random) -> str:
    """As typed: in the register's style, or in one of the ways that stray cells have."""
    if day is None:
        return ""
    if not odd:
        return day.strftime(style)
    serial = (day - dt.date(1899, 12, 30)).days
    return rng.choice((str(serial), f"{day.day}.{day.month}.{day:%y}", f"{day:%d-%b-%Y}", f"{day.day} {day:%B %Y}", f"{day:%Y-%m-%d} 00:00:00", f"{serial}.0", f"{day:%d/%m/%y}"))


def typed_gstin(kind: str, document: Document, others: list[Supplier], rng: Random) -> tuple[str, str | None]:
    """GSTIN, and the name too where the whole party was mistaken."""
    if kind == "gstin_branch":
        siblings = [gstin for gstin in document.supplier.gstins if gstin != document.gstin]
        return (rng.choice(siblings) if siblings else document.gstin), None
    if kind == "gstin_slip":
        at = rng.randrange(15)
        return rng.choice((_finger(document.gstin, rng), document.gstin[:at] + LOOKALIKE.get(document.gstin[at], document.gstin[at]) + document.gstin[at + 1:])), None
    if kind == "gstin_blank":
        return rng.choice(("", "", "URP", "NA")), None
    if kind == "gstin_own":
        return rng.choice(OWN), None
    if kind == "gstin_pan_only":
        return document.supplier.pan, None
    other = rng.choice(others)
    return rng.choice(other.gstins), (other.known_as if rng.random() < .5 else None)


def typed_heads(kind: str, heads: list[int], rng: Random) -> list[int]:
    """Taxable value, IGST, CGST, SGST and cess of one line as they were booked."""
    taxable, igst, cgst, sgst, cess = heads
    tax = igst + cgst + sgst
    if kind == "tax_rate" and tax:
        factor = rng.choice((5 / 18, 12 / 18, 28 / 18)) if tax * 8 > taxable else rng.choice((12 / 5, 18 / 5))
        return [taxable, round(igst * factor), round(cgst * factor), round(sgst * factor), cess]
    if kind == "tax_head":
        return [taxable, 0, tax // 2, tax - tax // 2, cess] if igst else [taxable, tax, 0, 0, cess]
    if kind == "tax_half" and cgst:
        return [taxable, 0, cgst, 0, cess]
    if kind == "tax_one_head":
        return [taxable, 0, tax, 0, cess]
    if kind == "freight_left_out":
        share = rng.uniform(.85, .98)
        return [round(amount * share) for amount in heads]
    if kind == "amount_slip":
        slipped = int(_finger(str(taxable // 100), rng) or 0) * 100
        return [round(amount * slipped / taxable) for amount in heads] if rng.random() < .6 else [slipped, round(igst * slipped / taxable), cgst, sgst, cess]
    if kind == "amount_zero":
        return [amount * 10 for amount in heads] if rng.random() < .5 else [amount // 10 for amount in heads]
    if kind == "tax_in_cost":
        return [sum(heads), 0, 0, 0, 0]
    if kind == "thousands" and taxable > 500000:
        return [round(amount, -5) for amount in heads]
    if kind == "cess_left_out":
        return [taxable, igst, cgst, sgst, 0]
    return heads


def typed_value(kind: str, document: Document) -> int | None:
    taxable = document.heads[0]
    return {"value_blank": None, "value_tds": document.value - round(taxable * .0002) * 100, "value_tcs": round(document.value * .01001) * 100,
            "value_discount": document.value - round(taxable * .0003) * 100, "value_without_tax": taxable}[kind]


def typed_name(supplier: Supplier, rng: Random) -> str:
    name = rng.choice((supplier.legal, supplier.known_as, supplier.known_as))
    return rng.choice((name, name.upper(), f"M/s. {name}", name.replace("Private Limited", "P Ltd").replace("Limited", "Ltd."), name[:18].strip(),
                       f"{name} ({rng.choice(('CR', 'Pune', 'Surat', 'A/c'))})", name.replace("a", "aa", 1), f"{letters(rng, 3, FIGURES)} {name}"))
