"""The whole batch: who is due, run them, remember, write the firm's book. Killed half-way, the next run does only what is left."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ims_xl.batch.clients import ClientFiles, find_clients, look_into
from ims_xl.batch.pool import on_dask, on_processes, one_by_one
from ims_xl.batch.work import ClientResult, Memory
from ims_xl.vocabulary import ImsXlError


@dataclass(frozen=True)
class Night:
    """How to run: every field has the meaning of the option of the same name."""

    root: Path
    period: str = ""
    as_of: date = date.min
    workers: int = 0
    scheduler: str = ""
    only: tuple[str, ...] = ()
    retry_failed: bool = False
    seconds: float = 1800.0
    megabytes: int = 0


def due(night: Night) -> tuple[list[ClientFiles], list[ClientResult]]:
    """Who is to be run now, and the results that stand from before: done and unchanged, or (with retry_failed) not failed last time."""
    memory = Memory(night.root, night.period)
    run: list[ClientFiles] = []
    stand: list[ClientResult] = []
    for folder in find_clients(night.root, night.only):
        files = look_into(folder, night.period)
        before = memory.before(folder.name)
        unchanged = before is not None and before.inputs == files.inputs and files.inputs != "" and Path(before.book).is_file()
        if before is not None and unchanged and before.status in ("done", "skipped"):
            stand.append(replace(before, status="skipped", message="unchanged since it was done"))
        elif night.retry_failed and (before is None or before.status != "failed"):
            continue
        else:
            run.append(files)
    return run, stand


def run_night(night: Night, told: Callable[[ClientResult, int, int], None] = lambda result, done, of: None) -> list[ClientResult]:
    """Every due client's result and those that stand, in the order of the folders; each is remembered the moment it is there."""
    clients, results = due(night)
    memory = Memory(night.root, night.period)
    for done, result in enumerate(_results(night, clients), 1):
        memory.keep(result)
        results.append(result)
        told(result, done, len(clients))
    return sorted(results, key=lambda r: r.client)


def _results(night: Night, clients: Sequence[ClientFiles]) -> Iterator[ClientResult]:
    as_of = night.as_of.isoformat()
    if not clients:
        return iter(())
    if night.scheduler:
        return on_dask(clients, as_of, night.scheduler)
    if night.workers < 0:
        raise ImsXlError(f"--workers {night.workers}: give the number of worker processes, 1 or more.")
    workers = min(night.workers or os.cpu_count() or 1, len(clients))
    if workers == 1 and not night.megabytes and night.workers == 0:
        return one_by_one(clients, as_of)
    # The largest first, so that one big client does not keep the night waiting at its end.
    heavy = sorted(clients, key=lambda c: -sum(Path(p).stat().st_size for p in (*c.ims, *c.register)))
    return on_processes(heavy, as_of, workers, night.seconds, night.megabytes)


def batch_period(results: Sequence[ClientResult], period: str) -> str:
    """The period that names the firm's book: the one asked for, or the latest among the clients."""
    return period or max((r.period for r in results if r.period), default="")
