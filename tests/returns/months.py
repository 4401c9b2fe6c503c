"""A month of documents written like a page of a ledger, and the returns it makes.

`month(ims=..., books=..., two_b=...)` reads tables of words separated by blanks; the first line names the columns, "-" is blank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ims_xl.gstin import check_character
from ims_xl.period import Period
from ims_xl.returns.belonging import two_b_periods
from ims_xl.returns.gstr2b import expected_2b
from ims_xl.returns.gstr3b import gstr3b
from ims_xl.settings import Settings
from ims_xl.state import EARLIER_COLUMNS, WORK_COLUMNS, BookState, Gstr2B, Gstr3B, Links, Portal2B, Reconciliation, empty
from ims_xl.vocabulary import AMOUNTS, GSTR2B_LEDGER, HEADS, IMS_LEDGER, REGISTER_LEDGER, Section


def gstin(first_fourteen: str) -> str:
    return first_fourteen + check_character(first_fourteen)


OURS = gstin("27AAKCB4321Q1Z")
SUPPLIER = gstin("27AADCP9921J1Z")
OTHER = gstin("29AAECV7788M1Z")
SETTINGS = Settings(gstin=OURS, period=Period(2026, 10))


def paise(text: str) -> int:
    whole, _, part = text.lstrip("-").partition(".")
    value = int(whole or "0") * 100 + int((part + "00")[:2])
    return -value if text.startswith("-") else value


def page(text: str) -> list[dict[str, str]]:
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    return [dict(zip(lines[0], ("" if word == "-" else word.replace("_", " ") for word in line))) for line in lines[1:]] if lines else []


def frame(schema: dict[str, str], rows: list[dict[str, str]], **defaults: str) -> pd.DataFrame:
    out = empty(schema, len(rows))
    for name, kind in schema.items():
        told = [row.get(name, defaults.get(name, "")) for row in rows]
        if not any(told):
            continue
        if kind in ("paise", "int"):
            out[name] = np.array([paise(t) if kind == "paise" else int(t or 0) for t in told], dtype=np.int64)
        elif kind == "paise?":
            out[name] = pd.array([paise(t) if t else pd.NA for t in told], dtype="Int64")
        elif kind == "date":
            out[name] = pd.Series(np.array([t or "NaT" for t in told], dtype="datetime64[s]"))
        elif kind == "bool":
            out[name] = np.array([t == "yes" for t in told])
        else:
            out[name] = pd.array(told, dtype="str")
    return out


IMS_DEFAULTS = {"section": "B2B", "supplier_gstin": SUPPLIER, "supplier_name": "Pavan Hardware", "document_date": "2026-10-07", "supplier_period": "102026", "filing_status": "Filed", "source_form": "R1", "place_of_supply": "27", "portal_action": "No Action"}
TWO_B_DEFAULTS = {"block": "docdata", "section": "b2b", "document_type": "Invoice", "amended": "N", "supplier_gstin": SUPPLIER, "supplier_name": "Pavan Hardware", "document_date": "2026-10-07", "reverse_charge": "N", "itc_available": "Y"}
BOOK_DEFAULTS = {"voucher_type": "Purchase", "voucher_date": "2026-10-09", "supplier_gstin": SUPPLIER, "document_date": "2026-10-07"}


class Month:
    """The pieces of one month, and what the returns make of them."""

    def __init__(self, ims: str = "", books: str = "", two_b: str = "", earlier: str = "", summary: dict[str, dict[str, int]] | None = None,
                 pulled: bool | None = None, inputs: dict[str, str] | None = None, settings: Settings = SETTINGS, **changes: object) -> None:
        rows = page(ims)
        self._made: dict[Any, Any] = {}
        self.settings = replace(settings, **changes) if changes else settings
        self.ims = frame(dict(IMS_LEDGER), rows, **IMS_DEFAULTS)
        blank_supplier = self.ims["section"].isin(["IMPG", "IMPGA"])
        self.ims["supplier_gstin"] = self.ims["supplier_gstin"].mask(blank_supplier, "")
        fy = self.ims["document_date"].dt.to_period("Q-MAR").dt.qyear.astype("str") if rows else ""
        self.ims["key"] = self.ims["supplier_gstin"] + "|" + self.ims["section"] + "|" + self.ims["document_number"].str.upper() + "|" + fy
        self.work = frame(dict(WORK_COLUMNS), rows, action="Accept", set_by="rule")
        self.register = frame(dict(REGISTER_LEDGER), page(books), **BOOK_DEFAULTS)
        self.earlier = frame(dict(EARLIER_COLUMNS), page(earlier), section="B2B", supplier_gstin=SUPPLIER, document_date="2026-09-10", period="2026-09", action="Accept", counted="yes")
        documents = frame(dict(GSTR2B_LEDGER), page(two_b), **TWO_B_DEFAULTS)
        has = pulled if pulled is not None else bool(two_b)
        self.portal = Portal2B(OURS, self.settings.period or Period(2026, 10), date(2026, 11, 14), documents, summary or {}) if has else None
        self.inputs = inputs or {}
        self.links = link_by_number(self.ims, self.register)

    def with_action(self, *actions: str) -> Month:
        self.work = self.work.assign(action=pd.array(actions, dtype="str"))
        return self

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        """Worked out once for the pieces as they stand."""
        pieces = (name, id(self.ims), id(self.work), id(self.register), id(self.portal), id(self.earlier), id(self.links), self.settings, tuple(self.inputs.items()), self.work["change"].sum())
        if pieces not in self._made:
            self._made[pieces] = make()
        return self._made[pieces]

    @property
    def belonging(self) -> pd.DataFrame:
        return two_b_periods(self.ims, self.portal, self.settings)

    @property
    def gstr2b(self) -> Gstr2B:
        made: Gstr2B = self._once("2b", lambda: expected_2b(self.ims, self.work, self.belonging, self.links, self.portal, self.earlier, self.settings))
        return made

    @property
    def gstr3b(self) -> Gstr3B:
        made: Gstr3B = self._once("3b", lambda: gstr3b(self.gstr2b, self.ims, self.work, self.register, self.links, None, self.inputs, self.settings))
        return made

    @property
    def reconciliation(self) -> Reconciliation:
        state = BookState(self.settings, self.ims, self.work, self.register, self.portal, earlier=self.earlier, inputs=self.inputs)
        blank = pd.Series([""] * len(self.ims), dtype="str")
        return Reconciliation(state, date(2026, 11, 12), self.links, self.belonging, pd.DataFrame(), pd.DataFrame(), blank, self.gstr2b, self.gstr3b, ())

    def box(self, path: str) -> tuple[int, ...]:
        """Rupees by head of one row of GSTR-2B."""
        return tuple(self.gstr2b.boxes[path][head] // 100 for head in HEADS)

    def cell(self, box: str) -> tuple[int, ...]:
        """Rupees by head of one box of GSTR-3B."""
        return tuple(self.gstr3b.boxes[box][head] // 100 for head in HEADS)


def link_by_number(ims: pd.DataFrame, register: pd.DataFrame) -> Links:
    """Supplier and document number, which is all these tests need of matching."""
    keys: dict[tuple[str, str], int] = {}
    ims_result = np.zeros(len(ims), dtype=np.int64)
    register_result = np.zeros(len(register), dtype=np.int64)
    for frame_, result in ((ims, ims_result), (register, register_result)):
        for position, key in enumerate(zip(frame_["supplier_gstin"], frame_["document_number"].str.upper())):
            result[position] = keys.setdefault(key, len(keys))
    in_ims, in_books = set(ims_result.tolist()), set(register_result.tolist())
    classes = ["exact" if n in in_ims and n in in_books else "not_in_books" if n in in_ims else "not_in_ims" for n in range(len(keys))]
    results = pd.DataFrame({"match_class": classes, "clean": True, "confidence": 100, "differences": "", "explanation": "", "runner_up": ""})
    return Links(results, ims_result, register_result)


__all__ = ["AMOUNTS", "HEADS", "OTHER", "OURS", "SETTINGS", "SUPPLIER", "Month", "Section", "gstin", "page", "paise"]
