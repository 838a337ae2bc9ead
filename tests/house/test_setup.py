"""Set-up: which MicroPython is taken, and what is said when something is missing."""

import fcntl
import shlex
import stat
import subprocess
import sys

import pytest

from host_tools import bootstrap
from simulator import vm
from tests.browser import chromium
from tests.house.source import ROOT


@pytest.fixture
def nothing(monkeypatch, tmp_path):
    """A computer without MicroPython, browser, apt or a build folder."""
    for name in ("MICROPYTHON", "CHROME", "DEBIAN_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(vm, "BUILD", tmp_path / "build")
    monkeypatch.setattr(chromium, "OWN", tmp_path / "build/browser")
    return tmp_path


def program(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_vm_found_counts_in_32_bits(vm_command):
    assert vm.why_unfit(vm_command) == ""


def test_a_vm_named_comes_first(vm_command, nothing, monkeypatch):
    monkeypatch.setenv("MICROPYTHON", shlex.join(vm_command))
    program(nothing / "bin", "micropython", "echo word32")
    assert vm.find() == vm_command


def test_a_vm_on_path_is_taken_if_it_proves_fit(nothing):
    path = program(nothing / "bin", "micropython", "echo word32")
    assert vm.find() == [str(path)]


@pytest.mark.parametrize(
    "text, words",
    [
        ("echo word64", "64-bit"),
        ("exit 0", "no MicroPython with viper"),
        ("echo 'SyntaxError: invalid micropython decorator' >&2; exit 1", "invalid micropython"),
    ],
)
def test_an_unfit_vm_named_is_refused_with_the_reason(text, words, nothing, monkeypatch):
    path = program(nothing, "other", text)
    monkeypatch.setenv("MICROPYTHON", str(path))
    with pytest.raises(vm.VmError, match=words) as caught:
        vm.find()
    assert str(path) in str(caught.value) and "make setup" in str(caught.value)


def test_an_unfit_vm_on_path_is_passed_over(nothing):
    program(nothing / "bin", "micropython", "echo word64")
    with pytest.raises(vm.VmError, match="make setup"):
        vm.find()


def test_a_program_named_that_is_not_there(nothing, monkeypatch):
    monkeypatch.setenv("MICROPYTHON", "/nowhere/micropython")
    with pytest.raises(vm.VmError, match="does not run"):
        vm.find()


def test_without_apt_a_fetch_says_what_to_do_and_leaves_nothing(nothing):
    (nothing / "build/vm-cut-off").mkdir(parents=True)
    with pytest.raises(vm.VmError, match="no apt.*MICROPYTHON"):
        vm.fetch()
    assert [path.name for path in (nothing / "build").iterdir()] == ["vm.lock"]


def test_a_fetch_that_fails_leaves_nothing(nothing):
    program(nothing / "bin", "apt-get", "echo 'E: no such mirror' >&2; exit 100")
    program(nothing / "bin", "dpkg", "exit 0")
    with pytest.raises(vm.VmError, match="no such mirror"):
        vm.fetch()
    assert [path.name for path in (nothing / "build").iterdir()] == ["vm.lock"]


def test_a_missing_browser_is_an_error_with_its_remedy(nothing, monkeypatch):
    with pytest.raises(chromium.BrowserError, match="make setup-dev"):
        chromium.find()
    monkeypatch.setenv("CHROME", "/nowhere/chrome")
    with pytest.raises(chromium.BrowserError, match="/nowhere/chrome"):
        chromium.find()


def test_an_old_python_hands_over_to_a_newer_one(nothing, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    program(nothing / "bin", "python3.12", f'echo "$@" > {nothing}/called; exit 7')
    assert bootstrap.main(["run"]) == 7
    assert (nothing / "called").read_text().split()[-1] == "run"


def test_an_old_python_alone_says_so(nothing, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert bootstrap.main(["run"]) == 2
    assert "Python 3.11 or later is needed and this is 3.9" in capsys.readouterr().err


def test_a_python_without_venv_says_what_to_install(nothing, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "ROOT", nothing)
    monkeypatch.setattr(bootstrap, "VENV", nothing / ".venv")
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", nothing / ".venv/bin/python")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    (nothing / "pyproject.toml").write_text("")
    assert bootstrap.main(["run"]) == 2
    assert "python3-venv" in capsys.readouterr().err
    assert not (nothing / ".venv").exists()


def test_a_second_set_up_waits_for_the_first():
    """Two at once share one set-up: the second stands still while the lock is held."""
    with (ROOT / "build/setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, str(ROOT / "host_tools/bootstrap.py"), "run"]
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run(command, timeout=1, check=False)
