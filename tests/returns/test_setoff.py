"""Table 6.1: the worked examples, ten thousand random cases against a linear programme, and the law's order in every one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_matrix

from ims_xl.faces.cli import main
from ims_xl.returns.setoff import USES, SetOff, SetOffRequest, cash_saved, habitual, set_off
from ims_xl.vocabulary import HEADS

RUPEES = 100


def request(liability: str, credit: str, cash_only: str = "0 0 0 0", rule_86b: bool = False, order: str = "statute") -> SetOffRequest:
    """Rupees of IGST, CGST, SGST and cess, separated by blanks."""
    heads = [{head: int(word.replace(",", "")) * RUPEES for head, word in zip(HEADS, text.split())} for text in (liability, credit, cash_only)]
    return SetOffRequest(*heads, rule_86b=rule_86b, order=order)


def used(result: SetOff) -> dict[str, int]:
    return {use: value // RUPEES for use, value in result.utilisation.items() if value}


def test_example_a_the_split_of_igst_credit_changes_the_cash() -> None:
    result = set_off(request("60,000 90,000 90,000 0", "120,000 75,000 40,000 0"))
    assert used(result) == {"igst_igst": 60000, "cgst_igst": 10000, "sgst_igst": 50000, "cgst_cgst": 75000, "sgst_sgst": 40000}
    assert result.total_cash == 5000 * RUPEES
    assert set(result.carry_forward.values()) == {0}
    assert cash_saved(request("60,000 90,000 90,000 0", "120,000 75,000 40,000 0")) == 45000 * RUPEES


def test_example_b_cgst_credit_pays_igst_before_sgst_credit_under_the_statute() -> None:
    result = set_off(request("150,000 40,000 40,000 0", "90,000 80,000 70,000 0"))
    assert used(result) == {"igst_igst": 90000, "cgst_cgst": 40000, "igst_cgst": 40000, "sgst_sgst": 40000, "igst_sgst": 20000}
    assert result.total_cash == 0
    assert result.carry_forward == {"igst": 0, "cgst": 0, "sgst": 10000 * RUPEES, "cess": 0}


def test_example_b_the_portal_lets_either_pay_igst_and_the_heads_come_out_equal() -> None:
    result = set_off(request("150,000 40,000 40,000 0", "90,000 80,000 70,000 0", order="portal"))
    assert result.total_cash == 0
    assert result.carry_forward == {"igst": 0, "cgst": 5000 * RUPEES, "sgst": 5000 * RUPEES, "cess": 0}


def test_example_c_reverse_charge_reversal_and_rule_86b() -> None:
    result = set_off(request("0 540,000 540,000 0", "200,000 460,000 460,000 0", "0 25,000 25,000 0", rule_86b=True))
    assert used(result) == {"cgst_igst": 100000, "sgst_igst": 100000, "cgst_cgst": 434600, "sgst_sgst": 434600}
    assert result.cash == {"igst": 0, "cgst": 30400 * RUPEES, "sgst": 30400 * RUPEES, "cess": 0}
    assert result.total_cash == 60800 * RUPEES
    assert result.carry_forward == {"igst": 0, "cgst": 25400 * RUPEES, "sgst": 25400 * RUPEES, "cess": 0}


def test_cess_stands_apart_from_the_other_heads_and_from_rule_86b() -> None:
    result = set_off(request("0 0 0 100", "500 0 0 100", rule_86b=True))
    assert result.utilisation["cess_cess"] == 100 * RUPEES
    assert result.total_cash == 0
    assert set_off(request("100 0 0 100", "500 0 0 0", rule_86b=True)).cash == {"igst": 1 * RUPEES, "cgst": 0, "sgst": 0, "cess": 100 * RUPEES}


def test_rule_86b_leaves_the_crossing_of_sgst_first_and_never_skips_a_step() -> None:
    result = set_off(request("1,000 100 100 0", "0 700 700 0", rule_86b=True))
    assert result.total_cash == 12 * RUPEES
    assert result.utilisation["igst_cgst"] == 600 * RUPEES
    assert result.utilisation["igst_sgst"] == 388 * RUPEES


def random_cases(count: int, seed: int) -> list[SetOffRequest]:
    """Amounts of every size, with many zeros and many equal heads; 86B and both orders."""
    rng = np.random.default_rng(seed)
    size = 10.0 ** rng.integers(0, 11, (count, 8))
    amounts = (rng.random((count, 8)) * size).astype(np.int64) * (rng.random((count, 8)) > 0.25)
    equal = rng.random(count) < 0.3
    amounts[equal, 2] = amounts[equal, 1]
    like = rng.random(count) < 0.3
    amounts[like, 4:] = amounts[like, :4]
    return [
        SetOffRequest(dict(zip(HEADS, row[:4].tolist())), dict(zip(HEADS, row[4:].tolist())), rule_86b=bool(i % 3 == 0), order="portal" if i % 2 else "statute")
        for i, row in enumerate(amounts)
    ]


def least_cash(cases: list[SetOffRequest]) -> np.ndarray:
    """The same question as one linear programme: as much credit used as the law lets, IGST to IGST first. Cash in paise."""
    rows = np.array([
        # igst_igst cgst_igst sgst_igst cgst_cgst igst_cgst sgst_sgst igst_sgst cess_cess
        [1, 0, 0, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1],   # liability
        [1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 1],   # credit
        [1, 1, 1, 1, 1, 1, 1, 0],                                                                                # rule 86B
    ])
    limits, bounds, scale = [], [], []
    for case in cases:
        liability, credit = [case.liability[h] for h in HEADS], [case.credit[h] for h in HEADS]
        output = sum(liability[:3])
        # Scaled to the case, so that a case of paise and one of crores are solved alike.
        by = max([*liability, *credit, 1])
        cap = output * 0.99 if case.rule_86b else 2.0 * output + 1
        limits += [value / by for value in (*liability, *credit, cap)]
        first = min(liability[0], credit[0])
        if case.rule_86b:
            first = min(first, cap)
        bounds += [(first / by, first / by)] + [(0, None)] * 7
        scale.append(by)
    answer = linprog(-np.ones(8 * len(cases)), A_ub=csr_matrix(block_diag([rows] * len(cases))), b_ub=np.array(limits), bounds=bounds, method="highs", options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
    assert answer.status == 0
    spent = answer.x.reshape(len(cases), 8).sum(axis=1) * np.array(scale)
    return np.array([sum(case.liability.values()) for case in cases]) - spent


def illegal(case: SetOffRequest, result: SetOff) -> str:
    """What is wrong with the order of use, "" where nothing is."""
    use, owed, credit = result.utilisation, case.liability, case.credit
    if min(use.values()) < 0 or min(result.cash.values()) < 0 or min(result.carry_forward.values()) < 0:
        return "a negative amount"
    paid = {"igst": ("igst_igst", "igst_cgst", "igst_sgst"), "cgst": ("cgst_igst", "cgst_cgst"), "sgst": ("sgst_igst", "sgst_sgst"), "cess": ("cess_cess",)}
    spent = {"igst": ("igst_igst", "cgst_igst", "sgst_igst"), "cgst": ("cgst_cgst", "igst_cgst"), "sgst": ("sgst_sgst", "igst_sgst"), "cess": ("cess_cess",)}
    for head in HEADS:
        if sum(use[u] for u in paid[head]) + result.cash[head] != owed[head]:
            return f"{head} liability does not add up"
        if sum(use[u] for u in spent[head]) + result.carry_forward[head] != credit[head]:
            return f"{head} credit does not add up"
    output = owed["igst"] + owed["cgst"] + owed["sgst"]
    if case.rule_86b and 100 * (sum(use.values()) - use["cess_cess"]) > 99 * output:
        return "rule 86B"
    other = use["cgst_cgst"] + use["igst_cgst"] + use["sgst_sgst"] + use["igst_sgst"]
    if use["cgst_igst"] + use["sgst_igst"] and use["igst_igst"] < min(owed["igst"], credit["igst"]):
        return "IGST credit left IGST liability unpaid"
    payable = min(credit["igst"], output)
    if other and use["igst_igst"] + use["cgst_igst"] + use["sgst_igst"] < payable:
        return "section 49A: IGST credit was not used up first"
    if use["igst_cgst"] and use["cgst_cgst"] < min(credit["cgst"], owed["cgst"] - use["cgst_igst"]):
        return "CGST credit left its own head"
    if use["igst_sgst"] and use["sgst_sgst"] < min(credit["sgst"], owed["sgst"] - use["sgst_igst"]):
        return "SGST credit left its own head"
    if case.order == "statute" and use["igst_sgst"] and result.carry_forward["cgst"]:
        return "SGST credit paid IGST while CGST credit was left"
    return ""


def test_ten_thousand_random_cases_need_the_cash_of_the_linear_programme_and_keep_the_law() -> None:
    cases = random_cases(10_000, seed=20261114)
    results = [set_off(case) for case in cases]
    assert [(c, why) for c, r in zip(cases, results) if (why := illegal(c, r))] == []
    least = np.concatenate([least_cash(cases[i:i + 1000]) for i in range(0, len(cases), 1000)])
    cash = np.array([r.total_cash for r in results])
    size = np.array([max(*c.liability.values(), *c.credit.values(), 1) for c in cases])
    # Below a paisa 86B rounds to the recipient's side of the law; beyond that only the programme's own precision.
    assert np.all(np.abs(cash - least) <= 1 + size * 1e-8)


@given(st.lists(st.integers(0, 12), min_size=6, max_size=6), st.sampled_from(["statute", "portal"]))
def test_among_the_cheapest_splits_cgst_and_sgst_credit_come_out_most_equal(six: list[int], order: str) -> None:
    owed, credit = {**dict(zip(HEADS, six[:3])), "cess": 0}, {**dict(zip(HEADS, six[3:])), "cess": 0}
    case = SetOffRequest(owed, credit, order=order)
    result = set_off(case)
    found = []
    own = min(owed["igst"], credit["igst"])
    rest = min(credit["igst"] - own, owed["cgst"] + owed["sgst"])
    for x in range(max(0, rest - owed["sgst"]), min(rest, owed["cgst"]) + 1):
        c, s = min(credit["cgst"], owed["cgst"] - x), min(credit["sgst"], owed["sgst"] - (rest - x))
        left_c, left_s = credit["cgst"] - c, credit["sgst"] - s
        cross = min(owed["igst"] - own, left_c + left_s)
        first = min(left_c, cross)
        for from_c in range(max(0, cross - left_s), first + 1) if order == "portal" else [first]:
            cash = sum(owed.values()) - own - rest - c - s - cross
            found.append((cash, abs((left_c - from_c) - (left_s - (cross - from_c)))))
    assert (result.total_cash, abs(result.carry_forward["cgst"] - result.carry_forward["sgst"])) == min(found)


@given(st.lists(st.integers(0, 10**13), min_size=8, max_size=8), st.booleans())
def test_the_best_split_never_needs_more_cash_than_the_habitual_one(eight: list[int], rule_86b: bool) -> None:
    case = SetOffRequest(dict(zip(HEADS, eight[:4])), dict(zip(HEADS, eight[4:])), rule_86b=rule_86b)
    assert set_off(case).total_cash <= habitual(case).total_cash
    assert illegal(case, habitual(case)) == ""


def test_the_command_prints_the_contract_s_fields_to_the_paisa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "liability.json"
    file.write_text(json.dumps({"liability": {"igst": "60000.00", "cgst": "90000", "sgst": 90000.0, "cess": 0}, "credit": {"igst": "120000.00", "cgst": "75000.01", "sgst": "40000.00", "cess": "0"}, "cash_only": {"cgst": "0.50"}}))
    assert main(["setoff", str(file)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said["utilisation"]) == set(USES)
    assert said["cash"]["sgst"] == "0.00"
    assert sum(float(v) for v in said["cash"].values()) == pytest.approx(5000.49)
    assert main(["setoff", str(file), "-o", str(tmp_path / "r.json")]) == 0
    assert json.loads((tmp_path / "r.json").read_text()) == said
    assert main(["setoff", str(file), "-o", str(tmp_path / "r.json")]) == 2
    assert main(["setoff", str(file), "-o", str(file)]) == 2


def with_igst(value: str) -> str:
    """A request that is right but for its IGST liability."""
    return f'{{"liability": {{"igst": {value}, "cgst": 0, "sgst": 0, "cess": 0}}, "credit": {{"igst": 0, "cgst": 0, "sgst": 0, "cess": 0}}}}'


@pytest.mark.parametrize(("text", "names"), [
    ("[]", "object"), ("{", "JSON"), (with_igst("1").replace('"credit"', '"credits"'), "credits"), ('{"liability": {"igst": 1}}', "credit"), (with_igst("1").replace('"igst"', '"tax"'), "tax"),
    ('{"liability": {"igst": 1, "cgst": 1, "sgst": 1}, "credit": {}}', "no 'cess'"), (with_igst("1").replace('"credit": {"igst": 0, ', '"credit": {'), "credit has no 'igst'"),
    (with_igst('"1.005"'), "two decimals"), (with_igst("-1"), "zero or more"), (with_igst('"-0.01"'), "zero or more"), (with_igst('"1e"'), "liability.igst"), (with_igst('"twelve"'), "liability.igst"),
    (with_igst("NaN"), "igst"), (with_igst('"NaN"'), "igst"), (with_igst("Infinity"), "igst"), (with_igst("true"), "igst"), (with_igst("null"), "igst"), (with_igst("[]"), "igst"), (with_igst('""'), "igst"),
    (with_igst("1").replace("{", '{"cash_only": {"cess": "x"}, ', 1), "cash_only.cess"), (with_igst("1").replace("{", '{"rule_86b": "no", ', 1), "rule_86b"),
    (with_igst("1").replace("{", '{"order": "best", ', 1), "order"), (with_igst("1").replace("{", '{"orders": "best", ', 1), "orders"), ('{"liability": [], "credit": {}}', "liability"),
])
def test_what_is_wrong_with_the_request_is_named_and_the_exit_code_is_two(text: str, names: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(text)
    assert main(["setoff", str(file)]) == 2
    said = capsys.readouterr().err
    assert names in said
    assert "Traceback" not in said
    assert main(["setoff", str(tmp_path / "missing.json")]) == 2
