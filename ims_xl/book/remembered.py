"""What nobody needs to see rides along in a very hidden sheet: the state as its rows (`store_sheet`), and the rows as a state again (`remembered`).

What people typed on the tabs comes on top of it when a book is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

import pandas as pd

from ims_xl.book.shapes import check_shapes
from ims_xl.hosts.base import Host, SheetInfo
from ims_xl.period import Period
from ims_xl.settings import Settings
from ims_xl.state import (
    CONTACT_COLUMNS,
    EARLIER_COLUMNS,
    EVIDENCE_COLUMNS,
    FILE_COLUMNS,
    LOG_COLUMNS,
    OPENING_COLUMNS,
    UNPAID_COLUMNS,
    WORK_COLUMNS,
    BookState,
    HandLinks,
    Portal2B,
    blank,
    empty,
)
from ims_xl.store import damaged, pack, unpack
from ims_xl.vocabulary import GSTR2B_LEDGER, IMS_LEDGER, REGISTER_LEDGER, ImsXlError, Problem, Section
from ims_xl.workbook.plan import SheetPlan, TableBlock, TableColumn

STORE: Final = "_ims-xl"


def stored_parts(host: Host, infos: tuple[SheetInfo, ...]) -> dict[str, Any]:
    here = next((info.name for info in infos if info.name.casefold() == STORE), "")     # Excel does not tell capitals from small letters
    if not here:
        return {}
    frame = host.read(here).frame
    if not {1, 2, 3} <= set(frame.columns) or str(frame.at[1, 1]) != "Part":
        raise ImsXlError(f"{host.path.name}: the sheet '{here}' was not made by ims-xl, which needs that name for itself; rename the sheet and run again.")
    rows = [(part, int(number), text) for part, number, text in zip(frame[1], frame[2], frame[3]) if str(number).isdigit()]
    stored = unpack(rows)
    check_shapes(stored)
    return stored


def remembered(stored: Mapping[str, Any]) -> BookState:
    """The state as the hidden sheet has it; what people typed comes on top. An ImsXlError where it holds what ims-xl never writes there."""
    try:
        return _remembered(stored)
    except (ValueError, LookupError, TypeError, AttributeError) as wrong:
        raise damaged("", f"{type(wrong).__name__}: {wrong}") from None


def _remembered(stored: Mapping[str, Any]) -> BookState:
    documents = stored.get("documents")
    ims, work = empty(IMS_LEDGER), empty(WORK_COLUMNS)
    if isinstance(documents, pd.DataFrame) and len(documents):
        ims = _schema(documents, IMS_LEDGER)
        for section in ims["section"].unique():
            Section(section)        # a ValueError where it is none: everything after asks it for its form
        work = _schema(documents.filter(regex="^work[.]").rename(columns=lambda name: name.removeprefix("work.")), WORK_COLUMNS)
    head = stored.get("portal_2b")
    two_b = None
    if head:
        drawn = date.fromisoformat(head["generated_on"]) if head["generated_on"] else None
        two_b = Portal2B(head["gstin"], Period.parse(head["period"]), drawn, _schema(stored["documents_2b"], GSTR2B_LEDGER), head["summary"])
    links = stored.get("hand_links", {})
    return BookState(
        settings=settings_from_plain(stored.get("settings", {})),
        ims=ims, work=work, register=empty(REGISTER_LEDGER), portal_2b=two_b,
        earlier=_part(stored, "earlier", EARLIER_COLUMNS),
        opening=_part(stored, "opening", OPENING_COLUMNS),
        unpaid=_part(stored, "unpaid", UNPAID_COLUMNS),
        evidence=_part(stored, "evidence", EVIDENCE_COLUMNS),
        contacts=_part(stored, "contacts", CONTACT_COLUMNS),
        files=_part(stored, "files", FILE_COLUMNS),
        log=_part(stored, "log", LOG_COLUMNS),
        hand_links=HandLinks(frozenset(map(tuple, links.get("linked", []))), frozenset(map(tuple, links.get("separated", [])))),
        inputs=stored.get("inputs", {}), mapping=stored.get("mapping", {}), mapping_shown=stored.get("mapping_shown", pd.DataFrame()),
        problems=tuple(Problem(*p) for p in stored.get("problems", [])), seal=stored.get("seal", {}),
    )


def store_sheet(state: BookState, where: Mapping[str, Any]) -> SheetPlan:
    two_b = state.portal_2b
    rows = pack({
        "where": dict(where),
        "settings": settings_to_plain(state.settings),
        "documents": pd.concat([state.ims, state.work.add_prefix("work.")], axis=1),
        "portal_2b": None if two_b is None else {
            "gstin": two_b.gstin, "period": str(two_b.period), "generated_on": two_b.generated_on.isoformat() if two_b.generated_on else "",
            "summary": {path: dict(box) for path, box in two_b.summary.items()},
        },
        "documents_2b": two_b.documents if two_b else empty(GSTR2B_LEDGER),
        "earlier": state.earlier, "opening": state.opening, "unpaid": state.unpaid, "evidence": state.evidence, "contacts": state.contacts, "files": state.files, "log": state.log,
        "hand_links": {"linked": sorted(state.hand_links.linked), "separated": sorted(state.hand_links.separated)},
        "seal": dict(state.seal), "inputs": dict(state.inputs), "mapping": dict(state.mapping), "mapping_shown": state.mapping_shown.astype("str") if len(state.mapping_shown) else pd.DataFrame(),
        "problems": [[p.file, p.sheet, p.row, p.field, p.message] for p in state.problems],
    })
    columns = tuple(
        TableColumn(n, heading, [row[n - 1] for row in rows], kind="number" if n == 2 else "text")
        for n, heading in ((1, "Part"), (2, "Number"), (3, "Do not edit: what ims-xl remembers about this book"))
    )
    return SheetPlan(STORE, tables=(TableBlock(1, columns, autofilter=False),), state="very_hidden")


def settings_to_plain(settings: Settings) -> dict[str, Any]:
    return {f.name: str(getattr(settings, f.name)) if f.name == "period" and settings.period else getattr(settings, f.name) for f in fields(Settings)}


def settings_from_plain(plain: Mapping[str, Any]) -> Settings:
    """Settings as stored; a name that this version does not know is left out, one that is missing takes its default."""
    known = {f.name: plain[f.name] for f in fields(Settings) if f.name in plain and plain[f.name] is not None}
    if known.get("period"):
        known["period"] = Period.parse(str(known["period"]))
    else:
        known.pop("period", None)
    return Settings(**known)


def _part(stored: Mapping[str, Any], name: str, schema: Mapping[str, str]) -> pd.DataFrame:
    return _schema(stored[name], schema) if name in stored else empty(schema)


def _schema(frame: pd.DataFrame, schema: Mapping[str, str]) -> pd.DataFrame:
    """Exactly those columns, in that order: what an older version did not write is blank."""
    strange = [name for name, kind in schema.items() if name in frame and frame[name].dtype != blank(kind, 0).dtype]
    if strange:
        raise ValueError(f"the column {strange[0]} holds {frame[strange[0]].dtype}")
    return pd.DataFrame({name: frame[name] if name in frame else blank(kind, len(frame)) for name, kind in schema.items()}, index=pd.RangeIndex(len(frame)))
