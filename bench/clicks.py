"""How long a click of the ribbon takes to start: `python bench/clicks.py [RUNS]` prints, per button, the least of RUNS in seconds.

The command behind a button is a fresh process. "start" is that process from nothing to its function with Excel's side loaded, when the
status bar speaks; "work" has also loaded what the button's job needs (pandas, the engine). CPU is user and system time of the process;
wall-clock depends on what else the machine does.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from ims_xl.addin.buttons import GROUPS

START = "from ims_xl.faces.cli import group; group.get_command(None, 'ribbon'); from ims_xl.faces import ribbon; ribbon.function_of({tag!r}); from ims_xl.hosts.excel import excel_side; excel_side()"
ENGINE = "import ims_xl.book, ims_xl.reconcile, ims_xl.hosts.excel_writing"
WORK = {
    "import-ims": f"{ENGINE}, ims_xl.month", "import-register": f"{ENGINE}, ims_xl.month", "import-2b": f"{ENGINE}, ims_xl.month", "reimport": f"{ENGINE}, ims_xl.month",
    "open-client": ENGINE, "period": "import ims_xl.book", "mapping": "import ims_xl.book", "roll-forward": f"{ENGINE}, ims_xl.closing",
    **dict.fromkeys(("match", "link", "unlink", "suggest", "accept", "reject", "pending", "no-action", "reset"), ENGINE),
    **dict.fromkeys(("validate", "upload-file"), f"{ENGINE}, ims_xl.writers.upload"), "read-errors": f"{ENGINE}, ims_xl.readers.portal_errors", "letters": f"{ENGINE}, ims_xl.letters",
    "sign-off": "import ims_xl.signing, ims_xl.closing", "print-set": "import ims_xl.printing", "snapshot": "import ims_xl.hosts.safe_files", "restore": "import ims_xl.hosts.safe_files",
}


def least(command: list[str], runs: int) -> tuple[float, float]:
    """CPU and wall-clock of a fresh Python, the least of the runs."""
    took = []
    for _ in range(runs):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start))
    return min(cpu for cpu, _ in took), min(wall for _, wall in took)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    alone = least(["-c", "pass"], runs)
    print(f"{'':22}  start: CPU  wall   work: CPU  wall")
    print(f"{'(Python alone)':22} {alone[0]:10.2f} {alone[1]:5.2f}")
    for group in GROUPS:
        for button in group.buttons:
            start = least(["-c", START.format(tag=button.tag)], runs)
            work = least(["-c", f"{START.format(tag=button.tag)}; {WORK[button.tag]}"], runs) if button.tag in WORK else start
            print(f"{button.label:22} {start[0]:10.2f} {start[1]:5.2f} {work[0]:11.2f} {work[1]:5.2f}", flush=True)


if __name__ == "__main__":
    main()
