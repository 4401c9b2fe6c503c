"""The buttons that move a month forward: open a client, import files, match. Each reads the open workbook, does what the command line
does, and paints the answer back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ims_xl.vocabulary import Action, ImsXlError

if TYPE_CHECKING:
    from ims_xl.book import OpenBook
    from ims_xl.faces.ribbon import Click
    from ims_xl.state import Reconciliation

_PORTAL, _BOOKS, _TWO_B = (".json", ".zip", ".xlsx", ".xlsm"), (".xlsx", ".xlsm", ".xls", ".csv", ".xml"), (".json", ".zip", ".xlsx")


def open_client(click: Click) -> None:
    """Opens a client's workbook, or makes one first."""
    if click.app is None:
        raise ImsXlError("Excel is not running, or cannot be reached from here.")
    if click.asker.yes("Open a workbook that exists?\n\nYes: choose it.\nNo: make a new one from GSTIN and period."):
        chosen = click.asker.files("The client's workbook", (".xlsx", ".xlsm"), several=False)
        if chosen:
            click.app.books.open(str(chosen[0]))
        return
    gstin = click.asker.line("The client's own GSTIN")
    period = click.asker.line("Tax period of the GSTR-2B, for example 2026-10") if gstin else None
    if not gstin or not period:
        return
    name = click.asker.line("The client's name, as it shall stand on letters and prints") or ""
    from ims_xl import book as books
    from ims_xl.faces.commands_month import need_workbook_name, refuse_existing, settings_of

    settings = settings_of(gstin, period, name, False)
    path = click.asker.save_as("Save the new workbook as", Path(f"{settings.gstin}_{settings.period}.xlsx"))
    if path is None:
        return
    need_workbook_name(path)
    refuse_existing(path, [], force=False)
    opened = books.fresh(settings)
    books.write(opened, books.reconciled(opened, click.today), path)
    click.app.books.open(str(path))


def show_period(click: Click) -> None:
    """Who and which period; asks where the workbook does not say."""
    opened = read(click)
    settings = opened.state.settings
    from ims_xl.rulebook import rulebook_for

    assert settings.period is not None
    book = rulebook_for(settings.period)
    state = settings.gstin[:2]
    dates = [f"{what}: {book.due_date(what, settings.period, state, settings.quarterly):%d-%m-%Y}" for what in ("2B", "GSTR-3B")]
    limit = book.pending_limit(settings.period, settings.quarterly, state)
    click.asker.tell(
        f"{settings.name or settings.gstin}\n{settings.gstin}\n{settings.period.label}{', quarterly' if settings.quarterly else ''}\n\n" + "\n".join(dates)
        + f"\nSpecified records may stay Pending until {limit:%d-%m-%Y}"
    )


def import_ims(click: Click) -> None:
    """Reads the portal's IMS file(s)."""
    _import(click, "ims", "The portal's IMS file(s)", _PORTAL)


def import_register(click: Click) -> None:
    """Reads the purchase register(s)."""
    _import(click, "register", "The purchase register(s)", _BOOKS)


def import_2b(click: Click) -> None:
    """Reads the drawn GSTR-2B."""
    _import(click, "gstr2b", "The portal's GSTR-2B file(s)", _TWO_B)


def reimport(click: Click) -> None:
    """Reads again what Home names, where a file of that name stands beside the workbook or where she says."""
    opened = read(click)
    found: dict[str, list[Path]] = {"ims": [], "register": [], "gstr2b": []}
    missing: list[str] = []
    for line in opened.state.files.itertuples():
        path = click.host.path.parent / str(line.file)
        if path.exists() and line.kind in found:
            found[str(line.kind)].append(path)
        elif line.kind in found:
            missing.append(str(line.file))
    if not any(found.values()):
        raise ImsXlError("None of the files named on Home stands in the workbook's folder; import them with IMS JSON, Register and 2B." + (f" Missing: {', '.join(missing)}." if missing else ""))
    _pull(click, opened, found["ims"], found["register"], found["gstr2b"], missing)


def match(click: Click) -> None:
    """Matches and fills everything."""
    opened, told = _mapped(click, read(click))
    rec = paint(click, opened)
    from ims_xl.faces.summary import needs_a_person

    click.asker.tell("\n".join([*told, _counts(rec), "", *(needs_a_person(rec) or ["Nothing is left for a person to decide."])]))


def suggest(click: Click) -> None:
    """Fills the suggestion wherever nobody has decided."""
    opened, told = _mapped(click, read(click))
    before = opened.state.work["action"]
    rec = paint(click, opened)
    after = rec.state.work["action"]
    changed = int((before.to_numpy(dtype=object) != after.to_numpy(dtype=object)).sum())
    click.asker.tell("\n".join([*told, f"{changed} rows were filled or changed by rule; what people set was left alone.", _counts(rec)]))


def read(click: Click) -> OpenBook:
    """The open workbook's state; asks for GSTIN and period where it does not say."""
    click.host.progress("Reading the workbook", 0.0)       # seen before the engine is loaded
    from ims_xl import book as books
    from ims_xl.gstin import is_valid
    from ims_xl.period import Period

    opened = books.read_book(click.host)
    settings = opened.state.settings
    if not settings.gstin:
        found = {str(g) for g in opened.state.ims["recipient_gstin"].unique()} - {""}
        gstin = found.pop() if len(found) == 1 else (click.asker.line("Whose workbook is this? The client's own GSTIN") or "").strip().upper()
        if not is_valid(gstin):
            raise ImsXlError("The workbook does not say whose it is, and no valid GSTIN was given.")
        settings = replace(settings, gstin=gstin)
    if settings.period is None:
        answer = click.asker.line("Which tax period is it for? For example 2026-10")
        if not answer:
            raise ImsXlError("The workbook does not say which tax period it is for.")
        settings = replace(settings, period=Period.parse(answer))
    opened = replace(opened, state=replace(opened.state, settings=settings))
    return books.remembering(opened, click.host.path.parent)


def _mapped(click: Click, opened: OpenBook) -> tuple[OpenBook, tuple[str, ...]]:
    """The book after a column of a register was given another field in Settings, as `ims-xl reconcile` reads it, and a line a file that this touches."""
    from ims_xl import month
    from ims_xl.book import with_state

    anew = month.read_anew(opened.state, click.host.path.parent)
    return (opened if anew.state is opened.state else with_state(opened, anew.state)), anew.lines


def paint(click: Click, opened: OpenBook) -> Reconciliation:
    """Reconciles and paints into the open workbook; a snapshot of what stood there is kept first."""
    from ims_xl import book as books

    host = click.host
    rec = books.reconciled(opened, click.today, host.progress)
    rec = books.unsealed(rec, host.book.name)
    host.progress("Writing", 0.8)
    from ims_xl.faces.ribbon_copies import keep

    keep(click)
    host.paint(books.plan(opened, rec))
    if told := books.fallen(opened.state):
        click.asker.tell(told)
    return rec


def _import(click: Click, kind: str, title: str, endings: tuple[str, ...]) -> None:
    chosen = click.asker.files(title, endings)
    if not chosen:
        return
    opened = read(click)
    files: dict[str, Sequence[Path]] = {"ims": (), "register": (), "gstr2b": (), kind: chosen}
    _pull(click, opened, files["ims"], files["register"], files["gstr2b"], [])


def _pull(click: Click, opened: OpenBook, ims: Sequence[Path], register: Sequence[Path], gstr2b: Sequence[Path], missing: list[str]) -> None:
    from ims_xl import month

    pulled = month.pull(opened.state, ims, register, gstr2b, click.host.progress)
    lines = [*pulled.lines, *([f"Not found beside the workbook: {', '.join(missing)}"] if missing else [])]
    if pulled.state is not opened.state:
        from ims_xl.book import with_state

        rec = paint(click, with_state(opened, pulled.state))
        lines += ["", _counts(rec)]
    click.asker.tell("\n".join(lines))


def _counts(rec: Any) -> str:
    counts = rec.state.work["action"].value_counts()
    return ", ".join(f"{int(counts.get(action.value, 0))} {action.value}" for action in Action)
