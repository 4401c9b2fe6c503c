"""What is asked once per distinct value is what would be said row by row."""

import numpy as np
import pandas as pd
import pyarrow as pa

from ims_xl.distinct import changed, has_other, judged, judged_pairs, positions_among, worded

TEXTS = pd.Series(["b", "", "a", "b", "É", "a"], index=[3, 5, 8, 9, 10, 12], dtype="str")


def test_each_distinct_value_is_asked_once():
    asked = []
    assert judged(TEXTS, lambda distinct: [asked.append(text) or text > "a" for text in distinct]).tolist() == [True, False, False, True, True, False]
    assert asked == ["b", "", "a", "É"]
    made = changed(TEXTS, str.upper)
    assert made.tolist() == ["B", "", "A", "B", "É", "A"] and made.index.equals(TEXTS.index) and made.dtype == "str"


def test_nothing_is_asked_of_no_rows():
    none = TEXTS.iloc[:0]
    assert judged(none, lambda distinct: distinct == "a").tolist() == [] == changed(none, str.upper).tolist()
    assert judged_pairs(none, none, lambda one, other: True).tolist() == [] == positions_among(none, ("a",)).tolist()
    assert not has_other(pa.array([], type=pa.large_string()), b"a")


def test_pairs_positions_and_words():
    assert judged_pairs(TEXTS, np.array(["ab", "ab", "b", "b", "", "a"], dtype=object), lambda one, other: one in other).tolist() == [True, True, False, True, False, True]
    assert positions_among(TEXTS, ("a", "b")).tolist() == [1, -1, 0, 1, -1, 0]
    first, second = np.array([True, False, True, False]), np.array([True, True, False, False])
    assert worded([first, second], ["one", "two"], "none").tolist() == ["one", "two", "one", "none"]


def test_only_the_cells_of_the_array_itself_are_looked_at():
    text = pa.array(["x-y", "abc", "cab", "é"], type=pa.large_string())
    assert has_other(text, b"abc") and not has_other(text.slice(1, 2), b"abc") and has_other(text.slice(3), b"abc") and not has_other(text.slice(2, 0), b"abc")
