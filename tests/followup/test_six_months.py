"""One client over six months: credit moves to the paisa, nothing is claimed twice, and what waits opens the next month."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ims_xl import month as months
from ims_xl.followup.movement import BOOKS, PORTAL
from ims_xl.followup.rollover import rolled_over
from ims_xl.reconcile import reconcile
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, BookState, Reconciliation, empty
from ims_xl.vocabulary import IMS_LEDGER, REGISTER_LEDGER
from tests.followup.world import HEADS, RECIPIENT, World

LETTER = {"Accept": "A", "Reject": "R", "Pending": "P", "No Action": "N"}


def sums(moved: pd.DataFrame, side: str) -> dict[str, dict[str, int]]:
    part = moved[moved["side"] == side]
    return {name: {h: int(part[f"{name}_{h}"].sum()) for h in HEADS} for name in ("opening", "added", "cleared", "lost", "closing")}


def typed(rec: Reconciliation, rng: random.Random) -> BookState:
    """A person accepts some rows that wait, rejects some, and lets some good ones wait."""
    actions = []
    for action, why in zip(rec.state.work["action"], rec.why):
        dice = rng.random()
        if action == "Pending" and "ounted in" not in why:
            action = "Accept" if dice < 0.3 else "Reject" if dice < 0.4 else action
        elif action == "Accept" and dice < 0.05:
            action = "Pending"
        actions.append(action)
    return replace(rec.state, work=rec.state.work.assign(action=pd.array(actions, dtype="str")))


def test_six_months_move_to_the_paisa_and_nothing_is_claimed_twice(tmp_path: Path) -> None:
    world, rng = World(6, 12, seed=2), random.Random(2)
    state = BookState(Settings(gstin=RECIPIENT, period=world.period(0)), empty(IMS_LEDGER), empty(WORK_COLUMNS), empty(REGISTER_LEDGER))
    closed: dict[str, dict[str, int]] = {side: dict.fromkeys(HEADS, 0) for side in (PORTAL, BOOKS)}
    claimed: dict[tuple[str, str, int], int] = {}
    for month in range(6):
        ims, register = world.files(month, tmp_path)
        state = months.pull(state, [ims], [register]).state
        state = typed(reconcile(state, world.as_of(month)), rng)
        by_number = {(g, n, s): a for g, n, s, a in zip(state.ims["supplier_gstin"], state.ims["document_number"], state.ims["section"], state.work["action"])}
        for document in world.visible(month):
            section = {"b2bcn": "B2B-CN", "b2bdn": "B2B-DN"}.get(document.section, document.section.upper())
            document.action = LETTER[by_number[document.key[1], document.number, section]]
        if month % 2:   # in the other months the forecast has to do
            state = months.pull(state, gstr2b=[world.statement(month, tmp_path)]).state
        rec = reconcile(state, world.as_of(month))
        moved = rec.movement
        expected, found = world.expected(month), sums(moved, PORTAL)
        assert {name: found[name] for name in expected} == expected, f"month {month}"
        for side in (PORTAL, BOOKS):
            found = sums(moved, side)
            assert found["opening"] == closed[side], f"month {month}, {side}"
            assert all(found["opening"][h] + found["added"][h] - found["cleared"][h] - found["lost"][h] == found["closing"][h] for h in HEADS)
            closed[side] = found["closing"]
        # A question that nobody answered and a Pending whose time ran out are the person's to mend, and named as that.
        assert [c.check for c in rec.tie_out if not c.ok and "ITC-reduction" not in c.check and "does not allow" not in c.check] == []
        for document in world.visible(month):
            key = (document.key[1], document.number, document.year)
            row = moved[(moved["side"] == PORTAL) & (moved["supplier_gstin"] == key[0]) & (moved["document_number"] == key[1]) & moved["kind"].isin(["B2BA"] if document.original else ["B2B", "B2B-CN", "B2B-DN"])]
            claimed[key] = claimed.get(key, 0) + int(sum(row[f"cleared_{h}"].sum() for h in HEADS))
        world.close(month)
        state = rolled_over(rec)
    worth: dict[tuple[str, str, int], set[int]] = {}
    for document in world.documents:
        worth.setdefault((document.key[1], document.number, document.year), {0}).add(document.sign * sum(document.heads.values()))
    assert [key for key, credit in claimed.items() if credit not in worth[key]] == []
    assert sum(credit != 0 for credit in claimed.values()) > 20
