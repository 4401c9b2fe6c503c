"""A client's workbook: opened into a state, written back with what a run found. Knows where things stand; decides nothing.

`fresh(settings)` is a new book from the template, `open_state(path)` an existing one, ours or a person's; `reconciled(opened,
as_of)` runs the month on it, `write(opened, rec, path)` paints and saves. What nobody needs to see rides along in a very
hidden sheet (`store.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ims_xl import __version__
from ims_xl.book.log import log_lines
from ims_xl.book.opened import OpenBook, with_state
from ims_xl.book.reading import read_book
from ims_xl.book.remembered import STORE, store_sheet
from ims_xl.book.sheets import DataSheet
from ims_xl.book.whose import told
from ims_xl.followup.exposure import default_risk
from ims_xl.followup.trail import pending_trail
from ims_xl.hosts import open_book, safe_files
from ims_xl.progress import Progress, silent
from ims_xl.reconcile import reconcile
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, BookState, Reconciliation, empty
from ims_xl.vocabulary import IMS_LEDGER, REGISTER_LEDGER, ImsXlError
from ims_xl.workbook import tabs
from ims_xl.workbook.plan import Cell, Plan
from ims_xl.workbook.tabs.where import Layout, SheetWhere

_IMS, _REGISTER = "IMS", "Purchase Register"


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else runs on this book meanwhile; a second run waits up to 30 seconds."""
    with safe_files.book_lock(path):
        yield


def template(name: str = "month.xlsx") -> Path:
    """The skeleton that new books are made from: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).parents[1]
    for folder in (here / "_templates", here.parent / "workbook_templates"):
        if (folder / name).exists():
            return folder / name
    raise ImsXlError(f"The template {name} is missing from this installation; install ims-xl again.")


def fresh(settings: Settings) -> OpenBook:
    """A new book from the template, empty but for the client."""
    host = open_book(template())
    state = BookState(settings=settings, ims=empty(IMS_LEDGER), work=empty(WORK_COLUMNS), register=empty(REGISTER_LEDGER))
    names = {info.name for info in host.sheets()}
    nowhere = np.zeros(0, dtype=np.int64)
    return OpenBook(
        host, state,
        DataSheet(_IMS, tabs.HEADER_ROW, nowhere, {}, tabs.HEADER_ROW, 0, own=True, fresh=True),
        DataSheet(_REGISTER, tabs.HEADER_ROW, nowhere, {}, tabs.HEADER_ROW, 0, own=True, fresh=True),
        {name: name for name in tabs.SHEETS}, frozenset(names),
    )


def open_state(
    path: Path | str, ims_sheet: str = "", register_sheet: str = "", gstin: str = "", period: str = "", name: str = "", quarterly: bool = False, host: str = "package",
) -> OpenBook:
    """Opens a book made by us or by a person; an ImsXlError names what is missing."""
    path = Path(path)
    if not path.exists():
        raise ImsXlError(f"There is no file {path}.")
    opened = read_book(open_book(path, host), ims_sheet, register_sheet)
    settings = told(opened.state, gstin, period, name, quarterly)
    return remembering(replace(opened, state=replace(opened.state, settings=settings)), path.parent)


def remembering(opened: OpenBook, folder: Path) -> OpenBook:
    """The book with what the history knows of earlier periods; without a history, as it is."""
    if not (os.environ.get("IMS_XL_HISTORY") or (folder / ".ims-xl" / "history.sqlite").exists()):
        return opened   # the database library is only loaded where there is something to ask
    from ims_xl.history import remembered

    state, frames = remembered(opened.state, folder)
    return replace(opened, state=state, frames={**opened.frames, **frames})


def reconciled(opened: OpenBook, as_of: date, progress: Progress = silent) -> Reconciliation:
    """The month on this book, with the log of what changed."""
    rec = reconcile(opened.state, as_of, progress)
    rec = replace(rec, state=replace(rec.state, inputs={**rec.state.inputs, "run.as_of": as_of.isoformat()}))
    lines = log_lines(opened.state, rec)
    if lines.empty:
        return rec
    log = lines if rec.state.log.empty else pd.concat([rec.state.log, lines], ignore_index=True)
    return replace(rec, state=replace(rec.state, log=log))


def write(opened: OpenBook, rec: Reconciliation, path: Path, progress: Progress = silent) -> None:
    """Paints the answer and saves it at `path`; over the book itself only after a snapshot of what was there.

    A book that a reviewer has signed is closed: it is not written over. A preparer's sign-off falls with the first change.
    """
    in_place = path.exists() and opened.host.path.exists() and path.samefile(opened.host.path)
    rec = unsealed(rec, path.name, in_place)
    progress("Writing the workbook", 0.8)
    laid = plan(opened, rec)
    pa.default_memory_pool().release_unused()   # a large sheet is about to be unpacked: what matching needed makes room
    opened.host.paint(laid)
    if in_place and path.resolve() != opened.host.path.resolve():   # another name of the same file; the host keeps what it replaces under its own
        safe_files.snapshot(path)
    opened.host.save(path)
    progress("Done", 1.0)


def unsealed(rec: Reconciliation, name: str, in_place: bool = True) -> Reconciliation:
    """Without the preparer's sign-off, which falls with the first change; an ImsXlError where the book itself is closed."""
    if in_place and rec.state.seal.get("reviewer"):
        seal = rec.state.seal["reviewer"]
        raise ImsXlError(f"{name} was signed off by {seal['name']} on {seal['at']} and is closed. Write to another file with -o, or go on with 'ims-xl rollover'.")
    if not rec.state.seal:
        return rec
    return replace(rec, state=replace(rec.state, seal={}, inputs={k: v for k, v in rec.state.inputs.items() if not k.startswith("signoff.")}))


def fallen(state: BookState) -> str:
    """What to tell where a change takes the preparer's sign-off away (`unsealed`): who signed has to know; "" where nobody had."""
    signed = state.seal.get("preparer")
    return f"The sign-off by {signed['name']} (preparer) was for the book as it stood and is taken off; sign again when the month is ready." if signed else ""


def plan(opened: OpenBook, rec: Reconciliation) -> Plan:
    """The whole plan of one writing: data sheets, tabs, and the hidden store."""
    ims = _where(opened.ims, tabs.ims_headings(opened.ims.own))
    register = _where(opened.register, tabs.register_headings(opened.register.own))
    frames = {**opened.frames, "Default Risk": default_risk(rec), "Pending": pending_trail(rec)}
    layout = Layout(ims=ims, register=register, names=opened.names, version=__version__, frames=frames)
    laid = _without_leftovers(tabs.lay_out(rec, layout), opened.register, register)
    ours = sorted({sheet.name for sheet in laid.sheets} | {w.sheet for w in (ims, register) if w.own} | {STORE})
    where = {"ims": ims.sheet, "register": register.sheet, "ours": ours, "version": __version__}
    return replace(laid, sheets=(*laid.sheets, store_sheet(rec.state, where)))


def _without_leftovers(laid: Plan, before: DataSheet, now: SheetWhere) -> Plan:
    """Lines of an earlier, longer register below the new last row are emptied."""
    last = int(max(now.rows, default=now.header_row))
    if not before.own or before.last_row <= last or before.fresh:
        return laid
    blanks = {(row, column): Cell(None) for row in range(last + 1, before.last_row + 1) for column in now.columns.values()}
    patches = tuple(replace(p, cells={**p.cells, **blanks}) if p.sheet == now.sheet else p for p in laid.patches)
    return replace(laid, patches=patches)


def _where(sheet: DataSheet, headings: tuple[str, ...]) -> SheetWhere:
    rows, columns = sheet.placed(headings)
    return SheetWhere(sheet.sheet, sheet.header_row, rows, columns, sheet.own, sheet.first_column, sheet.fields)


__all__ = ["STORE", "OpenBook", "fallen", "fresh", "held", "open_state", "plan", "read_book", "reconciled", "remembering", "template", "unsealed", "with_state", "write"]
