"""`ims-xl doctor`: looks at the machine link by link and says how to mend what is missing. Changes nothing."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ims_xl import __version__
from ims_xl.hosts import locks
from ims_xl.hosts.safe_files import write_bytes
from ims_xl.vocabulary import ImsXlError

_NEEDED = ("numpy", "pandas", "pyarrow", "openpyxl", "xlsxwriter", "fastexcel", "xlwings", "click", "rich", "rapidfuzz", "jinja2", "sqlalchemy", "fastjsonschema", "defusedxml", "pebble")
_EXTRAS = {"isal": ("speed", "workbooks that are written a third faster"), "distributed": ("batch", "batch on a Dask cluster"), "pyopenvba": ("excel", "building the Excel add-in")}


@dataclass(frozen=True)
class Finding:
    what: str
    found: str
    grade: Literal["ok", "warn", "bad"] = "ok"
    remedy: str = ""


def examine() -> list[Finding]:
    """Every link of the chain, in the order in which things break."""
    return [_python(), _command(), Finding("ims-xl", f"{__version__} in {Path(__file__).parent.parent}"), *_packages(), _template(), _temporary(), _here(), _office(), _fonts(), *_excel()]


def _python() -> Finding:
    bits = 64 if sys.maxsize > 1 << 32 else 32
    found = f"{platform.python_version()}, {bits} bits ({sys.executable})"
    return Finding("Python", found, "ok" if bits == 64 else "warn", "" if bits == 64 else "Large books need more memory than 32 bits have: install the 64-bit Python.")


def _command() -> Finding:
    found = shutil.which("ims-xl")
    return Finding("Command", found or "'ims-xl' is not on the search path", "ok" if found else "warn", "" if found else f"'{Path(sys.executable).name} -m ims_xl' does the same; or put the folder of scripts on PATH ('pipx ensurepath').")


def _packages() -> list[Finding]:
    findings = []
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        findings.append(Finding("Packages", f"missing: {', '.join(missing)}", "bad", "Install ims-xl again: pip install --force-reinstall ims-xl"))
    else:
        old = _too_old()
        if old:
            findings.append(Finding("Packages", f"too old: {', '.join(old)}", "bad", "pip install --upgrade ims-xl"))
        findings.append(Finding("Packages", ", ".join(f"{name} {_version(name)}" for name in ("pandas", "openpyxl", "fastexcel", "xlwings"))))
    for name, (extra, gives) in _EXTRAS.items():
        if importlib.util.find_spec(name) is None and (name != "pyopenvba" or importlib.util.find_spec("pyOpenVBA") is None):
            findings.append(Finding(f"Extra '{extra}'", "not installed", "warn", f"pip install 'ims-xl[{extra}]' brings {gives}."))
    return findings


def _too_old() -> list[str]:
    """Packages below what this ims-xl asks for."""
    try:
        wanted = importlib.metadata.requires("ims-xl") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    asked = [found for line in wanted if (found := re.match(r"([\w.-]+)>=([\d.]+)$", line.split(";")[0].strip())) and "extra" not in line]
    return [f"{m[1]} {_version(m[1])} (needs {m[2]})" for m in asked if _numbers(_version(m[1])) < _numbers(m[2])]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "?"


def _template() -> Finding:
    from ims_xl.book import template

    try:
        return Finding("Templates", str(template()))
    except ImsXlError as wrong:
        return Finding("Templates", "missing", "bad", str(wrong))


def _temporary() -> Finding:
    try:
        with tempfile.NamedTemporaryFile() as probe:
            probe.write(b"x")
        free = shutil.disk_usage(tempfile.gettempdir()).free >> 20
    except OSError as wrong:
        return Finding("Temporary folder", f"{tempfile.gettempdir()}: {wrong.strerror}", "bad", "Set TMPDIR (TEMP on Windows) to a folder that can be written.")
    return Finding("Temporary folder", f"{tempfile.gettempdir()}, {free:,} MB free", "ok" if free > 500 else "warn", "" if free > 500 else "Make room; large books need some hundred MB.")


def _here() -> Finding:
    """Whether books can live in this folder: a file is made, locked, and put in another's place, as every run does."""
    here = Path.cwd()
    try:
        with tempfile.TemporaryDirectory(dir=here, prefix=".ims-xl-doctor-") as probe:
            book = Path(probe) / "book.xlsx"
            with locks.held(Path(probe) / "lock", 1.0, "the probe"):
                write_bytes(book, b"one")
                write_bytes(book, b"two")
            if book.read_bytes() != b"two":
                return Finding("This folder", f"{here} does not keep what is written", "bad", "Work on a local drive and copy the books over.")
    except (OSError, ImsXlError) as wrong:
        return Finding("This folder", f"{here}: {getattr(wrong, 'strerror', None) or wrong}", "warn", "Books are written beside the old ones; work in a folder of your own.")
    return Finding("This folder", f"{here}: files can be written, replaced and locked")


def _office() -> Finding:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if not found:
        return Finding("LibreOffice", "not found", "warn", "Only 'ims-xl print' needs it; install LibreOffice Calc for PDF working papers.")
    try:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return Finding("LibreOffice", f"{found} does not start", "warn", "Install LibreOffice again; only 'ims-xl print' needs it.")
    return Finding("LibreOffice", f"{' '.join(told.split()[:2]) or 'version unknown'} ({found})")


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    if sys.platform in ("win32", "darwin") or lister is None:
        return Finding("Fonts", "those of the system")
    families = subprocess.run([lister, ":", "family"], capture_output=True, text=True, timeout=10, check=False).stdout
    good = [name for name in ("Calibri", "Carlito", "Liberation Sans", "Arial") if name in families]
    return Finding("Fonts", good[0] if good else "no usual office font", "ok" if good else "warn", "" if good else "Install fonts-liberation or fonts-crosextra-carlito, so that prints look right.")


def _excel() -> list[Finding]:
    if sys.platform != "win32":
        return [Finding("Excel", f"not on {platform.system()}: the ribbon works in Excel for Windows; everything else works here", "ok")]
    from ims_xl.addin.status import status

    told = status()
    return [_excel_itself(), Finding("Excel add-in", "installed" if told["installed"] else "not installed", "ok" if told["installed"] else "warn", "; ".join(told["problems"]) or ("" if told["installed"] else "ims-xl addin install"))]


def _excel_itself() -> Finding:
    """Excel's program by the registry, where this is Windows."""
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe") as key:
            return Finding("Excel", str(winreg.QueryValueEx(key, "")[0]))
    return Finding("Excel", "not found", "warn", "The ribbon needs Excel for Windows 2016 or later; everything else works without it.")
