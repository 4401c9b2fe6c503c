"""The drawn GSTR-2B of one period from all its files: JSON in one or many parts, Excel, or both.

Rules (GSTR-2B reference 1.4, 4.1, 4.5): files are merged by recipient and period; a later generation date replaces an earlier one (a
recompute); the summary is taken once and never added up; byte-identical parts count once, and a document that stands in two files
with the same content counts once. For a quarterly recipient the quarter's file already holds its three months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ims_xl.period import Period
from ims_xl.readers.gstr2b_json import read_2b_json
from ims_xl.readers.gstr2b_shape import CONTENT, IDENTITY, Statement, full_summary, settled
from ims_xl.readers.json_tokens import Part
from ims_xl.readers.sniff import FileKind, kinds_in, parts_of, sniff, what_takes
from ims_xl.state import Portal2B
from ims_xl.vocabulary import AMOUNTS, ImsXlError, Problem


def read_2b(paths: Sequence[Path], recipient_gstin: str = "", period: Period | None = None, quarterly: bool = False) -> Portal2B:
    """Merges all files of one period's GSTR-2B; another GSTIN, another period or two periods are an ImsXlError.

    With `period`, only that period's files may be given; with `quarterly` the months of its quarter may stand beside the quarter's own file.
    """
    if not paths:
        raise ImsXlError("No GSTR-2B file was given.")
    problems: list[Problem] = []
    statements = [one for path in paths for one in _statements(Path(path), problems)]
    statements = _distinct(statements, problems)
    gstin = _one_gstin(statements, recipient_gstin)
    statements, month = _one_period(statements, period, quarterly, problems)
    statements = _latest(statements, problems)
    documents = _united([one.documents for one in statements], problems)
    summary = next((one.summary for one in statements if one.summary), {})
    _whole_statement(statements, documents, problems)
    problems = [problem for one in statements for problem in one.problems] + problems
    generated = max((one.generated_on for one in statements if one.generated_on), default=None)
    return Portal2B(gstin, month, generated, documents, full_summary(summary), tuple(problems))


def _statements(path: Path, problems: list[Problem]) -> list[Statement]:
    kind = sniff(path)
    if FileKind.GSTR2B_JSON in kinds_in(path):
        parts: dict[str, Part] = {}
        for part in parts_of(path, FileKind.GSTR2B_JSON):
            if part.text in parts:
                problems.append(Problem(path.name, "", 0, "file", f"{part.name} repeats {parts[part.text].name} byte for byte and is read once"))
            parts.setdefault(part.text, part)
        return [read_2b_json(part) for part in parts.values()]
    if kind is FileKind.GSTR2B_EXCEL:
        from ims_xl.readers.gstr2b_excel import read_2b_excel

        excel: list[Statement] = read_2b_excel(path)
        return excel
    raise ImsXlError(f"{path.name} is not a GSTR-2B: {what_takes(kind)}")


def _distinct(statements: list[Statement], problems: list[Problem]) -> list[Statement]:
    """The same download given twice under two names is read once."""
    kept: list[Statement] = []
    for one in statements:
        same = next((old for old in kept if (old.gstin, old.period, old.generated_on, old.summary, len(old.documents)) == (one.gstin, one.period, one.generated_on, one.summary, len(one.documents))
                     and old.documents[list(CONTENT)].equals(one.documents[list(CONTENT)])), None)
        if same is None:
            kept.append(one)
        else:
            problems.append(Problem(one.file, "", 0, "file", f"{one.file} repeats {same.file} and is read once"))
    return kept


def _one_gstin(statements: list[Statement], expected: str) -> str:
    expected = expected.strip().upper()
    found = {one.gstin for one in statements if one.gstin}
    if len(found) > 1:
        raise ImsXlError(f"The GSTR-2B files are of {len(found)} GSTINs ({', '.join(sorted(found))}); give each client's files by themselves.")
    gstin = next(iter(found), "")
    if expected and gstin and gstin != expected:
        raise ImsXlError(f"{next(one.file for one in statements if one.gstin)} is the GSTR-2B of {gstin}; this book is for {expected}.")
    return gstin or expected


def _one_period(statements: list[Statement], expected: Period | None, quarterly: bool, problems: list[Problem]) -> tuple[list[Statement], Period]:
    """The statements of one period; a part that names none belongs to the one that the others name."""
    months = {id(one): _month(one) for one in statements}
    found = sorted({month for month in months.values() if month})
    if not found and expected is None:
        raise ImsXlError(f"{statements[0].file} does not say of which period it is ('rtnprd'); give the period.")
    wanted = expected or found[-1]
    if quarterly:
        wanted = wanted.quarter_end
        outside = [month for month in found if month.quarter_end != wanted]
        if not outside:
            return _quarter(statements, months, wanted, problems)
        raise ImsXlError(f"{_file_of(statements, months, outside[0])} is the GSTR-2B of {outside[0]}; this book is for the quarter ending {wanted}.")
    if expected is None and len(found) > 1:
        raise ImsXlError(f"The GSTR-2B files are of {len(found)} periods ({', '.join(map(str, found))}); give one period's files at a time.")
    for month in found:
        if month != wanted:
            raise ImsXlError(f"{_file_of(statements, months, month)} is the GSTR-2B of {month}; this book is for {wanted}.")
    return statements, wanted


def _quarter(statements: list[Statement], months: dict[int, Period | None], wanted: Period, problems: list[Problem]) -> tuple[list[Statement], Period]:
    """The quarter's own file where it is there, since it holds the months too; else the months that are, of the last of which the answer is."""
    own = [one for one in statements if months[id(one)] in (wanted, None)]
    early = [one for one in statements if months[id(one)] not in (wanted, None)]
    if own and early:
        for one in early:
            problems.append(Problem(one.file, "", 0, "rtnprd", f"the statement of {months[id(one)]} is left out: the quarter's file ({own[0].file}) holds it already"))
        return own, wanted
    if early:
        problems.append(Problem(early[0].file, "", 0, "rtnprd", f"the quarter's own GSTR-2B ({wanted}) is not among the files; only its early months are counted"))
        return [replace(one, generated_on=None, summary={}) for one in early], max(month for month in months.values() if month)
    return own, wanted


def _month(one: Statement) -> Period | None:
    if not one.period:
        return None
    try:
        return Period.parse(one.period)
    except ImsXlError:
        raise ImsXlError(f"{one.file}: '{one.period}' is not a return period (expected MMYYYY, such as 102026).") from None


def _file_of(statements: list[Statement], months: dict[int, Period | None], month: Period) -> str:
    return next(one.file for one in statements if months[id(one)] == month)


def _latest(statements: list[Statement], problems: list[Problem]) -> list[Statement]:
    """Only the last recompute counts; parts without a date stand with it."""
    last = max((one.generated_on for one in statements if one.generated_on), default=None)
    if last is None:
        return statements
    for one in statements:
        if one.generated_on and one.generated_on < last:
            problems.append(Problem(one.file, "", 0, "gendt", f"generated on {one.generated_on:%d-%m-%Y} and replaced by the statement of {last:%d-%m-%Y}"))
    return [one for one in statements if one.generated_on in (last, None)]


def _united(frames: list[pd.DataFrame], problems: list[Problem]) -> pd.DataFrame:
    """All documents, those that stand in two files with one identity and the same amounts once."""
    frames = [frame for frame in frames if len(frame)]
    if len(frames) < 2:
        return settled(frames)
    by = [*IDENTITY, *AMOUNTS]
    numbered = [frame.assign(copy=frame.groupby(by, dropna=False).cumcount()) for frame in frames]
    everything = pd.concat(numbered, ignore_index=True)
    again = everything.duplicated([*by, "copy"])
    if again.any():
        file = everything.loc[again, "source_file"].iloc[0]
        problems.append(Problem(file, "", 0, "file", f"{int(again.sum())} documents stand in more than one file and count once"))
        everything = everything[~again]
    clash = everything.duplicated([*IDENTITY], keep="first") & ~everything.duplicated([*IDENTITY, "source_file"], keep="first")
    for _, row in everything[clash].head(50).iterrows():
        problems.append(Problem(row["source_file"], row["source_sheet"], int(row["source_row"]), "document_number",
                                f"{row['document_number']} of {row['supplier_gstin']} stands in two files with different amounts; both are kept"))
    return settled([everything.drop(columns="copy")])


def _whole_statement(statements: list[Statement], documents: pd.DataFrame, problems: list[Problem]) -> None:
    """Says so where parts seem to be missing."""
    promised = max((one.promised for one in statements), default=0)
    counted = int((documents["block"] != "reversal").sum())
    parts = max((one.parts for one in statements), default=0)
    if counted < promised and len(documents) < promised:
        file = next(one.file for one in statements if one.promised == promised)
        problems.append(Problem(file, "", 0, "cpsumm", f"the summary counts {promised} documents and {len(documents)} were read: a part of the statement is missing"))
    elif parts > 1 and not len(documents):
        problems.append(Problem(statements[0].file, "", 0, "fc", f"the statement is split into {parts} files and none of those given holds documents"))
