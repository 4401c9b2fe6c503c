"""`new`, `pull`, `reconcile` and `run`: the month on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.progress import Progress
    from ims_xl.state import BookState, Reconciliation

FILE = click.Path(path_type=Path)


def _as_of(ctx: click.Context, param: click.Parameter, value: str | None) -> date:
    if value is None:
        return date.today()
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ImsXlError(f"--as-of '{value}' is not a date; write it as 2026-11-12.") from None


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--as-of DATE`, today where it is not given."""
    return click.option("--as-of", "as_of", callback=_as_of, metavar="DATE", help="Work as if it were this day (default: today).")(command)


def client_options(required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Who and which period, as `new` and `run` need them."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option("--quarterly", is_flag=True, help="The client files GSTR-3B by quarter (QRMP).")(command)
        command = click.option("--name", default="", help="The client's name, for headings and letters.")(command)
        command = click.option("--period", required=required, metavar="2026-10", help="Tax period of the GSTR-2B.")(command)
        return click.option("--gstin", required=required, help="The client's own GSTIN.")(command)

    return add


def settings_of(gstin: str, period: str, name: str, quarterly: bool) -> Any:
    """Settings for a fresh book, checked."""
    from ims_xl.gstin import check_character, is_valid
    from ims_xl.period import Period
    from ims_xl.settings import Settings

    gstin = gstin.strip().upper()
    if not is_valid(gstin):
        hint = f"; its last character would have to be {check_character(gstin[:14])}" if len(gstin) == 15 and gstin[:14].isalnum() and gstin.isascii() else ""
        raise ImsXlError(f"--gstin {gstin or '(blank)'} is not a valid GSTIN of 15 characters{hint}.")
    when = Period.parse(period)
    return Settings(gstin=gstin, period=when.quarter_end if quarterly else when, name=name.strip(), quarterly=quarterly)


def refuse_existing(out: Path, inputs: Sequence[Path], force: bool) -> None:
    """An output is never one of the inputs, and replaces a file only with --force."""
    for path in inputs:
        if out.exists() and path.exists() and out.samefile(path):
            raise ImsXlError(f"The output {out} is one of the inputs; choose another name.")
        if out.absolute() == path.absolute():
            raise ImsXlError(f"The output {out} is one of the inputs; choose another name.")
    if out.is_dir():
        raise ImsXlError(f"{out} is a folder; give the name of a file in it.")
    if out.exists() and not force:
        raise ImsXlError(f"{out} exists already; give another name or --force to replace it.")
    if not out.parent.exists():
        raise ImsXlError(f"There is no folder {out.parent}; create it first.")


def need_workbook_name(out: Path) -> None:
    if out.suffix.lower() not in (".xlsx", ".xlsm"):
        raise ImsXlError(f"{out.name} must end in .xlsx (or .xlsm where the book has macros).")


@contextmanager
def watched() -> Iterator[Progress]:
    """A progress bar on a terminal, silence elsewhere and under --quiet."""
    from ims_xl.progress import silent

    if is_quiet():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield silent
        return
    with Bar(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def write_report(rec: Reconciliation, path: Path | None, book: Path | None = None) -> None:
    """The JSON report, written whole or not at all."""
    if path is None:
        return
    from ims_xl.hosts.safe_files import write_bytes
    from ims_xl.report import build_report

    text = json.dumps(build_report(rec, book.name if book else ""), indent=1, ensure_ascii=False) + "\n"
    write_bytes(path, text.encode())


@click.command()
@click.argument("book", type=FILE)
@client_options(required=True)
@click.option("--force", is_flag=True, help="Replace BOOK if it exists.")
@common
def new(book: Path, gstin: str, period: str, name: str, quarterly: bool, force: bool) -> None:
    """A fresh workbook for one client and period."""
    need_workbook_name(book)
    refuse_existing(book, [], force)
    settings = settings_of(gstin, period, name, quarterly)
    from ims_xl import book as books

    with books.held(book):
        opened = books.fresh(settings)
        books.write(opened, books.reconciled(opened, date.today()), book)
    _say(f"{book}: made for {settings.gstin}, {settings.period.label}. Next: ims-xl pull {book} --ims FILE --register FILE")


@click.command()
@click.argument("book", type=FILE)
@click.option("--ims", multiple=True, type=FILE, help="IMS download (JSON, or the portal's Excel).")
@click.option("--register", multiple=True, type=FILE, help="Purchase register (.xlsx .xlsm .xls .csv .xml).")
@click.option("--gstr2b", multiple=True, type=FILE, help="GSTR-2B (JSON, zip or Excel).")
@as_of_option
@common
def pull(book: Path, ims: tuple[Path, ...], register: tuple[Path, ...], gstr2b: tuple[Path, ...], as_of: date) -> None:
    """Read portal and books files into a workbook; what is there already is merged, never doubled."""
    if not (ims or register or gstr2b):
        raise ImsXlError("Nothing to pull: give --ims FILE, --register FILE or --gstr2b FILE.")
    from ims_xl import book as books
    from ims_xl import month

    with books.held(book), watched() as progress:
        opened = books.open_state(book)
        pulled = month.pull(opened.state, ims, register, gstr2b, progress)
        changed = pulled.state is not opened.state
        if changed:
            opened = books.with_state(opened, pulled.state)
            books.write(opened, books.reconciled(opened, as_of, progress), book, progress=progress)
    for line in pulled.lines:
        _say(line)
    if changed:
        _say_fallen(pulled.state)


@click.command()
@click.argument("book", type=FILE)
@click.option("-o", "--output", type=FILE, help="Write here and leave BOOK as it is.")
@click.option("--json", "report", type=FILE, help="Write the report here.")
@as_of_option
@click.option("--ims-sheet", default="", help="The sheet with the portal's documents, where it cannot be found by content.")
@click.option("--register-sheet", default="", help="The sheet with the purchase register, likewise.")
@click.option("--gstin", default="", help="The client's GSTIN, where the book does not say.")
@click.option("--period", default="", metavar="2026-10", help="The tax period, where the book does not say.")
@click.option("--name", default="", help="The client's name, where the book does not say.")
@click.option("--quarterly", is_flag=True, help="QRMP client, where the book does not say.")
@click.option("--host", type=click.Choice(["package", "openpyxl"]), default="package", help="Who writes the workbook (openpyxl: the reference, loses what it does not know).")
@click.option("--force", is_flag=True, help="Replace an existing OUT or REPORT.")
@common
def reconcile(
    book: Path, output: Path | None, report: Path | None, as_of: date, ims_sheet: str, register_sheet: str,
    gstin: str, period: str, name: str, quarterly: bool, host: str, force: bool,
) -> None:
    """Match, highlight, fill the action column, write the summary tabs."""
    if output is not None:
        need_workbook_name(output)
        refuse_existing(output, [book], force)
        if output.suffix.lower() != book.suffix.lower():
            raise ImsXlError(f"{output.name} must end in {book.suffix}, like {book.name}: macros and content types go with the ending.")
    if report is not None:
        refuse_existing(report, [book, *([output] if output else [])], force=True)
    from ims_xl import book as books
    from ims_xl import month

    with books.held(output or book), watched() as progress:
        opened = books.open_state(book, ims_sheet=ims_sheet, register_sheet=register_sheet, gstin=gstin, period=period, name=name, quarterly=quarterly, host=host)
        anew = month.read_anew(opened.state, book.absolute().parent)
        if anew.state is not opened.state:
            opened = books.with_state(opened, anew.state)
        rec = books.reconciled(opened, as_of, progress)
        books.write(opened, rec, output or book, progress=progress)
        write_report(rec, report, book)
    for line in anew.lines:
        _say(line)
    if output is None:
        _say_fallen(opened.state)
    if not is_quiet():
        from ims_xl.faces.summary import print_summary

        print_summary(rec, output or book)


@click.command()
@client_options(required=True)
@click.option("--ims", multiple=True, required=True, type=FILE, help="IMS download; may be repeated.")
@click.option("--register", multiple=True, required=True, type=FILE, help="Purchase register; may be repeated.")
@click.option("--gstr2b", multiple=True, type=FILE, help="GSTR-2B; may be repeated.")
@click.option("-o", "--output", required=True, type=FILE, help="The workbook to write.")
@click.option("--json", "report", type=FILE, help="Write the report here.")
@as_of_option
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
@common
def run(
    gstin: str, period: str, name: str, quarterly: bool, ims: tuple[Path, ...], register: tuple[Path, ...], gstr2b: tuple[Path, ...],
    output: Path, report: Path | None, as_of: date, force: bool,
) -> None:
    """new, pull and reconcile in one go."""
    need_workbook_name(output)
    inputs = [*ims, *register, *gstr2b]
    refuse_existing(output, inputs, force)
    if report is not None:
        refuse_existing(report, [*inputs, output], force=True)
    settings = settings_of(gstin, period, name, quarterly)
    with watched() as progress:
        rec = run_month(settings, ims, register, gstr2b, output, as_of, progress)
        write_report(rec, report)
    if not is_quiet():
        from ims_xl.faces.summary import print_summary

        print_summary(rec, output)


def run_month(
    settings: Any, ims: Sequence[Path], register: Sequence[Path], gstr2b: Sequence[Path], output: Path, as_of: date, progress: Progress,
) -> Reconciliation:
    """The main job as a function: files in, workbook written, answer back."""
    from ims_xl import book as books
    from ims_xl import month

    with books.held(output):
        opened = books.fresh(settings)
        opened = books.remembering(opened, output.parent)
        pulled = month.pull(opened.state, ims, register, gstr2b, progress)
        opened = books.with_state(opened, pulled.state)
        rec = books.reconciled(opened, as_of, progress)
        books.write(opened, rec, output, progress=progress)
    return rec


def _say_fallen(state: BookState) -> None:
    from ims_xl.book import fallen

    if told := fallen(state):
        _say(told)


def _say(text: str) -> None:
    if not is_quiet():
        click.echo(text)
