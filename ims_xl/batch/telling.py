"""The files of a folder -> IMS, register, GSTR-2B, and what is none of the month's (notes, other calculations, our own books).

A file that is damaged stops its client: silently doing without half a register would be a wrong answer. A sound file that is
simply something else is left aside by name.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ims_xl.readers.sniff import FileKind, kinds_in
from ims_xl.vocabulary import ImsXlError

_SIDES: Final = {
    FileKind.IMS_JSON: "ims", FileKind.IMS_EXCEL: "ims", FileKind.OFFLINE_TOOL: "ims", FileKind.GSTR2B_JSON: "gstr2b", FileKind.GSTR2B_EXCEL: "gstr2b", FileKind.REGISTER: "register",
}
_PROSE: Final = {".txt", ".html", ".htm", ".xml"}


def told_apart(paths: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Path]]:
    """("ims" | "register" | "gstr2b" -> files, files left aside); an ImsXlError names a file that is damaged."""
    kinds: dict[str, list[Path]] = {"ims": [], "register": [], "gstr2b": []}
    aside: list[Path] = []
    for path in paths:
        if _prose(path) or _ours(path):
            aside.append(path)
            continue
        found = kinds_in(path)
        sides = {_SIDES[kind] for kind in found if kind in _SIDES}
        for side in sides:
            kinds[side].append(path)
        if sides:
            continue
        if FileKind.UNKNOWN in found:
            raise ImsXlError(f"{path.name} is no portal file and no register that can be read (cut short, or of another kind); mend or remove it")
        aside.append(path)               # an upload of ours, the portal's error file, a GSTR-3B
    books = kinds["register"]
    if len(books) > 1:
        # Beside a register, a workbook of something else (TDS, a price list) is no register; all alone it would be read, or refused by name.
        alike = [path for path in books if _register_like(path)]
        if alike:
            aside += [path for path in books if path not in alike]
            kinds["register"] = alike
    return kinds, aside


def _prose(path: Path) -> bool:
    """A README, a note, a saved page: text without a table of figures."""
    if path.suffix.lower() not in _PROSE:
        return False
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head.strip() or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return not head.strip()
    lowered = head.replace(b"\0", b"").lower()
    if b"<" in lowered[:200]:
        return b"<table" not in lowered and b"<envelope" not in lowered and b"spreadsheet" not in lowered and b"<voucher" not in lowered
    lines = [line for line in lowered.splitlines() if line.strip()]
    rows = sum(max(line.count(mark) for mark in (b",", b";", b"\t", b"|")) >= 3 and re.search(rb"\d", line) is not None for line in lines)
    return rows < 2


def _ours(path: Path) -> bool:
    """A book that we wrote, under whatever name."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return False
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            return b'name="_ims-xl"' in part.read(1 << 20)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        return False                         # whatever it is, the readers say it better


def _register_like(path: Path) -> bool:
    from ims_xl.readers.register import read_register

    try:
        read_register(path)
    except ImsXlError:
        return False
    return True
