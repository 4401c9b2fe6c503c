"""The add-in on this user's machine: installed into Excel's start folder, looked over link by link, taken away again. No admin rights.

Which Python runs behind the buttons stands in `.ims-xl/python.txt` in the user's own folder, one line in UTF-16, which VBA can
read whatever the letters. It does not stand in the start folder, since Excel opens every file that it finds there; nor
under AppData, since Python from the Microsoft Store sees a private copy of that.
"""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ims_xl.addin.build import FILE, Help, build
from ims_xl.addin.buttons import all_buttons, control_id
from ims_xl.hosts.safe_files import write_bytes
from ims_xl.vocabulary import ImsXlError

CLASS_ID: Final = "{3D6F5C2E-1B7A-4E0B-9B0D-6A2C41F7A5D1}"
PROGRAM_ID: Final = "ImsXl.Functions"
SERVER: Final = "ims_xl.faces.functions_server"


@dataclass(frozen=True)
class Places:
    """Where things stand on this machine."""

    addin: Path
    note: Path
    python: Path
    windows: bool
    store: bool


def places(environment: Mapping[str, str] | None = None, platform: str = sys.platform, executable: str = sys.executable) -> Places:
    """Excel's start folder, our note, and the Python that is running now."""
    env = os.environ if environment is None else environment
    home = Path(env.get("USERPROFILE") or env.get("HOME") or Path.home())
    windows = platform == "win32"
    store = "WindowsApps" in executable or "PythonSoftwareFoundation" in executable
    roaming = Path(env.get("APPDATA") or home / "AppData" / "Roaming")
    folder = home / ".ims-xl" if store or not windows else roaming / "Microsoft" / "Excel" / "XLSTART"
    return Places(folder / FILE, home / ".ims-xl" / "python.txt", windowless(Path(executable)), windows, store)


def windowless(python: Path) -> Path:
    """pythonw.exe beside python.exe, which shows no console; the same Python where there is none."""
    beside = python.with_name(python.name.lower().replace("python.exe", "pythonw.exe"))
    return beside if python.name.lower() == "python.exe" and beside.exists() else python


def install(wrapper: str, help_texts: Help, at: Places) -> list[str]:
    """Builds the add-in into its place and notes the Python; what to tell the user."""
    if not at.windows:
        raise ImsXlError("The add-in runs in Excel for Windows, so it cannot be installed here; 'ims-xl addin build -o DIR' makes the file, and all else of ims-xl works without Excel.")
    build(at.addin.parent, wrapper, help_texts)
    at.note.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(at.note, f"{at.python}\r\n".encode("utf-16"))
    told = [f"Installed: {at.addin}", f"Python: {at.python}"]
    if at.store:
        told.append(f"This Python is from the Microsoft Store, which keeps Excel's start folder out of reach. In Excel: File, Options, Add-ins, Go, Browse, choose {at.addin}. The functions that need Python (IMS_ACTION ...) stay off.")
    else:
        _register(at.python)
        told.append("Start Excel anew: the tab 'GST IMS' is there.")
    return told


def remove(at: Places) -> list[str]:
    """Takes away what install put there; what to tell the user."""
    gone = [file for file in (at.addin, at.note) if file.exists()]
    for file in gone:
        try:
            file.unlink()
        except PermissionError:
            raise ImsXlError(f"{file} is in use; close Excel, then run 'ims-xl addin remove' again.") from None
    if at.windows and not at.store:
        _unregister()
    return [f"Removed: {file}" for file in gone] or ["The add-in was not installed here."]


def status(functions: tuple[str, ...], at: Places) -> dict[str, Any]:
    """Every link of the chain; `problems` says what is broken and the remedy."""
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
        if at.windows and not at.store and not _registered():
            problems.append("The worksheet functions' server is not registered for this user; run 'ims-xl addin install'.")
        if at.store:
            problems.append(f"With Python from the Microsoft Store the add-in is added by hand once: Excel, File, Options, Add-ins, Go, Browse, {at.addin}.")
    return {
        "file": str(at.addin), "installed": installed, "python": noted or str(at.python),
        "buttons": [{"id": control_id(b.tag), "tag": b.tag, "label": b.label} for b in all_buttons()], "functions": list(functions), "problems": problems,
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


def _register(python: Path) -> None:
    """The function server's class, for this user only."""
    if sys.platform == "win32":
        import winreg

        for key, value in (
            (rf"Software\Classes\{PROGRAM_ID}\CLSID", CLASS_ID), (rf"Software\Classes\CLSID\{CLASS_ID}\ProgID", PROGRAM_ID),
            (rf"Software\Classes\CLSID\{CLASS_ID}\LocalServer32", f'"{python}" -m {SERVER}'),
        ):
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as handle:
                winreg.SetValueEx(handle, "", 0, winreg.REG_SZ, value)


def _unregister() -> None:
    if sys.platform == "win32":
        import contextlib
        import winreg

        for key in (
            rf"Software\Classes\{PROGRAM_ID}\CLSID", rf"Software\Classes\{PROGRAM_ID}", rf"Software\Classes\CLSID\{CLASS_ID}\ProgID",
            rf"Software\Classes\CLSID\{CLASS_ID}\LocalServer32", rf"Software\Classes\CLSID\{CLASS_ID}",
        ):
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)


def _registered() -> bool:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"Software\Classes\CLSID\{CLASS_ID}\LocalServer32"):
                return True
        except FileNotFoundError:
            return False
    return False
