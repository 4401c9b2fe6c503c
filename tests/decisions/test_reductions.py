"""The ITC-reduction declaration (ims.md 4): what the books answer, and V1 to V11 over what stands in the book."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pandas as pd
import pytest

from ims_xl.decisions.reductions import NOT_AVAILED, check_reductions
from ims_xl.reconcile import reconcile
from tests.ledger_page import Month, page, reconciled

CENTRAL = "0 cgst=90 sgst=90"


CHECKS = (
    ("V1 never on Pending", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Pending reduce_itc=Yes", "V1"),
    ("V1 never on Reject", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Reject reduce_itc=No", "V1"),
    ("V1 never on No Action", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=No_Action reduce_igst=10", "V1"),
    ("V2 never on an invoice", "ims A C-1 2026-10-09 1000 180 typed=Accept reduce_itc=Yes", "V2"),
    ("V2 never on a debit note", "ims A C-1 2026-10-09 1000 180 section=b2bdn typed=Accept reduce_itc=Yes", "V2"),
    ("V2 never on an ECO document", "ims A C-1 2026-10-09 1000 180 section=ecom typed=Accept reduce_itc=Yes", "V2"),
    ("V3 not where the portal blocks it", "ims A C-1 2026-10-09 1000 180 section=b2bcn reduction_blocked=Y typed=Accept reduce_itc=Yes", "V3"),
    ("V3 nothing is asked where the portal blocks it", "ims A C-1 2026-10-09 1000 180 section=b2bcn reduction_blocked=Y typed=Accept", ""),
    ("V4 an accepted credit note needs an answer", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept", "V4"),
    ("V4 the answer in full is enough", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes", ""),
    ("V5 not above the document's head", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=180.01 remarks=x", "V5"),
    ("V6 CGST and SGST alike", f"ims A C-1 2026-10-09 1000 {CENTRAL} section=b2bcn typed=Accept reduce_itc=Yes reduce_cgst=40 reduce_sgst=30 remarks=x", "V6"),
    ("V7 no head that the document lacks", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=90 reduce_cess=1 remarks=x", "V7"),
    ("V8 all of it is the full answer and wants no remark", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=180", ""),
    ("V9 nothing of it is the answer No", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=0 remarks=x", "V9"),
    ("V10 a remark with a partial reduction", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=90", "V10"),
    ("V10 a remark with none", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=No", "V10"),
    ("V10 partial with a remark", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=90 remarks=half_availed", ""),
    ("V11 not negative", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_igst=-1 remarks=x", "V11"),
    ("an answer in other words", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Perhaps", "Yes, No or blank"),
    ("amounts beside No", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=No reduce_igst=5 remarks=x", "amounts stay blank"),
    ("what is no amount", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_itc=Yes reduce_unread=9OO", "no amount"),
    ("amounts without an answer", "ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept reduce_igst=5 remarks=x", "has to say Yes"),
)


@lru_cache(maxsize=2)
def said(period: str = "2026-10") -> list[str]:
    """What is said of the declarations of all the lines as typed, in one book; of the first credit note alone in an older one."""
    lines = [line.replace("C-1", f"C-{n}") for n, (_, line, _) in enumerate(CHECKS)] if period == "2026-10" else ["ims A C-1 2025-09-09 1000 180 section=b2bcn typed=Accept"]
    state = page("\n".join(lines), period)
    rec = reconcile(state, date(int(period[:4]), int(period[5:]) + 1, 12))
    return [str(text) for text in check_reductions(rec.state.ims, state.work, rec.facts)]


@pytest.mark.parametrize("place", range(len(CHECKS)), ids=[rule for rule, _, _ in CHECKS])
def test_the_declaration_is_checked(place: int) -> None:
    says = CHECKS[place][2]
    assert (says in said()[place]) if says else said()[place] == ""


def test_v4_asks_nothing_of_a_2b_period_before_october_2025() -> None:
    assert said("2025-09") == [""]


BOOKED = (
    ("availed in full", f"-1000 {CENTRAL.replace('=', '=-')}", "Yes", (None, None), False),
    ("booked for less", "-500 0 cgst=-45 sgst=-45", "Yes", (4500, 4500), True),
    ("booked for more: capped at the document, which is in full", "-1200 0 cgst=-108 sgst=-108", "Yes", (None, None), False),
    ("within a rupee of the document: in full", "-1000 0 cgst=-89.40 sgst=-89.40", "Yes", (None, None), False),
    ("never availed", f"-1000 {CENTRAL.replace('=', '=-')} itc_eligibility=Ineligible", "No", (None, None), True),
    ("CGST and SGST unequal: the smaller on both (V6)", "-700 0 cgst=-60 sgst=-50", "Yes", (5000, 5000), True),
    ("booked under a head that the document lacks: no answer", "-1000 -180", "", (None, None), False),
)


@lru_cache(maxsize=1)
def answered() -> Month:
    """All of them in one book, each note of its own day."""
    lines = []
    for n, (_, booked, *_rest) in enumerate(BOOKED):
        lines += [f"ims A N-{n}77 2026-10-{n + 1:02d} 1000 {CENTRAL} section=b2bcn", f"books A N-{n}77 2026-10-{n + 1:02d} {booked} voucher_type=Debit_Note"]
    return reconciled("\n".join(lines))


@pytest.mark.parametrize("place", range(len(BOOKED)), ids=[case for case, *_ in BOOKED])
def test_the_books_answer_and_never_beyond_the_document(place: int) -> None:
    _, _, answer, amounts, remark = BOOKED[place]
    number = f"N-{place}77"
    found = tuple(None if pd.isna(value) else value for value in (answered().decided(number, "reduce_cgst"), answered().decided(number, "reduce_sgst")))
    assert (answered().decided(number, "reduce_itc"), found, answered().decided(number, "reduce_remark") != "") == (answer, amounts, remark)


def test_half_of_a_note_availed_is_reduced_by_half_with_the_obligatory_remark() -> None:
    """Legal background of ims.md 4: tax 18,000, availed 9,000, the note cancels the invoice."""
    month = reconciled("""
        ims    A  C-1  2026-10-09  100000  18000  section=b2bcn typed=Accept
        books  A  C-1  2026-10-09  -50000  -9000  voucher_number=V1 voucher_type=Debit_Note
        books  A  C-1  2026-10-09  -50000  -9000  voucher_number=V1 voucher_type=Debit_Note itc_eligibility=Ineligible
    """)
    work = month.rec.state.work.iloc[0]
    assert (work["reduce_itc"], work["reduce_igst"], month.rec.gstr2b.boxes["itcavl.othersup.cdnr"]["igst"]) == ("Yes", 900000, 900000)
    assert "9000.00 of Rs 18000.00" in work["remarks"]
    assert check_reductions(month.rec.state.ims, month.rec.state.work, month.rec.facts).iloc[0] == ""


def test_an_amended_note_gets_no_partial_answer_for_its_cap_is_not_published() -> None:
    month = reconciled("""
        ims    A  C-1  2026-10-09  1000  180  section=b2bcna original_number=C-0 original_date=2026-09-10
        before A  C-0  2026-09-10  500   90   section=b2bcn
        books  A  C-1  2026-10-09  -700  -126 voucher_type=Debit_Note
    """)
    assert month.decided("C-1", "reduce_itc") == "" and bool(month.fact("C-1", "reduction_needed"))


def test_a_note_that_the_books_do_not_have_stays_open_and_is_named() -> None:
    month = reconciled("ims A C-1 2026-10-09 1000 180 section=b2bcn typed=Accept")
    line = next(check for check in month.rec.tie_out if check.check.startswith("Accepted rows whose ITC-reduction"))
    assert (month.rec.state.work["reduce_itc"].iloc[0], line.found, line.ok) == ("", "1", False) and "C-1" in line.note


def test_the_remark_of_none_reads_as_the_portal_takes_it() -> None:
    assert isinstance(Month, type) and NOT_AVAILED.isascii() and len(NOT_AVAILED) <= 250
