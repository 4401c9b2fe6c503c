"""What each row's drop-down offers, and why something is not on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.vocabulary import Action

ORDER = (Action.ACCEPT, Action.REJECT, Action.PENDING, Action.NO_ACTION)


def allowed(facts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """(allowed, lock), aligned with ims: `Accept,Reject,Pending,No Action` without what is barred; the reasons in words, "" where all four are open."""
    reject = facts["may_reject"].to_numpy(dtype=bool)
    pending = facts["pending"].to_numpy(dtype=object) != "barred"
    closed = np.isin(facts["state"].to_numpy(dtype=object), ["gone", "frozen"])
    offers = {(r, p): ",".join(a for a in ORDER if (a != Action.REJECT or r) and (a != Action.PENDING or p)) for r in (True, False) for p in (True, False)}
    open_rows = np.where(reject, np.where(pending, offers[True, True], offers[True, False]), np.where(pending, offers[False, True], offers[False, False]))
    why_pending = "Pending: " + facts["limit_reason"].to_numpy(dtype=object)
    lock = np.where(pending, "", why_pending)
    lock = np.where(reject, lock, np.where(lock == "", "", lock + "; ") + "Reject: a bill of entry can be accepted or kept pending, never rejected")
    lock = np.where(closed, "nothing can be done about this record any more", lock)
    text = np.where(closed, Action.NO_ACTION.value, open_rows)
    return pd.Series(pd.array(text.astype(object), dtype="str"), index=facts.index), pd.Series(pd.array(lock.astype(object), dtype="str"), index=facts.index)
