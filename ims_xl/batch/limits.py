"""What a worker process may take of this machine, and how long it may outlive whoever started it: not at all."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from typing import Final

LEAST_MEGABYTES: Final = 3072


def fair_share(workers: int) -> int:
    """Megabytes of address space that a worker may take by default, so that one enormous client does not bring down the machine; 0 = no limit."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, ValueError, OSError):
        return 0
    return max(LEAST_MEGABYTES, memory * 4 // 5 // max(workers, 1))


def limit(megabytes: int, workers: int = 1) -> None:
    """A worker ends with the process that started it, takes no more address space than that, where the system knows such limits, and one thread where workers share the cores."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Whoever kills the leading process wants the night over: the books come free at once, not after the current client.
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    if workers > 1:
        import pyarrow

        pyarrow.set_cpu_count(1)
    if megabytes and sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = megabytes << 20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
