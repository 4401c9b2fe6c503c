"""Spoiled files of every kind, thousands of them, read to the end: no traceback, no hang, no file changed.

    python -m bench.fuzz [--n 10000] [--seed 1] [--workers 2] [--seconds 10] [--keep DIR] [--case N]

Each case is read by a forked worker under a limit of address space; a worker that takes longer than the limit is killed and counted as a
hang, one that dies as a death. `--case N` runs one case in this process and shows the trace. Files of findings go to DIR. Runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import multiprocessing.connection
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from ims_xl.faces import cli
from ims_xl.vocabulary import ImsXlError
from tests.hardening.hostile import hostile
from tests.hardening.sound import AS_OF, GSTIN, read, sound_files
from tests.hardening.spoil import spoiled

ANSWERED, WHOLE = 10, 150   # one case in so many is reconciled; one in so many goes through the command line and writes a book


def case(number: int, seed: int, files: dict[str, Path]) -> tuple[str, bytes, str, bool]:
    """Kind, spoiled bytes, how it was spoiled, and whether the whole command runs on it; the hostile ones come first."""
    built = hostile(files)
    if number < len(built):
        kind, how, make = built[number]
        return kind, make(files[kind].read_bytes()), how, number % 4 == 0
    dice = random.Random(f"{seed} {number}")
    kind = dice.choice(sorted(files))
    data, how = spoiled(dice, kind, files[kind].read_bytes())
    return kind, data, how, number % WHOLE == 0


def attempt(number: int, seed: int, files: dict[str, Path]) -> tuple[str, str]:
    """What became of the case: ("read" | "refused" | "traceback" | "changed" | "warning", what to say)."""
    kind, data, how, whole = case(number, seed, files)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("client" if kind == "client.toml" else "") / kind
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        before = digests(path.parent, files)
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                if whole:
                    command(kind, path, files)
                else:
                    read(kind, path, files, number % ANSWERED == 0)
            outcome = ("read", "")
        except ImsXlError as refused:
            outcome = ("refused", str(refused))
        except BaseException as defect:  # noqa: BLE001 - whatever else comes out is what this looks for
            outcome = ("traceback", f"{kind}: {how}\n" + "".join(traceback.format_exception(defect)))
        loud = [str(w.message) for w in warned if issubclass(w.category, RuntimeWarning | FutureWarning)]
        if loud and outcome[0] != "traceback":
            outcome = ("warning", f"{kind}: {how}\n{loud[0]}")
        if any(digest != before[name] for name, digest in digests(path.parent, files).items() if name in before):
            outcome = ("changed", f"{kind}: {how}")
        if outcome[0] == "refused" and (len(outcome[1]) > 1200 or "\n" in outcome[1].strip()):
            outcome = ("warning", f"{kind}: {how}\na message of {len(outcome[1])} characters, {outcome[1].count(chr(10)) + 1} lines: {outcome[1][:200]}")
    return outcome


def command(kind: str, path: Path, files: dict[str, Path]) -> None:
    """The command that takes such a file, writing a book."""
    out = str(path.with_name("out.xlsx"))
    who = ["--gstin", GSTIN, "--period", "2026-10", "--as-of", str(AS_OF)]
    given = {"ims": files["ims.json"], "register": files["register.xlsx"], "gstr2b": files["gstr2b.json"]}
    side = {"ims": "ims", "tool": "ims", "gstr2b": "gstr2b", "register": "register", "tally": "register", "table": "register"}.get(kind.partition(".")[0])
    if kind == "book.xlsx":
        cli.main(["reconcile", str(path), "-o", out, "--as-of", str(AS_OF), "--debug", "--quiet"])
    elif side:
        words = [word for name, file in (given | {side: path}).items() for word in (f"--{name}", str(file))]
        cli.main(["run", *who, *words, "-o", out, "--debug", "--quiet"])
    else:
        read(kind, path, files)


def digests(folder: Path, files: dict[str, Path]) -> dict[str, str]:
    """What must not change: everything in the case's folder but what the command was told to write, and the sound files."""
    found = [p for p in folder.rglob("*") if p.is_file() and p.name not in ("out.xlsx", "matches.csv")] + list(files.values())
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def work(pipe: Any, seed: int, files: dict[str, Path], megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1), os.dup2(sink, 2)
    while (number := pipe.recv()) is not None:
        begun = time.process_time()
        outcome = attempt(number, seed, files)
        pipe.send((number, *outcome, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10))


def cpu_of(pid: int) -> float:
    """CPU seconds of a worker so far: others may use this machine too."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return time.monotonic()


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--n", type=int, default=10_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--workers", type=int, default=2)
    ask.add_argument("--seconds", type=float, default=10.0)
    ask.add_argument("--megabytes", type=int, default=6144, help="address space of a worker")
    ask.add_argument("--first", type=int, default=0)
    ask.add_argument("--case", type=int)
    ask.add_argument("--keep", type=Path)
    told = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = sound_files(Path(folder))
        if told.case is not None:
            kind, data, how, _ = case(told.case, told.seed, files)
            if told.keep:
                told.keep.mkdir(exist_ok=True), (told.keep / f"{told.case}.{kind}").write_bytes(data)
            print(kind, how, *attempt(told.case, told.seed, files), sep="\n")
            return 0
        return run(told, files)


def run(told: Any, files: dict[str, Path]) -> int:
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    slowest, peak, waiting = (0.0, 0), 0, iter(range(told.first, told.first + told.n))
    fork = multiprocessing.get_context("fork")
    workers: dict[Any, list[Any]] = {}

    def start() -> None:
        mine, theirs = fork.Pipe()
        process = fork.Process(target=work, args=(theirs, told.seed, files, told.megabytes), daemon=True)
        process.start()
        theirs.close()
        workers[mine] = [process, None, 0.0]
        give(mine)

    def give(pipe: Any) -> None:
        number = next(waiting, None)
        workers[pipe][1:] = [number, cpu_of(workers[pipe][0].pid)]
        pipe.send(number)
        if number is None:
            workers.pop(pipe)[0].join()

    def note(number: int, what: str, text: str) -> None:
        counts[what] += 1
        if what in ("read", "refused"):
            return
        print(f"--- case {number}: {what}: {text}", flush=True)
        if told.keep:
            told.keep.mkdir(exist_ok=True)
            kind, data, _, _ = case(number, told.seed, files)
            (told.keep / f"{number}.{kind}").write_bytes(data)

    for _ in range(told.workers):
        start()
    while workers:
        for pipe in multiprocessing.connection.wait(list(workers), timeout=0.5):
            process, number, _ = workers[pipe]
            try:
                number, what, text, cpu, megabytes = pipe.recv()
            except (EOFError, ConnectionResetError):
                process.join()
                del workers[pipe]
                kind, _, how, _ = case(number, told.seed, files)
                note(number, "death", f"{kind}: {how} (exit {process.exitcode})")
                start()
                continue
            note(number, what, text)
            kinds[case(number, told.seed, files)[0] if what != "read" else "read"] += 1
            slowest, peak = max(slowest, (cpu, number)), max(peak, megabytes)
            give(pipe)
        for pipe, (process, number, since) in list(workers.items()):
            if cpu_of(process.pid) - since > told.seconds:
                process.kill()
                process.join()
                del workers[pipe]
                kind, _, how, _ = case(number, told.seed, files)
                note(number, "hang", f"{kind}: {how}")
                start()
        done = sum(counts.values())
        if done and done % 500 == 0:
            print(f"{done}: {dict(counts)}, slowest {slowest[0]:.1f} s CPU (case {slowest[1]}), peak {peak} MB", flush=True)
    print(f"{sum(counts.values())} cases, seed {told.seed}: {dict(counts)}; slowest {slowest[0]:.1f} s CPU (case {slowest[1]}); peak {peak} MB")
    return 1 if set(counts) - {"read", "refused"} or slowest[0] > told.seconds else 0


if __name__ == "__main__":
    if not shutil.which("true"):
        sys.exit("runs on Linux and macOS")
    sys.exit(main())
