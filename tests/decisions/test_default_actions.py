"""The cautious defaults, one page of the ledger each (ims.md 11, product map)."""

import pytest

from ims_xl.vocabulary import Action
from tests.ledger_page import reconciled


def allowed(month, number):
    return str(month.decided(number, "allowed")).split(",")


def test_an_exact_filed_invoice_is_accepted():
    month = reconciled("""
        ims    A  A-101  2026-10-03  10000.00  1800.00
        books  A  A-101  2026-10-03  10000.00  1800.00
    """)
    assert month.action("A-101") is Action.ACCEPT and "[clean-filed]" in month.why("A-101")


def test_a_saved_but_not_filed_invoice_waits_for_filing():
    month = reconciled("""
        ims    A  A-101  2026-10-03  10000.00  1800.00 filing_status=Not_Filed
        books  A  A-101  2026-10-03  10000.00  1800.00
    """)
    assert month.action("A-101") is Action.NO_ACTION and "not filed" in month.why("A-101")


def test_a_value_that_the_supplier_reports_higher_waits_and_is_never_rejected():
    month = reconciled("""
        ims    A  A-101  2026-10-03  10000.00  1800.00
        books  A  A-101  2026-10-03  10000.00  1700.00
    """)
    assert month.action("A-101") is Action.PENDING


def test_what_is_not_in_the_books_waits():
    assert reconciled("ims  A  A-101  2026-10-03  10000.00  1800.00").action("A-101") is Action.PENDING


def test_goods_received_after_the_periods_end_wait():
    month = reconciled("""
        ims    A  A-101  2026-10-30  10000.00  1800.00
        books  A  A-101  2026-10-30  10000.00  1800.00 receipt_date=2026-11-03
    """)
    assert month.action("A-101") is Action.PENDING and "16(2)(b)" in month.why("A-101")


def test_a_booked_credit_note_is_accepted_with_the_reduction_in_full():
    month = reconciled("""
        ims    A  CN-7  2026-10-09  500.00   90.00 section=b2bcn
        books  A  CN-7  2026-10-09  -500.00  -90.00 voucher_type=Debit_Note
    """)
    assert month.action("CN-7") is Action.ACCEPT and month.decided("CN-7", "reduce_itc") == "Yes"


def test_a_credit_note_whose_credit_was_never_availed_is_accepted_without_reduction_and_with_a_remark():
    month = reconciled("""
        ims    A  CN-7  2026-10-09  500.00   90.00 section=b2bcn
        books  A  CN-7  2026-10-09  -500.00  -90.00 voucher_type=Debit_Note itc_eligibility=Ineligible
    """)
    assert month.decided("CN-7", "reduce_itc") == "No" and month.decided("CN-7", "remark") != ""


def test_a_credit_note_that_is_not_booked_waits_with_its_clock():
    month = reconciled("ims  A  CN-7  2026-10-09  500.00  90.00 section=b2bcn")
    assert month.action("CN-7") is Action.PENDING and "20-12-2026" in month.why("CN-7")


def test_where_the_portal_bars_pending_it_is_neither_offered_nor_suggested():
    month = reconciled("ims  A  A-101  2026-10-03  10000.00  1800.00 pending_blocked=Y")
    assert "Pending" not in allowed(month, "A-101") and month.action("A-101") is Action.NO_ACTION


@pytest.mark.parametrize("section", ["impg", "impgsez"])
def test_a_bill_of_entry_is_never_rejected(section):
    month = reconciled(f"ims  -  4412087  2026-10-06  500000.00  90000.00 section={section}")
    assert allowed(month, "4412087") == ["Accept", "Pending", "No Action"]


def test_blocked_credit_is_accepted_and_reversed_in_4b1():
    month = reconciled("""
        ims    A  A-101  2026-10-03  10000.00  1800.00
        books  A  A-101  2026-10-03  10000.00  1800.00 itc_eligibility=Ineligible
    """)
    boxes = month.rec.gstr3b.boxes
    assert month.action("A-101") is Action.ACCEPT
    assert (boxes["4A5"]["igst"], boxes["4B1"]["igst"], boxes["4C"]["igst"]) == (180000, 180000, 0)


def test_a_bill_booked_less_its_credit_note_stands_in_the_books_with_both_in_full():
    month = reconciled("""
        ims    A  A-101  2026-10-03  10000.00  1800.00
        ims    A  CN-7  2026-10-09  1500.00  270.00 section=b2bcn
        books  A  A-101  2026-10-03  8500.00  1530.00
    """)
    assert month.match("CN-7") == "grouped"
    assert [month.fact(number, "booked_igst") for number in ("A-101", "CN-7")] == [180000, 27000]
