"""Many clients at once: on worker processes of this machine (each may die or hang without harm to the others) or on a Dask cluster.

Both call the same `work_on`; results come back as they finish and are the same as one after the other.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any

from ims_xl.batch.clients import ClientFiles
from ims_xl.batch.work import ClientResult, work_on
from ims_xl.vocabulary import ImsXlError


def one_by_one(clients: Sequence[ClientFiles], as_of: str) -> Iterator[ClientResult]:
    """In this process, in order."""
    for client in clients:
        yield work_on(client, as_of)


def on_processes(clients: Sequence[ClientFiles], as_of: str, workers: int, seconds: float, megabytes: int) -> Iterator[ClientResult]:
    """On `workers` processes; a client over its time is ended, one over its memory fails, a worker that dies fails its own client only."""
    from pebble import ProcessExpired, ProcessPool

    context = multiprocessing.get_context("spawn")
    with _untyped(ProcessPool)(max_workers=workers, context=context, initializer=_limit, initargs=(megabytes,)) as pool:
        running: dict[Any, ClientFiles] = {pool.schedule(work_on, args=(client, as_of), timeout=seconds): client for client in clients}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    client = running.pop(future)
                    try:
                        yield future.result()
                    except TimeoutError:
                        yield _failed(client, f"it took longer than the {seconds:.0f} seconds allowed for one client")
                    except ProcessExpired as death:
                        yield _failed(client, f"its worker process ended by itself (exit {death.exitcode}); most likely it ran out of memory")
        finally:
            for future in running:
                future.cancel()
            pool.stop()


def on_dask(clients: Sequence[ClientFiles], as_of: str, scheduler: str) -> Iterator[ClientResult]:
    """On an existing cluster that sees the same folders; a client whose worker is lost is run again elsewhere, at most three times."""
    try:
        from dask.distributed import Client, as_completed
    except ImportError:
        raise ImsXlError("--scheduler needs Dask; install it with: pip install 'ims-xl[batch]'") from None
    try:
        cluster = _untyped(Client)(scheduler, timeout=10)
    except (OSError, TimeoutError, ValueError) as wrong:
        raise ImsXlError(f"The Dask scheduler {scheduler} cannot be reached ({type(wrong).__name__}); is it running, and is the address right?") from None
    with cluster:
        futures = {cluster.submit(work_on, client, as_of, pure=False, retries=3): client for client in clients}
        finished: Callable[..., Any] = as_completed
        for future in finished(list(futures)):
            try:
                yield future.result()
            except Exception as lost:  # noqa: BLE001 - whatever the cluster says of a lost worker is this client's result
                yield _failed(futures[future], f"the cluster lost it ({type(lost).__name__})")


def _untyped(maker: Any) -> Any:
    """Libraries without type annotations, called as such."""
    return maker


def _failed(client: ClientFiles, message: str) -> ClientResult:
    return ClientResult(client.client, client.gstin, client.period, "failed", message=message, inputs=client.inputs)


def _limit(megabytes: int) -> None:
    """No more address space than that for this worker, where the system knows such limits."""
    if megabytes and sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = megabytes << 20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
