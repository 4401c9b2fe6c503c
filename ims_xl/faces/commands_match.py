"""`ims-xl match IMS REGISTER -o MATCHES`: the matching engine alone, on plain tables."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click

from ims_xl.faces.cli import common, is_quiet
from ims_xl.vocabulary import ImsXlError, Problem


@click.command(name="match", help="Match IMS documents with a purchase register, both plain tables (.csv or .parquet).")
@click.argument("ims", type=click.Path(path_type=Path))
@click.argument("register", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the matches go (.csv or .parquet).")
@click.option("--report", type=click.Path(path_type=Path), help="Counts by class, problems and seconds, as JSON.")
@click.option("--force", is_flag=True, help="Replace an output that exists.")
@common
def match(ims: Path, register: Path, output: Path | None, report: Path | None, force: bool) -> None:
    from ims_xl.matching import link_documents
    from ims_xl.readers import plain
    from ims_xl.settings import Settings

    began = time.perf_counter()
    if output is None:
        raise ImsXlError("say with -o where the matches shall go.")
    _check_outputs((ims, register), (output, report), force)
    ims_columns, ims_lines = plain.read_table(ims, plain.IMS_COLUMNS, plain.IMS_REQUIRED)
    register_columns, register_lines = plain.read_table(register, plain.REGISTER_COLUMNS, plain.REGISTER_REQUIRED)
    ims_ledger, ims_problems = plain.typed_ims(ims_columns, ims)
    register_ledger, register_problems = plain.typed_register(register_columns, register)
    read = time.perf_counter()
    links = link_documents(ims_ledger, register_ledger, Settings())
    linked = time.perf_counter()
    from ims_xl.matching.listing import matches_table

    plain.write_table(matches_table(links), output)
    problems = [*ims_lines, *register_lines, *ims_problems, *register_problems]
    counts = Counter(links.results["match_class"].tolist())
    seconds = {"read": round(read - began, 3), "match": round(linked - read, 3), "write": round(time.perf_counter() - linked, 3)}
    if report is not None:
        report.write_text(json.dumps(_report(len(ims_ledger), len(register_ledger), counts, int(links.results["clean"].sum()), problems, seconds), indent=1), encoding="utf-8")
    if not is_quiet():
        click.echo(f"{output}: " + ", ".join(f"{count} {name}" for name, count in counts.most_common()))
        for problem in problems[:5]:
            click.echo(f"  {problem.file}, line {problem.row}, {problem.field}: {problem.message}")
        if len(problems) > 5:
            click.echo(f"  and {len(problems) - 5} more problems; --report lists them all")


def _report(ims: int, register: int, counts: Counter[str], clean: int, problems: list[Problem], seconds: dict[str, float]) -> dict[str, Any]:
    listed = [{"file": p.file, "sheet": p.sheet, "row": p.row, "field": p.field, "message": p.message} for p in problems]
    return {"rows": {"ims": ims, "register": register, "problems": len(problems)}, "matches": dict(counts), "clean": clean, "problems": listed, "seconds": seconds}


def _check_outputs(inputs: tuple[Path, ...], outputs: tuple[Path | None, ...], force: bool) -> None:
    for output in outputs:
        if output is None:
            continue
        if any(output.resolve() == path.resolve() for path in inputs):
            raise ImsXlError(f"{output} is one of the inputs; give the output another name.")
        if output.exists() and not force:
            raise ImsXlError(f"{output} exists; give another name, or --force to replace it.")
        if not output.resolve().parent.is_dir():
            raise ImsXlError(f"{output}: there is no folder {output.parent}.")
