"""The actions of a book -> the JSON that the portal takes, in the profile it is asked for; nothing that the portal would refuse.

Only what differs from the last download goes out. A record is the downloaded one with its decision put in: every number keeps the digits
that the portal wrote. `build_upload` is pure: files come back as bytes, and the caller writes them (or nothing).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from ims_xl.portal_words import UploadProfile, code_by_action, section_form, upload_profiles, words
from ims_xl.rupees import grouped
from ims_xl.settings import Settings
from ims_xl.vocabulary import AMOUNTS, HEADS, Action, Change, ImsXlError, Section
from ims_xl.writers.changes import Changes, changes_of
from ims_xl.writers.records import record_text
from ims_xl.writers.refusals import Refusal, refusals_of
from ims_xl.writers.schema import check

MOST_LISTED = 25


@dataclass(frozen=True)
class UploadResult:
    """What is to be written, and what it will do. `files` and `reset_files` are (name, bytes); both empty where nothing changed."""

    files: tuple[tuple[str, bytes], ...]
    reset_files: tuple[tuple[str, bytes], ...]
    actions: pd.DataFrame
    """Per action that goes out: count, taxable_value, heads (paise, credit notes negative)."""
    rejects: tuple[str, ...]
    """Every document that will be rejected, by name."""
    notes: tuple[str, ...]
    """What stays behind and why: bills of entry, rows gone from the portal, rows without an action."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """File name -> SHA-256."""
    exported: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Positions in ims of the rows that go out."""

    def lines(self) -> list[str]:
        """The summary for a terminal or the log."""
        if not self.files and not self.reset_files:
            return ["Nothing changed since the download: there is nothing to upload.", *self.notes]
        made = [f"{row.action}: {row.count} {'document' if row.count == 1 else 'documents'}, taxable value {grouped(row.taxable_value)}, tax {grouped(row.igst + row.cgst + row.sgst + row.cess)}" for row in self.actions.itertuples()]
        made += [f"Rejected: {text}" for text in self.rejects[:MOST_LISTED]]
        if len(self.rejects) > MOST_LISTED:
            made.append(f"Rejected: and {len(self.rejects) - MOST_LISTED} more")
        return [*made, *self.notes, *(f"{name}  SHA-256 {digest}" for name, digest in self.hashes.items())]


def build_upload(ims: pd.DataFrame, work: pd.DataFrame, profile: str, settings: Settings, allowed: pd.Series | None = None, reduce_needed: pd.Series | None = None,
                 name: str = "upload.json", rows: Sequence[int] | None = None) -> UploadResult:
    """The upload of a book; ImsXlError lists every row that the portal would refuse, with the remedy.

    `ims` is an IMS_LEDGER, `work` its WORK_COLUMNS. `allowed` ("Accept,Reject,...") and `reduce_needed` (bool) are the decisions' word on each row; where
    they are not given, the record's own flags decide. `rows` are sheet rows, for the messages.
    """
    shape = _profile(profile)
    recipient = _recipient(ims, settings)
    changes = changes_of(ims, work)
    refused = refusals_of(ims, work, changes, allowed, reduce_needed)
    records, unwritable = _records(ims, changes, shape)
    refused += unwritable
    if refused:
        raise refuse(refused, ims, rows)
    saved = [place for place, position in enumerate(changes.rows) if shape.no_action or changes.action[position] != Action.NO_ACTION.value]
    back = sorted(set(range(len(changes.rows))) - set(saved))
    files = _files([records[place] for place in saved], recipient, "SAVE", name, shape)
    resets = _files([records[place] for place in back], recipient, "RESET", f"{_stem(name)}.reset{_ending(name)}", shape)
    hashes = {file: hashlib.sha256(data).hexdigest() for file, data in (*files, *resets)}
    return UploadResult(files, resets, _by_action(ims, changes), _rejects(ims, changes), _notes(changes, ims), hashes, changes.rows)


def refuse(refused: Sequence[Refusal], ims: pd.DataFrame, rows: Sequence[int] | None) -> ImsXlError:
    """The one message that lists the rows to mend."""
    return ImsXlError(_listed(list(refused), ims, rows))


def _profile(name: str) -> UploadProfile:
    found = upload_profiles().get(name)
    if found is None:
        raise ImsXlError(f"'{name}' is no upload profile; choose {' or '.join(upload_profiles())}.")
    return found


def _recipient(ims: pd.DataFrame, settings: Settings) -> str:
    found = sorted({str(text) for text in ims["recipient_gstin"].unique()} - {""})
    strange = [text for text in found if settings.gstin and text != settings.gstin]
    if strange or len(found) > 1:
        raise ImsXlError(f"The book holds documents of {', '.join(strange or found)} beside {settings.gstin or found[0]}; an upload file is for one GSTIN.")
    gstin = settings.gstin or next(iter(found), "")
    if not gstin:
        raise ImsXlError("The book does not say whose it is (Recipient GSTIN in Settings); an upload file must.")
    return gstin


def _records(ims: pd.DataFrame, changes: Changes, profile: UploadProfile) -> tuple[list[tuple[str, str]], list[Refusal]]:
    """(section key, record text) of every changed row, in the order of the ledger."""
    codes = code_by_action()
    made: list[tuple[str, str]] = []
    refused: list[Refusal] = []
    raw, section, portal = (ims[name].to_numpy(dtype=object) for name in ("raw", "section", "portal_action"))
    unseen = changes.rows[raw[changes.rows] == ""]
    columns = dict(zip(unseen.tolist(), ims.iloc[unseen].to_dict("records")))
    forms = {name: section_form(Section(name)) for name in set(section[changes.rows])}
    for position in changes.rows.tolist():
        action = changes.action[position]
        if action not in codes:   # refused already
            continue
        reset = action == Action.NO_ACTION.value and not profile.no_action
        decision = {} if reset else {"action": f'"{profile.no_action if action == Action.NO_ACTION.value else codes[action]}"'}
        if profile.prev_status:
            decision["prev_status"] = f'"{codes[portal[position]]}"'
        if not reset:
            decision |= changes.spoken(position)
        form = forms[section[position]]
        text, missing = record_text(raw[position], columns.get(position, {}), form, profile, decision)
        if missing:
            refused.append(Refusal(int(position), f"the portal's record is not at hand ({', '.join(missing)} missing): pull the IMS JSON into this book and export again"))
        made.append((form.keys[0], text))
    return made, refused


def _files(records: list[tuple[str, str]], recipient: str, request: str, name: str, profile: UploadProfile) -> tuple[tuple[str, bytes], ...]:
    """Files below the portal's limits, sections in the dashboard's order, each proved against the profile's schema."""
    limits = words()["upload"]
    order = {form.keys[0]: place for place, form in enumerate(map(section_form, Section))}
    batches: list[list[tuple[str, str]]] = []
    size = 0
    for section, text in sorted(records, key=lambda one: order[one[0]]):
        length = (len(text) if text.isascii() else len(text.encode("utf-8"))) + 32
        if not batches or len(batches[-1]) >= limits["max_records"] or size + length > limits["max_bytes"] - 512:
            batches.append([])
            size = 0
        batches[-1].append((section, text))
        size += length
    made = []
    for number, batch in enumerate(batches, 1):
        sections: dict[str, list[str]] = {}
        for section, text in batch:
            sections.setdefault(section, []).append(text)
        inside = ",".join(f'"{section}":[{",".join(texts)}]' for section, texts in sections.items())
        data = f'{{"rtin":"{recipient}","reqtyp":"{request}","invdata":{{{inside}}}}}'.encode()
        check(data, profile.name, request)
        made.append((name if number == 1 else f"{_stem(name)}-{number}{_ending(name)}", data))
    return tuple(made)


def _by_action(ims: pd.DataFrame, changes: Changes) -> pd.DataFrame:
    chosen = ims.iloc[changes.rows]
    sign = np.where(chosen["section"].str.contains("-CN", regex=False), -1, 1)
    amounts = pd.DataFrame({name: chosen[name].to_numpy() * sign for name in AMOUNTS})
    amounts.insert(0, "action", changes.action[changes.rows])
    amounts.insert(1, "count", 1)
    order = {action.value: place for place, action in enumerate(Action)}
    return amounts.groupby("action", sort=False).sum().reset_index().sort_values("action", key=lambda column: column.map(order)).reset_index(drop=True)


def _rejects(ims: pd.DataFrame, changes: Changes) -> tuple[str, ...]:
    chosen = ims.iloc[[position for position in changes.rows if changes.action[position] == Action.REJECT.value]]
    return tuple(f"{row.section} {row.document_number} of {row.supplier_name or row.supplier_gstin} ({row.supplier_gstin}), taxable value {grouped(row.taxable_value)}, "
                 f"tax {grouped(sum(getattr(row, head) for head in HEADS))}" for row in chosen.itertuples())


def _notes(changes: Changes, ims: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if len(changes.imports):
        numbers = ", ".join(str(text) for text in ims["document_number"].iloc[changes.imports[:5]])
        notes.append(f"{len(changes.imports)} bills of entry ({numbers}{', ...' if len(changes.imports) > 5 else ''}) are not in the file: the portal takes no upload for imports; act on them on the IMS dashboard")
    if changes.gone:
        notes.append(f"{changes.gone} documents are gone from the portal ({Change.GONE.value}) and are not in the file")
    if changes.blank:
        notes.append(f"{changes.blank} documents have no action in the book and stay as they are on the portal")
    if changes.assumed_regular:
        notes.append(f"{changes.assumed_regular} documents came without a supply type and go out as R (Regular)")
    return tuple(notes)


def _listed(refused: list[Refusal], ims: pd.DataFrame, rows: Sequence[int] | None) -> str:
    lines = []
    for one in sorted(refused, key=lambda r: r.position)[:MOST_LISTED]:
        row: Any = ims.iloc[one.position]
        where = f"row {int(rows[one.position])}, " if rows is not None and int(rows[one.position]) else ""
        lines.append(f"  {where}{row['section']} {row['document_number']} of {row['supplier_gstin'] or row['port_code']}: {one.reason}")
    more = f"\n  and {len(refused) - MOST_LISTED} more" if len(refused) > MOST_LISTED else ""
    return f"Nothing was written: the portal would refuse {len(refused)} {'row' if len(refused) == 1 else 'rows'}.\n" + "\n".join(lines) + more


def _stem(name: str) -> str:
    return name.removesuffix(PurePath(name).suffix) if PurePath(name).suffix else name


def _ending(name: str) -> str:
    return PurePath(name).suffix or ".json"
