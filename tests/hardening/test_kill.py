"""Killed at any moment the book is the old one or the new one, whole, and the next run works and leaves no litter."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import openpyxl
import pytest

from ims_xl.faces import cli
from tests.portal_files import RECIPIENT, gstin, ims_download, many, write

KILLS = 4   # a longer run is a matter of hours, not of the gate


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill")
    write(folder / "ims.json", ims_download(*many(300)))
    lines = ["Voucher number,Supplier GSTIN,Document number,Document date,Taxable value,IGST"] + [f"V{n},{gstin(n)},A-{n},07-10-2026,1000.00,180.00" for n in range(300)]
    (folder / "register.csv").write_text("\n".join(lines))
    path = folder / "book.xlsx"
    assert cli.main(["run", "--gstin", RECIPIENT, "--period", "2026-10", "--ims", str(folder / "ims.json"), "--register", str(folder / "register.csv"), "-o", str(path), "--quiet", "--as-of", "2026-11-12"]) == 0
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not known to Windows; docs/windows-smoke-test.md has the hand test")
def test_kill_minus_nine_at_random_moments(book, tmp_path):
    copy = tmp_path / "book.xlsx"
    shutil.copy(book, copy)
    command = [sys.executable, "-m", "ims_xl", "reconcile", str(copy), "--as-of", "2026-11-12", "--quiet"]
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started
    dice = random.Random(20261112)
    for _ in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.3, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert openpyxl.load_workbook(copy, read_only=True).sheetnames[0] == "Home"
    report = tmp_path / "report.json"
    subprocess.run([*command, "--json", str(report)], check=True)
    assert json.loads(report.read_text())["rows"]["ims"] == 300
    litter = [path.name for path in tmp_path.iterdir() if path.name not in ("book.xlsx", "report.json", ".ims-xl")]
    assert litter == []
