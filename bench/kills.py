"""Every writing command killed (SIGKILL) at random moments: the book is the old one or the new one, whole, and the next run works.

    python -m bench.kills [--n 200] [--seed 1] [--documents 40]

Each kill works on a fresh copy of one client's folder, in a forked process of its own (the process that forks runs nothing itself: a fork of one that has
threads may stand still). Moments are shares of the command's computing time, half of them in its last third, where it writes. Afterwards every file in the folder that was there before must be whole (workbooks opened, JSON parsed) and the command, run again, must do its
work and leave no litter. Runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import math
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl

from ims_xl import book as books
from ims_xl.faces import cli
from ims_xl.portal_words import section_aliases
from ims_xl.readers.portal import read_ims
from ims_xl.sample import write_sample
from tests.writers.tool_workbook import tool_workbook

AS_OF = "2026-11-12"
OURS = {"book.xlsx", "signed.xlsx", "fresh.xlsx", "out.xlsx", "next.xlsx", "tool.xlsm", "filled.xlsm", "upload.json", "paper.pdf", "report.json", "letters", "firm", "ims.json", "2b.json", "register.xlsx", "errors.json", ".ims-xl"}
BY_OTHERS = ("batch", "print")     # processes that they start do the work
COMMANDS: dict[str, list[str]] = {
    "new": ["new", "fresh.xlsx", "--gstin", "27AAKCB4321Q1ZA", "--period", "2026-10", "--force"],
    "run": ["run", "--gstin", "27AAKCB4321Q1ZA", "--period", "2026-10", "--ims", "ims.json", "--register", "register.xlsx", "--gstr2b", "2b.json", "-o", "out.xlsx", "--json", "report.json", "--as-of", AS_OF, "--force"],
    "pull": ["pull", "book.xlsx", "--gstr2b", "2b.json", "--as-of", AS_OF],
    "reconcile": ["reconcile", "book.xlsx", "--as-of", "2026-11-13", "--json", "report.json"],
    "export": ["export", "book.xlsx", "-o", "upload.json", "--force"],
    "errors": ["errors", "book.xlsx", "errors.json"],
    "fill-offline-tool": ["fill-offline-tool", "tool.xlsm", "book.xlsx", "-o", "filled.xlsm", "--force"],
    "rollover": ["rollover", "book.xlsx", "-o", "next.xlsx", "--force", "--as-of", AS_OF],
    "sign": ["sign", "signed.xlsx", "--as", "reviewer", "--name", "R. Iyer"],
    "restore": ["restore", "book.xlsx"],
    "letters": ["letters", "book.xlsx", "-o", "letters", "--as-of", AS_OF],
    "batch": ["batch", "firm", "--workers", "2", "--as-of", AS_OF],
    "print": ["print", "book.xlsx", "-o", "paper.pdf", "--force"],
}


def prepare(folder: Path, documents: int) -> int:
    """One client with a book that has an earlier version, an error report and a tool."""
    client = write_sample(folder / "firm" / "Balaji", documents=documents)
    write_sample(folder / "firm" / "Kaveri", documents=documents, seed=3, gstin="29AAKCB4321Q1Z6")
    for source, name in ((client.ims, "ims.json"), (client.gstr2b, "2b.json"), (client.register, "register.xlsx")):
        shutil.copy(source, folder / name)
    os.chdir(folder)
    assert done(["run", "--gstin", client.gstin, "--period", "2026-10", "--ims", "ims.json", "--register", "register.xlsx", "-o", "book.xlsx", "--as-of", "2026-11-10"]) == 0
    assert done(["reconcile", "book.xlsx", "--as-of", AS_OF]) == 0
    shutil.copy("book.xlsx", "signed.xlsx")
    assert done(["sign", "signed.xlsx", "--as", "preparer", "--name", "S. Rao"]) == 0
    ledger = read_ims(client.ims).ledger
    tool_workbook(ledger.assign(place_of_supply="27"), folder / "tool.xlsm")
    rows = json.loads((folder / "ims.json").read_text("utf-8"))["imsDetails"]
    section = next(name for name in rows if name in section_aliases() or name == "b2b")
    wrong = dict(rows[section][0], error_msg="IMSSAV0010 previous action is incorrect")
    (folder / "errors.json").write_text(json.dumps({"rtin": client.gstin, "imsDetailsErr": {section: [wrong]}}))
    return 0


def done(words: list[str]) -> int:
    return cli.main([*words, "--quiet"])


def started(words: list[str]) -> int:
    """The command in a forked process group of its own; its number."""
    return forked(lambda: done(words))


def forked(work: Callable[[], int]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setpgid(0, 0)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1), os.dup2(quiet, 2)
            code = work()
        finally:
            os._exit(code)
    return child


def clock(child: int) -> float:
    """Seconds that a process has computed so far (`batch` lets others compute: there, and where nothing tells, seconds that have passed)."""
    try:
        told = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        return math.inf if told[0] == "Z" else (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return time.monotonic()


def run_through(name: str) -> float:
    """Runs a command to its end: its computing time, or how long `batch` and `print` took."""
    begun = time.monotonic()
    _, status, used = os.wait4(started(COMMANDS[name]), 0)
    assert os.waitstatus_to_exitcode(status) == 0, f"{name} does not work at all"
    return time.monotonic() - begun if name in BY_OTHERS else used.ru_utime + used.ru_stime


def wait_for(child: int, name: str, moment: float) -> None:
    until = time.monotonic() + (moment if name in BY_OTHERS else 120)
    while time.monotonic() < until and (name in BY_OTHERS or clock(child) < moment):
        time.sleep(0.004)


def damage(folder: Path, known: set[tuple[str, str]]) -> list[str]:
    """Names of files that are damaged; what was found whole once (`known`) is not opened again."""
    read, write = os.pipe()
    digests = [(path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".tmp") and not path.name.startswith("~")]
    fresh = [(path, digest) for path, digest in digests if (path.name, digest) not in known]

    def look() -> int:
        with os.fdopen(write, "w") as answer:
            json.dump([f"{path.relative_to(folder)} ({wrong})" for path, _ in fresh if (wrong := wrong_with(path))], answer)
        return 0

    child = forked(look)
    os.close(write)
    with os.fdopen(read) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    damaged: list[str] = json.loads(told) if told else ["the look at it died"]
    if not damaged:
        known |= {(path.name, digest) for path, digest in fresh}
    return damaged


def wrong_with(path: Path) -> str:
    try:
        if path.suffix in (".xlsx", ".xlsm"):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
            assert openpyxl.load_workbook(path, read_only=True).sheetnames
            if path.name in ("book.xlsx", "signed.xlsx"):
                books.open_state(path)
        elif path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
        elif path.suffix == ".sqlite":
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
                assert base.execute("pragma integrity_check").fetchone() == ("ok",)
    except Exception as wrong:  # noqa: BLE001 - any trouble is damage
        return f"{type(wrong).__name__}: {wrong}"
    return ""


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--n", type=int, default=200)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--documents", type=int, default=40)
    ask.add_argument("--only", default="")
    told = ask.parse_args()
    dice = random.Random(told.seed)
    names = [told.only] if told.only else [name for name in COMMANDS if name != "print" or shutil.which("soffice")]
    with tempfile.TemporaryDirectory() as base:
        assert os.waitpid(forked(lambda: prepare(Path(base), told.documents)), 0)[1] == 0, "the sample could not be made"
        lasts: dict[str, float] = {}
        counts: Counter[str] = Counter()
        known: set[tuple[str, str]] = set()
        for number in range(told.n):
            name = names[number % len(names)]
            with tempfile.TemporaryDirectory() as there:
                folder = Path(there) / "client"
                shutil.copytree(base, folder)
                os.chdir(folder)
                if name not in lasts:
                    lasts[name] = run_through(name)
                    os.chdir(base), shutil.rmtree(folder), shutil.copytree(base, folder), os.chdir(folder)
                share = dice.uniform(0.0, 1.0) if dice.random() < 0.5 else dice.uniform(0.65, 1.1)
                child = started(COMMANDS[name])
                wait_for(child, name, share * lasts[name])
                os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                finished = os.WIFEXITED(status)
                if name == "print":
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(child, signal.SIGKILL)   # the spreadsheet program that it had started
                counts["finished before" if finished else "killed"] += 1
                trouble = damage(folder, known)
                if not trouble:
                    _, status = os.waitpid(again := started(COMMANDS[name]), 0)
                    code = os.waitstatus_to_exitcode(status)
                    fine = {0, 2} if name in ("sign", "restore") and finished else {0}   # signed already; nothing earlier to restore
                    if code not in fine and not (name == "sign" and code == 2):
                        trouble = [f"run again: exit {code} (process {again})"]
                    trouble += damage(folder, known)
                    litter = [p for p in folder.rglob("*") if p.name.endswith(".tmp") or (p.parent == folder and p.name not in OURS)]
                    trouble += [f"litter {p.relative_to(folder)}" for p in litter]
                os.chdir(base)
                if trouble:
                    counts["damaged"] += 1
                    print(f"--- {number}: {name} killed at {share:.2f} of its computing: {'; '.join(trouble)}", flush=True)
            if number % 20 == 19:
                print(f"{number + 1}: {dict(counts)}", flush=True)
    print(f"{told.n} kills, seed {told.seed}: {dict(counts)}")
    return 1 if counts["damaged"] else 0


if __name__ == "__main__":
    sys.exit(main())
