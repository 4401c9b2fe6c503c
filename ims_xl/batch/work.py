"""One client's month inside a worker: files in, book made or continued, a plain answer out that any process can carry."""

from __future__ import annotations

import json
import os
import re
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from ims_xl.batch.clients import ClientFiles, ClientFolder, look_into
from ims_xl.vocabulary import ImsXlError


@dataclass(frozen=True)
class ClientResult:
    """What became of one client. `status` is done, failed or skipped; `firm` is what the firm's workbook shows of it."""

    client: str
    gstin: str
    period: str
    status: str
    book: str = ""
    message: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    firm: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    inputs: str = ""
    written: str = ""
    """Digest of the book as it was left: a book that somebody worked on since is run again."""

    def to_json(self) -> dict[str, Any]:
        """The entry of the batch report (contract section 7)."""
        told = {name: value for name, value in asdict(self).items() if name in ("client", "gstin", "status", "book", "message", "report")}
        return {**told, "message": self.told}

    @property
    def told(self) -> str:
        """The message, with what is doubtful about a client that is done before it."""
        return "; ".join(part for part in (self.firm.get("doubt", ""), self.message) if part)


def work_on(listed: ClientFolder, as_of: str) -> ClientResult:
    """Runs the month on one client; what goes wrong with it is its result, never an exception."""
    begun = datetime.now()
    files = ClientFiles(listed.client, listed.folder, period=listed.period, inputs=listed.inputs)
    try:
        files = look_into(listed)
        if files.trouble:
            raise ImsXlError(files.trouble)
        report, firm, signed = _month(files, date.fromisoformat(as_of))
    except ImsXlError as wrong:
        result = failed(files, str(wrong))
    except MemoryError:
        result = failed(files, "it needs more memory than one client may take (--memory-limit); run it alone, or split its files")
    except Exception as defect:  # noqa: BLE001 - one client's defect must not end the night
        _note(files, "".join(traceback.format_tb(defect.__traceback__)) + type(defect).__name__)
        result = failed(files, f"a defect of ours ({type(defect).__name__}); its batch.log in the .ims-xl folder has the trace")
    else:
        aside = f"left aside: {', '.join(files.left_aside)}" if files.left_aside else ""
        result = ClientResult(files.client, files.gstin, files.period, "done", str(files.book), "; ".join(part for part in (aside, signed) if part), report, firm, written=digest_of(files.book))
    seconds = (datetime.now() - begun).total_seconds()
    _note(files, f"{result.status} in {seconds:.1f} s" + (f": {_without_values(result.message)}" if result.status == "failed" else ""))
    return replace(result, seconds=seconds, inputs=files.inputs)


def failed(client: ClientFiles | ClientFolder, message: str) -> ClientResult:
    """The result of a client that could not be run."""
    return ClientResult(client.client, getattr(client, "gstin", ""), client.period, "failed", message=message, inputs=client.inputs)


def digest_of(book: Path) -> str:
    """SHA-256 of a book; "" where it is gone."""
    try:
        with book.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _month(files: ClientFiles, as_of: date) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The report, the facts for the firm, and what became of a sign-off: without new files a signed book stays as it was signed."""
    from ims_xl import book as books
    from ims_xl import month
    from ims_xl.batch.facts import firm_facts
    from ims_xl.period import Period
    from ims_xl.report import build_report
    from ims_xl.settings import Settings

    settings = Settings(gstin=files.gstin, period=Period.parse(files.period), name=files.name, quarterly=files.quarterly)
    with books.held(files.book):
        # A book that is there already is continued: what the accountant typed in it stays.
        opened = books.open_state(files.book) if files.book.exists() else books.remembering(books.fresh(settings), files.book.parent)
        pulled = month.pull(opened.state, [Path(p) for p in files.ims], [Path(p) for p in files.register], [Path(p) for p in files.gstr2b])
        seal, anew = opened.state.seal, pulled.state is not opened.state
        opened = books.with_state(opened, pulled.state)
        rec = books.reconciled(opened, as_of)
        if anew or not seal:
            books.write(opened, rec, files.book)
        opened.host.close()
    who = " and ".join(str(seal[role]["name"]) for role in ("preparer", "reviewer") if seal.get(role))
    told = f"new files came: the sign-off by {who} is taken off" if anew else f"signed off by {who}, no new files: the book stays as it was signed"
    return build_report(rec), firm_facts(rec), told if who else ""


def _note(files: ClientFiles, text: str) -> None:
    """The client's own log: what happened and when, no figures and no names of suppliers."""
    folder = Path(files.folder) / ".ims-xl"
    try:
        folder.mkdir(exist_ok=True)
        handle = os.open(folder / "batch.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as log:
            log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {files.period} {text}\n")
    except OSError:
        return                               # a folder that cannot be written has failed already, and says so in the firm's book


def _without_values(message: str) -> str:
    """A message as it may stand in a log: what is quoted from a file, GSTINs and amounts are left out."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d{2}[A-Z]{5}[0-9A-Z]{8}|\d[\d,]{5,}(?:\.\d+)?", "…", message)


class Memory:
    """What the batch remembers of earlier nights: a file a client in `ROOT/.ims-xl/batch/<period>/`, replaced whole."""

    def __init__(self, root: Path, period: str) -> None:
        self.folder = root / ".ims-xl" / "batch" / (period or "any")

    def before(self, client: str) -> ClientResult | None:
        try:
            return ClientResult(**json.loads(self._file(client).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None  # never ran, or a file that an older version or a crash left: the client simply runs again

    def keep(self, result: ClientResult) -> None:
        """Remembers it; an ImsXlError where it cannot be written."""
        from ims_xl.hosts.safe_files import explained, write_bytes

        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as wrong:
            raise explained(wrong, self.folder) from None
        write_bytes(self._file(result.client), json.dumps(asdict(result)).encode())

    def _file(self, client: str) -> Path:
        """Folder names may be as long as a file name may be, so the memory bears a digest of them."""
        plain = re.sub(r"[^A-Za-z0-9]+", "-", client).strip("-")[:40]
        return self.folder / f"{plain}~{sha256(client.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}.json"
