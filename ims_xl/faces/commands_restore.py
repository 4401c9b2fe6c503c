"""`ims-xl restore`: an earlier version of a book, back in its place."""

from __future__ import annotations

from pathlib import Path

import click

from ims_xl.faces.cli import common, is_quiet


@click.command(help="Bring back an earlier version of a book. What stands there now becomes a version itself, so nothing is lost.")
@click.argument("book", type=click.Path(path_type=Path))
@click.option("--list", "listing", is_flag=True, help="Show the versions that are kept; change nothing.")
@click.option("--to", "which", type=click.IntRange(min=1), default=1, show_default=True, help="The number of the version, 1 is the latest.")
@common
def restore(book: Path, listing: bool, which: int) -> None:
    from ims_xl.hosts import safe_files

    if listing:
        versions = safe_files.list_snapshots(book)
        if not versions:
            click.echo(f"{book.name}: no earlier versions are kept.")
        for version in versions:
            click.echo(f"{version.number:>3}  {version.taken_at.astimezone():%d-%m-%Y %H:%M:%S}  {version.size / 1024:,.0f} KB")
        return
    with safe_files.book_lock(book):
        chosen = safe_files.restore(book, which)
    if not is_quiet():
        click.echo(f"{book.name}: restored the version of {chosen.taken_at.astimezone():%d-%m-%Y %H:%M:%S}; what stood there before is now version 1.")
