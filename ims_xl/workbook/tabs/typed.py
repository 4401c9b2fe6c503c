"""Reading back what people typed on our list tabs: the table is found by its headings, its rows by their keys.

A tab that a person sorted, filtered or moved a few rows down still reads; a missing heading only means that nothing is told.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ims_xl.hosts.base import SheetText
from ims_xl.readers.cleaning import to_dates
from ims_xl.state import blank
from ims_xl.vocabulary import Problem


def table_below(text: SheetText, key: str, headings: Mapping[str, str]) -> pd.DataFrame:
    """The rows under the line that holds the heading `key`: one text column per field of `headings` (field -> heading), and `row`.

    Rows without a key are left out. An empty frame where no line has that heading.
    """
    frame = text.frame
    nothing = pd.DataFrame({name: blank("text", 0) for name in headings} | {"row": blank("int", 0)})
    for row in frame.index[:60]:
        line = {str(v).strip(): c for c, v in zip(frame.columns, frame.loc[row]) if v != ""}
        if key in line and sum(h in line for h in headings.values()) >= min(2, len(headings)):
            below = frame.loc[frame.index > row]
            columns = {
                name: below[line[heading]].str.strip() if heading in line else pd.Series("", index=below.index, dtype="str") for name, heading in headings.items()
            }
            table = pd.DataFrame({**columns, "row": below.index}).astype(dict.fromkeys(headings, "str"))
            keyed = below[line[key]].str.strip() != ""
            return table[keyed].reset_index(drop=True)
    return nothing


def typed_dates(table: pd.DataFrame, field: str, sheet: str, heading: str) -> tuple[pd.Series, list[Problem]]:
    """The column as dates; what is no date is blank and a problem that names its row."""
    values, bad = to_dates(table[field])
    wrong = np.flatnonzero(np.asarray(bad) & (table[field] != "").to_numpy())
    problems = [Problem("", sheet, int(table["row"].iloc[i]), heading, f"'{table[field].iloc[i]}' is not a date; write it as 07-10-2026") for i in wrong]
    return pd.Series(np.asarray(values, dtype="datetime64[s]")), problems


def flat(frame: pd.DataFrame, key: str, prefix: str, fields: tuple[str, ...]) -> dict[str, str]:
    """Typed cells as inputs: `risk.<key>.initials` -> text. Emptied cells are told as "", so that they overwrite what was remembered."""
    return {f"{prefix}.{row[key]}.{name}": str(row[name]) for row in frame.to_dict("records") if row[key] for name in fields}


def unflat(inputs: Mapping[str, str], prefix: str, keys: pd.Series, name: str) -> list[str]:
    """The remembered inputs of one field, by key."""
    return [inputs.get(f"{prefix}.{key}.{name}", "") for key in keys]
