"""Dated rules of tax with their authority: `rulebook_for(period)` turns rules/*.toml into frozen tables."""

from ims_xl.rulebook.book import Rulebook, rulebook_for
from ims_xl.rulebook.calendar import FilingWindow
from ims_xl.rulebook.facts import FACTS, HEADINGS, MEASURES, PRESENCE
from ims_xl.rulebook.rules import Measures, Rule, RuleSet
from ims_xl.rulebook.sheet import COLUMNS, rules_frame, rules_from_frame
from ims_xl.rulebook.states import State, state_code_of, states

__all__ = [
    "COLUMNS", "FACTS", "HEADINGS", "MEASURES", "PRESENCE", "FilingWindow", "Measures", "Rule", "RuleSet", "Rulebook", "State", "rulebook_for",
    "rules_frame", "rules_from_frame", "state_code_of", "states",
]
