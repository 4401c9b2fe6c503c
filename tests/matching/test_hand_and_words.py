"""Hand links are obeyed, results explain themselves, and a row tells its whole story."""

import pytest

from ims_xl.matching.telling import RowName, tell
from ims_xl.settings import Settings
from ims_xl.state import HandLinks
from ims_xl.vocabulary import ImsXlError
from tests.matching.ledgers import ACME, IMS, OTHER, REGISTER, booking, document, ledger, matched

KEY = f"{ACME}|B2B|A-101|2026"


def test_a_pair_linked_by_hand_is_linked_whatever_it_looks_like() -> None:
    answer = matched([document("A-101")], [booking("Q-9", "500.00", "90.00", supplier=OTHER, voucher="V7")], hand=HandLinks(linked=frozenset({(KEY, "V7")})))
    assert answer.together(0, 0)
    assert "by hand" in answer.of(0).explanation
    assert not answer.of(0).clean


def test_a_hand_link_that_agrees_is_clean() -> None:
    assert matched([document("A-101")], [booking("Q-9", voucher="V7")], hand=HandLinks(linked=frozenset({(KEY, "V7")}))).of(0).clean


def test_one_document_linked_by_hand_with_two_vouchers_is_one_group() -> None:
    answer = matched([document("A-101")], [booking("Q-8", "4000.00", "720.00", voucher="V7"), booking("Q-9", "6000.00", "1080.00", voucher="V8")],
                     hand=HandLinks(linked=frozenset({(KEY, "V7"), (KEY, "V8")})))
    assert answer.of(0).match_class == "grouped"
    assert answer.together(0, 0)
    assert answer.together(0, 1)


def test_a_separated_pair_never_comes_together_again() -> None:
    apart = HandLinks(separated=frozenset({(KEY, "V7")}))
    answer = matched([document("A-101")], [booking("A-101", voucher="V7")], hand=apart)
    assert (answer.of(0).match_class, answer.of_booking(0).match_class) == ("not_in_books", "not_in_ims")
    second = matched([document("A-101")], [booking("A-101", voucher="V7"), booking("A-101", "10000.30", voucher="V8")], hand=apart)
    assert second.together(0, 1)
    assert not second.together(0, 0)


def test_a_separated_pair_is_not_grouped_either() -> None:
    answer = matched([document("A-101")], [booking("A-101", "6500.00", "1170.00", voucher="V7"), booking("A-101", "3500.00", "630.00", voucher="V8")], hand=HandLinks(separated=frozenset({(KEY, "V7")})))
    assert not answer.together(0, 0)


def test_hand_links_to_what_is_not_there_are_passed_over() -> None:
    assert matched([document("A-101")], [booking("A-101")], hand=HandLinks(linked=frozenset({("nobody", "V0")}))).of(0).match_class == "exact"


def test_the_sentence_of_the_issue() -> None:
    result = matched([document("GST/26-27/000451")], [booking("451")]).of(0)
    assert result.explanation.startswith("Bill 451 in books is GST/26-27/000451 on the portal: same supplier, date and tax; ")
    assert "series was left out" in result.explanation
    assert result.differences == "document_number=GST/26-27/000451>451"


def test_a_wrong_gstin_shows_both() -> None:
    assert f"GSTIN {ACME} on the portal, 27AAPFU0938F1ZV in books" in matched([document("A-101")], [booking("A-101", supplier="27AAPFU0938F1ZV")]).of(0).explanation


def test_a_rival_takes_the_clean_flag_and_is_named() -> None:
    portal = [document("A-1", date="2026-10-03"), document("A-2", date="2026-10-03")]
    answer = matched(portal, [booking("", voucher="V5")])
    linked = answer.of_booking(0)
    assert not linked.clean
    assert linked.runner_up


def test_a_row_tells_its_story() -> None:
    ims, register = ledger([document("GST/26-27/000451"), document("GST/26-27/000452", "777.00", "139.86")], IMS), ledger([booking("451", voucher="V5")], REGISTER)
    links = matched([document("GST/26-27/000451"), document("GST/26-27/000452", "777.00", "139.86")], [booking("451", voucher="V5")]).links
    told = "\n".join(tell(ims, register, links, RowName.parse("ims:0"), Settings()))
    assert "number the same serial +28" in told
    assert "(linked)" in told
    assert "451" in "\n".join(tell(ims, register, links, RowName.parse("register:0"), Settings()))


@pytest.mark.parametrize("text", ["x:1", "ims:-1", "ims:", "one", "ims:²", "ims:٣"])
def test_a_row_that_cannot_be_named_is_refused(text: str) -> None:
    with pytest.raises(ImsXlError, match="names no row"):
        RowName.parse(text)


def test_a_row_beyond_the_last_is_refused() -> None:
    with pytest.raises(ImsXlError, match="there is no row 5"):
        tell(ledger([document("A")], IMS), ledger([booking("A")], REGISTER), matched([document("A")], [booking("A")]).links, RowName.parse("ims:5"), Settings())


@pytest.mark.parametrize("booked, opens", [
    ("Bill No 101", "'Bill No 101' in books is A-101 on the portal: "), ("Inv. 101", "'Inv. 101' in books is A-101 on the portal: "), ("101", "Bill 101 in books is A-101 on the portal: "),
])
def test_a_number_that_says_what_it_is_gets_no_noun_before_it(booked: str, opens: str) -> None:
    assert matched([document("A-101")], [booking(booked)]).of(0).explanation.startswith(opens)
