"""Whose book it is, and for which period: what the book and the command line together say."""

import pytest

from ims_xl.book.whose import told
from ims_xl.settings import Settings
from ims_xl.state import BookState, empty
from ims_xl.vocabulary import IMS_LEDGER, REGISTER_LEDGER, ImsXlError
from tests.portal_files import RECIPIENT

NOBODYS = BookState(Settings(), empty(IMS_LEDGER), empty({}), empty(REGISTER_LEDGER))


@pytest.mark.parametrize(("gstin", "period", "asked", "not_asked"), [
    ("", "", ("--gstin", "--period"), ()), ("", "2026-10", ("--gstin",), ("--period",)), (RECIPIENT, "", ("--period",), ("--gstin",)), ("27AAKCB4321Q1ZB", "", ("not a valid GSTIN",), ()),
])
def test_all_that_is_missing_is_asked_for_at_once(gstin: str, period: str, asked: tuple[str, ...], not_asked: tuple[str, ...]) -> None:
    with pytest.raises(ImsXlError) as said:
        told(NOBODYS, gstin, period, "", False)
    assert all(word in str(said.value) for word in asked)
    assert not any(word in str(said.value) for word in not_asked)


def test_told_both_it_is_that_clients_book() -> None:
    settings = told(NOBODYS, RECIPIENT.lower(), "2026-10", "Balaji", False)
    assert (settings.gstin, str(settings.period), settings.name) == (RECIPIENT, "2026-10", "Balaji")
