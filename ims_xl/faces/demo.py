"""`ims-xl demo`: a sample client's files, the whole month-end on them, and what to open."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Final

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.faces.commands_month import FILE, run_month, settings_of, watched, write_report
from ims_xl.vocabulary import ImsXlError

MARK: Final = "ims-xl-demo.txt"
AS_OF: Final = date(2026, 11, 16)


@click.command()
@click.argument("folder", type=FILE, default=Path("ims-xl-demo"))
@common
def demo(folder: Path) -> None:
    """A sample client: portal JSON, register and 2B in FOLDER, the whole month-end on it, and what to open."""
    from ims_xl.hosts.safe_files import make_folder
    from ims_xl.sample import write_sample

    if folder.exists():     # an earlier demo is replaced, anything else refused
        if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).exists()):
            raise ImsXlError(f"{folder} exists and is no demo of ours; give another folder.")
        shutil.rmtree(folder)
    make_folder(folder)
    (folder / MARK).write_text("A sample client made by 'ims-xl demo'. Everything in it is invented; the next demo replaces the folder.\n", "utf-8")
    client = write_sample(folder)
    settings = settings_of(client.gstin, str(client.period), client.name, False)
    book = folder / f"{client.gstin}_{client.period}.xlsx"
    with watched() as progress:
        rec = run_month(settings, [client.ims], [client.register], [client.gstr2b], book, AS_OF, progress)
        write_report(rec, folder / "report.json")
    if is_quiet():
        return
    from ims_xl.faces.summary import print_summary

    print_summary(rec, book)
    click.echo(f"The client's files: {client.ims}, {client.register}, {client.gstr2b}")
    click.echo(f"The report: {folder / 'report.json'}")
