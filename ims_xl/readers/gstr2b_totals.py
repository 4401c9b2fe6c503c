"""What the JSON of a GSTR-2B says of itself: the ITC summary's leaves, and how many documents its counterparty lists promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ims_xl.readers.gstr2b_shape import SUMMARY_SHAPE
from ims_xl.readers.json_values import paise_of
from ims_xl.vocabulary import HEADS, Problem


def summary_of(itcsumm: Any, file: str, problems: list[Problem]) -> dict[str, dict[str, int]]:
    """Leaves of itcsumm in paise; a group whose total is not the sum of its leaves is a problem."""
    found: dict[str, dict[str, int]] = {}
    if not isinstance(itcsumm, dict):
        return found
    blocks = {name.lower(): name for name in SUMMARY_SHAPE} | {"itcnonavl": "itcunavl", "itcnotavl": "itcunavl", "itcrejected": "itcRejected", "itcrej": "itcRejected"}
    for block, groups in itcsumm.items():
        name = blocks.get(block.lower(), block)
        for group, node in groups.items() if isinstance(groups, dict) else ():
            if not isinstance(node, dict):
                continue
            leaves = {("impgasez" if leaf == "impgseza" else leaf): value for leaf, value in node.items() if isinstance(value, dict)}
            total, _, _ = paise_of([node.get(head) for head in HEADS])
            sums = np.zeros(len(HEADS), dtype=np.int64)
            for leaf, value in leaves.items():
                amounts = [_signed(value.get(head)) for head in HEADS]
                sums += np.array(amounts, dtype=np.int64)
                found[f"{name}.{group}.{leaf}"] = dict(zip(HEADS, amounts))
            if leaves and any(head in node for head in HEADS) and (total >= 0).all() and (np.abs(total - sums) > 100).any() and (total > 0).any():
                problems.append(Problem(file, "itcsumm", 0, f"{name}.{group}", "the summary's total differs from the sum of its own lines"))
    return found


def _signed(value: Any) -> int:
    """The effect of an amendment may be negative in the summary."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) > 1e14:
        return 0
    return round(value * 100)


def promised(inner: Mapping[str, Any]) -> int:
    """How many documents the counterparty summaries count."""
    total = 0
    for key in ("cpsumm", "cpSummRej"):
        summary = inner.get(key)
        for rows in summary.values() if isinstance(summary, dict) else ():
            for part in rows if isinstance(rows, list) else [rows]:
                if isinstance(part, dict) and "ttldocs" in part:
                    total += whole(part["ttldocs"])
    return total


def whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else int(value) if isinstance(value, str) and value.isdigit() else 0
