"""A firm's folder -> its clients, each with its files told apart by content.

`ROOT/<client>/` holds one client's files, flat or under `<period>/in/`; `client.toml` may say `gstin`, `period`, `name` and
`quarterly`. Nothing here opens a workbook for writing; a client whose folder cannot be understood carries the reason.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ims_xl.gstin import is_valid
from ims_xl.period import Period
from ims_xl.readers.gstr2b import read_2b
from ims_xl.readers.portal import read_ims
from ims_xl.readers.sniff import FileKind, sniff
from ims_xl.vocabulary import ImsXlError

TOLD: Final = "client.toml"
_BOOKS: Final = re.compile(r"(?:[0-9A-Z]{15}|firm)_\d{4}-\d{2}(?:\.[a-z-]+)?\.(?:xlsx|json|log)", re.I)
_PERIOD_FOLDER: Final = re.compile(r"\d{4}-\d{2}|\d{6}|\d{2}-\d{4}")
_DATA: Final = {".json", ".zip", ".xlsx", ".xlsm", ".xls", ".csv", ".xml", ".txt", ".tsv"}


@dataclass(frozen=True)
class ClientFiles:
    """One client of one period: what to run. `trouble` is why it cannot be run, "" where it can."""

    client: str
    folder: str
    gstin: str = ""
    period: str = ""
    name: str = ""
    quarterly: bool = False
    ims: tuple[str, ...] = ()
    register: tuple[str, ...] = ()
    gstr2b: tuple[str, ...] = ()
    inputs: str = ""
    """Digest over the input files and what client.toml says: equal digest, nothing to do."""
    trouble: str = ""

    @property
    def book(self) -> Path:
        return Path(self.folder) / f"{self.gstin}_{self.period}.xlsx"


def find_clients(root: Path, only: tuple[str, ...] = ()) -> list[Path]:
    """The client folders under `root` by name; an ImsXlError where there are none."""
    if not root.is_dir():
        raise ImsXlError(f"{root} is no folder; 'batch' wants the folder that holds one folder per client.")
    folders = sorted(f for f in root.iterdir() if f.is_dir() and not f.name.startswith((".", "_")) and not f.is_symlink())
    unknown = [name for name in only if name not in {f.name for f in folders}]
    if unknown:
        raise ImsXlError(f"--only {', '.join(unknown)}: no such client folder under {root}.")
    chosen = [f for f in folders if not only or f.name in only]
    if not chosen:
        raise ImsXlError(f"{root} holds no client folders; put each client's files in {root}/<client>/.")
    return chosen


def look_into(folder: Path, period: str = "") -> ClientFiles:
    """What stands in one client's folder; whatever is wrong with it becomes `trouble`, never an exception."""
    try:
        return _look(folder, period)
    except ImsXlError as wrong:
        return ClientFiles(folder.name, str(folder), period=period, trouble=str(wrong))
    except (OSError, UnicodeError, RecursionError, MemoryError) as wrong:
        return ClientFiles(folder.name, str(folder), period=period, trouble=f"its files cannot be read ({type(wrong).__name__}: {wrong})")


def _look(folder: Path, period: str) -> ClientFiles:
    told = _told(folder)
    wanted = Period.parse(period) if period else (Period.parse(str(told["period"])) if told.get("period") else None)
    files = _files(folder, wanted)
    kinds: dict[str, list[Path]] = {"ims": [], "register": [], "gstr2b": []}
    for path in files:
        kind = sniff(path)
        if kind in (FileKind.IMS_JSON, FileKind.IMS_EXCEL, FileKind.OFFLINE_TOOL):
            kinds["ims"].append(path)
        elif kind in (FileKind.GSTR2B_JSON, FileKind.GSTR2B_EXCEL):
            kinds["gstr2b"].append(path)
        elif kind is FileKind.REGISTER:
            kinds["register"].append(path)
        elif kind is FileKind.UNKNOWN:
            raise ImsXlError(f"{path.name} is no portal file and no register that can be read (empty, cut short, or of another kind); mend or remove it")
    if not kinds["ims"]:
        raise ImsXlError(f"no IMS download among {len(files)} files; put the portal's IMS JSON there")
    if not kinds["register"]:
        raise ImsXlError(f"no purchase register among {len(files)} files; put the books' register there")
    gstin, when = _who_and_when(kinds, told, wanted, folder)
    quarterly = bool(told.get("quarterly", False))
    digest = hashlib.sha256(repr((sorted(told.items()), gstin, str(when))).encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.file_digest(path.open("rb"), "sha256").digest())
    return ClientFiles(
        folder.name, str(folder), gstin, str(when.quarter_end if quarterly else when), str(told.get("name", folder.name)), quarterly,
        tuple(map(str, kinds["ims"])), tuple(map(str, kinds["register"])), tuple(map(str, kinds["gstr2b"])), digest.hexdigest(),
    )


def _told(folder: Path) -> dict[str, Any]:
    path = folder / TOLD
    if not path.exists():
        return {}
    try:
        told = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ImsXlError(f"{TOLD} cannot be read: {wrong}") from None
    strange = set(told) - {"gstin", "period", "name", "quarterly"}
    if strange:
        raise ImsXlError(f"{TOLD} says {', '.join(sorted(strange))}; it may say gstin, period, name and quarterly")
    return told


def _files(folder: Path, wanted: Period | None) -> list[Path]:
    """The input files: those of the period's `in` folder where there is one, else those that lie flat."""
    months: dict[Period, Path] = {}
    for inner in folder.iterdir():
        if inner.is_dir() and _PERIOD_FOLDER.fullmatch(inner.name) and (inner / "in").is_dir():
            months[Period.parse(inner.name)] = inner / "in"
    if wanted is not None and wanted in months:
        source = months[wanted]
    elif months and wanted is None:
        source = months[max(months)]
    else:
        source = folder
    found = sorted(p for p in source.iterdir() if p.is_file() and not p.name.startswith((".", "~$")) and p.suffix.lower() in _DATA and not _BOOKS.fullmatch(p.name))
    if not found:
        raise ImsXlError(f"no files{f' of {wanted}' if wanted else ''} in its folder")
    return found


def _who_and_when(kinds: dict[str, list[Path]], told: dict[str, Any], wanted: Period | None, folder: Path) -> tuple[str, Period]:
    gstin = str(told.get("gstin", "")).strip().upper()
    when = wanted
    if when is None:
        named = next((part for path in kinds["ims"] for part in path.relative_to(folder).parts[:-1] if _PERIOD_FOLDER.fullmatch(part)), "")
        when = Period.parse(named) if named else None
    if kinds["gstr2b"] and (not gstin or when is None):
        drawn = read_2b(kinds["gstr2b"], gstin, when)
        gstin, when = gstin or drawn.gstin, when or drawn.period
    if not gstin or when is None:
        json_files = [path for path in kinds["ims"] if sniff(path) is FileKind.IMS_JSON]
        if json_files:
            read = read_ims(json_files[0], gstin)
            gstin = gstin or read.gstin
            periods = read.ledger.loc[read.ledger["supplier_period"].str.fullmatch(r"\d{6}"), "supplier_period"]
            if when is None and len(periods):
                when = Period.parse(str(periods.mode().iloc[0]))
    if not is_valid(gstin):
        raise ImsXlError(f"its files do not say whose they are; write gstin = \"...\" into {TOLD}" if not gstin else f"'{gstin}' is not a valid GSTIN")
    if when is None:
        raise ImsXlError(f"its files do not say which period they are of; give --period or write period = \"2026-10\" into {TOLD}")
    return gstin, when
