"""`ims-xl doctor`: looks at the machine link by link and says how to mend what is missing. Changes nothing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ims_xl import __version__

_NEEDED = ("numpy", "pandas", "pyarrow", "openpyxl", "xlsxwriter", "fastexcel", "xlwings", "click", "rich", "rapidfuzz", "jinja2", "sqlalchemy", "fastjsonschema", "defusedxml", "pebble")
_EXTRAS = {"isal": ("speed", "workbooks are written a third faster"), "distributed": ("batch", "batch on a Dask cluster"), "pyopenvba": ("excel", "building the Excel add-in")}


@dataclass(frozen=True)
class Finding:
    what: str
    found: str
    grade: Literal["ok", "warn", "bad"] = "ok"
    remedy: str = ""


def examine() -> list[Finding]:
    """Every link of the chain, in the order in which things break."""
    return [_python(), Finding("ims-xl", f"{__version__} in {Path(__file__).parent.parent}"), *_packages(), _template(), _temporary(), _here(), _office(), _fonts(), *_excel()]


def _python() -> Finding:
    found = f"{platform.python_version()} ({sys.executable})"
    return Finding("Python", found)


def _packages() -> list[Finding]:
    findings = []
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        findings.append(Finding("Packages", f"missing: {', '.join(missing)}", "bad", "Install ims-xl again: pip install --force-reinstall ims-xl"))
    else:
        findings.append(Finding("Packages", ", ".join(f"{name} {_version(name)}" for name in ("pandas", "openpyxl", "fastexcel", "xlwings"))))
    for name, (extra, gives) in _EXTRAS.items():
        if importlib.util.find_spec(name) is None and (name != "pyopenvba" or importlib.util.find_spec("pyOpenVBA") is None):
            findings.append(Finding(f"Extra '{extra}'", "not installed", "warn", f"pip install 'ims-xl[{extra}]' brings {gives}."))
    return findings


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "?"


def _template() -> Finding:
    from ims_xl.book import template
    from ims_xl.vocabulary import ImsXlError

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
    here = Path.cwd()
    writable = os.access(here, os.W_OK)
    return Finding("This folder", f"{here} can {'be' if writable else 'not be'} written", "ok" if writable else "warn", "" if writable else "Books are written beside the old ones; work in a folder of your own.")


def _office() -> Finding:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Finding("LibreOffice", found)
    return Finding("LibreOffice", "not found", "warn", "Only 'ims-xl print' needs it; install LibreOffice Calc for PDF working papers.")


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    if sys.platform in ("win32", "darwin") or lister is None:
        return Finding("Fonts", "those of the system")
    import subprocess

    families = subprocess.run([lister, ":", "family"], capture_output=True, text=True, timeout=10, check=False).stdout
    good = [name for name in ("Calibri", "Carlito", "Liberation Sans", "Arial") if name in families]
    return Finding("Fonts", good[0] if good else "no usual office font", "ok" if good else "warn", "" if good else "Install fonts-liberation or fonts-crosextra-carlito, so that prints look right.")


def _excel() -> list[Finding]:
    if sys.platform != "win32":
        return [Finding("Excel", f"not on {platform.system()}: the ribbon works in Excel for Windows; everything else works here", "ok")]
    from ims_xl.addin.status import status

    told = status()
    return [Finding("Excel add-in", "installed" if told["installed"] else "not installed", "ok" if told["installed"] else "warn", "; ".join(told["problems"]) or ("" if told["installed"] else "ims-xl addin install"))]
