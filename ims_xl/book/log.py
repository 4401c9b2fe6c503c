"""The lines of `Log`: who changed which action, when, from what to what and why; and which documents left a person's sheet."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from ims_xl.filling import changes_of_action
from ims_xl.state import LOG_COLUMNS, BookState, Reconciliation, empty, user_name

_STAMP = "%Y-%m-%d %H:%M:%S"
_ONE_BY_ONE = 200


def log_lines(before: BookState, rec: Reconciliation) -> pd.DataFrame:
    """Who changed which action, from what to what and why; the first fill of fresh rows is one line."""
    changes = changes_of_action(before.work, rec.state.work)
    if changes.empty:
        return empty(LOG_COLUMNS)
    at, who = datetime.now().strftime(_STAMP), user_name()
    first = (changes["before"] == "").to_numpy() & (changes["how"] == "rule").to_numpy()
    lines: list[dict[str, str]] = []
    if first.any():
        counts = changes.loc[first, "after"].value_counts()
        lines.append({
            "at": at, "who": who, "document": f"{int(first.sum())} document{'s' if first.sum() > 1 else ''}", "field": "Action", "before": "", "how": "rule",
            "after": ", ".join(f"{count} {action}" for action, count in counts.items()), "why": "first fill; the rule of each stands in its Why",
        })
    for change in changes[~first].itertuples():
        p = int(change.position)
        how = {"person": "hand", "portal": "portal"}.get(change.how, "rule")
        lines.append(_document_line(rec.state, p, "Action", change.before, change.after, who if how == "hand" else "ims-xl", how, str(rec.why.iloc[p])[:250]))
    return pd.DataFrame(lines)[list(LOG_COLUMNS)].astype("str")


def vanished_lines(state: BookState, keys: pd.Series, sheet: str) -> pd.DataFrame:
    """A line for every document that stood on a person's sheet at the last run and stands there no longer."""
    gone = state.ims.index[~state.ims["key"].isin(keys).to_numpy(dtype=bool)]
    why, who = f"no longer stands on the sheet '{sheet}'", user_name()
    lines = [_document_line(state, int(p), "Row", state.work["action"].iloc[p], "", who, "hand", why) for p in gone[:_ONE_BY_ONE]]
    if len(gone) > _ONE_BY_ONE:
        lines.append({**lines[-1], "document": f"and {len(gone) - _ONE_BY_ONE} more", "before": ""})
    return pd.DataFrame(lines, columns=list(LOG_COLUMNS)).astype("str")


def _document_line(state: BookState, position: int, field: str, before: str, after: str, who: str, how: str, why: str) -> dict[str, str]:
    ims = state.ims.iloc[position]
    document = f"{ims['section']} {ims['document_number']} of {ims['supplier_gstin']}"
    return {"at": datetime.now().strftime(_STAMP), "who": who, "document": document, "field": field, "before": before, "after": after, "how": how, "why": why}
