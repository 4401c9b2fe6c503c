"""Raw cells become paise, dates, GSTINs and text, as a person in India types them."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_xl.readers.cleaning import clean_text, cut_texts, to_dates, to_gstins, to_paise


def column(*texts: str | None) -> pd.Series:
    return pd.Series(list(texts), dtype="str")


@pytest.mark.parametrize(("typed", "paise"), [
    ("1,23,456.50", 12345650), ("123,456.50", 12345650), ("\u20b9 1,234.00", 123400), ("Rs. 5", 500), ("Rs5/-", 500), ("INR 7.5", 750), ("1234", 123400), ("0.1", 10), ("-.5", -50), (".5", 50),
    ("(10)", -1000), ("(1,000.00)", -100000), ("10-", -1000), ("\u22125", -500), ("- 1,234", -123400), ("-\u20b9500", -50000), ("1,234.00 Dr", 123400), ("1,234.00 Cr", -123400), ("12 CR.", -1200),
    ("1.5E+05", 15000000), ("1e2", 10000), ("", 0), ("-", 0), ("\u2013", 0), (" - ", 0), ("nil", 0), ("1.005", 101), ("2.675", 268), ("-1.005", -101), ("1234.0000000001", 123400),
    ("1799.9999999998", 180000), ("\u00a07\u00a0", 700), ("\uff11\uff12", 1200), ("9999999999999.99", 999999999999999), ("'500", 50000), ("\u0967\u0968.\u096b", 1250),
])
def test_amounts_in_every_form(typed: str, paise: int) -> None:
    values, bad = to_paise(column(typed))
    assert (int(values[0]), bool(bad[0])) == (paise, False)


@pytest.mark.parametrize("typed", ["n/a", "nan", "inf", "-inf", "1e20", "99999999999999", "1,23", "12.345.6", "5%", "abc", "1,2,3", "#REF!", "=1+1", "10 20 x", "()", "--5-", "1/2"])
def test_what_is_no_amount_is_bad_and_zero(typed: str) -> None:
    values, bad = to_paise(column(typed, "5"))
    assert bad.tolist() == [True, False]
    assert values.tolist() == [0, 500]


@given(st.lists(st.integers(-(10**14), 10**14), max_size=20))
def test_paise_survive_every_way_of_writing_them(paise: list[int]) -> None:
    plain = [f"{Decimal(p) / 100:.2f}" for p in paise]
    grouped = [f"{Decimal(p) / 100:,.2f}" for p in paise]
    for texts in (plain, grouped, [f"\u20b9{t}" for t in grouped], [t + " Dr" for t in plain]):
        values, bad = to_paise(column(*texts))
        assert values.tolist() == paise
        assert not bad.any()


@pytest.mark.parametrize("typed", [
    "01-04-2025", "1/4/25", "01.04.2025", "1-Apr-25", "01 April 2025", "2025-04-01", "2025/4/1", "2025-04-01T10:00:00", "2025-04-01 10:00:00.123", "2025-04-01T10:00:00+05:30", "45748", "45748.5",
    "45748.0", "April 1, 2025", "1st Apr 2025", "01Apr2025", "20250401", "01042025", "01-04-2025 10:33 AM", "Tue, 1 Apr 2025", " 01-04-2025 ", "01\u201304\u20132025", "'01-04-2025", "1 - 4 - 2025",
    "2025-Apr-01", "1/4/2025, 5:30 pm", "1.4.25",
])
def test_dates_in_every_form(typed: str) -> None:
    values, bad = to_dates(column(typed))
    assert (str(values[0])[:10], bool(bad[0])) == ("2025-04-01", False)


def test_the_day_comes_first_unless_only_the_month_can() -> None:
    assert [str(v)[:10] for v in to_dates(column("03/04/2026", "03/15/2026", "15/03/2026"))[0]] == ["2026-04-03", "2026-03-15", "2026-03-15"]


@pytest.mark.parametrize("typed", ["31-02-2025", "x", "00-00-0000", "1-4", "12345", "70001", "1-Apx-25", "2025-13-01", "01-04-1925", "1-4-123", "99999999", "Mayor 1 2025", "tomorrow", "#N/A"])
def test_what_is_no_date_is_bad_and_blank(typed: str) -> None:
    values, bad = to_dates(column(typed))
    assert bad[0]
    assert np.isnat(values[0])


def test_blank_dates_are_blank_and_not_bad() -> None:
    values, bad = to_dates(column("", "-", " ", None))
    assert np.isnat(values).all()
    assert not bad.any()


def test_gstins_lose_spaces_dashes_and_small_letters() -> None:
    assert to_gstins(column("27aakcb4321q1za ", " 27 AAKCB4321Q1ZA", "27-AAKCB4321Q-1ZA", "27AAKCB4321Q1ZA\u00a0\u200b", "-", "", None)).tolist() == ["27AAKCB4321Q1ZA"] * 4 + [""] * 3


def test_text_loses_what_cannot_be_seen() -> None:
    assert clean_text(column(" a\u00a0b\u2013c\n", "x\u200by", None, "\t", "a\x00b", "\ufeffA")).tolist() == ["a b-c", "xy", "", "", "ab", "A"]


def test_columns_of_numbers_and_blanks_are_read_as_text_would_be() -> None:
    mixed = pd.Series([1.5, None, 2, "1,000"], dtype=object)
    assert to_paise(mixed)[0].tolist() == [150, 0, 200, 100000]
    assert to_paise(pd.Series([], dtype="str"))[0].tolist() == []
    assert len(to_dates(pd.Series([], dtype="str"))[0]) == 0
    assert clean_text(pd.Series([], dtype="str")).tolist() == []


def test_the_index_of_the_column_is_kept() -> None:
    series = pd.Series(["27aakcb4321q1za", "b"], index=[7, 9], dtype="str")
    assert to_gstins(series).index.tolist() == clean_text(series).index.tolist() == [7, 9]


def test_a_text_that_no_cell_can_hold_is_named_with_its_row() -> None:
    names = ["x" * 32767, "x" * 32768, "\U0001f600" * 16383, "\U0001f600" * 16384, "Asha"]
    ledger = pd.DataFrame({"supplier_name": names, "source_file": "ims.json", "source_sheet": "", "section": "B2B", "source_row": range(1, 6)})
    assert [(p.file, p.sheet, p.row, p.field) for p in cut_texts(ledger, ("supplier_name",))] == [("ims.json", "B2B", 2, "supplier_name"), ("ims.json", "B2B", 4, "supplier_name")]
