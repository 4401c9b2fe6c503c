"""What a book remembers in its hidden sheet comes back as it was, and damage is noticed."""

import base64
import json
import zlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_xl.book.remembered import remembered
from ims_xl.book.shapes import check_shapes
from ims_xl.store import CHUNK, pack, unpack
from ims_xl.vocabulary import ImsXlError

texts = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30)


@given(st.lists(st.tuples(texts, st.integers(-(10**15), 10**15), st.one_of(st.none(), st.integers(0, 10**12)), st.booleans()), max_size=30))
def test_a_frame_comes_back_equal_in_values_and_kinds(rows):
    frame = pd.DataFrame({
        "text": pd.array([r[0] for r in rows], dtype="str"),
        "paise": np.array([r[1] for r in rows], dtype=np.int64),
        "declared": pd.array([r[2] for r in rows], dtype="Int64"),
        "flag": np.array([r[3] for r in rows], dtype=bool),
        "date": np.array(["2026-10-07" if r[3] else "NaT" for r in rows], dtype="datetime64[s]"),
    }, index=pd.RangeIndex(len(rows)))
    back = unpack(pack({"documents": frame}))["documents"]
    pd.testing.assert_frame_equal(back, frame)


def test_plain_values_ride_along():
    assert unpack(pack({"where": {"ims": "Sheet1"}, "links": [["a", "b"]]})) == {"where": {"ims": "Sheet1"}, "links": [["a", "b"]]}


def test_no_chunk_is_longer_than_a_cell_or_looks_like_a_formula():
    rows = pack({"noise": "".join(np.random.default_rng(1).choice(list("abcdefghij"), 200_000))})
    assert len(rows) > 1
    assert all(len(text) <= CHUNK + 1 and text[0] == "z" for _, _, text in rows)


@pytest.mark.parametrize("spoil", ["missing chunk", "altered", "cut"])
def test_a_damaged_sheet_is_said_in_one_sentence_and_not_guessed_at(spoil):
    rows = pack({"noise": "".join(np.random.default_rng(1).choice(list("abcdefghij"), 200_000))})
    match spoil:
        case "missing chunk":
            rows = rows[:-2] + rows[-1:]
        case "altered":
            rows[0] = (rows[0][0], rows[0][1], "z" + "!" * len(rows[0][2][1:]))
        case _:
            rows[-1] = (rows[-1][0], rows[-1][1], rows[-1][2][:-40])
    with pytest.raises(ImsXlError, match="damaged"):
        unpack(rows)


@pytest.mark.parametrize("part", [
    {"where": {"ims": ["IMS"]}}, {"where": {"ours": "IMS"}}, {"inputs": {"3b.4B1": 7}}, {"problems": [["a", "b", "1", "c", "d"]]}, {"hand_links": {"linked": [["only one"]]}}, {"settings": {"quarterly": 1}}, {"settings": {"date_window": True}},
    {"portal_2b": {"gstin": "", "period": "2026-10", "generated_on": "", "summary": {"itcavl": {"igst": "1"}}}}, {"seal": {"preparer": "R. Iyer"}}, {"mapping": []},
])
def test_what_is_whole_but_of_another_shape_is_damage_too(part):
    with pytest.raises(ImsXlError, match="damaged"):
        check_shapes(part)


def test_the_shapes_that_are_written_pass():
    check_shapes({"where": {"ims": "IMS", "ours": ["IMS"], "later": 1}, "settings": {"period": None, "date_window": 10}, "portal_2b": None, "seal": {"prints": {"IMS": [{"1": "a"}, {"A": "b"}]}}, "problems": [["f", "", 3, "x", "y"]]})


@pytest.mark.parametrize("wrong", [{"rows": 10**15}, {"kinds": {"key": "int"}}, {"rows": "many"}])
def test_a_frame_that_claims_what_it_is_not_is_damage(wrong):
    lines = [b'frame ' + json.dumps({"rows": 2, "kinds": {"key": "text"}} | wrong).encode(), b'{"all":"a"}']
    text = base64.b64encode(zlib.compress(b"\n".join(lines))).decode()
    with pytest.raises(ImsXlError, match="damaged"):
        unpack([("documents", 0, "z" + text)])
    with pytest.raises(ImsXlError, match="damaged"):
        remembered({"log": pd.DataFrame({"at": [1]})})
