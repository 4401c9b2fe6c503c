"""Values that readers stumble over, as text, JSON, TOML and numbers of a workbook's markup; and where a JSON tree holds its values."""

from __future__ import annotations

import json
from typing import Any

from tests.portal_files import Token

NASTY_TEXT = (
    "", " ", "\x00", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "NaN", "Infinity", "-Infinity", "1e999", "1E5", "null", "None", "#N/A", "#REF!", "\ud800", "\ufeff", "\u202egnp.exe",
    "अ" * 40, "é", "x" * 40_000, "9" * 400, "-" * 50, "0" * 16, "00-00-0000", "31-02-2026", "99-99-9999", "2026-13-45", "01-01-0001", "31-12-9999", "12/31/1899", "45678.99999", "-45000", "1" * 18,
    "922337203685477580.7", "92233720368547758.08", "-92233720368547758.09", "../../../etc/passwd", "C:\\con\\nul", "<script>", "&lt;&amp;", "]]>", "'", '"', '""', ",", ";", "|", "\r\n", "A\nB", "{{ 7*7 }}", "%s%n", "27AAKCB4321Q1ZA",
    "27AAKCB4321Q1Z", "ZZAAKCB4321Q1ZA", "13/2026", "132026", "002026", "999999", "Y", "N", "T", "0.005", "1,2,3", "1.2.3", "(100.00)", "100-", "100 Cr", "Rs. 5", "₹5", "１２３", "²", "٣",
)
NASTY_JSON = (
    *(json.dumps(t) for t in NASTY_TEXT if t != "\ud800"),
    '"\\ud800"', "null", "true", "false", "0", "-0", "-0.0", "1e999", "-1e999", "1e-999", "NaN", "Infinity", "-Infinity", "9" * 400, "1" + "0" * 5000, "0." + "3" * 300, "1e18", "-1e15", "9223372036854775808",
    "[]", "{}", "[[]]", '{"a":{}}', "[" * 40 + "]" * 40, "[" * 100_000 + "]" * 100_000, '{"a":' * 3000 + "1" + "}" * 3000, "[1,2", "{", "01", "+1", ".5", "1.", "0x10", "'x'", "undefined", "/* */ 1",
)
NUMBERS = ("-1", "0", "1", "2", "99999", "65536", "1048577", "16385", "4294967296", "9223372036854775808", "1e9", "", "x", "A0", "AAAA1", "XFD1048576", "ZZZ99999999", "A1:XFD1048576", "B2:A1", "A1", "0.5", "NaN", "s", "str", "inlineStr", "e", "b", "d", "n")


NASTY_TOML = (*(json.dumps(t) for t in NASTY_TEXT if t != "\ud800"), '"\\ud800"', '"\\U0010ffff"', "1", "-1", "1e400", "nan", "inf", "true", "9" * 400, "0x7fffffffffffffffff", "2026-10", "2026-10-01", "07:32:00", "[]", "[" * 2000 + "]" * 2000, "{}", "{a = 1}",
              "'literal'", '"""\nlines\n"""', '"', "", "?")


class Raw(Token):
    """Characters that go into a JSON text as they are."""

    def __new__(cls, text: str) -> Raw:
        made = float.__new__(cls, 0.0)
        made.text = text
        return made


def places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        held = waiting.pop()
        inner = list(held.items()) if isinstance(held, dict) else list(enumerate(held)) if isinstance(held, list) else []
        found += [(held, key) for key, _ in inner]
        waiting += [value for _, value in inner]
    return found or [([tree], 0)]
