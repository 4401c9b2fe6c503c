"""The whole month on clients that nobody has seen: every figure of the report equals an independent, plain calculation.

`bench/unseen.py` runs the same over any number of seeds; here stand a few that between them have every layout, shape and age of law.
"""

from pathlib import Path

import pytest

from ims_xl.faces import cli
from tests.month.plain_month import disagreements
from tests.month.unseen_client import Client, make_client


def ran(client: Client, folder: Path) -> int:
    words = ["run", "--gstin", client.gstin, "--period", f"{client.period[0]}-{client.period[1]:02d}", "--ims", str(client.ims), "--register", str(client.register), "--as-of", str(client.as_of)]
    words += ["--gstr2b", str(client.gstr2b)] if client.gstr2b else []
    return cli.main([*words, *(["--quarterly"] if client.quarterly else []), "-o", str(folder / "out.xlsx"), "--json", str(folder / "report.json"), "--quiet"])


@pytest.mark.parametrize("seed", [4, 12, 22, 23, 29])
def test_a_month_that_nobody_has_seen_is_the_same_by_a_plain_calculation(seed, tmp_path):
    client = make_client(seed, tmp_path, 60)
    assert ran(client, tmp_path) == 0
    assert disagreements(client, tmp_path / "out.xlsx", tmp_path / "report.json") == []
