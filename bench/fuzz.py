"""Spoiled files of every kind, thousands of them, read to the end: no traceback, no hang, no file changed.

    python -m bench.fuzz [--n 10000] [--seed 1] [--workers 2] [--seconds 10] [--keep DIR] [--kind KIND] [--case N]

Each case is read by a forked worker under a limit of address space (the process that forks runs nothing itself: a fork of one that has threads may
stand still). A worker that computes longer than the limit, or stands still for a minute and a half, is killed and counted as a hang, one that dies as a death. `--case N` runs one case in this process and shows the trace. Files of findings go to DIR. Runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import multiprocessing
import multiprocessing.connection
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ims_xl import book, history, month, reconcile, signing  # noqa: F401 - loaded once, before the workers are forked
from ims_xl.faces import cli, commands_followup, commands_match, commands_month, commands_portal, commands_setoff  # noqa: F401
from ims_xl.readers import gstr2b, portal, register  # noqa: F401
from ims_xl.vocabulary import ImsXlError
from tests.hardening.hostile import hostile
from tests.hardening.sound import AS_OF, GSTIN, read, sound_files
from tests.hardening.spoil import spoiled

ANSWERED, WHOLE = 10, 40   # one case in so many is reconciled; one in so many goes through the command line and writes a book


STILL = 90.0               # seconds without any computing
ONLY: list[str] = []       # kinds; all where it is empty


def case(number: int, seed: int, files: dict[str, Path]) -> tuple[str, bytes, str, bool]:
    """Kind, spoiled bytes, how it was spoiled, and whether the whole command runs on it; the hostile ones come first."""
    built = hostile(files)
    if number < len(built):
        kind, how, make = built[number]
        return kind, make(files[kind].read_bytes()), how, number % 4 == 0
    dice = random.Random(f"{seed} {number}")
    kind = dice.choice(ONLY or sorted(files))
    data, how = spoiled(dice, kind, files[kind].read_bytes())
    return kind, data, how, number % WHOLE == 0


def attempt(number: int, seed: int, files: dict[str, Path]) -> tuple[str, str]:
    """What became of the case: ("read" | "refused" | "traceback" | "changed" | "warning" | "unsound", what to say)."""
    kind, data, how, whole = case(number, seed, files)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("client" if kind == "client.toml" else "") / kind
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        words, may_write = command(number, kind, path, files) if whole else ([], frozenset())
        before = digests(Path(folder), files)
        code = 0
        try:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                if words:
                    code = cli.main([*words, "--debug", "--quiet"])
                else:
                    read(kind, path, files, number % ANSWERED == 0)
                    may_write = frozenset(("matches.csv", *(p.name for p in files.values())) if kind.startswith(("match", "client")) else ("history.sqlite",))
            outcome = ("read", "")
        except ImsXlError as refused:
            outcome = ("refused", str(refused))
        except BaseException as defect:  # noqa: BLE001 - whatever else comes out is what this looks for
            outcome = ("traceback", f"{kind}: {how}\n" + "".join(traceback.format_exception(defect)))
        loud = [str(w.message) for w in warned if issubclass(w.category, RuntimeWarning | FutureWarning)]
        if loud and outcome[0] != "traceback":
            outcome = ("warning", f"{kind}: {how}\n{loud[0]}")
        if outcome[0] != "read" or code:
            may_write = frozenset(("history.sqlite", *((files["ims.json"].name, files["register.xlsx"].name) if kind == "client.toml" else ())))   # copies that `read` lays beside it
        after = digests(Path(folder), files)
        touched = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name) and Path(name).name not in may_write and "letters" not in may_write)
        if touched:
            outcome = ("changed", f"{kind}: {how}\n{outcome[0]}, and changed or left: {', '.join(touched)}")
        elif whole and outcome[0] == "read" and (wrong := unsound(Path(folder), kind, as_given(data))):
            outcome = ("unsound", f"{kind}: {how}\n{wrong}")
        if outcome[0] == "refused" and (len(outcome[1]) > 1200 or "\n" in outcome[1].strip()):
            outcome = ("warning", f"{kind}: {how}\na message of {len(outcome[1])} characters, {outcome[1].count(chr(10)) + 1} lines: {outcome[1][:200]}")
    return outcome


def command(number: int, kind: str, path: Path, files: dict[str, Path]) -> tuple[list[str], frozenset[str]]:
    """A command that takes such a file and writes, and the names that it may write; no words where there is none."""
    out = str(path.with_name("out.xlsx"))
    who = ["--gstin", GSTIN, "--period", "2026-10", "--as-of", str(AS_OF)]
    given = {"ims": files["ims.json"], "register": files["register.xlsx"], "gstr2b": files["gstr2b.json"]}
    side = {"ims": "ims", "tool": "ims", "gstr2b": "gstr2b", "register": "register", "tally": "register", "table": "register"}.get(kind.partition(".")[0])
    if kind in ("book.xlsx", "signed.xlsx"):
        when = ["--as-of", str(AS_OF)]
        ways = (
            (["reconcile", str(path), "-o", out, *when], {"out.xlsx"}), (["export", str(path), "-o", str(path.with_name("out.json")), "--gstr3b", str(path.with_name("3b.json"))], {"out.json", "3b.json", "out.reset.json", kind}),
            (["rollover", str(path), "-o", out, *when], {"out.xlsx"}), (["letters", str(path), "-o", str(path.with_name("letters")), *when], {"letters"}),
            (["sign", str(path), "--as", "preparer", "--name", "R. Iyer"], {kind}), (["errors", str(path), str(files["errors.json"])], {kind}),
            (["fill-offline-tool", str(files["tool.xlsm"]), str(path), "-o", str(path.with_name("out.xlsm"))], {"out.xlsm", kind}), (["pull", str(path), "--gstr2b", str(files["gstr2b.json"]), *when], {kind}),
            (["reconcile", str(path), *when, "--json", str(path.with_name("out.json"))], {kind, "out.json"}),
        )
        words, may_write = ways[number % len(ways)]
        return words, frozenset(may_write)
    if kind == "hers.xlsx":
        return ["reconcile", str(path), *who, "-o", out], frozenset(("out.xlsx",))
    if kind == "errors.json":
        book = Path(shutil.copy(files["book.xlsx"], path.with_name("copy.xlsx")))
        return ["errors", str(book), str(path)], frozenset(("copy.xlsx",))
    if kind == "tool.xlsm" and number % 2:
        return ["fill-offline-tool", str(path), str(files["book.xlsx"]), "-o", str(path.with_name("out.xlsm"))], frozenset(("out.xlsm",))
    if side:
        return ["run", *who, *(word for name, file in (given | {side: path}).items() for word in (f"--{name}", str(file))), "-o", out], frozenset(("out.xlsx",))
    return [], frozenset()


def digests(folder: Path, files: dict[str, Path]) -> dict[str, str]:
    """Everything in the case's folder but what is kept in `.ims-xl`, and the sound files."""
    found = [p for p in folder.rglob("*") if p.is_file() and ".ims-xl" not in p.parts] + list(files.values())
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def as_given(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook as the command got them; {} where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        return {}


def unsound(folder: Path, kind: str, given: dict[str, bytes]) -> str:
    """What is wrong with what a command wrote: a part that is no markup, a formula that came out of a file's text, a JSON that is none.

    What came in damaged and is none of ours goes out as it came.
    """
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".xlsx", ".xlsm") and path.name != kind and ".ims-xl" not in path.parts:   # kept versions are what was given
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    data = archive.read(name) if name.endswith((".xml", ".rels")) else b""
                    try:
                        if data and data != given.get(name):
                            expat.ParserCreate().Parse(data, True)
                    except expat.ExpatError as wrong:
                        return f"{path.name}: {name} is no markup: {wrong}"
                    if kind != "hers.xlsx" and "worksheets/" in name and (formula := re.search(rb"<f[^>]*>[^<]*(?:cmd\||\b1\+1\b|SUM\(A1\))", data)):
                        return f"{path.name}: {name} computes what a file says: {formula[0][:80]!r}"
        elif path.suffix == ".json" and path.name != kind:
            try:
                json.loads(path.read_text("utf-8"))
            except ValueError as wrong:
                return f"{path.name} is no JSON: {wrong}"
    return ""


def work(pipe: Any, seed: int, files: dict[str, Path], megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1), os.dup2(sink, 2)
    while (number := pipe.recv()) is not None:
        begun = time.process_time()
        outcome = attempt(number, seed, files)
        pipe.send((number, *outcome, time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10))


def made_elsewhere(folder: Path) -> dict[str, Path]:
    """The sound files, made by a process of its own."""
    listed = folder / "listed.json"

    def make() -> None:
        listed.write_text(json.dumps({kind: str(path) for kind, path in sound_files(folder, all_kinds=True).items()}))

    child = multiprocessing.get_context("fork").Process(target=make)
    child.start()
    child.join()
    return {kind: Path(path) for kind, path in json.loads(listed.read_text()).items()}


def cpu_of(pid: int) -> float:
    """CPU seconds of a worker so far: others may use this machine too."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return time.monotonic()


def waiting_for_its_turn(pid: int) -> bool:
    """Whether the process would run if the machine let it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    except (OSError, IndexError):
        return False


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
    ask.add_argument("--kind", action="append", default=[], help="only files of this kind; may be repeated")
    told = ask.parse_args()
    ONLY.extend(told.kind)
    with tempfile.TemporaryDirectory() as folder:
        files = made_elsewhere(Path(folder))
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
        workers[mine] = [process]
        give(mine)

    def give(pipe: Any) -> None:
        number = next(waiting, None)
        computed = cpu_of(workers[pipe][0].pid)
        workers[pipe][1:] = [number, computed, computed, time.monotonic()]
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
            process, number = workers[pipe][:2]
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
        for pipe, (process, number, since, last, moved) in list(workers.items()):
            computed = cpu_of(process.pid)
            if computed > last:
                workers[pipe][3:] = [computed, time.monotonic()]
            elif time.monotonic() - moved > STILL and not waiting_for_its_turn(process.pid):
                computed = since + told.seconds + 1
            if computed - since > told.seconds:
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
