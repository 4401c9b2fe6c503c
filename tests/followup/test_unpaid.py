"""Rule 37: credit taken on a bill that stays unpaid goes back after 180 days, in proportion, and comes again when it is paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from ims_xl.followup.rollover import rolled_over
from ims_xl.followup.unpaid import rule_37
from ims_xl.period import Period
from ims_xl.reconcile import reconcile
from ims_xl.state import Reconciliation
from tests.followup.small import two_bills

PAID, UNPAID = "A-1", "A-2"


def months_on(rec: Reconciliation, period: Period, **inputs: str) -> Reconciliation:
    state = rolled_over(rec)
    key = state.unpaid["key"].iloc[0] if len(state.unpaid) else ""
    return reconcile(replace(state, settings=replace(state.settings, period=period), inputs={f"unpaid.{key}.{name}": value for name, value in inputs.items()}), period.plus(1).start)


def what(rec: Reconciliation) -> list[tuple[str, str, str, int]]:
    found = rule_37(rec)
    return list(zip(found["document_number"], found["what"], found["return_period"], found["igst"]))


def test_a_register_without_payments_says_nothing():
    assert what(two_bills(payments=False)) == []


def test_an_unpaid_bill_is_followed_until_its_180_days_are_over_and_then_reversed_once():
    october = two_bills(payments=True)
    assert what(october) == [] and list(rolled_over(october).unpaid["document_number"]) == [UNPAID]
    # 07-10-2026 and 180 days: 05-04-2027
    assert what(months_on(october, Period(2027, 2))) == [(UNPAID, "Pay in time", "2027-05", 36000)]
    assert what(months_on(october, Period(2027, 4))) == [(UNPAID, "Reverse next", "2027-05", 36000)]
    assert what(months_on(october, Period(2027, 5))) == [(UNPAID, "Reverse", "2027-05", 36000)]
    assert what(months_on(october, Period(2027, 6))) == [(UNPAID, "Was reversed?", "2027-05", 36000)]


def test_a_part_payment_reverses_the_unpaid_part_to_the_paisa():
    assert what(months_on(two_bills(payments=True), Period(2027, 5), paid_amount="1180.00")) == [(UNPAID, "Reverse", "2027-05", 18000)]


def test_paid_in_time_is_settled_and_paid_late_is_reclaimed():
    october = two_bills(payments=True)
    assert what(months_on(october, Period(2027, 5), paid_on="01-04-2027")) == []
    assert what(months_on(october, Period(2027, 6), paid_on="20-06-2027")) == [(UNPAID, "Reclaim", "2027-05", 36000)]
    assert rolled_over(months_on(october, Period(2027, 6), paid_on="20-06-2027")).unpaid.empty


def test_a_later_register_tells_the_payment():
    following = rolled_over(two_bills(payments=True))
    paid = two_bills(payments=True).state.register.assign(payment_date=pd.Series(pd.to_datetime(["2026-11-01", "2026-12-01"]).astype("datetime64[s]")))
    rec = reconcile(replace(following, register=paid, settings=replace(following.settings, period=Period(2027, 5))), date(2027, 6, 12))
    assert what(rec) == [] and PAID in set(paid["document_number"])
