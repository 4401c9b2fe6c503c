"""Laws of matching: each row once, order-free, partition-free, unrelated suppliers do not matter, comparison is symmetric, cleaning twice is cleaning once."""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.other_hand import make, write
from ims_xl.decisions.keys import financial_years
from ims_xl.matching import comparison as c
from ims_xl.matching import link_documents, parts
from ims_xl.matching.comparison import amount_levels, compare, date_levels
from ims_xl.matching.documents import portal_documents
from ims_xl.matching.numbers import closer_keys, document_number_keys
from ims_xl.readers import plain
from ims_xl.readers.cleaning import clean_text, to_gstins
from ims_xl.settings import Settings
from tests.matching.ledgers import ACME, BRANCH, IMS, OTHER, REGISTER, booking, document, ledger

NUMBERS = st.sampled_from(["A-101", "A-102", "101", "a/101", "GST/26-27/101", "", "A-110", "B-101", "A-101/1", "A-101, A-102"])
DATES = st.sampled_from(["2026-10-03", "2026-03-10", "2026-10-05", "2025-10-03", "2026-11-03"])
MONEY = st.sampled_from([("10000.00", "1800.00"), ("5000.00", "900.00"), ("10000.40", "1800.10"), ("20000.00", "3600.00")])
SUPPLIERS = st.sampled_from([ACME, BRANCH, OTHER, ""])
DOCUMENTS = st.lists(st.builds(lambda n, d, m, s, k: document(n or "X-1", *m, date=d, supplier=s or ACME, section=k), NUMBERS, DATES, MONEY, SUPPLIERS, st.sampled_from(["b2b", "b2bcn", "b2bdn"])), max_size=8)
BOOKINGS = st.lists(st.builds(lambda n, d, m, s, k: booking(n, *m, date=d, supplier=s, kind=k), NUMBERS, DATES, MONEY, SUPPLIERS, st.sampled_from(["Purchase", "Debit Note", "Credit Note"])), max_size=8)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, int, str]]]:
    folder: Path = tmp_path_factory.mktemp("month")
    write(make(3000, 77, 1.5), folder)
    return (*read(folder), [(int(r["ims_row"]), int(r["register_row"]), r["verdict"]) for r in csv.DictReader((folder / "truth.csv").open(encoding="utf-8"))])


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    ims, _ = plain.read_table(folder / "ims.csv", plain.IMS_COLUMNS, plain.IMS_REQUIRED)
    register, _ = plain.read_table(folder / "register.csv", plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    return plain.typed_ims(ims, folder / "ims.csv")[0], plain.typed_register(register, folder / "register.csv")[0]


def partition_of(links: object, ims_order: np.ndarray, register_order: np.ndarray) -> set[tuple[object, ...]]:
    """The results as sets of original rows with their class and clean flag."""
    members: dict[int, tuple[list[int], list[int]]] = {}
    for place, result in enumerate(links.ims_result.tolist()):  # type: ignore[attr-defined]
        members.setdefault(result, ([], []))[0].append(int(ims_order[place]))
    for place, result in enumerate(links.register_result.tolist()):  # type: ignore[attr-defined]
        members.setdefault(result, ([], []))[1].append(int(register_order[place]))
    told = links.results  # type: ignore[attr-defined]
    return {(tuple(sorted(p)), tuple(sorted(b)), told.match_class[k], bool(told.clean[k]), told.differences[k]) for k, (p, b) in members.items()}


@QUICK
@given(DOCUMENTS, BOOKINGS)
def test_every_row_is_in_exactly_one_result_and_clean_means_same_supplier_year_and_tax(portal: list[dict[str, str]], books: list[dict[str, str]]) -> None:
    ims, register = ledger(portal, IMS), ledger(books, REGISTER)
    links = link_documents(ims, register, Settings())
    assert sorted({*links.ims_result.tolist(), *links.register_result.tolist()}) == list(range(len(links.results)))
    assert (len(links.ims_result), len(links.register_result)) == (len(portal), len(books))
    for result in np.flatnonzero(links.results.clean.to_numpy()):
        p, b = ims[links.ims_result == result], register[links.register_result == result]
        assert set(p.supplier_gstin) == set(b.supplier_gstin)
        assert len({*financial_years(p.document_date), *financial_years(b.document_date)}) == 1
        assert abs(p.igst.sum() - abs(b.igst.sum())) <= 100 * max(len(p), len(b))


def test_shuffling_either_side_changes_nothing(month: tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, int, str]]]) -> None:
    ims, register, _ = month
    rng = np.random.default_rng(5)
    rows = ["|".join(map(str, row)) for row in ims.itertuples(index=False)]
    content = np.unique(rows, return_inverse=True)[1]   # equal rows may change places
    one = partition_of(link_documents(ims, register, Settings()), content, np.arange(len(register)))
    ims_order, register_order = rng.permutation(len(ims)), rng.permutation(len(register))
    shuffled = link_documents(ims.iloc[ims_order].reset_index(drop=True), register.iloc[register_order].reset_index(drop=True), Settings())
    assert partition_of(shuffled, content[ims_order], register_order) == one


def test_partitions_change_nothing(month: tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, int, str]]], monkeypatch: pytest.MonkeyPatch) -> None:
    ims, register, _ = month
    every = np.arange(len(ims)), np.arange(len(register))
    whole = partition_of(link_documents(ims, register, Settings()), *every)
    monkeypatch.setattr(parts, "PARTITION_ROWS", 400)
    assert len(parts.partitions(np.arange(3000, dtype=np.uint64), np.arange(3000, dtype=np.uint64), parts.PARTITION_ROWS)) > 5
    assert partition_of(link_documents(ims, register, Settings()), *every) == whole


STRANGERS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["b2b", "b2bcn"]), st.sampled_from(["33QQQCQ1234Q1ZZ", "07RRRPR9999R1ZZ"])), max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS, BOOKINGS, STRANGERS, STRANGERS)
def test_an_unrelated_supplier_changes_nothing_elsewhere(portal: list[dict[str, str]], books: list[dict[str, str]], more_p: list[tuple[int, str, str]], more_b: list[tuple[int, str, str]]) -> None:
    """Unrelated: another PAN, and no number, day or amount in common; its own rows stand at the end."""
    strange_p = [document(f"ZZZZ-{n}", f"{7654321 + n}.17", "1.01", supplier=gstin, date="2031-01-01", section=section) for n, section, gstin in more_p]
    strange_b = [booking(f"ZZZZ-{n}", f"{7654321 + n}.17", "1.01", supplier=gstin, date="01-01-2031") for n, _, gstin in more_b]
    alone = partition_of(link_documents(ledger(portal, IMS), ledger(books, REGISTER), Settings()), np.arange(len(portal)), np.arange(len(books)))
    every = link_documents(ledger([*portal, *strange_p], IMS), ledger([*books, *strange_b], REGISTER), Settings())
    both = partition_of(every, np.arange(len(portal) + len(strange_p)), np.arange(len(books) + len(strange_b)))
    assert {x for x in both if any(row < len(portal) for row in x[0]) or any(row < len(books) for row in x[1])} == alone


def test_an_unseen_month_is_matched_nearly_whole_and_nothing_wrong_is_clean(month: tuple[pd.DataFrame, pd.DataFrame, list[tuple[int, int, str]]]) -> None:
    ims, register, truth = month
    links = link_documents(ims, register, Settings())
    pairs = {(i, b): verdict for i, b, verdict in truth if i >= 0 and b >= 0 and verdict != "duplicate_books"}
    found = sum(links.ims_result[i] == links.register_result[b] for i, b in pairs)
    assert found / len(pairs) > 0.985
    clean = links.results.clean.to_numpy()
    assert not any(clean[links.ims_result[i]] and links.ims_result[i] == links.register_result[b] and verdict.startswith("mismatch") for (i, b), verdict in pairs.items())


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**9), min_size=10, max_size=10))
def test_comparing_is_symmetric(_one: int, _other: int, paise: list[int]) -> None:
    portal, books = np.array([paise[:5]]), np.array([paise[5:]])
    assert amount_levels(portal, books, Settings()).tolist() == amount_levels(books, portal, Settings()).tolist()


@given(st.integers(10000, 30000), st.integers(10000, 30000))
def test_comparing_dates_is_symmetric_but_for_the_posting_date(one: int, other: int) -> None:
    never = np.array([-1])
    assert date_levels(np.array([one]), np.array([other]), never, Settings())[0].tolist() == date_levels(np.array([other]), np.array([one]), never, Settings())[0].tolist()


ONE_SIDED = {c.N_ORIGINAL: "only the portal has amendments", c.N_SERIAL: "books leave the series out, or put words around", c.N_PART: "books add a part", c.N_ENDING: "books cut",
             c.N_SHORT: "Excel shortens the books", c.N_CONTAINED: "books cut", c.N_BLANK: "the portal never is", c.N_SIBLING: "books may leave the letters out"}
TYPED = st.lists(st.one_of(NUMBERS, st.from_regex(r"(GST|INV|A|OCT|X)?[/-]?(26-27/|25-26/|10/)?0{0,3}[1-9][0-9]{1,3}", fullmatch=True), st.text(alphabet="AB01O589-/", max_size=7)), min_size=2, max_size=7)


@QUICK
@given(TYPED)
def test_comparing_numbers_is_symmetric_but_for_the_levels_that_are_one_sided_by_nature(numbers: list[str]) -> None:
    documents = portal_documents(ledger([document(number) for number in numbers], IMS), Settings())
    keys = closer_keys(documents.number, Settings())
    one, other = (side.ravel() for side in np.meshgrid(np.arange(len(numbers)), np.arange(len(numbers))))
    nothing = np.zeros(len(documents), dtype=np.int64)
    there, back = (compare(documents, documents, keys, keys, p, b, nothing, None, Settings(), -999).number.tolist() for p, b in ((one, other), (other, one)))
    unequal = [(numbers[p], numbers[b], level, turned) for p, b, level, turned in zip(one, other, there, back) if level != turned and level not in ONE_SIDED and turned not in ONE_SIDED]
    assert not unequal


@given(st.lists(st.text(max_size=24), max_size=6))
def test_cleaning_twice_is_cleaning_once(texts: list[str]) -> None:
    column = pd.Series(texts, dtype="str")
    for clean in (clean_text, to_gstins):
        once = clean(column)
        assert clean(once).tolist() == once.tolist()


PART_MARK = re.compile(r"[ \u00a0][. \u00a0]*[1-9][ \u00a0]*/[ \u00a0]*[2-9][ \u00a0]*$")
"""101 1/2 is the first of two parts of 101; 101 1-2 is not: there the sign speaks."""


@given(st.lists(st.text(alphabet="GST/-0123456789 abOIl.\u2013\u00a0", max_size=20).filter(lambda number: not PART_MARK.search(number)), max_size=6))
def test_number_keys_do_not_care_for_case_signs_or_zeros(numbers: list[str]) -> None:
    array = pa.array(numbers, type=pa.large_string())
    dressed = pa.array([" " + n.upper().replace("/", "-") + " " for n in numbers], type=pa.large_string())
    assert document_number_keys(array, Settings()).runs.tolist() == document_number_keys(dressed, Settings()).runs.tolist()
    assert closer_keys(array, Settings()).unyeared.tolist() == closer_keys(dressed, Settings()).unyeared.tolist()
