"""What Home lists under "What needs a person": each line a question that only a person can answer, with rows, rupees and the place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ims_xl.followup.unpaid import EARLIER, RECLAIM, REVERSE, rule_37
from ims_xl.followup.unreported import CHASE
from ims_xl.rulebook.exposure import exposure
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import HEADS, Action, Change, MatchClass, SetBy
from ims_xl.workbook.tabs.pieces import signed_tax
from ims_xl.workbook.tabs.where import Layout, quoted


@dataclass(frozen=True, slots=True)
class Need:
    text: str
    count: int
    paise: int | None
    link: str
    mark: str
    style: str


def needs(rec: Reconciliation, where: Layout, books: pd.DataFrame) -> list[Need]:
    """The open questions that have rows, the most urgent first."""
    return [need for need in _all(rec, where, books) if need.count]


def _all(rec: Reconciliation, where: Layout, books: pd.DataFrame) -> Iterator[Need]:
    work, decisions = rec.state.work, rec.decisions
    action, by = work["action"].to_numpy(dtype=object), work["set_by"].to_numpy(dtype=object)
    change = work["change"].to_numpy(dtype=object)
    live = change != Change.GONE
    tax = signed_tax(rec.state.ims)
    classes = rec.links.results["match_class"].to_numpy(dtype=object)[rec.links.ims_result]
    ims = f"#{quoted(where.ims.sheet)}!A{where.ims.header_row}"

    def rows(text: str, mask: np.ndarray, link: str, mark: str, style: str) -> Need:
        mask = mask & live
        return Need(text, int(mask.sum()), int(tax[mask].sum()), link, mark, style)

    allowed = decisions["allowed"].to_numpy(dtype=object)
    codes, sets = pd.factorize(allowed)
    illegal = ~np.any([np.isin(action, str(o).split(",")) & (codes == n) for n, o in enumerate(sets)], axis=0) if len(sets) else np.zeros(len(action), dtype=bool)
    failed = sum(not c.ok for c in rec.tie_out)
    yield Need("Checks on Tie-out that do not agree", failed, None, where.link("Tie-out"), "✗ check", "bad")
    yield rows("Errors that the portal reported", work["portal_error"].to_numpy(dtype=object) != "", ims, "! mend", "error")
    yield rows("Actions that the portal does not allow", illegal, ims, "✗ mend", "bad")
    reduce_open = decisions["reduce_needed"].to_numpy(dtype=bool) & (action == Action.ACCEPT) & (work["reduce_itc"].to_numpy(dtype=object) == "")
    yield rows("Credit notes: is ITC to be reduced?", reduce_open, where.link("Credit Notes"), "answer", "warn")
    yield rows("Changed by the supplier since the last pull", change == Change.CHANGED, ims, "look", "warn")
    looks = np.isin(classes.astype(str), [MatchClass.NUMBER, MatchClass.DATE, MatchClass.VALUE, MatchClass.GSTIN, MatchClass.GROUPED])
    open_looks = looks & (by == SetBy.RULE) & (work["reviewed"].to_numpy(dtype=object) == "")
    yield rows("Matched with a difference, not reviewed yet", open_looks, ims, "review", "warn")
    yield rows("Duplicates to settle", (classes == MatchClass.DUPLICATE) & (by == SetBy.RULE), ims, "settle", "warn")
    yield _booked_twice(rec, where)
    yield rows("Pending: evidence and deadline", action == Action.PENDING, where.link("Pending"), "P follow", "pending")
    yield rows("No action: will be deemed accepted", action == Action.NO_ACTION, where.link("Default Risk"), "- sign", "noaction")
    chase = books[books["kind"] == CHASE] if len(books) else books
    yield Need("Booked but not in IMS: ask the supplier", len(chase), int(chase["itc"].sum()) if len(chase) else 0, where.link("Not in IMS"), "ask", "warn")
    unpaid = rule_37(rec)
    unpaid = unpaid[unpaid["what"].isin([REVERSE, RECLAIM, EARLIER])]
    yield Need(f"Supplier unpaid after {exposure().payment_days} days, rule 37", len(unpaid), int(sum(unpaid[h].sum() for h in HEADS)), where.link("Rule 37"), "look", "warn")
    yield Need("Cells, rows and files not taken as they stand", len(rec.state.problems), None, where.link("Tie-out"), "look", "warn")


def _booked_twice(rec: Reconciliation, where: Layout) -> Need:
    """Bookings that repeat another one: no row of IMS shows them, and the credit would be taken twice."""
    classes = rec.links.results["match_class"].to_numpy(dtype=object)
    alone = np.ones(len(classes), dtype=bool)
    alone[rec.links.ims_result[rec.links.ims_result >= 0]] = False
    twice = ((classes == MatchClass.DUPLICATE) & alone)[rec.links.register_result]
    register = rec.state.register
    vouchers = register["voucher_number"][twice].nunique()
    tax = int(sum(int(register[head].to_numpy()[twice].sum()) for head in HEADS))
    return Need("Booked twice: take one booking back", vouchers, tax, f"#{quoted(where.register.sheet)}!A{where.register.header_row}", "settle", "warn")
