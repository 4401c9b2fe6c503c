"""One line for a whole form: the credit of a GSTR-2B by head."""

from __future__ import annotations

from collections.abc import Mapping

from ims_xl.state import Amounts
from ims_xl.vocabulary import HEADS


def credit_of_2b(boxes: Mapping[str, Amounts]) -> dict[str, int]:
    """ITC available by head in paise: Part A less Part B (credit notes)."""
    lines = [(path.split(".")[1], box) for path, box in boxes.items() if path.startswith("itcavl.") and path.count(".") == 2]
    return {head: sum(int(box.get(head, 0)) * (-1 if group == "othersup" else 1) for group, box in lines) for head in HEADS}
