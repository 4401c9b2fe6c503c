"""What the portal would refuse, found before anything is written: illegal actions, declarations unanswered or excessive, remarks missing or too long."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    found = []
    for position in map(int, np.flatnonzero(suspects)):
        reasons = _action_reasons(position, ims, work, changes, allowed, bool(going[position]))
        if going[position] and not reasons:
            reasons += _declaration_reasons(position, ims, work, changes, bool(needed[position]))
        text = str(remarks[position]).strip()
        if max(len(text), len(sendable(text))) > most and text != str(ims["portal_remarks"].iloc[position]).strip():
            reasons.append(f"the remark has {max(len(text), len(sendable(text)))} characters, the portal takes {most}: shorten it")
        elif going[position] and text and not sendable(text):
            reasons.append("the remark has no character that the portal takes: write it in plain letters")
        if reasons:
            found.append(Refusal(position, "; ".join(reasons)))
    return found


def _action_reasons(position: int, ims: pd.DataFrame, work: pd.DataFrame, changes: Changes, allowed: pd.Series | None, going: bool) -> list[str]:
    action = str(changes.action[position])
    if action not in _KNOWN:
        return [f"'{action}' is no action: choose Accept, Reject, Pending or No Action"]
    if action == str(ims["portal_action"].iloc[position]) or action == Action.NO_ACTION.value:
        return []
    is_import = str(ims["section"].iloc[position]).startswith("IMPG")
    if is_import and action == Action.REJECT.value:
        return ["a bill of entry cannot be rejected: choose Accept, Pending or No Action and set it on the dashboard"]
    options = [text.strip() for text in re.split(r"[,;|/]", str(allowed.iloc[position])) if text.strip()] if allowed is not None else []
    if action == Action.PENDING.value and str(ims["pending_blocked"].iloc[position]) == "Y":
        return [f"the portal does not offer Pending on this document: choose Accept{'' if is_import else ' or Reject'}"]
    if options and action not in options and (going or is_import):
        return [f"{action} is not allowed here: choose {' or '.join(options)}"]
    return []


def _declaration_reasons(position: int, ims: pd.DataFrame, work: pd.DataFrame, changes: Changes, needed: bool) -> list[str]:
    """Rules V4 to V11; only an accepted row in a section with a declaration is asked at all (V1 to V3)."""
    if str(changes.action[position]) != Action.ACCEPT.value or not changes.takes[position]:
        return []
    row = work.iloc[position]
    said = str(row["reduce_itc"]).strip()
    if said and said.lower() not in ("yes", "no", "y", "n"):
        return [f"Reduce ITC says '{said}': write Yes or No"]
    answer = str(changes.answer[position])
    if not answer:
        return ["Reduce ITC is not answered: write Yes (in full or with amounts) or No"] if needed else []
    reasons = []
    typed = {head: int(row[f"reduce_{head}"]) for head in HEADS if not pd.isna(row[f"reduce_{head}"])}
    heads = {head: int(ims[head].iloc[position]) for head in HEADS}
    if said.lower() in ("no", "n") and any(typed.values()):
        reasons.append("Reduce ITC is No, yet amounts stand beside it: clear them or write Yes")
    for head, amount in typed.items():
        if amount < 0:
            reasons.append(f"Reduce {head.upper()} is negative: write the amount by which the credit falls")
        elif amount > heads[head]:
            reasons.append(f"Reduce {head.upper()} {amount / 100:,.2f} is more than the document's {heads[head] / 100:,.2f}")
    if changes.partial[position] and heads["cgst"] == heads["sgst"] and heads["cgst"] and int(changes.amounts[position, 1]) != int(changes.amounts[position, 2]):
        reasons.append("Reduce CGST and Reduce SGST must be equal on a document with equal CGST and SGST")
    if (answer == "N" or changes.partial[position]) and not changes.remark[position] and str(ims["remarks_blocked"].iloc[position]) != "Y":
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
