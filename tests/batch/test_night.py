"""A night over a small firm: the good clients are right, the bad ones say why, what is done is not done again, and a cluster gives the same."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import openpyxl
import pytest

from ims_xl.batch import night
from ims_xl.batch.clients import gathered, unread
from ims_xl.batch.firm import firm_book
from ims_xl.batch.night import Night, run_night
from ims_xl.batch.pool import on_dask, on_processes
from ims_xl.batch.work import Memory, failed
from ims_xl.faces import cli
from ims_xl.sample import write_sample
from ims_xl.vocabulary import ImsXlError
from tests.hardening.sound import AS_OF

GSTINS = ("27AAKCB4321Q1ZA", "29AAKCB4321Q1Z6")


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    """Two good clients, flat and by period, among what lies about in real folders; one whose download is cut short."""
    root = tmp_path_factory.mktemp("firm")
    write_sample(root / "Balaji & Söhne, Unit-2 (Pune).", documents=8, gstin=GSTINS[0])
    write_sample(root / "कावेरी" / "2026-10" / "in", documents=8, gstin=GSTINS[1], seed=2)
    write_sample(root / "Nandi", documents=8)
    balaji = root / "Balaji & Söhne, Unit-2 (Pune)."
    (balaji / "Thumbs.db").write_bytes(b"\0")
    (balaji / "~$register.xlsx").write_bytes(b"")
    (balaji / "README.txt").write_text("Call them first, then, if need be, write; ask for Mr. Rao, please.\n")
    (balaji / "client.toml").write_text('name = "Balaji"\n')
    download = next((root / "Nandi").glob("*IMS.json"))
    download.write_bytes(download.read_bytes()[:-300])
    return root


@pytest.fixture(scope="module")
def first(firm):
    answer = firm.parent / "answer.json"
    code = cli.main(["batch", str(firm), "--workers", "2", "--json", str(answer), "--as-of", str(AS_OF), "--quiet"])
    return code, json.loads(answer.read_text())


def test_the_good_clients_are_what_run_makes_of_them_and_the_bad_one_says_why(firm, first, tmp_path):
    code, answer = first
    assert code == 3 and answer["period"] == "2026-10"
    clients = {c["client"]: c for c in answer["clients"]}
    assert {name: c["status"] for name, c in clients.items()} == {"Balaji & Söhne, Unit-2 (Pune).": "done", "Nandi": "failed", "कावेरी": "done"}
    assert all(set(c) == {"client", "gstin", "status", "book", "message", "report"} for c in clients.values())
    assert "ends in the middle" in clients["Nandi"]["message"] and "README.txt" in clients["Balaji & Söhne, Unit-2 (Pune)."]["message"]
    inner, report = firm / "कावेरी" / "2026-10" / "in", tmp_path / "report.json"
    files = [word for kind, ending in (("ims", "IMS.json"), ("gstr2b", "2B.json"), ("register", ".xlsx")) for word in (f"--{kind}", str(next(inner.glob(f"*{ending}"))))]
    assert cli.main(["run", "--gstin", GSTINS[1], "--period", "2026-10", *files, "-o", str(tmp_path / "alone.xlsx"), "--json", str(report), "--as-of", str(AS_OF), "--quiet"]) == 0
    assert clients["कावेरी"]["report"] == json.loads(report.read_text())
    assert (firm / "कावेरी" / f"{GSTINS[1]}_2026-10.xlsx").is_file()


def test_the_firms_book_names_every_client_and_what_failed(firm, first):
    book = openpyxl.load_workbook(firm / "firm_2026-10.xlsx")
    assert book.sheetnames == ["Clients", "Calendar", "Run Results", "Supplier contacts", "Follow-up register", "Slow suppliers"]
    rows = list(book["Clients"].iter_rows(min_row=11, max_col=4, values_only=True))
    assert [(row[0], row[3]) for row in rows] == [("Balaji & Söhne, Unit-2 (Pune).", "done"), ("Nandi", "failed"), ("कावेरी", "done")]
    assert book["Clients"]["A11"].hyperlink.target.endswith(f"{GSTINS[0]}_2026-10.xlsx")
    assert book["Run Results"]["A7"].value == "Nandi" and "ends in the middle" in book["Run Results"]["F7"].value


def test_what_is_done_is_not_done_again_until_its_files_or_its_book_change(firm, first, monkeypatch):
    ran: list[str] = []
    monkeypatch.setattr("ims_xl.batch.night.on_processes", lambda clients, *_: ran.extend(c.client for c in clients) or iter(()))
    night = Night(firm, as_of=AS_OF)
    run_night(night)
    assert ran == ["Nandi"]                                        # failed: tried again, the others stand
    ran.clear()
    (register,) = (firm / "कावेरी" / "2026-10" / "in").glob("*.xlsx")
    sound = register.read_bytes()
    register.write_bytes(sound + b"\0")
    assert {r.client: r.status for r in run_night(Night(firm, as_of=AS_OF, retry_failed=True))}["कावेरी"] == "skipped" and ran == ["Nandi"]
    ran.clear()
    run_night(night)
    register.write_bytes(sound)
    assert sorted(ran) == ["Nandi", "कावेरी"]
    ran.clear()
    book = next((firm / "Balaji & Söhne, Unit-2 (Pune).").glob("27*_2026-10.xlsx"))
    done = book.read_bytes()
    book.write_bytes(done + b"\0")                                 # somebody worked on it
    run_night(night)
    book.write_bytes(done)
    assert sorted(ran) == ["Balaji & Söhne, Unit-2 (Pune).", "Nandi"]


def test_only_some_are_run_and_the_firms_book_still_shows_all(firm, first, capsys):
    assert cli.main(["batch", str(firm), "--only", "कावेरी", "--dry-run"]) == 0
    assert capsys.readouterr().out == "कावेरी: would be skipped, unchanged since it was done\n"
    assert cli.main(["batch", str(firm), "--only", "कावेरी", "--as-of", str(AS_OF)]) == 0
    assert "1 client: 0 done, 1 skipped, 0 failed" in capsys.readouterr().out
    assert openpyxl.load_workbook(firm / "firm_2026-10.xlsx")["Clients"]["A13"].value == "कावेरी"


def test_a_client_over_its_time_fails_alone(firm, first, tmp_path, capsys, monkeypatch):
    (result,) = on_processes([gathered(firm / "Nandi")], str(AS_OF), 1, 0.2, 0)
    assert result.status == "failed" and "longer than the 0.2 seconds" in result.message
    given = []
    monkeypatch.setattr(night, "looked_into", lambda clients, workers, seconds, megabytes: given.append((seconds, megabytes)) or (unread(client, "it took longer") for client in clients))
    assert cli.main(["batch", str(firm), "--only", "Nandi", "--dry-run", "--time-limit", "0.2", "--memory-limit", "900"]) == 0
    assert given == [(0.2, 900)]                                   # looking into files has the same limits, in the same kind of worker
    assert "Nandi: would fail: it took longer" in capsys.readouterr().out
    path = tmp_path / "firm_2026-10.xlsx"
    firm_book([result], "", AS_OF, path)                           # a night in which nobody could be run has a book too
    assert openpyxl.load_workbook(path)["Clients"]["D11"].value == "failed"


def test_a_worker_ends_with_the_process_that_started_it(tmp_path):
    (tmp_path / "lead.py").write_text("import multiprocessing, time\nfrom ims_xl.batch.limits import limit\n\n\ndef client():\n    limit(0)\n    print('at work', flush=True)\n    time.sleep(60)\n\n\nif __name__ == '__main__':\n    multiprocessing.get_context('spawn').Process(target=client).start()\n")
    lead = subprocess.Popen([sys.executable, str(tmp_path / "lead.py")], stdout=subprocess.PIPE)
    assert lead.stdout.readline() == b"at work\n"
    lead.kill()
    assert lead.communicate(timeout=20) == (b"", None)         # the worker held the other end of the pipe


def test_a_night_that_cannot_remember_goes_on(firm, first, monkeypatch):
    monkeypatch.setattr("ims_xl.batch.night.on_processes", lambda clients, *_: (failed(c, "x") for c in clients))
    monkeypatch.setattr("ims_xl.hosts.safe_files.write_bytes", lambda *_: (_ for _ in ()).throw(ImsXlError("the disk is full")))
    assert [r.status for r in run_night(Night(firm, as_of=AS_OF))].count("failed") >= 1


def test_the_log_and_the_memory_hold_outcomes_and_are_private(firm, first):
    log = firm / "Nandi" / ".ims-xl" / "batch.log"
    assert "failed" in log.read_text() and "27AAKCB4321Q1ZA" not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0 and Memory(firm, "").folder.stat().st_mode & 0o077 == 0


def test_a_cluster_gives_the_same_and_a_killed_worker_changes_nothing(firm, first, tmp_path):
    distributed = pytest.importorskip("distributed")
    root = tmp_path / "firm"
    for name in ("Balaji & Söhne, Unit-2 (Pune).", "कावेरी"):
        shutil.copytree(firm / name, root / name, ignore=lambda folder, names: [n for n in names if n == ".ims-xl" or n.endswith("_2026-10.xlsx")])
    clients = [gathered(folder) for folder in sorted(root.iterdir())]
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        results = on_dask(clients, str(AS_OF), cluster.scheduler_address, 120, 0)
        process = next(iter(cluster.workers.values())).pid

        def kill() -> None:
            time.sleep(1.5)
            os.kill(process, signal.SIGKILL)

        threading.Thread(target=kill).start()
        found = list(results)
    expected = {c["client"]: c["report"] for c in first[1]["clients"] if c["status"] == "done"}
    assert {r.client: json.loads(json.dumps(r.report)) for r in found} == expected
