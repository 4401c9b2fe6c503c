"""A second, plain calculation of GSTR-2B and GSTR-3B: one document at a time, in the words of the domain reference, nothing taken from ims_xl/returns.

It knows what the months of `random_month` hold: numbers that need no cleaning, one IMS row a document, 2B documents that IMS has or that bypass it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pandas as pd

from tests.returns.months import Month

HEADS = ("igst", "cgst", "sgst", "cess")
IMS_ROW = {
    "B2B": "nonrevsup.b2b", "B2BA": "nonrevsup.b2ba", "B2B-DN": "nonrevsup.cdnr", "B2B-DNA": "nonrevsup.cdnra", "B2B-CN": "othersup.cdnr", "B2B-CNA": "othersup.cdnra", "ECO": "nonrevsup.ecom",
    "ECOA": "nonrevsup.ecoma", "IMPG": "imports.impg", "IMPGA": "imports.impga", "IMPGSEZ": "imports.impgsez", "IMPGSEZA": "imports.impgasez",
}
ORIGINAL = {"B2BA": "B2B", "B2B-DNA": "B2B-DN", "B2B-CNA": "B2B-CN", "ECOA": "ECO", "IMPGA": "IMPG", "IMPGSEZA": "IMPGSEZ"}
Row = dict[str, Any]
Boxes = dict[str, dict[str, int]]


def calculate(month: Month) -> tuple[Boxes, Boxes]:
    """(lines of GSTR-2B by itcsumm path, boxes of GSTR-3B), paise by head; 3.1(d) with taxable_value."""
    ims = [row | {"state": state} for row, state in zip(month.ims.to_dict("records"), month.work.to_dict("records"))]
    drawn = month.portal.documents.to_dict("records") if month.portal else []
    for row in ims:
        row["lives"] = row["state"]["change"] != "gone"
        row["here"] = _belongs(row, drawn, month.portal is not None)
    _find_originals(ims, month.earlier.to_dict("records"))
    two_b: Boxes = defaultdict(lambda: dict.fromkeys(HEADS, 0))
    value = 0
    counted = []
    for row in ims:
        if not (row["lives"] and row["here"]) or row.get("replaced"):
            continue
        path, action = IMS_ROW[row["section"]], row["state"]["action"]
        full = {h: row[h] - row["before"][h] for h in HEADS}
        if action == "Pending":
            continue
        if action == "Reject" and not path.startswith("imports"):
            _add(two_b[f"itcRejected.{path}"], full)
            continue
        effect = _declared(row, full) if action == "Accept" else full
        _add(two_b[f"itcavl.{path}"], effect)
        counted.append((row, path, effect))
    outside = [document for document in drawn if not any(_same(row, document) for row in ims)]
    for document in outside:
        _add(two_b[_row_of_2b(document)], document)
    if month.portal:
        # The summary alone knows the differential effect of amendments that bypass IMS.
        for path in {_row_of_2b(d) for d in outside if d["section"] in ("b2ba", "isda") and _row_of_2b(d).split(".", 1)[1] not in IMS_ROW.values()}:
            stated = month.portal.summary.get(path, {})
            if any(stated.values()):
                two_b[path] = {h: stated.get(h, 0) for h in HEADS}
    value = sum(d["taxable_value"] for d in outside if ".revsup." in _row_of_2b(d)) - sum(d["taxable_value"] for d in outside if _row_of_2b(d).endswith(("cdnrrev", "cdnrarev")))
    return two_b, _gstr3b(month, two_b, counted, outside, value)


def _belongs(row: Row, drawn: list[Row], pulled: bool) -> bool:
    """Filed, and of this period or an earlier one, GSTR-1A a month later; the drawn 2B settles it, but for what the portal holds as Pending."""
    later = 1 if row["source_form"] == "R1A" else 0
    estimate = row["filing_status"] == "Filed" and int(row["supplier_period"][:2]) + later <= 10
    if not pulled:
        return estimate
    return any(_same(row, document) for document in drawn) or (estimate and row["portal_action"] == "Pending")


def _same(row: Row, document: Row) -> bool:
    return bool(row["document_number"] == document["document_number"] and row["supplier_gstin"] == document["supplier_gstin"])


def _year(day: datetime) -> int:
    return day.year if day.month > 3 else day.year - 1


def _find_originals(ims: list[Row], earlier: list[Row]) -> None:
    """Sets before (what an earlier period counted), known, and replaced on originals whose amendment stands here."""
    standing = {(r["supplier_gstin"], r["section"], r["document_number"], _year(r["document_date"])): r for r in ims if r["lives"]}
    past = {(e["supplier_gstin"], e["section"], e["document_number"], _year(e["document_date"])): e for e in earlier}
    for row in ims:
        row["before"], row["known"] = dict.fromkeys(HEADS, 0), False
        base = ORIGINAL.get(row["section"])
        if base is None:
            continue
        named = bool(row["original_number"]) and not base.startswith("IMPG")
        number, day = (row["original_number"], row["original_date"]) if named else (row["document_number"], row["document_date"])
        keys = [(row["supplier_gstin"], section, number, _year(day)) for section in (base, row["section"])]
        here = next((standing[key] for key in keys if key in standing and standing[key] is not row), None)
        then = next((past[key] for key in reversed(keys) if key in past), None)
        row["known"] = here is not None or then is not None
        if then is not None and then["counted"]:
            row["before"] = {h: then[h] for h in HEADS}
        if here is not None and row["lives"] and row["here"]:
            here["replaced"] = True


def _declared(row: Row, full: dict[str, int]) -> dict[str, int]:
    """The reduction that an accepted record carries where it takes credit away."""
    note = row["section"].startswith("B2B-CN")
    amended = row["section"] in ORIGINAL
    cuts = sum(full.values()) > 0 if note else amended and (sum(full.values()) < 0)
    state = row["state"]
    if not (note or amended) or not cuts or row["reduction_blocked"] == "Y":
        return full
    if state["reduce_itc"] == "No":
        return dict.fromkeys(HEADS, 0)
    if all(pd.isna(state[f"reduce_{h}"]) for h in HEADS):
        return full
    told = {h: row[h] if pd.isna(state[f"reduce_{h}"]) else min(max(0, int(state[f"reduce_{h}"])), row[h]) for h in HEADS}
    return told if note else {h: -told[h] for h in HEADS}


def _row_of_2b(document: Row) -> str:
    """Master mapping 2.6 for a document that no IMS row stands for."""
    section, credit = document["section"], "Credit" in document["document_type"]
    block = {"docdata": "itcavl" if document["itc_available"] == "Y" or section.startswith("imp") else "itcunavl", "rejected": "itcRejected", "reversal": "itcrev"}[document["block"]]
    if section in ("isd", "isda"):
        return f"{block}.{'othersup' if credit else 'isdsup'}.{section}"
    if section.startswith("imp"):
        return f"{block}.imports.{section if document['amended'] != 'Y' else {'impg': 'impga', 'impgsez': 'impgasez'}[section]}"
    if credit:
        return f"{block}.othersup.{section}{'rev' if document['reverse_charge'] == 'Y' else ''}"
    return f"{block}.{'revsup' if document['reverse_charge'] == 'Y' else 'nonrevsup'}.{section}"


def _add(box: dict[str, int], amounts: Row, sign: int = 1) -> None:
    for head in HEADS:
        box[head] += sign * int(amounts[head])


def _gstr3b(month: Month, two_b: Boxes, counted: list[tuple[Row, str, dict[str, int]]], outside: list[Row], value: int) -> Boxes:
    """Formulas of 5.3."""
    cells: Boxes = {box: dict.fromkeys((*HEADS, "taxable_value"), 0) for box in ("3.1(d)", "4A1", "4A2", "4A3", "4A4", "4A5", "4B1", "4B2", "4C", "4D1", "4D2")}
    for path, amounts in list(two_b.items()):
        block, group, leaf = path.split(".")
        available = block == "itcavl"
        if block in ("itcavl", "itcunavl"):
            if group == "imports":
                _add(cells["4A1"], amounts)
            if group == "revsup":
                _add(cells["3.1(d)"], amounts)
            if group == "othersup":
                reverse = leaf in ("cdnrrev", "cdnrarev")
                _add(cells["4A3" if reverse else "4A4" if leaf in ("isd", "isda") else "4A5"], amounts, -1)
                if reverse:
                    _add(cells["3.1(d)"], amounts, -1)
            elif not available:
                _add(cells["4D2"], amounts)
            elif group in ("nonrevsup", "isdsup", "revsup"):
                _add(cells[{"nonrevsup": "4A5", "isdsup": "4A4", "revsup": "4A3"}[group]], amounts)
        if block == "itcrev":
            _add(cells["4B2"], amounts)
    cells["3.1(d)"]["taxable_value"] = value
    lines = month.register.to_dict("records")
    for line in lines:
        if line["reverse_charge"] != "Y" or any(line["supplier_gstin"] and _same(line, d) for d in outside):
            continue
        service = not line["supplier_gstin"] and not line["cgst"] and not line["sgst"]
        for box in ("3.1(d)", "4A2" if service else "4A3", *(("4B1",) if line["itc_eligibility"] == "Ineligible" else ())):
            _add(cells[box], line)
        cells["3.1(d)"]["taxable_value"] += line["taxable_value"]
    booked: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in lines:
        if line["reverse_charge"] != "Y":
            booked[line["supplier_gstin"], line["document_number"]].append(line)
    for row, path, effect in counted:
        sign = -1 if path.startswith("othersup") else 1
        signed = {h: sign * effect[h] for h in HEADS}
        mine = booked[row["supplier_gstin"], row["document_number"]]
        blocked = [line for line in mine if line["itc_eligibility"] == "Ineligible"]
        adds = sum(signed.values()) > 0
        received = [line["receipt_date"] for line in mine if not pd.isna(line["receipt_date"])]
        if blocked and len(blocked) == len(mine):
            _add(cells["4B1"], signed)
        elif blocked:
            _add(cells["4B1"], {h: min(abs(sum(line[h] for line in blocked)), abs(signed[h])) * (1 if signed[h] > 0 else -1) for h in HEADS})
        elif (received and max(received) > datetime(2026, 10, 31) and adds) or (not mine and adds and month.settings.reverse_not_in_books):
            _add(cells["4B2"], signed)
    if month.settings.reverse_not_in_books:
        for document in outside:
            if _row_of_2b(document).startswith("itcavl.nonrevsup.") and sum(document[h] for h in HEADS) > 0:
                _add(cells["4B2"], document)
    for box in range(1, 6):
        _add(cells["4C"], cells[f"4A{box}"])
    _add(cells["4C"], cells["4B1"], -1)
    _add(cells["4C"], cells["4B2"], -1)
    return cells
