"""What the books hold for every portal document: tax by head, what of it was availed, eligibility, receipt.

Register lines are summed by the result they stand in. Where several portal documents share one result (a grouped booking),
each gets its share in proportion to its own tax. A bill of entry that matching leaves outside IMS, for it has no supplier, joins
its row by number and financial year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years, loose_number, positions
from ims_xl.state import Links
from ims_xl.vocabulary import AMOUNTS, HEADS, MatchClass, Section

INELIGIBLE = "Ineligible"
_IMPORTS = frozenset(section.value for section in Section if section.is_import)


def booked_facts(ims: pd.DataFrame, register: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Aligned with ims: booked, bill_joined (bool), booked_{amounts}, availed_{heads} (int64 paise, unsigned), booked_eligibility, books_receipt."""
    joined, line_result = _with_bills_of_entry(ims, register, links)
    count = len(links.results)
    at = links.ims_result
    lines = np.bincount(line_result[line_result >= 0], minlength=count)[:count] if count else np.zeros(0, dtype=np.int64)
    out: dict[str, object] = {}
    linked = lines[at] > 0 if count else np.zeros(len(ims), dtype=bool)
    # A repeated or replaced document has no booking of its own, whatever the books hold for the other copy.
    if count:
        match = links.results["match_class"].to_numpy(dtype=object)[at]
        linked &= ~np.isin(match, [MatchClass.DUPLICATE.value, MatchClass.SUPERSEDED.value])
    blocked = (register["itc_eligibility"] == INELIGIBLE).to_numpy(dtype=bool)
    alone = np.bincount(at, minlength=count)[at] <= 1 if len(at) else np.zeros(0, dtype=bool)
    own = {name: ims[name].to_numpy(dtype=np.int64) for name in AMOUNTS}
    sign = ims["section"].map({section.value: section.document_type.sign for section in Section}).to_numpy(dtype=np.int64)   # a note among bills was set off
    for name in AMOUNTS:
        values = register[name].to_numpy(dtype=np.int64)
        out[f"booked_{name}"] = np.where(linked, _share(np.abs(_summed(values, line_result, count)), own[name], sign, at, alone, count), 0)
        if name in HEADS:
            # Without an ineligible line, availed is what was booked.
            kept = np.where(blocked, 0, values)
            out[f"availed_{name}"] = (
                np.where(linked, _share(np.abs(_summed(kept, line_result, count)), own[name], sign, at, alone, count), 0) if blocked.any() else out[f"booked_{name}"]
            )
    blocked_lines = np.bincount(line_result[(line_result >= 0) & blocked], minlength=count)[:count] if count else lines
    first = _first_text(register["itc_eligibility"], line_result, count)
    whole = linked & (blocked_lines[at] == lines[at]) if count else linked
    part = linked & (blocked_lines[at] > 0) & ~whole if count else linked
    out["booked_eligibility"] = pd.array(np.select([whole, part, linked], [INELIGIBLE, "Part ineligible", first[at] if count else ""], "").astype(object), dtype="str")
    out["books_receipt"] = np.where(linked, _latest(register["receipt_date"], line_result, count)[at] if count else np.datetime64("NaT"), np.datetime64("NaT", "s")).astype("datetime64[s]")
    out["booked"] = linked
    out["bill_joined"] = joined
    return pd.DataFrame(out, index=ims.index)


def _with_bills_of_entry(ims: pd.DataFrame, register: pd.DataFrame, links: Links) -> tuple[np.ndarray, np.ndarray]:
    result = np.asarray(links.register_result, dtype=np.int64)
    joined = np.zeros(len(ims), dtype=bool)
    bills = np.flatnonzero(ims["section"].isin(_IMPORTS).to_numpy())
    if not len(bills) or not len(register):
        return joined, result
    free = links.results["match_class"].to_numpy(dtype=object)[result]
    lines = np.flatnonzero(np.isin(free, [MatchClass.OUTSIDE_IMS.value, MatchClass.NOT_IN_IMS.value]))
    alone = links.results["match_class"].to_numpy(dtype=object)[links.ims_result[bills]] == MatchClass.NOT_IN_BOOKS.value
    bills = bills[alone]
    if not len(bills) or not len(lines):
        return joined, result
    found = positions(_bill_key(register.iloc[lines]), _bill_key(ims.iloc[bills]))
    taken = found >= 0
    if taken.any():
        result = result.copy()
        result[lines[taken]] = links.ims_result[bills[found[taken]]]
        joined[bills[found[taken]]] = True
    return joined, result


def _bill_key(frame: pd.DataFrame) -> pd.Series:
    number = loose_number(frame["document_number"])
    return (number + "|" + financial_years(frame["document_date"]).astype("str")).mask(number == "", "").reset_index(drop=True)


def _summed(values: np.ndarray, result: np.ndarray, count: int) -> np.ndarray:
    total = np.zeros(count, dtype=np.int64)
    keep = result >= 0
    np.add.at(total, result[keep], values[keep])
    return total


def _share(total: np.ndarray, own: np.ndarray, sign: np.ndarray, at: np.ndarray, alone: np.ndarray, count: int) -> np.ndarray:
    mine = total[at]
    if alone.all():
        return np.asarray(mine)
    everyone = np.abs(_summed(own * sign, at, count))[at]
    same = np.abs(mine - everyone) <= 100   # the group agrees but for a rupee: each document is booked at its own amount
    # Python integers in the few grouped rows: paise times paise may pass 2**63.
    split = mine.copy()
    for row in np.flatnonzero(~alone):
        split[row] = own[row] if same[row] else int(mine[row]) * int(own[row]) // int(everyone[row]) if everyone[row] else 0
    return np.asarray(split)


def _first_text(column: pd.Series, result: np.ndarray, count: int) -> np.ndarray:
    out = np.full(count, "", dtype=object)
    text = column.to_numpy(dtype=object)
    rows = np.flatnonzero((result >= 0) & (text != ""))[::-1]
    out[result[rows]] = text[rows]
    return out


def _latest(column: pd.Series, result: np.ndarray, count: int) -> np.ndarray:
    """The last lot's day: first proviso to section 16(2), credit on the last lot."""
    days = column.to_numpy().astype("datetime64[s]")
    rows = np.flatnonzero((result >= 0) & ~np.isnat(days))
    rows = rows[np.argsort(days[rows], kind="stable")]
    out = np.full(count, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    out[result[rows]] = days[rows]
    return out
