"""Every cell of the matrix of allowed actions (ims.md 2.4) has a test named after it, and what overrides the matrix has one too.

All rows stand in one book of October 2026 (one of September 2025 for the legacy row), looked at within the one period of Pending, after it,
and after the section 16(4) date of the year. X not allowed, Y allowed without limit, 1P one period, OE until section 16(4).
"""

from __future__ import annotations

from functools import lru_cache

import pytest

from tests.ledger_page import Month, reconciled

OF = "original_date=2026-09-10"
# kind, state, the line of the book, N, A, R, P, declaration on Accept
ROWS = (
    ("Invoice (b2b)", "original", "ims A M-1 2026-10-03 1000 180", "Y Y Y OE no"),
    ("Debit note (b2bdn)", "original", "ims A M-2 2026-10-03 1000 180 section=b2bdn", "Y Y Y OE no"),
    ("ECO document (ecom)", "original", "ims A M-3 2026-10-03 1000 180 section=ecom", "Y Y Y OE no"),
    ("Credit note (b2bcn)", "original, 2B period >= Oct-2025 (S1)", "ims A M-4 2026-10-03 1000 180 section=b2bcn", "Y Y Y 1P required"),
    ("Credit note (b2bcn)", "original, 2B period <= Sep-2025 (legacy)", "legacy ims A M-5 2025-09-03 1000 180 section=b2bcn", "Y Y Y X no"),
    ("Invoice amendment (b2ba)", "upward, original accepted", f"ims A M-6 2026-10-03 1000 180 section=b2ba original_number=B-6 {OF}|before A B-6 2026-09-10 500 90", "Y Y Y OE no"),
    ("Invoice amendment (b2ba)", "upward, original rejected", f"ims A M-7 2026-10-03 1000 180 section=b2ba original_number=B-7 {OF}|before A B-7 2026-09-10 500 90 action=Reject", "Y Y Y OE no"),
    ("Debit note amendment (b2bdna)", "upward, original accepted", f"ims A M-8 2026-10-03 1000 180 section=b2bdna original_number=B-8 {OF}|before A B-8 2026-09-10 500 90 section=b2bdn", "Y Y Y OE no"),
    ("Invoice amendment (b2ba)", "downward, original accepted + 3B filed (S4)", f"ims A M-9 2026-10-03 1000 180 section=b2ba original_number=B-9 {OF}|before A B-9 2026-09-10 2000 360", "Y Y Y 1P required"),
    ("Debit note amendment (b2bdna)", "downward, original accepted + 3B filed (S4)", f"ims A M-10 2026-10-03 1000 180 section=b2bdna original_number=B-10 {OF}|before A B-10 2026-09-10 2000 360 section=b2bdn", "Y Y Y 1P required"),
    ("Invoice amendment (b2ba)", "downward, original rejected (3B filed)", f"ims A M-11 2026-10-03 1000 180 section=b2ba original_number=B-11 {OF}|before A B-11 2026-09-10 2000 360 action=Reject", "Y Y Y OE no"),
    ("Debit note amendment (b2bdna)", "downward, original rejected (3B filed)", f"ims A M-12 2026-10-03 1000 180 section=b2bdna original_number=B-12 {OF}|before A B-12 2026-09-10 2000 360 section=b2bdn action=Reject", "Y Y Y OE no"),
    ("Invoice amendment (b2ba)", "downward, original still pending", f"ims A M-13 2026-10-03 1000 180 section=b2ba original_number=B-13 {OF}|ims A B-13 2026-09-10 2000 360 supplier_period=092026 portal_action=Pending", "Y Y Y OE no"),
    ("Debit note amendment (b2bdna)", "downward, original still pending", f"ims A M-14 2026-10-03 1000 180 section=b2bdna original_number=B-14 {OF}|ims A B-14 2026-09-10 2000 360 section=b2bdn supplier_period=092026 portal_action=Pending", "Y Y Y OE no"),
    ("CN amendment (b2bcna)", "upward, original accepted (S2)", f"ims A M-15 2026-10-03 1000 180 section=b2bcna original_number=B-15 {OF}|before A B-15 2026-09-10 500 90 section=b2bcn", "Y Y Y 1P required"),
    ("CN amendment (b2bcna)", "upward, original rejected (S2)", f"ims A M-16 2026-10-03 1000 180 section=b2bcna original_number=B-16 {OF}|before A B-16 2026-09-10 500 90 section=b2bcn action=Reject", "Y Y Y 1P required"),
    ("CN amendment (b2bcna)", "downward, original rejected (S3)", f"ims A M-17 2026-10-03 1000 180 section=b2bcna original_number=B-17 {OF}|before A B-17 2026-09-10 2000 360 section=b2bcn action=Reject", "Y Y Y 1P required"),
    ("CN amendment (b2bcna)", "downward, original accepted and ITC already reduced", f"ims A M-18 2026-10-03 1000 180 section=b2bcna original_number=B-18 {OF}|before A B-18 2026-09-10 2000 360 section=b2bcn", "Y Y Y OE no"),
    ("ECO amendment (ecoma)", "upward", f"ims A M-19 2026-10-03 1000 180 section=ecoma original_number=B-19 {OF}|before A B-19 2026-09-10 500 90 section=ecom", "Y Y Y OE no"),
    ("ECO amendment (ecoma)", "downward, original not accepted", f"ims A M-20 2026-10-03 1000 180 section=ecoma original_number=B-20 {OF}|before A B-20 2026-09-10 2000 360 section=ecom action=Reject", "Y Y Y OE no"),
    ("ECO amendment (ecoma)", "downward, original accepted + 3B filed (S5)", f"ims A M-21 2026-10-03 1000 180 section=ecoma original_number=B-21 {OF}|before A B-21 2026-09-10 2000 360 section=ecom", "Y Y Y 1P required"),
    ("BoE (impg)", "original", "ims - M-22 2026-10-03 1000 180 section=impg", "Y Y X Y no"),
    ("BoE (impgsez)", "original", "ims A M-23 2026-10-03 1000 180 section=impgsez", "Y Y X Y no"),
    ("BoE amendment (impga)", "value amendment", "ims - M-24 2026-10-03 1000 180 section=impga reduction_blocked=Y", "Y Y X Y no"),
    ("BoE amendment (impgseza)", "value amendment", "ims A M-25 2026-10-03 1000 180 section=impgseza reduction_blocked=Y", "Y Y X Y no"),
    ("BoE amendment (impga)", "GSTIN amendment, row of the previous GSTIN", "ims - M-26 2026-10-03 1000 180 section=impga reduction_blocked=N pending_blocked=Y", "Y Y X flag offered"),
    ("BoE amendment (impga)", "GSTIN amendment, row of the new GSTIN", "ims - M-27 2026-10-03 1000 180 section=impga", "Y Y X Y no"),
)
WITHIN, AFTER, BEYOND = "2026-11-12", "2026-12-21", "2027-12-01"
COLUMNS = ("N", "A", "R", "P", "Declaration on A")


@lru_cache(maxsize=8)
def book(as_of: str, legacy: bool) -> Month:
    """Every row of the matrix in one month."""
    lines = [line.removeprefix("legacy ") for _, _, text, _ in ROWS for line in text.split("|") if text.startswith("legacy") is legacy]
    return reconciled("\n".join(lines), as_of, "2025-09" if legacy else "2026-10")


@pytest.mark.parametrize(("column", "row"), [(c, r) for r in range(len(ROWS)) for c in COLUMNS], ids=[f"{kind}, {state}: {c}" for kind, state, _, _ in ROWS for c in COLUMNS])
def test_the_matrix_of_allowed_actions(column: str, row: int) -> None:
    _, _, text, cells = ROWS[row]
    legacy = text.startswith("legacy")
    number = f"M-{row + 1}"
    said = dict(zip(COLUMNS, cells.split(), strict=True))[column]
    when = ("2025-10-12", "2025-11-21", "2026-12-01") if legacy else (WITHIN, AFTER, BEYOND)
    offered = [month.allowed(number) for month in (book(day, legacy) for day in when)]
    word = {"N": "No Action", "A": "Accept", "R": "Reject", "P": "Pending"}.get(column, "")
    within = book(when[0], legacy)
    if not word:
        assert (bool(within.fact(number, "reduction_needed")), bool(within.fact(number, "reduction_offered"))) == {"no": (False, False), "required": (True, True), "offered": (False, True)}[said]
        return
    lasting = {"Y": (True, True, True), "X": (False, False, False), "flag": (False, False, False), "1P": (True, False, False), "OE": (True, True, False)}[said]
    assert tuple(word in each for each in offered) == lasting
    if column == "P" and said != "Y":
        assert within.decided(number, "lock") == "" if lasting[0] else str(within.decided(number, "lock")) != ""


FLAGGED = """
    ims  A  F-1  2026-10-03  1000  180  pending_blocked=Y
    ims  A  F-2  2026-10-03  1000  180  section=b2bcn  pending_blocked=Y  reduction_blocked=Y
    ims  A  F-3  2026-10-03  1000  180  section=b2ba  original_number=X-3  reduction_blocked=N
    ims  A  F-4  2026-10-03  1000  180  section=b2ba  original_number=X-4  reduction_blocked=Y
    ims  A  F-5  2026-10-03  1000  180  section=b2bcna  original_number=X-5  reduction_blocked=Y
    ims  A  F-6  2026-10-03  1000  180  section=b2bcna  original_number=X-6
"""


@lru_cache(maxsize=1)
def flagged() -> Month:
    return reconciled(FLAGGED)


@pytest.mark.parametrize(("number", "pending", "asked", "why"), [
    ("F-1", False, False, "an invoice whose Pending the portal bars"), ("F-2", False, False, "a credit note on which the portal bars Pending and the declaration"),
    ("F-3", True, True, "an amendment of unknown direction on which the portal asks"), ("F-4", True, False, "an amendment of unknown direction on which the portal does not ask"),
    ("F-5", True, False, "an amended credit note of unknown direction on which the portal does not ask"), ("F-6", True, True, "an amended credit note of unknown direction without a flag"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_the_portals_own_flag_goes_before_the_matrix(number: str, pending: bool, asked: bool, why: str) -> None:
    assert ("Pending" in flagged().allowed(number)) is pending
    assert bool(flagged().fact(number, "reduction_needed")) is asked


def test_the_portals_flag_opens_what_the_matrix_bars() -> None:
    month = reconciled("ims A C-1 2025-09-03 1000 180 section=b2bcn pending_blocked=N", "2025-10-12", "2025-09")
    assert "Pending" in month.allowed("C-1")


# GSTN's four examples (ims.md 2.3): the facility goes by the 2B period, never by the date of the note.
@lru_cache(maxsize=2)
def examples(period: str) -> Month:
    lines = {"2025-09": ["ims A E-1 2025-09-15 1000 180 section=b2bcn"], "2025-10": [
        "ims A E-2 2025-10-15 1000 180 section=b2bcn", "ims A E-3 2025-03-15 1000 180 section=b2bcn", "ims A E-4 2025-09-20 1000 180 section=b2bcn source_form=R1A supplier_period=092025",
    ]}
    return reconciled("\n".join(lines[period]), f"{period[:5]}{int(period[5:]) + 1:02d}-12", period)


@pytest.mark.parametrize(("number", "period", "offered"), [("E-1", "2025-09", False), ("E-2", "2025-10", True), ("E-3", "2025-10", True), ("E-4", "2025-10", True)],
                         ids=["15-Sep-2025 in GSTR-1 of Sep", "15-Oct-2025 in GSTR-1 of Oct", "15-Mar-2025 in GSTR-1 of Oct", "20-Sep-2025 in GSTR-1A of Sep"])
def test_the_one_period_of_credit_notes_goes_by_the_2b_period(number: str, period: str, offered: bool) -> None:
    month = examples(period)
    assert ("Pending" in month.allowed(number)) is offered
    assert bool(month.fact(number, "reduction_needed")) is offered
