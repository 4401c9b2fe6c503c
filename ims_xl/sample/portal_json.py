"""The invented month as the portal would give it: the IMS download and the GSTR-2B drawn on the 14th, control totals right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from ims_xl.period import Period
from ims_xl.sample.world import Paper, World

_SECTIONS = ("b2b", "b2ba", "b2bdn", "b2bdna", "b2bcn", "b2bcna", "ecom", "ecoma", "impg", "impga", "impgsez")
_HEADS = ("igst", "cgst", "sgst", "cess")
_TREE: dict[str, dict[str, tuple[str, ...]]] = {
    "itcavl": {"nonrevsup": ("b2b", "cdnr", "ecom", "b2ba", "cdnra", "ecoma"), "isdsup": ("isd", "isda"), "revsup": ("b2b", "cdnr", "b2ba", "cdnra"), "imports": ("impg", "impga", "impgsez", "impgasez"), "othersup": ("cdnr", "cdnra", "cdnrrev", "cdnrarev", "isd", "isda")},
    "itcunavl": {"nonrevsup": ("b2b", "cdnr", "ecom", "b2ba", "cdnra", "ecoma"), "isdsup": ("isd", "isda"), "revsup": ("b2b", "cdnr", "b2ba", "cdnra"), "othersup": ("cdnr", "cdnra", "cdnrrev", "cdnrarev", "isd", "isda")},
    "itcrev": {"nonrevsup": ("b2b", "cdnr", "b2ba", "cdnra")},
    "itcRejected": {"nonrevsup": ("b2b", "cdnr", "ecom", "b2ba", "cdnra", "ecoma"), "isdsup": ("isd", "isda"), "othersup": ("cdnr", "cdnra", "isd", "isda")},
}


def ims_json(world: World) -> str:
    """The offline download of the IMS dashboard (container D1), bills of entry beside it."""
    details: dict[str, list[dict[str, Any]]] = {section: [] for section in _SECTIONS}
    for paper in world.papers:
        if not paper.bypass:
            details[paper.section].append(_record(paper, world))
    return json.dumps({"rtin": world.gstin, "imsDetails": {k: v for k, v in details.items() if v}}, indent=1, ensure_ascii=False) + "\n"


def _record(paper: Paper, world: World) -> dict[str, Any]:
    if paper.section.startswith("imp"):
        record: dict[str, Any] = {
            "rgstinrefId": f"{world.gstin}-{paper.number}", "ispendactblocked": "N", "irefdt": _day(paper.dated), "itcprd": world.period.code, "portcd": "INNSA1",
            "boenum": paper.number, "boedt": _day(paper.dated), "action": "N", "txval": _rupees(paper.taxable), "igst": _rupees(paper.heads[0]), "cess": 0, "srtinprd": world.period.code,
        }
        if "sez" in paper.section:
            record["stin"] = paper.supplier.gstin
        return record | {"hash": _hash(paper)}
    note = paper.section.startswith(("b2bcn", "b2bdn"))
    record = {}
    if paper.original:
        record = {"ont_num" if note else "oinum": paper.original[0], "ont_dt" if note else "oidt": _day(paper.original[1])}
    record |= {"stin": paper.supplier.gstin, "tradenm": paper.supplier.name, "nt_num" if note else "inum": paper.number}
    if not paper.section.startswith("eco"):
        record["inv_typ"] = "R"
    record |= {
        "nt_dt" if note else "idt": _day(paper.dated), "val": _rupees(paper.value), "action": paper.action, "pos": world.gstin[:2], "txval": _rupees(paper.taxable),
        "iamt": _rupees(paper.heads[0]), "camt": _rupees(paper.heads[1]), "samt": _rupees(paper.heads[2]), "cess": _rupees(paper.heads[3]),
        "srcform": paper.form, "rtnprd": paper.period.code, "srcfilstatus": "Filed" if paper.filed else "Not Filed", "ispendactblocked": "N", "isRemarksBlocked": "N",
    }
    if (note and "cn" in paper.section) or paper.original:
        record["itcRedReqBlocked"] = "N"
    return record | {"hash": _hash(paper)}


def gstr2b_json(world: World) -> str:
    """The statement of the period as drawn from the actions that the portal held."""
    boxes = {f"{block}.{group}.{child}": dict.fromkeys(("txval", *_HEADS), 0) for block, groups in _TREE.items() for group, children in groups.items() for child in children}
    documents: dict[str, Any] = {}
    rejected: dict[str, Any] = {}
    for paper in world.papers:
        if not paper.filed or paper.action == "P" or _superseded(paper, world):
            continue
        path, section, document = _drawn(paper, world)
        _add(rejected if paper.action == "R" and not paper.bypass else documents, section, paper, document)
        for name, amount in zip(("txval", *_HEADS), (paper.taxable, *paper.heads)):
            boxes[path][name] += amount
    generated = world.period.plus(1).start.replace(day=14)
    data = {"gstin": world.gstin, "rtnprd": world.period.code, "version": "1.0", "gendt": _day(generated), "itcsumm": _summary(boxes), "docdata": documents}
    if rejected:
        data["docRejdata"] = rejected
    return json.dumps({"chksum": hashlib.sha256(repr(boxes).encode()).hexdigest(), "data": data}, indent=1, ensure_ascii=False) + "\n"


def _superseded(paper: Paper, world: World) -> bool:
    return not paper.bypass and any(p.original == (paper.number, paper.dated) and p.supplier == paper.supplier and p is not paper for p in world.papers if p.filed)


def _drawn(paper: Paper, world: World) -> tuple[str, str, dict[str, Any]]:
    """(itcsumm path, docdata section, document)."""
    amounts = {"txval": _rupees(paper.taxable), **{h: _rupees(a) for h, a in zip(_HEADS, paper.heads)}}
    if paper.bypass in ("isd", "isdcn"):
        document = {"doctyp": "ISDI" if paper.bypass == "isd" else "ISDC", "docnum": paper.number, "docdt": _day(paper.dated), "itcelg": "Y", **{k: v for k, v in amounts.items() if k != "txval"}}
        return ("itcavl.isdsup.isd" if paper.bypass == "isd" else "itcavl.othersup.isd"), "isd", document
    if paper.section.startswith("imp"):
        document = {"refdt": _day(paper.dated), "recdt": _day(paper.dated), "portcode": "INNSA1", "boenum": paper.number, "boedt": _day(paper.dated), "isamd": "Y" if paper.section == "impga" else "N", "txval": amounts["txval"], "igst": amounts["igst"], "cess": amounts["cess"]}
        return f"itcavl.imports.{paper.section}", "impgsez" if "sez" in paper.section else "impg", document
    note = "cn" in paper.section or "dn" in paper.section
    amended = paper.original is not None
    section = ("cdnra" if amended else "cdnr") if note else paper.section
    document = {"ntnum": paper.number, "typ": "C" if "cn" in paper.section else "D", "suptyp": "R"} if note else {"inum": paper.number, "typ": "R"}
    if paper.original:
        document |= {"onttyp": document["typ"], "ontnum": paper.original[0], "ontdt": _day(paper.original[1])} if note else {"oinum": paper.original[0], "oidt": _day(paper.original[1])}
    available = paper.bypass not in ("pos", "time")
    document |= {
        "dt": _day(paper.dated), "val": _rupees(paper.value), "pos": paper.supplier.gstin[:2] if paper.bypass == "pos" else world.gstin[:2], "rev": "Y" if paper.bypass == "rcm" else "N",
        "itcavl": "Y" if available else "N", "rsn": {"pos": "P", "time": "C"}.get(paper.bypass, ""), **amounts, "imsStatus": paper.action,
    }
    if paper.bypass == "37a":
        return "itcrev.nonrevsup.b2b", "itcrev", document
    if paper.bypass == "rcm":
        return "itcavl.revsup.b2b", "b2b", document
    block = "itcunavl" if not available else "itcRejected" if paper.action == "R" else "itcavl"
    return f"{block}.{'othersup' if 'cn' in paper.section else 'nonrevsup'}.{section}", section, document


def _add(target: dict[str, Any], section: str, paper: Paper, document: dict[str, Any]) -> None:
    if section == "itcrev":
        target = target.setdefault("itcrev", {})
        section = "b2b"
    rows = target.setdefault(section, [])
    if section == "impg":
        rows.append(document)
        return
    array = {"isd": "doclist", "impgsez": "boe"}.get(section, "nt" if section.startswith("cdnr") else "inv")
    head = {"ctin": paper.supplier.gstin, "trdnm": paper.supplier.name}
    if section != "impgsez":
        head |= {"supprd": paper.period.code, "supfildt": _day(_filed_on(paper.period))}
    group = next((r for r in rows if {k: r[k] for k in head} == head), None)
    if group is None:
        group = {**head, array: []}
        rows.append(group)
    group[array].append(document)


def _filed_on(period: Period) -> date:
    return period.plus(1).start.replace(day=10)


def _summary(boxes: dict[str, dict[str, int]]) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for block, groups in _TREE.items():
        for group, children in groups.items():
            nodes = {child: boxes[f"{block}.{group}.{child}"] for child in children if any(boxes[f"{block}.{group}.{child}"].values())}
            if nodes:
                total = {h: _rupees(sum(n[h] for n in nodes.values())) for h in _HEADS}
                summary.setdefault(block, {})[group] = total | {child: {k: _rupees(v) for k, v in node.items()} for child, node in nodes.items()}
    return summary


def _hash(paper: Paper) -> str:
    return hashlib.sha256(repr((paper.section, paper.supplier.gstin, paper.number, paper.dated, paper.taxable, paper.heads, paper.filed)).encode()).hexdigest()[:20]


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def _rupees(paise: int) -> float | int:
    return paise // 100 if paise % 100 == 0 else paise / 100


def counts(papers: Iterable[Paper]) -> dict[str, int]:
    """Documents by section, those past IMS left out."""
    found: dict[str, int] = {}
    for paper in papers:
        if not paper.bypass:
            found[paper.section] = found.get(paper.section, 0) + 1
    return found
