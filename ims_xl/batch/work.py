"""One client's month inside a worker: files in, book made or continued, a plain answer out that any process can carry."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ims_xl.batch.clients import ClientFiles
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

    def to_json(self) -> dict[str, Any]:
        """The entry of the batch report (contract section 7)."""
        return {name: value for name, value in asdict(self).items() if name in ("client", "gstin", "status", "book", "message", "report")}


def work_on(files: ClientFiles, as_of: str) -> ClientResult:
    """Runs the month on one client; what goes wrong with it is its result, never an exception."""
    begun = datetime.now()
    if files.trouble:
        return ClientResult(files.client, files.gstin, files.period, "failed", message=files.trouble, inputs=files.inputs)
    try:
        report, firm = _month(files, date.fromisoformat(as_of))
    except ImsXlError as wrong:
        result = ClientResult(files.client, files.gstin, files.period, "failed", message=str(wrong))
    except MemoryError:
        result = ClientResult(files.client, files.gstin, files.period, "failed", message="it needs more memory than the limit for one client")
    except Exception as defect:  # noqa: BLE001 - one client's defect must not end the night
        _note(files, traceback.format_exc())
        result = ClientResult(files.client, files.gstin, files.period, "failed", message=f"a defect of ours ({type(defect).__name__}); its log in the .ims-xl folder has the trace")
    else:
        result = ClientResult(files.client, files.gstin, files.period, "done", str(files.book), "", report, firm)
    seconds = (datetime.now() - begun).total_seconds()
    _note(files, f"{result.status} in {seconds:.1f} s{': ' + result.message if result.message else ''}")
    return replace(result, seconds=seconds, inputs=files.inputs)


def _month(files: ClientFiles, as_of: date) -> tuple[dict[str, Any], dict[str, Any]]:
    from ims_xl import book as books
    from ims_xl import month
    from ims_xl.batch.firm import firm_facts
    from ims_xl.period import Period
    from ims_xl.report import build_report
    from ims_xl.settings import Settings

    settings = Settings(gstin=files.gstin, period=Period.parse(files.period), name=files.name, quarterly=files.quarterly)
    with books.held(files.book):
        # A book that is there already is continued: what the accountant typed in it stays.
        opened = books.open_state(files.book) if files.book.exists() else books.fresh(settings)
        opened = books.remembering(opened, files.book.parent)
        pulled = month.pull(opened.state, [Path(p) for p in files.ims], [Path(p) for p in files.register], [Path(p) for p in files.gstr2b])
        opened = books.with_state(opened, pulled.state)
        rec = books.reconciled(opened, as_of)
        books.write(opened, rec, files.book)
        opened.host.close()
    return build_report(rec), firm_facts(rec)


def _note(files: ClientFiles, text: str) -> None:
    """The client's own log: what happened and when, no figures and no names of suppliers."""
    folder = Path(files.folder) / ".ims-xl"
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / "batch.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as log:
        log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {files.period} {text}\n")


class Memory:
    """What the batch remembers of earlier nights: `ROOT/.ims-xl/batch/<period>/<client>.json`, one file a client, replaced whole."""

    def __init__(self, root: Path, period: str) -> None:
        self.folder = root / ".ims-xl" / "batch" / (period or "any")

    def before(self, client: str) -> ClientResult | None:
        path = self.folder / f"{client}.json"
        try:
            return ClientResult(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None  # never ran, or a file that an older version or a crash left: the client simply runs again

    def keep(self, result: ClientResult) -> None:
        from ims_xl.hosts.safe_files import write_bytes

        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(result), ensure_ascii=False).encode()
        write_bytes(self.folder / f"{result.client}.json", text)
