"""What the firm's partner looks at in the morning: one row a client, what wants a look, who is slow everywhere, what runs out when.

`firm_book(...)` writes `ROOT/firm_<period>.xlsx` from the clients' results (their figures come from `facts.firm_facts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pandas as pd

from ims_xl.batch.work import ClientResult
from ims_xl.book import template
from ims_xl.hosts import open_book
from ims_xl.period import Period
from ims_xl.vocabulary import Action
from ims_xl.workbook.plan import Cell, ConditionalFormat, Page, Plan, SheetPlan, TableBlock
from ims_xl.workbook.tabs.pieces import Column, Tab, heading_height, indian, money_areas, row_heights, table_columns, totals
from ims_xl.workbook.tabs.where import area, letters
from ims_xl.workbook.theme import TAB_COLOURS

MOST_PROBLEMS: Final = 200
NOT_READ: Final = "cell not read"
ON_FILE: Final = "about a file"
MOST_SUPPLIERS: Final = 1000
_STATUS: Final = {"done": "good", "failed": "bad"}

CLIENTS: Final = Tab("Clients", "One row per client. Click a client to open its book; failed ones say why in the last column.", "navy", columns=(
    Column("Client", "client", "link", 27), Column("GSTIN", "gstin", width=18), Column("Period", "period", width=9), Column("Status", "status", "text_centre", 10),
    Column("IMS rows", "ims", "count", 8, total=True), Column("Register lines", "register", "count", 9, total=True), Column("Match rate", "match_rate", "percent", 8, total=False),
    Column("Accept, ITC", "itc_Accept", "rupees", 15), Column("Pending, ITC", "itc_Pending", "rupees", 14), Column("Reject, ITC", "itc_Reject", "rupees", 13), Column("No action, ITC", "itc_No Action", "rupees", 14),
    Column("Pending, rows", "count_Pending", "count", 9, total=True), Column("Not in IMS, vouchers", "not_in_ims", "count", 10, total=True),
    Column("Default risk, ITC", "risk_itc", "rupees", 13), Column("Interest and penalty, up to", "risk_cost", "rupees", 14),
    Column("Not read as is", "problems", "count", 8, total=True), Column("Checks failed", "checks_failed", "count", 8, total=True),
    Column("GSTR-3B due", "due_3b", "date", 11), Column("Days left", "days_3b", "count", 7, total=False), Column("What happened", "message", "text_wrap", 52),
), table="tblClients", frozen=1)
RUN: Final = Tab("Run Results", "What failed and why, what could not be read, what does not tie out: client by client, failures first.", "teal", columns=(
    Column("Client", "client", width=27), Column("Kind", "kind", "text_centre", 15), Column("File", "file", width=30), Column("Where", "where", width=24), Column("Field", "field", width=22), Column("What", "what", "text_wrap", 80),
), table="tblRunResults", frozen=1, nothing="Nothing failed, everything was read, every check agrees.")
SLOW: Final = Tab("Slow suppliers", "Suppliers who keep clients waiting: booked and not on the portal, saved and not filed, or different. One call may help several clients.", "amber", columns=(
    Column("Supplier GSTIN", "gstin", width=18), Column("Supplier", "name", width=34), Column("Clients waiting", "clients", "count", 9, total=False), Column("Vouchers not on the portal", "late", "count", 12, total=True),
    Column("Saved, not filed", "saved", "count", 10, total=True), Column("Documents that differ", "wrong", "count", 11, total=True), Column("ITC waiting", "itc", "rupees_bold", 15), Column("Whose", "who", "text_wrap", 60),
), table="tblSlowSuppliers", frozen=2, nothing="Nobody keeps a client waiting.")
CALENDAR: Final = Tab("Calendar", "What runs out when, the next day first.", "amber", columns=(
    Column("Date", "day", "date", 12), Column("Days left", "left", "count", 9, total=False), Column("What", "what", width=30), Column("Clients", "clients", "count", 9, total=False), Column("Note", "note", width=58), Column("Whose", "who", "text_wrap", 60),
), table="tblCalendar", frozen=1, nothing="No dates: no client could be run.")
CONTACTS: Final = Tab("Supplier contacts", "As typed on the Suppliers tab of the clients' books.", "blue", columns=(
    Column("Supplier GSTIN", "supplier_gstin", width=18), Column("Contact", "contact", width=22), Column("E-mail", "email", width=30), Column("Phone", "phone", width=16), Column("Note", "note", "text_wrap", 30), Column("Client", "client", width=27),
), table="tblContacts", frozen=1, nothing="No contacts yet: type them on the Suppliers tab of a client's book.")
FOLLOW_UP: Final = Tab("Follow-up register", "Client by client, whom to chase and when he was last written to (typed on the Suppliers tab of the client's book).", "amber", columns=(
    Column("Client", "client", width=27), Column("Supplier GSTIN", "gstin", width=18), Column("Supplier", "name", width=32), Column("Vouchers not on the portal", "late", "count", 12, total=True),
    Column("Saved, not filed", "saved", "count", 10, total=True), Column("Documents that differ", "wrong", "count", 11, total=True), Column("ITC waiting", "itc", "rupees_bold", 15),
    Column("Contact", "contact", width=20), Column("Phone", "phone", width=15), Column("Sent on", "sent_on", width=11), Column("Replied on", "replied_on", width=11), Column("Next date", "next_date", width=11),
), table="tblFollowUp", frozen=3, nothing="Nobody to chase.")


def firm_book(results: Sequence[ClientResult], period: str, as_of: date, path: Path) -> None:
    """Writes the firm's workbook, replacing an earlier one of the same period."""
    line = f"{Period.parse(period).label if period else 'Periods as in each folder'} · as of {as_of:%d-%m-%Y} · {_counted(results)}"
    sheets = (
        _clients(results, as_of, line, path.parent), _listed(CALENDAR, _dates(results, as_of), line), _listed(RUN, _troubles(results), line, "kind"),
        _listed(CONTACTS, _contacts(results), line), _listed(FOLLOW_UP, _chases(results), line), _listed(SLOW, _slow(results), line),
    )
    host = open_book(template("firm.xlsx"))
    host.paint(Plan(sheets=sheets, active="Clients"))
    host.save(path)
    host.close()


def _clients(results: Sequence[ClientResult], as_of: date, line: str, root: Path) -> SheetPlan:
    rows = []
    for r in results:
        firm, due = dict(r.firm), next((date.fromisoformat(day) for day, what, _ in r.firm.get("dates", ()) if what == "GSTR-3B"), None)
        rows.append({
            "client": r.client, "client_link": _link(r, root), "gstin": r.gstin, "period": r.period, "status": r.status, "message": r.told, "due_3b": pd.Timestamp(due) if due else pd.NaT,
            "days_3b": (due - as_of).days if due else None, **{k: firm.get(k) for k in ("ims", "register", "match_rate", "not_in_ims", "risk_itc", "risk_cost", "problems", "checks_failed")},
            **{f"{kind}_{a.value}": firm.get(kind, {}).get(a.value) for kind in ("itc", "count") for a in Action},
        })
    frame = _frame(rows, CLIENTS)
    head = 10
    body = (head + 1, head + len(frame))
    columns = table_columns(CLIENTS.columns, frame)
    at = {column.heading: letters(column.column) for column in columns}
    cells: dict[tuple[int, int], Cell] = {(1, 1): Cell("The firm's clients", "title"), (2, 1): Cell(line, "subtitle"), (3, 1): Cell(CLIENTS.purpose, "subtitle")}
    merges = _tiles(results, frame, cells)
    cells.update(totals(CLIENTS.columns, columns, *body))
    cells[(head - 1, 1)] = Cell("Total of the rows shown", "total")
    status, rate, days, failing = (area(body[0], n, body[1], n) for n in (4, 7, 19, 17))
    formats = (
        ConditionalFormat(status, f'{at["Status"]}{body[0]}="done"', "good"), ConditionalFormat(status, f'{at["Status"]}{body[0]}="failed"', "bad"), ConditionalFormat(status, f'{at["Status"]}{body[0]}="skipped"', "soft"),
        ConditionalFormat(rate, f'AND(ISNUMBER({at["Match rate"]}{body[0]}),{at["Match rate"]}{body[0]}<0.7)', "bad"), ConditionalFormat(rate, f'AND(ISNUMBER({at["Match rate"]}{body[0]}),{at["Match rate"]}{body[0]}<0.85)', "warn"),
        ConditionalFormat(days, f'AND(ISNUMBER({at["Days left"]}{body[0]}),{at["Days left"]}{body[0]}<0)', "bad"), ConditionalFormat(days, f'AND(ISNUMBER({at["Days left"]}{body[0]}),{at["Days left"]}{body[0]}<=3)', "warn"),
        ConditionalFormat(failing, f'AND(ISNUMBER({at["Checks failed"]}{body[0]}),{at["Checks failed"]}{body[0]}>0)', "bad"), *indian([area(6, 8, 6, 18)]), *indian(money_areas(columns, head - 1, body[1])),
    )
    return SheetPlan(
        "Clients", cells=cells, tables=(TableBlock(head, columns, name=CLIENTS.table),), merges=tuple(merges), widths={c.column: c.width for c in columns if c.width},
        heights={1: 30, 5: 18, 6: 34, 7: 16, 8: 8, head - 1: 18, head: heading_height(CLIENTS.columns), **row_heights(CLIENTS.columns, columns, body[0])}, freeze=(head + 1, 2), formats=formats,
        tab_colour=TAB_COLOURS["navy"], zoom=85,
        # what happened is the widest column and makes the figures small: on paper only where something did
        page=replace(_page(head), columns=(len(columns), len(columns) - 1) if any(r.told for r in results) else (len(columns) - 1, len(columns))),
    )


def _tiles(results: Sequence[ClientResult], frame: pd.DataFrame, cells: dict[tuple[int, int], Cell]) -> list[str]:
    """The night at a glance: how many clients, how they fared, and the rupees that wait."""
    def count(status: str) -> int:
        return sum(r.status == status for r in results)

    def total(name: str) -> float:
        return int(frame[name].fillna(0).sum()) / 100

    tiles: tuple[tuple[str, str, float, str, int, int], ...] = (
        ("Clients", "tile_label", len(results), "in this folder", 1, 1), ("✓  Done", "good", count("done"), "run now", 2, 2), ("Skipped", "noaction", count("skipped"), "unchanged, or not asked for", 3, 5),
        ("✗  Failed", "bad" if count("failed") else "tile_label", count("failed"), "see Run Results", 6, 7), ("A  Accept", "accept", total("itc_Accept"), "ITC, Rs", 8, 9), ("P  Pending", "pending", total("itc_Pending"), "ITC, Rs", 10, 11),
        ("-  No action", "noaction", total("itc_No Action"), "ITC, Rs: counts as accepted", 12, 14), ("!  Default risk", "warn", total("risk_cost"), "Rs, interest and penalty, up to", 15, 18),
    )
    merges = []
    for label, look, value, note, first, last in tiles:
        for row, cell in ((5, Cell(label, look)), (6, Cell(value, "tile_amount" if "Rs" in note else "tile_value")), (7, Cell(note, "tile_label", link="#'Run Results'!A1" if "Run Results" in note else ""))):
            cells[(row, first)] = cell
            for column in range(first + 1, last + 1):
                cells[(row, column)] = Cell(None, cell.style)
            if last > first:
                merges.append(area(row, first, row, last))
    return merges


def _counted(results: Sequence[ClientResult]) -> str:
    return ", ".join(f"{sum(r.status == s for r in results)} {s}" for s in ("done", "skipped", "failed"))


def _link(result: ClientResult, root: Path) -> str:
    """The client's book beside the firm's book, so that the folder may be moved as a whole."""
    book = root / result.client / Path(result.book).name
    return quote(f"{result.client}/{book.name}") if result.book and book.is_file() else ""


def _listed(tab: Tab, frame: pd.DataFrame, line: str, marked: str = "") -> SheetPlan:
    """A tab of one table in the arrangement of the clients' books."""
    columns = table_columns(tab.columns, frame)
    cells: dict[tuple[int, int], Cell] = {(1, 1): Cell(tab.name, "title"), (2, 1): Cell(line, "subtitle"), (3, 1): Cell(tab.purpose, "subtitle")}
    last = 6 + len(frame)
    if len(frame):
        cells.update(totals(tab.columns, columns, 7, last))
    else:
        cells[(7, 1)] = Cell(tab.nothing, "note_line")
    marks = area(7, 2, last, 2)
    formats = (ConditionalFormat(marks, 'B7="failed"', "bad"), ConditionalFormat(marks, 'B7="does not tie out"', "warn"), ConditionalFormat(marks, f'OR(B7="{NOT_READ}",B7="{ON_FILE}")', "soft")) if marked and len(frame) else ()
    return SheetPlan(
        tab.name, cells=cells, tables=(TableBlock(6, columns, name=tab.table if len(frame) else "", autofilter=bool(len(frame))),), widths={c.column: c.width for c in columns if c.width},
        heights={1: 26, 6: heading_height(tab.columns), **row_heights(tab.columns, columns, 7)}, freeze=(7, tab.frozen + 1), formats=(*formats, *(indian(money_areas(columns, 5, last)) if len(frame) else ())),
        tab_colour=TAB_COLOURS[tab.colour], page=_page(6),
    )


def _page(head: int) -> Page:
    return Page(footer="&L&8GST IMS, all clients&C&8&A  page &P of &N&R&8ims-xl", repeat_rows=(head, head))


def _frame(rows: list[dict[str, Any]], tab: Tab) -> pd.DataFrame:
    """The rows under the tab's fields, whole numbers as whole numbers, blank where a client has none."""
    frame = pd.DataFrame(rows, columns=list(dict.fromkeys([*(c.field for c in tab.columns), *(key for row in rows[:1] for key in row)])))
    for column in tab.columns:
        if column.style in ("rupees", "rupees_bold", "count"):
            frame[column.field] = pd.array(frame[column.field].tolist(), dtype="Int64")
        elif column.style not in ("percent", "date"):
            frame[column.field] = frame[column.field].astype("object").where(frame[column.field].notna(), "").astype("str")
    return frame


def _slow(results: Sequence[ClientResult]) -> pd.DataFrame:
    """A supplier who keeps several of our clients waiting is worth one call."""
    rows = [{**supplier, "client": r.client} for r in results for supplier in r.firm.get("suppliers", ())]
    if not rows:
        return _frame([], SLOW)
    grouped = pd.DataFrame(rows).groupby("gstin", sort=True).agg(
        name=("name", "first"), late=("late", "sum"), saved=("saved", "sum"), wrong=("wrong", "sum"), itc=("itc", "sum"), clients=("client", "nunique"), who=("client", lambda c: ", ".join(sorted(set(c))[:8])))
    grouped = grouped.reset_index().sort_values(["clients", "itc", "gstin"], ascending=[False, False, True], kind="stable").head(MOST_SUPPLIERS)
    return _frame([{str(k): v for k, v in row.items()} for row in grouped.to_dict("records")], SLOW)


def _chases(results: Sequence[ClientResult]) -> pd.DataFrame:
    rows = []
    for r in results:
        typed = {contact["supplier_gstin"]: contact for contact in r.firm.get("contacts", ())}
        rows += [{**typed.get(supplier["gstin"], {}), **supplier, "client": r.client} for supplier in r.firm.get("suppliers", ())]
    return _frame(rows, FOLLOW_UP)


def _contacts(results: Sequence[ClientResult]) -> pd.DataFrame:
    rows = [{**contact, "client": r.client} for r in results for contact in r.firm.get("contacts", ())]
    return _frame(sorted(rows, key=lambda row: (row["supplier_gstin"], row["client"])), CONTACTS)


def _dates(results: Sequence[ClientResult], as_of: date) -> pd.DataFrame:
    """One line a date, the clients it concerns together: forty clients share most of their dates."""
    whose: dict[tuple[str, str, str], list[str]] = {}
    for r in results:
        for day, what, note in r.firm.get("dates", ()):
            whose.setdefault((day, what, note), []).append(r.client)
    return _frame([
        {"day": pd.Timestamp(day), "left": (date.fromisoformat(day) - as_of).days, "what": what, "note": note, "clients": len(who), "who": "all" if len(who) == len(results) > 1 else ", ".join(who[:8]) + (f" and {len(who) - 8} more" if len(who) > 8 else "")}
        for (day, what, note), who in sorted(whose.items())
    ], CALENDAR)


def _troubles(results: Sequence[ClientResult]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [{"client": r.client, "kind": "failed", "what": r.message} for r in results if r.status == "failed"]
    rows += [{"client": r.client, "kind": "look", "what": r.firm["doubt"]} for r in results if r.firm.get("doubt")]
    rows += [{"client": r.client, "kind": "does not tie out", "field": t["check"], "what": f"expected {t['expected']}, found {t['found']}"} for r in results for t in r.report.get("tie_out", ()) if not t["ok"]]
    rows += [{"client": r.client, "kind": "left aside", "what": r.message} for r in results if r.message.startswith("left aside")]
    for r in results:
        problems = list(r.report.get("problems", ()))
        rows += [{"client": r.client, "kind": NOT_READ if p["row"] else ON_FILE, "file": p["file"], "where": f"{p['sheet']} row {p['row']}".strip() if p["row"] else p["sheet"], "field": p["field"], "what": p["message"]} for p in problems[:MOST_PROBLEMS]]
        if len(problems) > MOST_PROBLEMS:
            rows.append({"client": r.client, "kind": NOT_READ, "what": f"and {len(problems) - MOST_PROBLEMS} more; its own book has them all"})
    return _frame(rows, RUN)
