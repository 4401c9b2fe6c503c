"""A click of the ribbon: the tag finds its function, the function does its whole job on the open workbook.

`python -m ims_xl ribbon ACTION --book NAME --hwnd N` comes here. Whatever cannot be done is said in a message box; nothing is half-written.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from ims_xl.faces.ribbon_asker import Asker, ConsoleAsker, ExcelAsker
from ims_xl.vocabulary import Cancelled, ImsXlError

if TYPE_CHECKING:
    from ims_xl.hosts.excel import ExcelBook

ACTIONS: Final[dict[str, str]] = {
    # tag: module of ims_xl.faces and its function
    "open-client": "ribbon_month:open_client", "period": "ribbon_month:show_period", "roll-forward": "ribbon_files:roll_forward",
    "import-ims": "ribbon_month:import_ims", "import-register": "ribbon_month:import_register", "import-2b": "ribbon_month:import_2b",
    "reimport": "ribbon_month:reimport", "mapping": "ribbon_show:mapping",
    "match": "ribbon_month:match", "link": "ribbon_rows:link", "unlink": "ribbon_rows:unlink", "why": "ribbon_glance:why",
    "suggest": "ribbon_month:suggest",
    **{f"{tag}{scope}": "ribbon_rows:decide" for tag in ("accept", "reject", "pending", "no-action", "reset") for scope in ("", "-visible", "-supplier", "-class")},
    "next-exception": "ribbon_glance:next_exception", "default-risk": "ribbon_show:tab", "credit-notes": "ribbon_show:tab", "pending-trail": "ribbon_show:tab",
    "filter": "ribbon_glance:filter_rows", "filter-not-in-books": "ribbon_glance:filter_rows", "filter-differs": "ribbon_glance:filter_rows",
    "filter-open": "ribbon_glance:filter_rows", "filter-all": "ribbon_glance:filter_rows",
    "show-2b": "ribbon_show:tab", "show-3b": "ribbon_show:tab", "tie-out": "ribbon_show:tab",
    "validate": "ribbon_files:validate", "upload-file": "ribbon_files:upload_file", "read-errors": "ribbon_files:read_errors", "letters": "ribbon_files:letters",
    "snapshot": "ribbon_files:snapshot", "restore": "ribbon_files:restore", "sign-off": "ribbon_files:sign_off", "print-set": "ribbon_files:print_set",
    "settings": "ribbon_show:tab", "help": "ribbon_show:show_help",
}


@dataclass
class Click:
    """One click: which button, on which open workbook (none for `open-client` and `help`), whom to ask, and which day it is."""

    action: str
    book: ExcelBook | None
    asker: Asker
    app: Any = None
    today: date = field(default_factory=date.today)

    @property
    def host(self) -> ExcelBook:
        """The open workbook; an ImsXlError where the button needs one and none is open."""
        if self.book is None:
            raise ImsXlError("No workbook is open; open the client's workbook first (Open client).")
        return self.book


def click_button(action: str, book: str, hwnd: int) -> None:
    """From the command line: finds the workbook, does the job, tells the outcome in Excel."""
    if action not in ACTIONS:
        raise ImsXlError(f"The ribbon has no button '{action}'.")
    asker: Asker = ConsoleAsker()
    try:
        found = _book(action, book, hwnd)
        app = found.app if found else _app(hwnd)
        if app is not None and sys.platform == "win32":
            asker = ExcelAsker(app)
        do(Click(action, found, asker, app))
    except Cancelled:
        asker.tell("Cancelled; nothing was changed.")
    except ImsXlError as wrong:
        if isinstance(asker, ConsoleAsker):
            raise
        asker.refuse(str(wrong))
    except Exception as defect:
        if isinstance(asker, ConsoleAsker):
            raise
        asker.refuse(f"A defect of ours ({type(defect).__name__}: {defect}). The workbook is as it was. Run 'ims-xl ribbon {action} --debug' and send us what it prints.")


def do(click: Click) -> None:
    """Runs the button's function with settings healed before and the status bar clean after."""
    function = function_of(click.action)
    if click.book is None:
        function(click)
        return
    with click.book.at_work():
        function(click)


def function_of(action: str) -> Callable[[Click], None]:
    """The function behind a tag, imported when it is first needed."""
    module, name = ACTIONS[action].split(":")
    found: Callable[[Click], None] = getattr(importlib.import_module(f"ims_xl.faces.{module}"), name)
    return found


def _book(action: str, book: str, hwnd: int) -> ExcelBook | None:
    if not book and action in ("open-client", "help"):
        return None
    from ims_xl.hosts.excel import ExcelBook

    if not book:
        raise ImsXlError("No workbook is open; open the client's workbook first (Open client).")
    return ExcelBook.find(book, hwnd)


def _app(hwnd: int) -> Any:
    from ims_xl.hosts.excel import excel_side

    xw = excel_side()
    if xw.engines.active is None:
        return None
    return next((app for app in xw.apps if not hwnd or app.hwnd == hwnd), None)
