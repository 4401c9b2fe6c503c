"""The whole batch: who is due, run them, remember, write the firm's book. Killed half-way, the next run does only what is left."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from ims_xl.batch.clients import ClientFiles, ClientFolder, find_clients, gathered
from ims_xl.batch.pool import looked_into, on_dask, on_processes
from ims_xl.batch.work import ClientResult, Memory, digest_of
from ims_xl.vocabulary import ImsXlError

UNCHANGED: Final = "unchanged since it was done"
NOT_ASKED: Final = "not asked for this time; as of its last run"


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


def due(night: Night) -> tuple[list[ClientFolder], list[ClientResult]]:
    """Who is to be run now, and the results that stand from before: done and unchanged, or (with retry_failed) not failed last time."""
    memory = Memory(night.root, night.period)
    run: list[ClientFolder] = []
    stand: list[ClientResult] = []
    for folder in find_clients(night.root, night.only):
        before = memory.before(folder.name)
        if night.retry_failed and (before is None or before.status != "failed"):
            if before is not None:
                stand.append(replace(before, status="skipped", message="did not fail last time"))
            continue
        listed = gathered(folder, night.period)
        if before is not None and _stands(before, listed):
            stand.append(replace(before, status="skipped", message=UNCHANGED))
        else:
            run.append(listed)
    return run, stand


def run_night(night: Night, told: Callable[[ClientResult, int, int], None] = lambda result, done, of: None) -> list[ClientResult]:
    """Every due client's result and those that stand, in the order of the folders; each is remembered the moment it is there."""
    clients, results = due(night)
    memory = Memory(night.root, night.period)
    for done, result in enumerate(_results(night, clients), 1):
        with suppress(ImsXlError):           # a full disk: the client is run again next time, and the others go on
            memory.keep(result)
        results.append(result)
        told(result, done, len(clients))
    return sorted(results, key=lambda r: r.client)


def foretold(night: Night) -> tuple[list[ClientFiles], list[ClientResult]]:
    """What `run_night` would do, nothing written: the files of the clients that are due, in the order of the folders, and the results that stand."""
    clients, standing = due(night)
    looked = looked_into(clients, _workers(night, clients), night.seconds, night.megabytes) if clients else ()
    return sorted(looked, key=lambda files: files.client), standing


def with_the_others(night: Night, results: Sequence[ClientResult]) -> list[ClientResult]:
    """The results and, where only some clients were asked for, what is remembered of the rest: the firm's book shows them all."""
    named = {result.client for result in results}
    memory = Memory(night.root, night.period)
    remembered = (memory.before(folder.name) for folder in find_clients(night.root) if folder.name not in named)
    others = [replace(before, status="skipped" if before.status == "done" else before.status, message=before.message or NOT_ASKED) for before in remembered if before is not None]
    return sorted([*results, *others], key=lambda r: r.client)


def _stands(before: ClientResult, listed: ClientFolder) -> bool:
    """Whether a client needs no run: done, its files the same, and nobody worked on its book since."""
    return before.status == "done" and listed.inputs != "" and before.inputs == listed.inputs and before.written != "" and digest_of(Path(listed.folder) / Path(before.book).name) == before.written


def _results(night: Night, clients: Sequence[ClientFolder]) -> Iterator[ClientResult]:
    as_of = night.as_of.isoformat()
    if not clients:
        return iter(())
    # The largest first, so that one big client does not keep the night waiting at its end.
    heavy = sorted(clients, key=lambda c: -c.size)
    if night.scheduler:
        return on_dask(heavy, as_of, night.scheduler, night.seconds, night.megabytes)
    return on_processes(heavy, as_of, _workers(night, clients), night.seconds, night.megabytes)


def _workers(night: Night, clients: Sequence[ClientFolder]) -> int:
    if night.workers < 0:
        raise ImsXlError(f"--workers {night.workers}: give the number of worker processes, 1 or more.")
    return min(night.workers or os.cpu_count() or 1, len(clients))


def batch_period(results: Sequence[ClientResult], period: str) -> str:
    """The period that names the firm's book: the one asked for, or the latest among the clients."""
    return period or max((r.period for r in results if r.period), default="")
