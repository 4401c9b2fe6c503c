"""Pulling again: same rows are left alone, changed rows reset with a note, gone rows kept and marked, nothing doubled."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ims_xl.merging import merge_ims, merge_register
from ims_xl.month import digest, pull
from ims_xl.period import Period
from ims_xl.settings import Settings
from ims_xl.state import WORK_COLUMNS, BookState, empty
from ims_xl.vocabulary import IMS_LEDGER, REGISTER_LEDGER
from tests.readers.registers import ALPHA, BETA, CLIENT, as_csv


def ims(*rows):
    """(number, taxable rupees, hash, portal action) -> ledger."""
    frame = empty(IMS_LEDGER, len(rows))
    for name, at in (("document_number", 0), ("hash", 2), ("portal_action", 3)):
        frame[name] = pd.array([r[at] for r in rows], dtype="str")
    frame["key"] = pd.array([f"27AAKCB4321Q1ZA|B2B|{r[0]}|2026" for r in rows], dtype="str")
    frame["section"] = "B2B"
    frame["taxable_value"] = np.array([r[1] * 100 for r in rows], dtype=np.int64)
    return frame


def pulled_over(before, after, sections=("B2B",), **typed):
    work = empty(WORK_COLUMNS, len(before))
    for name, values in typed.items():
        work[name] = pd.array(values, dtype=work[name].dtype)
    return merge_ims(before, work, after, sections)


ONE = ("A-1", 100, "h1", "No Action")


def test_the_same_rows_are_left_alone():
    ledger, work = pulled_over(ims(ONE), ims(ONE), action=["Accept"], set_by=["person"], change=["new"])
    assert len(ledger) == 1
    assert work[["action", "set_by", "change", "change_note"]].iloc[0].tolist() == ["Accept", "person", "", ""]


def test_a_changed_row_loses_its_action_and_says_what_moved():
    ledger, work = pulled_over(ims(ONE), ims(("A-1", 90, "h2", "No Action")), action=["Accept"], set_by=["person"], reviewed=["RI"])
    assert ledger["taxable_value"].tolist() == [9000]
    assert work[["action", "set_by", "reviewed", "change"]].iloc[0].tolist() == ["", "", "", "changed"]
    assert "taxable value was 100.00, is 90.00" in work["change_note"].iloc[0]
    assert "Accept was withdrawn (reviewed: RI)" in work["change_note"].iloc[0]


def test_without_hashes_the_values_tell():
    _, same = pulled_over(ims(("A-1", 100, "", "No Action")), ims(("A-1", 100, "h", "No Action")), action=["Accept"])
    _, moved = pulled_over(ims(("A-1", 100, "", "No Action")), ims(("A-1", 101, "h", "No Action")), action=["Accept"])
    assert (same["change"].iloc[0], moved["change"].iloc[0]) == ("", "changed")


def test_a_gone_row_is_kept_and_marked_only_where_the_file_speaks_for_its_section():
    ledger, work = pulled_over(ims(ONE, ("A-2", 5, "h", "No Action")), ims(ONE))
    assert work["change"].tolist() == ["", "gone"] and len(ledger) == 2
    _, other = pulled_over(ims(ONE, ("A-2", 5, "h", "No Action")), ims(ONE), sections=("B2B-CN",))
    assert other["change"].tolist() == ["", ""]


def test_a_gone_row_that_comes_back_is_new_again():
    _, work = pulled_over(ims(ONE), ims(ONE), change=["gone"])
    assert work["change"].tolist() == ["new"]


def test_new_rows_are_added_below_and_marked():
    ledger, work = pulled_over(ims(ONE), ims(("A-9", 7, "h9", "No Action"), ONE))
    assert ledger["document_number"].tolist() == ["A-1", "A-9"] and work["change"].tolist() == ["", "new"]


def test_an_action_taken_on_the_portal_since_replaces_a_rules_fill_but_not_a_persons():
    acted = ims(("A-1", 100, "h1", "Reject"))
    _, by_rule = pulled_over(ims(ONE), acted, action=["Accept"], fill_action=["Accept"], set_by=["rule"])
    _, by_hand = pulled_over(ims(ONE), acted, action=["Accept"], fill_action=["Accept"], set_by=["person"])
    assert (by_rule["action"].iloc[0], by_hand["action"].iloc[0]) == ("", "Accept")


def register(*rows, file="a.xlsx"):
    frame = empty(REGISTER_LEDGER, len(rows))
    frame["voucher_number"] = pd.array([r[0] for r in rows], dtype="str")
    frame["document_number"] = pd.array([r[1] for r in rows], dtype="str")
    frame["taxable_value"] = np.array([r[2] for r in rows], dtype=np.int64)
    frame["source_file"] = file
    return frame


def test_a_register_of_the_same_name_replaces_what_it_brought_before():
    merged, replaced = merge_register(register(("V1", "A", 1), ("V2", "B", 2)), register(("V1", "A", 5)), "a.xlsx")
    assert merged["voucher_number"].tolist() == ["V1"] and replaced == 2


def test_another_register_adds_its_vouchers_and_replaces_those_it_repeats():
    old = register(("V1", "A", 1), ("V2", "B", 2), ("V3", "C", 3))
    merged, replaced = merge_register(old, register(("V3", "C", 9), ("J1", "X", 4), file="journal.xlsx"), "journal.xlsx")
    assert merged["voucher_number"].tolist() == ["V1", "V2", "V3", "J1"] and replaced == 1
    assert merged["taxable_value"].tolist() == [1, 2, 9, 4]


def test_a_corrected_register_under_a_new_name_replaces_the_whole_earlier_one():
    old = register(*[(f"V{n}", "A", n) for n in range(10)])
    merged, replaced = merge_register(old, register(*[(f"V{n}", "A", n) for n in range(9)], file="b.xlsx"), "b.xlsx")
    assert len(merged) == 9 and replaced == 10


def _book_with_a_doubtful_register(folder: Path) -> tuple[BookState, Path]:
    heads = ["Party", "GSTIN", "Bill No", "Invoice No", "Invoice Date", "Taxable", "IGST", "CGST", "SGST"]
    register = as_csv(folder, [heads, ["Varun", ALPHA, "77/A", "QX-9", "05-10-2026", "100", "", "9", "9"], ["Mangal", BETA, "B-12", "LM/44", "06-10-2026", "100", "18", "", ""]])
    return BookState(Settings(gstin=CLIENT, period=Period(2026, 10)), empty(IMS_LEDGER), empty(WORK_COLUMNS), empty(REGISTER_LEDGER)), register


def test_a_column_corrected_in_settings_is_obeyed_by_the_next_pull_of_the_same_file(tmp_path: Path) -> None:
    state, register = _book_with_a_doubtful_register(tmp_path)
    first = pull(state, register=[register])
    assert "to confirm: 'Bill No' and 'Invoice No' could each be the document number" in first.lines[1]
    assert list(first.state.register["document_number"]) == ["77/A", "B-12"]
    corrected = replace(first.state, mapping={"Invoice No": "document_number", "Bill No": ""})
    second = pull(corrected, register=[register])
    assert list(second.state.register["document_number"]) == ["QX-9", "LM/44"] and len(second.lines) == 1
    assert "already in the book, nothing changed" in pull(second.state, register=[register]).lines[0]


def test_every_file_read_stands_in_the_log_with_its_hash(tmp_path: Path) -> None:
    state, register = _book_with_a_doubtful_register(tmp_path)
    pulled = pull(state, register=[register]).state
    line = pulled.log.iloc[-1]
    assert (line["document"], line["field"], line["after"], line["why"]) == (register.name, "file read", "2 rows", f"SHA-256 {digest(register)}")
    assert len(pull(pulled, register=[register]).state.log) == len(pulled.log)
