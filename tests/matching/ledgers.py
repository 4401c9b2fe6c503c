"""Small ledgers for tests, written as a page of the book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ims_xl.gstin import check_character
from ims_xl.matching import link_documents
from ims_xl.readers.cleaning import clean_text, to_dates, to_gstins, to_paise
from ims_xl.settings import Settings
from ims_xl.state import HandLinks, Links

ACME = "27AAPFU0939F1ZV"
OWN = "27AAKCB4321Q1ZA"


def gstin(first_fourteen: str) -> str:
    return first_fourteen + check_character(first_fourteen)


BRANCH = gstin("24AAPFU0939F1Z")
OTHER = gstin("29BBBCR7777K1Z")
TEXT = ("section", "supplier_name", "document_number", "original_number", "supplier_period", "voucher_number", "voucher_type", "document_type", "reverse_charge", "supply_nature", "key")
AMOUNTS = ("taxable_value", "igst", "cgst", "sgst", "cess", "document_value")


def document(number: str, taxable: str = "10000.00", igst: str = "1800.00", date: str = "2026-10-03", supplier: str = ACME, section: str = "b2b", **more: str) -> dict[str, str]:
    return {"section": section, "supplier_gstin": supplier, "recipient_gstin": OWN, "document_number": number, "document_date": date, "taxable_value": taxable, "igst": igst, **more}


_VOUCHERS = iter(range(1, 10**9))


def booking(number: str, taxable: str = "10000.00", igst: str = "1800.00", date: str = "03-10-2026", supplier: str = ACME, voucher: str = "", kind: str = "Purchase", **more: str) -> dict[str, str]:
    return {"voucher_number": voucher or f"V{next(_VOUCHERS)}", "voucher_type": kind, "supplier_gstin": supplier, "recipient_gstin": OWN, "document_number": number, "document_date": date,
            "taxable_value": taxable, "igst": igst, **more}


def ledger(rows: list[dict[str, str]], columns: tuple[str, ...]) -> pd.DataFrame:
    raw = pd.DataFrame(rows, columns=list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))).fillna("").astype("str")
    typed = {}
    for name in raw:
        if name.endswith("gstin"):
            typed[name] = to_gstins(raw[name])
        elif name.endswith("date"):
            typed[name] = to_dates(raw[name])[0]
        elif name in AMOUNTS:
            typed[name] = to_paise(raw[name])[0]
        else:
            typed[name] = clean_text(raw[name])
    return pd.DataFrame(typed)


IMS = ("section", "supplier_gstin", "document_number", "document_date", "taxable_value")
REGISTER = ("voucher_number", "supplier_gstin", "document_number", "document_date", "taxable_value")


@dataclass
class Answer:
    links: Links

    def of(self, row: int) -> pd.Series:
        """The result of that IMS row."""
        return self.links.results.iloc[int(self.links.ims_result[row])]

    def of_booking(self, line: int) -> pd.Series:
        return self.links.results.iloc[int(self.links.register_result[line])]

    def together(self, row: int, line: int) -> bool:
        return bool(self.links.ims_result[row] == self.links.register_result[line])


def matched(portal: list[dict[str, str]], books: list[dict[str, str]], settings: Settings | None = None, hand: HandLinks | None = None) -> Answer:
    answer = Answer(link_documents(ledger(portal, IMS), ledger(books, REGISTER), settings or Settings(), hand or HandLinks()))
    results = len(answer.links.results)
    every = np.r_[answer.links.ims_result, answer.links.register_result]
    assert sorted(set(every.tolist())) == list(range(results)), "every row in one result, and no result without a row"
    return answer
