"""The buttons that show and change nothing: tabs, mapping, help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.faces.ribbon import Click

TABS: Final = {
    "default-risk": "Default Risk", "credit-notes": "Credit Notes", "pending-trail": "Pending", "show-2b": "GSTR-2B", "show-3b": "GSTR-3B", "tie-out": "Tie-out", "settings": "Settings",
}


def tab(click: Click) -> None:
    """Brings the tab forward."""
    found = sheet_named(click, TABS[click.action])
    if found is None:
        raise ImsXlError(f"This workbook has no tab '{TABS[click.action]}' yet; click Match first.")
    if click.host.native.state(found) != "visible":
        click.host.native.set_state(found, "visible")
    found.activate()


def sheet_named(click: Click, name: str) -> Any:
    """Our sheet of that name: `Log (IMS)` where a person's own sheet bears it already."""
    present = {sheet.name: sheet for sheet in click.host.book.sheets}
    return present.get(f"{name} (IMS)") or present.get(name)


def mapping(click: Click) -> None:
    """Which register column is read as what."""
    from ims_xl.faces.ribbon_month import read

    shown = read(click).state.mapping_shown
    if not len(shown):
        raise ImsXlError("No register has been read yet; import it with Register.")
    lines = [" - ".join(str(v) for v in row if str(v)) for row in shown.iloc[:40].itertuples(index=False)]
    click.asker.tell("Register columns and what they are read as (change them in Settings):\n\n" + "\n".join(lines))


def show_help(click: Click) -> None:
    """What is installed, and where to read on."""
    from ims_xl import __version__
    from ims_xl.addin.buttons import GROUPS

    groups = "\n".join(f"{group.label}: {', '.join(button.label for button in group.buttons)}" for group in GROUPS)
    click.asker.tell(
        f"ims-xl {__version__}\n\nThe month: Open client, IMS JSON, Register, 2B, Match, decide, Validate, Upload file.\nEvery button tells what it changes when the mouse rests on it;"
        f" Restore undoes.\n\n{groups}\n\nIf a button does nothing: ims-xl addin status"
    )
