"""The command line's promises: exit codes, one sentence, no traceback, quick help."""

import errno
import subprocess
import sys

import click
import pytest

from ims_xl.faces import cli
from ims_xl.vocabulary import ImsXlError


def test_help_names_every_command_and_none_that_is_hidden(capsys):
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in cli.COMMANDS if name not in cli.HIDDEN)


def test_help_imports_no_heavy_library():
    probe = "import sys; from ims_xl.faces.cli import main; main(['--help']); heavy = {'pandas', 'numpy', 'openpyxl', 'xlwings', 'rich', 'sqlalchemy', 'dask'} & set(sys.modules); sys.exit(repr(heavy) if heavy else 0)"
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, check=False).returncode == 0


def test_every_command_can_be_imported_and_has_quiet_debug_and_help():
    context = click.Context(cli.group)
    for name in cli.COMMANDS:
        command = cli.group.get_command(context, name)
        assert isinstance(command, click.Command), name
        if isinstance(command, click.Group):
            continue
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--quiet", "--debug"} <= options, name


@pytest.mark.parametrize("words", [["nonsense"], ["reconcile"], ["reconcile", "missing.xlsx"], ["new", "a.xlsx"], ["--wrong"]])
def test_a_wrong_request_is_exit_2_with_one_message_and_no_traceback(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2
    told = capsys.readouterr()
    assert told.err.strip() and "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def boom(error):
    def command(**_):
        raise error

    return click.Command("boom", callback=command)


@pytest.mark.parametrize(("error", "code"), [(ImsXlError("file.xlsx: no such sheet"), 2), (KeyboardInterrupt(), 2), (ZeroDivisionError("x"), 1)])
def test_errors_of_the_user_are_2_and_defects_of_ours_1(error, code, monkeypatch, capsys):
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda self, ctx, name: boom(error))
    assert cli.main(["boom"]) == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "no leave to write"), (errno.EROFS, "read-only disk")])
def test_a_machine_that_refuses_to_write_is_no_defect_of_ours(number, said, tmp_path, monkeypatch, capsys):
    def refuse(*_: object) -> None:
        raise OSError(number, "said by the system", str(tmp_path / "letters"))

    monkeypatch.setattr("ims_xl.faces.doctor.examine", refuse)
    assert cli.main(["doctor"]) == 2
    told = capsys.readouterr().err
    assert said in told and "defect" not in told and told.count("\n") == 1
