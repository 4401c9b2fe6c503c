"""Indian grouping on the screen, right for negatives and crores."""

import pytest

from ims_xl.faces.summary import indian


@pytest.mark.parametrize(("plain", "shown"), [
    ("0", "0"), ("999", "999"), ("1000", "1,000"), ("123456", "1,23,456"), ("12345678.50", "1,23,45,678.50"), ("-1234567", "-12,34,567"), ("-12.30", "-12.30"), ("1234567890", "1,23,45,67,890"),
])
def test_lakh_and_crore_grouping(plain, shown):
    assert indian(plain) == shown
