"""How we left the book: one token a sheet, kept in a hidden name.

The token of a sheet that is wholly ours stands for its plan and for what then stood in its cells. Where both are the same at the next
painting, the sheet is left alone; a cell that somebody changed since gives another token, and the sheet is painted anew. The token of
a data sheet stands for our drop-downs and highlights on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from ims_xl.hosts.excel_native import Native
from ims_xl.workbook import theme
from ims_xl.workbook.plan import SheetPlan, TablePatch

NAME: Final = "_ims_xl_left"
MOST: Final = 60_000        # cells; a larger sheet is painted each time, which costs no more than reading it back
_SHEET: Final = 3           # hexadecimal digits of a token that tell its sheet
_LENGTH: Final = 11         # all its digits
_HELD: Final = 23           # tokens that one name may hold: Excel takes 255 characters of text in a formula


def token(plan: SheetPlan, palette: str, formulas: Any) -> str:
    """`formulas` as `Range.formula` gives them."""
    if not isinstance(formulas, (tuple, list)):
        formulas = ((formulas,),)
    made = hashlib.sha256(repr((palette, theme.STYLES)).encode())
    _take(made, plan)
    for number, row in enumerate(formulas):
        if any(value not in (None, "") for value in row):
            made.update(repr((number, [(n, value) for n, value in enumerate(row) if value not in (None, "")])).encode("utf-8", "surrogatepass"))
    return _named(plan.name, made)


def rules_token(patch: TablePatch, palette: str, count: int) -> str:
    """`count` is how many conditional formats the sheet has: pasting and deleting change it."""
    made = hashlib.sha256(repr((palette, theme.STYLES, patch.sheet, patch.header_row, len(patch.rows), max(patch.rows, default=0), count)).encode())
    _take(made, (*patch.formats, *patch.validations))
    return _named(patch.sheet, made)


def _named(sheet: str, made: Any) -> str:
    return hashlib.sha256(sheet.encode("utf-8", "surrogatepass")).hexdigest()[:_SHEET] + str(made.hexdigest())[: _LENGTH - _SHEET]


def _take(made: Any, part: Any) -> None:
    """Everything of a plan into the hash: arrays by their entries, since their repr is cut short."""
    if isinstance(part, np.ndarray) or hasattr(part, "to_numpy"):
        part = np.asarray(part).tolist()
    if hasattr(part, "__slots__") and hasattr(part, "__dataclass_fields__"):
        made.update(type(part).__name__.encode())
        for name in part.__dataclass_fields__:
            _take(made, getattr(part, name))
    elif isinstance(part, (tuple, list)) and any(hasattr(v, "__dataclass_fields__") or isinstance(v, np.ndarray) for v in part[:1]):
        for value in part:
            _take(made, value)
    elif isinstance(part, dict) and any(hasattr(v, "__dataclass_fields__") for v in part.values()):
        for key, value in part.items():
            made.update(repr(key).encode())
            _take(made, value)
    else:
        made.update(repr(part).encode("utf-8", "surrogatepass"))


def remembered(book: Any) -> list[str]:
    """The tokens that the book bears."""
    if not book.names.impl.contains(NAME):
        return []
    text = book.names[NAME].refers_to.strip('="')
    return [text[i : i + _LENGTH] for i in range(0, len(text), _LENGTH)]


def forget(book: Any) -> None:
    """Before the writing: if it never ends, every sheet is painted anew."""
    if book.names.impl.contains(NAME):
        book.names[NAME].delete()


def note(book: Any, native: Native, fresh: Iterable[str], earlier: Iterable[str]) -> None:
    """After the writing: the fresh tokens, and the earlier ones of other sheets."""
    fresh = list(fresh)
    painted = {token[:_SHEET] for token in fresh}
    tokens = [*fresh, *(token for token in earlier if token[:_SHEET] not in painted)]
    book.names.add(NAME, f'="{"".join(tokens[:_HELD])}"')
    native.hide_name(book, NAME)
