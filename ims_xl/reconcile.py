"""The whole story on one page: a book's state in, matches, decisions, returns and the checks that prove them out.

`reconcile(state, as_of)` reads no file and writes none; the faces bring the state and paint the answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from ims_xl.decisions import check_reductions, check_typed, decide, gather_facts
from ims_xl.filling import filled
from ims_xl.followup.movement import movement
from ims_xl.matching import link_documents
from ims_xl.progress import Progress, silent
from ims_xl.returns.belonging import two_b_periods
from ims_xl.returns.gstr2b import expected_2b
from ims_xl.returns.gstr3b import gstr3b
from ims_xl.rulebook import rulebook_for, rules_from_frame
from ims_xl.state import BookState, Links, Reconciliation
from ims_xl.tie_out import tie_out
from ims_xl.vocabulary import Change, ImsXlError, MatchClass


def reconcile(state: BookState, as_of: date, progress: Progress = silent) -> Reconciliation:
    """Match, decide, fill what no person set, and work out the returns of the book's period."""
    settings = state.settings
    if settings.period is None:
        raise ImsXlError("The book does not say which tax period it is for; fill 'Tax period' in Settings or give --period 2026-10.")
    if not settings.gstin:
        raise ImsXlError("The book does not say whose it is; fill 'Recipient GSTIN' in Settings or give --gstin.")
    rulebook = rulebook_for(settings.period)
    if not rulebook.has_facility("ims", settings.period):
        raise ImsXlError(f"The Invoice Management System begins with the GSTR-2B of October 2024; {settings.period.label} is before it.")

    progress("Matching the portal with the books", 0.05)
    links = link_live(state, progress)
    progress("Deciding", 0.55)
    belonging = two_b_periods(state.ims, state.portal_2b, settings)
    facts = gather_facts(
        state.ims, state.work, state.register, links, belonging, state.earlier, state.evidence, settings, rulebook, as_of
    )
    rules = rules_from_frame(state.rules, rulebook)
    decisions = decide(state.ims, facts, rules, settings, rulebook, as_of)
    work = filled(state.ims, state.work, decisions, str(settings.period))

    progress("Working out GSTR-2B and GSTR-3B", 0.7)
    two_b = expected_2b(state.ims, work, belonging, links, state.portal_2b, state.earlier, settings)
    three_b = gstr3b(two_b, state.ims, work, state.register, links, facts, state.inputs, settings)
    answered = replace(state, work=work)
    rec = Reconciliation(
        state=answered, as_of=as_of, links=links, belonging=belonging, facts=facts, decisions=decisions,
        why=_why(answered, links, decisions, facts), gstr2b=two_b, gstr3b=three_b, tie_out=(),
    )
    rec = replace(rec, movement=movement(rec))
    return replace(rec, tie_out=tie_out(rec))


def link_live(state: BookState, progress: Progress = silent) -> Links:
    """Matching over the rows that still stand on the portal; a gone row is alone in a result of its own."""
    gone = (state.work["change"] == Change.GONE).to_numpy(dtype=bool)
    if not gone.any():
        return link_documents(state.ims, state.register, state.settings, state.hand_links, progress)
    live = link_documents(state.ims[~gone].reset_index(drop=True), state.register, state.settings, state.hand_links, progress)
    count = len(live.results)
    ims_result = np.empty(len(state.ims), dtype=np.int64)
    ims_result[~gone] = live.ims_result
    ims_result[gone] = count + np.arange(int(gone.sum()))
    alone = pd.DataFrame({
        "match_class": MatchClass.NOT_IN_BOOKS.value, "clean": False, "confidence": np.int64(0), "differences": "",
        "explanation": "No longer on the portal.", "runner_up": "",
    }, index=range(int(gone.sum())))
    return Links(pd.concat([live.results, alone], ignore_index=True), ims_result, live.register_result)


def _why(state: BookState, links: Links, decisions: pd.DataFrame, facts: pd.DataFrame) -> pd.Series:
    """The sentence of the `Why` column: what matched, what the rule says, where a person and the tool differ, what changed."""
    explanation = links.results["explanation"].to_numpy(dtype=object)[links.ims_result]
    reason = decisions["reason"].to_numpy(dtype=object)
    rule = decisions["rule"].to_numpy(dtype=object)
    action = state.work["action"].to_numpy(dtype=object)
    suggested = decisions["suggested_action"].to_numpy(dtype=object)
    by = state.work["set_by"].to_numpy(dtype=object)
    text = _joined(explanation, reason) + " [" + rule + "]"
    # A person's or the portal's action stands; what the tool thinks now is said beside it.
    at = np.flatnonzero(action != suggested)
    who = np.where(by[at] == "portal", "The portal already holds ", "Set by hand: ").astype(object)
    text[at] = who + action[at] + "; the suggestion would be " + suggested[at] + ". " + text[at]
    illegal = check_typed(state.work, decisions)
    at = np.flatnonzero(illegal != "")
    text[at] = "NOT ALLOWED: " + illegal.to_numpy(dtype=object)[at] + " " + text[at]
    faults = check_reductions(state.ims, state.work, facts)
    at = np.flatnonzero(faults != "")
    text[at] = "TO MEND: " + faults.iloc[at].str.replace(r"\bV\d+: ", "", regex=True).to_numpy(dtype=object) + ". " + text[at]
    note = state.work["change_note"].to_numpy(dtype=object)
    at = np.flatnonzero(note != "")
    text[at] = _joined(note[at], text[at])
    return pd.Series(pd.array(text, dtype="str"), index=state.ims.index)


def _joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    gap = np.where((first != "") & (second != ""), " ", "")
    return np.asarray(first + gap + second, dtype=object)
