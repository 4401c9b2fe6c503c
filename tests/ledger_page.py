"""Cases that read like a page of the ledger: a small table of portal and book lines in, the reconciled month out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from ims_xl.gstin import check_character
from ims_xl.period import Period, financial_year
from ims_xl.reconcile import reconcile
from ims_xl.settings import Settings
from ims_xl.state import EARLIER_COLUMNS, WORK_COLUMNS, BookState, Reconciliation, empty
from ims_xl.vocabulary import HEADS, IMS_LEDGER, REGISTER_LEDGER, SECTION_BY_KEY, Action, MatchClass

US = "27AAKCB4321Q1ZA"


def gstin(fourteen: str) -> str:
    """A GSTIN with its right check character: `27AAPFU0939F1Z` -> `27AAPFU0939F1ZV`."""
    return fourteen + check_character(fourteen)


A, B = gstin("27AAPFU0939F1Z"), gstin("29AAECV7788M1Z")
SHORT = {"A": A, "B": B, "-": ""}


@dataclass(frozen=True)
class Month:
    rec: Reconciliation

    def position(self, number: str) -> int:
        return self.rec.state.ims.index[self.rec.state.ims["document_number"] == number][0]

    def action(self, number: str) -> Action:
        return Action(self.rec.state.work["action"].iloc[self.position(number)])

    def why(self, number: str) -> str:
        return str(self.rec.why.iloc[self.position(number)])

    def match(self, number: str) -> MatchClass:
        return MatchClass(self.rec.links.results["match_class"].iloc[self.rec.links.ims_result[self.position(number)]])

    def decided(self, number: str, column: str) -> object:
        return self.rec.decisions[column].iloc[self.position(number)]

    def fact(self, number: str, column: str) -> object:
        return self.rec.facts[column].iloc[self.position(number)]

    def allowed(self, number: str) -> set[str]:
        """The drop-down of the row."""
        return set(str(self.decided(number, "allowed")).split(","))

    def rule(self, number: str) -> str:
        return str(self.decided(number, "rule"))


def page(text: str, period: str = "2026-10", **settings: object) -> BookState:
    """A state from lines of `ims|books|before supplier number date taxable igst [field=value ...]`; suppliers A, B and - are known, "_" is blank.

    Fields of an IMS line: any of IMS_LEDGER, section= by key, and typed= for an action that a person typed; of a books line: any of
    REGISTER_LEDGER; of a line of an earlier period (before): any of EARLIER_COLUMNS, its action Accept unless it says so. Amounts in rupees.
    """
    sides: dict[str, list[dict[str, object]]] = {"ims": [], "books": [], "before": []}
    for line in text.strip().splitlines():
        words = line.split()
        if not words or words[0] == "ledger":
            continue
        side, supplier, number, day, taxable, igst, *more = words
        row: dict[str, object] = {
            "supplier_gstin": SHORT.get(supplier, supplier), "document_number": "" if number == "_" else number, "document_date": "" if day == "_" else day,
            "taxable_value": taxable, "igst": igst,
        }
        row |= dict(field.split("=", 1) for field in more)
        sides[side].append(row)
    ims = _ledger(IMS_LEDGER, [{"section": "b2b", "recipient_gstin": US, "supplier_period": Period.parse(period).code, "filing_status": "Filed", "portal_action": "No Action", "source_form": "R1", "place_of_supply": "27", "pending_blocked": "", **row} for row in sides["ims"]])
    ims["section"] = pd.array([SECTION_BY_KEY[s].value for s in ims["section"]], dtype="str")
    ims["key"] = pd.array([f"{g}|{s}|{n.upper()}|{financial_year(d.date()) if pd.notna(d) else ''}" for g, s, n, d in zip(ims["supplier_gstin"], ims["section"], ims["document_number"], ims["document_date"])], dtype="str")
    books = _ledger(REGISTER_LEDGER, [{"voucher_number": f"V{n}", "voucher_type": "Purchase", **row} for n, row in enumerate(sides["books"], 1)])
    past = _ledger(EARLIER_COLUMNS, [{"section": "b2b", "period": "2026-09", "action": "Accept", "filed_3b": "yes", **row} for row in sides["before"]])
    past["section"] = pd.array([SECTION_BY_KEY[s].value for s in past["section"]], dtype="str")
    past["counted"] = past["action"].isin(["Accept", "No Action"])
    past["key"] = pd.array([f"{g}|{s}|{n.upper()}|{financial_year(d.date())}" for g, s, n, d in zip(past["supplier_gstin"], past["section"], past["document_number"], past["document_date"])], dtype="str")
    work = empty(WORK_COLUMNS, len(ims))
    work["action"] = pd.array([str(row.get("typed", "")).replace("_", " ") for row in sides["ims"]], dtype="str")
    for name in ("reviewed", "remarks", "reduce_itc", "reduce_unread", *(f"reduce_{head}" for head in HEADS)):
        told = [str(row.get(name, "")) for row in sides["ims"]]
        work[name] = pd.array([round(float(t) * 100) if t else None for t in told], dtype="Int64") if name.removeprefix("reduce_") in HEADS else pd.array([t.replace("_", " ") for t in told], dtype="str")
    book = Settings(gstin=US, period=Period.parse(period), name="Balaji Traders")
    return BookState(settings=replace(book, **settings), ims=ims, work=work, register=books, earlier=past)


def _ledger(schema: dict[str, str], rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = empty(schema, len(rows))
    for name, kind in schema.items():
        values = [str(row.get(name, "")) for row in rows]
        if kind == "paise":
            frame[name] = np.array([round(float(v or 0) * 100) for v in values], dtype=np.int64)
        elif kind == "paise?":
            frame[name] = pd.array([round(float(v) * 100) if v else None for v in values], dtype="Int64")
        elif kind == "date":
            frame[name] = np.array([v or "NaT" for v in values], dtype="datetime64[s]")
        elif kind == "bool":
            frame[name] = np.array([v == "yes" for v in values])
        elif kind == "int":
            frame[name] = np.array([int(v or n + 1) for n, v in enumerate(values)], dtype=np.int64)
        else:
            frame[name] = pd.array([v.replace("_", " ") if v != "_" else "" for v in values], dtype="str")
    return frame


def reconciled(text: str, as_of: str = "2026-11-12", period: str = "2026-10", **settings: object) -> Month:
    """The page's month."""
    return Month(reconcile(page(text, period, **settings), date.fromisoformat(as_of)))
