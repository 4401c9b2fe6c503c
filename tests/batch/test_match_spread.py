"""One matching spread over processes and over a Dask cluster: the result is the same, also when a worker is lost."""

import os
import threading
import time
from pathlib import Path

import pytest

from bench.other_hand import make, write
from ims_xl.batch import cluster
from ims_xl.batch.cluster import OnCluster, OnCores
from ims_xl.faces.cli import main
from ims_xl.matching import link_documents
from ims_xl.settings import Settings
from tests.matching.test_laws import read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("ledgers")
    write(make(1500, 91, 2.0), path)
    return path


@pytest.fixture(scope="module")
def alone(folder: Path) -> bytes:
    assert main(["match", str(folder / "ims.csv"), str(folder / "register.csv"), "-o", str(folder / "alone.csv"), "--quiet"]) == 0
    return (folder / "alone.csv").read_bytes()


def test_worker_processes_write_the_same_bytes(folder: Path, alone: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnCores.__init__, "__defaults__", (300,))
    assert main(["match", str(folder / "ims.csv"), str(folder / "register.csv"), "-o", str(folder / "cores.csv"), "--workers", "2", "--quiet"]) == 0
    assert (folder / "cores.csv").read_bytes() == alone


def test_a_cluster_writes_the_same_bytes_and_survives_a_lost_worker(folder: Path, alone: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("dask.distributed")
    monkeypatch.setattr(OnCluster.__init__, "__defaults__", (300,))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as two_workers:
        victim = next(iter(two_workers.workers.values())).pid

        def end_one_worker() -> None:
            time.sleep(0.3)
            os.kill(victim, 9)

        killer = threading.Thread(target=end_one_worker)
        killer.start()
        code = main(["match", str(folder / "ims.csv"), str(folder / "register.csv"), "-o", str(folder / "dask.csv"), "--scheduler", two_workers.scheduler_address, "--quiet"])
        killer.join()
    assert code == 0
    assert (folder / "dask.csv").read_bytes() == alone


class _LosesAll:
    """A cluster that answers every part with an error."""

    def __enter__(self) -> "_LosesAll":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def submit(self, *_: object, **__: object) -> "_LosesAll":
        return self

    def result(self) -> None:
        raise RuntimeError("the worker was lost")


def test_what_a_cluster_loses_is_linked_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ims, register = read(folder)
    whole = link_documents(ims, register, Settings())
    monkeypatch.setattr(cluster, "connected", lambda _: _LosesAll())
    spread = link_documents(ims, register, Settings(), spread=OnCluster("tcp://nowhere:1", 300))
    assert spread.results.equals(whole.results)
    assert (spread.ims_result == whole.ims_result).all()
    assert (spread.register_result == whole.register_result).all()


def test_an_unreachable_cluster_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("dask.distributed")
    assert main(["match", str(folder / "ims.csv"), str(folder / "register.csv"), "-o", str(folder / "none.csv"), "--scheduler", "nonsense://x"]) == 2
    assert "cannot be reached" in capsys.readouterr().err
    assert not (folder / "none.csv").exists()
