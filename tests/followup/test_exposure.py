"""What a wrong credit would cost, by the document's financial year (evidence-and-exposure.md section 3)."""

import pytest

from ims_xl.followup.exposure import exposure

LAKH = 1_00_000_00   # paise


def test_interest_is_eighteen_per_cent_a_year_for_the_assumed_months():
    assert exposure(LAKH, 2026, 12)[0] == 18_000_00
    assert exposure(LAKH, 2026, 5)[0] == 7_500_00


@pytest.mark.parametrize(("year", "section"), [(2023, "73 / 74"), (2024, "74A"), (2026, "74A")])
def test_the_section_follows_the_documents_year(year, section):
    assert exposure(LAKH, year, 12)[4] == section


def test_without_fraud_the_penalty_is_the_higher_of_ten_per_cent_and_ten_thousand():
    assert exposure(LAKH, 2025, 12)[1:3] == (0, 10_000_00)
    assert exposure(5 * LAKH, 2025, 12)[2] == 50_000_00


def test_with_fraud_it_may_be_the_whole_tax():
    assert exposure(LAKH, 2025, 12)[3] == LAKH


def test_no_tax_no_exposure():
    assert exposure(0, 2025, 12)[:4] == (0, 0, 0, 0)
