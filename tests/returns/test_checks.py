"""What is counted on an assumption stands on Tie-out by name."""

from __future__ import annotations

from ims_xl.returns.checks import return_checks
from tests.returns.months import Month
from tests.returns.random_month import random_month


def told(month: Month) -> dict[str, tuple[str, bool, str]]:
    return {c.check: (c.found, c.ok, c.note) for c in return_checks(month.gstr2b, month.gstr3b, month.inputs)}


def test_assumptions_are_named() -> None:
    month = Month(two_b="section document_number taxable_value cgst sgst reverse_charge amended itc_available\nb2ba AM-1 10000 250 250 Y Y Y\nb2b T-1 1 9 9 N N T", summary={"itcavl.nonrevsup.b2b": {"igst": 0, "cgst": 100, "sgst": 100, "cess": 0}})
    found = told(month)
    assert "AM-1" in found["Amendments outside IMS whose original is unknown"][2]
    assert "T-1" in found["2B documents with ITC availability T"][2]
    assert "itcavl.nonrevsup.b2b" in found["Rows of the drawn 2B whose summary is not the sum of its documents"][2]
    assert found["Outward supplies typed on GSTR-3B"][0] == "not typed"


def test_the_proof_of_the_statement_is_on_tie_out() -> None:
    found = told(random_month(100, 8))
    assert found["Books against 2B: G - H - I = F"][:2] == ("0.00", True)
    assert "Outward supplies typed on GSTR-3B" not in found
