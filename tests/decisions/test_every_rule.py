"""Every rule of rules/actions.toml decides a document: a page of the ledger in, the rule and its action out.

The pages stand in one book per setting; "last chance" is the book of October 2026 for documents of 2025-26, whose section 16(4) date
comes before the next GSTR-3B.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import pandas as pd
import pytest

from ims_xl.period import Period
from ims_xl.reconcile import reconcile
from ims_xl.rulebook import rulebook_for
from ims_xl.vocabulary import Action
from tests.ledger_page import Month, page

PLAIN = """
    ims    A  GONE        2026-10-03  1000   180
    ims    A  OLD         2026-10-04  1010   181.80  section=b2ba original_number=OLD-0 original_date=2026-10-04
    ims    A  OLD-0       2026-10-04  1020   183.60
    ims    A  EARLIER     2026-09-10  1030   185.40
    before A  EARLIER     2026-09-10  1030   185.40
    ims    A  EARLIER-2   2026-09-11  1040   187.20  pending_blocked=Y
    before A  EARLIER-2   2026-09-11  1040   187.20
    ims    A  TWICE       2026-10-05  1050   189
    ims    A  TWICE       2026-10-05  1050   189
    ims    A  TWICE-2     2026-10-06  1060   190.80  pending_blocked=Y
    ims    A  TWICE-2     2026-10-06  1060   190.80  pending_blocked=Y
    ims    A  TRANSIT     2026-10-30  1070   192.60
    books  A  TRANSIT     2026-10-30  1070   192.60  receipt_date=2026-11-02
    ims    A  TRANSIT-2   2026-10-29  1080   194.40  pending_blocked=Y
    books  A  TRANSIT-2   2026-10-29  1080   194.40  receipt_date=2026-11-02
    ims    A  CN-1        2026-10-07  1090   196.20  section=b2bcn
    books  A  CN-1        2026-10-07  -1090  -196.20 voucher_type=Debit_Note
    ims    A  CN-2        2026-10-08  1110   199.80  section=b2bcn filing_status=Not_Filed
    books  A  CN-2        2026-10-08  -1110  -199.80 voucher_type=Debit_Note
    ims    A  CN-3        2026-10-09  1120   201.60  section=b2bcn
    ims    A  CN-4        2026-10-10  1130   203.40  section=b2bcn pending_blocked=Y
    ims    A  CN-5        2026-10-11  1140   205.20  section=b2bcn
    books  A  CN-5        2026-10-11  -940   -169.20 voucher_type=Debit_Note
    ims    A  CN-6        2026-10-12  1150   207     section=b2bcn pending_blocked=Y
    books  A  CN-6        2026-10-12  -950   -171    voucher_type=Debit_Note
    ims    A  CAR         2026-10-13  1160   208.80
    books  A  CAR         2026-10-13  1160   208.80  itc_eligibility=Ineligible
    ims    A  CLEAN       2026-10-14  1170   210.60
    books  A  CLEAN       2026-10-14  1170   210.60
    ims    A  SAVED       2026-10-15  1180   212.40  filing_status=Not_Filed
    books  A  SAVED       2026-10-15  1180   212.40
    ims    A  L-301       2026-10-16  1000   180
    books  A  L-301       2026-10-16  1430   257.40
    ims    A  H-402       2026-10-17  1500   270
    books  A  H-402       2026-10-17  1100   198
    ims    A  H-503       2026-10-18  1600   288     pending_blocked=Y
    books  A  H-503       2026-10-18  1200   216
    ims    A  BRANCH-77   2026-10-19  7190   1294.20
    books  27AAPFU0939F2ZU BRANCH-77 2026-10-19 7190 1294.20
    ims    A  KT-9155     2026-10-20  6200   1116
    books  A  KT-9755     2026-10-24  6200   1116
    ims    A  KT-9266     2026-10-20  6300   1134    pending_blocked=Y
    books  A  KT-4266     2026-10-26  6300   1134
    ims    -  4412087     2026-10-06  50000  9000    section=impg
    ims    A  STRANGE     2026-10-21  1210   217.80
    ims    A  STRANGE-2   2026-10-22  1220   219.60  pending_blocked=Y
"""
CASES = (
    ("gone", "GONE", "No Action"), ("superseded", "OLD-0", "No Action"), ("counted-earlier", "EARLIER", "Pending"), ("counted-earlier-decide", "EARLIER-2", "No Action"),
    ("duplicate", "TWICE", "Pending"), ("duplicate-decide", "TWICE-2", "No Action"), ("goods-not-received", "TRANSIT", "Pending"), ("goods-not-received-decide", "TRANSIT-2", "No Action"),
    ("credit-note-matched", "CN-1", "Accept"), ("credit-note-matched-not-filed", "CN-2", "No Action"), ("credit-note-not-booked", "CN-3", "Pending"), ("credit-note-not-booked-decide", "CN-4", "No Action"),
    ("credit-note-doubtful", "CN-5", "Pending"), ("credit-note-doubtful-decide", "CN-6", "No Action"), ("clean-blocked", "CAR", "Accept"), ("clean-filed", "CLEAN", "Accept"),
    ("clean-not-filed", "SAVED", "No Action"), ("supplier-lower", "L-301", "Accept"), ("value-differs", "H-402", "Pending"), ("value-differs-decide", "H-503", "No Action"),
    ("gstin-differs", "BRANCH-77", "Pending"), ("needs-a-look", "KT-9155", "Pending"), ("doubtful-decide", "KT-9266", "No Action"), ("bill-of-entry-not-in-books", "4412087", "Pending"),
    ("not-in-books", "STRANGE", "Pending"), ("not-in-books-decide", "STRANGE-2", "No Action"), ("not-in-books-left", "STRANGE", "No Action"), ("frozen", "CLEAN", "No Action"),
)


@lru_cache(maxsize=4)
def book(variant: str) -> Month:
    state = page(PLAIN, pending_not_in_books=variant != "not-in-books-left", gstr3b_filed=variant == "frozen")
    state = replace(state, work=state.work.assign(change=pd.array(["gone" if n == "GONE" else "" for n in state.ims["document_number"]], dtype="str")))
    return Month(reconcile(state, date(2026, 11, 12)))


def last_of(month: Month, number: str) -> Month:
    """A page on which a repeated document is looked at by its last copy, which is the repeat."""
    class Last(Month):
        def position(self, n: str) -> int:
            return int(self.rec.state.ims.index[self.rec.state.ims["document_number"] == n][-1])
    return Last(month.rec)


@pytest.mark.parametrize(("rule", "number", "action"), CASES, ids=[rule for rule, _, _ in CASES])
def test_the_rule_decides(rule: str, number: str, action: str) -> None:
    month = last_of(book(rule if rule in ("not-in-books-left", "frozen") else ""), number)
    assert (month.rule(number), month.action(number)) == (rule, Action(action))
    assert f"[{rule}]" in month.why(number)
    assert month.decided(number, "suggested_action") in month.allowed(number)


def test_every_rule_of_the_table_has_a_case_here() -> None:
    assert {rule.id for rule in rulebook_for(Period(2026, 10)).actions.rules} == {rule for rule, _, _ in CASES}


OLD_YEAR = """
    ims    A  INV-1  2026-02-03  1000  180  supplier_period=102026
    ims    A  INV-2  2026-04-03  1010  181.80  supplier_period=102026
    ims    A  CN-9   2026-09-03  1020  183.60  section=b2bcn supplier_period=092026 portal_action=Pending typed=_
"""


@lru_cache(maxsize=1)
def old_year() -> Month:
    return Month(reconcile(page(OLD_YEAR), date(2026, 11, 12)))


def test_a_document_whose_section_16_4_date_comes_before_the_next_return_is_decided_now() -> None:
    month = old_year()
    assert month.rule("INV-1") == "not-in-books-decide" and "30-11-2026" in month.why("INV-1") and "Pending" in month.allowed("INV-1")
    assert month.rule("INV-2") == "not-in-books"


def test_a_credit_note_that_waited_its_one_period_is_decided_now() -> None:
    month = old_year()
    assert month.rule("CN-9") == "credit-note-not-booked-decide" and "20-11-2026" in month.why("CN-9")
    assert month.fact("CN-9", "pending") == "last chance"


@pytest.mark.parametrize(("state", "limit"), [("27", "22-04-2027"), ("07", "24-04-2027")])
def test_a_quarterly_recipient_waits_one_quarter_by_its_state_group(state: str, limit: str) -> None:
    ours = {"27": "27AAKCB4321Q1ZA", "07": "07AAKCB4321Q1ZC"}[state]
    book_page = page("ims A CN-1 2026-10-09 500 90 section=b2bcn", "2026-12", quarterly=True, gstin=ours)
    month = Month(reconcile(book_page, date(2027, 1, 12)))
    assert f"{pd.Timestamp(month.decided('CN-1', 'must_decide_by')):%d-%m-%Y}" == limit


@pytest.mark.parametrize("period", ["2024-10", "2025-09", "2025-10"])
def test_last_years_month_reconciles_by_last_years_rules(period: str) -> None:
    when = Period.parse(period)
    state = page(f"""
        ims  A  A-1  {when}-03  1000  180
        books A  A-1  {when}-03  1000  180
        ims  A  C-1  {when}-04  100   18   section=b2bcn
        ims  -  771  {when}-05  5000  900  section=impg
    """, period)
    month = Month(reconcile(state, when.plus(1).start.replace(day=12)))
    assert month.rule("A-1") == "clean-filed"
    modern = when >= Period(2025, 10)
    assert ("Pending" in month.allowed("C-1"), bool(month.fact("C-1", "reduction_needed"))) == (modern, modern)
    assert month.allowed("771") == {"Accept", "Pending", "No Action"}


TYPED = """
    ims    -  4412087  2026-10-06  50000  9000  section=impg typed=Reject
    ims    A  CN-1     2026-10-07  1090   196.20  section=b2bcn pending_blocked=Y typed=Pending
    ims    A  A-1      2026-10-08  1000   180     typed=Maybe
    ims    A  A-2      2026-10-09  1000   180     typed=Reject
"""


def test_an_action_that_the_row_does_not_allow_is_marked_with_the_reason_and_named_on_tie_out() -> None:
    month = Month(reconcile(page(TYPED), date(2026, 11, 12)))
    why = [str(text) for text in month.rec.why]
    assert why[0].startswith("NOT ALLOWED: Reject is not allowed for this row: A bill of entry can never be rejected.")
    assert why[1].startswith("NOT ALLOWED: Pending is not allowed for this row: The portal does not offer Pending for this record.")
    assert why[2].startswith("NOT ALLOWED: 'Maybe' is not an action; choose Accept")
    assert not why[3].startswith("NOT ALLOWED")
    line = next(check for check in month.rec.tie_out if check.check == "Actions that the portal does not allow")
    assert (line.found, line.ok) == ("3", False) and "4412087" in line.note and "CN-1" in line.note and "A-1" in line.note
    # Typed all the same, and counted as the portal would take it: a bill of entry stays accepted, a word that is no action is none.
    assert month.rec.state.work["action"].tolist() == ["Reject", "Pending", "Maybe", "Reject"]
    boxes = month.rec.gstr2b.boxes
    assert (boxes["itcavl.imports.impg"]["igst"], boxes["itcavl.othersup.cdnr"]["igst"], boxes["itcavl.nonrevsup.b2b"]["igst"], boxes["itcRejected.nonrevsup.b2b"]["igst"]) == (900000, 0, 18000, 18000)


def test_after_gstr_3b_only_what_waits_may_still_be_changed() -> None:
    state = page("""
        ims    A  A-1  2026-10-03  1000  180
        books  A  A-1  2026-10-03  1000  180
        ims    A  A-2  2026-10-04  1010  181.80
    """)
    first = reconcile(state, date(2026, 11, 12))
    work = first.state.work.assign(action=pd.array(["Reject", "Accept"], dtype="str"))
    filed = replace(first.state, work=work, settings=replace(state.settings, gstr3b_filed=True))
    month = Month(reconcile(filed, date(2026, 11, 21)))
    assert (month.rec.state.work["fill_action"].iloc[0], month.allowed("A-1"), month.rule("A-1")) == ("Accept", {"Accept"}, "frozen")
    assert month.why("A-1").startswith("NOT ALLOWED: Reject is not allowed for this row: GSTR-3B of 2026-10 is filed")
    assert month.action("A-2") is Action.ACCEPT and "NOT ALLOWED" not in month.why("A-2")
    again = Month(reconcile(month.rec.state, date(2026, 11, 21)))
    assert again.why("A-1") == month.why("A-1")
