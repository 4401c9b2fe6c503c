"""The buttons that change rows of the IMS sheet: set an action, link, unlink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ims_xl.faces.ribbon_glance import selected_rows
from ims_xl.vocabulary import Action, Change, ImsXlError, SetBy

if TYPE_CHECKING:
    from ims_xl.book import OpenBook
    from ims_xl.faces.ribbon import Click

WORDS: Final = {"accept": Action.ACCEPT, "reject": Action.REJECT, "pending": Action.PENDING, "no-action": Action.NO_ACTION}
SCOPES: Final = ("visible", "supplier", "class")
_NAMED: Final = 12


@dataclass(frozen=True)
class OnSheet:
    """The IMS sheet as it stands: which ledger row stands in which sheet row, and where our columns are."""

    opened: OpenBook
    sheet: Any
    columns: dict[str, int]
    position: dict[int, int]
    """Sheet row -> position in the ledger."""


def decide(click: Click) -> None:
    """Sets the action on the rows of the click's scope; rows that do not allow it are skipped and named."""
    word, scope = _split(click.action)
    here = on_sheet(click)
    rows = _rows(click, here, scope)
    allowed = _allowed(click, here.opened)
    if word == "reset":
        _reset(click, here, rows)
        return
    action = WORDS[word]
    live = here.opened.state.work["change"].to_numpy(dtype=object)
    skipped = [row for row in rows if action.value not in allowed[here.position[row]].split(",") or live[here.position[row]] == Change.GONE.value]
    taken = [row for row in rows if row not in set(skipped)]
    _write(click, here, taken, [action.value] * len(taken), [SetBy.PERSON.value] * len(taken))
    click.asker.tell(f"{action.value}: {len(taken)} rows." + _skipped(here, skipped, action))


def link(click: Click) -> None:
    """Links the selected document with a voucher."""
    here = on_sheet(click)
    row = _one(click, here)
    number = click.asker.line("Which voucher of the purchase register is it? Its voucher number")
    if not number:
        return
    vouchers = set(here.opened.state.register["voucher_number"])
    if number.strip() not in vouchers:
        raise ImsXlError(f"The register has no voucher number '{number.strip()}'.")
    key = str(here.opened.state.ims["key"].iloc[here.position[row]])
    pair = (key, number.strip())
    links = here.opened.state.hand_links
    _again(click, here.opened, replace(links, linked=links.linked | {pair}, separated=links.separated - {pair}))
    click.asker.tell(f"{_name(here, row)} is linked with voucher {number.strip()}.")


def unlink(click: Click) -> None:
    """Keeps the selected document and its voucher apart."""
    here = on_sheet(click)
    row = _one(click, here)
    from ims_xl.matching import link_documents

    state = here.opened.state
    found = link_documents(state.ims, state.register, state.settings, hand_links=state.hand_links)
    result = found.ims_result[here.position[row]]
    vouchers = sorted({str(v) for v in state.register["voucher_number"].to_numpy(dtype=object)[found.register_result == result]})
    if not vouchers:
        raise ImsXlError(f"{_name(here, row)} is linked with no voucher.")
    key = str(state.ims["key"].iloc[here.position[row]])
    pairs = {(key, voucher) for voucher in vouchers}
    links = state.hand_links
    _again(click, here.opened, replace(links, linked=links.linked - pairs, separated=links.separated | pairs))
    click.asker.tell(f"{_name(here, row)} and voucher {', '.join(vouchers)} are kept apart from now on.")


def on_sheet(click: Click) -> OnSheet:
    """Where the documents stand on the open sheet."""
    from ims_xl.faces.ribbon_month import read

    opened = read(click)
    columns = dict(opened.ims.columns)
    if "Action" not in columns:
        raise ImsXlError("This workbook's IMS sheet has no Action column yet; click Match first.")
    sheet = next(s for s in click.host.book.sheets if s.name == opened.ims.sheet)
    position = {int(row): place for place, row in enumerate(opened.ims.rows) if row > 0}
    return OnSheet(opened, sheet, columns, position)


def _split(action: str) -> tuple[str, str]:
    for scope in SCOPES:
        if action.endswith(f"-{scope}"):
            return action.removesuffix(f"-{scope}"), scope
    return action, ""


def _rows(click: Click, here: OnSheet, scope: str) -> list[int]:
    if scope == "visible":
        standing = sorted(here.position)
        shown = set(click.host.native.visible_rows(here.sheet, standing[0], standing[-1])) if standing else set()
        rows = [row for row in standing if row in shown]
    elif scope in ("supplier", "class"):
        heading = "Supplier GSTIN" if scope == "supplier" else "Match"
        first = _one(click, here)
        if scope == "supplier":
            gstins = here.opened.state.ims["supplier_gstin"].to_numpy(dtype=object)
            wanted = gstins[here.position[first]]
            rows = [row for row, place in here.position.items() if gstins[place] == wanted]
        else:
            frame = click.host.read(here.sheet.name).frame[here.columns[heading]]
            wanted = frame[first]
            rows = [row for row in here.position if frame.get(row) == wanted]
    else:
        rows = selected_rows(click, here.sheet, here.position)
    if not rows:
        raise ImsXlError(f"Select one or more documents on the sheet '{here.sheet.name}' first." if scope != "visible" else "No document is visible; take the filter off.")
    return sorted(rows)


def _one(click: Click, here: OnSheet) -> int:
    rows = selected_rows(click, here.sheet, here.position)
    if not rows:
        raise ImsXlError(f"Select a document on the sheet '{here.sheet.name}' first.")
    return rows[0]


def _allowed(click: Click, opened: OpenBook) -> list[str]:
    """What each document allows, by the same word as the drop-downs."""
    from ims_xl import book as books

    rec = books.reconciled(opened, click.today, click.host.progress)
    books.unsealed(rec, click.host.book.name)
    return [str(text) for text in rec.decisions["allowed"]]


def _reset(click: Click, here: OnSheet, rows: list[int]) -> None:
    suggested = click.host.read(here.sheet.name).frame[here.columns["Suggested action"]]
    _write(click, here, rows, [str(suggested[row]) for row in rows], [SetBy.RULE.value] * len(rows))
    click.asker.tell(f"{len(rows)} rows have the suggested action again.")


def _write(click: Click, here: OnSheet, rows: Sequence[int], actions: Sequence[str], set_by: Sequence[str]) -> None:
    """Two columns of those rows, in one paint."""
    if not rows:
        return
    from ims_xl.faces.ribbon_copies import keep
    from ims_xl.workbook.plan import Plan, TableColumn, TablePatch

    keep(click)
    columns = [TableColumn(here.columns["Action"], "Action", list(actions), style="input")]
    if "Set by" in here.columns:
        columns.append(TableColumn(here.columns["Set by"], "Set by", list(set_by)))
    patch = TablePatch(here.sheet.name, here.opened.ims.header_row, list(rows), tuple(columns), "", keep_rules=True)
    click.host.paint(Plan(patches=(patch,), active=here.sheet.name))


def _again(click: Click, opened: OpenBook, links: Any) -> None:
    from ims_xl.faces.ribbon_month import paint

    paint(click, replace(opened, state=replace(opened.state, hand_links=links)))


def _name(here: OnSheet, row: int) -> str:
    document = here.opened.state.ims.iloc[here.position[row]]
    return f"{document['section']} {document['document_number']} of {document['supplier_name'] or document['supplier_gstin']}"


def _skipped(here: OnSheet, rows: Sequence[int], action: Action) -> str:
    if not rows:
        return ""
    named = [f"row {row}: {_name(here, row)}" for row in rows[:_NAMED]]
    more = f"\nand {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return f"\n\n{len(rows)} rows do not allow {action.value} and were left as they are:\n" + "\n".join(named) + more
