"""The shapes of what the hidden sheet holds beside its frames: checked before anything is made of it, since anybody may have edited the file.

A shape is a type, a tuple of types, a list with the shape of every item, a tuple of shapes in a `fixed` list, or a dict: names -> shapes, where
"*" stands for every other name and a name that is missing may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from ims_xl.settings import Settings
from ims_xl.store import damaged


@dataclass(frozen=True)
class Fixed:
    """A list of that many items, each of its own shape."""

    items: tuple[Any, ...]


_PAIRS: Final = [Fixed((str, str))]
_TEXTS: Final = {"*": str}
_SIGNED: Final = {"name": str, "at": str}
_SHAPES: Final[Mapping[str, Any]] = {
    "where": {"ims": str, "register": str, "ours": [str], "version": str},
    "settings": {f.name: (str, type(None)) if f.name == "period" else (type(f.default), type(None)) for f in fields(Settings)},
    "portal_2b": ({"gstin": str, "period": str, "generated_on": str, "summary": {"*": {"*": int}}}, type(None)),
    "hand_links": {"linked": _PAIRS, "separated": _PAIRS},
    "inputs": _TEXTS, "mapping": _TEXTS, "problems": [Fixed((str, str, int, str, str))],
    "seal": {"preparer": _SIGNED, "reviewer": _SIGNED, "sources": _TEXTS, "prints": {"*": Fixed((_TEXTS, _TEXTS))}, "memory": str, "facts": _TEXTS, "figures": {"*": _TEXTS}},
}


def check_shapes(stored: Mapping[str, Any]) -> None:
    """An ImsXlError naming the first part that has not the shape in which ims-xl writes it."""
    for part, shape in _SHAPES.items():
        if part in stored and (wrong := _misfit(stored[part], shape, "")):
            raise damaged(part, wrong)


def _misfit(value: Any, shape: Any, place: str) -> str:
    """Where a value does not fit and what stands there; "" where it fits."""
    if isinstance(shape, tuple):
        found = [_misfit(value, one, place) for one in shape]
        return "" if "" in found else found[0]
    if isinstance(shape, type):
        # True is a number to Python, and 1 is none of the answers yes and no
        return "" if isinstance(value, shape) and (isinstance(value, bool) == (shape is bool)) else _told(value, place)
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return _told(value, place)
        return next((wrong for name, inner in value.items() if (name in shape or "*" in shape) and (wrong := _misfit(inner, shape.get(name, shape.get("*")), f"{place}/{name}"))), "")
    if not isinstance(value, list) or (isinstance(shape, Fixed) and len(value) != len(shape.items)):
        return _told(value, place)
    shapes = shape.items if isinstance(shape, Fixed) else shape * len(value)
    return next((wrong for number, (inner, one) in enumerate(zip(value, shapes)) if (wrong := _misfit(inner, one, f"{place}/{number}"))), "")


def _told(value: Any, place: str) -> str:
    return f"{place[1:80] or 'it'} is {type(value).__name__}"
