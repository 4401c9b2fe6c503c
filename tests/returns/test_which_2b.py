"""Which GSTR-2B the figures rest on: none yet, two of one period, a quarter's and its months; each said on Tie-out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ims_xl.month import pull
from ims_xl.reconcile import reconcile
from ims_xl.state import BookState, Reconciliation, TieOut
from tests.ledger_page import page
from tests.portal_files import RECIPIENT, doc, gstin, gstr2b, write

SUPPLIER = gstin(1)
LINE = f"ims {SUPPLIER} A-1 2026-10-03 1000 180 typed=Accept"
SUMMED = {"itcavl": {"nonrevsup": {"igst": 180, "cgst": 0, "sgst": 0, "cess": 0, "b2b": {"txval": 1000, "igst": 180, "cgst": 0, "sgst": 0, "cess": 0}}}}


def statement(folder: Path, name: str, *documents: dict, period: str = "102026", gendt: str = "14-11-2026", summed: bool = True) -> Path:
    return write(folder / name, gstr2b(*documents, period=period, gendt=gendt, **({"itcsumm": SUMMED} if summed else {})))


def a1(**more: str) -> dict:
    return doc("b2b", SUPPLIER, "A-1", "03-10-2026", igst="180.00", **more)


def reverse(number: str, igst: str = "50.00") -> dict:
    return doc("b2b", SUPPLIER, number, "05-10-2026", igst=igst, reverse="Y")


def after(state: BookState, *paths: Path, as_of: str = "2026-11-16") -> Reconciliation:
    return reconcile(pull(state, gstr2b=list(paths)).state if paths else state, date.fromisoformat(as_of))


def line(rec: Reconciliation, name: str) -> TieOut | None:
    return next((check for check in rec.tie_out if check.check.startswith(name)), None)


def told(rec: Reconciliation) -> tuple[str, bool]:
    found = line(rec, "Portal GSTR-2B of the period")
    assert found is not None
    return found.found, found.ok


def test_without_a_2b_everything_is_a_forecast_and_says_so() -> None:
    rec = after(page(LINE))
    assert told(rec) == ("not pulled yet", True)
    assert rec.gstr2b.estimated and rec.belonging["estimated"].all() and rec.gstr2b.boxes["itcavl.nonrevsup.b2b"]["igst"] == 18000
    assert any("forecast" in warning for warning in rec.gstr3b.warnings)
    assert line(rec, "Expected GSTR-2B IGST").note.startswith("estimated")


def test_without_outward_figures_tie_out_and_the_warnings_say_what_set_off_lacks() -> None:
    rec = after(page(LINE))
    assert line(rec, "Outward supplies typed on GSTR-3B").found == "not typed"
    assert any("3.1(a) is not typed yet" in warning for warning in rec.gstr3b.warnings)


def test_a_pulled_2b_is_named_with_its_day(tmp_path: Path) -> None:
    assert told(after(page(LINE), statement(tmp_path, "2b.json", a1()))) == ("drawn on 14-11-2026", True)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [("first.json", "second.json"), ("second.json", "first.json")])
def test_of_two_statements_of_one_period_the_recompute_counts_whatever_the_order(together: bool, order: tuple[str, str], tmp_path: Path) -> None:
    statement(tmp_path, "first.json", a1(), reverse("OLD"))
    statement(tmp_path, "second.json", a1(), gendt="17-11-2026")
    state, paths = page(LINE), [tmp_path / name for name in order]
    state = pull(state, gstr2b=paths).state if together else pull(pull(state, gstr2b=paths[:1]).state, gstr2b=paths[1:]).state
    rec = after(state)
    assert told(rec) == ("drawn on 17-11-2026", True)
    assert rec.gstr2b.boxes["itcavl.revsup.b2b"]["igst"] == 0
    aside = line(rec, "GSTR-2B files that do not count")
    if together or order[0] == "second.json":
        assert aside is not None and "first.json" in aside.note and aside.ok


def test_a_missing_part_of_a_split_statement_is_named(tmp_path: Path) -> None:
    summary_only = write(tmp_path / "part1.json", gstr2b(itcsumm=SUMMED, fc=3))
    found = line(after(page(LINE), summary_only), "Parts of the GSTR-2B that are missing")
    assert found is not None and not found.ok and "part1.json" in found.note


QUARTER = f"""
    ims {SUPPLIER} A-1 2026-10-03 1000 180 supplier_period=102026 typed=Accept
    ims {SUPPLIER} A-3 2026-12-03 2000 360 supplier_period=122026 typed=Accept
"""


def quarterly() -> BookState:
    return page(QUARTER, "2026-12", quarterly=True)


def test_for_a_quarterly_client_the_quarters_file_counts_and_its_months_are_left_out(tmp_path: Path) -> None:
    month = statement(tmp_path, "oct.json", a1(), reverse("R-1"), summed=False)
    quarter = statement(tmp_path, "quarter.json", a1(), reverse("R-1"), doc("b2b", SUPPLIER, "A-3", "03-12-2026", taxable="2000.00", igst="360.00"), period="122026", gendt="14-01-2027", summed=False)
    for rec in (after(quarterly(), month, quarter, as_of="2027-01-16"), after(pull(quarterly(), gstr2b=[quarter]).state, month, as_of="2027-01-16")):
        assert told(rec) == ("drawn on 14-01-2027", True)
        assert (rec.gstr2b.boxes["itcavl.nonrevsup.b2b"]["igst"], rec.gstr2b.boxes["itcavl.revsup.b2b"]["igst"]) == (54000, 5000)
        aside = line(rec, "GSTR-2B files that do not count")
        assert aside is not None and "oct.json" in aside.note


def test_early_months_alone_say_nothing_about_the_rest_of_the_quarter(tmp_path: Path) -> None:
    rec = after(quarterly(), statement(tmp_path, "oct.json", a1(), reverse("R-1")), as_of="2026-11-20")
    assert told(rec) == ("2026-10 only", False)
    assert (rec.gstr2b.boxes["itcavl.nonrevsup.b2b"]["igst"], rec.gstr2b.boxes["itcavl.revsup.b2b"]["igst"]) == (54000, 5000)
    assert rec.gstr2b.estimated and not len(rec.gstr2b.differences) and not rec.gstr2b.portal_boxes
    assert rec.state.settings.gstin == RECIPIENT


def test_the_quarters_own_file_replaces_an_early_month(tmp_path: Path) -> None:
    early = pull(quarterly(), gstr2b=[statement(tmp_path, "oct.json", a1(), reverse("R-1", "70.00"))]).state
    rec = after(early, statement(tmp_path, "quarter.json", a1(), period="122026", gendt="14-01-2027", summed=False), as_of="2027-01-16")
    assert told(rec) == ("drawn on 14-01-2027", True)
    assert rec.gstr2b.boxes["itcavl.revsup.b2b"]["igst"] == 0 and rec.gstr2b.boxes["itcavl.nonrevsup.b2b"]["igst"] == 18000
