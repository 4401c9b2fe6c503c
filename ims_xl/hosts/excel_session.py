"""Writing into a live Excel without leaving a trace of ourselves: settings switched off and always put back, even after a crash.

Before anything is switched off, what stood there is written to a small file of this Excel's window; whoever comes next
finds it and puts the settings back. The same folder holds the before-image of a book that is being written to.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ims_xl.hosts.excel_native import Native
from ims_xl.vocabulary import ImsXlError

_QUIET: Final = {"screen_updating": False, "enable_events": False, "display_alerts": False, "calculation": "manual"}
MARKER: Final = "_ims_xl_writing"      # the hidden name of a book that is being written to
BUSY: Final = "Excel is busy: finish the cell you are typing in (Enter or Esc), close any open dialog, then click again. Nothing was changed."


def state_folder() -> Path:
    """Where this user's passing notes stand; made where missing."""
    told = os.environ.get("IMS_XL_STATE")
    if told:
        folder = Path(told)
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "ims-xl"
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "ims-xl"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def wait_until_ready(app: Any, native: Native, seconds: float = 15.0) -> None:
    """ImsXlError where Excel stays in a cell or a dialog."""
    until = time.monotonic() + seconds
    while not native.ready(app):
        if time.monotonic() > until:
            raise ImsXlError(BUSY)
        time.sleep(0.2)


@contextlib.contextmanager
def quiet(app: Any) -> Iterator[None]:
    """Screen, events, alerts and calculation off inside, as they were afterwards."""
    heal_settings(app)
    before = {name: getattr(app, name) for name in _QUIET}
    note = _note(app)
    note.write_text(json.dumps(before))
    try:
        for name, value in _QUIET.items():
            setattr(app, name, value)
        yield
    finally:
        _put_back(app, before)
        note.unlink(missing_ok=True)


def heal_settings(app: Any) -> bool:
    """Puts back what a run that was killed had switched off; True where there was something."""
    note = _note(app)
    try:
        before = json.loads(note.read_text())
    except (OSError, ValueError):
        return False
    _put_back(app, {name: before[name] for name in _QUIET if name in before})
    app.status_bar = False
    note.unlink(missing_ok=True)
    return True


def _put_back(app: Any, before: dict[str, Any]) -> None:
    for name in reversed(_QUIET):
        if name in before:
            setattr(app, name, before[name])


def _note(app: Any) -> Path:
    return state_folder() / f"excel-{app.pid}.json"
