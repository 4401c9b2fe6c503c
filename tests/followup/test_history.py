"""The history answers alike on SQLite and on PostgreSQL, and never rewrites a closed month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from ims_xl import history as history_module
from ims_xl.history import Entry, History, open_history, place
from ims_xl.period import Period
from ims_xl.vocabulary import HEADS, ImsXlError
from tests.followup.server import postgresql
from tests.portal_files import RECIPIENT, gstin

A, B = gstin(1), gstin(2)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[History]:
    if request.param == "sqlite":
        with open_history(tmp_path) as opened:
            yield opened
        return
    with open_history(request.getfixturevalue("server")) as opened:
        from ims_xl.history_tables import META

        META.drop_all(opened.engine)
        META.create_all(opened.engine)
        yield opened


def documents(*rows: tuple[str, str, int, str, bool, str, int]) -> pd.DataFrame:
    """(supplier, number, igst in paise, action, counted, match, months late)"""
    frame = pd.DataFrame([{
        "key": f"{s}|B2B|{n}|2026", "section": "B2B", "supplier_gstin": s, "supplier_name": f"Name of {n}" * 30, "document_number": n, "document_date": np.datetime64("2026-10-07", "s"),
        "supplier_period": "102026", "action": action, "set_by": "rule", "rule": "clean-filed", "match_class": match, "counted": counted, "filed_3b": True, "months_late": late,
        "taxable_value": igst * 5, "igst": igst, "cgst": 0, "sgst": 0, "cess": 0,
    } for s, n, igst, action, counted, match, late in rows])
    return frame.assign(document_date=frame["document_date"].astype("datetime64[s]"))


def moves(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame([{"side": "portal", "key": f"{A}|B2B|{n}|2026", "kind": "B2B", "supplier_gstin": A, "supplier_name": "Name", "document_number": n,
                          "document_date": date(2026, 10, 7), "since": since, "fate": fate, "itc": itc} for n, since, fate, itc in rows])


def entry(period: str, docs: pd.DataFrame, moved: pd.DataFrame, credit: int = 0) -> Entry:
    boxes = pd.DataFrame([{"box": box, **dict.fromkeys(HEADS, 0), "igst": credit} for box in ("2B", "4C")])
    files = pd.DataFrame({"sha256": ["ab"], "file": ["IMS.json"], "kind": ["ims"], "rows": [2], "read_at": ["2026-11-12 10:00"]})
    return Entry(RECIPIENT, period, f"{period}.xlsx", 1, 2, docs, moved, boxes, files)


OCTOBER = entry("2026-10", documents((A, "1", 18000, "Accept", True, "exact", 0), (A, "2", 900, "Pending", False, "value", 1), (B, "3", 700, "Reject", False, "not_in_books", 0)), moves(("2", "2026-10", "waits: Pending", 900)), 18000)
NOVEMBER = entry("2026-11", documents((A, "2", 900, "Accept", True, "exact", 2)), moves(("2", "2026-10", "cleared in November 2026", 900)), 900)


def test_what_was_counted_or_rejected_is_known_to_later_periods_only(history: History) -> None:
    history.record(OCTOBER, closed=True)
    assert list(history.earlier(RECIPIENT, Period(2026, 11))["document_number"]) == ["1", "3"]
    assert history.earlier(RECIPIENT, Period(2026, 10)).empty and history.earlier(A, Period(2026, 11)).empty


def test_a_closed_month_may_be_recorded_again_unchanged_and_never_otherwise(history: History) -> None:
    history.record(OCTOBER, closed=True)
    history.record(OCTOBER, closed=False)
    with pytest.raises(ImsXlError, match="a closed month is not rewritten"):
        history.record(replace(OCTOBER, documents=documents((A, "1", 18000, "Reject", False, "exact", 0))), closed=True)
    assert len(history.earlier(RECIPIENT, Period(2026, 11))) == 2


def test_a_month_that_is_only_rolled_forward_is_replaced(history: History) -> None:
    history.record(OCTOBER, closed=False)
    history.record(replace(OCTOBER, documents=documents((A, "1", 18000, "Accept", True, "exact", 0))), closed=False)
    assert list(history.earlier(RECIPIENT, Period(2026, 11))["document_number"]) == ["1"]


def test_a_late_arrival_is_cleared_in_its_month_and_the_closed_one_stays(history: History) -> None:
    history.record(OCTOBER, closed=True)
    history.record(NOVEMBER, closed=True)
    assert history.cleared(RECIPIENT, Period(2026, 11)).empty
    found = history.cleared(RECIPIENT, Period(2026, 12))
    assert found[["document_number", "since", "period", "itc"]].to_numpy().tolist() == [["2", "2026-10", "2026-11", 900]]
    assert list(history.earlier(RECIPIENT, Period(2026, 11))["document_number"]) == ["1", "3"]


def test_the_year_and_the_suppliers_are_summed(history: History) -> None:
    history.record(OCTOBER, closed=True)
    history.record(NOVEMBER, closed=False)
    year = history.year_to_date(RECIPIENT, 2026)
    assert year[["period", "closed", "credit_igst", "net_igst"]].to_numpy().tolist() == [["2026-10", True, 18000, 18000], ["2026-11", False, 900, 900]]
    assert history.year_to_date(RECIPIENT, 2025).empty and history.boxes(RECIPIENT, 2026)["2B"]["igst"] == 18900
    suppliers = history.suppliers(RECIPIENT, Period(2026, 12)).set_index("supplier_gstin")
    assert suppliers.loc[A, ["documents", "periods", "mismatches", "rejections", "late", "months_late"]].tolist() == [3, 2, 1, 0, 2, 3]
    assert suppliers.loc[B, "rejections"] == 1


def test_hostile_text_is_kept_as_text(history: History) -> None:
    history.record(replace(OCTOBER, documents=documents((A, "'); DROP TABLE documents;--\x00", 5, "Accept", True, "exact", 0))), closed=True)
    assert list(history.earlier(RECIPIENT, Period(2026, 11))["document_number"]) == ["'); DROP TABLE documents;--"]


def test_tables_of_an_older_version_get_what_they_lack(tmp_path: Path) -> None:
    import sqlite3

    with open_history(tmp_path):
        pass
    file = tmp_path / ".ims-xl" / "history.sqlite"
    with sqlite3.connect(file) as old:
        old.execute("ALTER TABLE documents DROP COLUMN months_late")
    with open_history(tmp_path) as history:
        history.record(OCTOBER, closed=True)
        assert history.suppliers(RECIPIENT, Period(2026, 11))["late"].sum() == 1


@pytest.mark.parametrize("address", ["postgresql://firm:geheim@/nowhere?host=/nonexistent", "nonsense://geheim@x/y", "geheim://"])
def test_a_database_that_cannot_be_reached_is_said_without_its_password(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMS_XL_HISTORY", address)
    with pytest.raises(ImsXlError, match="IMS_XL_HISTORY") as wrong, open_history(place(tmp_path)):
        raise AssertionError("it opened")
    assert "geheim" not in str(wrong.value)


def test_a_damaged_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".ims-xl").mkdir()
    (tmp_path / ".ims-xl" / "history.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(ImsXlError, match=r"history\.sqlite"), open_history(tmp_path):
        raise AssertionError("it opened")


def test_values_that_no_column_holds_are_a_damaged_history(tmp_path: Path) -> None:
    with open_history(tmp_path) as history:
        history.record(entry("2026-09", documents((A, "1", 1800, "Accept", True, "exact", 0)), moves(("2", "2026-09", "waits: Pending", 900))), closed=True)
        with history.engine.begin() as db:
            db.exec_driver_sql("update periods set matched = 'many'")
        with pytest.raises(ImsXlError, match="damaged"):
            history.trend(RECIPIENT)


def test_half_a_database_is_not_left_and_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(engine: sa.Engine) -> None:
        (tmp_path / ".ims-xl" / "history.sqlite").write_bytes(b"half")
        raise sa.exc.OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr(history_module, "_prepare", full)
    with pytest.raises(ImsXlError, match="the disk is full"), open_history(tmp_path):
        raise AssertionError("it was opened")
    assert list((tmp_path / ".ims-xl").iterdir()) == []
