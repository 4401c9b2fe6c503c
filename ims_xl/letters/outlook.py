"""Letters that were written -> drafts in Outlook, on the machine that has it. Nothing is sent: a person reads each draft and presses Send herself.

`outlook()` is the running Outlook or None; `save_drafts(application, paths)` makes one saved item of each `.eml`.
"""

from __future__ import annotations

import email
import importlib
import sys
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

from ims_xl.hosts.scratch import private_folder
from ims_xl.vocabulary import ImsXlError

_MAIL_ITEM: Final = 0   # OlItemType.olMailItem
MISSING: Final = "Outlook does not answer on this machine. The .eml files open as drafts in any mail program."


def outlook() -> Any | None:
    """Outlook as its automation library gives it; None where there is none."""
    if sys.platform != "win32":
        return None
    try:
        return importlib.import_module("win32com.client").Dispatch("Outlook.Application")
    except Exception:  # noqa: BLE001 - whatever COM raises means that this Outlook cannot be used
        return None


def save_drafts(application: Any, paths: Sequence[Path]) -> int:
    """One saved, unsent item a letter, with its receiver, subject, body and attachment."""
    with private_folder() as folder:
        for path in paths:
            try:
                _save(application, path, folder)
            except Exception as wrong:  # noqa: BLE001 - COM has its own tree of errors
                raise ImsXlError(f"Outlook did not take {path.name} ({type(wrong).__name__}); the file itself is whole, open it instead.") from None
    return len(paths)


def _save(application: Any, path: Path, folder: Path) -> None:
    mail = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP)
    item = application.CreateItem(_MAIL_ITEM)
    item.To = str(mail["To"] or "").replace(",", ";")   # Outlook parts its receivers by semicolons
    item.Subject = str(mail["Subject"] or "")
    body = mail.get_body(("html", "plain"))
    item.HTMLBody = body.get_content() if body is not None else ""
    for part in mail.iter_attachments():
        file = folder / f"{path.stem}.xlsx"   # our own name, never one from the mail
        file.write_bytes(part.get_content())
        item.Attachments.Add(str(file))
    item.Save()
