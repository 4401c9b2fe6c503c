"""The first rule that fits decides: action, reason and rule for every document.

Rules over facts are weighed once per combination that occurs, so a hundred thousand documents cost a few array look-ups; only
rules with bands or names of a senior's own look at single rows.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from ims_xl.decisions.allowing import allowed
from ims_xl.decisions.reductions import reductions
from ims_xl.rulebook import FACTS, Measures, Rule, Rulebook, RuleSet
from ims_xl.settings import Settings
from ims_xl.vocabulary import HEADS, Action, ImsXlError

_REMARK = 250


def decide(ims: pd.DataFrame, facts: pd.DataFrame, rules: RuleSet, settings: Settings, rulebook: Rulebook, as_of: date) -> pd.DataFrame:
    """Aligned with ims: allowed, lock, suggested_action, rule, reason, reduce_needed, reduce_itc, reduce_igst.., remark, must_decide_by."""
    offered, lock = allowed(facts)
    chosen = _first_rules(ims, facts, rules, as_of)
    active = rules.active
    action = np.array([r.action.value for r in active], dtype=object)[chosen] if len(chosen) else np.array([], dtype=object)
    reduced = reductions(ims, facts)
    reason = _texts(ims, facts, active, chosen, "reason")
    remark = _texts(ims, facts, active, chosen, "remark")
    # A remark is obligatory where credit is cut in part or not at all; a plain Accept carries none.
    accepted = action == Action.ACCEPT
    needs = accepted & facts["reduction_needed"].to_numpy(dtype=bool)
    remark = np.where(needs, reduced["reduce_remark"].to_numpy(dtype=object), np.where(accepted | (action == Action.NO_ACTION), "", remark))
    remark = np.where(ims["remarks_blocked"].to_numpy(dtype=object) == "Y", "", remark)
    # A senior's own rule may ask for what this row does not offer: then nothing is done and the reason says so.
    barred = np.array([a not in o for a, o in zip(action, offered.str.split(","))], dtype=bool)
    reason = np.where(barred, reason + "; but " + action + " is not offered (" + lock.to_numpy(dtype=object) + "), so nothing is done: decide by hand", reason)
    action = np.where(barred, Action.NO_ACTION.value, action)
    return pd.DataFrame({
        "allowed": offered, "lock": lock, "suggested_action": pd.array(action.astype(object), dtype="str"),
        "rule": pd.array(np.array([r.id for r in active], dtype=object)[chosen] if len(chosen) else [], dtype="str"),
        "reason": pd.array(_sentence(reason), dtype="str"), "reduce_needed": facts["reduction_needed"].to_numpy(dtype=bool),
        "reduce_itc": reduced["reduce_itc"], **{f"reduce_{h}": reduced[f"reduce_{h}"] for h in HEADS},
        "remark": pd.array([_printable(r) for r in remark] if (remark != "").any() else remark, dtype="str"),
        "must_decide_by": facts["pending_until"],
    }, index=ims.index)


def _first_rules(ims: pd.DataFrame, facts: pd.DataFrame, rules: RuleSet, as_of: date) -> np.ndarray:
    """Position among the active rules of the first that fits each row."""
    code = np.zeros(len(facts), dtype=np.int64)
    size = 1
    places: dict[str, tuple[int, int]] = {}
    for name, values in FACTS.items():
        index = {value: n for n, value in enumerate(values)}
        column = facts[name].map(index)
        if column.isna().any():
            strange = facts[name][column.isna()].iloc[0]
            raise ImsXlError(f"No rule knows the fact {name} = '{strange}'.")
        code += column.to_numpy(dtype=np.int64) * size
        places[name] = (size, len(values))
        size *= len(values)
    combinations, inverse = np.unique(code, return_inverse=True)
    chosen = np.full(len(facts), -1, dtype=np.int64)
    for number, rule in enumerate(rules.active):
        free = chosen < 0
        if not free.any():
            break
        fits = np.ones(len(combinations), dtype=bool)
        for name, values in rule.when.items():
            step, count = places[name]
            fits &= np.isin(combinations // step % count, [FACTS[name].index(v) for v in values])
        rows = free & fits[inverse]
        if rule.measures.any:
            rows &= _measured(ims, rule.measures, as_of)
        chosen[rows] = number
    if (chosen < 0).any():
        row = int(np.flatnonzero(chosen < 0)[0])
        said = ", ".join(f"{name} {facts[name].iloc[row]}" for name in FACTS)
        raise ImsXlError(f"No rule is left for {ims['document_number'].iloc[row]} ({said}); mend the Rules sheet.")
    return chosen


def _measured(ims: pd.DataFrame, measures: Measures, as_of: date) -> np.ndarray:
    rows = np.ones(len(ims), dtype=bool)
    if measures.sections:
        rows &= ims["section"].isin(list(measures.sections)).to_numpy()
    if measures.periods:
        rows &= ims["supplier_period"].isin(list(measures.periods)).to_numpy()
    if measures.tax_from is not None or measures.tax_to is not None:
        tax = sum((ims[h].to_numpy(dtype=np.int64) for h in HEADS), np.zeros(len(ims), dtype=np.int64))
        rows &= (tax >= (measures.tax_from if measures.tax_from is not None else -1)) & (tax <= (measures.tax_to if measures.tax_to is not None else tax.max(initial=0)))
    if measures.age_from is not None or measures.age_to is not None:
        age = (np.datetime64(as_of, "D") - ims["document_date"].to_numpy().astype("datetime64[D]")).astype("float64")
        rows &= (age >= (measures.age_from if measures.age_from is not None else -np.inf)) & (age <= (measures.age_to if measures.age_to is not None else np.inf))
    if measures.suppliers:
        gstin, name = ims["supplier_gstin"].str.upper(), ims["supplier_name"].str.upper()
        named = np.zeros(len(ims), dtype=bool)
        for supplier in measures.suppliers:
            named |= (gstin == supplier).to_numpy() | (gstin.str.slice(2, 12) == supplier).to_numpy() | name.str.contains(supplier, regex=False).to_numpy()
        rows &= named
    return rows


def _texts(ims: pd.DataFrame, facts: pd.DataFrame, rules: tuple[Rule, ...], chosen: np.ndarray, kind: str) -> np.ndarray:
    """Reason or remark per row; only templates with braces are filled row by row."""
    templates = np.array([getattr(rule, kind) for rule in rules], dtype=object)
    out = templates[chosen] if len(chosen) else np.array([], dtype=object)
    for number, rule in enumerate(rules):
        template = getattr(rule, kind)
        names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
        if names:
            for row in np.flatnonzero(chosen == number):
                out[row] = template.format_map(_words(ims, facts, int(row), names))
    return out


def _words(ims: pd.DataFrame, facts: pd.DataFrame, row: int, names: list[str]) -> Mapping[str, str]:
    def day(value: object) -> str:
        return "no date" if pd.isna(value) else pd.Timestamp(value).strftime("%d-%m-%Y")  # type: ignore[arg-type]  # a datetime64 cell

    makers = {
        "difference": lambda: str(facts["difference"].iloc[row]), "number": lambda: str(ims["document_number"].iloc[row]),
        "supplier": lambda: str(ims["supplier_name"].iloc[row] or ims["supplier_gstin"].iloc[row]), "limit": lambda: day(facts["pending_until"].iloc[row]),
        "limit_reason": lambda: str(facts["limit_reason"].iloc[row]), "receipt": lambda: day(facts["receipt_date"].iloc[row]),
        "period": lambda: str(facts["two_b_period"].iloc[row]), "earlier": lambda: str(facts["earlier"].iloc[row]),
        "amended_by": lambda: "its amendment", "original": lambda: str(ims["original_number"].iloc[row]),
    }
    return {name: makers[name]() for name in names}


def _sentence(reason: np.ndarray) -> np.ndarray:
    return np.array([text if text.endswith(".") else text + "." for text in reason], dtype=object)


def _printable(text: str) -> str:
    """What the portal takes: printable ASCII, one line, no quote or backslash, at most 250 characters (ims.md 5)."""
    plain = text.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "/")
    return " ".join(plain.split())[:_REMARK]
