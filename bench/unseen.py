"""Unseen clients by the dozen: `python -m bench.unseen FIRST LAST [SIZE]` runs the month for every seed and prints each disagreement with the plain calculation."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.month.plain_month import disagreements
from tests.month.test_unseen_clients import ran
from tests.month.unseen_client import make_client


def main(first: int, last: int, size: int = 90) -> int:
    wrong = 0
    for seed in range(first, last):
        folder = Path(tempfile.mkdtemp())
        client = make_client(seed, folder, size)
        said = ["the run failed"] if ran(client, folder) else disagreements(client, folder / "out.xlsx", folder / "report.json")
        if said:
            wrong += 1
            print(f"seed {seed}: {client.period}{' quarterly' if client.quarterly else ''}, {client.layout}, 2B {client.shape if client.with_2b else 'none'}", *said[:12], sep="\n    ")
        shutil.rmtree(folder)
    print(f"{last - first} clients, {wrong} with a disagreement")
    return wrong


if __name__ == "__main__":
    raise SystemExit(min(1, main(*map(int, sys.argv[1:]))))
