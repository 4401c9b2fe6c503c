"""Messages -> files in a folder. The folder remembers, in `.ims-xl-letters.json`, what we wrote, so that an edited file is known."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

import jinja2

from ims_xl.followup.messages import MISSING, REJECTED, SAVED_WRONG, UNFILED, WRONG, SupplierMessage, supplier_messages
from ims_xl.hosts import new_book
from ims_xl.hosts.safe_files import make_folder, write_bytes
from ims_xl.hosts.scratch import private_folder
from ims_xl.rupees import grouped
from ims_xl.state import Reconciliation
from ims_xl.vocabulary import ImsXlError
from ims_xl.workbook.plan import Page, Plan, SheetPlan, TableBlock, TableColumn
from ims_xl.workbook.tabs.pieces import lines_of

MEMORY: Final = ".ims-xl-letters.json"
TEMPLATES: Final = ("subject.txt", "letter.txt", "letter.html")
TITLES: Final[Mapping[str, str]] = {
    REJECTED: "Documents that we rejected on the Invoice Management System", WRONG: "Documents that differ from our books",
    SAVED_WRONG: "Documents that you have saved but not filed, and that differ from our books", UNFILED: "Documents that you have saved and not filed", MISSING: "Documents in our books that you have not reported yet",
}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN: Final = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")   # marks that turn the reading order, and half characters
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NAMED: Final = re.compile(r"[^<>]*<([^<>]+)>")


@dataclass(frozen=True)
class Written:
    """What a run did: files by what became of them."""

    added: tuple[str, ...]
    refreshed: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited: tuple[str, ...]
    """Kept, because a person changed them since we wrote them."""
    closed: tuple[str, ...]
    """Letters of an earlier run with nothing open any more; they stay as the record."""


def write_letters(rec: Reconciliation, folder: Path, templates: Path | None = None) -> Written:
    """One .eml and one .txt per supplier with something to mend. `templates`: a folder with the firm's own of `TEMPLATES`."""
    if folder.exists() and not folder.is_dir():
        raise ImsXlError(f"{folder} is a file; -o wants a folder for the letters.")
    texts = _environment(templates)
    wanted: dict[str, bytes] = {}
    for message in supplier_messages(rec):
        wanted |= _files(rec, message, texts)
    fresh = not folder.exists()
    make_folder(folder)
    memory = _remembered(folder)
    did: dict[str, list[str]] = {name: [] for name in ("added", "refreshed", "unchanged", "edited")}
    with _all_or_none(folder, (MEMORY, *wanted), fresh):
        _remember(folder, memory | {name: f"{memory.get(name, '')} {_digest(content)}".strip() for name, content in wanted.items()})   # killed half-way, all are still known as ours
        for name, content in wanted.items():
            did[_put(folder, name, content, memory)].append(name)
    period = str(rec.state.settings.period)
    closed = sorted(name for name in memory if name not in wanted and f"_{period}." in name and (folder / name).exists())
    _remember(folder, memory)
    return Written(**{name: tuple(files) for name, files in did.items()}, closed=tuple(closed))


@contextmanager
def _all_or_none(folder: Path, names: Iterable[str], fresh: bool) -> Iterator[None]:
    """Puts back what stood in the folder where writing fails half-way, on a full disk: some letters of a month are worse than none."""
    before = {path: path.read_bytes() if path.exists() else None for path in (folder / name for name in names)}
    try:
        yield
    except ImsXlError:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)      # first of all: this makes room for the rest
        for path, content in before.items():
            if content is not None and path.read_bytes() != content:
                write_bytes(path, content)
        if fresh:
            folder.rmdir()
        raise


def write_templates(folder: Path) -> list[str]:
    """The default templates to start from; one that stands there already stays as it is."""
    make_folder(folder)
    fresh = [name for name in TEMPLATES if not (folder / name).exists()]
    for name in fresh:
        write_bytes(folder / name, (Path(__file__).parent / "templates" / name).read_bytes())
    return fresh


def _put(folder: Path, name: str, content: bytes, memory: dict[str, str]) -> str:
    path, digest = folder / name, _digest(content)
    if not path.exists():
        write_bytes(path, content)
        memory[name] = digest
        return "added"
    there = _digest(path.read_bytes())
    if there == digest:
        memory[name] = digest
        return "unchanged"
    if there not in memory.get(name, "").split():
        return "edited"
    write_bytes(path, content)
    memory[name] = digest
    return "refreshed"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _remember(folder: Path, memory: dict[str, str]) -> None:
    write_bytes(folder / MEMORY, json.dumps(memory, indent=0, sort_keys=True).encode())


def _remembered(folder: Path) -> dict[str, str]:
    try:
        plain = json.loads((folder / MEMORY).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        # Without the memory every file that stands there counts as a person's: nothing is overwritten.
        return {}
    return {str(k): str(v) for k, v in plain.items()} if isinstance(plain, dict) else {}


def _environment(templates: Path | None) -> dict[str, jinja2.Template]:
    from jinja2.sandbox import SandboxedEnvironment

    if templates is not None and not templates.is_dir():
        raise ImsXlError(f"--templates {templates} is no folder; it should hold subject.txt, letter.txt or letter.html of your own.")
    loaders = [jinja2.FileSystemLoader(p) for p in (templates, Path(__file__).parent / "templates") if p is not None]
    made: dict[str, jinja2.Template] = {}
    for name in TEMPLATES:
        environment = SandboxedEnvironment(loader=jinja2.ChoiceLoader(loaders), autoescape=name.endswith("html"), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
        try:
            made[name] = environment.get_template(name)
        except (jinja2.TemplateError, UnicodeDecodeError) as wrong:
            raise ImsXlError(f"The template {name} cannot be read: {wrong}.") from None
    return made


def _files(rec: Reconciliation, message: SupplierMessage, templates: Mapping[str, jinja2.Template]) -> dict[str, bytes]:
    # Only the GSTIN's letters and digits make the name: a hostile name in a file cannot leave the folder.
    stem = re.sub(r"[^0-9A-Z]", "", message.supplier_gstin.upper())[:15]
    if not stem:
        return {}
    words = _words(rec, message)
    made: dict[str, str] = {}
    for name, template in templates.items():
        try:
            made[name] = template.render(words | {"subject": made.get("subject.txt", "")})
        except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as wrong:
            raise ImsXlError(f"The template {name} uses something that letters do not have: {wrong}.") from None
        if name == "subject.txt":
            made[name] = one_line(made[name])[:200]
    text, html = made["letter.txt"].rstrip() + "\n", made["letter.html"]
    period = str(rec.state.settings.period)
    return {f"{stem}_{period}.txt": text.encode(), f"{stem}_{period}.eml": _mail(rec, message, made["subject.txt"], text, html, stem)}


def _words(rec: Reconciliation, message: SupplierMessage) -> dict[str, Any]:
    settings = rec.state.settings
    groups = [
        {"title": title, "rows": [
            {"type": r.document_type, "number": one_line(r.number), "dated": f"{r.dated:%d-%m-%Y}" if r.dated else "no date", "taxable": grouped(r.taxable_value), "tax": grouped(abs(r.tax)), "issue": one_line(r.issue), "wanted": one_line(r.wanted)}
            for r in message.rows if r.kind == kind
        ]}
        for kind, title in TITLES.items() if any(r.kind == kind for r in message.rows)
    ]
    client = one_line(settings.name) or settings.gstin
    supplier = one_line(message.supplier_name) or message.supplier_gstin
    period = settings.period.label if settings.period else ""
    return {
        "supplier": supplier, "supplier_gstin": message.supplier_gstin, "client": client, "gstin": settings.gstin, "period": period, "as_of": f"{rec.as_of:%d-%m-%Y}",
        "groups": groups, "credit": grouped(message.credit) if message.credit else "", "reply_by": f"{message.reply_by:%d-%m-%Y}", "sender": one_line(settings.sender) or client,
    }


def one_line(text: str) -> str:
    """Text from files as one printable line: no header, no second line can be smuggled in."""
    return _UNSEEN.sub("", _CONTROL.sub(" ", text)).strip()


def _mail(rec: Reconciliation, message: SupplierMessage, subject: str, text: str, html: str, stem: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    address = _contact(rec, message.supplier_gstin)
    if address:
        mail["To"] = address
    mail["X-Unsent"] = "1"   # opens as a draft in Outlook
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(_rows_workbook(message), maintype="application", subtype="vnd.openxmlformats-officedocument.spreadsheetml.sheet", filename=f"{stem}_{rec.state.settings.period}.xlsx")
    # Boundaries by content: the same letter is the same file, so that a refresh is a real one.
    for number, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        part.set_boundary("ims-xl-" + hashlib.sha256(f"{number}{subject}{text}".encode()).hexdigest()[:32])
    return mail.as_bytes()


def _contact(rec: Reconciliation, gstin: str) -> str:
    """The supplier's addresses as one header, only those of a plain form."""
    found = rec.state.contacts.loc[rec.state.contacts["supplier_gstin"] == gstin, "email"]
    typed = [part.strip() for text in found for part in re.split(r"[,;]", _CONTROL.split(str(text).strip())[0])]
    plain = (named[1] if (named := _NAMED.fullmatch(part)) else part for part in typed)
    return ", ".join(dict.fromkeys(address for address in plain if _ADDRESS.fullmatch(address)))


def _rows_workbook(message: SupplierMessage) -> bytes:
    """That supplier's rows as a small workbook; text from files is text there too."""
    rows = message.rows
    issues, asked = [one_line(r.issue) for r in rows], [one_line(r.wanted) for r in rows]
    columns = (
        TableColumn(1, "What", [TITLES[r.kind] for r in rows], style="text_wrap", width=30), TableColumn(2, "Document", [r.document_type for r in rows], width=13),
        TableColumn(3, "Number", [one_line(r.number) for r in rows], width=19), TableColumn(4, "Date", [r.dated for r in rows], kind="date", style="date", width=12),
        TableColumn(5, "Taxable value", [r.taxable_value for r in rows], kind="rupees", style="rupees", heading_style="heading_right", width=16),
        TableColumn(6, "Tax", [abs(r.tax) for r in rows], kind="rupees", style="rupees", heading_style="heading_right", width=14),
        TableColumn(7, "What is wrong", issues, style="text_wrap", width=42), TableColumn(8, "What we ask", asked, style="text_wrap", width=52),
    )
    heights = {row: 13.5 * max(lines_of(TITLES[r.kind], 29), lines_of(issue, 41), lines_of(ask, 51)) + 2 for row, (r, issue, ask) in enumerate(zip(rows, issues, asked), start=2)}
    with private_folder() as folder:
        path = folder / "rows.xlsx"
        host = new_book(path)
        host.paint(Plan(sheets=(SheetPlan("Documents", tables=(TableBlock(1, columns),), freeze=(2, 1), heights=heights, page=Page(repeat_rows=(1, 1))),)))
        host.save(path)
        return path.read_bytes()
