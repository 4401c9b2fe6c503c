"""What GSTR-2B and GSTR-3B must be, worked out once more in plain words from a written workbook and the portal's files.

No code of the product is used: cells as openpyxl reads them, the client's own 2B, and the sentences of the contract (section 3) and of
the reference (2B 2.6, 3B 5.3). Money is Decimal rupees; a form is {row: {head: amount}}.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from tests.month.unseen_client import HEADS, Client

Row = dict[str, Any]
Form = dict[str, dict[str, Decimal]]

CODE = {"B2B": "nonrevsup.b2b", "B2BA": "nonrevsup.b2ba", "B2B-DN": "nonrevsup.cdnr", "B2B-DNA": "nonrevsup.cdnra", "B2B-CN": "othersup.cdnr", "B2B-CNA": "othersup.cdnra", "ECO": "nonrevsup.ecom",
        "ECOA": "nonrevsup.ecoma", "IMPG": "imports.impg", "IMPGA": "imports.impga", "IMPGSEZ": "imports.impgsez", "IMPGSEZA": "imports.impgasez"}
OCTOBER_2025 = 2025 * 12 + 9


class Sheets:
    """The workbook's tables as rows by heading."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path, data_only=True)
        self.ims = self.table("IMS", "Section")
        self.register = self.table("Purchase Register", "Voucher number")

    def table(self, name: str, first: str) -> list[Row]:
        rows = list(self.book[name].iter_rows(values_only=True))
        top = next(n for n, row in enumerate(rows) if row and row[0] == first)
        return [{"row": n, **dict(zip(rows[top], row))} for n, row in enumerate(rows[top + 1:], top + 2) if any(cell not in (None, "") for cell in row)]


def money(cell: Any) -> Decimal:
    return Decimal(str(cell or 0)).quantize(Decimal("0.01"))


def financial_year(day: Any) -> int:
    day = day.date() if isinstance(day, datetime) else day
    return day.year - (day.month < 4)


def drawn_documents(client: Client) -> list[Row]:
    """Every document of the 2B with its block, read from what the generator wrote into the file."""
    out = []
    blocks = [("docdata", client.statement.get("docdata", {})), ("docRejdata", client.statement.get("docRejdata", {}))]
    reversal = blocks[0][1].get("itcrev")
    blocks.append(("itcrev", reversal[0] if isinstance(reversal, list) else reversal or {}))
    for block, sections in blocks:
        for section, groups in sections.items():
            if section == "itcrev":
                continue
            for group in groups:
                for record in group.get("inv") or group.get("nt") or group.get("doclist") or group.get("boe") or [group]:
                    out.append(_drawn(block, section, group.get("ctin", ""), record))
    return out


def _drawn(block: str, section: str, supplier: str, record: Row) -> Row:
    def amount(name: str) -> Decimal:
        return money(record[name]) if name in record else sum((money(item.get(name)) for item in record.get("items", [])), Decimal(0))

    number = next(record[k] for k in ("inum", "ntnum", "docnum", "boenum") if k in record)
    day = datetime.strptime(next(record[k] for k in ("dt", "docdt", "boedt") if k in record), "%d-%m-%Y").date()
    credit = record.get("typ") == "C" or record.get("doctyp") == "ISDC"
    label = {"b2b": "B2B", "b2ba": "B2BA", "cdnr": "B2B-CN" if credit else "B2B-DN", "cdnra": "B2B-CNA" if credit else "B2B-DNA", "ecom": "ECO", "ecoma": "ECOA", "impg": "IMPG", "impgsez": "IMPGSEZ"}.get(section, section)
    if record.get("isamd") == "Y":
        label += "A"
    return {"block": block, "section": section, "label": label, "supplier": supplier, "number": number, "day": day, "credit": credit, "rcm": record.get("rev") == "Y",
            "available": record.get("itcavl", record.get("itcelg", "Y")) == "Y", "taxable": amount("txval"), "tax": {h: amount(h) for h in HEADS}}


def _identity(label: str, supplier: Any, number: Any, day: Any) -> tuple[Any, ...]:
    if label.startswith("IMPG"):
        return (label, str(number), day.date() if isinstance(day, datetime) else day)
    return (label, supplier, str(number).upper(), financial_year(day))


def _path(drawn: Row) -> str:
    """Row of the form by the flags of the document (2B reference 2.6)."""
    section, label = drawn["section"], drawn["label"]
    if section in ("isd", "isda"):
        leaf = f"{'othersup' if drawn['credit'] else 'isdsup'}.{section}"
    elif drawn["rcm"]:
        leaf = f"othersup.{'cdnrarev' if section == 'cdnra' else 'cdnrrev'}" if drawn["credit"] else f"revsup.{section}"
    else:
        leaf = CODE[label]
    block = {"docRejdata": "itcRejected", "itcrev": "itcrev"}.get(drawn["block"], "itcavl" if drawn["available"] else "itcunavl")
    return f"{block}.{leaf}"


def natural_month(row: Row, client: Client) -> int:
    text = str(row["Supplier period"])
    month = int(text[-4:]) * 12 + int(text[:-4]) - 1 + (row["Source form"] == "R1A")
    return month // 3 * 3 + 2 if client.quarterly else month


class PlainMonth:
    """The client's month from the cells of its workbook."""

    def __init__(self, client: Client, sheets: Sheets) -> None:
        self.client, self.sheets = client, sheets
        self.form: Form = defaultdict(lambda: dict.fromkeys(HEADS, Decimal(0)))
        self.reverse_charge_value = Decimal(0)
        self.blocked = dict.fromkeys(HEADS, Decimal(0))
        self.not_received = dict.fromkeys(HEADS, Decimal(0))
        self.drawn = drawn_documents(client) if client.with_2b else []
        by_identity = {_identity(d["label"], d["supplier"], d["number"], d["day"]): d for d in self.drawn if d["block"] != "itcrev" and not d["rcm"] and d["section"] not in ("isd", "isda")}
        self.in_ims: set[int] = set()
        for row in sheets.ims:
            row["drawn"] = by_identity.get(_identity(row["Section"], row["Supplier GSTIN"], row["Document number"], row["Document date"]))
            if row["drawn"]:
                self.in_ims.add(id(row["drawn"]))
            row["belongs"] = self._belongs(row)
        self._ims_rows()
        self._past_ims()

    def _belongs(self, row: Row) -> bool:
        if row["Change"] == "gone":
            return False
        if self.client.with_2b and row["Portal action"] != "Pending":
            return row["drawn"] is not None
        return row["drawn"] is not None or (row["Filing status"] != "Not Filed" and natural_month(row, self.client) <= self.client.month)

    def _replaced(self) -> set[int]:
        """Originals whose amendment stands in the same book."""
        there = {_identity(r["Section"], r["Supplier GSTIN"], r["Document number"], r["Document date"]): r["row"] for r in self.sheets.ims if r["Change"] != "gone"}
        wanted = {_identity(r["Section"][:-1], r["Supplier GSTIN"], r["Original number"], r["Original date"]) for r in self.sheets.ims if r["belongs"] and r["Original number"]}
        return {there[key] for key in wanted if key in there}

    def _ims_rows(self) -> None:
        replaced = self._replaced()
        for row in self.sheets.ims:
            row["stands"] = row["belongs"] and row["row"] not in replaced
            if not row["stands"] or row["Action"] == "Pending":
                continue
            full = {h: money(row[_column(h)]) for h in HEADS}
            out = row["Action"] == "Reject"
            barred = row["drawn"] is not None and not row["drawn"]["available"]
            block = "itcRejected" if out else "itcunavl" if barred else "itcavl"
            effect = full if out else self._declared(row, full)
            self._add(f"{block}.{CODE[row['Section']]}", effect)
            if block == "itcavl":
                self._books(row, {h: -v if "CN" in row["Section"] else v for h, v in effect.items()})

    def _declared(self, row: Row, full: dict[str, Decimal]) -> dict[str, Decimal]:
        """Accepted credit notes reduce by what was declared; silence reduces in full."""
        if row["Action"] != "Accept" or row["Section"] not in ("B2B-CN", "B2B-CNA") or self.client.month < OCTOBER_2025:
            return full
        if row["Reduce ITC"] == "No":
            return dict.fromkeys(HEADS, Decimal(0))
        amounts = {h: row[f"Reduce {_column(h)}"] for h in HEADS}
        return full if all(v is None for v in amounts.values()) else {h: money(v) for h, v in amounts.items()}

    def _books(self, row: Row, effect: dict[str, Decimal]) -> None:
        """4(B): what the register calls ineligible, else what came after the period's end."""
        numbers = {int(n) for n in str(row["Register rows"] or "").replace("|", ",").replace(" ", "").split(",") if n}
        lines = [r for r in self.sheets.register if r["row"] in numbers]
        if lines and all(r["ITC eligibility"] == "Ineligible" for r in lines):
            target = self.blocked
        elif sum(effect.values()) > 0 and any(r["Receipt date"] and _month(r["Receipt date"]) > self.client.month for r in lines):
            target = self.not_received
        else:
            return
        for head in HEADS:
            target[head] += effect[head]

    def _past_ims(self) -> None:
        """2B documents that no IMS row stands for, by their own flags."""
        self.outside = [d for d in self.drawn if id(d) not in self.in_ims]
        for d in self.outside:
            self._add(_path(d), d["tax"])
            if d["rcm"] and d["block"] == "docdata":
                self.reverse_charge_value += -d["taxable"] if d["credit"] else d["taxable"]
        for line in self.sheets.register:
            line["drawn"] = next((d for d in self.outside if (d["supplier"], _letters(d["number"])) == (line["Supplier GSTIN"], _letters(line["Document number"]))), None)
        booked = {id(line["drawn"]): line for line in self.sheets.register if line["drawn"]}
        for d in self.outside:
            line = booked.get(id(d))
            if line is None or not _path(d).startswith("itcavl"):
                continue
            late = not d["credit"] and line["Receipt date"] and _month(line["Receipt date"]) > self.client.month
            target = self.blocked if line["ITC eligibility"] == "Ineligible" else self.not_received if late else {}
            for head in target:
                target[head] += -d["tax"][head] if d["credit"] else d["tax"][head]

    def _add(self, path: str, amounts: dict[str, Decimal]) -> None:
        for leaf in (path, path.rsplit(".", 1)[0]):
            for head in HEADS:
                self.form[leaf][head] += amounts[head]

    def table_4(self) -> Form:
        """The boxes of GSTR-3B (reference 5.3)."""
        def of(*paths: str) -> dict[str, Decimal]:
            return {h: sum(((-1 if p[0] == "-" else 1) * self.form[p.lstrip("-")][h] for p in paths), Decimal(0)) for h in HEADS}

        books = {box: dict.fromkeys(HEADS, Decimal(0)) for box in ("4A2", "4A3")}
        value = Decimal(0)
        for line in self.sheets.register:
            if line["Reverse charge"] in ("Y", "Yes") and line["drawn"] is None:
                box = "4A2" if not line["Supplier GSTIN"] and money(line["IGST"]) else "4A3"
                sign = -1 if line["Voucher type"] == "Debit Note" and money(line["Taxable value"]) > 0 else 1
                value += sign * money(line["Taxable value"])
                for head in HEADS:
                    books[box][head] += sign * money(line[_column(head)])
                    if line["ITC eligibility"] == "Ineligible":
                        self.blocked[head] += sign * money(line[_column(head)])
        boxes = {
            "4A1": of("itcavl.imports"), "4A2": books["4A2"],
            "4A3": of("itcavl.revsup", "-itcavl.othersup.cdnrrev", "-itcavl.othersup.cdnrarev", "-itcunavl.othersup.cdnrrev", "-itcunavl.othersup.cdnrarev"),
            "4A4": of("itcavl.isdsup", "-itcavl.othersup.isd", "-itcavl.othersup.isda", "-itcunavl.othersup.isd", "-itcunavl.othersup.isda"),
            "4A5": of("itcavl.nonrevsup", "-itcavl.othersup.cdnr", "-itcavl.othersup.cdnra", "-itcunavl.othersup.cdnr", "-itcunavl.othersup.cdnra"),
            "4B1": self.blocked, "4B2": {h: v + self.form["itcrev.nonrevsup"][h] for h, v in self.not_received.items()},
            "4D1": dict.fromkeys(HEADS, Decimal(0)), "4D2": of("itcunavl.nonrevsup", "itcunavl.isdsup", "itcunavl.revsup"),
            "3.1(d)": of("itcavl.revsup", "itcunavl.revsup", "-itcavl.othersup.cdnrrev", "-itcavl.othersup.cdnrarev", "-itcunavl.othersup.cdnrrev", "-itcunavl.othersup.cdnrarev"),
        }
        for head in HEADS:
            boxes["4A3"][head] += books["4A3"][head]
            boxes["3.1(d)"][head] += books["4A2"][head] + books["4A3"][head]
        boxes["4C"] = {h: sum((boxes[f"4A{n}"][h] for n in range(1, 6)), Decimal(0)) - boxes["4B1"][h] - boxes["4B2"][h] for h in HEADS}
        boxes["3.1(d)"]["taxable_value"] = self.reverse_charge_value + value
        return boxes


def _letters(number: Any) -> str:
    return "".join(sign for sign in str(number).upper() if sign.isalnum())


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def disagreements(client: Client, workbook: Path, report: Path) -> list[str]:
    """Every figure of the report that the plain calculation does not share, in words."""
    told = json.loads(report.read_text())
    sheets = Sheets(workbook)
    plain = PlainMonth(client, sheets)
    out = _counts(client, sheets, told)
    for path, amounts in told["gstr2b"].items():
        out += [f"{path} {h}: report {amounts[h]}, plain {plain.form[path][h]}" for h in HEADS if Decimal(amounts[h]) != plain.form[path][h]]
    out += [f"{path} is missing in the report" for path in plain.form if path not in told["gstr2b"]]
    for box, amounts in plain.table_4().items():
        out += [f"{box} {h}: report {told['gstr3b'][box][h]}, plain {v}" for h, v in amounts.items() if Decimal(told["gstr3b"][box][h]) != v]
    return out + _actions(sheets, told) + _legal(client, plain.sheets, workbook) + [f"tie-out: {t['check']}: {t['expected']} / {t['found']}" for t in told["tie_out"] if not t["ok"] and "question is open" not in t["check"]]


def _counts(client: Client, sheets: Sheets, told: Row) -> list[str]:
    ims = sum(d.kind == "ims" for d in client.documents)
    out = [f"rows.ims {told['rows']['ims']}, sheet {len(sheets.ims)}, file {ims}"] if not told["rows"]["ims"] == len(sheets.ims) == ims else []
    if not told["rows"]["register"] == len(sheets.register) == client.lines:
        out.append(f"rows.register {told['rows']['register']}, sheet {len(sheets.register)}, file {client.lines}")
    total = {h: sum((money(d.tax[n] / 100) for d in client.documents if d.kind == "ims"), Decimal(0)) for n, h in enumerate(HEADS)}
    out += [f"IMS {h} read {read}, in the file {total[h]}" for h in HEADS if (read := sum(money(r[_column(h)]) for r in sheets.ims)) != total[h]]
    books = {h: sum((money(v.tax[n] / 100) for v in client.vouchers), Decimal(0)) for n, h in enumerate(HEADS)}
    taxable = sum((money(v.taxable / 100) for v in client.vouchers), Decimal(0))
    if (read := sum(abs(money(r["Taxable value"])) for r in sheets.register)) != taxable:
        out.append(f"register taxable value read {read}, in the file {taxable}")
    out += [f"register {h} read {read}, in the file {books[h]}" for h in HEADS if (read := sum(abs(money(r[_column(h)])) for r in sheets.register)) != books[h]]
    return out


def _column(head: str) -> str:
    return "Cess" if head == "cess" else head.upper()


def _actions(sheets: Sheets, told: Row) -> list[str]:
    out = []
    for action, totals in told["actions"].items():
        rows = [r for r in sheets.ims if r["Action"] == action]
        for name, column in (("taxable_value", "Taxable value"), *((h, _column(h)) for h in HEADS)):
            found = sum((money(r[column]) * (-1 if "CN" in r["Section"] else 1) for r in rows), Decimal(0))
            if Decimal(totals[name]) != found or totals["count"] != len(rows):
                out.append(f"actions {action} {name}: report {totals[name]} of {totals['count']}, sheet {found} of {len(rows)}")
    return out


def _legal(client: Client, sheets: Sheets, workbook: Path) -> list[str]:
    """Each row's drop-down offers exactly what the reference (2.3, 2.4) allows, and its action is among them."""
    offered: dict[int, list[str]] = {}
    book = openpyxl.load_workbook(workbook)
    sheet = book["IMS"]
    column = next(c.column for row in sheet.iter_rows(max_row=10) for c in row if c.value == "Action")
    for rule in sheet.data_validations.dataValidation:
        for cells in rule.sqref.ranges:
            if cells.min_col <= column <= cells.max_col:
                for row in range(cells.min_row, cells.max_row + 1):
                    offered[row] = str(rule.formula1).strip('"').split(",")
    truth = {(d.section, d.stin, d.number): d for d in client.documents if d.kind == "ims"}
    out = []
    for row in sheets.ims:
        document = truth[row["Section"].lower().replace("-", "").replace("eco", "ecom") if row["Section"].startswith("ECO") else row["Section"].lower().replace("-", ""), row["Supplier GSTIN"] or "", str(row["Document number"])]
        legal = ["Accept", "Reject", "Pending", "No Action"]
        if document.section.startswith("imp"):
            legal.remove("Reject")
        if pending_is_barred(document, row, client):
            legal.remove("Pending")
        if sorted(offered.get(row["row"], [])) != sorted(legal):
            out.append(f"row {row['row']} {row['Section']} {row['Document number']} offers {offered.get(row['row'])}, allowed is {legal} ({document})")
        if row["Set by"] == "portal" and row["Action"] == "Accept" and "itcRedReq" in document.flags:
            amounts = [None if row[f"Reduce {_column(h)}"] is None else money(row[f"Reduce {_column(h)}"]) for h in HEADS]
            declared = [money(document.flags[f"decl{h.capitalize()}"]) for h in HEADS] if "declIgst" in document.flags and sum(document.tax) > 1 else [None] * 4
            if row["Reduce ITC"] != {"Y": "Yes", "N": "No"}[document.flags["itcRedReq"]] or amounts != declared:
                out.append(f"row {row['row']} {row['Document number']}: the portal's declaration {document.flags} came in as {row['Reduce ITC']} {amounts}")
        if row["Action"] not in legal and not (row["Set by"] == "portal" and row["Action"] == row["Portal action"]):
            out.append(f"row {row['row']} {row['Section']} has {row['Action']}, allowed is {legal}")
    return out


def pending_is_barred(document: Any, row: Row, client: Client) -> bool:
    flag = document.flags.get("ispendactblocked")
    if flag in ("Y", True):
        return True
    if flag in ("N", False):
        return False
    reach = natural_month(row, client)
    if row["Portal action"] != "Pending":
        missed = client.with_2b and document.filed and row["drawn"] is None
        reach = max(reach, client.month + (3 if client.quarterly else 1) * missed)
    return document.section in ("b2bcn", "b2bcna") and reach < OCTOBER_2025
