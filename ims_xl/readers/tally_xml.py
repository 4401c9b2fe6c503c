"""Tally's XML export of vouchers -> a sheet of text with headings, one row a ledger line of the accounts that matter.

A voucher's tax ledgers are told by their names as in a columnar register, the supplier by PARTYGSTIN or by the party's ledger line; the
supplier's own number and date are REFERENCE and REFERENCEDATE. Debits are negative in Tally's XML and are turned round.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from ims_xl.hosts.base import SheetText
from ims_xl.readers.tally_vouchers import ledger_box
from ims_xl.vocabulary import ImsXlError

LAYOUT: Final = "Tally XML"
LARGEST_FILE: Final = 512 << 20
MOST_VOUCHERS: Final = 1_000_000
_HEADINGS: Final = (
    "Voucher Number", "Voucher Type", "Voucher Date", "Supplier Name", "Supplier GSTIN", "Company GSTIN", "Supplier Invoice No", "Supplier Invoice Date", "Place of Supply",
    "Reverse Charge", "GST Registration Type", "Narration", "Cancelled", "Taxable Value", "IGST Amount", "CGST Amount", "SGST Amount", "Cess Amount", "RCM IGST", "RCM CGST", "RCM SGST",
    "RCM Cess", "Invoice Value",
)
_LISTS: Final = ("ALLLEDGERENTRIES.LIST", "LEDGERENTRIES.LIST")
_STOCK: Final = ("ALLINVENTORYENTRIES.LIST", "INVENTORYENTRIES.LIST")


def read(path: Path) -> tuple[SheetText, str] | None:
    """The vouchers of a Tally XML file, or None where the file is another kind; damaged XML is an ImsXlError."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
        if not _is_tally(head):
            return None
        if path.stat().st_size > LARGEST_FILE:
            raise ImsXlError(f"{path.name} has {path.stat().st_size >> 20} MB; Tally XML up to {LARGEST_FILE >> 20} MB is read. Export one month at a time.")
        raw = path.read_bytes()
    except OSError:
        return None
    rows: list[list[str]] = []
    at: list[int] = []
    try:
        for number, voucher in enumerate(_vouchers(raw), start=1):
            if number > MOST_VOUCHERS:
                raise ImsXlError(f"{path.name} holds more than {MOST_VOUCHERS:,} vouchers; export one month at a time.")
            line = _line(voucher)
            if line is not None:
                rows.append(line)
                at.append(number)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as wrong:
        raise ImsXlError(f"{path.name} is damaged XML ({str(wrong)[:120]}); export the vouchers from Tally again.") from None
    if not rows:
        raise ImsXlError(f"{path.name} is Tally XML without any voucher; export the Day Book or the Purchase Register with its vouchers, not masters.")
    frame = pd.DataFrame([list(_HEADINGS), *rows], index=pd.Index([0, *at], dtype="int64"), columns=pd.RangeIndex(1, len(_HEADINGS) + 1), dtype="str")
    return SheetText("", frame), LAYOUT


def _is_tally(head: bytes) -> bool:
    text = head.decode("utf-16", errors="ignore") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head.decode("latin-1")
    return re.search(r"<ENVELOPE\b|<TALLYMESSAGE\b|<VOUCHER\b", text) is not None and "<!DOCTYPE" not in text


def _vouchers(raw: bytes) -> Iterator[Any]:
    """Each VOUCHER element, cleared once it was read; characters that Tally writes and XML forbids are dropped."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    text = re.sub(r"&#(?:x0*[0-8bcefBCEF]|x0*1[0-9a-fA-F]|0*[0-8]|0*1[124-9]|0*2[0-9]|0*3[01]);", "", text)
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    text = re.sub(r"<(/?)UDF:", r"<\1UDF_", text)
    for _, element in iterparse(io.BytesIO(text.encode("utf-8")), events=("end",), forbid_dtd=True):
        if element.tag == "VOUCHER":
            yield element
            element.clear()


def _line(voucher: Any) -> list[str] | None:
    kind = _said(voucher, "VOUCHERTYPENAME") or voucher.get("VCHTYPE", "")
    party = _said(voucher, "PARTYLEDGERNAME") or _said(voucher, "PARTYNAME") or _said(voucher, "BASICBUYERNAME")
    sums = {"taxable_value": 0.0, "exempt": 0.0, "value": 0.0}
    named = False
    for ledger, amount, is_party in _entries(voucher):
        if is_party or ledger == party:
            sums["value"] += amount
            named = True
            continue
        box = ledger_box(ledger)
        sums[box] = sums.get(box, 0.0) - amount
    if not named and not any(sums.values()):
        return None if not kind else _row(voucher, kind, party, sums)
    return _row(voucher, kind, party, sums)


def _row(voucher: Any, kind: str, party: str, sums: dict[str, float]) -> list[str]:
    taxed = any(sums.get(box) for box in ("igst", "cgst", "sgst", "cess", "rcm_igst", "rcm_cgst", "rcm_sgst"))
    base = sums["taxable_value"] + (0.0 if taxed and sums["taxable_value"] else sums["exempt"])
    nature = _said(voucher, "GSTREGISTRATIONTYPE")
    if not taxed and sums["exempt"] and not sums["taxable_value"]:
        nature = "Exempt"
    reverse = _said(voucher, "ISREVERSECHARGEAPPLICABLE") or _said(voucher, "REVERSECHARGE")
    day, reference = _said(voucher, "DATE"), _said(voucher, "REFERENCEDATE")
    cancelled = "cancelled" if _said(voucher, "ISCANCELLED").lower() == "yes" else "deleted" if _said(voucher, "ISDELETED").lower() == "yes" else ""
    rcm = [sums.get(f"rcm_{head}") or -sums.get(f"payable_{head}", 0.0) for head in ("igst", "cgst", "sgst", "cess")]
    return [
        _said(voucher, "VOUCHERNUMBER"), kind, _day(day), party or _said(voucher, "PARTYNAME"), _said(voucher, "PARTYGSTIN") or _said(voucher, "CONSIGNEEGSTIN_SUPPLIER"),
        _said(voucher, "CMPGSTIN"), _said(voucher, "REFERENCE") or _said(voucher, "SUPPLIERINVOICENO"), _day(reference), _said(voucher, "PLACEOFSUPPLY"), reverse, nature,
        _said(voucher, "NARRATION"), cancelled, _money(base), *(_money(sums.get(head, 0.0)) for head in ("igst", "cgst", "sgst", "cess")), *(_money(amount) for amount in rcm), _money(abs(sums["value"]) if sums["value"] else 0.0),
    ]


def _entries(voucher: Any) -> Iterator[tuple[str, float, bool]]:
    """Ledger name, amount (debit negative) and whether it is the party's line; stock lines give the ledgers of their allocations."""
    stock = [item for tag in _STOCK for item in voucher.iterfind(tag)]
    for tag in _LISTS:
        for entry in voucher.iterfind(tag):
            yield _said(entry, "LEDGERNAME"), _amount(_said(entry, "AMOUNT")), _said(entry, "ISPARTYLEDGER").lower() == "yes"
    for item in stock:
        shares = item.findall("ACCOUNTINGALLOCATIONS.LIST")
        for share in shares:
            yield _said(share, "LEDGERNAME"), _amount(_said(share, "AMOUNT")), False
        if not shares:
            yield _said(item, "STOCKITEMNAME"), _amount(_said(item, "AMOUNT")), False


def _said(element: Any, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _amount(text: str) -> float:
    """Tally writes -1000.00, sometimes with the currency's sum behind `=`."""
    found = re.search(r"(-?[\d,]+(?:\.\d+)?)\s*$", text.replace("₹", ""))
    return float(found[1].replace(",", "")) if found else 0.0


def _money(amount: float) -> str:
    return "" if abs(amount) < 0.005 else f"{amount:.2f}"


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text
