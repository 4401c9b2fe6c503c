"""The two data sheets of a book: which they are, where each ledger row stands, and what a person typed in our columns.

In a book of ours they are `IMS` and `Purchase Register`; in a person's own workbook whatever sheet looks like one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.readers.cleaning import to_paise
from ims_xl.readers.headings import column_number
from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.vocabulary import Action, ImsXlError, Problem

WORK_HEADINGS: Final[Mapping[str, str]] = {
    "action": "Action", "set_by": "Set by", "reviewed": "Reviewed", "remarks": "Remarks", "reduce_itc": "Reduce ITC",
    "reduce_igst": "Reduce IGST", "reduce_cgst": "Reduce CGST", "reduce_sgst": "Reduce SGST", "reduce_cess": "Reduce Cess", "portal_error": "Portal error",
}
_COLUMNS: Final = 16384
_MERGED: Final = re.compile(r"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)")
_ROOM: Final = 60
"""More columns than we ever add to a sheet."""
SURELY_OURS: Final = ("Match", "Differs in", "Suggested action", "Set by")
_ACTION_WORDS: Final = {
    "accept": Action.ACCEPT, "accepted": Action.ACCEPT, "a": Action.ACCEPT, "reject": Action.REJECT, "rejected": Action.REJECT, "r": Action.REJECT,
    "pending": Action.PENDING, "p": Action.PENDING, "no action": Action.NO_ACTION, "noaction": Action.NO_ACTION, "n": Action.NO_ACTION,
}


@dataclass(frozen=True)
class DataSheet:
    """A data sheet as it stands. `rows[i]` is the sheet row of ledger row i, 0 where it is not on the sheet yet."""

    sheet: str
    header_row: int
    rows: np.ndarray
    columns: Mapping[str, int] = field(default_factory=dict)
    """Headings in the heading row -> column number; ours only where they are ours."""
    last_row: int = 0
    last_column: int = 0
    own: bool = True
    fresh: bool = False
    """Nothing stands on it yet: headings and titles are to be written too."""
    fields: Mapping[str, int] = field(default_factory=dict)
    """On a person's sheet: ledger field -> her column, so that what differs is marked in her own cells."""
    first_column: int = 0
    """Where the headings begin; 0 = not known."""

    def placed(self, headings: Sequence[str]) -> tuple[np.ndarray, dict[str, int]]:
        """Rows and columns for the next writing: what has no place yet comes below and to the right."""
        rows = self.rows.astype(np.int64).copy()
        homeless = np.flatnonzero(rows == 0)
        rows[homeless] = max(self.last_row, self.header_row) + 1 + np.arange(len(homeless))
        columns = dict(self.columns)
        free = self.last_column + 1
        for heading in headings:
            if heading not in columns:
                columns[heading] = free
                free += 1
        return rows, columns


def heading_columns(text: SheetText, header_row: int, mapped: Sequence[int], ours: Sequence[str]) -> dict[str, int]:
    """Our headings in that row -> column. A column that the reader took for the portal's or the books' own is never ours."""
    if header_row not in text.frame.index:
        return {}
    line = text.frame.loc[header_row]
    found: dict[str, int] = {}
    for column, heading in zip(text.frame.columns, line):
        if heading in ours and int(column) not in mapped:
            found[str(heading)] = int(column)
    return found


def first_heading(text: SheetText, header_row: int) -> int:
    """The column of the first heading in that row, 0 where there is none."""
    if header_row not in text.frame.index:
        return 0
    return next((int(c) for c, v in zip(text.frame.columns, text.frame.loc[header_row]) if str(v).strip()), 0)


def our_block(text: SheetText, ours: Sequence[str], sure: Sequence[str]) -> dict[str, int]:
    """Our columns in a person's sheet, by heading: the row within the first forty where all of `sure` stand, from the first of them on; {} before our first run."""
    for line in text.frame.head(40).to_numpy(dtype=object):
        found = {str(heading): int(column) for column, heading in zip(text.frame.columns, line) if heading in ours}
        if all(name in found for name in sure):
            first = min(found[name] for name in sure)
            return {heading: column for heading, column in found.items() if column >= first}
    return {}


def without(text: SheetText, columns: Mapping[str, int]) -> SheetText:
    """The sheet as the person made it: what we wrote beside her tables must not change how they are read."""
    return replace(text, frame=text.frame.drop(columns=list(columns.values()))) if columns else text


def extent(text: SheetText) -> tuple[int, int]:
    """Last row and column with anything in them."""
    frame = text.frame
    if frame.empty:
        return 0, 0
    last_row = last_column = 0
    for column in reversed(frame.columns):
        if (frame[column] != "").any():
            last_column = int(column)
            break
    for row in range(len(frame) - 1, -1, -1):
        if (frame.iloc[row] != "").any():
            last_row = int(frame.index[row])
            break
    return last_row, last_column


def last_before_ours(text: SheetText, last_column: int) -> int:
    """The column after which ours find room: the last one with anything in it, or, where that stands at the sheet's very end, the last before a gap."""
    if last_column + _ROOM <= _COLUMNS:
        return last_column
    filled = [int(c) for c in text.frame.columns if (text.frame[c] != "").any()]
    for column, following in pairwise(filled):
        if following - column > _ROOM:
            return column
    raise ImsXlError(f"Sheet {text.name!r} is filled to its last column, and ours need {_ROOM} free ones; clear what stands at its right end, then run again.")


def beyond_merges(text: SheetText, header_row: int, rows: np.ndarray, last_column: int) -> int:
    """The last column that the heading or a row of the table reaches, merged cells counted whole: what stands under a merged cell is seen by nobody."""
    last_row = max(header_row, int(rows.max(initial=0)))
    areas = [(column_number(m[1]), column_number(m[3])) for m in map(_MERGED.fullmatch, text.merged) if m and int(m[4]) >= header_row and int(m[2]) <= last_row]
    for left, right in sorted(areas):    # from left to right: one may reach under the next
        if left <= last_column < right and right + _ROOM <= _COLUMNS:
            last_column = right
    return last_column


def typed_work(text: SheetText, columns: Mapping[str, int], rows: np.ndarray) -> tuple[pd.DataFrame, list[Problem]]:
    """What stands in our columns for those sheet rows, as WORK_COLUMNS; a cell that cannot be read is a problem."""
    work = empty(WORK_COLUMNS, len(rows))
    problems: list[Problem] = []
    unread: dict[int, dict[str, str]] = {}
    for name, heading in WORK_HEADINGS.items():
        if heading not in columns:
            continue
        cells = text.frame[columns[heading]].reindex(rows).fillna("").reset_index(drop=True)
        if WORK_COLUMNS[name] == "paise?":
            blank = (cells.str.strip() == "").to_numpy(dtype=bool)
            if blank.all():
                continue
            amounts, bad = to_paise(cells)
            work[name] = pd.array(np.where(blank | bad, 0, amounts), dtype="Int64")
            work[name] = work[name].mask(pd.Series(blank | bad), pd.NA)
            for i in np.flatnonzero(bad & ~blank).tolist():
                problems.append(Problem("", text.name, int(rows[i]), heading, f"'{cells.iloc[i][:60]}' is not an amount"))
                unread.setdefault(i, {})[name] = cells.iloc[i]
        else:
            work[name] = cells.str.strip().astype("str")
    if unread:
        work["reduce_unread"] = pd.array([json.dumps(unread[i], ensure_ascii=False) if i in unread else "" for i in range(len(rows))], dtype="str")
    work["action"] = _actions(work["action"])
    work["reduce_itc"] = work["reduce_itc"].replace({"yes": "Yes", "no": "No", "Y": "Yes", "N": "No", "YES": "Yes", "NO": "No", "y": "Yes", "n": "No"})
    known = {a.value for a in Action} | {""}
    strange = np.flatnonzero(~work["action"].isin(list(known)).to_numpy())
    problems += [
        Problem("", text.name, int(rows[i]), "Action", f"'{work['action'].iloc[i]}' is no action; write Accept, Reject, Pending or No Action") for i in strange
    ]
    return work, problems


def _actions(typed: pd.Series) -> pd.Series:
    words = {word: _ACTION_WORDS[word.lower()].value for word in typed.unique() if word.lower() in _ACTION_WORDS}
    return typed.replace(words) if words else typed
