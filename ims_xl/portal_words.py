"""The portal's own names, from `rules/portal.toml`: JSON keys, codes, state names, known error codes.

Readers and writers both take them from here, so that a key is spelt in one place. `section_form(Section.B2B_CN).number` is
"nt_num"; `place_code("27-Maharashtra")` is "27".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from ims_xl.vocabulary import Action, Section

PORTAL_WORDS: Final = "portal.toml"


@dataclass(frozen=True, slots=True)
class SectionForm:
    """How one section's records are spelt."""

    section: Section
    keys: tuple[str, ...]
    number: str
    date: str
    original_number: str = ""
    original_date: str = ""
    supply_type: bool = False
    upload: bool = False
    declaration: bool = False


@dataclass(frozen=True, slots=True)
class UploadProfile:
    """What one kind of upload file holds beside what all of them hold."""

    name: str
    keep_other_keys: bool
    drop: frozenset[str]
    prev_status: bool
    no_action: str
    reset_file: bool


@cache
def words() -> Mapping[str, Any]:
    """The whole table as read."""
    return tomllib.loads((files("ims_xl") / "rules" / PORTAL_WORDS).read_text(encoding="utf-8"))


@cache
def section_forms() -> Mapping[Section, SectionForm]:
    """Every section's spelling, in the order of the dashboard."""
    forms = {}
    for label, row in words()["section"].items():
        section = Section(label)
        forms[section] = SectionForm(section, tuple(row["keys"]), row["number"], row["date"], row.get("original_number", ""),
                                     row.get("original_date", ""), row.get("supply_type", False), row.get("upload", False), row.get("declaration", False))
    return forms


def section_form(section: Section) -> SectionForm:
    """The spelling of one section."""
    return section_forms()[section]


@cache
def section_aliases() -> Mapping[str, Section]:
    """Lower-case section name, as met in files -> section."""
    return {key: form.section for form in section_forms().values() for key in (*form.keys, form.section.value.lower(), form.section.value.lower().replace("-", " "))}


@cache
def field_keys(name: str) -> tuple[str, ...]:
    """The JSON keys that may hold one ledger column, the portal's own first."""
    return tuple(words()["fields"][name])


@cache
def action_by_code() -> Mapping[str, Action]:
    return {code: Action(label) for code, label in words()["actions"].items()}


@cache
def code_by_action() -> Mapping[str, str]:
    return {label: code for code, label in words()["actions"].items()}


@cache
def upload_profiles() -> Mapping[str, UploadProfile]:
    return {name: UploadProfile(name, row["keep_other_keys"], frozenset(row["drop"]), row["prev_status"], row["no_action"], row["reset_file"])
            for name, row in words()["profile"].items()}


@lru_cache(maxsize=4096)
def place_code(text: str) -> str:
    """The two-digit state code of `27`, `27-Maharashtra`, `Maharashtra (27)` or `Maharashtra`; "" where it is none of them."""
    spoken = _spoken(text)
    digits = re.fullmatch(r"(\d{1,2})(?:\.0+)?(?:\s*[-–:.)]?\s*\D.*)?", spoken) or re.fullmatch(r"\D+[-(:\s]\s*(\d{1,2})\)?", spoken)
    names, codes = _places()
    if digits:
        return digits[1].zfill(2) if digits[1].zfill(2) in codes else ""
    return names.get(spoken, "")


@cache
def _places() -> tuple[Mapping[str, str], frozenset[str]]:
    """Names and aliases of states.toml -> code, and the codes."""
    states = tomllib.loads((files("ims_xl") / "rules" / "states.toml").read_text(encoding="utf-8"))["state"]
    names = {_spoken(name): str(state["code"]) for state in states for name in (*state.get("aliases", ()), state["name"])}
    return names | words()["places"], frozenset(names.values())


def _spoken(text: str) -> str:
    return " ".join(text.replace("&", " and ").replace("_", " ").lower().split())


@lru_cache(maxsize=256)
def supply_type_code(text: str) -> str:
    """R, DE, SEZWP, SEZWOP or CBW for the portal's words and codes; the text itself where it is none of them."""
    return str(words()["supply_types"].get(" ".join(text.lower().split()), text))


def ims_supply_type(text: str) -> str:
    """The same as IMS writes it: SEWP and SEWOP where the GSTR-2B has SEZWP and SEZWOP."""
    code = supply_type_code(text)
    return {"SEZWP": "SEWP", "SEZWOP": "SEWOP"}.get(code, code)
