"""What the firm's partner looks at in the morning: one row a client, the suppliers who are slow everywhere, and what went wrong.

`firm_facts(rec)` is taken inside the worker, small and plain; `firm_book(...)` writes `ROOT/firm_<period>.xlsx` from the lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl.batch.work import ClientResult
from ims_xl.book import template
from ims_xl.gstin import state_code
from ims_xl.hosts import open_book
from ims_xl.report import match_counts
from ims_xl.rulebook import rulebook_for
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Action, Change, MatchClass, Section
from ims_xl.workbook.plan import Cell, Plan, SheetPlan, TableBlock, TableColumn

_MATCHED: Final = ("exact", "tolerance", "number", "date", "value", "gstin", "grouped")


def firm_facts(rec: Reconciliation) -> dict[str, Any]:
    """Plain figures of one client for the firm's book: paise, counts, ISO dates."""
    state = rec.state
    live = (state.work["change"] != Change.GONE).to_numpy(dtype=bool)
    sign = state.ims["section"].map({s.value: s.document_type.sign for s in Section}).fillna(1).to_numpy(dtype=np.int64)
    tax = sum((state.ims[head].to_numpy() for head in HEADS), np.zeros(len(state.ims), dtype=np.int64)) * sign
    action = state.work["action"].to_numpy(dtype=object)
    matches = match_counts(rec)
    settings = state.settings
    assert settings.period is not None  # a reconciled book always has one
    rulebook = rulebook_for(settings.period)
    due = {what: rulebook.due_date(what, settings.period, state_code(settings.gstin), settings.quarterly).isoformat() for what in ("GSTR-2B", "GSTR-3B")}
    matched = sum(matches[name] for name in _MATCHED)
    on_portal = matched + matches["not_in_books"]
    return {
        "ims": int(live.sum()), "register": len(state.register), "problems": len(state.problems),
        "match_rate": matched / on_portal if on_portal else 0.0,
        "matches": matches,
        "itc": {a.value: int(tax[live & (action == a.value)].sum()) for a in Action},
        "count": {a.value: int((live & (action == a.value)).sum()) for a in Action},
        "not_in_ims": matches["not_in_ims"],
        "checks_failed": sum(not t.ok for t in rec.tie_out),
        "due": due,
        "suppliers": _suppliers(rec),
    }


def _suppliers(rec: Reconciliation) -> list[list[Any]]:
    """(GSTIN, name, vouchers not on the portal, documents that differ) of suppliers with either."""
    register, ims = rec.state.register, rec.state.ims
    books_class = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.register_result]
    ims_class = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result]
    missing = register.loc[books_class == MatchClass.NOT_IN_IMS, ["supplier_gstin", "supplier_name", "voucher_number"]].drop_duplicates()
    differ = ims.loc[np.isin(ims_class, ["value", "gstin", "date"]), ["supplier_gstin", "supplier_name"]]
    names = pd.concat([missing[["supplier_gstin", "supplier_name"]], differ]).drop_duplicates("supplier_gstin").set_index("supplier_gstin")["supplier_name"]
    late, wrong = missing["supplier_gstin"].value_counts(), differ["supplier_gstin"].value_counts()
    return [[g, str(names.get(g, "")), int(late.get(g, 0)), int(wrong.get(g, 0))] for g in sorted({*late.index, *wrong.index}) if g]


def firm_book(results: Sequence[ClientResult], period: str, as_of: date, path: Path) -> None:
    """Writes the firm's workbook, replacing an earlier one of the same period."""
    host = open_book(template("firm.xlsx"))
    host.paint(Plan(sheets=(_clients(results, period, as_of), _slow_suppliers(results), _calendar(results, as_of), _troubles(results)), active="Clients"))
    host.save(path)
    host.close()


def _clients(results: Sequence[ClientResult], period: str, as_of: date) -> SheetPlan:
    facts = [dict(r.firm) for r in results]

    def each(*keys: str) -> list[Any]:
        return [_dig(f, keys) for f in facts]

    columns = [
        _text(1, "Client", [r.client for r in results], 26), _text(2, "GSTIN", [r.gstin for r in results], 18), _text(3, "Period", [r.period for r in results], 10),
        _text(4, "Status", [r.status for r in results], 10, [{"done": "good", "failed": "bad"}.get(r.status, "note") for r in results]),
        _count(5, "IMS rows", each("ims")), _count(6, "Register lines", each("register")),
        TableColumn(7, "Match rate", each("match_rate"), kind="number", style="percent", width=11),
        _rupees(8, "ITC accepted", each("itc", "Accept")), _rupees(9, "ITC no action", each("itc", "No Action")), _rupees(10, "ITC pending", each("itc", "Pending")),
        _rupees(11, "ITC rejected", each("itc", "Reject")), _count(12, "Pending", each("count", "Pending")), _count(13, "No action", each("count", "No Action")),
        _count(14, "Not in IMS", each("not_in_ims")), _count(15, "Cells not read", each("problems")), _count(16, "Checks failed", each("checks_failed")),
        _day(17, "GSTR-3B due", each("due", "GSTR-3B")), _text(18, "What happened", [r.message for r in results], 60),
    ]
    title = {
        (1, 1): Cell("The firm's clients", "title"),
        (2, 1): Cell(f"Period {period or 'as in each folder'}, as of {as_of:%d-%m-%Y}: {_counted(results)}", "subtitle"),
    }
    return SheetPlan("Clients", cells=title, tables=(TableBlock(4, tuple(columns)),), freeze=(5, 2))


def _counted(results: Sequence[ClientResult]) -> str:
    return ", ".join(f"{sum(r.status == s for r in results)} {s}" for s in ("done", "skipped", "failed"))


def _slow_suppliers(results: Sequence[ClientResult]) -> SheetPlan:
    """A supplier who keeps several of our clients waiting is worth one call."""
    rows = [(*s, r.client) for r in results for s in r.firm.get("suppliers", ())]
    frame = pd.DataFrame(rows, columns=["gstin", "name", "late", "wrong", "client"])
    grouped = frame.groupby("gstin", sort=True).agg(name=("name", "first"), late=("late", "sum"), wrong=("wrong", "sum"), clients=("client", "nunique"), who=("client", lambda c: ", ".join(sorted(set(c))[:6])))
    grouped = grouped.sort_values(["clients", "late", "wrong"], ascending=False, kind="stable").head(1000).reset_index()
    columns = (
        _text(1, "Supplier GSTIN", grouped["gstin"].tolist(), 18), _text(2, "Supplier", grouped["name"].tolist(), 34), _count(3, "Clients", grouped["clients"].tolist()),
        _count(4, "Vouchers not on the portal", grouped["late"].tolist()), _count(5, "Documents that differ", grouped["wrong"].tolist()), _text(6, "Whose", grouped["who"].tolist(), 60),
    )
    return SheetPlan("Slow suppliers", cells={(1, 1): Cell("Suppliers who keep several clients waiting", "title")}, tables=(TableBlock(3, columns),), freeze=(4, 2))


def _calendar(results: Sequence[ClientResult], as_of: date) -> SheetPlan:
    rows = sorted((day, what, r.client, r.gstin) for r in results for what, day in dict(r.firm.get("due", {})).items())
    columns = (
        _day(1, "Date", [r[0] for r in rows]), _text(2, "What", [r[1] for r in rows], 14), _text(3, "Client", [r[2] for r in rows], 26), _text(4, "GSTIN", [r[3] for r in rows], 18),
        _count(5, "Days left", [(date.fromisoformat(r[0]) - as_of).days for r in rows]),
    )
    return SheetPlan("Calendar", cells={(1, 1): Cell("Next dates", "title")}, tables=(TableBlock(3, columns),), freeze=(4, 1))


def _troubles(results: Sequence[ClientResult]) -> SheetPlan:
    rows = [(r.client, "", "", "", r.message) for r in results if r.message]
    rows += [(r.client, p["file"], f"{p['sheet']} row {p['row']}".strip(), p["field"], p["message"]) for r in results for p in list(r.report.get("problems", ()))[:200]]
    rows += [(r.client, "", "Tie-out", t["check"], f"expected {t['expected']}, found {t['found']}") for r in results for t in r.report.get("tie_out", ()) if not t["ok"]]
    heads = (("Client", 26), ("File", 30), ("Where", 24), ("Field", 30), ("What", 80))
    columns = tuple(_text(n + 1, head, [row[n] for row in rows], width) for n, (head, width) in enumerate(heads))
    return SheetPlan("Problems", cells={(1, 1): Cell("What could not be read, what does not tie out, what failed", "title")}, tables=(TableBlock(3, columns),), freeze=(4, 2))


def _dig(facts: dict[str, Any], keys: tuple[str, ...]) -> Any:
    value: Any = facts
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(column: int, heading: str, values: list[str], width: float, style: str | list[str] = "text") -> TableColumn:
    return TableColumn(column, heading, values, style=style, width=width)


def _count(column: int, heading: str, values: list[Any]) -> TableColumn:
    return TableColumn(column, heading, values, kind="number", style="count", width=12)


def _rupees(column: int, heading: str, values: list[Any]) -> TableColumn:
    return TableColumn(column, heading, [v or 0 for v in values], kind="rupees", style="rupees", width=16)


def _day(column: int, heading: str, values: list[Any]) -> TableColumn:
    return TableColumn(column, heading, [date.fromisoformat(v) if v else None for v in values], kind="date", style="date", width=12)
