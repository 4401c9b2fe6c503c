"""`addin build|install|status|remove`, and `ribbon`, which a click calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ims_xl.faces.cli import common, is_quiet


@click.group()
def addin() -> None:
    """Build, install, check or remove the Excel add-in."""


@addin.command()
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder for ims-xl.xlam.")
@common
def build(output: Path) -> None:
    """Write ims-xl.xlam into a folder."""
    from ims_xl.addin.build import build as build_file
    from ims_xl.faces.functions_wrapper import help_texts, wrapper_module

    _say(f"Written: {build_file(output, wrapper_module(), help_texts())}")


@addin.command()
@common
def install() -> None:
    """Put the add-in into Excel's start folder, for this user."""
    from ims_xl.addin.install import install as install_file
    from ims_xl.addin.install import places
    from ims_xl.faces.functions_wrapper import help_texts, wrapper_module

    at = places()
    if not at.windows:
        install_file("", {}, at)      # says why it cannot be done here, before anything is generated
    for line in install_file(wrapper_module(), help_texts(), at):
        _say(line)


@addin.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON on stdout.")
@common
def status(as_json: bool) -> None:
    """Check each link between Excel's button and our Python, with the remedy."""
    from ims_xl.addin.status import status as look

    found: dict[str, Any] = look()
    if as_json:
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    _say(f"Add-in: {found['file']} ({'installed' if found['installed'] else 'not installed'})")
    _say(f"Python: {found['python']}")
    _say(f"{len(found['buttons'])} buttons, {len(found['functions'])} functions")
    for problem in found["problems"]:
        click.echo(f"! {problem}")


@addin.command()
@common
def remove() -> None:
    """Take the add-in away again."""
    from ims_xl.addin.install import places
    from ims_xl.addin.install import remove as remove_file

    for line in remove_file(places()):
        _say(line)


@click.command()
@click.argument("action")
@click.option("--book", default="", help="The open workbook's name.")
@click.option("--hwnd", type=int, default=0, help="Excel's window.")
@common
def ribbon(action: str, book: str, hwnd: int) -> None:
    """What a ribbon button calls: does the whole job on the open workbook."""
    from ims_xl.faces.ribbon import click_button

    click_button(action, book, hwnd)


def _say(text: str) -> None:
    if not is_quiet():
        click.echo(text)
