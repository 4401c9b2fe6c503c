"""Who set what: the action column after a run, from what the sheet holds, what was last filled, and what the rules suggest.

A typed action, remark or answer is never overwritten. What differs from the last fill is a person's; what the portal already
holds (A, R, P) stays the portal's; the rest follows the suggestion. An emptied cell asks for the suggestion again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.merging import withdrawn_action
from ims_xl.state import REDUCE
from ims_xl.vocabulary import Action, Change, SetBy

_PORTAL_HELD: Final = (Action.ACCEPT.value, Action.REJECT.value, Action.PENDING.value)


def filled(ims: pd.DataFrame, work: pd.DataFrame, decisions: pd.DataFrame, period: str) -> pd.DataFrame:
    """`work` (state.WORK_COLUMNS) after this run; aligned with ims, the given frame stays as it is."""
    out = work.copy()
    text = {name: work[name].to_numpy(dtype=object) for name in ("action", "set_by", "reviewed", "fill_action", "change")}
    portal = ims["portal_action"].to_numpy(dtype=object)
    suggested = decisions["suggested_action"].to_numpy(dtype=object)

    never_filled = text["fill_action"] == ""
    emptied = text["action"] == ""
    # An action in a column that we never filled was typed there before we came.
    typed = ~emptied & ((text["action"] != text["fill_action"]) | (text["reviewed"] != "") | (text["set_by"] == SetBy.PERSON))
    # A row that the supplier changed goes back to the suggestion even where the portal still shows an old action.
    held = np.isin(portal, _PORTAL_HELD) & (text["change"] != Change.CHANGED)
    from_portal = ~typed & held & np.where(emptied, never_filled, text["set_by"] == SetBy.PORTAL)

    action = np.where(typed, text["action"], np.where(from_portal, portal, suggested))
    set_by = np.where(typed, SetBy.PERSON.value, np.where(from_portal, SetBy.PORTAL.value, SetBy.RULE.value))
    out["action"] = pd.array(action, dtype="str")
    out["set_by"] = pd.array(set_by, dtype="str")
    # What was filed with GSTR-3B stays the measure for what is typed afterwards.
    filed = decisions["frozen"].to_numpy(dtype=bool) & ~never_filled
    out["fill_action"] = pd.array(np.where(filed, text["fill_action"], action), dtype="str")
    _fill_reduction(out, work, decisions, ims, action)
    _fill_remarks(out, work, decisions, ims, action, set_by)
    pending = action == Action.PENDING
    since = work["pending_since"].to_numpy(dtype=object)
    out["pending_since"] = pd.array(np.where(pending, np.where(since == "", period, since), ""), dtype="str")
    seen = work["first_seen"].to_numpy(dtype=object)
    out["first_seen"] = pd.array(np.where(seen == "", period, seen), dtype="str")
    return out


def reduction_text(frame: pd.DataFrame) -> np.ndarray:
    """`Yes|90000|||` per row: answer and amounts in paise, the form in which the last fill is remembered."""
    answer = frame["reduce_itc"].to_numpy(dtype=object)
    if not (answer != "").any() and all(frame[name].isna().all() for name in REDUCE):
        return np.full(len(frame), "", dtype=object)
    amounts = [frame[name].astype("str").fillna("").replace("<NA>", "").to_numpy(dtype=object) for name in REDUCE]
    joined = answer + "|" + amounts[0] + "|" + amounts[1] + "|" + amounts[2] + "|" + amounts[3]
    return np.where(joined == "||||", "", joined)


def _fill_reduction(out: pd.DataFrame, work: pd.DataFrame, decisions: pd.DataFrame, ims: pd.DataFrame, action: np.ndarray) -> None:
    """The books' answer on an accepted row that is asked; what the portal already holds for it comes in as it stands there."""
    answers = decisions[["reduce_itc", *REDUCE]].reset_index(drop=True)
    held = (action == Action.ACCEPT) & (ims["portal_action"] == Action.ACCEPT).to_numpy() & ims["portal_reduction"].isin(["Y", "N"]).to_numpy() & (work["change"] != Change.CHANGED).to_numpy()
    if held.any():
        stated = ims[[f"portal_{name}" for name in REDUCE]].set_axis(list(REDUCE), axis=1).reset_index(drop=True)
        # Zeros in all four heads beside "Y" are a blank form, not a declaration of nothing: nothing is said by "N".
        some = (stated.fillna(0).sum(axis=1) != 0).to_numpy() & (ims["portal_reduction"] == "Y").to_numpy()
        answers["reduce_itc"] = answers["reduce_itc"].mask(held, ims["portal_reduction"].map({"Y": "Yes", "N": "No"}).reset_index(drop=True))
        for name in REDUCE:
            answers[name] = answers[name].mask(held, stated[name].fillna(0).where(some)).astype("Int64")
    now = reduction_text(work)
    before = work["fill_reduce"].to_numpy(dtype=object)
    untouched = ((now == before) | (now == "")) & (work["reduce_unread"] == "").to_numpy(dtype=bool)
    wanted = (action == Action.ACCEPT) & (decisions["reduce_needed"].to_numpy(dtype=bool) | held)
    fill = untouched & wanted
    clear = untouched & ~wanted & (now != "")
    if not (fill | clear).any():
        out["fill_reduce"] = pd.array(np.where(untouched, now, before), dtype="str")
        return
    answer = work["reduce_itc"].to_numpy(dtype=object)
    out["reduce_itc"] = pd.array(np.where(fill, answers["reduce_itc"].to_numpy(dtype=object), np.where(clear, "", answer)), dtype="str")
    for name in REDUCE:
        out[name] = work[name].mask(fill, answers[name]).mask(clear, pd.NA).astype("Int64")
    out["fill_reduce"] = pd.array(np.where(untouched, reduction_text(out), before), dtype="str")


def _fill_remarks(out: pd.DataFrame, work: pd.DataFrame, decisions: pd.DataFrame, ims: pd.DataFrame, action: np.ndarray, set_by: np.ndarray) -> None:
    """A remark of ours stands only beside an action of ours; one that the portal already holds is shown beside the portal's action."""
    now = work["remarks"].to_numpy(dtype=object)
    before = work["fill_remarks"].to_numpy(dtype=object)
    untouched = (now == before) | (now == "")
    ours = (action == decisions["suggested_action"].to_numpy(dtype=object)) & (set_by != SetBy.PORTAL)
    suggestion = np.where(ours, decisions["remark"].to_numpy(dtype=object), "")
    suggestion = np.where(set_by == SetBy.PORTAL, ims["portal_remarks"].to_numpy(dtype=object), suggestion)
    # Who accepts, a person or the portal, makes no difference to the remark that the books' answer demands.
    answered = (action == Action.ACCEPT) & (reduction_text(out) == reduction_text(decisions)) & decisions["reduce_needed"].to_numpy(dtype=bool)
    answered &= (ims["remarks_blocked"] != "Y").to_numpy() & (suggestion == "")
    suggestion = np.where(answered, decisions["reduce_remark"].to_numpy(dtype=object), suggestion)
    remark = np.where(untouched, suggestion, now)
    out["remarks"] = pd.array(remark, dtype="str")
    out["fill_remarks"] = pd.array(np.where(untouched, suggestion, before), dtype="str")


def changes_of_action(work: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The rows whose action this run or a person since the last run changed: position, before, after, how."""
    before = work["fill_action"].to_numpy(dtype=object).copy()
    for row in np.flatnonzero((before == "") & (work["change"] == Change.CHANGED).to_numpy(dtype=bool)):
        before[row] = withdrawn_action(str(work["change_note"].iloc[row]))
    now = after["action"].to_numpy(dtype=object)
    changed = np.flatnonzero(before != now)
    how = after["set_by"].to_numpy(dtype=object)[changed]
    return pd.DataFrame({"position": changed, "before": before[changed], "after": now[changed], "how": how})
