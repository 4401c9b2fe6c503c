"""Who set what: a typed action is never overwritten, an emptied cell asks again, what the portal holds is kept."""

import pandas as pd
import pytest

from ims_xl.filling import changes_of_action, filled
from ims_xl.state import WORK_COLUMNS, empty
from ims_xl.vocabulary import IMS_LEDGER


def after(suggestion="Accept", portal="No Action", portal_reduction="", portal_declared=None, reduce_needed=False, reduce="", declared=None, remark="", reduce_remark="", frozen=False, **now):
    """One document: what stands in the sheet (`now`), what the portal holds, what the rules suggest -> its row after the run."""
    ims, work = empty(IMS_LEDGER, 1), empty(WORK_COLUMNS, 1)
    ims["portal_action"], ims["portal_reduction"] = portal, portal_reduction
    ims["portal_reduce_igst"] = pd.array([portal_declared], dtype="Int64")
    for name, value in now.items():
        work[name] = pd.array([value], dtype=work[name].dtype)
    decisions = pd.DataFrame({
        "suggested_action": [suggestion], "frozen": [frozen], "reduce_needed": [reduce_needed], "reduce_itc": [reduce], "remark": [remark], "reduce_remark": [reduce_remark],
        **{f"reduce_{h}": pd.array([declared], dtype="Int64") for h in ("igst", "cgst", "sgst", "cess")},
    })
    result = filled(ims, work, decisions, "2026-10")
    return result.iloc[0].to_dict()


def test_a_fresh_row_takes_the_suggestion():
    row = after("Pending")
    assert (row["action"], row["set_by"], row["pending_since"], row["first_seen"]) == ("Pending", "rule", "2026-10", "2026-10")


@pytest.mark.parametrize("held", ["Accept", "Reject", "Pending"])
def test_what_the_portal_already_holds_comes_in_and_is_kept(held):
    first = after("Accept", portal=held)
    assert (first["action"], first["set_by"]) == (held, "portal")
    again = after("Accept", portal=held, action=held, set_by="portal", fill_action=held)
    assert (again["action"], again["set_by"]) == (held, "portal")


def test_a_typed_action_counts_as_a_persons_and_stays():
    row = after("Accept", action="Pending", set_by="rule", fill_action="Accept")
    assert (row["action"], row["set_by"]) == ("Pending", "person")
    later = after("Accept", action="Pending", set_by="person", fill_action="Pending")
    assert (later["action"], later["set_by"]) == ("Pending", "person")


def test_after_gstr_3b_the_filed_action_stays_the_measure_however_often_it_is_run():
    row = after("Accept", action="Reject", set_by="rule", fill_action="Accept", frozen=True)
    assert (row["action"], row["set_by"], row["fill_action"]) == ("Reject", "person", "Accept")


def test_a_reviewed_row_is_a_persons_even_where_it_agrees():
    assert after("Pending", action="Accept", set_by="rule", fill_action="Accept", reviewed="RI")["action"] == "Accept"


def test_a_rules_fill_follows_a_new_suggestion():
    row = after("Accept", action="Pending", set_by="rule", fill_action="Pending", pending_since="2026-09")
    assert (row["action"], row["set_by"], row["pending_since"]) == ("Accept", "rule", "")


def test_an_emptied_cell_asks_for_the_suggestion_again_even_over_the_portal():
    assert after("Accept", portal="Reject", action="", set_by="person", fill_action="Reject")["action"] == "Accept"


def test_a_changed_row_goes_back_to_the_suggestion_though_the_portal_shows_an_old_action():
    assert after("Pending", portal="Accept", action="", set_by="", fill_action="", change="changed")["action"] == "Pending"


def test_the_reduction_is_answered_only_on_accepted_rows_that_need_it_and_a_typed_answer_stays():
    row = after("Accept", reduce_needed=True, reduce="Yes", declared=90000, remark="Half of the credit was availed")
    assert (row["reduce_itc"], row["reduce_igst"], row["remarks"]) == ("Yes", 90000, "Half of the credit was availed")
    assert after("Pending", reduce_needed=True, reduce="Yes")["reduce_itc"] == ""
    typed = after("Accept", reduce_needed=True, reduce="Yes", action="Accept", set_by="rule", fill_action="Accept", reduce_itc="No", fill_reduce="Yes||||")
    assert typed["reduce_itc"] == "No"
    unread = after("Accept", reduce_needed=True, reduce="Yes", action="Accept", set_by="rule", fill_action="Accept", reduce_unread='{"reduce_igst": "9OO"}')
    assert unread["reduce_itc"] == ""
    cleared = after("Pending", reduce_needed=True, action="Accept", set_by="rule", fill_action="Accept", reduce_itc="Yes", fill_reduce="Yes||||")
    assert cleared["reduce_itc"] == ""


def test_a_typed_remark_is_kept_and_an_own_one_follows():
    assert after("Pending", remark="Not in books yet", action="Pending", set_by="rule", fill_action="Pending", remarks="Asked Mr Rao", fill_remarks="Not in books yet")["remarks"] == "Asked Mr Rao"
    assert after("Accept", remark="", action="Pending", set_by="rule", fill_action="Pending", remarks="Not in books yet", fill_remarks="Not in books yet")["remarks"] == ""


def test_running_twice_changes_nothing():
    first = after("Pending", remark="Not in books yet")
    again = after("Pending", remark="Not in books yet", **{k: v for k, v in first.items() if v is not pd.NA})
    assert {k: v for k, v in again.items() if v is not pd.NA} == {k: v for k, v in first.items() if v is not pd.NA}


def test_changes_of_action_name_before_after_and_hand():
    before, now = empty(WORK_COLUMNS, 2), empty(WORK_COLUMNS, 2)
    before["fill_action"] = pd.array(["Accept", "Accept"], dtype="str")
    now["action"] = pd.array(["Accept", "Reject"], dtype="str")
    now["set_by"] = pd.array(["rule", "person"], dtype="str")
    assert changes_of_action(before, now).to_dict("records") == [{"position": 1, "before": "Accept", "after": "Reject", "how": "person"}]


def test_an_action_that_the_suppliers_change_withdrew_is_a_change_too():
    before, now = empty(WORK_COLUMNS, 2), empty(WORK_COLUMNS, 2)
    before["change"] = pd.array(["changed", "new"], dtype="str")
    before["change_note"] = pd.array(["The supplier changed this document. The earlier action Reject was withdrawn (reviewed: RK).", ""], dtype="str")
    now["action"], now["set_by"] = pd.array(["Pending", "Accept"], dtype="str"), "rule"
    assert changes_of_action(before, now)["before"].tolist() == ["Reject", ""]


def test_a_declaration_that_the_portal_holds_is_kept_beside_its_action():
    held = {"portal": "Accept", "reduce_needed": True, "reduce": "Yes"}
    none = after(**held, portal_reduction="N")
    assert (none["reduce_itc"], none["set_by"]) == ("No", "portal") and pd.isna(none["reduce_igst"])
    part = after(**held, portal_reduction="Y", portal_declared=900_00)
    assert (part["reduce_itc"], part["reduce_igst"], part["reduce_cgst"]) == ("Yes", 900_00, 0)
    assert after(**held)["reduce_itc"] == "Yes"
    blank = after(**held, portal_reduction="Y", portal_declared=0)
    assert blank["reduce_itc"] == "Yes" and pd.isna(blank["reduce_igst"])


def test_a_persons_own_declaration_goes_before_the_portals():
    row = after(portal="Accept", portal_reduction="N", reduce_needed=True, action="Accept", set_by="portal", fill_action="Accept", reduce_itc="Yes", fill_reduce="No||||")
    assert (row["reduce_itc"], row["set_by"]) == ("Yes", "portal")


@pytest.mark.parametrize("accepted", [{"portal": "Accept"}, {"action": "Accept", "set_by": "person", "fill_action": "Accept"}])
def test_the_remark_that_no_reduction_demands_comes_with_the_answer_whoever_accepted(accepted):
    row = after("Pending", **accepted, reduce_needed=True, reduce="No", reduce_remark="ITC was not availed")
    assert (row["action"], row["reduce_itc"], row["remarks"]) == ("Accept", "No", "ITC was not availed")
