"""Many clients at once: on worker processes of this machine (each may die or hang without harm to the others) or on a Dask cluster.

Both call the same `work_on`; results come back as they finish and are the same as one after the other.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any, TypeVar

from ims_xl.batch.alone import work_alone
from ims_xl.batch.clients import ClientFiles, ClientFolder, look_into, unread
from ims_xl.batch.cluster import connected
from ims_xl.batch.limits import fair_share, limit
from ims_xl.batch.work import ClientResult, failed, work_on

_Answer = TypeVar("_Answer")


def on_processes(clients: Sequence[ClientFolder], as_of: str, workers: int, seconds: float, megabytes: int) -> Iterator[ClientResult]:
    """Each client's month on `workers` processes; a client over its time is ended, one over its memory fails, a worker that dies fails its own client only."""
    return _each_alone(clients, work_on, (as_of,), failed, workers, seconds, megabytes)


def looked_into(clients: Sequence[ClientFolder], workers: int, seconds: float, megabytes: int) -> Iterator[ClientFiles]:
    """What stands in each client's folder, within the same limits: a file that would bring down its reader is that client's trouble."""
    return _each_alone(clients, look_into, (), unread, workers, seconds, megabytes)


def _each_alone(
    clients: Sequence[ClientFolder], task: Callable[..., _Answer], words: tuple[str, ...], lost: Callable[[ClientFolder, str], _Answer], workers: int, seconds: float, megabytes: int,
) -> Iterator[_Answer]:
    """`task(client, *words)` for every client as it comes back; `lost(client, why)` where nothing came back."""
    from pebble import ProcessExpired, ProcessPool

    context = multiprocessing.get_context("spawn")
    with _untyped(ProcessPool)(max_workers=workers, context=context, initializer=limit, initargs=(megabytes or fair_share(workers), workers)) as pool:
        running: dict[Any, ClientFolder] = {pool.schedule(task, args=(client, *words), timeout=seconds): client for client in clients}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    client = running.pop(future)
                    try:
                        yield future.result()
                    except TimeoutError:
                        yield lost(client, f"it took longer than the {seconds:g} seconds allowed for one client (--time-limit)")
                    except ProcessExpired as death:
                        yield lost(client, f"its worker process ended by itself (exit {death.exitcode}); most likely it ran out of memory")
                    except Exception as wrong:  # noqa: BLE001 - whatever comes back instead of a result is this client's failure
                        yield lost(client, f"its worker could not answer ({type(wrong).__name__})")
        finally:
            for future in running:
                future.cancel()
            pool.stop()


def on_dask(clients: Sequence[ClientFolder], as_of: str, scheduler: str, seconds: float, megabytes: int) -> Iterator[ClientResult]:
    """On an existing cluster that sees the same folders; a client whose worker is lost is run again elsewhere, at most three times."""
    with connected(scheduler) as cluster:
        from dask.distributed import as_completed

        futures = {cluster.submit(work_alone, client, as_of, seconds, megabytes, pure=False, retries=3): client for client in clients}
        for future in _untyped(as_completed)(list(futures)):
            try:
                yield future.result()
            except Exception as lost:  # noqa: BLE001 - whatever the cluster says of a lost worker is this client's result
                yield failed(futures[future], f"the cluster lost it ({type(lost).__name__})")


def _untyped(maker: Any) -> Any:
    """Libraries without type annotations, called as such."""
    return maker
