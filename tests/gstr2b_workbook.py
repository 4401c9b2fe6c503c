"""A GSTR-2B workbook as the portal writes it, made from a GSTR-2B JSON: 29 sheets, merged headings, words for codes. Test code only.

It is written from the description of the portal's sheets and shares nothing with the reader. `layout="old"` puts a Rate column after the
reverse-charge column and one line a rate, as files before November 2024 have it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_STATES = {"27": "Maharashtra", "29": "Karnataka", "24": "Gujarat", "07": "Delhi", "35": "Andaman and Nicobar Islands", "26": "Dadra and Nagar Haveli and Daman and Diu", "01": "Jammu and Kashmir",
           "33": "Tamil Nadu", "96": "Foreign Country", "97": "Other Territory"}
_SUPPLY = {"R": "Regular", "SEZWP": "SEZ supplies with payment of tax", "SEZWOP": "SEZ supplies without payment of tax", "DE": "Deemed exports", "CBW": "Intra-State Supplies attracting IGST"}
_REASONS = {"P": "POS and supplier state are same but recipient state is different", "C": "Return filed post annual cut-off", "": ""}
_NOTE = {"C": "Credit Note", "D": "Debit Note"}
_ISD = {"ISDI": "ISD Invoice", "ISDC": "ISD Credit Note"}
_YES = {"Y": "Yes", "N": "No"}
_TAX = ["Integrated Tax(₹)", "Central Tax(₹)", "State/UT Tax(₹)", "Cess(₹)"]
_REDUCE = "Amount declared by taxpayer for ITC reduction"


def portal_workbook(text: str, path: Path, layout: str = "new") -> Path:
    """Writes the workbook of a 2B JSON text."""
    data = json.loads(text)["data"]
    book = Workbook()
    _read_me(book.active, data)
    for title, key, part_a, part_b in (("ITC Available", "itcavl", _AVAILABLE, _CREDIT), ("ITC not available", "itcunavl", _UNAVAILABLE, _CREDIT), ("ITC Reversal", "itcrev", _REVERSAL, ()),
                                       ("ITC Rejected", "itcRejected", _REJECTED, _REJECTED_CREDIT)):
        _summary(book.create_sheet(title), title, data.get("itcsumm", {}).get(key, {}), part_a, part_b)
    docs, gone, back = data.get("docdata", {}), data.get("docRejdata", {}), data.get("itcrev", {})
    back = back[0] if isinstance(back, list) and back else back or {}
    for name, kind, source, block in (
        ("B2B", "b2b", docs, ""), ("B2BA", "b2ba", docs, ""), ("B2B-CDNR", "cdnr", docs, ""), ("B2B-CDNRA", "cdnra", docs, ""), ("ECO", "ecom", docs, ""), ("ECOA", "ecoma", docs, ""),
        ("ISD", "isd", docs, ""), ("ISDA", "isda", docs, ""), ("IMPG", "impg", docs, "N"), ("IMPGA", "impg", docs, "Y"), ("IMPGSEZ", "impgsez", docs, "N"), ("IMPGSEZA", "impgsez", docs, "Y"),
        ("B2B (ITC Reversal)", "b2b", back, "rev"), ("B2BA (ITC Reversal)", "b2ba", back, "rev"), ("B2B-DNR", "cdnr", back, "rev"), ("B2B-DNRA", "cdnra", back, "rev"),
        ("B2B(Rejected)", "b2b", gone, "rej"), ("B2BA(Rejected)", "b2ba", gone, "rej"), ("B2B-CDNR(Rejected)", "cdnr", gone, "rej"), ("B2B-CDNRA(Rejected)", "cdnra", gone, "rej"),
        ("ECO(Rejected)", "ecom", gone, "rej"), ("ECOA(Rejected)", "ecoma", gone, "rej"), ("ISD(Rejected)", "isd", gone, "rej"), ("ISDA(Rejected)", "isda", gone, "rej"),
    ):
        sheet = book.create_sheet(name)
        sheet["A1"], sheet["A4"] = "Goods and Services Tax - GSTR-2B", f"{name} documents"
        if kind in ("impg", "impgsez"):
            _imports(sheet, source.get(kind, []), kind == "impgsez", block)
        else:
            _documents(sheet, name, kind, source.get(kind, []), block, layout)
    book.save(path)
    return path


# ---- document sheets --------------------------------------------------------------------------------------------------------


def _documents(sheet: Worksheet, name: str, kind: str, groups: list[dict[str, Any]], block: str, layout: str) -> None:
    columns = _columns(name, kind, block, layout)
    amended = kind in ("b2ba", "cdnra", "ecoma", "isda")
    top = 6 if amended else 5
    if amended:
        originals = sum(1 for band, *_ in columns if band == "Original Details")
        sheet.cell(5, 1, "Original Details"), sheet.cell(5, originals + 1, "Revised Details")
        sheet.merge_cells(start_row=5, end_row=5, start_column=1, end_column=originals)
        sheet.merge_cells(start_row=5, end_row=5, start_column=originals + 1, end_column=len(columns))
    _headings(sheet, top, [(group, own) for _, group, own, _ in columns])
    row = top + 2
    for head in groups:
        for doc in head.get("inv", head.get("nt", head.get("doclist", []))):
            for item in _lines(doc, layout == "old" and kind in ("b2b", "b2ba", "cdnr", "cdnra")):
                for column, (*_, value) in enumerate(columns, 1):
                    shown = value(head, doc, item)
                    if shown not in (None, ""):
                        sheet.cell(row, column, shown)
                row += 1


def _lines(doc: dict[str, Any], by_rate: bool) -> list[dict[str, Any]]:
    totals = {key: doc.get(key, 0) for key in ("txval", "igst", "cgst", "sgst", "cess")}
    items = doc.get("items")
    if not items:
        return [totals | {"rt": 18}]
    if by_rate:
        return list(items)
    return [{key: round(sum(item.get(key, 0) for item in items), 2) for key in totals} | {"rt": ""}]


def _columns(name: str, kind: str, block: str, layout: str) -> list[tuple[str, str, str, Any]]:
    """(band, group, heading, value of (supplier group, document, line)) in the order of the portal."""
    isd, eco, note = kind in ("isd", "isda"), kind in ("ecom", "ecoma"), kind in ("cdnr", "cdnra")
    amended, rejected = kind.endswith("a") and kind != "impga", block == "rej"
    band = "Revised Details" if amended else ""
    if isd:
        return _isd_columns(amended, rejected, band)
    word = "Document" if eco else "Note" if note else "Invoice"
    group = "Document details" if eco else ("Debit note details" if "DNR" in name and "C" not in name else "Credit note/Debit note details") if note else "Invoice Details"
    out: list[tuple[str, str, str, Any]] = []
    if amended:
        if note:
            out = [("Original Details", "", "Note type", lambda h, d, i: _NOTE[d["onttyp"]])]
        out += [("Original Details", "", f"{word} number", lambda h, d, i: d.get("ontnum", d.get("oinum"))), ("Original Details", "", f"{word} date", lambda h, d, i: _day(d.get("ontdt", d.get("oidt"))))]
    out += [(band, "", "GSTIN of ECO" if eco else "GSTIN of supplier", lambda h, d, i: h["ctin"]), (band, "", "Trade/Legal name", lambda h, d, i: h["trdnm"]),
            (band, group, f"{word} number", lambda h, d, i: d.get("ntnum", d.get("inum")))]
    if note:
        out += [(band, group, "Note type", lambda h, d, i: _NOTE[d["typ"]]), (band, group, "Note Supply type", lambda h, d, i: _SUPPLY[d["suptyp"]])]
    else:
        out += [(band, group, f"{word} type", lambda h, d, i: _SUPPLY[d["typ"]])]
    out += [(band, group, f"{word} {'date' if note or eco else 'Date'}", lambda h, d, i: _day(d["dt"])), (band, group, f"{word} Value (₹)" if note else f"{word} Value(₹)", lambda h, d, i: d["val"]),
            (band, "", "Place of supply", lambda h, d, i: _STATES[d["pos"]])]
    if not eco and not rejected:
        out += [(band, "", "Supply Attract Reverse Charge", lambda h, d, i: _YES[d["rev"]])]
    amounts = [lambda h, d, i: i["txval"], *(_tax(key) for key in ("igst", "cgst", "sgst", "cess"))]
    if name == "B2B-DNRA":   # the portal's own slip: headings one column left of their amounts
        out += [(band, "", "Rate(%)", lambda h, d, i: ""), *((band, "Taxable Value (₹)", own, value) for own, value in zip(_TAX, amounts)), (band, "", "Tax Amount", amounts[4])]
    else:
        if layout == "old" and not eco:
            out += [(band, "", "Rate(%)", lambda h, d, i: i["rt"])]
        out += [(band, "", "Taxable Value (₹)", amounts[0]), *((band, "Tax Amount", own, value) for own, value in zip(_TAX, amounts[1:]))]
    if layout == "new" and not rejected and ((kind in ("b2ba", "ecoma")) or (note and block == "")) and not (block == "rev" and note):
        out += [(band, "", "Whether ITC to be reduced (Taxpayer's Input)", lambda h, d, i: _YES.get(d.get("itcRedReq"), "")),
                *((band, _REDUCE, own, _declared(key)) for own, key in zip(_TAX, ("declIgst", "declCgst", "declSgst", "declCess")))]
    if rejected:
        out += [(band, "", "Remarks", lambda h, d, i: d.get("remarks", ""))]
    stem = "GSTR-1/1A/IFF" if eco else "GSTR-1/IFF" if block else "GSTR-1/IFF/GSTR-5"
    out += [(band, "", f"{stem} Period", lambda h, d, i: _period(h["supprd"])), (band, "", f"{stem} Filing Date", lambda h, d, i: _day(h["supfildt"]))]
    if not rejected:
        out += [(band, "", "ITC availability" if eco else "ITC Availability", lambda h, d, i: _YES.get(d.get("itcavl"), "")), (band, "", "Reason", lambda h, d, i: _REASONS[d.get("rsn", "")])]
    if not eco:
        out += [(band, "", "Applicable % of Tax Rate", lambda h, d, i: f"{d.get('diffprcnt', 1) * 100:.0f}%")]
    if not amended:
        out += [(band, "", "Source", lambda h, d, i: d.get("srctyp", "")), (band, "", "IRN", lambda h, d, i: d.get("irn", "")), (band, "", "IRN Date", lambda h, d, i: _day(d.get("irngendate", "")))]
    return out


def _isd_columns(amended: bool, rejected: bool, band: str) -> list[tuple[str, str, str, Any]]:
    out: list[tuple[str, str, str, Any]] = []
    if amended:
        out = [("Original Details", "", "ISD Document type", lambda h, d, i: _ISD[d["odoctyp"]]), ("Original Details", "", "Document Number", lambda h, d, i: d["odocnum"]),
               ("Original Details", "", "Document date", lambda h, d, i: _day(d["odocdt"]))]
    out += [(band, "", "GSTIN of ISD", lambda h, d, i: h["ctin"]), (band, "", "Trade/Legal name", lambda h, d, i: h["trdnm"]), (band, "", "ISD Document type", lambda h, d, i: _ISD[d["doctyp"]]),
            (band, "", "ISD Document number", lambda h, d, i: d["docnum"]), (band, "", "ISD Document date", lambda h, d, i: _day(d["docdt"])),
            (band, "", "Original Invoice Number", lambda h, d, i: d.get("oinvnum", "")), (band, "", "Original invoice date", lambda h, d, i: _day(d.get("oinvdt", "")))]
    out += [(band, "Input tax distribution by ISD", own, _tax(key)) for own, key in zip(_TAX, ("igst", "cgst", "sgst", "cess"))]
    out += [(band, "", "ISD GSTR-6 Period", lambda h, d, i: _period(h["supprd"])), (band, "", "ISD GSTR-6 Filing Date", lambda h, d, i: _day(h["supfildt"]))]
    return out if rejected else [*out, (band, "", "Eligibility of ITC", lambda h, d, i: _YES.get(d.get("itcelg"), ""))]


def _imports(sheet: Worksheet, entries: list[dict[str, Any]], sez: bool, amended: str) -> None:
    heads = [("", "Icegate Reference Date"), ("", "Port Code"), ("Bill of Entry Details", "Number"), ("Bill of Entry Details", "Date"), ("Bill of Entry Details", "Taxable Value"),
             ("Amount of tax (₹)", "Integrated Tax(₹)"), ("Amount of tax (₹)", "Cess(₹)")]
    heads = ([("", "GSTIN of supplier"), ("", "Trade/Legal name")] if sez else []) + heads + ([("", "Type of Amendment")] if amended == "Y" else [])
    _headings(sheet, 5, heads)
    row = 7
    for head in entries:
        for entry in head["boe"] if sez else [head]:
            if entry.get("isamd", "N") != amended:
                continue
            values = ([head["ctin"], head["trdnm"]] if sez else []) + [_day(entry["refdt"]), entry["portcode"], entry["boenum"], _day(entry["boedt"]), entry["txval"], entry["igst"], entry.get("cess", 0)]
            values += [{"A": "Amendment", "D": "Cancellation", "G": "Addition"}.get(entry.get("amendType", ""), "")] if amended == "Y" else []
            for column, value in enumerate(values, 1):
                sheet.cell(row, column, value)
            row += 1


def _headings(sheet: Worksheet, top: int, heads: list[tuple[str, str]]) -> None:
    column = 1
    while column <= len(heads):
        group, own = heads[column - 1]
        if not group:
            sheet.cell(top, column, own)
            sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
            column += 1
            continue
        last = column
        while last < len(heads) and heads[last][0] == group:
            last += 1
        sheet.cell(top, column, group)
        for place in range(column, last + 1):
            sheet.cell(top + 1, place, heads[place - 1][1])
        sheet.merge_cells(start_row=top, end_row=top, start_column=column, end_column=last)
        column = last + 1


def _tax(key: str) -> Any:
    return lambda h, d, i: (d if "docnum" in d else i).get(key, 0)


def _declared(key: str) -> Any:
    return lambda h, d, i: d.get(key, "") if d.get("itcRedReq") == "Y" else ""


def _day(text: str | None) -> str:
    return (text or "").replace("-", "/")


def _period(code: str) -> str:
    return f"{_MONTHS[int(code[:2]) - 1][:3]}'{code[-2:]}"


# ---- Read me and summaries ----------------------------------------------------------------------------------------------------

_AVAILABLE = (("All other ITC - Supplies from registered persons other than reverse charge (IMS)", "4(A)(5)", "nonrevsup",
               (("B2B - Invoices (IMS)", "b2b"), ("B2B - Debit notes (IMS)", "cdnr"), ("ECO - Documents (IMS)", "ecom"), ("B2B - Invoices (Amendment) (IMS)", "b2ba"),
                ("B2B - Debit notes (Amendment) (IMS)", "cdnra"), ("ECO - Documents (Amendment) (IMS)", "ecoma"))),
              ("Inward Supplies from ISD", "4(A)(4)", "isdsup", (("ISD - Invoices", "isd"), ("ISD - Invoices (Amendment)", "isda"))),
              ("Inward Supplies liable for reverse charge", "3.1(d) 4(A)(3)", "revsup", (("B2B - Invoices", "b2b"), ("B2B - Debit notes", "cdnr"), ("B2B - Invoices (Amendment)", "b2ba"),
                                                                                       ("B2B - Debit notes (Amendment)", "cdnra"))),
              ("Import of Goods", "4(A)(1)", "imports", (("IMPG - Import of goods from overseas", "impg"), ("IMPG (Amendment)", "impga"), ("IMPGSEZ - Import of goods from SEZ", "impgsez"),
                                                        ("IMPGSEZ (Amendment)", "impgasez"))))
_UNAVAILABLE = tuple((heading.removesuffix(" (IMS)"), "4(D)(2)", key, tuple((leaf.removesuffix(" (IMS)"), name) for leaf, name in leaves)) for heading, _, key, leaves in _AVAILABLE[:3])
_CREDIT = (("Others", "4(A)", "othersup", (("B2B - Credit notes - IMS", "cdnr"), ("B2B - Credit notes (Amendment) - IMS", "cdnra"), ("B2B - Credit notes (Reverse charge)", "cdnrrev"),
                                           ("B2B - Credit notes (Reverse charge)(Amendment)", "cdnrarev"), ("ISD - Credit notes", "isd"), ("ISD - Credit notes (Amendment)", "isda"))),)
_REVERSAL = (("ITC Reversal on account of Rule 37A", "4(B)(2)", "nonrevsup", (("B2B - Invoices", "b2b"), ("B2B - Debit notes", "cdnr"), ("B2B - Invoices (Amendment)", "b2ba"),
                                                                             ("B2B - Debit notes (Amendment)", "cdnra"))),)
_REJECTED = tuple(("NA" and heading, "NA", key, leaves) for heading, _, key, leaves in _AVAILABLE[:2])
_REJECTED_CREDIT = (("Others", "NA", "othersup", (("B2B - Credit notes (IMS)", "cdnr"), ("B2B - Credit notes (Amendment) (IMS)", "cdnra"), ("ISD - Credit notes", "isd"),
                                                  ("ISD - Credit notes (Amendment)", "isda"))),)


def _summary(sheet: Worksheet, title: str, node: dict[str, Any], part_a: Any, part_b: Any) -> None:
    sheet["A1"], sheet["A5"] = "FORM GSTR-2B", f"FORM SUMMARY - {title}"
    for column, text in enumerate(("S.no.", "Heading", "GSTR-3B table", "Integrated Tax (₹)", "Central Tax (₹)", "State/UT Tax (₹)", "Cess (₹)", "Advisory"), 1):
        sheet.cell(6, column, text)
    row = 8 if title == "ITC not available" else 7
    sheet.cell(row, 1, "Credit which may be availed under FORM GSTR-3B")
    for part, name, sections in (("Part A", "ITC Available - Credit may be claimed in relevant headings in GSTR-3B", part_a), ("Part B", "Credit notes should be net off against relevant ITC", part_b)):
        if not sections:
            continue
        row += 1
        sheet.cell(row, 1, part), sheet.cell(row, 2, name)
        for number, (heading, table, key, leaves) in enumerate(sections, 1):
            row += 1
            values = node.get(key, {})
            for column, value in enumerate(("I" * number, heading, table, *(values.get(head, 0) for head in ("igst", "cgst", "sgst", "cess"))), 1):
                sheet.cell(row, column, value)
            for place, (leaf, leaf_key) in enumerate(leaves):
                row += 1
                amounts = values.get(leaf_key, {})
                for column, value in enumerate(("Details" if not place else None, leaf, table, *(amounts.get(head, 0) for head in ("igst", "cgst", "sgst", "cess"))), 1):
                    sheet.cell(row, column, value)


def _read_me(sheet: Worksheet, data: dict[str, Any]) -> None:
    sheet.title = "Read me"
    sheet["A1"] = "Goods and Services Tax - GSTR-2B"
    month, year = int(data["rtnprd"][:2]), int(data["rtnprd"][2:])
    start = year if month >= 4 else year - 1
    for row, (label, value) in enumerate((("Financial Year", f"{start}-{(start + 1) % 100:02d}"), ("Tax Period", _MONTHS[month - 1]), ("GSTIN", data["gstin"]), ("Legal Name", "Example Private Limited"),
                                          ("Trade Name (if any)", "Example"), ("Date of generation", _day(data["gendt"]))), 4):
        sheet.cell(row, 1, label), sheet.cell(row, 3, value)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=6)
    sheet["A11"] = "GSTR-2B Data Entry Instructions"
