"""A path -> what the file is, told by its content and never by its name; only the head of a big file is looked at.

JSON is told by the keys near its top, workbooks by their sheets and headings, everything else that is text in columns counts as a register.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Final, assert_never

from ims_xl.portal_words import section_aliases
from ims_xl.readers.json_tokens import MAX_RATIO, Part, read_parts
from ims_xl.vocabulary import ImsXlError

HEAD: Final = 1 << 18
_FIRST: Final = 1 << 13
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:)?|([{\[])|([}\]])')
_MARKUP: Final = (b"<?xml", b"<html", b"<!doctype", b"<table", b"<envelope", b"\xd0\xcf\x11\xe0")


class FileKind(StrEnum):
    IMS_JSON = "ims_json"
    GSTR2B_JSON = "gstr2b_json"
    GSTR2B_EXCEL = "gstr2b_excel"
    UPLOAD_JSON = "upload_json"
    ERROR_JSON = "error_json"
    API_STATUS_JSON = "api_status_json"
    GSTR3B_JSON = "gstr3b_json"
    IMS_EXCEL = "ims_excel"
    OFFLINE_TOOL = "offline_tool"
    REGISTER = "register"
    UNKNOWN = "unknown"


def sniff(path: Path) -> FileKind:
    """What a file is; a file that cannot be opened is an ImsXlError, one that is nothing known is UNKNOWN."""
    path = Path(path)
    try:
        if path.is_dir():
            raise ImsXlError(f"{path.name} is a folder; give the file itself.")
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as wrong:
        raise ImsXlError(f"{path.name} cannot be read: {wrong.strerror or wrong}.") from None
    if not head.strip():
        raise ImsXlError(f"{path.name} is empty.")
    if head[:4] == b"PK\x03\x04":
        return _zip_kind(path)
    return _content_kind(head, path)


def kinds_in(path: Path) -> frozenset[FileKind]:
    """What a file holds: one kind, or those of all members of a zip (a month's downloads packed together)."""
    path = Path(path)
    first = sniff(path)
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return frozenset({first})
    with zipfile.ZipFile(path) as archive:
        return frozenset({first}) if _is_workbook(archive) else frozenset(_member_kinds(path, archive)) - {FileKind.UNKNOWN, FileKind.REGISTER} or frozenset({first})


def parts_of(path: Path, kind: FileKind) -> list[Part]:
    """The JSON texts of a file but for those that are surely of another kind: a zip may hold IMS and GSTR-2B side by side."""
    parts = read_parts(path)
    return parts if len(parts) == 1 else [part for part in parts if _json_kind(part.text[:HEAD]) in (kind, FileKind.UNKNOWN)]


def what_takes(kind: FileKind) -> str:
    """One sentence: what such a file is, and which command takes it."""
    match kind:
        case FileKind.IMS_JSON:
            return "it is an IMS download; 'ims-xl pull --ims' takes it."
        case FileKind.GSTR2B_JSON:
            return "it is a GSTR-2B JSON; 'ims-xl pull --gstr2b' takes it."
        case FileKind.GSTR2B_EXCEL:
            return "it is a GSTR-2B workbook; 'ims-xl pull --gstr2b' takes it."
        case FileKind.UPLOAD_JSON:
            return "it is a file for upload to the portal (reqtyp and invdata), not a download; take the JSON of IMS Dashboard > Offline > Download."
        case FileKind.ERROR_JSON:
            return "it is the portal's error file; 'ims-xl errors' takes it."
        case FileKind.API_STATUS_JSON:
            return "it is the portal's processing status with its error report; 'ims-xl errors' takes it."
        case FileKind.GSTR3B_JSON:
            return "it is a GSTR-3B JSON; ims-xl makes that one itself ('ims-xl export --gstr3b')."
        case FileKind.IMS_EXCEL:
            return "it is a workbook with an IMS sheet; 'ims-xl reconcile' takes it."
        case FileKind.OFFLINE_TOOL:
            return "it is the IMS Offline Tool; 'ims-xl fill-offline-tool' takes it."
        case FileKind.REGISTER:
            return "it is a table; 'ims-xl pull --register' takes purchase registers."
        case FileKind.UNKNOWN:
            return "it is no file of the portal that ims-xl knows, or it is cut short; take the JSON of IMS Dashboard > Offline > Download again."
        case _:
            assert_never(kind)


def json_keys(head: str) -> dict[str, int]:
    """The object keys in the head of a JSON text -> the least depth at which each stands (1 = top)."""
    found: dict[str, int] = {}
    depth = 0
    for token in _TOKEN.finditer(head):
        if token[3]:
            depth += 1
        elif token[4]:
            depth -= 1
        elif token[2] and found.get(token[1], depth + 1) > depth:
            found[token[1]] = depth
    return found


def _content_kind(head: bytes, path: Path) -> FileKind:
    lowered = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith(_MARKUP):
        return _workbook_kind(path) if lowered.startswith(_MARKUP[-1]) else FileKind.REGISTER
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace")
    if text.lstrip()[:1] in ("{", "["):
        return _json_kind(text)
    if "\x00" in text[:4096]:
        return FileKind.UNKNOWN
    lines = [line for line in text.splitlines()[:40] if line.strip()]
    return FileKind.REGISTER if any(sum(line.count(mark) for mark in ",;\t|") >= 2 for line in lines) else FileKind.UNKNOWN


def _json_kind(text: str) -> FileKind:
    if len(text) > _FIRST:
        kind = _json_kind(text[:_FIRST])
        if kind is not FileKind.UNKNOWN:
            return kind
    keys = json_keys(text)
    sections = {key for key, depth in keys.items() if depth <= 4 and key.strip().lower() in section_aliases()}
    if "imsDetailsErr" in keys:
        return FileKind.ERROR_JSON
    if "imsDetails" in keys:
        return FileKind.IMS_JSON
    if "error_report" in keys or {"err_cnt", "proc_cnt"} & keys.keys() or "transTypCd" in keys:
        return FileKind.API_STATUS_JSON
    if "invdata" in keys or ("reqtyp" in keys and (sections or "rtin" in keys)):
        return FileKind.UPLOAD_JSON
    if {"docdata", "docRejdata", "itcsumm", "cpsumm", "cpSummRej", "supfildt", "itcavl"} & keys.keys():
        return FileKind.GSTR2B_JSON
    if {"itc_elg", "sup_details", "inward_sup", "intr_ltfee", "tx_pmt"} & keys.keys():
        return FileKind.GSTR3B_JSON
    if {"stin", "ispendactblocked", "srcfilstatus", "rgstinrefId"} & keys.keys() and (sections or "action" in keys):
        return FileKind.IMS_JSON
    if "boenum" in keys and "action" in keys and sections:
        return FileKind.IMS_JSON
    if sections and not {"ctin", "inv", "nt", "itms", "fp", "ret_period"} & keys.keys():
        return FileKind.IMS_JSON
    if {"rtnprd", "gendt"} <= keys.keys() and "gstin" in keys:
        return FileKind.GSTR2B_JSON
    return FileKind.UNKNOWN


def _zip_kind(path: Path) -> FileKind:
    """A workbook is a zip too; else the first member that tells something tells what all are."""
    try:
        with zipfile.ZipFile(path) as archive:
            if _is_workbook(archive):
                return _workbook_kind(path)
            kinds = _member_kinds(path, archive)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as wrong:
        raise ImsXlError(f"{path.name} is a damaged or locked zip file ({str(wrong)[:120]}); download it again.") from None
    return next((kind for kind in kinds if kind not in (FileKind.UNKNOWN, FileKind.REGISTER)), FileKind.UNKNOWN)


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    return not {"[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin"}.isdisjoint(archive.namelist())


def _member_kinds(path: Path, archive: zipfile.ZipFile) -> list[FileKind]:
    kinds = []
    for member in [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX")][:20]:
        if member.file_size > MAX_RATIO * max(member.compress_size, 4096):
            raise ImsXlError(f"{path.name} would unpack to a file of {member.file_size >> 20} MB; that is no portal download.")
        with archive.open(member) as stream:
            head = stream.read(HEAD)
            if head[:4] == b"PK\x03\x04":
                kinds.append(_workbook_kind(BytesIO(head + stream.read())))
            elif member.filename.lower().endswith((".json", ".txt")):
                kinds.append(_content_kind(head, path))
    return kinds


def _workbook_kind(source: Path | BytesIO) -> FileKind:
    from ims_xl.readers.sniff_workbook import workbook_kind

    return FileKind(workbook_kind(source))
