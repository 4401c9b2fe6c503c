"""Each tab of the sample month as text, reviewed like code. Remake with `REMAKE_GOLDEN=1 python -m pytest tests/tabs/test_golden.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ims_xl.workbook.plan import Plan
from ims_xl.workbook.tabs import SHEETS, lay_out
from tests.tabs.sample import hers, layout, sample
from tests.tabs.text import page

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.fixture(scope="module")
def ours() -> Plan:
    rec = sample()
    return lay_out(rec, layout(rec))


@pytest.fixture(scope="module")
def her_book() -> Plan:
    rec = sample()
    return lay_out(rec, hers(rec))


def pages(plan: Plan) -> dict[str, str]:
    return {s.name: page(s) for s in plan.sheets} | {p.sheet: page(p) for p in plan.patches}


def compare(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("REMAKE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path.name} is missing: REMAKE_GOLDEN=1 makes it"
    assert text == path.read_text(encoding="utf-8"), f"the tab changed: look at the difference, then REMAKE_GOLDEN=1 ({path.name})"


# The return tabs and the rules have tests of their own, beside what works them out.
@pytest.mark.parametrize("name", [n for n in SHEETS if n not in ("GSTR-2B", "GSTR-3B", "Rules")])
def test_the_tab_says_what_was_reviewed(name: str, ours: Plan) -> None:
    compare(name, pages(ours)[name])


@pytest.mark.parametrize("name", ["IMS Oct'26", "Books", "Log (IMS)"])
def test_a_persons_workbook_gets_what_was_reviewed(name: str, her_book: Plan) -> None:
    compare("hers - " + name, pages(her_book)[name])
