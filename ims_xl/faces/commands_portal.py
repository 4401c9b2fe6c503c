"""`export`, `errors` and `fill-offline-tool`: decisions go to the portal, and what the portal says comes back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.faces.commands_month import refuse_existing, watched
from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.state import BookState

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("book", type=FILE)
@click.option("-o", "--output", type=FILE, default=Path("upload.json"), show_default=True, help="The upload file.")
@click.option("--profile", type=click.Choice(["portal-offline", "api-strict"]), default="portal-offline", show_default=True, help="For the portal's Offline tab, or for the API of a GSP.")
@click.option("--gstr3b", type=FILE, help="Write the GSTR-3B JSON here too.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@common
def export(book: Path, output: Path, profile: str, gstr3b: Path | None, force: bool) -> None:
    """The actions as the portal's upload JSON; only what differs from the last download."""
    outputs = [output, *([gstr3b] if gstr3b else [])]
    for path in outputs:
        refuse_existing(path, [book], force)
    if gstr3b is not None and gstr3b.absolute() == output.absolute():
        raise ImsXlError("The upload file and the GSTR-3B file need two names.")
    from ims_xl import book as books
    from ims_xl.hosts import safe_files
    from ims_xl.returns import gstr3b_json
    from ims_xl.writers.upload import build_upload

    with books.held(book), watched() as progress:
        opened = books.open_state(book)
        state = opened.state
        rec = books.reconciled(opened, _day_of(state), progress)
        made = build_upload(state.ims, state.work, profile, state.settings, rec.decisions["allowed"], rec.decisions["reduce_needed"], output.name, opened.ims.rows.tolist())
        files = [(output.parent / name, data) for name, data in (*made.files, *made.reset_files)]
        for path, _ in files:
            refuse_existing(path, [book], force)
        if gstr3b is not None:
            files.append((gstr3b, gstr3b_json.build(rec.gstr3b, rec.state.inputs, rec.state.settings)))
        for path, data in files:
            safe_files.write_bytes(path, data)
        if made.files or made.reset_files:
            try:
                if note_sent(opened, rec, f"{profile}: " + "; ".join(made.lines())):
                    opened.host.save(opened.host.path)
            except ImsXlError as wrong:   # the files are written; the book itself may be open in Excel
                click.echo(f"ims-xl: the upload is written, but not noted in the book's Log: {wrong}", err=True)
    for line in made.lines():
        _say(line)
    for path, data in files:
        _say(f"{path}: {len(data):,} bytes")
    if gstr3b is not None:
        for warning in rec.gstr3b.warnings:
            _say(f"GSTR-3B, before filing: {warning}")
        _say("Table 3 but for 3.1(d) is locked on the portal: the file serves 3.1(d) and tables 4, 5 and 5.1; what the portal does with other figures in a locked table is not known.")


@click.command()
@click.argument("book", type=FILE)
@click.argument("portal_errors", type=FILE)
@common
def errors(book: Path, portal_errors: Path) -> None:
    """Puts the portal's error report on the rows it is about."""
    from dataclasses import replace

    from ims_xl import book as books
    from ims_xl.readers.portal_errors import put_errors

    if not portal_errors.exists():
        raise ImsXlError(f"There is no file {portal_errors}.")
    with books.held(book), watched() as progress:
        opened = books.open_state(book)
        done = put_errors(opened.state, portal_errors)
        opened = replace(opened, state=done.state)
        books.write(opened, books.reconciled(opened, _day_of(done.state), progress), book, progress=progress)
    for line in done.lines:
        _say(line)
    if told := books.fallen(done.state):
        _say(told)


@click.command(name="fill-offline-tool")
@click.argument("tool", type=FILE)
@click.argument("book", type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The filled tool.")
@click.option("--force", is_flag=True, help="Replace OUTPUT if it exists.")
@common
def fill_offline_tool(tool: Path, book: Path, output: Path, force: bool) -> None:
    """Fills the GSTN IMS Offline Tool's own workbook: Status, Remarks, declarations; everything else stays as it is."""
    refuse_existing(output, [tool, book], force)
    if not tool.exists():
        raise ImsXlError(f"There is no file {tool}.")
    if output.suffix.lower() != tool.suffix.lower():
        raise ImsXlError(f"{output.name} must end in {tool.suffix}, like {tool.name}: macros and content types go with the ending.")
    from ims_xl import book as books
    from ims_xl.hosts import open_book
    from ims_xl.readers.offline_tool import read_tool, says_accepted
    from ims_xl.writers.offline_tool import fill_tool

    with books.held(output), watched() as progress:
        opened = books.open_state(book)
        state = opened.state
        rec = books.reconciled(opened, _day_of(state), progress)
        host = open_book(tool)
        try:
            sheets = read_tool(host)
            made = fill_tool(sheets, state.ims, state.work, rec.decisions["allowed"], rec.decisions["reduce_needed"], opened.ims.rows.tolist(), says_accepted(tool))
            host.paint(made.plan)
            host.save(output)
        finally:
            host.close()
    for line in made.lines:
        _say(line)
    _say(f"{output}: open it, press Validate Sheet on every sheet, then Generate JSON File to Upload")


def _day_of(state: BookState) -> date:
    """The day of the last run, so that nothing but the portal's word changes; today where the book has none."""
    said = state.inputs.get("run.as_of", "")
    return date.fromisoformat(said) if said else date.today()


def note_sent(opened: Any, rec: Any, text: str) -> bool:
    """One line painted into the book's Log, where the book is ours and nobody has signed it: what went out, with the files' hashes."""
    from dataclasses import replace

    import pandas as pd

    from ims_xl import book as books
    from ims_xl.state import LOG_COLUMNS, user_name
    from ims_xl.workbook.plan import Plan

    state = opened.state
    if not opened.ours or getattr(state, "seal", None):
        return False
    line = pd.DataFrame([{"at": datetime.now().strftime("%Y-%m-%d %H:%M:%S"), "who": user_name(), "document": "upload file", "field": "export", "before": "", "after": text[:30000], "how": "hand", "why": ""}],
                        columns=list(LOG_COLUMNS)).astype("str")
    state = replace(state, log=pd.concat([state.log, line], ignore_index=True) if len(state.log) else line)
    whole = books.plan(opened, replace(rec, state=state))
    wanted = {opened.names.get("Log", "Log"), books.STORE}
    opened.host.paint(Plan(sheets=tuple(sheet for sheet in whole.sheets if sheet.name in wanted)))
    return True


def _say(text: str) -> None:
    if not is_quiet():
        click.echo(text)
