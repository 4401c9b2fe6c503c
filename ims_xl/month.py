"""The month's steps as functions over a book: pull, reconcile, both in one go. Command line, batch and ribbon call these.

Each takes a book's state and gives a new one; nothing is written until `book.write` paints and saves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from ims_xl.hosts import open_book
from ims_xl.merging import merge_ims, merge_register
from ims_xl.progress import Progress, silent
from ims_xl.readers.gstr2b import read_2b
from ims_xl.readers.ims_sheet import looks_like_ims, read_ims_sheet
from ims_xl.readers.portal import read_ims
from ims_xl.readers.register import read_register
from ims_xl.readers.sniff import FileKind, kinds_in, sniff
from ims_xl.state import FILE_COLUMNS, LOG_COLUMNS, BookState, Portal2B, user_name
from ims_xl.vocabulary import ImsXlError, Problem

IMS_KINDS = (FileKind.IMS_JSON, FileKind.IMS_EXCEL, FileKind.OFFLINE_TOOL)
GSTR2B_KINDS = (FileKind.GSTR2B_JSON, FileKind.GSTR2B_EXCEL)


@dataclass(frozen=True)
class Pulled:
    """What a pull did, for the summary: one line a file."""

    state: BookState
    lines: tuple[str, ...]


def pull(
    state: BookState,
    ims: Sequence[Path] = (),
    register: Sequence[Path] = (),
    gstr2b: Sequence[Path] = (),
    progress: Progress = silent,
    now: datetime | None = None,
) -> Pulled:
    """The state after reading the files; a file that is already in the book, byte for byte, changes nothing."""
    read_at = (now or datetime.now()).strftime("%Y-%m-%d %H:%M")
    _all_there([*ims, *register, *gstr2b])
    lines: list[str] = []
    progress("Reading the portal's IMS", 0.0)
    state = _pull_ims(state, ims, read_at, lines)
    for number, path in enumerate(register):
        progress(f"Reading {path.name}", 0.1 + 0.2 * number / len(register))
        state = _pull_register(state, path, read_at, lines)
    if gstr2b:
        progress("Reading GSTR-2B", 0.35)
        state = _pull_2b(state, gstr2b, read_at, lines)
    unread = _unread([p for p in ims if p not in gstr2b], FileKind.GSTR2B_JSON, "a GSTR-2B: give it with --gstr2b too") + _unread([p for p in gstr2b if p not in ims], FileKind.IMS_JSON, "an IMS download: give it with --ims too")
    new = tuple(problem for problem in unread if problem not in state.problems)
    if new:                                  # where nothing is new the state stays the same object, and the book unwritten
        state = replace(state, problems=(*state.problems, *new))
    return Pulled(state, (*lines, *(f"{p.file}: {p.message}" for p in unread)))


def _unread(paths: Sequence[Path], kind: FileKind, what: str) -> list[Problem]:
    """A zip of a month's downloads given for one side only."""
    return [Problem(path.name, "", 0, "file", f"not all of it is read: the zip also holds {what}") for path in paths if kind in kinds_in(path)]


def read_anew(state: BookState, folder: Path, now: datetime | None = None) -> Pulled:
    """The state after a column of a register was given another field in Settings: the register is read again from the book's folder, or asked for."""
    read_at = (now or datetime.now()).strftime("%Y-%m-%d %H:%M")
    lines: list[str] = []
    registers = state.files[state.files["kind"] == "register"]
    for name, sha in zip(registers["file"], registers["sha256"]):
        if not _mapped_anew(state, name):
            continue
        path = folder / name
        if path.is_file() and digest(path) == sha:
            state = _pull_register(state, path, read_at, lines)
        else:
            lines.append(f"{name}: a column was given another field in Settings; 'ims-xl pull --register' with this file puts that into effect")
    return Pulled(state, tuple(lines))


def digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _all_there(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.exists():
            raise ImsXlError(f"There is no file {path}.")
        if not path.is_file():
            raise ImsXlError(f"{path} is a folder; give the file itself.")
        if path.stat().st_size == 0:
            raise ImsXlError(f"{path.name} is empty (0 bytes); download it again.")


def _pull_ims(state: BookState, paths: Sequence[Path], read_at: str, lines: list[str]) -> BookState:
    known = set(state.files.loc[state.files["kind"] == "ims", "sha256"])
    fresh = [(path, digest(path)) for path in paths]
    if not fresh:
        return state
    if all(sha in known for _, sha in fresh):
        lines.append(f"{', '.join(p.name for p, _ in fresh)}: already in the book, nothing changed")
        return state
    frames: list[pd.DataFrame] = []
    problems: list[Problem] = []
    sections: set[str] = set()
    gstin = state.settings.gstin
    for path, _ in fresh:
        ledger, found, spoken_for = _read_ims_file(path, gstin)
        frames.append(ledger)
        problems += found
        sections |= spoken_for
    pulled = frames[0] if len(frames) == 1 else _union(frames, [p for p, _ in fresh], problems)
    before = len(state.ims)
    ledger, work = merge_ims(state.ims, state.work, pulled, sorted(sections))
    counts = work["change"].value_counts()
    lines.append(
        f"{', '.join(p.name for p, _ in fresh)}: {len(pulled)} documents"
        + (f" ({counts.get('new', 0)} new, {counts.get('changed', 0)} changed, {counts.get('gone', 0)} gone)" if before else "")
    )
    state = replace(state, ims=ledger, work=work, problems=_without(state.problems, [p.name for p, _ in fresh]) + tuple(problems))
    # A new download replaces the earlier one as the file that the rows are proved against.
    state = replace(state, files=state.files[state.files["kind"] != "ims"].reset_index(drop=True))
    for (path, sha), frame in zip(fresh, frames):
        state = _noted(state, path, "ims", sha, read_at, len(frame))
    return state


def _read_ims_file(path: Path, gstin: str) -> tuple[pd.DataFrame, list[Problem], set[str]]:
    """One IMS file, JSON or Excel: its ledger, its problems, and the sections it speaks for."""
    kind = sniff(path)
    if kind in (FileKind.IMS_EXCEL, FileKind.OFFLINE_TOOL):
        host = open_book(path)
        try:
            frames, problems = [], []
            for info in host.sheets():
                text = host.read(info.name)
                if looks_like_ims(text) > 0:
                    sheet = read_ims_sheet(text)
                    frames.append(sheet.ledger.assign(source_file=path.name))
                    problems += [replace(p, file=path.name) for p in sheet.problems]
        finally:
            host.close()
        if not frames:
            raise ImsXlError(f"{path.name} has no sheet that looks like IMS documents (supplier GSTIN, document number, taxable value, action).")
        ledger = pd.concat(frames, ignore_index=True)
        return ledger, problems, set(ledger["section"])
    read = read_ims(path, gstin)
    return read.ledger, list(read.problems), set(read.sections)


def _union(frames: list[pd.DataFrame], paths: list[Path], problems: list[Problem]) -> pd.DataFrame:
    """Several files in one pull: a document that stands in two of them is taken from the later one."""
    whole = pd.concat(frames, ignore_index=True)
    twice = whole["key"].duplicated(keep="last")
    if twice.any():
        same = whole[twice]
        names = ", ".join(same["document_number"].head(5))
        problems.append(Problem(", ".join(p.name for p in paths), "", 0, "key", f"{len(same)} documents stand in more than one file ({names}); the later file counts"))
    return whole[~twice].reset_index(drop=True)


def _pull_register(state: BookState, path: Path, read_at: str, lines: list[str]) -> BookState:
    sha = digest(path)
    if sha in set(state.files.loc[state.files["kind"] == "register", "sha256"]) and not _mapped_anew(state, path.name):
        lines.append(f"{path.name}: already in the book, nothing changed")
        return state
    read = read_register(path, state.settings.gstin, dict(state.mapping))
    register, replaced = merge_register(state.register, read.ledger, path.name)
    source = f" from sheet{'s' if ', ' in read.sheet else ''} '{read.sheet}'" if read.sheet else ""
    lines.append(f"{path.name}: {len(read.ledger)} register lines{source}" + (f", {replaced} earlier lines replaced" if replaced else "") + _of_problems(read.problems))
    lines += [f"  to confirm: {problem.message}" for problem in read.problems if "choose in Settings" in problem.message]
    problems = _without(state.problems, [path.name]) + tuple(read.problems)
    present = set(register["source_file"])
    files = state.files[(state.files["kind"] != "register") | state.files["file"].isin(present - {path.name})]
    state = replace(state, register=register, problems=problems, files=files.reset_index(drop=True), mapping_shown=_shown(state, read.mapping_shown, path.name))
    return _noted(state, path, "register", sha, read_at, len(read.ledger))


def _mapped_anew(state: BookState, file: str) -> bool:
    """A column's field was corrected in Settings since the file was read: then the same file reads anew."""
    shown = state.mapping_shown
    if not len(shown) or "file" not in shown:
        return False
    here = shown[shown["file"] == file].groupby("heading")["field"].agg(set)
    return any(heading in here.index and field not in here[heading] for heading, field in state.mapping.items())


def _of_problems(problems: Sequence[Problem]) -> str:
    return f"; {len(problems)} remark{'s' if len(problems) > 1 else ''} on it in Log" if problems else ""


def _shown(state: BookState, mapping: pd.DataFrame, file: str) -> pd.DataFrame:
    fresh = mapping.assign(file=file)
    earlier = state.mapping_shown
    if len(earlier) and "file" in earlier:
        fresh = pd.concat([earlier[earlier["file"] != file], fresh], ignore_index=True)
    return fresh


def _pull_2b(state: BookState, paths: Sequence[Path], read_at: str, lines: list[str]) -> BookState:
    shas = [digest(path) for path in paths]
    known = set(state.files.loc[state.files["kind"] == "gstr2b", "sha256"])
    if all(sha in known for sha in shas):
        lines.append(f"{', '.join(p.name for p in paths)}: already in the book, nothing changed")
        return state
    read = read_2b(list(paths), state.settings.gstin, state.settings.period, state.settings.quarterly)
    if _older(read, state.portal_2b):
        said = _left_aside(read, state.portal_2b)
        lines.append(f"{', '.join(p.name for p in paths)}: {said}")
        return replace(state, problems=(*_without(state.problems, _only_2b(state, paths)), *(Problem(p.name, "", 0, "gendt", said) for p in paths)))
    lines.append(f"{', '.join(p.name for p in paths)}: GSTR-2B of {read.period}, {len(read.documents)} documents" + (f", drawn on {read.generated_on:%d-%m-%Y}" if read.generated_on else ""))
    files = state.files[state.files["kind"] != "gstr2b"].reset_index(drop=True)
    state = replace(state, portal_2b=read, files=files, problems=_without(state.problems, _only_2b(state, paths)) + tuple(read.problems))
    for path, sha in zip(paths, shas):
        rows = int((read.documents["source_file"] == path.name).sum())
        state = _noted(state, path, "gstr2b", sha, read_at, rows, str(read.generated_on or ""), str(read.period))
    return state


def _only_2b(state: BookState, paths: Sequence[Path]) -> list[str]:
    """Names of files whose earlier problems make way: those of a zip that holds the IMS download too stay."""
    both = set(state.files.loc[state.files["kind"] == "ims", "file"])
    return [path.name for path in paths if path.name not in both]


def _older(read: Portal2B, held: Portal2B | None) -> bool:
    """Drawn before the one in the book, or a month of the quarter that the book has whole."""
    if held is None or read.period > held.period:
        return False
    return read.period < held.period or bool(held.generated_on and read.generated_on and read.generated_on < held.generated_on)


def _left_aside(read: Portal2B, held: Portal2B | None) -> str:
    if held is not None and read.period < held.period:
        return f"GSTR-2B of {read.period}, which the one in the book ({held.period}) holds already; left aside"
    before = f"{held.generated_on:%d-%m-%Y}" if held and held.generated_on else "no date"
    return f"drawn on {read.generated_on:%d-%m-%Y}, older than the GSTR-2B in the book ({before}); left aside"


def _without(problems: Sequence[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    return tuple(p for p in problems if p.file not in files)


def _noted(state: BookState, path: Path, kind: str, sha: str, read_at: str, rows: int, generated_on: str = "", period: str = "") -> BookState:
    values: dict[str, object] = {"file": path.name, "kind": kind, "sha256": sha, "read_at": read_at, "rows": rows, "generated_on": generated_on, "period": period}
    line = pd.DataFrame([{name: values[name] for name in FILE_COLUMNS}])
    files = line if state.files.empty else pd.concat([state.files, line], ignore_index=True)
    return replace(state, files=files.astype(state.files.dtypes.to_dict()), log=_logged(state, path, sha, read_at, rows, " of " + period if period else ""))


def _logged(state: BookState, path: Path, sha: str, read_at: str, rows: int, period: str) -> pd.DataFrame:
    """The Log with one line more: which file was read, when and by whom, with its rows and its SHA-256 in full."""
    entry = {"at": read_at, "who": user_name(), "document": path.name, "field": "file read", "before": "", "after": f"{rows} rows{period}", "how": "hand", "why": f"SHA-256 {sha}"}
    line = pd.DataFrame([{name: entry[name] for name in LOG_COLUMNS}]).astype("str")
    return pd.concat([state.log, line], ignore_index=True) if len(state.log) else line
