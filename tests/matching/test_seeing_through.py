"""What the engine must see through, one habit of book-keepers at a time."""

import pytest

from ims_xl.settings import Settings
from tests.matching.ledgers import ACME, BRANCH, OTHER, OWN, booking, document, matched


def test_an_equal_pair_is_exact_and_clean() -> None:
    result = matched([document("A-101")], [booking("A-101")]).of(0)
    assert (result.match_class, bool(result.clean), result.confidence, result.differences) == ("exact", True, 100, "")


@pytest.mark.parametrize("typed", ["gst/26-27/000451", "GST-26-27-000451", "GST/26\u201327/000451", "GST\u00a026-27 000451", "GST2627000451", " GST / 26-27 / 451 ", "'GST/26-27/000451"])
def test_case_signs_spaces_and_zeros_make_the_same_number(typed: str) -> None:
    result = matched([document("GST/26-27/000451")], [booking(typed)]).of(0)
    assert (result.match_class, bool(result.clean)) == ("exact", True)


@pytest.mark.parametrize("typed", ["451", "000451", "GST/451", "GST/2026-27/451", "Bill No. GST/26-27/000451", "INV GST/26-27/451", "GST/FY26-27/000451", "GST/26-27/OOO451", "GST/26-27/00451"])
def test_series_year_words_and_look_alikes_are_seen_through(typed: str) -> None:
    result = matched([document("GST/26-27/000451")], [booking(typed)]).of(0)
    assert result.match_class in ("number", "exact")
    assert result.clean


@pytest.mark.parametrize("typed", ["GST/26-27/000415", "GST/26-27/000951", "GST/26-27/00451", "00451", "9.99E+02", "GRN-7788", ""])
def test_a_slip_or_another_number_is_still_found_by_supplier_day_and_amount(typed: str) -> None:
    assert matched([document("GST/26-27/000451")], [booking(typed)]).together(0, 0)


def test_excel_forms_of_long_numbers_are_read() -> None:
    assert matched([document("6122633199")], [booking("6.12263E+09")]).of(0).match_class == "number"
    assert matched([document("6122633199")], [booking("6122633199.0")]).of(0).match_class == "exact"


@pytest.mark.parametrize(("typed", "expected"), [("10-03-2026", "date"), ("05-10-2026", "date"), ("03-11-2026", "date"), ("", "date"), ("46298", "exact"), ("3 Oct 2026", "exact")])
def test_dates_in_any_form_and_with_any_slip(typed: str, expected: str) -> None:
    assert matched([document("A-101")], [booking("A-101", date=typed)]).of(0).match_class == expected


def test_the_same_number_and_amount_across_31_march_is_another_document() -> None:
    answer = matched([document("101", date="2026-04-20")], [booking("101", date="20-02-2026")])
    assert answer.of(0).match_class == "not_in_books"
    assert answer.of_booking(0).match_class == "not_in_ims"


def test_a_date_typed_in_another_year_is_found_but_never_clean() -> None:
    result = matched([document("A-101")], [booking("A-101", date="03-10-2025")]).of(0)
    assert (result.match_class, bool(result.clean)) == ("date", False)


@pytest.mark.parametrize("typed", ["27AAPFU0938F1ZV", "27AAPFUO939F1ZV", "27AAPFU9039F1ZV", "27AAPFU0939F1Z", "27AAPFU0939F1ZVV", BRANCH, "", "URP", OWN, OTHER])
def test_every_kind_of_wrong_gstin_is_found_and_never_clean(typed: str) -> None:
    result = matched([document("A-101", "12345.67", "2222.22", supplier_name="Acme Tubes"), document("B-7", supplier=OTHER)],
                     [booking("A-101", "12345.67", "2222.22", supplier=typed, supplier_name="ACME TUBES PVT LTD")]).of(0)
    assert (result.match_class, bool(result.clean)) == ("gstin", False)
    assert f"supplier_gstin={ACME}>{'' if typed == 'URP' else typed}" in result.differences


def test_spaces_and_small_letters_in_a_gstin_do_not_matter() -> None:
    assert matched([document("A-101")], [booking("A-101", supplier="27aapfu 0939f1zv\u00a0")]).of(0).match_class == "exact"


@pytest.mark.parametrize(("amounts", "expected", "clean"), [
    ({"taxable": "10000.60", "igst": "1800.40"}, "tolerance", True), ({"igst": "1801.01"}, "value", False), ({"igst": "0", "cgst": "900.00", "sgst": "900.00"}, "value", False),
    ({"taxable": "9300.00", "igst": "1674.00"}, "value", False), ({"igst": "500.00"}, "value", False), ({"taxable": "01000.00", "igst": "180.00"}, "value", False),
    ({"taxable": "11800.00"}, "value", False), ({"cess": "50.00"}, "value", False),
])
def test_amounts_within_tolerance_are_clean_and_beyond_it_never(amounts: dict[str, str], expected: str, clean: bool) -> None:
    result = matched([document("A-101")], [booking("A-101", **amounts)]).of(0)
    assert (result.match_class, bool(result.clean)) == (expected, clean)


def test_a_wrong_head_names_both_heads() -> None:
    result = matched([document("A-101")], [booking("A-101", igst="0", cgst="900.00", sgst="900.00")]).of(0)
    assert result.differences == "igst=1800.00>0.00;cgst=0.00>900.00;sgst=0.00>900.00"


@pytest.mark.parametrize(("head", "setting"), [("taxable_value", "taxable_tolerance"), ("igst", "igst_tolerance"), ("cgst", "cgst_tolerance"), ("sgst", "sgst_tolerance"), ("cess", "cess_tolerance")])
def test_every_head_has_its_own_tolerance(head: str, setting: str) -> None:
    money = {"taxable_value": "10000.00", "igst": "1800.00", "cgst": "90.00", "sgst": "90.00", "cess": "30.00"}
    three_more = money | {head: f"{float(money[head]) + 3:.2f}"}
    pair = [document("A-101") | money], [booking("A-101") | three_more]
    assert matched(*pair).of(0).match_class == "value"
    assert not matched(*pair).of(0).clean
    wide = matched(*pair, settings=Settings(**{setting: 300})).of(0)
    assert (wide.match_class, bool(wide.clean)) == ("tolerance", True)
    assert matched([document("A-101") | money], [booking("A-101") | money | {head: f"{float(money[head]) + 0.5:.2f}"}], settings=Settings(**{setting: 0})).of(0).match_class == "value"


@pytest.mark.parametrize(("switch", "portal", "typed", "with_it", "without"), [
    ("strip_zeros", "A-0101", "A-101", "number, date and tax", "Bill A-101 in books is A-0101"),
    ("strip_year", "GST/26-27/451", "GST/451", "the year or words around the number", "the series was left out"),
    ("strip_prefix", "GST/26-27/000451", "451", "the series was left out", "only the end of the number"),
    ("look_alikes", "A-1015", "A-1O15", "look-alike characters", "one character of the number differs"),
])
def test_every_switch_for_cleaning_numbers_is_obeyed(switch: str, portal: str, typed: str, with_it: str, without: str) -> None:
    pair = [document(portal)], [booking(typed)]
    assert with_it in matched(*pair).of(0).explanation
    assert without in matched(*pair, settings=Settings(**{switch: False})).of(0).explanation


def test_the_date_window_says_what_is_near() -> None:
    pair = [document("A-101", date="2026-10-03")], [booking("A-101", date="18-10-2026")]
    assert "the dates are weeks apart" in matched(*pair).of(0).explanation
    assert "the dates are a few days apart" in matched(*pair, settings=Settings(date_window=20)).of(0).explanation


def test_one_does_not_match_1001() -> None:
    answer = matched([document("1001", "5000.00", "900.00")], [booking("1", "7000.00", "1260.00", date="20-09-2026")])
    assert answer.of(0).match_class == "not_in_books"


def test_the_neighbour_in_a_series_of_equal_rents_is_not_taken() -> None:
    portal = [document(f"R/{n}", date=f"2026-{n:02d}-05") for n in (4, 5, 6, 8)]
    books = [booking(f"R/{n}", date=f"05-{n:02d}-2026") for n in (4, 5, 6, 7)]
    answer = matched(portal, books)
    assert [answer.together(k, k) for k in range(4)] == [True, True, True, False]


def test_a_slip_that_lands_on_a_sibling_is_not_clean() -> None:
    portal = [document("R/57", date="2026-08-18"), document("R/67", date="2026-09-03")]
    result = matched(portal, [booking("R/57", date="03-09-2026")])
    assert not result.of(0).clean
    assert not result.of(1).clean


@pytest.mark.parametrize(("number", "typed", "day"), [
    ("25/10", "25-Oct", "25-10-2026"), ("5/26", "May-26", "03-10-2026"), ("LV/OCT/004", "LV/10/004", "03-10-2026"), ("X/28/26", "28", "03-10-2026"), ("12/10", "12", "03-10-2026"),
    ("IN1925260000393", "393", "03-10-2026"), ("385", "385/PO-52789", "03-10-2026"), ("FSV-0000881", "FSV-0000881 agst WO24566", "03-10-2026"), ("YHY09-7", "V3189-YHY09-7", "03-10-2026"),
])
def test_a_number_in_another_dress_is_the_same_bill_beside_others_of_its_amount(number: str, typed: str, day: str) -> None:
    date = "2026-10-25" if day.startswith("25") else "2026-10-03"
    rents = [document(f"Q-{n}", date=f"2026-{n:02d}-17") for n in (5, 6, 7, 8)]
    result = matched([document(number, date=date), *rents], [booking(typed, date=day), *(booking(f"Q-{n}", date=f"17-{n:02d}-2026") for n in (5, 6, 7, 8))]).of(0)
    assert result.match_class in ("number", "exact")
    assert result.clean


def test_the_first_bills_of_two_months_are_two_bills() -> None:
    answer = matched([document("XI/01/26", date="2026-11-14")], [booking("X/01/26", date="14-11-2026", voucher_date="2026-10-20")])
    assert not answer.of(0).clean


def test_a_bill_booked_in_the_next_year_under_its_own_day_is_found_and_never_clean() -> None:
    late = booking("GST-800", "19522.46", "3514.04", date="08-06-2026", voucher_date="2026-06-08")
    result = matched([document("GST-800", "19522.46", "3514.04", date="2026-01-04")], [late]).of(0)
    assert (result.match_class, bool(result.clean)) == ("date", False)
    assert "next financial year" in result.explanation


def test_a_rent_of_last_year_is_not_this_years_booking_of_the_same_number() -> None:
    rents = [document(f"{n}", date=f"2026-0{n - 40}-08") for n in (41, 42)]
    assert not matched(rents, [booking("42", date="03-06-2026", voucher_date="2026-06-03"), booking("41", date="08-01-2026")]).together(1, 0)


@pytest.mark.parametrize("typed", ["22/25", "21/26"])
def test_two_numbers_that_are_no_financial_year_are_a_number(typed: str) -> None:
    assert matched([document("22/25")], [booking(typed, "9000.00", "1620.00")]).together(0, 0) == (typed == "22/25")
