"""The next period's book starts where this one ended.

`rolled_over(rec)` gives the state of the next period: rows that wait (Pending, not filed, later periods) with their evidence
and clocks, the vouchers that are still unmatched or belong to a waiting row, and every document already counted, so that its
credit is never taken twice and its amendment counts by the difference only. The closed book is not touched.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ims_xl.followup.movement import closing, waiting, waiting_vouchers
from ims_xl.followup.unpaid import still_unpaid
from ims_xl.period import Period
from ims_xl.returns.standing import counted
from ims_xl.settings import Settings
from ims_xl.state import EARLIER_COLUMNS, FILE_COLUMNS, LOG_COLUMNS, BookState, Reconciliation, empty
from ims_xl.vocabulary import HEADS, Action, ImsXlError

CARRIED_INPUTS = ("carry.", "unpaid.")
"""Typed cells whose id starts so are about the client, not the month, and ride along."""


def next_period(settings: Settings) -> Period:
    """The month after, or the quarter after for a quarterly client."""
    if settings.period is None:
        raise ImsXlError("The book does not say which tax period it is for, so there is no next one; fill 'Tax period' in Settings.")
    return settings.period.plus(3 if settings.quarterly else 1)


def rolled_over(rec: Reconciliation) -> BookState:
    """The next period's state; see the module's docstring for what rides along."""
    state = rec.state
    wait = waiting(rec)
    kept = np.flatnonzero(wait)
    ims = state.ims.iloc[kept].reset_index(drop=True)
    work = state.work.iloc[kept].reset_index(drop=True).copy()
    for name in ("change", "change_note", "portal_error"):
        work[name] = pd.array([""] * len(work), dtype="str")
    register = state.register[_vouchers_to_carry(rec, wait)].reset_index(drop=True)
    keys = set(ims["key"])
    period = next_period(state.settings)
    log = pd.DataFrame([{
        "at": "", "who": "ims-xl", "document": f"{len(ims)} documents, {len(register)} register lines", "field": "Roll forward", "before": str(state.settings.period),
        "after": str(period), "how": "rollover", "why": "waiting rows, unmatched vouchers and documents already counted were carried forward",
    }])[list(LOG_COLUMNS)].astype("str")
    return BookState(
        settings=replace(state.settings, period=period, gstr3b_filed=False),
        ims=ims, work=work, register=register, rules=state.rules,
        earlier=_earlier(rec), opening=closing(rec), unpaid=still_unpaid(rec),
        evidence=state.evidence[state.evidence["key"].isin(list(keys))].reset_index(drop=True),
        contacts=state.contacts, files=empty(FILE_COLUMNS), log=log, hand_links=state.hand_links,
        inputs=_inputs(rec, keys),
        mapping=state.mapping, mapping_shown=state.mapping_shown,
    )


def _inputs(rec: Reconciliation, waits: set[str]) -> dict[str, str]:
    """What was typed about the client rides along; so do the sign-off of a silent row that still waits, what stands for a date of evidence and is none, and the follow-up of every rejection."""
    kept: dict[str, str] = {}
    for name, value in rec.state.inputs.items():
        about, _, rest = name.partition(".")
        key = rest.rpartition(".")[0]
        if name.startswith(CARRIED_INPUTS) or about == "rejected" or (about in ("risk", "pending") and key in waits):
            kept[name] = value
    return kept


def _vouchers_to_carry(rec: Reconciliation, wait: np.ndarray) -> np.ndarray:
    """Register lines of a result with a waiting row, and those that no portal document has met yet.

    Vouchers outside IMS (reverse charge, unregistered, imports of services) were declared in this period and stay behind.
    """
    classes = rec.links.results["match_class"].to_numpy(dtype=object)
    carry = np.zeros(len(classes), dtype=bool)
    carry[np.unique(rec.links.ims_result[wait])] = True
    return np.asarray(carry[rec.links.register_result] | waiting_vouchers(rec), dtype=bool)


def _earlier(rec: Reconciliation) -> pd.DataFrame:
    """Documents of closed periods, this one added: what was counted, and what was rejected (an amendment of it counts in full)."""
    state, rows = rec.state, rec.gstr2b.rows
    action = state.work["action"].to_numpy(dtype=object)
    settled = rows["counts"].to_numpy(dtype=bool) & (action != Action.PENDING)
    at = np.flatnonzero(settled)
    now = counted(rows, state.work["action"])[at]
    fresh = pd.DataFrame({
        "key": state.ims["key"].iloc[at].to_numpy(), "section": state.ims["section"].iloc[at].to_numpy(),
        "supplier_gstin": state.ims["supplier_gstin"].iloc[at].to_numpy(), "document_number": state.ims["document_number"].iloc[at].to_numpy(),
        "document_date": state.ims["document_date"].iloc[at].to_numpy(), "period": str(state.settings.period), "action": action[at],
        "counted": now, "filed_3b": True, "taxable_value": state.ims["taxable_value"].iloc[at].to_numpy(),
        **{head: state.ims[head].iloc[at].to_numpy() for head in HEADS},
    })
    blank = empty(EARLIER_COLUMNS)
    fresh = pd.DataFrame({name: fresh[name].astype(blank[name].dtype) for name in EARLIER_COLUMNS})
    return pd.concat([state.earlier, fresh], ignore_index=True).astype(blank.dtypes.to_dict()) if len(state.earlier) else fresh
