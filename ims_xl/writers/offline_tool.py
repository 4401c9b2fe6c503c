"""A book's decisions -> the cells of the IMS Offline Tool's own sheets, as a Plan: only Status, Remarks and the declaration, only where they differ.

The same rules stand guard as for the upload file: what the portal would refuse is refused before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ims_xl.vocabulary import HEADS, Change
from ims_xl.workbook.plan import Plan, TableColumn, TablePatch
from ims_xl.writers.changes import Changes, changes_of
from ims_xl.writers.refusals import refusals_of
from ims_xl.writers.upload import refuse

_PAST: Mapping[str, str] = {"Accept": "Accepted", "Reject": "Rejected"}


class ToolSheetLike(Protocol):
    """What a sheet of the tool tells (`readers.offline_tool.ToolSheet`)."""

    @property
    def name(self) -> str: ...
    @property
    def ledger(self) -> pd.DataFrame: ...
    @property
    def columns(self) -> Mapping[str, int]: ...
    @property
    def heading_rows(self) -> Mapping[str, int]: ...
    @property
    def headings(self) -> Mapping[str, str]: ...
    @property
    def cells(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class FilledTool:
    plan: Plan
    lines: tuple[str, ...]


def fill_tool(sheets: Sequence[ToolSheetLike], ims: pd.DataFrame, work: pd.DataFrame, allowed: pd.Series | None = None, reduce_needed: pd.Series | None = None,
              rows: Sequence[int] | None = None, past: bool | None = None) -> FilledTool:
    """What to write into the tool, and what was done; ImsXlError lists rows that its Validate would stop at.

    `past`: its drop-downs say Accepted and Rejected; None leaves it to what stands in the Status cells.
    """
    changes = changes_of(ims, work)
    refused = refusals_of(ims, work, changes, allowed, reduce_needed)
    if refused:
        raise refuse(refused, ims, rows)
    position = {key: place for place, key in enumerate(ims["key"])}
    live = (work["change"] != Change.GONE.value).to_numpy(dtype=bool)
    going = set(changes.rows.tolist())
    patches: list[TablePatch] = []
    lines: list[str] = []
    seen: set[int] = set()
    for sheet in sheets:
        places = np.array([position.get(key, -1) for key in sheet.ledger["key"]], dtype=np.int64)
        seen |= set(places.tolist())
        unknown = int((places < 0).sum())
        wanted = _wanted(sheet, places, changes, live, work, past)
        changed = np.flatnonzero((wanted.to_numpy(dtype=object) != sheet.cells.to_numpy(dtype=object)).any(axis=1)) if len(wanted) else np.zeros(0, dtype=np.int64)
        if len(changed):
            patches += _patches(sheet, wanted.iloc[changed], sheet.ledger["source_row"].to_numpy()[changed].tolist())
        if len(sheet.ledger):
            lines.append(f"{sheet.name}: {len(sheet.ledger)} documents in the tool, {len(changed)} filled" + (f", {unknown} not in the book and left alone" if unknown else ""))
    missing = sorted(going - seen)
    if missing:
        numbers = ", ".join(str(text) for text in ims["document_number"].iloc[missing[:5]])
        lines.append(f"{len(missing)} documents with an action are not in the tool ({numbers}{', ...' if len(missing) > 5 else ''}): open the latest IMS JSON in it")
    return FilledTool(Plan(patches=tuple(patches)), tuple(lines))


def _wanted(sheet: ToolSheetLike, places: np.ndarray, changes: Changes, live: np.ndarray, work: pd.DataFrame, past: bool | None) -> pd.DataFrame:
    """The texts that the tool's columns should hold; rows that the book does not know, or has no action for, keep what stands there."""
    made = {name: sheet.cells[name].tolist() for name in sheet.cells.columns}
    shown = sheet.cells["action"].str.lower() if len(sheet.cells) else pd.Series([], dtype="str")
    past = bool(shown.isin(["accepted", "rejected"]).any() or (past and not shown.isin(["accept", "reject"]).any()))
    typed = work["action"].to_numpy(dtype=object)
    going = set(changes.rows.tolist())
    for row, place in enumerate(places.tolist()):
        if place < 0 or not live[place] or typed[place] == "":
            continue
        action = str(changes.action[place])
        word = _PAST.get(action, action) if past else action
        if place not in going and _same_action(str(made["action"][row]), action):
            continue
        said: dict[str, Any] = {"action": word, "remarks": str(changes.remark[place])}
        answer, partial = str(changes.answer[place]), bool(changes.partial[place])
        said["reduction"] = {"Y": "Yes", "N": "No"}.get(answer, "")
        said |= {f"reduce_{head}": f"{int(changes.amounts[place, number]) / 100:.2f}".rstrip("0").rstrip(".") if partial else "" for number, head in enumerate(HEADS)}
        for name, column in made.items():
            column[row] = said[name]
    return pd.DataFrame(made, columns=sheet.cells.columns, dtype=object)


def _same_action(shown: str, action: str) -> bool:
    plain = shown.strip().lower()
    return plain in (action.lower(), _PAST.get(action, "").lower()) or (plain == "" and action == "No Action")


def _patches(sheet: ToolSheetLike, wanted: pd.DataFrame, rows: list[int]) -> list[TablePatch]:
    """One patch for each line of headings, since the host knows a column by its heading's own row."""
    patches = []
    for header_row in sorted(set(sheet.heading_rows.values())):
        columns = []
        for name in wanted.columns:
            if sheet.heading_rows[name] != header_row:
                continue
            texts = wanted[name].tolist()
            if name.startswith("reduce_"):
                columns.append(TableColumn(sheet.columns[name], sheet.headings[name], [float(text) if text else None for text in texts], kind="number"))
            else:
                columns.append(TableColumn(sheet.columns[name], sheet.headings[name], texts))
        if columns:
            patches.append(TablePatch(sheet.name, header_row, rows, tuple(columns), table_area=""))
    return patches
