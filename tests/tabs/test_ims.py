"""The IMS and Purchase Register sheets: headings as promised, drop-downs as the portal allows, highlights that follow the words."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from openpyxl.utils import range_boundaries

from ims_xl.vocabulary import Action
from ims_xl.workbook.plan import TablePatch
from ims_xl.workbook.skeleton import ZOOM
from ims_xl.workbook.tabs import ims_headings, ims_patch, lay_out, register_headings, register_patch
from tests.tabs.big import big
from tests.tabs.sample import ANY, hers, layout, sample

PORTAL = ["Section", "Supplier GSTIN", "Supplier name", "Document number", "Document date", "Document value", "Place of supply", "Taxable value", "IGST", "CGST", "SGST", "Cess",
          "Source form", "Supplier period", "Filing status", "Portal action", "Original number", "Original date"]
OURS = ["Match", "Differs in", "Register rows", "Why", "Suggested action", "Action", "Set by", "Reviewed", "Remarks", "Reduce ITC", "Reduce IGST", "Reduce CGST", "Reduce SGST",
        "Reduce Cess", "Change", "Portal error"]


@pytest.fixture(scope="module")
def patch() -> TablePatch:
    rec = sample()
    return ims_patch(rec, layout(rec))


def column(patch: TablePatch, heading: str) -> list[object]:
    return list(next(c for c in patch.columns if c.heading == heading).values)


def covers(area: str, row: int, number: int) -> bool:
    for one in area.split():
        left, top, right, bottom = range_boundaries(one)
        if left <= number <= right and top <= row <= bottom:
            return True
    return False


def test_the_portals_columns_stand_in_the_promised_order_and_ours_to_their_right(patch: TablePatch) -> None:
    headings = [c.heading for c in sorted(patch.columns, key=lambda c: c.column)]
    assert headings[: len(PORTAL)] == PORTAL
    at = headings.index("Match")
    assert headings[at : at + len(OURS)] == OURS


def test_a_persons_sheet_gets_our_columns_only_and_no_titles() -> None:
    rec = sample()
    patch = ims_patch(rec, hers(rec))
    assert [c.heading for c in patch.columns][: len(OURS)] == OURS
    assert not set(PORTAL) & {c.heading for c in patch.columns}
    assert patch.cells == {} and patch.freeze is None and patch.page is None
    assert [c.heading for c in register_patch(rec, hers(rec)).columns] == ["Match", "Differs in", "IMS rows"] == list(register_headings(False))


def test_each_row_offers_exactly_what_the_portal_allows(patch: TablePatch) -> None:
    rec = sample()
    action = next(c.column for c in patch.columns if c.heading == "Action")
    for row, allowed in zip(patch.rows, rec.decisions["allowed"]):
        offered = [v.options for v in patch.validations if v.kind == "list" and covers(v.area, row, action)]
        assert offered == [tuple(allowed.split(","))]


def test_scattered_rows_share_drop_downs_in_pieces_that_open_everywhere() -> None:
    rec = sample()
    many = big(20_000)
    flip = np.where(np.arange(len(many.decisions)) % 2, ANY, "Accept,Pending,No Action")
    patch = ims_patch(replace(many, decisions=many.decisions.assign(allowed=flip)), layout(many))
    lists = [v for v in patch.validations if Action.ACCEPT.value in v.options]
    assert max(len(v.area.split()) for v in lists) <= 800
    assert sum(len(v.area.split()) for v in lists) == len(many.decisions)
    assert len(rec.decisions) == len(sample().decisions)


def test_differences_are_said_in_the_words_of_the_headings(patch: TablePatch) -> None:
    words = dict(zip(column(patch, "Document number"), column(patch, "Differs in")))
    assert words["1E5"] == "Taxable value, IGST"
    assert words["CC-7790"] == "Document date"
    assert words["AS/26-27/0451"] == ""


def test_every_word_of_a_difference_marks_its_own_column(patch: TablePatch) -> None:
    numbers = {c.heading: c.column for c in patch.columns}
    marks = {re.search(r'", ([^"]+),"', f.formula).group(1): f for f in patch.formats if "SEARCH" in f.formula}
    for words in column(patch, "Differs in"):
        for word in str(words).split(", ") if words else ():
            left, _, right, _ = range_boundaries(marks[word].area)
            assert left == right == numbers[word]
            assert marks[word].style == "differs"


def test_marks_are_found_again_by_their_sign(patch: TablePatch) -> None:
    rec = sample()
    assert all('N("ims-xl")' in f.formula for f in (*patch.formats, *register_patch(rec, layout(rec)).formats))


def test_her_own_columns_are_marked_where_they_stand() -> None:
    rec = sample()
    patch = ims_patch(rec, hers(rec))
    marked = {re.search(r'", ([^"]+),"', f.formula).group(1): range_boundaries(f.area)[0] for f in patch.formats if "SEARCH" in f.formula}
    assert marked == {"Document number": 3, "Document date": 4, "Taxable value": 6, "IGST": 7, "CGST": 8, "SGST": 9}
    assert not any(f.stop_if_true for f in patch.formats)


def test_number_grouping_never_touches_her_columns() -> None:
    rec = sample()
    where = hers(rec)
    ours = set(where.ims.columns.values())
    for f in ims_patch(rec, where).formats:
        if f.style in ("lakh", "crore"):
            for one in f.area.split():
                left, _, right, _ = range_boundaries(one)
                assert set(range(left, right + 1)) <= ours


def test_counterparts_are_named_by_their_sheet_rows(patch: TablePatch) -> None:
    rec = sample()
    books = register_patch(rec, layout(rec))
    there = dict(zip(books.rows, column(books, "IMS rows")))
    for row, rows in zip(patch.rows, column(patch, "Register rows")):
        for other in str(rows).split(", ") if rows else ():
            assert str(row) in str(there[int(other)]).split(", ")
    grouped = next(r for r, m in zip(column(patch, "Register rows"), column(patch, "Match")) if m == "Grouped")
    assert len(str(grouped).split(", ")) == 2


def test_a_text_that_looks_like_a_formula_stays_text(patch: TablePatch) -> None:
    numbers = next(c for c in patch.columns if c.heading == "Document number")
    assert numbers.kind == "text" and "=SUM(A1)" in list(numbers.values) and "0012" in list(numbers.values)
    assert numbers.formulas is None
    for c in patch.columns:
        if c.kind == "text":
            assert all(isinstance(v, str) for v in c.values), c.heading


def test_what_was_typed_for_an_amount_and_is_none_stays_in_its_cell() -> None:
    rec = sample()
    stored = ['{"reduce_igst": "9OO"}', "not JSON at all", *[""] * (len(rec.state.work) - 2)]
    patch = ims_patch(replace(rec, state=replace(rec.state, work=rec.state.work.assign(reduce_unread=stored))), layout(rec))
    column = next(c.column for c in patch.columns if c.heading == "Reduce IGST")
    assert {place: cell.value for place, cell in patch.cells.items() if place[0] > 6} == {(7, column): "9OO"}


def test_a_gone_row_has_no_match_and_is_struck(patch: TablePatch) -> None:
    gone = list(column(patch, "Change")).index("gone")
    assert column(patch, "Match")[gone] == "" and column(patch, "Differs in")[gone] == ""
    assert any(f.style == "gone" for f in patch.formats)


def test_an_open_reduction_answer_is_marked_on_the_rows_that_need_it(patch: TablePatch) -> None:
    rec = sample()
    reduce = next(c.column for c in patch.columns if c.heading == "Reduce ITC")
    areas = " ".join(f.area for f in patch.formats if f.style == "warn")
    for row, needed in zip(patch.rows, rec.decisions["reduce_needed"]):
        assert covers(areas, row, reduce) == bool(needed)


def test_remarks_hold_what_the_portal_takes(patch: TablePatch) -> None:
    assert any(v.kind == "length" and v.maximum == 250 for v in patch.validations)


def test_key_and_action_stand_together_on_a_screen_of_1366_pixels(patch: TablePatch) -> None:
    shown = [c for c in sorted(patch.columns, key=lambda c: c.column) if not c.hidden]
    upto = [c.width for c in shown[: [c.heading for c in shown].index("Action") + 1]]
    assert sum(7 * w + 5 for w in upto) * ZOOM / 100 <= 1366 - 45   # at the skeleton's zoom, less row numbers and scroll bar


def test_the_sheet_of_an_empty_month_is_laid_out_too() -> None:
    rec = sample([], [])
    plan = lay_out(rec, layout(rec))
    assert plan.patches[0].rows == [] and plan.patches[0].formats == () and plan.patches[0].validations == ()
    assert [c.heading for c in plan.patches[0].columns][: len(PORTAL)] == PORTAL
    assert ims_headings(True)[: len(PORTAL)] == tuple(PORTAL)


def test_every_document_of_a_large_month_is_laid_out() -> None:
    rec = big(20_000)
    patch = ims_patch(rec, layout(rec))
    assert len(patch.rows) == len(rec.state.ims) >= 20_000 and {len(column.values) for column in patch.columns} == {len(patch.rows)}
