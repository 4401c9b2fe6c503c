"""Indian grouping on the screen, right for negatives and crores; what needs a person, said as it is."""

from dataclasses import replace

import pytest

from ims_xl.faces.commands_month import _say_fallen
from ims_xl.faces.summary import indian, needs_a_person
from ims_xl.vocabulary import Problem
from tests.ledger_page import reconciled


@pytest.mark.parametrize(("plain", "shown"), [
    ("0", "0"), ("999", "999"), ("1000", "1,000"), ("123456", "1,23,456"), ("12345678.50", "1,23,45,678.50"), ("-1234567", "-12,34,567"), ("-12.30", "-12.30"), ("1234567890", "1,23,45,67,890"),
])
def test_lakh_and_crore_grouping(plain, shown):
    assert indian(plain) == shown


def test_a_preparers_sign_off_that_falls_is_told(capsys):
    state = reconciled("ims A INV-1 2026-10-07 1000 180").rec.state
    _say_fallen(state)
    assert capsys.readouterr().out == ""
    _say_fallen(replace(state, seal={"preparer": {"name": "R. Iyer", "at": "12-11-2026 10:00"}}))
    assert "sign-off by R. Iyer (preparer)" in capsys.readouterr().out


def test_a_file_left_aside_is_no_cell_that_could_not_be_read():
    rec = reconciled("ims A INV-1 2026-10-07 1000 180\nbooks A INV-1 2026-10-07 1000 180").rec
    aside = Problem("2B.json", "", 0, "gendt", "drawn on 14-11-2026, older than the GSTR-2B in the book (16-11-2026); left aside")

    def said(*problems: Problem) -> list[str]:
        return needs_a_person(replace(rec, state=replace(rec.state, problems=problems)))

    (line,) = said(aside)
    assert line == f"1 remark on whole files, sheets or columns (Tie-out lists all), first 2B.json: {aside.message}"
    assert said(aside, Problem("register.xlsx", "Purchases", 17, "supplier_gstin", "the check digit is wrong"))[0].startswith("1 cell or row could not be read as it stands")
    assert said() == []


def test_one_is_said_as_one_and_a_second_booking_as_such():
    rec = reconciled("ims A INV-1 2026-10-07 1000 180\nbooks A INV-1 2026-10-07 1000 180\nbooks A INV-1 2026-10-07 1000 180\nbooks B INV-9 2026-10-08 1000 180").rec
    assert needs_a_person(rec)[:2] == ["1 voucher is not on the portal: chase the supplier", "1 duplicate: the same document twice"]


def test_a_register_or_a_download_without_a_line_is_said_first():
    assert needs_a_person(reconciled("ims A INV-1 2026-10-07 1000 180").rec)[0].startswith("the purchase register has no voucher")
    assert needs_a_person(reconciled("books A INV-1 2026-10-07 1000 180").rec)[0].startswith("the IMS download has no document")
