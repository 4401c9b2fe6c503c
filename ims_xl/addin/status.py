"""The add-in looked over link by link, from the file that Excel loads to the Python behind it; each broken link with its remedy."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any, Final

from ims_xl.addin import install
from ims_xl.addin.buttons import all_buttons, control_id
from ims_xl.addin.install import Places

FUNCTIONS: Final = (
    "GSTIN_VALID", "GSTIN_STATE", "GSTIN_PAN", "DOCNO_KEY", "IMS_ACTION", "IMS_MATCH", "IMS_WHY", "ITC_TOTAL", "GST_DUE_DATE", "GST_PENDING_UNTIL",
    "GST_SETOFF", "IMS_RECONCILE",
)
"""Every worksheet function of the add-in."""


def status(at: Places | None = None) -> dict[str, Any]:
    """Every link of the chain; `problems` says what is broken and the remedy."""
    at = at or install.places()
    problems: list[str] = []
    noted = _noted(at)
    installed = at.addin.exists()
    if not at.windows:
        problems.append("Excel for Windows is needed; on this machine the add-in can be built ('ims-xl addin build -o DIR') but not installed.")
    elif not installed:
        problems.append("The add-in is not installed; run 'ims-xl addin install'.")
    if installed:
        problems += _file_problems(at.addin)
        if not noted:
            problems.append(f"{at.note} does not name a Python; run 'ims-xl addin install'.")
        elif not Path(noted).exists():
            problems.append(f"The Python that the add-in was installed with is gone ({noted}); install ims-xl again, then run 'ims-xl addin install'.")
        elif Path(noted) != at.python:
            problems.append(f"The add-in uses another Python ({noted}) than this command ({at.python}); run 'ims-xl addin install' to use this one.")
        if at.windows and not at.store and not install.registered():
            problems.append("The worksheet functions' server is not registered for this user; run 'ims-xl addin install'.")
        if at.store:
            problems.append(f"With Python from the Microsoft Store the add-in is added by hand once: Excel, File, Options, Add-ins, Go, Browse, {at.addin}.")
    return {
        "file": str(at.addin), "installed": installed, "python": noted or str(at.python),
        "buttons": [{"id": control_id(b.tag), "tag": b.tag, "label": b.label} for b in all_buttons()], "functions": list(FUNCTIONS), "problems": problems,
    }


def _noted(at: Places) -> str:
    try:
        return at.note.read_bytes().decode("utf-16").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _file_problems(addin: Path) -> list[str]:
    try:
        with zipfile.ZipFile(addin) as package:
            names = set(package.namelist())
    except (OSError, zipfile.BadZipFile):
        return [f"{addin} is damaged; run 'ims-xl addin install'."]
    missing = [part for part in ("xl/vbaProject.bin", "customUI/customUI14.xml") if part not in names]
    found = [f"{addin} lacks {', '.join(missing)}; run 'ims-xl addin install'."] if missing else []
    if sys.platform == "win32" and Path(f"{addin}:Zone.Identifier").exists():
        found.append(f"Windows marks {addin} as downloaded and Excel will not run it; right-click it, Properties, Unblock.")
    return found
