"""A client's workbook: opened into a state, written back with what a run found. Knows where things stand; decides nothing.

`fresh(settings)` is a new book from the template, `open_state(path)` an existing one, ours or a person's; `reconciled(opened,
as_of)` runs the month on it, `write(opened, rec, path)` paints and saves. What nobody needs to see rides along in a very
hidden sheet (`store.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from ims_xl import __version__
from ims_xl.book_log import log_lines, vanished_lines
from ims_xl.book_sheets import SURELY_OURS, DataSheet, extent, first_heading, heading_columns, our_block, typed_work, without
from ims_xl.filling import reduction_text
from ims_xl.followup.exposure import default_risk
from ims_xl.followup.trail import pending_trail
from ims_xl.gstin import is_valid
from ims_xl.hosts import open_book, safe_files
from ims_xl.hosts.base import Host, SheetInfo, SheetText
from ims_xl.merging import merge_ims
from ims_xl.period import Period
from ims_xl.progress import Progress, silent
from ims_xl.readers.ims_sheet import looks_like_ims, read_ims_sheet
from ims_xl.readers.register import looks_like_register, read_register_sheet
from ims_xl.reconcile import reconcile
from ims_xl.settings import Settings
from ims_xl.state import (
    CONTACT_COLUMNS,
    EARLIER_COLUMNS,
    EVIDENCE_COLUMNS,
    FILE_COLUMNS,
    LOG_COLUMNS,
    OPENING_COLUMNS,
    UNPAID_COLUMNS,
    WORK_COLUMNS,
    BookState,
    HandLinks,
    Portal2B,
    Reconciliation,
    empty,
)
from ims_xl.store import pack, unpack
from ims_xl.vocabulary import GSTR2B_LEDGER, HERE, IMS_LEDGER, REGISTER_LEDGER, Change, ImsXlError, Problem
from ims_xl.workbook import tabs
from ims_xl.workbook.plan import Cell, Plan, SheetPlan, TableBlock, TableColumn
from ims_xl.workbook.tabs.where import Layout, SheetWhere

STORE: Final = "_ims-xl"
_IMS, _REGISTER = "IMS", "Purchase Register"


@dataclass(frozen=True)
class OpenBook:
    """An open workbook and what it holds. `names`: our sheet name -> the name it bears here."""

    host: Host
    state: BookState
    ims: DataSheet
    register: DataSheet
    names: Mapping[str, str] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    """Sheets that are ours by the hidden sheet's word, by their actual names."""
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Frames of the follow-up for the tabs that show more than one month, by tab name (`Layout.frames`)."""


def with_state(opened: OpenBook, state: BookState) -> OpenBook:
    """The book with another state, after a pull: documents that came stand below, a register that changed is written anew from its first row."""
    ims, register = opened.ims, opened.register
    if not (ims.own and register.own) and (len(state.ims) != len(ims.rows) or state.register is not opened.state.register):
        raise ImsXlError(
            f"{opened.host.path.name} is a workbook of your own: put new portal or register rows into its sheets and run 'ims-xl reconcile'; only --gstr2b can be pulled into it."
        )
    if len(state.ims) != len(ims.rows):
        ims = replace(ims, rows=np.concatenate([ims.rows, np.zeros(len(state.ims) - len(ims.rows), dtype=np.int64)]))
    if state.register is not opened.state.register:
        first = register.header_row + 1
        register = replace(register, rows=np.arange(first, first + len(state.register), dtype=np.int64))
    return replace(opened, state=state, ims=ims, register=register)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else runs on this book meanwhile; a second run waits up to 30 seconds."""
    with safe_files.book_lock(path):
        yield


def template(name: str = "month.xlsx") -> Path:
    """The skeleton that new books are made from: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).parent
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
    settings = _told(opened.state, gstin, period, name, quarterly)
    return remembering(replace(opened, state=replace(opened.state, settings=settings)), path.parent)


def remembering(opened: OpenBook, folder: Path) -> OpenBook:
    """The book with what the history knows of earlier periods; without a history, as it is."""
    if not (os.environ.get("IMS_XL_HISTORY") or (folder / ".ims-xl" / "history.sqlite").exists()):
        return opened   # the database library is only loaded where there is something to ask
    from ims_xl.history import remembered

    state, frames = remembered(opened.state, folder)
    return replace(opened, state=state, frames={**opened.frames, **frames})


def read_book(host: Host, ims_sheet: str = "", register_sheet: str = "") -> OpenBook:
    """Everything the workbook holds, over any host."""
    infos = host.sheets()
    stored = _stored(host, infos)
    texts = _Texts(host)
    where: Mapping[str, Any] = stored.get("where", {})
    present = {info.name for info in infos if not info.is_chart}
    for told, option in ((ims_sheet, "--ims-sheet"), (register_sheet, "--register-sheet")):
        if told and told not in present:
            raise ImsXlError(f"{host.path.name} has no sheet '{told}' ({option}); it has: {', '.join(sorted(present - {STORE}))}.")
    ours = frozenset(where.get("ours", ())) & present
    visible = [i.name for i in infos if i.name != STORE and not i.is_chart and (i.name not in ours or i.name in (where.get("ims"), where.get("register")))]

    ims_name = ims_sheet or _still(where.get("ims"), present) or _best(texts, visible, looks_like_ims)
    register_name = register_sheet or _still(where.get("register"), present) or _best(texts, [n for n in visible if n != ims_name], looks_like_register)
    if not ims_name or not register_name:
        missing = "IMS documents (supplier GSTIN, document number, taxable value and tax)" if not ims_name else "a purchase register (supplier GSTIN, document number, taxable value and tax)"
        option = "--ims-sheet" if not ims_name else "--register-sheet"
        raise ImsXlError(f"{host.path.name} has no sheet that looks like {missing}; it has: {', '.join(sorted(present - {STORE}))}. Name it with {option}.")

    state = _remembered(stored)
    state = _typed(state, texts, where, ours)
    ims_own, register_own = ims_name in ours, register_name in ours
    state, ims = _read_ims(state, texts, ims_name, ims_own, stored)
    state, register = _read_register(state, texts, register_name, register_own)
    names = _names(present, ours, ims_name, register_name, where)
    return OpenBook(host, state, ims, register, names, ours)


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
    opened.host.paint(plan(opened, rec))
    if in_place:
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


def plan(opened: OpenBook, rec: Reconciliation) -> Plan:
    """The whole plan of one writing: data sheets, tabs, and the hidden store."""
    ims = _where(opened.ims, tabs.ims_headings(opened.ims.own))
    register = _where(opened.register, tabs.register_headings(opened.register.own))
    frames = {**opened.frames, "Default Risk": default_risk(rec), "Pending": pending_trail(rec)}
    layout = Layout(ims=ims, register=register, names=opened.names, version=__version__, frames=frames)
    laid = _without_leftovers(tabs.lay_out(rec, layout), opened.register, register)
    ours = sorted({sheet.name for sheet in laid.sheets} | {w.sheet for w in (ims, register) if w.own} | {STORE})
    where = {"ims": ims.sheet, "register": register.sheet, "ours": ours, "version": __version__}
    return replace(laid, sheets=(*laid.sheets, _store_sheet(rec.state, where)))


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


class _Texts:
    """Sheets read once, when somebody first asks."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._read: dict[str, SheetText] = {}

    def __getitem__(self, name: str) -> SheetText:
        if name not in self._read:
            self._read[name] = self._host.read(name)
        return self._read[name]


def _still(name: object, present: set[str]) -> str:
    return str(name) if name in present else ""


def _best(texts: _Texts, names: list[str], score: Any) -> str:
    scored = sorted(((score(texts[name]), -place, name) for place, name in enumerate(names)), reverse=True)
    return scored[0][2] if scored and scored[0][0] > 0 else ""


def _names(present: set[str], ours: frozenset[str], ims: str, register: str, where: Mapping[str, Any]) -> dict[str, str]:
    """Our names as they are here: a person's sheet that bears one of them keeps it and ours is `Log (IMS)`."""
    names: dict[str, str] = {_IMS: ims, _REGISTER: register}
    for name in tabs.SHEETS:
        if name in names:
            continue
        wanted, number = name, 1
        while wanted in present and wanted not in ours:
            wanted = f"{name} (IMS)" if number == 1 else f"{name} (IMS {number})"
            number += 1
        names[name] = wanted
    return names


def _stored(host: Host, infos: tuple[SheetInfo, ...]) -> dict[str, Any]:
    if STORE not in {info.name for info in infos}:
        return {}
    frame = host.read(STORE).frame
    if not {1, 2, 3} <= set(frame.columns) or str(frame.at[1, 1]) != "Part":
        raise ImsXlError(f"{host.path.name}: the sheet '{STORE}' was not made by ims-xl, which needs that name for itself; rename the sheet and run again.")
    rows = [(part, int(number), text) for part, number, text in zip(frame[1], frame[2], frame[3]) if str(number).isdigit()]
    return unpack(rows)


def _store_sheet(state: BookState, where: Mapping[str, Any]) -> SheetPlan:
    two_b = state.portal_2b
    rows = pack({
        "where": dict(where),
        "settings": settings_to_plain(state.settings),
        "documents": pd.concat([state.ims, state.work.add_prefix("work.")], axis=1),
        "portal_2b": None if two_b is None else {
            "gstin": two_b.gstin, "period": str(two_b.period), "generated_on": two_b.generated_on.isoformat() if two_b.generated_on else "",
            "summary": {path: dict(box) for path, box in two_b.summary.items()},
        },
        "documents_2b": two_b.documents if two_b else empty(GSTR2B_LEDGER),
        "earlier": state.earlier, "opening": state.opening, "unpaid": state.unpaid, "evidence": state.evidence, "contacts": state.contacts, "files": state.files, "log": state.log,
        "hand_links": {"linked": sorted(state.hand_links.linked), "separated": sorted(state.hand_links.separated)},
        "seal": dict(state.seal), "inputs": dict(state.inputs), "mapping": dict(state.mapping), "mapping_shown": state.mapping_shown.astype("str") if len(state.mapping_shown) else pd.DataFrame(),
        "problems": [[p.file, p.sheet, p.row, p.field, p.message] for p in state.problems],
    })
    columns = tuple(
        TableColumn(n, heading, [row[n - 1] for row in rows], kind="number" if n == 2 else "text")
        for n, heading in ((1, "Part"), (2, "Number"), (3, "Do not edit: what ims-xl remembers about this book"))
    )
    return SheetPlan(STORE, tables=(TableBlock(1, columns, autofilter=False),), state="very_hidden")


def settings_to_plain(settings: Settings) -> dict[str, Any]:
    return {f.name: str(getattr(settings, f.name)) if f.name == "period" and settings.period else getattr(settings, f.name) for f in fields(Settings)}


def settings_from_plain(plain: Mapping[str, Any]) -> Settings:
    """Settings as stored; a name that this version does not know is left out, one that is missing takes its default."""
    known = {f.name: plain[f.name] for f in fields(Settings) if f.name in plain and plain[f.name] is not None}
    if known.get("period"):
        known["period"] = Period.parse(str(known["period"]))
    else:
        known.pop("period", None)
    return Settings(**known)


def _remembered(stored: Mapping[str, Any]) -> BookState:
    """The state as the hidden sheet has it; what people typed comes on top."""
    documents = stored.get("documents")
    ims, work = empty(IMS_LEDGER), empty(WORK_COLUMNS)
    if isinstance(documents, pd.DataFrame) and len(documents):
        ims = _schema(documents, IMS_LEDGER)
        work = _schema(documents.rename(columns={f"work.{name}": name for name in WORK_COLUMNS})[list(WORK_COLUMNS)], WORK_COLUMNS)
    head = stored.get("portal_2b")
    two_b = None
    if head:
        drawn = date.fromisoformat(head["generated_on"]) if head["generated_on"] else None
        two_b = Portal2B(head["gstin"], Period.parse(head["period"]), drawn, _schema(stored["documents_2b"], GSTR2B_LEDGER), head["summary"])
    links = stored.get("hand_links", {})
    return BookState(
        settings=settings_from_plain(stored.get("settings", {})),
        ims=ims, work=work, register=empty(REGISTER_LEDGER), portal_2b=two_b,
        earlier=_schema(stored.get("earlier", empty(EARLIER_COLUMNS)), EARLIER_COLUMNS),
        opening=_schema(stored.get("opening", empty(OPENING_COLUMNS)), OPENING_COLUMNS),
        unpaid=_schema(stored.get("unpaid", empty(UNPAID_COLUMNS)), UNPAID_COLUMNS),
        evidence=_schema(stored.get("evidence", empty(EVIDENCE_COLUMNS)), EVIDENCE_COLUMNS),
        contacts=_schema(stored.get("contacts", empty(CONTACT_COLUMNS)), CONTACT_COLUMNS),
        files=_schema(stored.get("files", empty(FILE_COLUMNS)), FILE_COLUMNS),
        log=_schema(stored.get("log", empty(LOG_COLUMNS)), LOG_COLUMNS),
        hand_links=HandLinks(frozenset(map(tuple, links.get("linked", []))), frozenset(map(tuple, links.get("separated", [])))),
        inputs=stored.get("inputs", {}), mapping=stored.get("mapping", {}), mapping_shown=stored.get("mapping_shown", pd.DataFrame()),
        problems=tuple(Problem(*p) for p in stored.get("problems", [])), seal=stored.get("seal", {}),
    )


def _schema(frame: pd.DataFrame, schema: Mapping[str, str]) -> pd.DataFrame:
    """Exactly those columns, in that order: what an older version did not write is blank."""
    blank = empty(schema, len(frame))
    return pd.DataFrame({name: frame[name] if name in frame else blank[name] for name in schema}, index=pd.RangeIndex(len(frame)))


def _typed(state: BookState, texts: _Texts, where: Mapping[str, Any], ours: frozenset[str]) -> BookState:
    """What people typed on our tabs, over what was remembered."""
    own = {name: texts[name] for name in tabs.TYPED_SHEETS if name in ours}
    renamed = {name: texts[actual] for name, actual in ((n, f"{n} (IMS)") for n in tabs.TYPED_SHEETS) if name not in own and actual in ours}
    return tabs.read_typed(state, {**own, **renamed})


def _read_ims(state: BookState, texts: _Texts, name: str, own: bool, stored: Mapping[str, Any]) -> tuple[BookState, DataSheet]:
    text = texts[name]
    last_row, last_column = extent(text)
    if own and not _has_rows(text):
        rows = np.zeros(len(state.ims), dtype=np.int64)
        columns = heading_columns(text, tabs.HEADER_ROW, (), tabs.ims_headings(True))
        return state, DataSheet(name, tabs.HEADER_ROW, rows, columns, tabs.HEADER_ROW, last_column, own=True, fresh=not columns)
    ours = {} if own else our_block(text, tabs.ims_headings(False), SURELY_OURS)
    sheet = read_ims_sheet(without(text, ours))
    portal = dict(sheet.columns)
    columns = heading_columns(text, sheet.header_row, [], tabs.ims_headings(own)) if own else ours
    work, problems = typed_work(text, columns, np.asarray(sheet.rows, dtype=np.int64))
    where = DataSheet(
        name, sheet.header_row, np.asarray(sheet.rows, dtype=np.int64), columns, last_row, last_column, own=own,
        fields={} if own else portal, first_column=first_heading(text, sheet.header_row),
    )
    problems = [*(replace(p, file=HERE) for p in (*sheet.problems, *problems))]
    state = replace(state, problems=_renewed(state, name, own, ()))
    if own:
        return _own_rows(state, sheet.ledger, work, where, problems)
    return _her_rows(state, sheet.ledger, work, where, problems)


def _renewed(state: BookState, sheet: str, own: bool, fresh: Sequence[Problem]) -> tuple[Problem, ...]:
    """What earlier runs said of this sheet makes way for what this one says; problems of the pulled files stay."""
    kept = [p for p in state.problems if p.sheet != sheet or (own and p.file != HERE)]
    return (*kept, *fresh)


def _has_rows(text: SheetText) -> bool:
    below = text.frame[text.frame.index > tabs.HEADER_ROW]
    return bool((below != "").to_numpy().any())


def _own_rows(state: BookState, ledger: pd.DataFrame, work: pd.DataFrame, where: DataSheet, problems: list[Problem]) -> tuple[BookState, DataSheet]:
    """Our sheet: the portal's values are those that were downloaded; the sheet tells where each row stands and what was typed."""
    if state.ims.empty:
        return replace(state, ims=ledger, work=work, problems=(*state.problems, *problems)), where
    on_sheet = pd.Series(np.arange(len(ledger)), index=ledger["key"])
    on_sheet = on_sheet[~on_sheet.index.duplicated()]
    place = on_sheet.reindex(state.ims["key"]).to_numpy()
    found = ~np.isnan(place)
    at = np.where(found, place, 0).astype(np.int64)
    rows = np.where(found, where.rows[at] if len(where.rows) else 0, 0)
    unknown = ~ledger["key"].isin(state.ims["key"]).to_numpy()
    problems += [
        Problem(HERE, where.sheet, int(where.rows[i]), "Document number", f"'{ledger['document_number'].iloc[i]}' is not a document that was pulled; the row counts nowhere")
        for i in np.flatnonzero(unknown)[:50]
    ]
    for name in ("taxable_value", "igst", "cgst", "sgst", "cess"):
        altered = found & (ledger[name].to_numpy()[at] != state.ims[name].to_numpy()) if len(ledger) else np.zeros(len(state.ims), dtype=bool)
        problems += [
            Problem(HERE, where.sheet, int(rows[i]), name, "this figure was changed by hand; the portal's figure counts and is put back") for i in np.flatnonzero(altered)[:50]
        ]
    typed = state.work.copy()
    for name in ("action", "set_by", "reviewed", "remarks", "reduce_itc", "reduce_igst", "reduce_cgst", "reduce_sgst", "reduce_cess"):
        taken = work[name].iloc[at].reset_index(drop=True) if len(work) else state.work[name]
        typed[name] = taken.where(pd.Series(found), state.work[name]).astype(state.work[name].dtype)
    return replace(state, work=typed, problems=(*state.problems, *problems)), replace(where, rows=rows)


def _her_rows(state: BookState, ledger: pd.DataFrame, work: pd.DataFrame, where: DataSheet, problems: list[Problem]) -> tuple[BookState, DataSheet]:
    """A person's own sheet is the truth about its rows; what we remember by key tells what was filled, and what changed since."""
    if state.ims.empty:
        return replace(state, ims=ledger, work=work, problems=(*state.problems, *problems)), where
    before = state.work
    vanished = vanished_lines(state, ledger["key"], where.sheet)
    state = replace(state, log=pd.concat([state.log, vanished], ignore_index=True) if len(vanished) else state.log)
    merged, kept = merge_ims(state.ims, before, ledger, ())
    position = pd.Series(np.arange(len(merged)), index=merged["key"])
    order = position.reindex(ledger["key"]).to_numpy().astype(np.int64)
    kept = kept.iloc[order].reset_index(drop=True)
    hidden = merged.iloc[order].reset_index(drop=True)
    same_documents = len(ledger) == len(state.ims) and not (kept["change"] != "").any()
    if same_documents:
        remembered = pd.Series(np.arange(len(before)), index=state.ims["key"]).reindex(ledger["key"]).to_numpy().astype(np.int64)
        kept["change"] = before["change"].iloc[remembered].reset_index(drop=True)
        kept["change_note"] = before["change_note"].iloc[remembered].reset_index(drop=True)
        changed = pd.Series(np.zeros(len(ledger), dtype=bool))
    else:
        changed = kept["change"] == Change.CHANGED
    for name in ("action", "set_by", "reviewed", "remarks", "reduce_itc", "reduce_igst", "reduce_cgst", "reduce_sgst", "reduce_cess", "portal_error"):
        kept[name] = work[name].where(~changed, kept[name]).astype(kept[name].dtype)
    return replace(state, ims=hidden, work=kept, problems=(*state.problems, *problems)), where


def _read_register(state: BookState, texts: _Texts, name: str, own: bool) -> tuple[BookState, DataSheet]:
    text = texts[name]
    last_row, last_column = extent(text)
    if own and not _has_rows(text):
        columns = heading_columns(text, tabs.HEADER_ROW, (), tabs.register_headings(True))
        return state, DataSheet(name, tabs.HEADER_ROW, np.zeros(0, dtype=np.int64), columns, tabs.HEADER_ROW, last_column, own=True, fresh=not columns)
    ours = {} if own else our_block(text, tabs.register_headings(False), tabs.register_headings(False))
    read = read_register_sheet(without(text, ours), texts._host.path.name, mapping=dict(state.mapping))
    columns = heading_columns(text, read.header_row, [], tabs.register_headings(own)) if own else ours
    rows = np.asarray(read.rows, dtype=np.int64)
    # The workbook may be saved under another name; that alone must not change which of two equal vouchers is the repeat.
    ledger = read.ledger if own else read.ledger.assign(source_file=HERE)
    return (
        replace(state, register=ledger, problems=_renewed(state, name, own, [replace(p, file=HERE) for p in read.problems]), mapping_shown=state.mapping_shown if own else read.mapping_shown),
        DataSheet(
            name, read.header_row, rows, columns, last_row, last_column, own=own,
            fields={} if own else dict(read.columns), first_column=first_heading(text, read.header_row),
        ),
    )


def _told(state: BookState, gstin: str, period: str, name: str, quarterly: bool) -> Settings:
    """What the command line or the documents say, where the book does not."""
    settings = state.settings
    if not settings.gstin:
        found = gstin.strip().upper() or _unanimous(state.ims["recipient_gstin"]) or _unanimous(state.register["recipient_gstin"])
        if not is_valid(found):
            raise ImsXlError(
                f"--gstin {gstin} is not a valid GSTIN of 15 characters." if gstin else "The workbook does not say whose it is; give --gstin with the client's own GSTIN."
            )
        settings = replace(settings, gstin=found)
    elif gstin and gstin.strip().upper() != settings.gstin:
        raise ImsXlError(f"The book is for {settings.gstin}, not for {gstin}; start a new book with 'ims-xl new'.")
    if settings.period is None:
        if not period:
            raise ImsXlError("The workbook does not say which tax period it is for; give --period, e.g. --period 2026-10.")
        when = Period.parse(period)
        settings = replace(settings, period=when.quarter_end if quarterly else when, quarterly=quarterly or settings.quarterly)
    elif period and Period.parse(period) not in (settings.period,):
        raise ImsXlError(f"The book is for {settings.period}, not for {period}; 'ims-xl rollover' opens the next period.")
    return replace(settings, name=settings.name or name)


def _unanimous(column: pd.Series) -> str:
    values = {str(v) for v in column.unique()} - {""}
    return values.pop() if len(values) == 1 else ""


__all__ = ["OpenBook", "fresh", "held", "open_state", "read_book", "reconciled", "reduction_text", "write"]
