"""Which rows say something else than the portal, and what exactly they say: action, remark, ITC-reduction declaration.

Rules of the declaration (IMS reference, section 4): only with Accept, only in the sections that have it, never where the portal blocks it; all
heads in full go out as a plain Y, all heads zero as N.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ims_xl.portal_words import field_keys, section_forms
from ims_xl.state import REDUCE
from ims_xl.vocabulary import HEADS, Action, Change, Section

_LOOKS: Final = {"₹": "Rs ", "–": "-", "—": "-", "‘": "'", "’": "'", "“": "'", "”": "'", '"': "'", "\\": "/", "\u00a0": " ", "…": "..."}


@dataclass(frozen=True)
class Changes:
    """`rows`: positions that go out. The rest is aligned with ims: what each row would say if it went out."""

    rows: np.ndarray
    action: np.ndarray
    remark: np.ndarray
    answer: np.ndarray
    """"Y", "N" or ""."""
    amounts: np.ndarray
    """int64 (n, 4): the declared heads; meaningful where `partial`."""
    partial: np.ndarray
    takes: np.ndarray
    """The row may carry a declaration: its section has one and the portal does not block it."""
    imports: np.ndarray
    gone: int
    blank: int
    assumed_regular: int

    def spoken(self, position: int) -> dict[str, str]:
        """The keys that the decision adds to a record, as JSON tokens."""
        said: dict[str, str] = {}
        if self.answer[position]:
            said[field_keys("portal_reduction")[0]] = f'"{self.answer[position]}"'
        if self.partial[position]:
            for place, head in enumerate(HEADS):
                said[field_keys(f"portal_reduce_{head}")[0]] = rupee_token(int(self.amounts[position, place]))
        if self.remark[position]:
            said["remarks"] = f'"{self.remark[position]}"'
        return said


def changes_of(ims: pd.DataFrame, work: pd.DataFrame) -> Changes:
    """Compares what the book says with what was downloaded. A blank action says nothing; a blank remark or answer leaves the portal's as it is."""
    section = ims["section"].to_numpy(dtype=object)
    portal = ims["portal_action"].to_numpy(dtype=object)
    typed = work["action"].to_numpy(dtype=object)
    action = np.where(typed == "", portal, typed)
    same_action = action == portal
    gone = work["change"].to_numpy(dtype=object) == Change.GONE.value
    imports = np.isin(section, [one.value for one in Section if one.is_import])

    accepted = action == Action.ACCEPT.value
    takes = np.isin(section, [one.value for one, form in section_forms().items() if form.declaration]) & (ims["reduction_blocked"].to_numpy(dtype=object) != "Y")
    answer, amounts, partial = _declaration(ims, work, accepted & takes, same_action)
    portal_answer, portal_amounts, portal_partial = _portal_declaration(ims)
    declares = (answer != "") & ((answer != portal_answer) | (partial != portal_partial) | (partial & np.any(amounts != portal_amounts, axis=1)))

    spoken = np.isin(action, [Action.REJECT.value, Action.PENDING.value]) | (accepted & ((answer == "N") | partial))
    spoken &= ims["remarks_blocked"].to_numpy(dtype=object) != "Y"
    old = ims["portal_remarks"].to_numpy(dtype=object)
    fresh = np.array([sendable(text) for text in work["remarks"]], dtype=object)
    kept = np.array([sendable(text) if keep else "" for text, keep in zip(old, same_action & spoken)], dtype=object)
    remark = np.where(spoken, np.where(fresh == "", kept, fresh), "")
    remarked = spoken & (fresh != "") & (fresh != np.array([sendable(text) for text in old], dtype=object))

    differs = (~same_action | remarked | (accepted & declares)) & ~gone
    rows = np.flatnonzero(differs & ~imports)
    no_type = ((ims["supply_type"] == "") & (ims["raw"] == "")).to_numpy() & ~np.char.startswith(section.astype("U"), "ECO") if len(ims) else np.zeros(0, dtype=bool)
    return Changes(rows, action, remark, answer, amounts, partial, takes, np.flatnonzero(differs & imports), int((gone & ~same_action & (typed != "")).sum()), int(((typed == "") & ~gone).sum()),
                   int(no_type[rows].sum()))


def _declaration(ims: pd.DataFrame, work: pd.DataFrame, asked: np.ndarray, same_action: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the book answers: full is a plain Y, nothing at all is N (V8, V9); a blank head counts in full. No answer keeps the portal's."""
    heads = ims[list(HEADS)].to_numpy(dtype=np.int64).reshape(len(ims), len(HEADS))
    given = np.column_stack([work[name].notna().to_numpy(dtype=bool) for name in REDUCE]) if len(work) else np.zeros((0, 4), dtype=bool)
    typed = np.column_stack([work[name].fillna(0).to_numpy(dtype=np.int64) for name in REDUCE]) if len(work) else np.zeros((0, 4), dtype=np.int64)
    amounts = np.where(given, typed, heads)
    said = work["reduce_itc"].str.strip().str.lower().map({"yes": "Y", "y": "Y", "no": "N", "n": "N"}).fillna("").to_numpy(dtype=object)
    answer = np.where(asked, said, "")
    some = given.any(axis=1) & (answer == "Y")
    whole = np.all(amounts == heads, axis=1)
    nothing = some & ~whole & np.all(amounts == 0, axis=1)
    answer = np.where(nothing, "N", answer)
    partial = some & ~whole & ~nothing
    old_answer, old_amounts, old_partial = _portal_declaration(ims)
    keep = asked & same_action & (answer == "")
    return np.where(keep, old_answer, answer), np.where(keep[:, None], old_amounts, amounts), np.where(keep, old_partial, partial)


def _portal_declaration(ims: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    heads = ims[list(HEADS)].to_numpy(dtype=np.int64).reshape(len(ims), len(HEADS))
    names = [f"portal_reduce_{head}" for head in HEADS]
    given = np.column_stack([ims[name].notna().to_numpy(dtype=bool) for name in names]) if len(ims) else np.zeros((0, 4), dtype=bool)
    values = np.column_stack([ims[name].fillna(0).to_numpy(dtype=np.int64) for name in names]) if len(ims) else np.zeros((0, 4), dtype=np.int64)
    answer = ims["portal_reduction"].to_numpy(dtype=object)
    amounts = np.where(given, values, np.where(np.any(given, axis=1, keepdims=True), 0, heads))
    return answer, amounts, (answer == "Y") & given.any(axis=1) & np.any(amounts != heads, axis=1)


def sendable(text: str) -> str:
    """A remark as the portal can take it: one line of printable ASCII without double quotes and backslashes."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text.strip()
    for strange, plain in _LOOKS.items():
        text = text.replace(strange, plain)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f]", " ", text)).strip()


def rupee_token(paise: int) -> str:
    """A JSON number of rupees, at most two decimals: 90000 -> 900, 90050 -> 900.5."""
    whole, rest = divmod(paise, 100)
    return f"{whole}" if not rest else f"{whole}.{rest:02d}".rstrip("0")
