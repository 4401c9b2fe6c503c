"""`letters`, `rollover`, `sign`, `verify` and `print`: what happens after the decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.faces.commands_month import as_of_option, need_workbook_name, refuse_existing, watched
from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.letters import Written

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("book", type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The folder for the letters.")
@click.option("--templates", type=FILE, help="A folder with the firm's own subject.txt, letter.txt or letter.html (Jinja2).")
@click.option("--write-templates", is_flag=True, help="Put the templates into --templates DIR first, to edit them; those that stand there stay.")
@click.option("--outlook", is_flag=True, help="Also save each new letter among Outlook's drafts (Windows). Nothing is sent.")
@as_of_option
@common
def letters(book: Path, output: Path, templates: Path | None, write_templates: bool, outlook: bool, as_of: date) -> None:
    """Supplier alerts: one e-mail draft (.eml) and one plain text (.txt) per supplier. Nothing is sent."""
    from ims_xl import book as books
    from ims_xl import letters as supplier_letters
    from ims_xl.letters import outlook as mailbox

    application = mailbox.outlook() if outlook else None
    if outlook and application is None:
        raise ImsXlError(f"--outlook: {mailbox.MISSING}")
    if write_templates:
        if templates is None:
            raise ImsXlError("--write-templates needs --templates DIR: the folder into which they go.")
        for name in supplier_letters.write_templates(templates):
            _say(f"{templates / name}: written, yours to edit")
    with watched() as progress:
        opened = books.open_state(book)
        rec = books.reconciled(opened, as_of, progress)
        did = supplier_letters.write_letters(rec, output, templates)
    _say(f"{output}: {len(did.added)} files added, {len(did.refreshed)} refreshed, {len(did.unchanged)} unchanged")
    if application is not None:
        _say(f"  saved among Outlook's drafts: {mailbox.save_drafts(application, new_mails(output, did))}")
    for name in did.edited:
        _say(f"  kept as you edited it: {name}")
    for name in did.closed:
        _say(f"  nothing open any more: {name}")


def new_mails(folder: Path, did: Written) -> list[Path]:
    """The drafts that this run added; those of an earlier run stand in the mailbox already."""
    return [folder / name for name in did.added if name.endswith(".eml")]


@click.command()
@click.argument("book", type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The next period's book.")
@click.option("--force", is_flag=True, help="Replace OUTPUT if it exists.")
@as_of_option
@common
def rollover(book: Path, output: Path, force: bool, as_of: date) -> None:
    """The next period's book; BOOK stays byte for byte as it is."""
    need_workbook_name(output)
    refuse_existing(output, [book], force)
    from ims_xl import book as books
    from ims_xl.closing import roll_over

    with books.held(output), watched() as progress:
        rolled = roll_over(book, output, as_of, progress)
    _say(f"{output}: {rolled.period}, {rolled.documents} documents and {rolled.vouchers} register lines carried forward, {rolled.earlier} documents already counted are remembered")


@click.command()
@click.argument("book", type=FILE)
@click.option("--as", "role", required=True, type=click.Choice(["preparer", "reviewer"]), help="In which role.")
@click.option("--name", required=True, help="Name of the person.")
@common
def sign(book: Path, role: str, name: str) -> None:
    """Sign off a book with hashes of its sources and contents."""
    from ims_xl import book as books
    from ims_xl.closing import record_closed
    from ims_xl.signing import sign as put_name

    with books.held(book):
        put_name(book, role, name)
        if role == "reviewer":
            record_closed(book)
    _say(f"{book} is signed by {name} as {role}." + (" The month is closed." if role == "reviewer" else ""))


@click.command()
@click.argument("book", type=FILE)
@common
def verify(book: Path) -> None:
    """Prove that a signed book is unaltered; exit code 2 names what changed."""
    from ims_xl.signing import verify as prove

    _say(prove(book))


@click.command(name="print")
@click.argument("book", type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The PDF to write.")
@click.option("--force", is_flag=True, help="Replace OUTPUT if it exists.")
@common
def print_(book: Path, output: Path, force: bool) -> None:
    """The working paper as PDF (LibreOffice makes it): Home, exceptions, pending, default risk, 2B, 3B, tie-out, sign-off."""
    refuse_existing(output, [book], force)
    from ims_xl.printing import print_book

    print_book(book, output)
    _say(f"{output} is written.")


def _say(text: str) -> None:
    if not is_quiet():
        click.echo(text)
