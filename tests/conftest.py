"""What holds for every test: laws are judged by what they find, never by how busy the machine is; what takes longest begins first."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ledger", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("ledger")
gc.set_threshold(50_000, 20, 20)     # as the command line runs

LONGEST: Final = (
    "excel/test_buttons", "batch/test_night", "followup/test_closing", "hardening/test_fuzz", "returns/test_live_tabs", "excel/test_vba", "excel/test_excel_contract", "readers/test_gstr2b_other_hand",
    "month/test_whole_month", "month/test_unseen_clients", "readers/test_gstr2b", "returns/test_master_mapping", "readers/test_register_reading", "hardening/test_kill", "hardening/test_no_network",
)
"""Files in the order in which workers take them, whole; the others follow. A long one that came last would keep one worker busy alone."""


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):      # else xdist would begin with the files of most tests
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    order = {here / f"{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
