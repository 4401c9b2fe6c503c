"""A client that nobody has seen: portal files and a register from a seed, made without any code of the product.

The rows cover every section, filing state, portal action, flag and period of the reference; the register holds the same documents
as one of six accounting systems would export them. Money is whole paise. `Client` keeps the truth beside the files.
"""

from __future__ import annotations

import json
import random
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.month.unseen_register import Voucher, write_register

HEADS = ("igst", "cgst", "sgst", "cess")
NOTES = ("b2bdn", "b2bdna", "b2bcn", "b2bcna")
AMENDED = ("b2ba", "b2bdna", "b2bcna", "ecoma", "impga", "impgseza")
IMPORTS = ("impg", "impga", "impgsez", "impgseza")
MONTHS = [(2024, 10), (2025, 3), (2025, 4), (2025, 9), (2025, 10), (2025, 12), (2026, 3), (2026, 4), (2026, 10), (2027, 1)]
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHT = {"b2b": 60, "b2ba": 5, "b2bdn": 5, "b2bdna": 2, "b2bcn": 12, "b2bcna": 4, "ecom": 4, "ecoma": 2}


@dataclass(frozen=True)
class Document:
    section: str
    stin: str
    name: str
    number: str
    day: date
    taxable: int
    tax: tuple[int, int, int, int]
    month: int                      # the supplier's return period, year * 12 + month - 1
    form: str = "R1"
    filed: bool = True
    action: str = "N"
    flags: dict[str, Any] = field(default_factory=dict)
    original: tuple[str, date] | None = None
    drawn: bool = True              # filed in time for the 2B of the book's period
    kind: str = "ims"               # ims, rcm, rcmcn, pos, late, isd, isdcn, 37a, nr: what the portal does with it

    @property
    def value(self) -> int:
        return self.taxable + sum(self.tax)


@dataclass
class Client:
    gstin: str
    period: tuple[int, int]
    quarterly: bool
    documents: list[Document]
    vouchers: list[Voucher]
    layout: str
    shape: str
    with_2b: bool
    as_of: date
    lines: int = 0                  # physical voucher lines of the register
    ims: Path = Path()
    register: Path = Path()
    gstr2b: Path | None = None
    statement: dict[str, Any] = field(default_factory=dict)

    @property
    def month(self) -> int:
        return self.period[0] * 12 + self.period[1] - 1


def checked(first: str) -> str:
    """The GSTIN with its check character."""
    total = 0
    for place, sign in enumerate(first):
        product = _DIGITS.index(sign) * (place % 2 + 1)
        total += product // 36 + product % 36
    return first + _DIGITS[(36 - total % 36) % 36]


def a_gstin(dice: random.Random, state: str) -> str:
    letters = "".join(dice.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3)) + dice.choice("CPHF") + dice.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return checked(f"{state}{letters}{dice.randrange(1000, 10000)}{dice.choice('ABCDEFGHJK')}{dice.choice('1112')}Z")


def make_client(seed: int, folder: Path, size: int = 90) -> Client:
    dice = random.Random(f"unseen {seed}")
    state = dice.choice(("27", "29", "07", "33", "24", "19", "38", "37", "97"))
    year, month = dice.choice(MONTHS)
    quarterly = dice.random() < 0.3
    if quarterly:
        month = (month - 1) // 3 * 3 + 3
    client = Client(a_gstin(dice, state), (year, month), quarterly, [], [], dice.choice(("tally", "busy", "zoho", "erpnext", "sap", "hand")),
                    dice.choice(("plain", "items", "inner", "zip")), dice.random() < 0.7, date(year + month // 12, month % 12 + 1, dice.randrange(8, 19)))
    suppliers = [(a_gstin(dice, dice.choice((state, state, "27", "36", "09"))), f"{dice.choice(('Amrit', 'Bharat', 'Chetan', 'Deepa', 'Esha'))} {dice.choice(('Mills', 'Works', 'Agencies', 'Foods'))} {n}") for n in range(max(5, size // 6))]
    for serial in range(size):
        client.documents.append(_document(dice, client, suppliers, serial))
    client.documents += _imports(dice, client, suppliers, size)
    client.documents += _amended_in_the_book(dice, client, size)
    client.documents += _past_ims(dice, client, suppliers, size)
    client.vouchers = _books(dice, client, suppliers)
    folder.mkdir(parents=True, exist_ok=True)
    client.ims, client.gstr2b = folder / "ims.json", None
    client.ims.write_text(json.dumps(_ims(dice, client), indent=dice.choice((None, 1))), "utf-8")
    client.register, client.lines = write_register(dice, client.layout, client.vouchers, folder, client.gstin)
    if client.with_2b:
        client.statement = _statement(dice, client)
        client.gstr2b = _write_2b(dice, client, folder)
    return client


def _document(dice: random.Random, client: Client, suppliers: list[tuple[str, str]], serial: int) -> Document:
    section = dice.choices(list(_WEIGHT), list(_WEIGHT.values()))[0]
    stin, name = dice.choice(suppliers)
    month = client.month - dice.choices((0, 1, 2, -1), (80, 12, 5, 3))[0]
    if client.quarterly and dice.random() < 0.6:
        month = client.month - dice.randrange(3)
    first = date(month // 12, month % 12 + 1, 1)
    day = first - timedelta(days=dice.choice((0, 0, 0, 20, 60))) + timedelta(days=dice.randrange(27))
    form = dice.choices(("R1", "IFF", "R1A"), (85, 6, 9))[0]
    prefix = {"b2bcn": "CN", "b2bcna": "CN", "b2bdn": "DN", "b2bdna": "DN"}.get(section, dice.choice(("INV", "", "GST", "S")))
    number = dice.choice((f"{prefix}/{serial + 1:04d}", f"{prefix}-{serial + 1}/{day.year % 100}", f"{prefix}{serial + 101}"))[:16]
    taxable = dice.randrange(1_000_00, 9_00_000_00) // (1 if dice.random() < 0.4 else 100)
    tax = _tax(taxable, dice.choice((5, 12, 18, 18, 28)), stin[:2] == client.gstin[:2], dice.random() < 0.03)
    reach = month + (form == "R1A")
    if client.quarterly:
        reach = reach // 3 * 3 + 2
    filed = dice.random() > 0.08
    credit = section in ("b2bcn", "b2bcna")
    action = dice.choices("NARP", (70, 15, 8, 7))[0]
    if action == "P" and credit and (reach < _OCTOBER or month < client.month):
        action = "N"
    flags: dict[str, Any] = {}
    if dice.random() < 0.7:
        barred = (credit and client.month < _OCTOBER) or (dice.random() < 0.04 and action != "P")
        flags["ispendactblocked"] = dice.choice(("Y", True) if barred else ("N", False)) if dice.random() < 0.2 else ("Y" if barred else "N")
    if dice.random() < 0.5:
        flags["isRemarksBlocked"] = "N"
    if (credit or section in AMENDED) and client.month >= _OCTOBER and dice.random() < 0.7:
        flags[dice.choice(("isItcRedReqBlocked", "itcRedReqBlocked"))] = "N" if section == "b2bcn" or dice.random() < 0.8 else "Y"
    if action == "A" and section == "b2bcn" and client.month >= _OCTOBER and reach >= _OCTOBER:
        flags |= _declaration(dice, tax)
    original = (f"{number[:12]}X" if dice.random() < 0.3 else number, day - timedelta(days=dice.randrange(3))) if section in AMENDED else None
    drawn = filed and reach <= client.month and dice.random() > 0.06
    return Document(section, stin, name, number, day, taxable, tax, month, form, filed, action, flags, original, drawn)


_OCTOBER = 2025 * 12 + 9


def _tax(taxable: int, rate: int, local: bool, cess: bool) -> tuple[int, int, int, int]:
    whole = (taxable * rate + 50) // 100
    extra = taxable // 50 if cess else 0
    return (0, whole // 2, whole // 2, extra) if local else (whole, 0, 0, extra)


def _declaration(dice: random.Random, tax: tuple[int, int, int, int]) -> dict[str, Any]:
    answer = dice.choice(("full", "part", "none"))
    if answer == "none":
        return {"itcRedReq": "N", "remarks": "Never availed"}
    if answer == "full":
        return {"itcRedReq": "Y"}
    return {"itcRedReq": "Y", "remarks": "Half availed", **{f"decl{h.capitalize()}": rupees(t // 2) for h, t in zip(HEADS, tax)}}


def _imports(dice: random.Random, client: Client, suppliers: list[tuple[str, str]], size: int) -> list[Document]:
    if client.month < _OCTOBER:
        return []
    made = []
    for section in dice.choices(IMPORTS, (5, 1, 3, 1), k=max(3, size // 15)):
        stin, name = dice.choice(suppliers) if "sez" in section else ("", "")
        taxable = dice.randrange(50_000_00, 9_00_000_00)
        day = date(client.period[0], client.period[1], dice.randrange(1, 25))
        made.append(Document(section, stin, name, str(dice.randrange(2_000_000, 9_999_999)), day, taxable, ((taxable * 18 + 50) // 100, 0, 0, 0), client.month, "", True,
                             dice.choices("NAP", (8, 2, 1))[0], {"ispendactblocked": "N"} if dice.random() < 0.6 else {}, None))
    return made


def _amended_in_the_book(dice: random.Random, client: Client, size: int) -> list[Document]:
    """Amendments whose originals stand in the same download."""
    made = []
    for old in dice.sample([d for d in client.documents if d.section in ("b2b", "b2bcn", "b2bdn", "ecom")], max(2, size // 25)):
        taxable = old.taxable * dice.choice((8, 10, 12)) // 10
        tax = tuple(t * taxable // old.taxable for t in old.tax)
        flags = {k: v for k, v in old.flags.items() if k in ("ispendactblocked", "isRemarksBlocked")}
        made.append(replace(old, section=old.section + "a", taxable=taxable, tax=tax, flags=flags, action=dice.choice("NNA") if old.section != "b2bcn" else "N", original=(old.number, old.day),
                            month=client.month, form="R1", filed=True, drawn=True))
    return made


def _past_ims(dice: random.Random, client: Client, suppliers: list[tuple[str, str]], size: int) -> list[Document]:
    made = []
    for n in range(max(10, size // 6)):
        kind = dice.choice(("rcm", "rcm", "rcmcn", "pos", "late", "latecn", "isd", "isdn", "isdcn", "37a", "nr", "rcmdn"))
        stin, name = dice.choice(suppliers)
        if kind == "nr":
            stin = "99" + "21USA0000" + "1NR" + "X"
        section = {"rcmcn": "b2bcn", "latecn": "b2bcn", "rcmdn": "b2bdn", "37a": dice.choice(("b2b", "b2bdn"))}.get(kind, "b2b")
        taxable = dice.randrange(10_000_00, 5_00_000_00)
        local = kind == "pos" or stin[:2] == client.gstin[:2]
        made.append(Document(section, stin, name, f"P{kind.upper()[:3]}/{n + 1}", date(client.period[0], client.period[1], dice.randrange(1, 28)), taxable, _tax(taxable, dice.choice((5, 18)), local, False), client.month, kind=kind))
    if client.month < _OCTOBER:
        made.append(replace(made[0], section="impg", stin="", number="4411223", tax=(123456, 0, 0, 0), kind="boe"))
    return made


def _books(dice: random.Random, client: Client, suppliers: list[tuple[str, str]]) -> list[Voucher]:
    """Nearly every document is booked; some blocked, some received late, some twice, some only in the books."""
    vouchers = []
    end = date(client.period[0] + client.period[1] // 12, client.period[1] % 12 + 1, 1) - timedelta(days=1)
    booked: set[tuple[str, str]] = set()
    for doc in client.documents:
        if (doc.section in AMENDED and (dice.random() < 0.8 or (doc.stin, doc.number) in booked)) or dice.random() < 0.12 or doc.kind in ("isd", "isdn", "isdcn", "37a"):
            continue
        voucher = Voucher({"b2bcn": "Debit Note", "b2bcna": "Debit Note", "b2bdn": "Credit Note", "b2bdna": "Credit Note"}.get(doc.section, "Purchase"), f"V{len(vouchers) + 1}", min(doc.day, end), doc.stin, doc.name,
                          doc.number, doc.day, doc.taxable, doc.tax, client.gstin[:2])
        chance = dice.random()
        if chance < 0.05:
            voucher = replace(voucher, eligibility="Ineligible")
        elif chance < 0.10:
            voucher = replace(voucher, received=end + timedelta(days=dice.randrange(1, 12)))
        elif chance < 0.14:
            voucher = replace(voucher, taxable=voucher.taxable * 9 // 10, tax=tuple(t * 9 // 10 for t in voucher.tax))
        elif chance < 0.18:
            voucher = replace(voucher, number=voucher.number.replace("/", "-").lower())
        if doc.kind.startswith("rcm"):
            voucher = replace(voucher, reverse_charge=True)
        booked.add((doc.stin, doc.number))
        vouchers.append(voucher)
    for n in range(4):
        stin, name = dice.choice(suppliers)
        taxable = dice.randrange(5_000_00, 90_000_00)
        home = n % 2 == 0
        vouchers.append(Voucher("Purchase", f"V{len(vouchers) + 1}", min(date(*client.period, 15), end), stin, name, f"ONLY/{n}", date(*client.period, 14), taxable, _tax(taxable, 18, stin[:2] == client.gstin[:2], False), client.gstin[:2]))
        vouchers.append(Voucher("Purchase", f"V{len(vouchers) + 1}", date(*client.period, 10), "", "Kisan Transport (unregistered)", f"LR{n}", date(*client.period, 9), taxable, _tax(taxable, 5, home, False), client.gstin[:2], reverse_charge=True))
    return vouchers


def rupees(paise: int) -> int | float:
    return paise // 100 if paise % 100 == 0 else paise / 100


def dmy(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def mmyyyy(month: int) -> str:
    return f"{month % 12 + 1:02d}{month // 12}"


def _ims(dice: random.Random, client: Client) -> Any:
    sections: dict[str, list[dict[str, Any]]] = {}
    for doc in client.documents:
        if doc.kind == "ims":
            sections.setdefault(doc.section, []).append(_ims_record(doc, client))
    for rows in sections.values():
        dice.shuffle(rows)
    shape = dice.choice(("D1", "D1 bare", "D2", "D2 wrapped", "D3"))
    return {"D1": {"rtin": client.gstin, "imsDetails": sections}, "D1 bare": {"imsDetails": sections}, "D2": sections,
            "D2 wrapped": {"status_cd": "1", "data": sections}, "D3": {"data": sections}}[shape]


def _ims_record(doc: Document, client: Client) -> dict[str, Any]:
    if doc.section in IMPORTS:
        record = {"rgstinrefId": f"{client.gstin}-{doc.number}", "irefdt": dmy(doc.day), "itcprd": mmyyyy(doc.month), "portcd": "INNSA1", "boenum": doc.number, "boedt": dmy(doc.day),
                  "action": doc.action, "txval": rupees(doc.taxable), "igst": rupees(doc.tax[0]), "cess": 0, "srtinprd": mmyyyy(doc.month), "hash": f"h{doc.number}", **doc.flags}
        return record | ({"stin": doc.stin} if doc.stin else {})
    note = doc.section in NOTES
    record = {"stin": doc.stin, "tradenm": doc.name, "nt_num" if note else "inum": doc.number, "nt_dt" if note else "idt": dmy(doc.day), "val": rupees(doc.value), "action": doc.action,
              "pos": client.gstin[:2], "txval": rupees(doc.taxable), **{k: rupees(t) for k, t in zip(("iamt", "camt", "samt", "cess"), doc.tax)}, "srcform": doc.form, "rtnprd": mmyyyy(doc.month),
              "srcfilstatus": "Filed" if doc.filed else ("Not Filed" if doc.taxable % 2 else "NotFiled"), **doc.flags}
    if not doc.section.startswith("eco"):
        record["inv_typ"] = "R"
    if doc.original:
        record |= {"ont_num" if note else "oinum": doc.original[0], "ont_dt" if note else "oidt": dmy(doc.original[1])}
    return record


def _statement(dice: random.Random, client: Client) -> dict[str, Any]:
    """The 2B as the portal would have drawn it from its own actions."""
    document: dict[str, list[Any]] = {}
    rejected: dict[str, list[Any]] = {}
    reversal: dict[str, list[Any]] = {}
    originals = {(d.stin, d.section, d.original[0]) for d in client.documents if d.original and d.drawn and d.filed}
    for doc in client.documents:
        if not doc.drawn or doc.action == "P" or (doc.stin, doc.section + "a", doc.number) in originals:
            continue
        target = reversal if doc.kind == "37a" else rejected if doc.action == "R" else document
        _add(target, doc, client)
    statement = {"gstin": client.gstin, "rtnprd": mmyyyy(client.month), "version": "1.0", "gendt": dmy(client.as_of), "itcsumm": {}, "docdata": document}
    if rejected:
        statement["docRejdata"] = rejected
    if reversal:
        document["itcrev"] = [reversal] if dice.random() < 0.5 else reversal
    return statement


def _add(target: dict[str, list[Any]], doc: Document, client: Client) -> None:
    amounts = {"txval": rupees(doc.taxable), **{h: rupees(t) for h, t in zip(HEADS, doc.tax)}}
    if doc.kind in ("isd", "isdn", "isdcn"):
        record = {"doctyp": "ISDC" if doc.kind == "isdcn" else "ISDI", "docnum": doc.number, "docdt": dmy(doc.day), "itcelg": "N" if doc.kind == "isdn" else "Y", **{h: amounts[h] for h in HEADS}}
        section, array = "isd", "doclist"
    elif doc.section in IMPORTS:
        record = {"refdt": dmy(doc.day), "recdt": dmy(doc.day), "portcode": "INNSA1", "boenum": doc.number, "boedt": dmy(doc.day), "isamd": "Y" if doc.section in AMENDED else "N", "txval": amounts["txval"], "igst": amounts["igst"], "cess": 0}
        if not doc.section.startswith("impgsez"):
            target.setdefault("impg", []).append(record)
            return
        section, array = "impgsez", "boe"
    else:
        note = doc.section in NOTES
        section = ("cdnra" if doc.section in AMENDED else "cdnr") if note else doc.section
        kind = "C" if doc.section in ("b2bcn", "b2bcna") else "D"
        record = {"ntnum": doc.number, "typ": kind, "suptyp": "R"} if note else {"inum": doc.number, "typ": "R"}
        if doc.original:
            record |= {"onttyp": kind, "ontnum": doc.original[0], "ontdt": dmy(doc.original[1])} if note else {"oinum": doc.original[0], "oidt": dmy(doc.original[1])}
        barred = {"pos": "P", "late": "C", "latecn": "C"}.get(doc.kind, "")
        record |= {"dt": dmy(doc.day), "val": rupees(doc.value), "pos": doc.stin[:2] if barred == "P" else client.gstin[:2], "rev": "Y" if doc.kind.startswith("rcm") else "N", "itcavl": "N" if barred else "Y", "rsn": barred, **amounts}
        if client.shape == "items":
            cut = [(a, b) for a, b in ((amounts[k], round(amounts[k] / 3, 2)) for k in ("txval", *HEADS))]
            record = {k: v for k, v in record.items() if k not in amounts} | {"items": [
                {"num": 1, "rt": 18, **{k: second for k, (_, second) in zip(("txval", *HEADS), cut)}}, {"num": 2, "rt": 5, **{k: round(whole - second, 2) for k, (whole, second) in zip(("txval", *HEADS), cut)}}]}
        array = "nt" if note else "inv"
    rows = target.setdefault(section, [])
    head = {"ctin": doc.stin, "trdnm": doc.name} | ({} if section == "impgsez" else {"supprd": mmyyyy(doc.month), "supfildt": "10-11-2026"})
    group = next((g for g in rows if all(g.get(k) == v for k, v in head.items())), None)
    if group is None:
        rows.append(group := {**head, array: []})
    group[array].append(record)


def _write_2b(dice: random.Random, client: Client, folder: Path) -> Path:
    data = client.statement
    if client.shape == "zip":
        path = folder / "2b.zip"
        halves = [{**data, "docdata": {k: v for n, (k, v) in enumerate(data["docdata"].items()) if n % 2 == half}} for half in (0, 1)]
        halves[1].pop("docRejdata", None)
        with zipfile.ZipFile(path, "w") as archive:
            for n, half in enumerate(halves, 1):
                archive.writestr(f"returns_{n}.json", json.dumps({"chksum": "x", "data": half}))
        return path
    path = folder / "2b.json"
    path.write_text(json.dumps(data if client.shape == "inner" else {"chksum": "x", "data": data}), "utf-8-sig" if dice.random() < 0.3 else "utf-8")
    return path
