"""An open workbook: its host, its state, and where its sheets stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ims_xl.book.sheets import DataSheet
from ims_xl.hosts.base import Host
from ims_xl.state import BookState
from ims_xl.vocabulary import ImsXlError


@dataclass(frozen=True)
class OpenBook:
    """An open workbook and what it holds. `names`: our sheet name -> the name it bears here."""

    host: Host
    state: BookState
    ims: DataSheet
    register: DataSheet
    names: Mapping[str, str] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    """Sheets that are ours by the hidden sheet's word, by their actual names."""
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Frames of the follow-up for the tabs that show more than one month, by tab name (`Layout.frames`)."""


def with_state(opened: OpenBook, state: BookState) -> OpenBook:
    """The book with another state, after a pull: documents that came stand below, a register that changed is written anew from its first row."""
    ims, register = opened.ims, opened.register
    if not (ims.own and register.own) and (len(state.ims) != len(ims.rows) or state.register is not opened.state.register):
        raise ImsXlError(
            f"{opened.host.path.name} is a workbook of your own: put new portal or register rows into its sheets and run 'ims-xl reconcile'; only --gstr2b can be pulled into it."
        )
    if len(state.ims) != len(ims.rows):
        ims = replace(ims, rows=np.concatenate([ims.rows, np.zeros(len(state.ims) - len(ims.rows), dtype=np.int64)]))
    if state.register is not opened.state.register:
        first = register.header_row + 1
        register = replace(register, rows=np.arange(first, first + len(state.register), dtype=np.int64))
    return replace(opened, state=state, ims=ims, register=register)
