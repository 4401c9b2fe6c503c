"""The ITC-reduction declaration: the answer that the books give, and the checks of what is declared.

On Accept of a record that cuts credit the portal asks whether the credit is to be reduced: Yes in full (no amounts), Yes by
declared amounts, or No; partial and No want a remark. The answer from the books is what was booked and availed, capped at the document.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ims_xl.decisions.booked import INELIGIBLE
from ims_xl.settings import Settings
from ims_xl.state import REDUCE
from ims_xl.vocabulary import HEADS, Action, Change, MatchClass, Section

_DECLARING: Final = ("B2BA", "B2B-DNA", "B2B-CN", "B2B-CNA", "ECOA")
_SURE: Final = tuple(match.value for match in (MatchClass.EXACT, MatchClass.TOLERANCE, MatchClass.NUMBER, MatchClass.DATE, MatchClass.GROUPED, MatchClass.VALUE))
_NAMES: Final = {"igst": "IGST", "cgst": "CGST", "sgst": "SGST", "cess": "Cess"}
NOT_AVAILED: Final = "ITC on this document was not availed"


def answers(ims: pd.DataFrame, facts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Aligned with ims: reduce_itc (Yes, No or "" where the books do not tell), reduce_{heads} (Int64; <NA> = in full), reduce_remark.

    The answer holds if the row is accepted. For an amendment only whole answers are given: the cap of a partial one is not published.
    """
    count = len(ims)
    asked = facts["reduction_needed"].to_numpy(dtype=bool) & facts["booked"].to_numpy(dtype=bool) & facts["match_class"].isin(_SURE).to_numpy()
    answer = np.full(count, "", dtype=object)
    remark = np.full(count, "", dtype=object)
    amounts = {head: np.full(count, -1, dtype=np.int64) for head in HEADS}
    rows = np.flatnonzero(asked)
    if len(rows):
        _answer(ims, facts, settings, rows, answer, remark, amounts)
    out: dict[str, object] = {"reduce_itc": pd.array(answer, dtype="str"), "reduce_remark": pd.array(remark, dtype="str")}
    for head in HEADS:
        out[f"reduce_{head}"] = pd.arrays.IntegerArray(amounts[head], amounts[head] < 0)
    return pd.DataFrame(out, index=ims.index)


def _answer(
    ims: pd.DataFrame, facts: pd.DataFrame, settings: Settings, rows: np.ndarray, answer: np.ndarray, remark: np.ndarray, amounts: dict[str, np.ndarray],
) -> None:
    own = {head: ims[head].to_numpy(dtype=np.int64)[rows] for head in HEADS}
    availed = {head: facts[f"availed_{head}"].to_numpy(dtype=np.int64)[rows] for head in HEADS}
    booked = {head: facts[f"booked_{head}"].to_numpy(dtype=np.int64)[rows] for head in HEADS}
    # Booked under a head that the document does not bear: the books cannot answer for it.
    foreign = np.any([(own[head] == 0) & (booked[head] > getattr(settings, f"{head}_tolerance")) for head in HEADS], axis=0)
    capped = {}
    for head in HEADS:
        near = np.abs(availed[head] - own[head]) <= getattr(settings, f"{head}_tolerance")
        capped[head] = np.where(near, own[head], np.minimum(availed[head], own[head]))
    both = np.minimum(capped["cgst"], capped["sgst"])
    halves = (own["cgst"] > 0) & (own["cgst"] == own["sgst"])
    for head in ("cgst", "sgst"):   # V6
        capped[head] = np.where(halves, both, capped[head])
    full = np.all([capped[head] == own[head] for head in HEADS], axis=0)      # V8
    none = np.all([capped[head] == 0 for head in HEADS], axis=0) | (facts["booked_eligibility"].to_numpy(dtype=object)[rows] == INELIGIBLE)   # V9
    amended = (facts["original_state"].to_numpy(dtype=object)[rows] != "none")
    partial = ~full & ~none & ~amended
    told = ~foreign & (full | none | partial)
    answer[rows] = np.where(told, np.where(none, "No", "Yes"), "")
    for place in np.flatnonzero(told & none):
        remark[rows[place]] = NOT_AVAILED
    for place in np.flatnonzero(told & partial & ~none):
        row = rows[place]
        for head in HEADS:
            amounts[head][row] = capped[head][place]
        taken = sum(int(capped[head][place]) for head in HEADS)
        whole = sum(int(own[head][place]) for head in HEADS)
        remark[row] = f"ITC availed and reversed is Rs {taken / 100:.2f} of Rs {whole / 100:.2f} on this document; the rest was not availed"


def check_reductions(ims: pd.DataFrame, work: pd.DataFrame, facts: pd.DataFrame) -> pd.Series:
    """Aligned with ims: what is wrong with the declaration of each row as it stands in `work`, in words, "" where nothing is (V1-V11)."""
    text = np.full(len(ims), "", dtype=object)
    declared = (work["reduce_itc"].str.strip() != "").to_numpy() | (work["reduce_unread"] != "").to_numpy() | np.any([work[name].notna().to_numpy() for name in REDUCE], axis=0)
    asked = (work["action"] == Action.ACCEPT).to_numpy() & facts["reduction_needed"].to_numpy(dtype=bool)
    rows = np.flatnonzero((declared | asked) & (work["change"] != Change.GONE).to_numpy())
    if len(rows):
        text[rows] = _faults(ims.iloc[rows], work.iloc[rows], asked[rows])
    return pd.Series(pd.array(text, dtype="str"), index=ims.index)


def _faults(ims: pd.DataFrame, work: pd.DataFrame, asked: np.ndarray) -> np.ndarray:
    """The words for rows that declare a reduction, or (`asked`) have to."""
    action = work["action"].to_numpy(dtype=object)
    said = work["reduce_itc"].str.strip()
    answer = said.str.casefold().to_numpy(dtype=object)
    given = np.any([work[name].notna().to_numpy() for name in REDUCE], axis=0)
    declared = (answer != "") | given
    accepted = action == Action.ACCEPT
    section = ims["section"]
    remarks = work["remarks"].to_numpy(dtype=object)
    own = {head: ims[head].to_numpy(dtype=np.int64) for head in HEADS}
    blank = {head: work[f"reduce_{head}"].isna().to_numpy() for head in HEADS}   # a head left blank means all of it
    amounts = {head: np.where(blank[head], own[head], work[f"reduce_{head}"].fillna(0).to_numpy(dtype=np.int64)) for head in HEADS}
    yes = answer == "yes"
    partial = yes & given
    all_zero = partial & np.all([amounts[head] == 0 for head in HEADS], axis=0)
    as_full = partial & np.all([amounts[head] == own[head] for head in HEADS], axis=0)
    blocked = (ims["reduction_blocked"] == "Y").to_numpy()
    on_import = section.isin([s.value for s in Section if s.is_import]).to_numpy()
    checks: list[tuple[np.ndarray, str]] = [
        ((work["reduce_unread"] != "").to_numpy(), "what is typed for an amount to reduce is no amount: write it as 1234.50"),
        (~np.isin(answer, ["", "yes", "no"]), "'Reduce ITC' should be Yes, No or blank"),
        (declared & ~accepted, "V1: the reduction is declared only on Accept; empty 'Reduce ITC'"),
        (declared & ~section.isin(_DECLARING).to_numpy() & ~on_import, "V2: this section takes no reduction"),
        (declared & blocked, "V3: the portal blocks the declaration on this record"),
        (asked & (answer == ""), "V4: say in 'Reduce ITC' whether the credit is to be reduced"),
        (given & (answer == "no"), "'Reduce ITC' is No, so the amounts stay blank"),
        (given & (answer == ""), "amounts are given, so 'Reduce ITC' has to say Yes"),
    ]
    for head in HEADS:
        checks.append((given & (amounts[head] < 0), f"V11: {_NAMES[head]} to reduce is negative"))
        checks.append((given & (amounts[head] > own[head]) & (own[head] > 0), f"V5: {_NAMES[head]} to reduce is above the document's"))
        checks.append((given & (own[head] == 0) & (amounts[head] > 0), f"V7: the document has no {_NAMES[head]}, so nothing can be reduced there"))
    checks += [
        (partial & (own["cgst"] > 0) & (own["cgst"] == own["sgst"]) & (amounts["cgst"] != amounts["sgst"]), "V6: CGST and SGST to reduce have to be equal"),
        (all_zero, "V9: all amounts are zero: answer No instead"),
        (accepted & ((partial & ~as_full) | (answer == "no")) & declared & (pd.Series(remarks).str.strip() == "").to_numpy() & (ims["remarks_blocked"] != "Y").to_numpy(), "V10: a remark is obligatory for a partial reduction and for none"),
    ]
    text = np.full(len(ims), "", dtype=object)
    for wrong, words in checks:
        if wrong.any():
            text = np.where(wrong, np.where(text == "", words, text + "; " + words), text)
    return text
