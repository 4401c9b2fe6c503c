"""May this record wait, until when, and may it be rejected: the portal's own flag first, the dated matrix where a flag is absent.

Specified records wait one period of the recipient's own frequency (ims.md 2.5, read conservatively: they are to be settled with
the GSTR-3B of the following period); everything else until the section 16(4) date of the document's year.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ims_xl.decisions.keys import financial_years
from ims_xl.gstin import state_code
from ims_xl.period import Period
from ims_xl.rulebook import Rulebook
from ims_xl.rulebook.matrix import AllowedRow
from ims_xl.settings import Settings
from ims_xl.vocabulary import ImsXlError, Section

_IMPORTS = frozenset(s.value for s in Section if s.is_import)
_DECLARING = frozenset({"B2BA", "B2B-DNA", "B2B-CN", "B2B-CNA", "ECOA", "IMPGA", "IMPGSEZA"})
ONE_PERIOD = "one period"


def may_wait(ims: pd.DataFrame, facts: pd.DataFrame, settings: Settings, rulebook: Rulebook, as_of: date) -> pd.DataFrame:
    """Aligned with ims: pending (offered, last chance, barred), pending_until (date), limit_reason, may_reject, specified (S1-S5 or ""), reduction_needed, cuts_credit."""
    now = settings.period or rulebook.period
    sections = ims["section"].to_numpy(dtype=object)
    periods = _two_b_or_expected(ims, facts, now)
    amended = facts["amendment"].to_numpy(dtype=object) == "yes"
    direction = np.where(amended, facts["direction"].to_numpy(dtype=object), "none")
    original = np.where(amended, facts["original_state"].to_numpy(dtype=object), "none")
    combined = sections + "|" + direction + "|" + original + "|" + periods
    names, inverse = np.unique(combined.astype(str), return_inverse=True) if len(combined) else (np.array([], dtype=str), np.array([], dtype=np.int64))
    rows = [_row(name, rulebook) for name in names]

    def each(values: list[object], kind: object = object) -> np.ndarray:
        return np.array(values, dtype=kind)[inverse] if len(values) else np.array([], dtype=kind)  # type: ignore[call-overload]  # numpy takes any dtype here

    flag = ims["pending_blocked"].to_numpy(dtype=object)
    by_matrix = each([row.pending for row in rows])
    one = by_matrix == ONE_PERIOD
    next_due = _due_after(now, settings, rulebook)
    one_until = each([_one_period_until(row, name, settings, rulebook) for row, name in zip(rows, names)])
    years = financial_years(ims["document_date"]).to_numpy()
    cut = {int(y): rulebook.itc_cutoff(int(y)) for y in np.unique(years) if y}
    open_until = np.array([cut.get(int(y)) for y in years], dtype=object)
    imports = np.isin(sections, list(_IMPORTS))
    until = np.where(one, one_until, np.where(imports, None, open_until))
    over = np.array([day is not None and day < as_of for day in until], dtype=bool)
    earlier_2b = np.array([bool(p) and Period.parse(p) < now for p in periods], dtype=bool)
    # The period after the record's own is the last that a careful reading leaves (ims.md 10.3).
    used_up = np.where(one, earlier_2b, np.array([day is not None and next_due > day for day in until], dtype=bool))
    barred = (flag == "Y") | ((flag != "N") & ((by_matrix == "barred") | over))
    last = ~barred & (used_up | over)
    pending = np.select([barred, last], ["barred", "last chance"], "offered")
    reason = np.select(
        [flag == "Y", barred & (by_matrix == "barred"), (barred | last) & one, barred | last],
        ["the portal does not offer Pending for it", "this kind of record cannot be kept pending", "its one period of Pending is used up", "the section 16(4) date leaves no later GSTR-3B"], "",
    )
    declaration = _declaration(ims, direction, each([row.declaration for row in rows], bool))
    specified = each([row.specified for row in rows])
    cuts = np.where(imports, declaration, (specified != "") | declaration)
    return pd.DataFrame({
        "pending": pd.array(pending.astype(object), dtype="str"),
        "pending_until": np.array([np.datetime64(d, "s") if d is not None else np.datetime64("NaT", "s") for d in until], dtype="datetime64[s]"),
        "limit_reason": pd.array(reason.astype(object), dtype="str"), "may_reject": each([row.reject for row in rows], bool),
        "specified": pd.array(specified, dtype="str"), "reduction_needed": declaration,
        "cuts_credit": pd.array(np.where(cuts.astype(bool), "yes", "no").astype(object), dtype="str"),
    }, index=ims.index)


def _declaration(ims: pd.DataFrame, direction: np.ndarray, by_matrix: np.ndarray) -> np.ndarray:
    """Whether Accept asks for the ITC reduction. A flag of the portal decides, but an amendment known to add credit has nothing to reduce."""
    blocked = ims["reduction_blocked"].to_numpy(dtype=object)
    section = ims["section"].to_numpy(dtype=object)
    can = np.isin(section, list(_DECLARING))
    adds = np.isin(direction, ["up", "same"]) & (section != "B2B-CNA")
    asked = np.where(blocked == "N", can & ~adds, by_matrix)
    return np.asarray((blocked != "Y") & asked.astype(bool), dtype=bool)


def _two_b_or_expected(ims: pd.DataFrame, facts: pd.DataFrame, now: Period) -> np.ndarray:
    """The 2B period, or for what is not filed yet the supplier's own return period (never before the book's)."""
    two_b = facts["two_b_period"].to_numpy(dtype=object)
    said = ims["supplier_period"].to_numpy(dtype=object)
    expected = {text: _expected(text, now) for text in set(said)}
    return np.where(two_b != "", two_b, np.array([expected[text] for text in said], dtype=object))


def _expected(text: str, now: Period) -> str:
    try:
        return str(max(Period.parse(text), now))
    except ImsXlError:
        return str(now)


def _row(name: str, rulebook: Rulebook) -> AllowedRow:
    section, direction, original, period = name.split("|")
    return rulebook.allowed_row(section, direction, original, Period.parse(period))


def _one_period_until(row: AllowedRow, name: str, settings: Settings, rulebook: Rulebook) -> date | None:
    if row.pending != ONE_PERIOD:
        return None
    when = Period.parse(name.rsplit("|", 1)[1])
    return rulebook.pending_limit(when.quarter_end if settings.quarterly else when, settings.quarterly, state_code(settings.gstin))


def _due_after(now: Period, settings: Settings, rulebook: Rulebook) -> date:
    """Due date of the GSTR-3B after the book's: what waits now is claimed there at the earliest."""
    following = now.plus(3 if settings.quarterly else 1)
    return rulebook.due_date("GSTR-3B", following, state_code(settings.gstin), settings.quarterly)
