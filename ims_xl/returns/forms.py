"""The rows of FORM GSTR-2B and the boxes of GSTR-3B, read from `rules/gstr2b.toml` and `rules/table4.toml`.

A row is named by its itcsumm path: `itcavl.nonrevsup.b2b` is a line of the form, `itcavl.nonrevsup` the row above it that
sums its lines. `FORM.leaves` are the lines, `FORM.paths` lines and sums in the order of the form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

AVAILABLE, NOT_AVAILABLE, REVERSAL, REJECTED = "itcavl", "itcunavl", "itcrev", "itcRejected"


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of FORM GSTR-2B; `number` "I" marks a row that sums the lines below it."""

    path: str
    number: str
    heading: str
    table: str


@dataclass(frozen=True, slots=True)
class FormPart:
    part: str
    heading: str
    rows: tuple[FormRow, ...]


@dataclass(frozen=True, slots=True)
class FormBlock:
    id: str
    title: str
    banner: str
    parts: tuple[FormPart, ...]


@dataclass(frozen=True, slots=True)
class Gstr2BForm:
    """The whole form, and where documents stand in it."""

    blocks: tuple[FormBlock, ...]
    ims: Mapping[str, str]
    """IMS section label -> path within a block, "B2B-CN" -> "othersup.cdnr"."""
    documents: Mapping[str, str]
    """"section|kind|rev" of a 2B document -> path within a block."""
    ims_section: Mapping[str, str]
    """"section|kind|rev" -> IMS section label; absent where the document never passes IMS."""
    bills_of_entry_in_ims_since: str
    declaration_since: str

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(row.path for block in self.blocks for part in block.parts for row in part.rows)

    @property
    def leaves(self) -> tuple[str, ...]:
        return tuple(path for path in self.paths if path.count(".") == 2)


@dataclass(frozen=True, slots=True)
class Box:
    """One box of GSTR-3B; `terms` are (+1 or -1, path of GSTR-2B)."""

    id: str
    label: str
    json: str
    terms: tuple[tuple[int, str], ...]


@lru_cache(maxsize=1)
def gstr2b_form() -> Gstr2BForm:
    """FORM GSTR-2B as the rule file has it."""
    data = _load("gstr2b.toml")
    blocks = tuple(
        FormBlock(block["id"], block["title"], block["banner"], tuple(_part(block["id"], part) for part in block["parts"]))
        for block in data["block"]
    )
    key = {f"{d['section']}|{d['kind']}|{d['rev']}": d for d in data["document"]}
    return Gstr2BForm(
        blocks=blocks,
        ims=data["ims"],
        documents={name: d["path"] for name, d in key.items()},
        ims_section={name: d["ims"] for name, d in key.items() if "ims" in d},
        bills_of_entry_in_ims_since=data["bills_of_entry_in_ims_since"],
        declaration_since=data["declaration_since"],
    )


@lru_cache(maxsize=1)
def gstr3b_boxes() -> Mapping[str, Box]:
    """The boxes of tables 3.1(d) and 4 in order, by id."""
    return {
        box["id"]: Box(box["id"], box["label"], box.get("json", ""), tuple((1 if term[0] == "+" else -1, term[1:]) for term in box["gstr2b"]))
        for box in _load("table4.toml")["box"]
    }


def row_words(path: str) -> str:
    """A row of GSTR-2B in words: `itcavl.othersup.cdnr` -> "ITC Available: B2B - Credit notes (IMS)"."""
    for block in gstr2b_form().blocks:
        for part in block.parts:
            for row in part.rows:
                if row.path == path:
                    return f"{block.title.split(' ', 1)[1]}: {row.heading}"
    return path


def _part(block: str, part: Mapping[str, Any]) -> FormPart:
    rows = tuple(FormRow(f"{block}.{row['path']}", row.get("number", ""), row["heading"], row.get("table", "")) for row in part["rows"])
    return FormPart(part["part"], part["heading"], rows)


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("ims_xl").joinpath("rules", name).read_text(encoding="utf-8"))
