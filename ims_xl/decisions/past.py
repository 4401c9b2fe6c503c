"""What earlier periods say of a document: whether its credit was counted, and what became of the original of an amendment.

An original that stands in the same book is preferred to an earlier period's record; among those the latest counts. The portal
gives no direction of an amendment: it is the comparison of total tax, then of taxable value, with the original.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import exact_key, loose_number, positions
from ims_xl.vocabulary import AMOUNTS, HEADS, Action, Change, Section

_BASE = {section.value: section.original.value for section in Section}
_AMENDED = frozenset(section.value for section in Section if section.is_amendment)
_IMPORTS = frozenset(section.value for section in Section if section.is_import)


def counted_earlier(ims: pd.DataFrame, earlier: pd.DataFrame, period: str) -> np.ndarray:
    """Per document the earlier period ("2026-09") in which its credit was counted, "" where it was not.

    The same number again is the same document. A number that is only written differently counts where every amount is equal too;
    an amendment counts as repeated only where its amounts are equal, for a second amendment is a new document.
    """
    none = np.full(len(ims), "", dtype=object)
    past = earlier[earlier["counted"].to_numpy(dtype=bool) & (earlier["period"] < period).to_numpy()] if len(earlier) else earlier
    if not len(past) or not len(ims):
        return none
    past = past.sort_values("period", kind="stable").reset_index(drop=True)
    periods = past["period"].to_numpy(dtype=object)
    amended = ims["section"].isin(_AMENDED).to_numpy()
    exact = positions(_key(ims), _key(past))
    loose = positions(_loose_key(ims), _loose_key(past))
    equal = np.zeros(len(ims), dtype=bool)
    known = np.flatnonzero(exact >= 0)
    equal[known] = np.all([ims[name].to_numpy()[known] == past[name].to_numpy()[exact[known]] for name in AMOUNTS], axis=0)
    found = np.where((exact >= 0) & (~amended | equal), exact, loose)
    return np.where(found >= 0, periods[found], none)


def originals(ims: pd.DataFrame, work: pd.DataFrame, earlier: pd.DataFrame, two_b_period: np.ndarray, period: str) -> pd.DataFrame:
    """Aligned with ims: original_state (none, same book, accepted, rejected, pending, unknown), direction (none, up, down, same, unknown),
    original_position in ims (-1), original_period, original_tax (Int64)."""
    count = len(ims)
    state = np.full(count, "none", dtype=object)
    direction = np.full(count, "none", dtype=object)
    place = np.full(count, -1, dtype=np.int64)
    when = np.full(count, "", dtype=object)
    original_tax = pd.array([pd.NA] * count, dtype="Int64")
    rows = np.flatnonzero(ims["section"].isin(_AMENDED).to_numpy())
    if len(rows):
        _look_up(ims, work, earlier, two_b_period, period, rows, state, direction, place, when, original_tax)
    return pd.DataFrame({
        "original_state": pd.array(state, dtype="str"), "direction": pd.array(direction, dtype="str"), "original_position": place,
        "original_period": pd.array(when, dtype="str"), "original_tax": original_tax,
    }, index=ims.index)


def _look_up(
    ims: pd.DataFrame, work: pd.DataFrame, earlier: pd.DataFrame, two_b_period: np.ndarray, period: str, rows: np.ndarray,
    state: np.ndarray, direction: np.ndarray, place: np.ndarray, when: np.ndarray, original_tax: pd.api.extensions.ExtensionArray,
) -> None:
    state[rows] = "unknown"
    direction[rows] = "unknown"
    mine = ims.iloc[rows].reset_index(drop=True)
    imports = mine["section"].isin(_IMPORTS).to_numpy()
    wanted = _wanted(mine)
    tax, value = _totals(ims)

    live = np.flatnonzero((work["change"] != Change.GONE).to_numpy())
    # The original row itself first, else an amendment that this one amends again.
    for section in (mine["section"].map(_BASE), mine["section"]):
        there = ims.iloc[live]
        found = positions(_wanted_key(wanted, section), _key(there).reset_index(drop=True))
        at = np.where(found >= 0, live[found], -1)
        at = np.where((at == rows) | imports, -1, at)
        place[rows] = np.where(place[rows] >= 0, place[rows], at)
    here = np.flatnonzero(place[rows] >= 0)
    if len(here):
        original = place[rows[here]]
        acted = work["action"].to_numpy(dtype=object)[original]
        acted = np.where(acted == "", ims["portal_action"].to_numpy(dtype=object)[original], acted)
        carried = (acted == Action.PENDING) & (two_b_period[original] != two_b_period[rows[here]])
        state[rows[here]] = np.where(carried, "pending", "same book")
        when[rows[here]] = two_b_period[original]
        _compare(rows[here], tax[original], value[original], tax, value, direction, original_tax)

    past = earlier[(earlier["period"] < period).to_numpy()] if len(earlier) else earlier
    if not len(past):
        return
    past = past.sort_values("period", kind="stable").reset_index(drop=True)
    best = np.full(len(rows), -1, dtype=np.int64)
    for section in (mine["section"].map(_BASE), mine["section"]):   # the latest state of the document, amended before or not
        best = np.maximum(best, positions(_wanted_key(wanted, section), _key(past)))
    there_rows = np.flatnonzero((best >= 0) & (place[rows] < 0) & ~imports)
    if not len(there_rows):
        return
    at, target = best[there_rows], rows[there_rows]
    counted = past["counted"].to_numpy(dtype=bool)[at]
    rejected = past["action"].to_numpy(dtype=object)[at] == Action.REJECT
    state[target] = np.where(counted, "accepted", np.where(rejected, "rejected", "pending"))
    when[target] = past["period"].to_numpy(dtype=object)[at]
    past_tax, past_value = _totals(past)
    _compare(target, past_tax[at], past_value[at], tax, value, direction, original_tax)


def _compare(
    rows: np.ndarray, old_tax: np.ndarray, old_value: np.ndarray, tax: np.ndarray, value: np.ndarray, direction: np.ndarray,
    original_tax: pd.api.extensions.ExtensionArray,
) -> None:
    change = np.where(tax[rows] != old_tax, tax[rows] - old_tax, value[rows] - old_value)
    direction[rows] = np.where(change > 0, "up", np.where(change < 0, "down", "same"))
    original_tax[rows] = old_tax


def _totals(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    tax = np.sum([frame[head].to_numpy(dtype=np.int64) for head in HEADS], axis=0)
    return tax, frame["taxable_value"].to_numpy(dtype=np.int64)


def _wanted(mine: pd.DataFrame) -> pd.DataFrame:
    blank = (mine["original_number"].str.strip() == "").to_numpy()
    return pd.DataFrame({
        "supplier_gstin": mine["supplier_gstin"], "number": mine["original_number"].mask(blank, mine["document_number"]),
        "day": mine["original_date"].mask(mine["original_date"].isna(), mine["document_date"]),
    })


def _wanted_key(wanted: pd.DataFrame, section: pd.Series) -> pd.Series:
    return exact_key(wanted["supplier_gstin"], section, wanted["number"], wanted["day"])


def _key(frame: pd.DataFrame) -> pd.Series:
    key = exact_key(frame["supplier_gstin"], frame["section"], frame["document_number"], frame["document_date"])
    imports = frame["section"].isin(_IMPORTS).to_numpy()
    return key.mask(imports, frame["key"]) if imports.any() else key


def _loose_key(frame: pd.DataFrame) -> pd.Series:
    number = loose_number(frame["document_number"])
    key = exact_key(frame["supplier_gstin"], frame["section"], number, frame["document_date"])
    for name in AMOUNTS:
        key = key + "|" + frame[name].astype("str")
    tax, _ = _totals(frame)
    return key.mask((number == "").to_numpy() | (tax == 0), "")
