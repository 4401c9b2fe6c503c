"""Everything a workbook holds, over any host: which sheets are the data sheets, what people typed, what is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from ims_xl.book.opened import OpenBook
from ims_xl.book.remembered import STORE, remembered, stored_parts
from ims_xl.book.rows import her_rows, own_rows
from ims_xl.book.sheets import SURELY_OURS, DataSheet, beyond_merges, extent, first_heading, heading_columns, last_before_ours, our_block, typed_work, without
from ims_xl.hosts.base import Host, SheetText
from ims_xl.readers.ims_sheet import looks_like_ims, read_ims_sheet
from ims_xl.readers.register import looks_like_register, read_register_sheet
from ims_xl.state import BookState
from ims_xl.vocabulary import HERE, ImsXlError, Problem
from ims_xl.workbook import tabs

_MOST_SHEETS = 400
_IMS, _REGISTER = "IMS", "Purchase Register"


def read_book(host: Host, ims_sheet: str = "", register_sheet: str = "") -> OpenBook:
    """Everything the workbook holds, over any host."""
    infos = host.sheets()
    stored = stored_parts(host, infos)
    texts = _Texts(host)
    where: Mapping[str, Any] = stored.get("where", {})
    present = {info.name for info in infos if not info.is_chart}
    for told, option in ((ims_sheet, "--ims-sheet"), (register_sheet, "--register-sheet")):
        if told and told not in present:
            raise ImsXlError(f"{host.path.name} has no sheet '{told}' ({option}); it has: {', '.join(sorted(present - {STORE}))}.")
    ours = frozenset(where.get("ours", ())) & present
    visible = [i.name for i in infos if i.name != STORE and not i.is_chart and (i.name not in ours or i.name in (where.get("ims"), where.get("register")))]

    ims_name = ims_sheet or _still(where.get("ims"), present)
    register_name = register_sheet or _still(where.get("register"), present)
    if ims_name and ims_name == register_name:
        raise ImsXlError(f"{host.path.name}, sheet '{ims_name}': IMS documents and the purchase register must stand on a sheet each; move one of the two to a sheet of its own, name both with --ims-sheet and --register-sheet, and run again.")
    if len(visible) > _MOST_SHEETS and not (ims_name and register_name):
        raise ImsXlError(f"{host.path.name} has {len(visible):,} sheets, too many to look through; name the two with --ims-sheet and --register-sheet.")
    texts.ahead((ims_name, register_name) if ims_name and register_name else visible)
    ims_name = ims_name or _best(texts, [n for n in visible if n != register_name], looks_like_ims)
    register_name = register_name or _register(texts, [n for n in visible if n != ims_name])
    if not ims_name or not register_name:
        missing = "IMS documents (supplier GSTIN, document number, taxable value and tax)" if not ims_name else "a purchase register (supplier GSTIN, document number, taxable value and tax)"
        option = "--ims-sheet" if not ims_name else "--register-sheet"
        raise ImsXlError(f"{host.path.name} has no sheet that looks like {missing}; it has: {', '.join(sorted(present - {STORE}))}. Name it with {option}.")

    state = remembered(stored)
    state = _typed(state, texts, where, ours)
    ims_own, register_own = ims_name in ours, register_name in ours
    state, ims = _read_ims(state, texts, ims_name, ims_own, stored)
    state, register = _read_register(state, texts, register_name, register_own)
    names = our_names([info.name for info in infos], ours, ims_name, register_name)
    del texts
    pa.default_memory_pool().release_unused()   # the sheets as text, which nobody needs any more
    return OpenBook(host, state, ims, register, names, ours)


class _Texts:
    """Sheets read once, when somebody first asks."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._read: dict[str, SheetText] = {}

    def __getitem__(self, name: str) -> SheetText:
        if name not in self._read:
            self._read[name] = self._host.read(name)
        return self._read[name]

    def ahead(self, names: Iterable[str]) -> None:
        """Reads what will be asked for, two sheets at a time."""
        unread = [name for name in dict.fromkeys(names) if name not in self._read]
        for one, other in zip(unread[::2], unread[1::2]):
            self._read[one], self._read[other] = self._host.read_two(one, other)


def _still(name: object, present: set[str]) -> str:
    return str(name) if name in present else ""


def _best(texts: _Texts, names: list[str], score: Any) -> str:
    scored = sorted(((score(texts[name]), -place, name) for place, name in enumerate(names)), reverse=True)
    return scored[0][2] if scored and scored[0][0] > 0 else ""


def _register(texts: _Texts, names: list[str]) -> str:
    """The purchase register among a person's sheets; one that bears the name of a tab of ours is taken where no other is one."""
    return _best(texts, names, looks_like_register) or _best(texts, names, partial(looks_like_register, ours=False))


def our_names(present: Iterable[str], ours: frozenset[str], ims: str, register: str) -> dict[str, str]:
    """Our names as they are here: a person's sheet that bears one of them, in capitals or small letters, keeps it and ours is `Log (IMS)`."""
    names: dict[str, str] = {_IMS: ims, _REGISTER: register}
    theirs = {name.casefold() for name in present if name not in ours}
    for name in tabs.SHEETS:
        if name in names:
            continue
        wanted, number = name, 1
        while wanted.casefold() in theirs:
            wanted = f"{name} (IMS)" if number == 1 else f"{name} (IMS {number})"
            number += 1
        names[name] = wanted
    return names


def _typed(state: BookState, texts: _Texts, where: Mapping[str, Any], ours: frozenset[str]) -> BookState:
    """What people typed on our tabs, over what was remembered."""
    own = {name: texts[name] for name in tabs.TYPED_SHEETS if name in ours}
    renamed = {name: texts[actual] for name, actual in ((n, f"{n} (IMS)") for n in tabs.TYPED_SHEETS) if name not in own and actual in ours}
    return tabs.read_typed(state, {**own, **renamed})


def _read_ims(state: BookState, texts: _Texts, name: str, own: bool, stored: Mapping[str, Any]) -> tuple[BookState, DataSheet]:
    text = texts[name]
    last_row, last_column = extent(text)
    last_column = last_before_ours(text, last_column)
    if own and not _has_rows(text):
        rows = np.zeros(len(state.ims), dtype=np.int64)
        columns = heading_columns(text, tabs.HEADER_ROW, (), tabs.ims_headings(True))
        return state, DataSheet(name, tabs.HEADER_ROW, rows, columns, tabs.HEADER_ROW, last_column, own=True, fresh=not columns)
    ours = {} if own else our_block(text, tabs.ims_headings(False), SURELY_OURS)
    sheet = read_ims_sheet(without(text, ours))
    portal = dict(sheet.columns)
    columns = heading_columns(text, sheet.header_row, [], tabs.ims_headings(own)) if own else ours
    rows = np.asarray(sheet.rows, dtype=np.int64)
    work, problems = typed_work(text, columns, rows)
    where = DataSheet(
        name, sheet.header_row, rows, columns, last_row, last_column if own or ours else beyond_merges(text, sheet.header_row, rows, last_column), own=own,
        fields={} if own else portal, first_column=first_heading(text, sheet.header_row),
    )
    problems = [*(replace(p, file=HERE) for p in (*sheet.problems, *problems))]
    state = replace(state, problems=_renewed(state, name, own, ()))
    if own:
        return own_rows(state, sheet.ledger, work, where, problems)
    return her_rows(state, sheet.ledger, work, where, problems)


def _renewed(state: BookState, sheet: str, own: bool, fresh: Sequence[Problem]) -> tuple[Problem, ...]:
    """What earlier runs said of this sheet makes way for what this one says; problems of the pulled files stay."""
    kept = [p for p in state.problems if p.sheet != sheet or (own and p.file != HERE)]
    return (*kept, *fresh)


def _has_rows(text: SheetText) -> bool:
    below = text.frame[text.frame.index > tabs.HEADER_ROW]
    return bool((below != "").to_numpy().any())


def _read_register(state: BookState, texts: _Texts, name: str, own: bool) -> tuple[BookState, DataSheet]:
    text = texts[name]
    last_row, last_column = extent(text)
    last_column = last_before_ours(text, last_column)
    if own and not _has_rows(text):
        columns = heading_columns(text, tabs.HEADER_ROW, (), tabs.register_headings(True))
        return state, DataSheet(name, tabs.HEADER_ROW, np.zeros(0, dtype=np.int64), columns, tabs.HEADER_ROW, last_column, own=True, fresh=not columns)
    ours = {} if own else our_block(text, tabs.register_headings(False), tabs.register_headings(False))
    read = read_register_sheet(without(text, ours), texts._host.path.name, mapping=dict(state.mapping))
    columns = heading_columns(text, read.header_row, [], tabs.register_headings(own)) if own else ours
    rows = np.asarray(read.rows, dtype=np.int64)
    # The workbook may be saved under another name; that alone must not change which of two equal vouchers is the repeat.
    ledger = read.ledger if own else read.ledger.assign(source_file=HERE)
    return (
        replace(state, register=ledger, problems=_renewed(state, name, own, [replace(p, file=HERE) for p in read.problems]), mapping_shown=state.mapping_shown if own else read.mapping_shown),
        DataSheet(
            name, read.header_row, rows, columns, last_row, last_column if own or ours else beyond_merges(text, read.header_row, rows, last_column), own=own,
            fields={} if own else dict(read.columns), first_column=first_heading(text, read.header_row),
        ),
    )
