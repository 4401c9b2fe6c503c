"""Sign-off: a preparer and a reviewer put their names under a book, and anyone can prove later that not one cell moved.

The seal holds the digests of every sheet's cells, of what the hidden sheet remembers, which sheets show, the defined names, the
figures kept beside the formulas of GSTR-2B and GSTR-3B, and the digests of the source files. It proves that the book is what was signed; it is no signature in the sense of the Information Technology Act.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from ims_xl import book as books
from ims_xl.book.remembered import stored_parts
from ims_xl.filling import changes_of_action
from ims_xl.hosts import open_book, safe_files
from ims_xl.hosts.fingerprint import SheetPrint, book_facts, compare, compare_facts, compare_figures, figures, fingerprint
from ims_xl.hosts.scratch import private_folder
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Plan

ROLES: Final = ("preparer", "reviewer")
_PLAIN: Final = frozenset({books.STORE})
_TOLD: Final = 8   # so many changes are named in one message
_DIGESTS: Final = ("prints", "memory", "facts", "figures")


def sign(path: Path, role: str, name: str, now: datetime | None = None) -> None:
    """Puts the name under the book and seals it. A reviewer signs only what a preparer signed and nobody changed since."""
    if role not in ROLES:
        raise ImsXlError(f"--as '{role}': a book is signed as preparer or as reviewer.")
    if not name.strip():
        raise ImsXlError("--name is blank; a sign-off needs the name of the person.")
    opened = books.open_state(path)
    seal = dict(opened.state.seal)
    if seal.get("reviewer"):
        raise ImsXlError(f"{path.name} is signed off by {seal['reviewer']['name']} already and closed.")
    if role == "reviewer":
        if not seal.get("preparer"):
            raise ImsXlError(f"{path.name} is not signed by a preparer yet; a reviewer signs after one.")
        verify(path)
    as_of = date.fromisoformat(opened.state.inputs.get("run.as_of") or date.today().isoformat())
    rec = books.reconciled(opened, as_of)
    waiting = changes_of_action(opened.state.work, rec.state.work)
    if len(waiting):
        raise ImsXlError(f"{len(waiting)} actions were typed or fell due since the last reconcile; run 'ims-xl reconcile {path.name}' first, then sign.")
    at = (now or datetime.now()).strftime("%d-%m-%Y %H:%M")
    seal[role] = {"name": name.strip(), "at": at}
    inputs = {**rec.state.inputs, f"signoff.{role}": name.strip(), f"signoff.{role}_at": at}
    seal["sources"] = dict(zip(rec.state.files["file"], rec.state.files["sha256"]))
    for name in _DIGESTS:
        seal.pop(name, None)
    rec = replace(rec, state=replace(rec.state, seal=seal, inputs=inputs))
    with private_folder() as folder:
        draft = folder / path.name
        opened.host.paint(_only(books.plan(opened, rec), opened.names.get("Home", "Home")))
        opened.host.save(draft)
        prints = {sheet: [dict(p.rows), dict(p.columns)] for sheet, p in fingerprint(draft, _PLAIN).items()}
        seal = {**seal, "prints": prints, "memory": _memory(draft), "facts": book_facts(draft, _PLAIN), "figures": figures(draft, _forms(opened.names))}
        rec = replace(rec, state=replace(rec.state, seal=seal))
        host = open_book(draft)
        host.paint(_only(books.plan(replace(opened, host=host), rec)))
        safe_files.snapshot(path)
        host.save(path)
        host.close()


def verify(path: Path) -> str:
    """One sentence where the book is as it was signed; an ImsXlError naming what changed where it is not."""
    stored = _stored(path)
    seal: Mapping[str, Any] = stored.get("seal") or {}
    if not seal.get("prints"):
        raise ImsXlError(f"{path.name} is not signed; 'ims-xl sign {path.name} --as preparer --name NAME' signs it.")
    signed = {sheet: SheetPrint(rows, columns) for sheet, (rows, columns) in seal["prints"].items()}
    changed = compare(signed, fingerprint(path, _PLAIN))
    changed += [line for line in compare_facts(seal.get("facts", {}), book_facts(path, _PLAIN)) if seal.get("facts")]
    if seal.get("figures") and not changed:
        changed += compare_figures(seal["figures"], figures(path, frozenset(seal["figures"])))
    if seal["memory"] != _memory(path):
        changed.append("the hidden sheet (what ims-xl remembers) was altered")
    if changed:
        more = [f"and {len(changed) - _TOLD} more"] if len(changed) > _TOLD else []
        raise ImsXlError(f"{path.name} was altered after it was signed: " + "; ".join((*changed[:_TOLD], *more)) + ".")
    names = ", ".join(f"{role} {seal[role]['name']} on {seal[role]['at']}" for role in ROLES if seal.get(role))
    return f"{path.name} is unaltered since sign-off ({names})."


def _forms(names: Mapping[str, str]) -> frozenset[str]:
    """The sheets whose figures are proved as well as their formulas: they are whole paise that no filter and no calendar moves."""
    return frozenset(names.get(form, form) for form in ("GSTR-2B", "GSTR-3B"))


def _only(plan: Plan, *names: str) -> Plan:
    """The hidden sheet, and those named, of a plan."""
    return Plan(sheets=tuple(sheet for sheet in plan.sheets if sheet.name in (books.STORE, *names)))


def _stored(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise ImsXlError(f"There is no file {path}.")
    host = open_book(path)
    try:
        if books.STORE not in {info.name for info in host.sheets()}:
            raise ImsXlError(f"{path.name} is not a book of ims-xl, so it bears no sign-off.")
        return stored_parts(host, host.sheets())
    finally:
        host.close()


def _memory(path: Path) -> str:
    """Digest of everything remembered but the seal's own digests."""
    host = open_book(path)
    try:
        frame = host.read(books.STORE).frame
    finally:
        host.close()
    lines = sorted(f"{part}|{number}|{text}" for part, number, text in zip(frame[1], frame[2], frame[3]) if part != "seal")
    seal = {k: v for k, v in _stored(path).get("seal", {}).items() if k not in _DIGESTS}
    return hashlib.sha256(("\n".join(lines) + json.dumps(seal, sort_keys=True)).encode()).hexdigest()
