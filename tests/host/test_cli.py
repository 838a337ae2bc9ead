"""The frame of the command line: table, help, exit codes, one sentence, whole files."""

import importlib
import re
import subprocess
import sys

import click
import pytest

from host_tools import cli, cmd_sim
from host_tools.failure import Failure, did_you_mean
from host_tools.output import whole_file
from tests.program import assert_refused, callclip

TABLES = {(): cli.COMMANDS, ("sim",): cmd_sim.COMMANDS}
ROWS = [(path, name) for path, table in TABLES.items() for name in table]


@pytest.mark.parametrize(("path", "name"), ROWS, ids=lambda value: "-".join(value) or "root")
def test_each_row_of_the_table_is_a_command_with_help(path, name):
    module = importlib.import_module(TABLES[path][name][0])
    assert isinstance(module.command, click.Command)
    outcome = callclip(*path, name, "--help")
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: callclip {' '.join([*path, name])}")
    assert "--help" in outcome.out


def test_help_lists_every_command_and_imports_none_of_them():
    outcome = callclip("--help")
    assert outcome.exit_code == 0
    for name, (_module, words) in cli.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(words[:20])}", outcome.out, re.MULTILINE)
    check = (
        "import sys; from host_tools.cli import root; root.main(['--help'], standalone_mode=False)"
    )
    check += "; print([m for m in sys.modules if 'cmd_' in m or m in ('numpy', 'rich')])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version():
    outcome = callclip("--version")
    assert outcome.exit_code == 0
    assert re.fullmatch(r"callclip \d+\.\d+\.\d+\n", outcome.out)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["smi"], ["unknown command 'smi'", "did you mean 'sim'?"]),
        (["sim", "rnu"], ["callclip sim", "'rnu'", "did you mean 'run'?"]),
        (["sim", "run"], ["missing argument", "callclip sim run --help"]),
        (["sim", "run", "a.wav", "b.wav"], ["b.wav", "callclip sim run --help"]),
        (["sim", "run", "a.wav", "--engine", "java"], ["'java'", "mpy", "cpython"]),
        (["--nonsense"], ["--nonsense", "callclip --help"]),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(words, parts):
    assert_refused(callclip(*words), *parts)


def test_no_command_shows_the_help_on_stderr_with_exit_code_2():
    outcome = callclip()
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert "Usage: callclip" in outcome.err


DEFECT = """
import click
from host_tools import cli
from host_tools.failure import Failure
@click.command()
def command():
    raise {error}
cli.root.table = {{}}
cli.root.add_command(command, "sim")
cli.LazyGroup.get_command = click.Group.get_command
cli.root.table = {{"sim": None}}
cli.main({words})
"""


@pytest.mark.parametrize(
    ("error", "exit_code", "sentence", "detail"),
    [
        ("Failure('a.wav: no', 4, 'the detail')", 4, "callclip: a.wav: no", "the detail"),
        ("ZeroDivisionError('by 0')", 1, "callclip: unexpected Zero", "Traceback"),
        ("OSError(28, 'No space', 'x')", 2, "callclip: x: no space", "Traceback"),
        ("KeyboardInterrupt()", 130, "callclip: stopped", ""),
    ],
)  # fmt: skip
def test_a_failure_is_one_sentence_and_its_details_show_with_debug(
    error, exit_code, sentence, detail
):
    for words in (["sim"], ["--debug", "sim"]):
        script = DEFECT.format(error=error, words=words)
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        assert done.returncode == exit_code
        lines = done.stderr.strip().splitlines()
        assert lines[-1].startswith(sentence)
        if words[0] == "--debug":
            assert detail in done.stderr
        else:
            assert len(lines) == 1


@pytest.mark.parametrize("words", ["--help", "configure --template"])
def test_a_full_stdout_is_told(words):
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m host_tools.cli {words} > /dev/full"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("callclip: standard output: no space left on device")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_did_you_mean():
    assert did_you_mean("pul", ["pull", "flash"]) == "; did you mean 'pull'?"
    assert did_you_mean("zzz", ["pull", "flash"]) == "; there are: pull, flash"


def test_whole_file_appears_at_the_end_only(tmp_path):
    target = tmp_path / "out.txt"
    with whole_file(target) as file:
        file.write("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]


def test_whole_file_keeps_the_old_file_when_it_fails(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")
    target.chmod(0o640)
    with pytest.raises(KeyboardInterrupt), whole_file(target) as file:
        file.write("new")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]
    with whole_file(target) as file:
        file.write("new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_whole_file_follows_a_symbolic_link(tmp_path):
    real = tmp_path / "real.txt"
    real.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    with whole_file(link, "wb") as file:
        file.write(b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_whole_file_names_the_place_that_cannot_be_written(tmp_path):
    target = tmp_path / "none" / "out.txt"
    with pytest.raises(Failure) as caught, whole_file(target):
        pass
    assert str(target) in caught.value.sentence
    assert caught.value.exit_code == 2
