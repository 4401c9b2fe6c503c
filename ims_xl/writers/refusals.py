"""What the portal would refuse, found before anything is written: illegal actions, declarations unanswered or excessive, remarks missing or too long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.portal_words import words
from ims_xl.vocabulary import HEADS, Action, Change
from ims_xl.writers.changes import Changes, sendable

_KNOWN: Final = frozenset(action.value for action in Action)
_DECLARATION_SINCE: Final = 202510
"""The declaration exists for credit notes of GSTR-2B periods from October 2025 (GSTN advisory of 23-09-2025)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    position: int
    reason: str


def refusals_of(ims: pd.DataFrame, work: pd.DataFrame, changes: Changes, allowed: pd.Series | None, reduce_needed: pd.Series | None) -> list[Refusal]:
    """Every row that must be mended first; a row may stand there with several reasons in one sentence."""
    needed = _needed(ims, changes) if reduce_needed is None else reduce_needed.to_numpy(dtype=bool)
    live = (work["change"] != Change.GONE.value).to_numpy(dtype=bool)
    going = np.zeros(len(ims), dtype=bool)
    going[changes.rows] = True
    typed = work["action"].to_numpy(dtype=object)
    remarks = work["remarks"].to_numpy(dtype=object)
    most = int(words()["upload"]["max_remark"])
    suspects = going | (live & (np.array([len(text.strip()) > most for text in remarks], dtype=bool) | ~np.isin(typed, [*_KNOWN, ""])))
    suspects[changes.imports] = True
    # what cannot be read may be the very change: without it the row looks as the portal holds it, and would be passed over in silence
    unread = live & (work["reduce_unread"] != "").to_numpy(dtype=bool) & changes.takes & (changes.action == Action.ACCEPT.value)
    suspects |= unread
    found = []
    portal_action, portal_remarks, blocked, sections = (ims[name].to_numpy(dtype=object) for name in ("portal_action", "portal_remarks", "pending_blocked", "section"))
    options = allowed.to_numpy(dtype=object) if allowed is not None else None
    declares = going & changes.takes & (changes.action == Action.ACCEPT.value)
    declarations = _Declarations(ims, work, changes)
    for position in np.flatnonzero(suspects).tolist():
        reasons: list[str] = []
        if changes.action[position] != portal_action[position]:
            reasons = _action_reasons(changes.action[position], sections[position], blocked[position], options[position] if options is not None else "", bool(going[position]))
        if declares[position] and not reasons:
            reasons = declarations.reasons(position, bool(needed[position]))
        if unread[position]:             # a blank amount would say: in full
            reasons.append("what is typed for an amount to reduce is no amount: write it as 1234.50")
        text = remarks[position].strip()
        if not text and not reasons:
            continue
        if max(len(text), len(sendable(text))) > most and text != portal_remarks[position].strip():
            reasons.append(f"the remark has {max(len(text), len(sendable(text)))} characters, the portal takes {most}: shorten it")
        elif going[position] and text and not sendable(text):
            reasons.append("the remark has no character that the portal takes: write it in plain letters")
        if reasons:
            found.append(Refusal(position, "; ".join(reasons)))
    return found


def _action_reasons(action: str, section: str, pending_blocked: str, allowed: str, going: bool) -> list[str]:
    if action not in _KNOWN:
        return [f"'{action}' is no action: choose Accept, Reject, Pending or No Action"]
    if action == Action.NO_ACTION.value:
        return []
    is_import = section.startswith("IMPG")
    if is_import and action == Action.REJECT.value:
        return ["a bill of entry cannot be rejected: choose Accept, Pending or No Action and set it on the dashboard"]
    if action == Action.PENDING.value and pending_blocked == "Y":
        return [f"the portal does not offer Pending on this document: choose Accept{'' if is_import else ' or Reject'}"]
    options = _options(str(allowed))
    if options and action not in options and (going or is_import):
        return [f"{action} is not allowed here: choose {' or '.join(options)}"]
    return []


@lru_cache(maxsize=256)
def _options(allowed: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in re.split(r"[,;|/]", allowed) if text.strip())


class _Declarations:
    """What the rows say of the ITC reduction, each column taken out of its frame once."""

    def __init__(self, ims: pd.DataFrame, work: pd.DataFrame, changes: Changes) -> None:
        self.changes = changes
        self.said = work["reduce_itc"].str.strip().to_numpy(dtype=object)
        self.given = np.column_stack([work[f"reduce_{head}"].notna().to_numpy(dtype=bool) for head in HEADS])
        self.typed = np.column_stack([work[f"reduce_{head}"].fillna(0).to_numpy(dtype=np.int64) for head in HEADS])
        self.heads = ims[list(HEADS)].to_numpy(dtype=np.int64)
        self.remarks_blocked = (ims["remarks_blocked"] == "Y").to_numpy(dtype=bool)

    def reasons(self, position: int, needed: bool) -> list[str]:
        """Rules V4 to V11; only an accepted row in a section with a declaration is asked at all (V1 to V3)."""
        said, answer = self.said[position], str(self.changes.answer[position])
        if said and said.lower() not in ("yes", "no", "y", "n"):
            return [f"Reduce ITC says '{said}': write Yes or No"]
        if not answer:
            return ["Reduce ITC is not answered: write Yes (in full or with amounts) or No"] if needed else []
        reasons = []
        partial = bool(self.changes.partial[position])
        heads = dict(zip(HEADS, self.heads[position].tolist()))
        typed = {head: amount for head, amount, given in zip(HEADS, self.typed[position].tolist(), self.given[position].tolist()) if given}
        if said.lower() in ("no", "n") and any(typed.values()):
            reasons.append("Reduce ITC is No, yet amounts stand beside it: clear them or write Yes")
        for head, amount in typed.items():
            if amount < 0:
                reasons.append(f"Reduce {head.upper()} is negative: write the amount by which the credit falls")
            elif amount > heads[head]:
                reasons.append(f"Reduce {head.upper()} {amount / 100:,.2f} is more than the document's {heads[head] / 100:,.2f}")
        if partial and heads["cgst"] == heads["sgst"] and heads["cgst"] and int(self.changes.amounts[position, 1]) != int(self.changes.amounts[position, 2]):
            reasons.append("Reduce CGST and Reduce SGST must be equal on a document with equal CGST and SGST")
        if (answer == "N" or partial) and not self.changes.remark[position] and not self.remarks_blocked[position]:
            reasons.append(f"the portal demands a remark where ITC is reduced {'not at all' if answer == 'N' else 'in part'}: write why")
        return reasons


def _needed(ims: pd.DataFrame, changes: Changes) -> np.ndarray:
    """Without the decisions' word: credit notes that the portal asks about, and their amendments."""
    section = ims["section"].to_numpy(dtype=object)
    flag = ims["reduction_blocked"].to_numpy(dtype=object)
    period = ims["supplier_period"].str.extract(r"^(\d{2})(\d{4})$")
    month = pd.to_numeric(period[1] + period[0], errors="coerce").fillna(999999).to_numpy()
    credit = np.isin(section, ["B2B-CN", "B2B-CNA"])
    return np.asarray(credit & changes.takes & ((flag == "N") | (month >= _DECLARATION_SINCE)), dtype=bool)
