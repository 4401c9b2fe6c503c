"""Links as the plain MATCHES table: one row a result, row positions joined by "|"."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ims_xl.matching.hashing import arrow_text
from ims_xl.state import Links


def matches_table(links: Links) -> dict[str, Any]:
    """The columns of MATCHES as Arrow arrays."""
    results = links.results
    return {
        "ims_rows": _rows(links.ims_result, len(results)), "register_rows": _rows(links.register_result, len(results)),
        "match_class": arrow_text(results["match_class"]), "clean": pc.if_else(pa.array(results["clean"].to_numpy(dtype=bool)), "true", "false"),
        "confidence": pa.array(results["confidence"].to_numpy(dtype=np.int64)), "differences": arrow_text(results["differences"]),
        "explanation": arrow_text(results["explanation"]), "runner_up": arrow_text(results["runner_up"]),
    }


def _rows(result: np.ndarray, results: int) -> Any:
    """Row positions of every result, in order, joined by "|"; "" for none."""
    order = np.argsort(result, kind="stable")
    offsets = np.searchsorted(result[order], np.arange(results + 1))
    lists = pa.ListArray.from_arrays(pa.array(offsets, type=pa.int32()), pc.cast(pa.array(order), pa.string()))
    return pc.binary_join(lists, "|")
