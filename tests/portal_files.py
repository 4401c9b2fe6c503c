"""Portal files for tests, made from compact rows: IMS downloads and GSTR-2B statements with sensible defaults for what a test leaves out.

    ims_download(record("b2b", gstin(1), "A-101", taxable="1000.00", igst="180.00"), record("b2bcn", gstin(2), "CN-1"))
    gstr2b(doc("b2b", gstin(1), "A-101", taxable="1000.00", igst="180.00"), period="102026")

Both give JSON text with amounts exactly as written here; `write(path, text)` puts it on disk. Everything is deterministic, GSTINs have right
check characters and belong to nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ims_xl.gstin import check_character

RECIPIENT = "27AAKCB4321Q1ZA"
_IMS_ORDER = ("b2b", "b2ba", "b2bdn", "b2bdna", "b2bcn", "b2bcna", "ecom", "ecoma", "impg", "impga", "impgsez", "impgseza")
_ARRAY = {"b2b": "inv", "b2ba": "inv", "ecom": "inv", "ecoma": "inv", "cdnr": "nt", "cdnra": "nt", "isd": "doclist", "isda": "doclist"}


class Token(float):
    """A number that is written as it was typed: Token("296941.40") stays 296941.40 in the JSON."""

    def __new__(cls, text: str) -> Token:
        made = super().__new__(cls, text)
        made.text = str(text)
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def gstin(number: int, state: str = "29") -> str:
    """The number-th supplier of a state, with the right check character."""
    first = f"{state}AA{chr(65 + number // 260000 % 26)}{'CFPH'[number % 4]}{chr(65 + number // 10000 % 26)}{number % 10000:04d}{chr(65 + number % 26)}1Z"
    return first + check_character(first)


def record(section: str, supplier: str = "", number: str = "A-1", day: str = "07-10-2026", *, taxable: str = "1000.00", igst: str = "0", cgst: str = "0", sgst: str = "0",
           cess: str = "0", value: str | None = None, pos: str = "27", action: str = "N", filed: bool = True, form: str = "R1", period: str = "102026", name: str = "Vaigai Tools",
           original: tuple[str, str] | None = None, **more: Any) -> tuple[str, dict[str, Any]]:
    """One IMS record: (section key, object). `more` adds or replaces keys; a value of None removes one."""
    if section.startswith("impg"):
        made: dict[str, Any] = {"rgstinrefId": f"{RECIPIENT}-{number}", "ispendactblocked": "N", "irefdt": day, "itcprd": period, "portcd": "INNSA1", "boenum": number,
                                "boedt": day, "action": action, "txval": Token(taxable), "igst": Token(igst), "cess": Token(cess), "srtinprd": period, "hash": f"h{number}"}
        if "sez" in section:
            made = {"stin": supplier, "tradenm": name} | made
    else:
        note = section.startswith(("b2bdn", "b2bcn"))
        made = {}
        if section.endswith("a"):
            old_number, old_day = original or (number, day)
            made = {"ont_num": old_number, "ont_dt": old_day} if note else {"oinum": old_number, "oidt": old_day}
        made |= {"stin": supplier or gstin(1), "tradenm": name, "nt_num" if note else "inum": number}
        if not section.startswith("eco"):
            made["inv_typ"] = "R"
        total = value if value is not None else f"{sum(float(x) for x in (taxable, igst, cgst, sgst, cess)):.2f}"
        made |= {"nt_dt" if note else "idt": day, "val": Token(total), "action": action, "pos": pos, "txval": Token(taxable), "iamt": Token(igst), "camt": Token(cgst),
                 "samt": Token(sgst), "cess": Token(cess), "srcform": form, "rtnprd": period, "srcfilstatus": "Filed" if filed else "Not Filed", "ispendactblocked": "N",
                 "isRemarksBlocked": "N"}
        if section in ("b2ba", "b2bdna", "b2bcn", "b2bcna", "ecoma"):
            made["itcRedReqBlocked"] = "N"
        made["hash"] = f"{abs(hash_of(number, section)):x}"
    return section, {key: value for key, value in (made | more).items() if value is not None}


def ims_download(*records: tuple[str, Mapping[str, Any]], rtin: str = RECIPIENT, container: str = "D1") -> str:
    """JSON text of a download: container D1 (portal), D2 (API), D3 (session) or GSP (wrapper around D2)."""
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for section, made in sorted(records, key=lambda one: _IMS_ORDER.index(one[0]) if one[0] in _IMS_ORDER else 99):
        sections.setdefault(section, []).append(made)
    tops: dict[str, Any] = {"D1": {"rtin": rtin, "imsDetails": sections}, "D2": sections, "D3": {"data": sections}, "GSP": {"status_cd": "1", "data": {"rtin": rtin, **sections}}}
    return dumps({key: value for key, value in tops[container].items() if value != ""})


def doc(section: str, supplier: str = "", number: str = "A-1", day: str = "07-10-2026", *, taxable: str = "1000.00", igst: str = "0", cgst: str = "0", sgst: str = "0",
        cess: str = "0", value: str | None = None, pos: str = "27", note: str = "C", reverse: str = "N", available: str = "Y", reason: str = "", supprd: str = "102026",
        filed: str = "10-11-2026", name: str = "Vaigai Tools", original: tuple[str, str] | None = None, block: str = "docdata", **more: Any) -> dict[str, Any]:
    """One GSTR-2B document; keys that begin with "_" are its supplier's group and its block."""
    total = Token(value if value is not None else f"{sum(float(x) for x in (taxable, igst, cgst, sgst, cess)):.2f}")
    taxes = {"igst": Token(igst), "cgst": Token(cgst), "sgst": Token(sgst), "cess": Token(cess)}
    old_number, old_day = original or (number, day)
    if section in ("impg", "impgsez"):
        made: dict[str, Any] = {"refdt": day, "recdt": day, "portcode": "INNSA1", "boenum": number, "boedt": day, "isamd": "N", "txval": Token(taxable), "igst": Token(igst), "cess": Token(cess)}
    elif section in ("isd", "isda"):
        made = {"doctyp": "ISDC" if note == "C" and "doctyp" not in more else "ISDI", "docnum": number, "docdt": day, "oinvnum": "", "oinvdt": "", **taxes, "itcelg": available}
        if section == "isda":
            made |= {"odoctyp": made["doctyp"], "odocnum": old_number, "odocdt": old_day}
    elif section in ("cdnr", "cdnra"):
        made = {"ntnum": number, "typ": note, "suptyp": "R", "dt": day, "val": total, "pos": pos, "rev": reverse, "itcavl": available, "rsn": reason, "diffprcnt": 1,
                "txval": Token(taxable), **taxes}
        if section == "cdnra":
            made |= {"onttyp": note, "ontnum": old_number, "ontdt": old_day}
    else:
        made = {"inum": number, "typ": "R", "dt": day, "val": total, "pos": pos, "rev": reverse, "itcavl": available, "rsn": reason, "diffprcnt": 1, "txval": Token(taxable), **taxes}
        if section in ("b2ba", "ecoma"):
            made |= {"oinum": old_number, "oidt": old_day}
    made = {key: value for key, value in (made | more).items() if value is not None}
    return made | {"_section": section, "_block": block, "_ctin": supplier or gstin(1), "_trdnm": name, "_supprd": supprd, "_supfildt": filed}


def gstr2b(*docs: Mapping[str, Any], rtin: str = RECIPIENT, period: str = "102026", gendt: str = "14-11-2026", itcsumm: Mapping[str, Any] | None = None, **top: Any) -> str:
    """JSON text of a statement; documents of one supplier and period follow each other as the portal groups them."""
    blocks: dict[str, dict[str, list[Any]]] = {"docdata": {}, "rejected": {}, "reversal": {}}
    for one in docs:
        section, inside = one["_section"], {key: value for key, value in one.items() if not key.startswith("_")}
        groups = blocks[one["_block"]].setdefault(section, [])
        if section == "impg":
            groups.append(inside)
            continue
        head = {"ctin": one["_ctin"], "trdnm": one["_trdnm"]} | ({} if section == "impgsez" else {"supprd": one["_supprd"], "supfildt": one["_supfildt"]})
        array = _ARRAY.get(section, "boe")
        if not (groups and all(groups[-1].get(key) == value for key, value in head.items())):
            groups.append({**head, array: []})
        groups[-1][array].append(inside)
    data: dict[str, Any] = {"gstin": rtin, "rtnprd": period, "version": "1.0", "gendt": gendt}
    if itcsumm is not None:
        data["itcsumm"] = itcsumm
    data |= top
    for name, key in (("docdata", "docdata"), ("rejected", "docRejdata"), ("reversal", "itcrev")):
        if blocks[name] or name == "docdata":
            data[key] = blocks[name]
    return dumps({"chksum": "x", "data": data})


def dumps(value: Any) -> str:
    """JSON text that keeps Tokens as they were typed (the json module would write them by float's own repr)."""
    if isinstance(value, Token):
        return value.text
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{dumps(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(dumps(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def hash_of(number: str, section: str) -> int:
    """A small stable number (Python's own hash differs from run to run)."""
    made = 7
    for character in section + number:
        made = (made * 31 + ord(character)) % (1 << 61)
    return made


def many(count: int, section: str = "b2b", start: int = 0) -> Iterable[tuple[str, dict[str, Any]]]:
    """`count` plain invoices of about count/20 suppliers."""
    for place in range(start, start + count):
        taxable = 1000 + place * 37 % 90000
        yield record(section, gstin(place // 20), f"INV/{place:06d}", f"{place % 28 + 1:02d}-10-2026", taxable=f"{taxable}.50", igst=f"{taxable * 18 / 100:.2f}")
