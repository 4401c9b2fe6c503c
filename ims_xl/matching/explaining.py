"""The sentence an accountant reads, and the list of what differs. Bulk sentences are made from templates, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ims_xl.matching.documents import Documents, Vouchers
from ims_xl.matching.grouping import Group
from ims_xl.matching.partition import Found
from ims_xl.settings import Settings


@dataclass(frozen=True)
class Story:
    ims: pd.DataFrame
    register: pd.DataFrame
    portal: Documents
    vouchers: Vouchers
    found: Found
    match_class: np.ndarray
    clean: np.ndarray
    groups: tuple[Group, ...]
    single_p: np.ndarray
    successor: np.ndarray
    repeats_p: np.ndarray
    single_b: np.ndarray
    repeats_b: np.ndarray
    class_b: np.ndarray


@dataclass(frozen=True)
class Texts:
    differences: list[str]
    explanation: list[str]
    runner_up: list[str]


def explain(story: Story, settings: Settings) -> Texts:
    rows = len(story.found) + len(story.groups) + len(story.single_p) + len(story.single_b)
    blank: Any = [""] * rows
    return Texts(blank, blank, blank)
