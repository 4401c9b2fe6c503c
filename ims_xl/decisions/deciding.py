"""The first rule that fits decides: suggestion, reason, rule, and the declaration the books answer.

Rules are evaluated once for every combination of facts that occurs, not for every row; only bands and lists of a senior's
own rules are looked at row by row. Where a rule's action is not allowed for a row, No Action is suggested with the reason.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ims_xl.decisions.allowing import allowed
from ims_xl.decisions.reductions import answers
from ims_xl.decisions.wording import printable, reasons
from ims_xl.distinct import judged_pairs, positions_among
from ims_xl.rulebook import FACTS, Measures, Rulebook, RuleSet
from ims_xl.settings import Settings
from ims_xl.state import REDUCE
from ims_xl.vocabulary import HEADS, Action, ImsXlError


def decide(ims: pd.DataFrame, facts: pd.DataFrame, rules: RuleSet, settings: Settings, rulebook: Rulebook, as_of: date) -> pd.DataFrame:
    """Aligned with ims: allowed, lock, frozen, suggested_action, rule, reason, reduce_needed, reduce_itc, reduce_{heads}, reduce_remark, remark, must_decide_by.

    `reduce_itc`, its amounts (<NA> = in full) and `reduce_remark` hold if the row is accepted; `remark` goes with the suggestion.
    """
    del rulebook, as_of   # already in the facts
    active = rules.active
    chosen = _first_fit(ims, facts, rules)
    action = np.array([rule.action.value for rule in active], dtype=object)[chosen]
    name = np.array([rule.id for rule in active], dtype=object)[chosen]
    options = allowed(facts)
    lock = facts["lock"].to_numpy(dtype=object)
    ok = judged_pairs(action, options, lambda wanted, offered: wanted in offered.split(","))
    frozen = (facts["frozen_in"] != "").to_numpy()
    suggested = np.where(ok, action, np.where(frozen, facts["current_action"].to_numpy(dtype=object), Action.NO_ACTION.value))
    reason = reasons(ims, facts, active, chosen, as_remark=False)
    fallen = ~ok & ~frozen
    reason = np.where(fallen, reason + " (" + action + " is not allowed here: " + lock + " Decide by hand)", reason)

    declared = answers(ims, facts, settings)
    remark = reasons(ims, facts, active, chosen, as_remark=True)
    speaks = np.isin(suggested, [Action.PENDING.value, Action.REJECT.value]) & ok
    accepting = (suggested == Action.ACCEPT) & facts["reduction_needed"].to_numpy(dtype=bool)
    silent = (ims["remarks_blocked"] == "Y").to_numpy()
    remark = np.where(silent, "", np.where(speaks, remark, np.where(accepting, declared["reduce_remark"].to_numpy(dtype=object), "")))
    out = {
        "allowed": options, "lock": facts["lock"], "frozen": frozen, "suggested_action": pd.array(suggested.astype(object), dtype="str"), "rule": pd.array(name, dtype="str"),
        "reason": pd.array(np.asarray(reason, dtype=object), dtype="str"), "reduce_needed": facts["reduction_needed"],
        "reduce_itc": declared["reduce_itc"], **{column: declared[column] for column in REDUCE}, "reduce_remark": declared["reduce_remark"],
        "remark": pd.array(printable(remark), dtype="str"), "must_decide_by": facts["must_decide_by"],
    }
    return pd.DataFrame(out, index=ims.index)


def _first_fit(ims: pd.DataFrame, facts: pd.DataFrame, rules: RuleSet) -> np.ndarray:
    """The position in `rules.active` of the rule that decides each row."""
    shape = tuple(len(values) for values in FACTS.values())
    codes = []
    for fact, values in FACTS.items():
        column = facts[fact]
        if fact == "clean":
            code = np.where(column.to_numpy(dtype=bool), values.index("yes"), values.index("no"))
        else:
            code = positions_among(column, values)
        if (code < 0).any():
            strange = column.iloc[int(np.flatnonzero(code < 0)[0])]
            raise ImsXlError(f"A document has {fact.replace('_', ' ')} '{strange}', which no rule knows; expected {', '.join(values)}.")
        codes.append(code.astype(np.int64))
    if not len(ims):
        return np.zeros(0, dtype=np.int64)
    cell, inverse = np.unique(np.ravel_multi_index(tuple(codes), shape), return_inverse=True)
    unique = np.unravel_index(cell, shape)
    where = dict(zip(FACTS, unique))
    chosen = np.full(len(ims), -1, dtype=np.int64)
    settled = np.full(len(cell), -1, dtype=np.int64)
    for number, rule in enumerate(rules.active):
        fits = np.ones(len(cell), dtype=bool)
        for fact, wanted in rule.when.items():
            fits &= np.isin(where[fact], [FACTS[fact].index(value) for value in wanted])
        if rule.measures.any:
            rows = fits[inverse] & (settled[inverse] < 0) & (chosen < 0)
            if rows.any():
                chosen[rows & _measured(ims, facts, rule.measures)] = number
        else:
            settled[fits & (settled < 0)] = number
    chosen = np.where(chosen >= 0, chosen, settled[inverse])
    if (chosen < 0).any():
        row = int(np.flatnonzero(chosen < 0)[0])
        raise ImsXlError(f"Rules sheet: no rule fits {ims['section'].iloc[row]} {ims['document_number'].iloc[row]}; switch the defaults on again.")
    return chosen


def _measured(ims: pd.DataFrame, facts: pd.DataFrame, has: Measures) -> np.ndarray:
    fits = np.ones(len(ims), dtype=bool)
    tax = ims[list(HEADS)].sum(axis=1).to_numpy()
    age = facts["age"].to_numpy()
    if has.sections:
        fits &= ims["section"].isin(has.sections).to_numpy()
    if has.suppliers:
        gstin = ims["supplier_gstin"].str.upper()
        name = ims["supplier_name"].str.upper()
        found = np.zeros(len(ims), dtype=bool)
        for wanted in has.suppliers:
            found |= (gstin == wanted).to_numpy() | (gstin.str.slice(2, 12) == wanted).to_numpy()
            if len(wanted) >= 3 and not wanted[:2].isdigit():
                found |= name.str.contains(wanted, regex=False).to_numpy(dtype=bool)
        fits &= found
    if has.periods:
        fits &= ims["supplier_period"].isin(has.periods).to_numpy()
    for limit, value, least in ((has.tax_from, tax, True), (has.tax_to, tax, False), (has.age_from, age, True), (has.age_to, age, False)):
        if limit is not None:
            fits &= (value >= limit) if least else (value <= limit)
    if has.age_from is not None or has.age_to is not None:
        fits &= age >= 0
    return fits
