"""Numbers that name several documents, in the ways people write them, and the groups that follow."""

import pytest

from ims_xl.matching.lists import read_list
from tests.matching.ledgers import booking, document, matched


@pytest.mark.parametrize(("typed", "parts"), [
    ("A-101, A-102", ("A-101", "A-102")), ("A-101 & A-102", ("A-101", "A-102")), ("A-101 to A-104", ("A-101", "A-104")), ("A-101,102,3", ("A-101", "102", "103")),
    ("00213-00217", ("00213", "00217")), ("00213-17", ("00213", "00217")), ("557/561/565", ("557", "561", "565")), ("A-101 & 2 others", ("A-101",)),
])
def test_lists_are_read_as_they_are_meant(typed: str, parts: tuple[str, ...]) -> None:
    listing = read_list(typed)
    assert listing is not None
    assert listing.parts == parts


@pytest.mark.parametrize("typed", ["A-101", "GST/26-27/000451", "S/0923/26-27", "INV-2026-10-0001", "", "2526000123"])
def test_one_number_is_no_list(typed: str) -> None:
    listing = read_list(typed)
    assert listing is None or not listing.sure


@pytest.mark.parametrize("typed", ["00213-00217", "213/215/217", "K01-00213 & 2 others", "K01-00213,215,217", "K01-00213 to K01-00217"])
def test_three_documents_under_a_shortened_list_are_one_group(typed: str) -> None:
    portal = [document(f"K01-{n:05d}", f"{n}11.00", f"{n}1.98", date=f"2026-10-{n - 210:02d}") for n in (213, 215, 217)]
    answer = matched(portal, [booking(typed, "64533.00", "6455.94", date="07-10-2026")])
    assert answer.of(0).match_class == "grouped"
    assert answer.together(1, 0)
    assert answer.together(2, 0)


def test_a_list_that_may_be_one_number_wants_the_amounts() -> None:
    portal = [document("557", "1000.00", "180.00"), document("561", "2000.00", "360.00")]
    assert not matched(portal, [booking("557/561", "9000.00", "1620.00", date="20-09-2026")]).together(0, 0)


def test_two_vouchers_that_list_the_same_two_documents_are_one_group() -> None:
    portal = [document("A-101", "6500.00", "1170.00"), document("A-102", "3500.00", "630.00")]
    answer = matched(portal, [booking("A-101, A-102", "4000.00", "720.00"), booking("A-101, A-102", "6000.00", "1080.00")])
    assert answer.of(0).match_class == "grouped"
    assert all(answer.together(row, line) for row in (0, 1) for line in (0, 1))


def test_igst_beside_cgst_in_one_booking_means_several_documents() -> None:
    portal = [document("A-102", "5000.00", "900.00")]
    answer = matched(portal, [booking("A-101", "9000.00", "900.00", cgst="360.00", sgst="360.00")])
    assert answer.together(0, 0)
    assert not answer.of(0).clean


@pytest.mark.parametrize("typed", ["101 dtd 03-10-2026", "101 (1/1)", "A-101 Dt.3/10/26"])
def test_a_date_behind_the_number_is_no_part_of_it(typed: str) -> None:
    assert matched([document("A-101")], [booking(typed, date="09-10-2026", voucher_date="09-10-2026")]).together(0, 0)


@pytest.mark.parametrize("typed", ["NA", "-", "nil", "as per bill", "CASH", "2026-27"])
def test_words_for_no_number_are_no_number(typed: str) -> None:
    portal = [document(f"R-{n}", date=f"2026-{n:02d}-05") for n in range(4, 10)]
    books = [booking(f"R-{n}", date=f"05-{n:02d}-2026") for n in range(4, 9)]
    answer = matched(portal, [*books, booking(typed, date="05-09-2026")])
    assert answer.together(5, 5)
    assert "no number" in answer.of(5).explanation


@pytest.mark.parametrize("typed", ["GRN-80698", "PO/4471"])
def test_the_only_rent_of_its_day_is_found_under_an_internal_number(typed: str) -> None:
    portal = [document(f"R-{n}", date=f"2026-{n:02d}-05") for n in range(4, 10)]
    books = [booking(f"R-{n}", date=f"05-{n:02d}-2026") for n in range(4, 9)]
    result = matched(portal, [*books, booking(typed, date="05-09-2026")])
    assert result.together(5, 5)
    assert not result.of(5).clean


def test_rounded_parts_without_a_number_are_one_document() -> None:
    answer = matched([document("A-101", "10000.40", "1800.40")], [booking("", "6000.00", "1080.00"), booking("", "4000.00", "720.00")])
    assert answer.together(0, 0)
    assert answer.together(0, 1)


@pytest.mark.parametrize("typed", ["OCT/002/26-27, 3, 4", "OCT/002/26-27 & others", "VARIOUS BILLS Oct"])
def test_bills_whose_serial_stands_in_the_middle_or_that_words_stand_for_are_one_group(typed: str) -> None:
    portal = [document(f"OCT/{n:03d}/26-27", f"{n}{n}17.{n}3", f"{n}00.1{n}", date=f"2026-10-0{n}") for n in (2, 3, 4)]
    answer = matched(portal, [booking(typed, "9951.99", "900.39", date="02-10-2026")])
    assert answer.of(0).match_class == "grouped"
    assert [answer.together(k, 0) for k in range(3)] == [True] * 3


def test_words_for_several_bills_want_the_sum_to_the_paisa() -> None:
    portal = [document("A-1", "1000.00", "180.00"), document("A-2", "2000.00", "360.00", date="2026-10-05")]
    assert matched(portal, [booking("VARIOUS BILLS", "3000.50", "540.09")]).of(0).match_class == "not_in_books"


@pytest.mark.parametrize("typed", ["A-101", "A-101 LESS CN-5"])
def test_a_bill_booked_less_a_credit_note_is_one_group_with_both(typed: str) -> None:
    portal = [document("A-101"), document("CN-5", "1500.00", "270.00", section="b2bcn", date="2026-10-09")]
    answer = matched(portal, [booking(typed, "8500.00", "1530.00")])
    assert (answer.of(1).match_class, bool(answer.of(1).clean), answer.of(1).differences) == ("grouped", False, "")
    assert "less credit note CN-5: the sums agree" in answer.of(0).explanation
