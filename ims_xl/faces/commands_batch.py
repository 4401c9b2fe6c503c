"""`batch` and `doctor`: every client under a folder, and what this machine lacks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.faces.commands_month import as_of_option
from ims_xl.vocabulary import ImsXlError

if TYPE_CHECKING:
    from ims_xl.batch.night import Night
    from ims_xl.batch.work import ClientResult

FILE = click.Path(path_type=Path)
SOME_FAILED = 3


@click.command()
@click.argument("root", type=FILE)
@click.option("--period", default="", metavar="2026-10", help="Tax period (default: as each client's files say).")
@click.option("--workers", type=int, default=0, metavar="N", help="Worker processes (default: one per core).")
@click.option("--scheduler", default="", metavar="tcp://HOST:PORT", help="An existing Dask cluster that sees the same folders.")
@click.option("--json", "report", type=FILE, help="Write the report of all clients here.")
@click.option("--only", multiple=True, metavar="CLIENT", help="Only this client; may be repeated.")
@click.option("--retry-failed", is_flag=True, help="Only the clients that failed last time.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, do nothing.")
@click.option("--time-limit", type=float, default=1800.0, metavar="SECONDS", help="Longest time for one client (default: 1800).")
@click.option("--memory-limit", type=int, default=0, metavar="MB", help="Most memory for one worker (default: its fair share of the machine).")
@as_of_option
@common
def batch(
    root: Path, period: str, workers: int, scheduler: str, report: Path | None, only: tuple[str, ...], retry_failed: bool, dry_run: bool,
    time_limit: float, memory_limit: int, as_of: date,
) -> int:
    """Every client under ROOT: books made or continued, one result workbook; a failing client stops nobody else."""
    from ims_xl.batch.night import Night, batch_period, run_night, with_the_others
    from ims_xl.period import Period

    if workers and scheduler:
        raise ImsXlError("Give --workers or --scheduler, not both.")
    when = str(Period.parse(period)) if period else ""
    night = Night(root, when, as_of, workers, scheduler, only, retry_failed, time_limit, memory_limit)
    if dry_run:
        return _foretell(night)
    if report is not None and not report.absolute().parent.is_dir():
        raise ImsXlError(f"There is no folder {report.absolute().parent} to write {report.name} in.")
    results = run_night(night, _told)
    named = batch_period(results, when)
    if report is not None:
        from ims_xl.hosts.safe_files import write_bytes

        text = json.dumps({"period": named, "clients": [r.to_json() for r in results]}, indent=1, ensure_ascii=False) + "\n"
        write_bytes(report, text.encode("utf-8", "backslashreplace"))
    from ims_xl.batch.firm import firm_book

    book = root / f"firm_{named or 'all'}.xlsx"
    firm_book(with_the_others(night, results), named, as_of, book)
    failed = [r for r in results if r.status == "failed"]
    _say(f"{len(results)} client{'s' if len(results) != 1 else ''}: " + ", ".join(f"{sum(r.status == s for r in results)} {s}" for s in ("done", "skipped", "failed")) + f". Open {book}")
    return SOME_FAILED if failed else 0


def _foretell(night: Night) -> int:
    """`--dry-run`: what would be done, client by client."""
    from ims_xl.batch.night import foretold

    due, standing = foretold(night)
    for files in due:
        aside = f", left aside: {', '.join(files.left_aside)}" if files.left_aside else ""
        _say(f"{files.client}: " + (f"would fail: {files.trouble}" if files.trouble else f"would run {files.gstin} {files.period} ({len(files.ims)} IMS, {len(files.register)} register, {len(files.gstr2b)} 2B{aside})"))
    for result in standing:
        _say(f"{result.client}: would be skipped, {result.message}")
    return 0


def _told(result: ClientResult, done: int, of: int) -> None:
    _say(f"[{done}/{of}] {result.client}: {result.status}" + (f" in {result.seconds:.1f} s" if result.status == "done" else "") + (f": {result.told}" if result.told else ""))


@click.command()
@common
def doctor() -> int:
    """What is installed, what is missing, how to mend it."""
    from ims_xl.faces.doctor import examine

    findings = examine()
    for finding in findings:
        mark = {"ok": "ok  ", "warn": "note", "bad": "BAD "}[finding.grade]
        click.echo(f"{mark} {finding.what}: {finding.found}" + (f"\n       {finding.remedy}" if finding.remedy else ""))
    return 2 if any(f.grade == "bad" for f in findings) else 0


def _say(text: str) -> None:
    if not is_quiet():
        click.echo(text)
