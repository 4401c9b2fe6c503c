"""What the portal says is wrong with an upload -> the rows it is about.

Two files: the offline error file (`imsDetailsErr`, the records with an `error_msg` each) and the API's processing status (`error_report`, one entry per
supplier and error). Sections come under old names (`cn`, `dn`), and the number stands under `inum` even for notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ims_xl.portal_words import words
from ims_xl.readers.json_tokens import kind_of, parse, read_parts
from ims_xl.readers.json_values import days_of, storable
from ims_xl.readers.portal import section_of
from ims_xl.readers.sniff import FileKind, sniff, what_takes
from ims_xl.state import BookState
from ims_xl.vocabulary import ImsXlError, Problem

ERROR_COLUMNS: Final[Mapping[str, str]] = {
    "section": "text", "supplier_gstin": "text", "document_number": "text", "document_date": "date", "period": "text", "code": "text", "message": "text", "remedy": "text", "position": "int",
}
MOST_LISTED: Final = 25
_NUMBERS: Final = ("inum", "nt_num", "ntnum", "docnum", "boenum")
_DATES: Final = ("idt", "nt_dt", "ntdt", "boedt")
_STATUS: Final = {"P": "processed", "PE": "processed with errors", "IP": "still in progress", "ER": "refused as a whole"}


@dataclass(frozen=True)
class ErrorReport:
    """`errors` has one row per document and error, `position` its place within its section; `status` is the portal's word on the whole upload."""

    errors: pd.DataFrame
    status: str
    problems: tuple[Problem, ...]
    whole: bool = True
    """It is about the whole upload (the offline error file); the API reports request by request."""
    gstin: str = ""
    """Whose upload it was, where the file says so."""


@dataclass(frozen=True)
class ErrorsPut:
    """A book's state with the portal's errors on its rows, and what to tell the person."""

    state: BookState
    lines: tuple[str, ...]


def put_errors(state: BookState, path: Path) -> ErrorsPut:
    """Puts an error report's messages into `work.portal_error`; what the portal has accepted since is cleared, what names no row is told.

    The offline error file is about the whole upload, so an earlier error on a row that it does not name has been mended.
    """
    report = read_errors(path)
    pairs = match_errors(report.errors, state.ims)
    _same_client(report, state, pairs, Path(path).name)
    said: dict[int, list[str]] = {}
    for error, row in zip(pairs["error"], pairs["row"]):
        found = report.errors.iloc[error]
        said.setdefault(int(row), []).append(error_text(found["code"], found["message"], found["remedy"]))
    old = state.work["portal_error"].tolist()
    accepted = (state.ims["portal_action"] == state.work["action"]).tolist()
    fresh = [" | ".join(dict.fromkeys(said[row])) if row in said else "" if done or report.whole else text for row, (text, done) in enumerate(zip(old, accepted))]
    lost = report.errors.drop(index=pairs["error"].unique())
    cleared = sum(1 for before, after in zip(old, fresh) if before and not after)
    lines = [f"{Path(path).name}: {report.status}; {len(report.errors)} errors on {len(said)} rows of the book" + (f", {cleared} earlier errors cleared" if cleared else "")]
    lines += [f"  {row['section']} {row['document_number']} of {row['supplier_gstin']}: {error_text(row['code'], row['message'], row['remedy'])}"
              for _, row in report.errors.iloc[pairs["error"].unique()].head(MOST_LISTED).iterrows()]
    lines += [f"  not in the book: {row['section']} {row['document_number'] or '(no number)'} of {row['supplier_gstin'] or '(no GSTIN)'}: {error_text(row['code'], row['message'], '')}"
              for _, row in lost.head(MOST_LISTED).iterrows()]
    work = state.work.assign(portal_error=pd.Series(fresh, dtype="str", index=state.work.index))
    lost_problems = tuple(Problem(Path(path).name, row["section"], int(row["position"]), "document_number",
                                  f"the portal's error on {row['document_number'] or 'a document without number'} of {row['supplier_gstin']} names no row of the book: {row['message']}") for _, row in lost.iterrows())
    kept = tuple(problem for problem in state.problems if problem.file != Path(path).name)
    return ErrorsPut(replace(state, work=work, problems=(*kept, *report.problems, *lost_problems)), tuple(lines))


def _same_client(report: ErrorReport, state: BookState, pairs: pd.DataFrame, name: str) -> None:
    """A report of another GSTIN, or one of which no error names a document of the book, is refused before anything is touched."""
    own = state.settings.gstin
    if report.gstin and own and report.gstin != own:
        raise ImsXlError(f"{name} is the error report of {report.gstin}; this book is for {own}.")
    if len(report.errors) and not len(pairs):
        first = report.errors.iloc[0]
        raise ImsXlError(f"{name}: none of its {len(report.errors)} errors names a document of this book (the first is on {first['document_number'] or 'a document without number'} of "
                         f"{first['supplier_gstin'] or 'no GSTIN'}); it is the report of another client or another upload.")


def read_errors(path: Path) -> ErrorReport:
    """Reads an error file of either kind; another file, or an upload that was refused as a whole, is an ImsXlError."""
    path = Path(path)
    kind = sniff(path)
    if kind not in (FileKind.ERROR_JSON, FileKind.API_STATUS_JSON):
        raise ImsXlError(f"{path.name} is not an error report of the portal: {what_takes(kind)}")
    found: list[dict[str, Any]] = []
    problems: list[Problem] = []
    status = gstin = ""
    for part in read_parts(path):
        top = parse(part.text, part.name)
        holder = _holder(top)
        status = status or _status(holder, part.name)
        gstin = gstin or (_text(holder, "rtin", "gstin") or _text(top, "rtin", "gstin")).upper()
        for key, entries in _sections(holder, part.name, problems):
            found += _offline(key, entries, part.name, problems) if "imsDetailsErr" in holder else _api(key, entries, part.name, problems)
    if not found and status == "still in progress":
        raise ImsXlError(f"{path.name}: the portal is still working on the upload; ask for its status again later.")
    errors = pd.DataFrame(found, columns=list(ERROR_COLUMNS))
    errors["document_date"] = days_of(errors["document_date"].tolist())[0]
    text = [name for name, kind_ in ERROR_COLUMNS.items() if kind_ == "text"]
    return ErrorReport(errors.astype(dict.fromkeys(text, "str") | {"position": "int64"}), status or "processed with errors", tuple(problems), kind is FileKind.ERROR_JSON, gstin)


def match_errors(errors: pd.DataFrame, ims: pd.DataFrame) -> pd.DataFrame:
    """(error, row): positions in both frames. An error that names no row of the book is not in it.

    Supplier and number must agree; section, then date, then return period decide among several, and where they cannot, all are meant.
    """
    by_document: dict[tuple[str, str], list[int]] = {}
    for row, (supplier, number) in enumerate(zip(ims["supplier_gstin"], ims["document_number"])):
        by_document.setdefault((supplier, number.strip().upper()), []).append(row)
    pairs: list[tuple[int, int]] = []
    for place, error in enumerate(errors.itertuples(index=False)):
        rows = by_document.get((error.supplier_gstin, error.document_number.strip().upper()), [])
        for name, value in (("section", error.section), ("document_date", error.document_date), ("supplier_period", error.period)):
            if value and not pd.isna(value):
                rows = [row for row in rows if ims[name].iloc[row] == value] or rows
        pairs += [(place, row) for row in rows]
    return pd.DataFrame(pairs, columns=["error", "row"], dtype="int64")


def error_text(code: str, message: str, remedy: str) -> str:
    """What stands in the `Portal error` column: `IMSSAV0054: Please enter ... -> Answer 'Reduce ITC' ...`."""
    said = f"{code}: {message}" if code and code not in message else message or code
    return f"{said} -> {remedy}" if remedy else said


def known_error(code: str) -> tuple[str, str]:
    """(what it means, what to do) of a code; the longest known code that it begins with counts, ("", "") for unknown ones."""
    table = words()["errors"]
    match = max((known for known in table if code == known or (code.startswith(known) and len(code) > len(known) and known.endswith("005"))), key=len, default="")
    return (table[match]["meaning"], table[match]["remedy"]) if match else ("", "")


def _holder(top: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object that holds the report: the top, or a wrapper's `data`."""
    holder: Any = top
    for _ in range(4):
        if isinstance(holder, dict) and ({"imsDetailsErr", "error_report", "transTypCd"} & holder.keys() or not isinstance(holder.get("data"), dict)):
            break
        holder = holder["data"]
    return holder if isinstance(holder, dict) else {}


def _status(holder: Mapping[str, Any], name: str) -> str:
    code = str(holder.get("status_cd") or "").strip().upper()
    whole, message = str(holder.get("err_cd") or "").strip(), str(holder.get("err_msg") or "").strip()
    if (whole or code == "ER") and not holder.get("error_report"):
        meaning, remedy = known_error(whole)
        raise ImsXlError(f"{name}: the portal refused the upload as a whole ({error_text(whole, message or meaning or 'no reason given', remedy)}).")
    return _STATUS.get(code, "")


def _sections(holder: Mapping[str, Any], name: str, problems: list[Problem]) -> Iterable[tuple[str, list[Any]]]:
    report = holder.get("imsDetailsErr", holder.get("error_report"))
    if report is None:
        return
    if not isinstance(report, dict):
        problems.append(Problem(name, "", 0, "error_report", f"the report should hold sections, and holds {kind_of(report)}"))
        return
    for key, entries in report.items():
        if isinstance(entries, list):
            yield key, entries
        elif entries:
            problems.append(Problem(name, key, 0, key, f"'{key}' should hold a list, and holds {kind_of(entries)}"))


def _offline(key: str, entries: list[Any], name: str, problems: list[Problem]) -> Iterable[dict[str, Any]]:
    for place, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            problems.append(Problem(name, key, place, key, f"the entry is {kind_of(entry)} and not an object"))
            continue
        yield _error(key, place, entry, entry, name, problems)


def _api(key: str, entries: list[Any], name: str, problems: list[Problem]) -> Iterable[dict[str, Any]]:
    for place, entry in enumerate(entries, 1):
        documents = entry.get("inv", entry.get("nt")) if isinstance(entry, dict) else None
        if not isinstance(entry, dict):
            problems.append(Problem(name, key, place, key, f"the entry is {kind_of(entry)} and not an object"))
            continue
        for document in documents if isinstance(documents, list) and documents else [entry]:
            if isinstance(document, dict):
                yield _error(key, place, entry, document, name, problems)


def _error(key: str, place: int, entry: Mapping[str, Any], document: Mapping[str, Any], name: str, problems: list[Problem]) -> dict[str, Any]:
    section = section_of(key)
    message = _text(entry, "error_msg", "errorMsg", "err_msg", "error_message")
    code = _text(entry, "error_cd", "errorCd", "err_cd", "error_code") or _code_in(message)
    meaning, remedy = known_error(code)
    number = _text(document, *_NUMBERS)
    if not number:
        problems.append(Problem(name, key, place, "inum", f"the error '{message or code}' names no document"))
    return {"section": section.value if section else "", "supplier_gstin": (_text(document, "stin", "ctin") or _text(entry, "stin", "ctin")).upper(), "document_number": number,
            "document_date": _text(document, *_DATES), "period": _text(document, "rtnprd", "sRtnPrd"), "code": code, "message": message or meaning or "the portal gave no reason", "remedy": remedy,
            "position": place}


def _code_in(message: str) -> str:
    found = re.search(r"\b(?:IMS(?:SAV)?|GEN|RET|SWEB)[A-Z_-]*\d{3,}\b", message)
    return found[0] if found else ""


def _text(entry: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            return storable(value).strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""
