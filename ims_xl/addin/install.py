"""The add-in on this user's machine: installed into Excel's start folder and taken away again. No admin rights.

Which Python runs behind the buttons stands in `.ims-xl/python.txt` in the user's own folder, one line in UTF-16, which VBA can
read whatever the letters. It does not stand in the start folder, since Excel opens every file that it finds there; nor
under AppData, since Python from the Microsoft Store sees a private copy of that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ims_xl.addin.build import FILE, Help, build
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


def registered() -> bool:
    """The function server's class is there."""
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, rf"Software\Classes\CLSID\{CLASS_ID}\LocalServer32"):
                return True
        except FileNotFoundError:
            return False
    return False
