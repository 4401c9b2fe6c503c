"""Rate lines, splits, mergers, duplicates, notes, amendments, imports, and rows that can never be in IMS."""

import pytest

from tests.matching.ledgers import BRANCH, OTHER, booking, document, matched


def test_lines_of_one_voucher_are_one_booking() -> None:
    answer = matched([document("A-101")], [booking("A-101", "6000.00", "1080.00", voucher="V1"), booking("A-101", "4000.00", "720.00", voucher="V1")])
    assert answer.of(0).match_class == "exact"
    assert answer.together(0, 0)
    assert answer.together(0, 1)


def test_discount_lines_count_with_their_sign() -> None:
    assert matched([document("A-101")], [booking("A-101", "11000.00", "1980.00", voucher="V1"), booking("A-101", "-1000.00", "-180.00", voucher="V1")]).of(0).match_class == "exact"


@pytest.mark.parametrize(("one", "two"), [("A-101", "A-101"), ("A-101/1", "A-101/2"), ("A-101A", "A-101B"), ("A-101", "A-101-2"), ("101 (1)", "101 (2)")])
def test_one_document_in_two_bookings_is_grouped(one: str, two: str) -> None:
    answer = matched([document("A-101")], [booking(one, "6500.00", "1170.00"), booking(two, "3500.00", "630.00")])
    assert answer.of(0).match_class == "grouped"
    assert answer.together(0, 0)
    assert answer.together(0, 1)


@pytest.mark.parametrize("typed", ["A-101, A-102", "A-101 & A-102", "A-101 to A-102", "A-101+102", "A-101", "A-102"])
def test_two_documents_in_one_booking_are_grouped(typed: str) -> None:
    answer = matched([document("A-101", "6500.00", "1170.00"), document("A-102", "3512.00", "632.16", date="2026-10-05")], [booking(typed, "10012.00", "1802.16", date="05-10-2026")])
    assert answer.of(0).match_class == "grouped"
    assert answer.together(1, 0)


def test_documents_booked_across_each_other_are_one_group() -> None:
    answer = matched([document("A-101", "6500.00", "1170.00"), document("A-102", "3500.00", "630.00")], [booking("A-101", "6000.00", "1080.00"), booking("A-102", "4000.00", "720.00")])
    assert answer.of(0).match_class == "grouped"
    assert answer.together(0, 1)
    assert answer.together(1, 0)


def test_equal_halves_are_never_clean_for_they_may_be_one_booking_made_twice() -> None:
    result = matched([document("A-101")], [booking("A-101", "5000.00", "900.00"), booking("A-101", "5000.00", "900.00")]).of(0)
    assert not result.clean


def test_a_second_booking_is_a_duplicate_that_names_the_first() -> None:
    answer = matched([document("A-101")], [booking("A-101", voucher="PV/7"), booking("a 101", voucher="PV/9", date="05-10-2026")])
    classes = sorted((answer.of_booking(0).match_class, answer.of_booking(1).match_class))
    assert classes == ["duplicate", "exact"]
    assert "PV/7" in answer.of_booking(1).explanation
    assert "row 0" in answer.of_booking(1).explanation
    assert answer.of(0).clean


def test_a_second_booking_of_what_the_portal_does_not_show_is_a_duplicate_too() -> None:
    answer = matched([document("Z-9", supplier=OTHER)], [booking("A-101"), booking("A/101")])
    assert sorted((answer.of_booking(0).match_class, answer.of_booking(1).match_class)) == ["duplicate", "not_in_ims"]


def test_a_second_copy_on_the_portal_is_a_duplicate() -> None:
    answer = matched([document("A/101"), document("A-101")], [booking("A-101")])
    assert sorted((answer.of(0).match_class, answer.of(1).match_class)) == ["duplicate", "exact"]


def test_two_second_copies_never_make_a_pair() -> None:
    answer = matched([document("A/101"), document("A-101")], [booking("A-101"), booking("A101")])
    assert sorted(answer.links.results.match_class) == ["duplicate", "duplicate", "exact"]


@pytest.mark.parametrize(("kind", "sign"), [("Debit Note", ""), ("Debit Note", "-"), ("Purchase", "-"), ("Purchase Return", ""), ("Credit Note", "-")])
def test_a_suppliers_credit_note_in_all_its_bookings(kind: str, sign: str) -> None:
    result = matched([document("CN-5", section="b2bcn")], [booking("CN-5", f"{sign}10000.00", f"{sign}1800.00", kind=kind)]).of(0)
    assert (result.match_class, bool(result.clean)) == ("exact", True)


@pytest.mark.parametrize("kind", ["Credit Note", "Purchase", "Journal"])
def test_a_suppliers_debit_note_in_all_its_bookings(kind: str) -> None:
    assert matched([document("DN-5", section="b2bdn")], [booking("DN-5", kind=kind)]).of(0).match_class == "exact"


def test_a_credit_note_booked_as_a_purchase_is_shown_and_never_clean() -> None:
    result = matched([document("CN-5", section="b2bcn")], [booking("CN-5")]).of(0)
    assert (result.match_class, bool(result.clean)) == ("value", False)
    assert "document_type=Credit note>Bill" in result.differences


def test_the_suppliers_view_of_the_type_goes_before_the_buyers() -> None:
    assert matched([document("CN-5", section="b2bcn")], [booking("CN-5", kind="Purchase", document_type="Credit Note")]).of(0).match_class == "exact"


def test_the_amendment_replaces_the_original_and_is_what_books_are_compared_with() -> None:
    portal = [document("A-101", "9000.00", "1620.00"), document("A-101", section="b2ba", original_number="A-101", original_date="2026-10-03", supplier_period="112026")]
    answer = matched(portal, [booking("A-101")])
    assert (answer.of(0).match_class, answer.of(1).match_class) == ("superseded", "exact")


def test_books_that_hold_the_old_values_differ_from_the_amendment() -> None:
    portal = [document("A-101", "9000.00", "1620.00"), document("A-101", section="b2ba", original_number="A-101", original_date="2026-10-03")]
    result = matched(portal, [booking("A-101", "9000.00", "1620.00")]).of(1)
    assert (result.match_class, bool(result.clean)) == ("value", False)
    assert "before the amendment" in result.explanation


def test_an_amended_number_is_found_under_the_old_one() -> None:
    portal = [document("A-191"), document("A-101", section="b2ba", original_number="A-191", original_date="2026-10-03")]
    assert matched(portal, [booking("A-191")]).of(1).match_class == "number"


def test_the_later_of_two_amendments_counts() -> None:
    portal = [document("A-101", section="b2ba", taxable=t, original_number="A-101", original_date="2026-10-03", supplier_period=p) for t, p in (("9000.00", "112026"), ("10000.00", "122026"))]
    answer = matched([document("A-101", "8000.00"), *portal], [booking("A-101")])
    assert [answer.of(k).match_class for k in range(3)] == ["superseded", "superseded", "exact"]


def test_an_original_of_another_date_is_not_replaced() -> None:
    portal = [document("A-101", date="2026-06-01"), document("A-101", "7000.00", "1260.00", section="b2ba", original_number="A-101", original_date="2026-10-03")]
    assert matched(portal, []).of(0).match_class == "not_in_books"


def test_goods_imported_meet_their_bill_of_entry() -> None:
    result = matched([document("7654321", supplier="", section="impg")], [booking("BOE 7654321", supplier="")]).of(0)
    assert result.match_class in ("exact", "number")


@pytest.mark.parametrize("line", [{"reverse_charge": "Y"}, {"supplier": ""}, {"supplier": "", "kind": "Import of services"}, {"kind": "ISD Invoice"}])
def test_what_can_never_be_in_ims_stands_outside(line: dict[str, str]) -> None:
    answer = matched([document("Z-9", "77.00", "13.86", supplier=OTHER)], [booking("A-101", **line)])
    assert answer.of_booking(0).match_class == "outside_ims"


def test_a_reverse_charge_flag_on_a_document_that_stands_in_ims_is_shown() -> None:
    result = matched([document("A-101")], [booking("A-101", reverse_charge="Y")]).of(0)
    assert not result.clean
    assert "reverse_charge=N>Y" in result.differences


def test_bills_of_two_suppliers_under_one_journal_voucher_find_their_own_documents() -> None:
    answer = matched([document("A-101"), document("B-7", "500.00", "90.00", supplier=BRANCH)], [booking("A-101", voucher="J1", kind="Journal"), booking("B-7", "500.00", "90.00", supplier=BRANCH, voucher="J1", kind="Journal")])
    assert answer.together(0, 0)
    assert answer.together(1, 1)


def test_a_doubled_old_value_is_not_taken_for_a_merger() -> None:
    portal = [document("A-7", "20000.00", "3600.00"), document("A-7", "10000.00", "1800.00", section="b2ba", original_number="A-7", original_date="2026-10-03"), document("A-8", "10000.00", "1800.00")]
    answer = matched(portal, [booking("A-7", "20000.00", "3600.00")])
    assert (answer.of(1).match_class, answer.of(2).match_class) == ("value", "not_in_books")


def test_a_financial_year_alone_is_no_number() -> None:
    answer = matched([document("00150/2026-27", "900.00", "162.00"), document("B-1", supplier=OTHER)], [booking("26-27", "777.00", "139.86", date="20-09-2026")])
    assert answer.of(0).match_class == "not_in_books"


def test_of_two_bookings_of_one_number_linked_to_two_documents_neither_is_clean() -> None:
    portal = [document("A-746"), document("A-747")]
    answer = matched(portal, [booking("A-746", voucher="V1"), booking("A-746", voucher="V2")])
    assert not answer.of(0).clean
    assert not answer.of(1).clean


BESIDE = [document("A-453", "900.00", "162.00", date="2026-10-09"), document("A-455", "4772.74", "859.09", date="2026-10-16", document_value="5632.00"),
          document("A-456", "3401.81", "612.03", date="2026-10-28", document_value="4014.00")]
BOOKED = [booking("A-453", "900.00", "162.00", date="09-10-2026")]


def test_a_bill_that_is_not_on_the_portal_carries_its_unbooked_neighbours_where_the_stated_value_is_no_single_bills() -> None:
    whole = booking("A-454", "24282.55", "4370.67", date="28-10-2026", document_value="28654.00")   # the bills were rounded one by one: 19,008 + 5,632 + 4,014
    answer = matched(BESIDE, [*BOOKED, whole])
    assert (answer.of(1).match_class, bool(answer.of(1).clean)) == ("grouped", False)
    assert answer.together(1, 1)
    assert answer.together(2, 1)


@pytest.mark.parametrize("stated", ["28653.22", "28653.00", ""])
def test_with_a_value_that_may_be_one_bills_two_neighbours_are_no_proof(stated: str) -> None:
    answer = matched(BESIDE, [*BOOKED, booking("A-454", "24282.55", "4370.67", date="28-10-2026", document_value=stated)])
    assert [answer.of(k).match_class for k in range(3)] == ["exact", "not_in_books", "not_in_books"]


def test_a_booked_document_between_ends_the_run_of_neighbours() -> None:
    whole = booking("A-452", "24282.55", "4370.67", date="28-10-2026", document_value="28654.00")
    assert matched(BESIDE, [*BOOKED, whole]).of(1).match_class == "not_in_books"


def test_twice_the_only_rent_there_is_are_two_rents_though_one_is_not_on_the_portal() -> None:
    rents = [document(f"R-{n}", "5024.00", "904.32", date=f"2026-{n:02d}-05") for n in (5, 6, 7, 8, 10)]
    books = [booking(f"R-{n}", "5024.00", "904.32", date=f"05-{n:02d}-2026") for n in (5, 6, 7, 8)]
    answer = matched(rents, [*books, booking("R-9", "10048.00", "1808.64", date="05-10-2026")])
    assert (answer.of(4).match_class, bool(answer.of(4).clean)) == ("grouped", False)


def test_of_equal_neighbours_the_one_of_the_bookings_day_belongs_to_it() -> None:
    portal = [document("A-429"), document("A-430", date="2026-10-12"), document("A-431", date="2026-10-30")]
    answer = matched(portal, [booking("A-430", "20000.00", "3600.00", date="30-10-2026")])
    assert (answer.together(1, 0), answer.together(2, 0)) == (True, True)


def test_of_a_span_whose_end_is_not_on_the_portal_what_fits_is_taken() -> None:
    portal = [document("A-1", "1000.00", "180.00"), document("A-2", "900.00", "0", cgst="81.00", sgst="81.00"), document("A-3", "500.00", "90.00")]
    answer = matched(portal, [booking("A-1 to A-4", "2500.00", "450.00")])
    assert [answer.together(k, 0) for k in range(3)] == [True, False, True]


@pytest.mark.parametrize("copies", [11, 500])
def test_a_register_pasted_in_many_times_is_one_booking_and_its_copies(copies: int) -> None:
    answer = matched([document("A-101")] * 3, [booking("A-101", voucher=f"PV/{n}") for n in range(copies)])
    assert sorted(answer.of(row).match_class for row in range(3)) == ["duplicate", "duplicate", "exact"]
    assert sorted(answer.of_booking(line).match_class for line in range(copies)) == ["duplicate"] * (copies - 1) + ["exact"]


def test_copies_of_what_the_portal_does_not_show_repeat_the_first_of_them() -> None:
    answer = matched([document("Z-9", supplier=OTHER)], [booking("A-101", voucher=f"PV/{n}") for n in range(60)])
    assert sorted(answer.of_booking(line).match_class for line in range(60)) == ["duplicate"] * 59 + ["not_in_ims"]


@pytest.mark.parametrize("step", [0, 1])
def test_a_document_dealt_to_twenty_cost_centres_is_one_group(step: int) -> None:
    answer = matched([document("A-101", f"{20000 + 190 * step}.00", "3600.00")], [booking("A-101", f"{1000 + n * step}.00", "180.00", voucher=f"PV/{n}") for n in range(20)])
    assert all(answer.together(0, line) for line in range(20))


def test_credit_of_another_registration_of_ours_is_never_clean() -> None:
    mine, branch = "27AADCT7788K1ZI", "24AADCT7788K1ZO"
    result = matched([document("A-101", recipient_gstin=mine)], [booking("A-101", recipient_gstin=branch)]).of(0)
    assert (result.match_class, result.clean) == ("gstin", False)
    assert result.differences == f"recipient_gstin={mine}>{branch}"
    assert f"addressed to our registration {mine} and booked under {branch}" in result.explanation
    assert matched([document("A-101", recipient_gstin=mine)], [booking("A-101", recipient_gstin="")]).of(0).clean


@pytest.mark.parametrize(("typed", "clean"), [("A-101, A-102, A-103", False), ("A-101, A-102", False), ("A-101, PO 998", True)])
def test_a_booking_that_names_other_bills_too_is_looked_at(typed: str, clean: bool) -> None:
    answer = matched([document("A-101")], [booking(typed)])
    assert answer.together(0, 0)
    assert answer.of(0).clean == clean


def test_a_voucher_over_two_registrations_says_so() -> None:
    portal = [document("A-101"), document("A-102", recipient_gstin="24AADCT7788K1ZO")]
    result = matched(portal, [booking("A-101, A-102", "20000.00", "3600.00")]).of(0)
    assert result.match_class == "grouped"
    assert "A-102 addressed to another registration of ours" in result.explanation
    strangers = [document(n, recipient_gstin="24AADCT7788K1ZO") for n in ("A-101", "A-102")]
    assert not matched(strangers, [booking("A-101, A-102", "20000.00", "3600.00")]).of(0).clean


def test_a_document_made_out_after_its_bookings_on_another_date_is_never_a_clean_group() -> None:
    halves = [booking("A-101", "4000.00", "720.00", date="26-09-2026", voucher_date="09-10-2026"), booking("A-101", "6000.00", "1080.00", date="26-09-2026", voucher_date="09-10-2026")]
    assert not matched([document("A-101", date="2026-10-25")], halves).of(0).clean
    assert matched([document("A-101", date="2026-10-03")], halves).of(0).clean
