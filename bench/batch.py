"""Forty clients overnight: the whole batch against the same clients run one by one, memory per worker, and three bad ones among them.

    python -m bench.batch [--clients 40] [--documents 250] [--workers 2] [--keep DIR]

Prints the wall and CPU seconds of `ims-xl batch`, the sum of the single `ims-xl run` commands, their ratio over min(workers, cores) (goal: at most
1.3), the peak memory of each worker (goal: under 500 MB), and whether every good client's report is the one that `run` gave it. With `--bad` one
client is corrupt, one empty and one enormous. Runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from ims_xl.gstin import check_character
from ims_xl.sample import write_sample

AS_OF = "2026-11-12"


def gstin_of(number: int) -> str:
    first = f"27AA{chr(65 + number // 26)}C{chr(65 + number % 26)}{1000 + number:04d}K1Z"
    return first + check_character(first)


def make(root: Path, clients: int, documents: int) -> list[str]:
    for number in range(clients):
        write_sample(root / f"{number:02d} Client & Söhne, Unit-{number}", seed=number, documents=documents, gstin=gstin_of(number), name=f"Client {number}")
    return sorted(folder.name for folder in root.iterdir())


def spoil(root: Path, names: list[str]) -> None:
    """One client corrupt, one without files, one with three hundred thousand documents."""
    corrupt, empty, enormous = (root / name for name in names[:3])
    ims = next(corrupt.glob("*IMS.json"))
    ims.write_bytes(ims.read_bytes()[: ims.stat().st_size // 2])
    for path in empty.iterdir():
        path.unlink()
    ims = next(enormous.glob("*IMS.json"))
    download = json.loads(ims.read_text("utf-8"))
    rows = download["imsDetails"]["b2b"]
    download["imsDetails"]["b2b"] = [dict(row, inum=f"{row['inum'][:9]}{copy:04d}") for copy in range(300_000 // len(rows)) for row in rows]
    ims.write_text(json.dumps(download), "utf-8")


def command(*words: str) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds (children too) and exit code of one `ims-xl`."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([sys.executable, "-m", "ims_xl", *words], check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.returncode


class Peaks(threading.Thread):
    """The highest resident memory of each process below this one, looked at ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak: dict[int, int] = {}
        self.going = True

    def run(self) -> None:
        while self.going:
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and int(entry.name) != os.getpid():
                    try:
                        told = dict(line.split(":", 1) for line in (entry / "status").read_text().splitlines() if ":" in line)
                        if b"multiprocessing.spawn" in (entry / "cmdline").read_bytes():
                            self.peak[int(entry.name)] = max(self.peak.get(int(entry.name), 0), int(told.get("VmHWM", "0 kB").split()[0]) >> 10)
                    except (OSError, ValueError):
                        continue
            time.sleep(0.1)


def same(report: dict[str, object], alone: dict[str, object]) -> bool:
    return {k: v for k, v in report.items() if k != "problems"} == {k: v for k, v in alone.items() if k != "problems"}


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--clients", type=int, default=40)
    ask.add_argument("--documents", type=int, default=250)
    ask.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    ask.add_argument("--bad", action="store_true")
    ask.add_argument("--memory-limit", type=int, default=0)
    ask.add_argument("--keep", type=Path)
    told = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, single = Path(folder) / "clients", Path(folder) / "single"
        root.mkdir(), single.mkdir()
        names = make(root, told.clients, told.documents)
        walls, cpus, alone = [], [], {}
        for name in names:
            files = {kind: str(next((root / name).glob(f"*{ending}"))) for kind, ending in (("ims", "IMS.json"), ("gstr2b", "GSTR2B.json"), ("register", ".xlsx"))}
            who = next((root / name).glob("*IMS.json")).name.split("_")[1]
            report = single / f"{name}.json"
            wall, cpu, code = command("run", "--gstin", who, "--period", "2026-10", "--name", name, *(w for k, f in files.items() for w in (f"--{k}", f)), "-o", str(single / f"{name}.xlsx"), "--json", str(report), "--as-of", AS_OF, "--quiet")
            assert code == 0, name
            walls.append(wall), cpus.append(cpu)
            alone[name] = json.loads(report.read_text())
        if told.bad:
            spoil(root, names)
        peaks = Peaks()
        peaks.start()
        answer = Path(folder) / "batch.json"
        limit = ["--memory-limit", str(told.memory_limit)] if told.memory_limit else []
        wall, cpu, code = command("batch", str(root), "--workers", str(told.workers), "--json", str(answer), "--as-of", AS_OF, "--quiet", *limit)
        peaks.going = False
        clients = {c["client"]: c for c in json.loads(answer.read_text())["clients"]}
        right = sum(same(c["report"], alone[name]) for name, c in clients.items() if c["status"] == "done")
        share = min(told.workers, os.cpu_count() or 1)
        print(f"single runs: {sum(walls):.1f} s wall, {sum(cpus):.1f} s CPU; batch of {len(names)} on {told.workers} workers: {wall:.1f} s wall, {cpu:.1f} s CPU, exit {code}")
        print(f"batch / (single / {share}): {wall / (sum(walls) / share):.2f} by wall, {cpu / sum(cpus):.2f} by CPU")
        print(f"done {sum(c['status'] == 'done' for c in clients.values())}, right {right}; peak of a worker {sorted(peaks.peak.values(), reverse=True)[:4]} MB")
        for c in clients.values():
            if c["status"] != "done":
                print(f"  {c['client']}: {c['status']}: {c['message']}")
        again, _, _ = command("batch", str(root), "--workers", str(told.workers), "--as-of", AS_OF, "--quiet")
        print(f"run again, nothing changed: {again:.1f} s wall")
        if told.keep:
            shutil.copytree(root, told.keep, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
