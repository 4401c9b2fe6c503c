"""An existing Dask cluster, and one matching spread over it or over the cores of this machine.

The ledgers are read and the leftovers compared here; the work by supplier goes out in parts (`ims_xl.matching.parts`) of a few megabytes.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from ims_xl.matching.found import Found
from ims_xl.matching.parts import Part
from ims_xl.vocabulary import ImsXlError

PART_ROWS = 20_000
"""Documents a part: small enough to travel, large enough to be worth it."""


def connected(scheduler: str) -> Any:
    """A client of the cluster, to be used in a `with`."""
    try:
        from dask.distributed import Client
    except ImportError:
        raise ImsXlError("--scheduler needs Dask; install it with: pip install 'ims-xl[batch]'") from None
    client: Any = Client
    try:
        return client(scheduler, timeout=10)
    except (OSError, TimeoutError, ValueError) as wrong:
        raise ImsXlError(f"The Dask scheduler {scheduler} cannot be reached ({type(wrong).__name__}); is it running, and is the address right?") from None


@dataclass(frozen=True)
class OnCluster:
    """Parts on a Dask cluster; what the cluster loses for good is linked here."""

    scheduler: str
    rows: int = PART_ROWS

    def __call__(self, work: Callable[[Part], Found], parts: Iterable[Part]) -> Iterator[Found]:
        with connected(self.scheduler) as cluster:
            sent = [(part, cluster.submit(work, part, pure=False, retries=3)) for part in parts]
            for part, future in sent:
                try:
                    yield future.result()
                except Exception:  # noqa: BLE001 - whatever the cluster says of a lost worker, the part is at hand
                    yield work(part)


@dataclass(frozen=True)
class OnCores:
    """Parts on worker processes of this machine."""

    workers: int
    rows: int = PART_ROWS

    def __call__(self, work: Callable[[Part], Found], parts: Iterable[Part]) -> Iterator[Found]:
        with ProcessPoolExecutor(self.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            yield from pool.map(work, parts)
