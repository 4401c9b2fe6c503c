"""Which actions a document allows now, why the others are barred, and by when it has to be decided.

The portal's own flags come first; the matrix of rules/allowed.toml answers where a flag is absent. A specified record has
one period of Pending, counted from its 2B period at the recipient's own frequency; any other document has until section 16(4).
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years
from ims_xl.distinct import worded
from ims_xl.gstin import state_code
from ims_xl.period import Period
from ims_xl.rulebook import Rulebook
from ims_xl.settings import Settings
from ims_xl.vocabulary import Action, ImsXlError, Section

_CREDIT_NOTES: Final = ("B2B-CN", "B2B-CNA")
_DECLARING: Final = ("B2BA", "B2B-DNA", "B2B-CN", "B2B-CNA", "ECOA")
_IMPORTS: Final = tuple(section.value for section in Section if section.is_import)
_IMPORT_AMENDMENTS: Final = tuple(section.value for section in Section if section.is_import and section.is_amendment)
_NO_DAY: Final = np.datetime64("NaT", "s")


def allowed(facts: pd.DataFrame) -> pd.Series:
    """Aligned with facts: the drop-down of each row as text, "Accept,Reject,Pending,No Action" or a part of it; a frozen row has its own action only."""
    reject = facts["reject_allowed"].to_numpy(dtype=bool)
    pending = facts["pending_allowed"].to_numpy(dtype=bool)
    text = np.full(len(facts), Action.ACCEPT.value, dtype=object)
    text = np.where(reject, text + "," + Action.REJECT.value, text)
    text = np.where(pending, text + "," + Action.PENDING.value, text)
    text = text + "," + Action.NO_ACTION.value
    frozen = (facts["frozen_in"] != "").to_numpy()
    return pd.Series(pd.array(np.where(frozen, facts["current_action"].to_numpy(dtype=object), text).astype(object), dtype="str"), index=facts.index)


def standing(ims: pd.DataFrame, work: pd.DataFrame, facts: pd.DataFrame, settings: Settings, rulebook: Rulebook, as_of: date) -> pd.DataFrame:
    """Aligned with ims: specified (S1-S5 or ""), cuts_credit (yes/no), pending (offered, last chance, barred), pending_allowed, pending_reason,
    pending_until, must_decide_by, reject_allowed, reduction_needed, reduction_offered, lock."""
    matrix = _matrix_rows(ims, facts, settings, rulebook)
    section = ims["section"]
    pending_flag = ims["pending_blocked"].to_numpy(dtype=object)
    reduction_flag = ims["reduction_blocked"].to_numpy(dtype=object)
    # A declaration that the portal already holds proves that it asked for one.
    reduction_flag = np.where((reduction_flag == "") & (ims["portal_reduction"] != "").to_numpy(), "N", reduction_flag)
    specified, needed, offered = _reduction(section, facts, matrix, reduction_flag)
    clock = _clock(ims, facts, settings, rulebook)
    own_end = np.datetime64((rulebook.period.quarter_end if settings.quarterly else rulebook.period).start, "s")

    limit = np.where(specified != "", clock["limit"], _NO_DAY).astype("datetime64[s]")
    imports = section.isin(_IMPORTS).to_numpy()
    cutoff = _cutoffs(ims["document_date"], rulebook)
    today = np.datetime64(as_of, "s")
    with_limit = ~np.isnat(limit)
    over = with_limit & (today > limit)
    # A flag read in this very period proves that Pending was offered then, though the 2B period that we estimate may say otherwise;
    # it proves nothing after the limit of this period itself.
    fresh = (pending_flag == "N") & np.isin(work["first_seen"].to_numpy(dtype=object), ["", str(rulebook.period)]) & facts["estimated"].to_numpy(dtype=bool)
    over &= ~(fresh & (today <= clock["own_limit"]))
    open_ended = ~with_limit & ~imports
    dropped = open_ended & ~np.isnat(cutoff) & (today > cutoff)
    matrix_bars = matrix["pending"] == "barred"

    reason = np.full(len(ims), "", dtype=object)
    barred = np.zeros(len(ims), dtype=bool)
    for which, words in (
        (pending_flag == "Y", np.full(len(ims), "the portal does not offer Pending for this record", dtype=object)),
        ((pending_flag != "N") & matrix_bars, np.full(len(ims), "Pending is not offered for such records of 2B periods before October 2025", dtype=object)),
        (over, _shown(limit, "its one period of Pending ended on ")),
        ((pending_flag != "N") & dropped, _shown(cutoff, "the section 16(4) date ", " has passed")),
    ):
        reason = np.where(which & ~barred, words, reason)
        barred |= which
    used = ~barred & with_limit & (clock["start"] < own_end)
    late = ~barred & open_ended & ~np.isnat(cutoff) & (clock["next_due"] > cutoff)
    reason = np.where(used, _shown(limit, "its one period of Pending is this one: it has to be decided by "), reason)
    reason = np.where(late & ~used, _shown(cutoff, "the next GSTR-3B falls after the section 16(4) date "), reason)

    reject = matrix["reject"].astype(bool)
    frozen = (facts["frozen_in"] != "").to_numpy()
    lock = np.where(barred, _capital(reason) + ".", "")
    lock = np.where(~reject, _joined(lock, "A bill of entry can never be rejected."), lock)
    lock = np.where(frozen, "GSTR-3B of " + facts["frozen_in"].to_numpy(dtype=object) + " is filed: the action is frozen.", lock)
    cuts = (specified != "") | (section.isin(_IMPORT_AMENDMENTS).to_numpy() & (reduction_flag == "N"))
    return pd.DataFrame({
        "matrix_row": pd.array(matrix["id"], dtype="str"), "specified": pd.array(specified, dtype="str"),
        "cuts_credit": worded([cuts], ["yes"], "no"), "pending": worded([barred, used | late], ["barred", "last chance"], "offered"),
        "pending_allowed": ~barred & ~frozen, "pending_reason": pd.array(reason, dtype="str"), "pending_until": limit,
        "must_decide_by": np.where(with_limit, limit, cutoff).astype("datetime64[s]"), "reject_allowed": reject & ~frozen,
        "reduction_needed": needed, "reduction_offered": offered, "lock": pd.array(lock.astype(object), dtype="str"),
    }, index=ims.index)


def _matrix_rows(ims: pd.DataFrame, facts: pd.DataFrame, settings: Settings, rulebook: Rulebook) -> dict[str, np.ndarray]:
    """The matrix row of every document, looked up once per kind."""
    columns = [pd.factorize(column) for column in (ims["section"], facts["direction"], facts["original_state"], _two_b(facts, settings, rulebook))]
    shape = tuple(max(1, len(values)) for _, values in columns)
    kinds, code = np.unique(np.ravel_multi_index(tuple(codes for codes, _ in columns), shape), return_inverse=True)
    named = zip(*(values[at] for (_, values), at in zip(columns, np.unravel_index(kinds, shape))))
    by_code = [rulebook.allowed_row(section, direction, original, Period.parse(period)) for section, direction, original, period in named]
    return {
        "id": np.array([row.id for row in by_code], dtype=object)[code] if len(code) else np.zeros(0, dtype=object),
        "pending": np.array([row.pending for row in by_code], dtype=object)[code] if len(code) else np.zeros(0, dtype=object),
        "reject": np.array([row.reject for row in by_code], dtype=bool)[code] if len(code) else np.zeros(0, dtype=bool),
        "declaration": np.array([row.declaration for row in by_code], dtype=bool)[code] if len(code) else np.zeros(0, dtype=bool),
        "specified": np.array([row.specified for row in by_code], dtype=object)[code] if len(code) else np.zeros(0, dtype=object),
    }


def _reduction(section: pd.Series, facts: pd.DataFrame, matrix: dict[str, np.ndarray], flag: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(specified, declaration needed on Accept, declaration offered). Where the original is unknown, the portal's flag tells."""
    declaring = section.isin(_DECLARING).to_numpy()
    note = section.isin(_CREDIT_NOTES).to_numpy()
    direction = facts["direction"].to_numpy(dtype=object)
    told = declaring & (flag == "N") & (np.isin(direction, ["unknown", "down"]) | (section == "B2B-CN").to_numpy())
    needed = declaring & (flag != "Y") & (matrix["declaration"] | told)
    by_flag = np.where(note, np.where(section == "B2B-CN", "S1", "S2"), np.where(section == "ECOA", "S5", "S4"))
    specified = np.where(matrix["specified"] != "", matrix["specified"], np.where(told, by_flag, ""))
    # Blocked and of unknown direction: the portal says that acceptance cuts nothing.
    specified = np.where((flag == "Y") & (direction == "unknown"), "", specified).astype(object)
    offered = needed | (declaring & (flag == "N")) | (section.isin(_IMPORT_AMENDMENTS).to_numpy() & (flag == "N"))
    return specified, needed, offered


def _two_b(facts: pd.DataFrame, settings: Settings, rulebook: Rulebook) -> np.ndarray:
    """What is not filed has the law of the first 2B that it can reach."""
    own = str(rulebook.period.quarter_end if settings.quarterly else rulebook.period)
    period = facts["earliest_2b"].to_numpy(dtype=object)
    return np.where(period == "", own, period).astype(object)


def _clock(ims: pd.DataFrame, facts: pd.DataFrame, settings: Settings, rulebook: Rulebook) -> dict[str, np.ndarray]:
    """Per document: the last day of one-period Pending, that of a record of the book's own period, when its 2B period began, when the next GSTR-3B is due."""
    periods = _two_b(facts, settings, rulebook)
    state = state_code(settings.gstin)
    code, labels = pd.factorize(periods)
    limits, starts = [], []
    for label in labels:
        period = Period.parse(label)
        limits.append(np.datetime64(rulebook.pending_limit(period, settings.quarterly, state), "s"))
        starts.append(np.datetime64((period.quarter_end if settings.quarterly else period).start, "s"))
    own = rulebook.period.quarter_end if settings.quarterly else rulebook.period
    following = rulebook.due_date("GSTR-3B", own.plus(3 if settings.quarterly else 1), state, settings.quarterly)
    rows = len(ims)
    return {
        "limit": np.array(limits, dtype="datetime64[s]")[code] if rows else np.zeros(0, dtype="datetime64[s]"),
        "start": np.array(starts, dtype="datetime64[s]")[code] if rows else np.zeros(0, dtype="datetime64[s]"),
        "own_limit": np.full(rows, np.datetime64(rulebook.pending_limit(own, settings.quarterly, state), "s")),
        "next_due": np.full(rows, np.datetime64(following, "s")),
    }


def _cutoffs(day: pd.Series, rulebook: Rulebook) -> np.ndarray:
    """Section 16(4) by the financial year of the document; blank where the date is blank or from before GST."""
    years = financial_years(day).to_numpy()
    code, unique = pd.factorize(years)
    dates: list[np.datetime64] = []
    for year in unique:
        try:
            dates.append(np.datetime64(rulebook.itc_cutoff(int(year)), "s"))
        except ImsXlError:
            dates.append(_NO_DAY)
    return np.array(dates, dtype="datetime64[s]")[code] if len(code) else np.zeros(0, dtype="datetime64[s]")


def _shown(days: np.ndarray, before: str, behind: str = "") -> np.ndarray:
    """Each day in words between those two; a blank day leaves its place empty."""
    code, unique = pd.factorize(days)
    words = np.array([f"{before}{pd.Timestamp(day):%d-%m-%Y}{behind}" for day in unique] + [before + behind], dtype=object)
    return np.asarray(words[code])


def _capital(text: np.ndarray) -> np.ndarray:
    code, unique = pd.factorize(text)
    return np.array([word[:1].upper() + word[1:] for word in unique], dtype=object)[code] if len(code) else text


def _joined(first: np.ndarray, second: str) -> np.ndarray:
    return np.where(first == "", second, first + " " + second)


