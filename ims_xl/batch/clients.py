"""A firm's folder -> its clients, each with its files told apart by content.

`ROOT/<client>/` holds one client's files, flat or under `<period>/in/`; `client.toml` may say `gstin`, `period`, `name` and
`quarterly`. `gathered` lists and digests the files (cheap, in the one process that leads); `look_into` opens them (in the worker that
runs the client). Whatever is wrong with a folder becomes its `trouble`, never an exception.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ims_xl.batch.telling import told_apart
from ims_xl.gstin import is_valid
from ims_xl.period import Period
from ims_xl.readers.gstr2b import read_2b
from ims_xl.readers.portal import read_ims
from ims_xl.readers.sniff import FileKind, kinds_in
from ims_xl.vocabulary import ImsXlError

TOLD: Final = "client.toml"
_TOLD_KEYS: Final[Mapping[str, type]] = {"gstin": str, "period": str, "name": str, "quarterly": bool}
_PAPERS: Final = {".pdf", ".doc", ".docx", ".jpg", ".jpeg", ".png", ".rar", ".7z", ".msg", ".eml"}
_TOLD_SIZE: Final = 1 << 16
_VAST: Final = 1 << 30            # no reader takes more; the digest of a disk image would keep the night waiting
_BOOKS: Final = re.compile(r"(?:[0-9A-Z]{15}|firm)_\d{4}-\d{2}(?:\.[a-z-]+)?\.(?:xlsx|json|log)", re.I)
_PERIOD_FOLDER: Final = re.compile(r"\d{4}-\d{2}|\d{6}|\d{2}-\d{4}")
_DATA: Final = {".json", ".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".csv", ".xml", ".txt", ".tsv", ".html", ".htm"}


@dataclass(frozen=True)
class ClientFolder:
    """One client's folder as listed: its input files and their digest. Equal digest, nothing to do."""

    client: str
    folder: str
    period: str = ""
    files: tuple[str, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)
    inputs: str = ""
    size: int = 0
    trouble: str = ""


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
    left_aside: tuple[str, ...] = ()
    """Names of files that are none of the month's: notes, calculations, what we wrote ourselves."""
    trouble: str = ""

    @property
    def book(self) -> Path:
        return Path(self.folder) / f"{self.gstin}_{self.period}.xlsx"


def find_clients(root: Path, only: tuple[str, ...] = ()) -> list[Path]:
    """The client folders under `root` by name; an ImsXlError where there are none."""
    if not root.is_dir():
        raise ImsXlError(f"{root} is no folder; 'batch' wants the folder that holds one folder per client.")
    try:
        folders = sorted(f for f in root.iterdir() if f.is_dir() and not f.name.startswith((".", "_")) and not f.is_symlink())
    except OSError as wrong:
        raise ImsXlError(f"{root} cannot be read: {wrong.strerror or wrong}.") from None
    unknown = [name for name in only if name not in {f.name for f in folders}]
    if unknown:
        raise ImsXlError(f"--only {', '.join(unknown)}: no such client folder under {root}.")
    chosen = [f for f in folders if not only or f.name in only]
    if not chosen:
        raise ImsXlError(f"{root} holds no client folders; put each client's files in {root}/<client>/.")
    return chosen


def gathered(folder: Path, period: str = "") -> ClientFolder:
    """The input files of one client's folder, listed and digested, not opened."""
    try:
        told = _told(folder)
        wanted = Period.parse(period or str(told["period"])) if period or told.get("period") else None
        files = _files(folder, wanted)
        vast = next((path for path in files if path.stat().st_size > _VAST), None)
        if vast is not None:
            raise ImsXlError(f"{vast.name} has {vast.stat().st_size >> 20:,} MB; no portal file and no register is that large. Take it out of the folder")
        digest = hashlib.sha256(repr(sorted(told.items())).encode())
        for path in files:
            with path.open("rb") as stream:
                digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + hashlib.file_digest(stream, "sha256").digest())
        size = sum(path.stat().st_size for path in files)
        return ClientFolder(folder.name, str(folder), str(wanted or ""), tuple(map(str, files)), told, digest.hexdigest(), size)
    except ImsXlError as wrong:
        return ClientFolder(folder.name, str(folder), period, trouble=str(wrong))
    except OSError as wrong:
        return ClientFolder(folder.name, str(folder), period, trouble=f"its files cannot be read ({wrong.strerror or wrong})")


def look_into(folder: Path | ClientFolder, period: str = "") -> ClientFiles:
    """What stands in one client's folder, its files opened and told apart."""
    listed = folder if isinstance(folder, ClientFolder) else gathered(folder, period)
    if listed.trouble:
        return unread(listed, listed.trouble)
    try:
        return _look(listed)
    except ImsXlError as wrong:
        return unread(listed, str(wrong))
    except MemoryError:
        return unread(listed, "its files need more memory than one client may take (--memory-limit)")
    except (OSError, UnicodeError, RecursionError) as wrong:
        return unread(listed, f"its files cannot be read ({type(wrong).__name__}: {wrong})")


def unread(listed: ClientFolder, why: str) -> ClientFiles:
    """A client whose files could not be told apart, and why."""
    return ClientFiles(listed.client, listed.folder, period=listed.period, inputs=listed.inputs, trouble=why)


def _look(listed: ClientFolder) -> ClientFiles:
    kinds, left_aside = told_apart([Path(path) for path in listed.files])
    if not kinds["ims"]:
        raise ImsXlError(f"no IMS download among its files ({_named(listed.files)}); put the portal's IMS JSON there{_not_taken(listed)}")
    if not kinds["register"]:
        raise ImsXlError(f"no purchase register among its files ({_named(listed.files)}); put the books' register there, as Excel, CSV or Tally XML{_not_taken(listed)}")
    told = listed.told
    gstin, when = _who_and_when(kinds, listed)
    quarterly = bool(told.get("quarterly", False))
    return ClientFiles(
        listed.client, listed.folder, gstin, str(when.quarter_end if quarterly else when), str(told.get("name") or listed.client).strip(), quarterly,
        tuple(map(str, kinds["ims"])), tuple(map(str, kinds["register"])), tuple(map(str, kinds["gstr2b"])), listed.inputs, tuple(path.name for path in left_aside),
    )


def _named(files: Iterable[str]) -> str:
    names = [Path(path).name for path in files]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _not_taken(listed: ClientFolder) -> str:
    """The papers beside its files that no program reads as figures: most likely one of them is what is missing."""
    try:
        names = sorted(p.name for p in {Path(path).parent for path in listed.files}.pop().iterdir() if p.suffix.lower() in _PAPERS)
    except (OSError, KeyError):
        return ""
    return f" (not as {names[0]}, which cannot be read as a table)" if names else ""


def _told(folder: Path) -> dict[str, Any]:
    path = folder / TOLD
    if not path.is_file():
        return {}
    if path.stat().st_size > _TOLD_SIZE:
        raise ImsXlError(f"{TOLD} has {path.stat().st_size >> 10:,} KB; it needs four lines, like period = \"2026-10\"")
    try:
        told = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise ImsXlError(f"{TOLD} cannot be read ({wrong}); each line is a name, = and a text in quotes, like period = \"2026-10\"") from None
    strange = set(told) - set(_TOLD_KEYS)
    if strange:
        raise ImsXlError(f"{TOLD} says {', '.join(sorted(strange))}; it may say {', '.join(_TOLD_KEYS)}")
    for key, kind in _TOLD_KEYS.items():
        if key in told and not isinstance(told[key], kind):
            raise ImsXlError(f"{TOLD}: {key} must be " + ("true or false" if kind is bool else 'text in quotes, like period = "2026-10"'))
    return told


def _files(folder: Path, wanted: Period | None) -> list[Path]:
    """The input files: those of the period's `in` folder where there is one, else those that lie flat."""
    months: dict[Period, Path] = {}
    for inner in sorted(folder.iterdir()):
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
        elsewhere = [inner.name for inner in sorted(folder.iterdir()) if inner.is_dir() and _PERIOD_FOLDER.fullmatch(inner.name)]
        raise ImsXlError(f"no portal download and no register{f' of {wanted}' if wanted else ''} in its folder" + (f"; there is {elsewhere[-1]}, whose files must stand in {elsewhere[-1]}/in" if elsewhere else ""))
    return found


def _who_and_when(kinds: Mapping[str, list[Path]], listed: ClientFolder) -> tuple[str, Period]:
    told, folder = listed.told, Path(listed.folder)
    gstin = str(told.get("gstin", "")).strip().upper()
    when = Period.parse(listed.period) if listed.period else None
    if when is None:
        named = next((part for path in kinds["ims"] for part in path.relative_to(folder).parts[:-1] if _PERIOD_FOLDER.fullmatch(part)), "")
        when = Period.parse(named) if named else None
    if kinds["gstr2b"] and (not gstin or when is None):
        drawn = read_2b(kinds["gstr2b"], gstin, when)
        gstin, when = gstin or drawn.gstin, when or drawn.period
    for path in kinds["ims"] if not gstin or when is None or len(kinds["ims"]) > 1 else ():
        if FileKind.IMS_JSON in kinds_in(path):
            read = read_ims(path)
            if gstin and read.gstin and read.gstin != gstin:
                raise ImsXlError(f"its files are of two GSTINs: {read.gstin} in {path.name}, {gstin} elsewhere; give each GSTIN a folder of its own")
            gstin = gstin or read.gstin
            periods = read.ledger.loc[read.ledger["supplier_period"].str.fullmatch(r"(?:0[1-9]|1[0-2])20\d\d"), "supplier_period"]
            if when is None and len(periods):
                when = Period.parse(str(periods.mode().iloc[0]))
    if not is_valid(gstin):
        raise ImsXlError(f"its files do not say whose they are; write gstin = \"...\" into {TOLD}" if not gstin else f"{TOLD + ': ' if told.get('gstin') else ''}'{gstin}' is not a valid GSTIN")
    if when is None:
        raise ImsXlError(f"its files do not say which period they are of; give --period or write period = \"2026-10\" into {TOLD}")
    return gstin, when
