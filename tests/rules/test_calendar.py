"""Due dates, cut-offs and the one-period clock, by the examples of the advisories (ims.md 2.5, 9)."""

from datetime import date

import pytest

from ims_xl.period import Period
from ims_xl.rulebook import rulebook_for

BOOK = rulebook_for(Period(2026, 10))


@pytest.mark.parametrize(("period", "quarterly", "state", "last_day"), [
    ("2025-10", False, "27", date(2025, 12, 20)), ("2026-09", False, "27", date(2026, 11, 20)), ("2026-10", False, "27", date(2026, 12, 20)),
    ("2025-12", True, "27", date(2026, 4, 22)), ("2025-12", True, "07", date(2026, 4, 24)), ("2026-09", True, "27", date(2027, 1, 22)), ("2026-09", True, "07", date(2027, 1, 24)),
])
def test_a_specified_record_waits_one_period_of_the_recipients_own_frequency(period, quarterly, state, last_day):
    assert BOOK.pending_limit(Period.parse(period), quarterly, state) == last_day


@pytest.mark.parametrize(("what", "state", "quarterly", "period", "day"), [
    ("GSTR-1", "27", False, "2026-10", date(2026, 11, 11)), ("GSTR-2B", "27", False, "2026-10", date(2026, 11, 14)), ("GSTR-3B", "27", False, "2026-10", date(2026, 11, 20)),
    ("GSTR-3B", "27", True, "2026-09", date(2026, 10, 22)), ("GSTR-3B", "07", True, "2026-09", date(2026, 10, 24)), ("GSTR-3B", "38", True, "2026-09", date(2026, 10, 24)),
])
def test_due_dates_follow_frequency_and_state_group(what, state, quarterly, period, day):
    assert BOOK.due_date(what, Period.parse(period), state, quarterly) == day


def test_credit_of_a_year_ends_on_the_thirtieth_of_november_after_it():
    assert BOOK.itc_cutoff(2025) == date(2026, 11, 30)


@pytest.mark.parametrize("months", range(0, 30, 3))
def test_every_month_since_ims_began_has_a_whole_rulebook(months):
    assert rulebook_for(Period(2024, 10).plus(months)).actions.active
