"""Every writing command killed (SIGKILL) at random moments: the book is the old one or the new one, whole, and the next run works.

    python -m bench.kills [--n 200] [--seed 1] [--documents 40]

Each kill works on a fresh copy of one client's folder, in a forked process of its own; half of the moments lie in the last third of the command, where it
writes. Afterwards every file in the folder that was there before must be whole (workbooks opened, JSON parsed) and the command, run again, must do its
work and leave no litter. Runs on Linux and macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
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
COMMANDS: dict[str, list[str]] = {
    "new": ["new", "fresh.xlsx", "--gstin", "27AAKCB4321Q1ZA", "--period", "2026-10", "--force"],
    "run": ["run", "--gstin", "27AAKCB4321Q1ZA", "--period", "2026-10", "--ims", "ims.json", "--register", "register.xlsx", "--gstr2b", "2b.json", "-o", "out.xlsx", "--json", "report.json", "--as-of", AS_OF, "--force"],
    "pull": ["pull", "book.xlsx", "--gstr2b", "2b.json", "--as-of", AS_OF],
    "reconcile": ["reconcile", "book.xlsx", "--as-of", "2026-11-13", "--json", "report.json"],
    "export": ["export", "book.xlsx", "-o", "upload.json", "--force"],
    "errors": ["errors", "book.xlsx", "errors.json"],
    "fill-offline-tool": ["fill-offline-tool", "tool.xlsm", "book.xlsx", "-o", "filled.xlsm", "--force"],
    "rollover": ["rollover", "book.xlsx", "-o", "next.xlsx", "--force", "--as-of", AS_OF],
    "sign": ["sign", "book.xlsx", "--as", "reviewer", "--name", "R. Iyer"],
    "restore": ["restore", "book.xlsx"],
    "letters": ["letters", "book.xlsx", "-o", "letters", "--as-of", AS_OF],
    "batch": ["batch", "firm", "--workers", "2", "--as-of", AS_OF],
    "print": ["print", "book.xlsx", "-o", "paper.pdf", "--force"],
}


def prepare(folder: Path, documents: int) -> None:
    """One client with a book that has an earlier version, an error report and a tool."""
    client = write_sample(folder / "firm" / "Balaji", documents=documents)
    write_sample(folder / "firm" / "Kaveri", documents=documents, seed=3, gstin="29AAKCB4321Q1Z6")
    for source, name in ((client.ims, "ims.json"), (client.gstr2b, "2b.json"), (client.register, "register.xlsx")):
        shutil.copy(source, folder / name)
    os.chdir(folder)
    assert done(["run", "--gstin", client.gstin, "--period", "2026-10", "--ims", "ims.json", "--register", "register.xlsx", "-o", "book.xlsx", "--as-of", "2026-11-10"]) == 0
    assert done(["reconcile", "book.xlsx", "--as-of", AS_OF]) == 0
    ledger = read_ims(client.ims).ledger
    tool_workbook(ledger.assign(place_of_supply="27"), folder / "tool.xlsm")
    rows = json.loads((folder / "ims.json").read_text("utf-8"))["imsDetails"]
    section = next(name for name in rows if name in section_aliases() or name == "b2b")
    wrong = dict(rows[section][0], error_msg="IMSSAV0010 previous action is incorrect")
    (folder / "errors.json").write_text(json.dumps({"rtin": client.gstin, "imsDetailsErr": {section: [wrong]}}))


def done(words: list[str]) -> int:
    return cli.main([*words, "--quiet"])


def started(words: list[str]) -> int:
    """The command in a forked process group of its own; its number."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        os._exit(done(words))
    return child


def whole(folder: Path) -> list[str]:
    """Names of files that are damaged."""
    damaged = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.endswith(".tmp") and not path.name.startswith("~"):
            try:
                if path.suffix in (".xlsx", ".xlsm"):
                    with zipfile.ZipFile(path) as archive:
                        assert archive.testzip() is None
                    assert openpyxl.load_workbook(path, read_only=True).sheetnames
                    if path.name == "book.xlsx":
                        books.open_state(path)
                elif path.suffix == ".json":
                    json.loads(path.read_text("utf-8"))
            except Exception as wrong:  # noqa: BLE001 - any trouble is damage
                damaged.append(f"{path.relative_to(folder)} ({type(wrong).__name__}: {wrong})")
    return damaged


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
        prepare(Path(base), told.documents)
        lasts: dict[str, float] = {}
        counts: Counter[str] = Counter()
        for number in range(told.n):
            name = names[number % len(names)]
            with tempfile.TemporaryDirectory() as there:
                folder = Path(there) / "client"
                shutil.copytree(base, folder)
                os.chdir(folder)
                if name not in lasts:
                    begun = time.monotonic()
                    os.waitpid(started(COMMANDS[name]), 0)
                    lasts[name] = time.monotonic() - begun
                    os.chdir(base), shutil.rmtree(folder), shutil.copytree(base, folder), os.chdir(folder)
                share = dice.uniform(0.0, 1.0) if dice.random() < 0.5 else dice.uniform(0.65, 1.1)
                child = started(COMMANDS[name])
                time.sleep(share * lasts[name])
                os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                finished = os.WIFEXITED(status)
                counts["finished before" if finished else "killed"] += 1
                trouble = whole(folder)
                if not trouble:
                    _, status = os.waitpid(again := started(COMMANDS[name]), 0)
                    code = os.waitstatus_to_exitcode(status)
                    fine = {0, 2} if name in ("sign", "restore") and finished else {0}   # signed already; nothing earlier to restore
                    if code not in fine and not (name == "sign" and code == 2):
                        trouble = [f"run again: exit {code} (process {again})"]
                    trouble += whole(folder)
                    litter = [p for p in folder.rglob("*") if p.name.endswith(".tmp") or (p.parent == folder and p.name not in OURS)]
                    trouble += [f"litter {p.relative_to(folder)}" for p in litter]
                os.chdir(base)
                if trouble:
                    counts["damaged"] += 1
                    print(f"--- {number}: {name} killed at {share:.2f}: {'; '.join(trouble)}", flush=True)
            if number % 20 == 19:
                print(f"{number + 1}: {dict(counts)}", flush=True)
    print(f"{told.n} kills, seed {told.seed}: {dict(counts)}")
    return 1 if counts["damaged"] else 0


if __name__ == "__main__":
    sys.exit(main())
