"""UPDATE: the virtual unit restarts into a prompt that real mpremote works with, once; and
`callclip update`, which puts a new application there and leaves everything else alone."""

import json
import os
import subprocess
import sys
import termios

import pytest
from callclip.core import protocol, records

from host_tools import archive, image, keyfile, provision, romfs
from host_tools.cmd_pull import pull_log
from host_tools.cmd_update import _is_at_prompt
from host_tools.link import Client, Refused
from simulator.device import VirtualUnit
from tests.logbytes import rows_of
from tests.program import assert_refused, callclip

PATIENCE_S = 60
SITE = keyfile.KeyFile("test", "site", bytes(range(32)))


def mpremote(port, *words):
    command = [sys.executable, "-m", "mpremote", "connect", port, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def newer(tmp_path_factory):
    """The application as a later version would be, for the virtual unit's VM."""
    files = romfs.package_files()
    told = files["/callclip/__init__.py"].replace(b'VERSION = "0.1.0"', b'VERSION = "0.9.9"')
    assert told != files["/callclip/__init__.py"]
    files["/callclip/__init__.py"] = told
    path = tmp_path_factory.mktemp("rom") / "newer.romfs"
    path.write_bytes(romfs.build(image.compiled(files, "x86")))
    return path


def test_the_prompt_is_open_for_one_start_and_the_log_tells(tmp_path):
    with VirtualUnit() as unit:
        with Client(unit.port, timeout_s=60) as client:
            client.ask(protocol.UPDATE, {"is_forced": 0})
        assert _is_at_prompt(unit.port, PATIENCE_S)
        (tmp_path / "note.txt").write_text("new")
        assert mpremote(unit.port, "fs", "cp", str(tmp_path / "note.txt"), ":").returncode == 0
        assert mpremote(unit.port, "fs", "cat", ":note.txt").stdout == "new"
        failing = mpremote(unit.port, "exec", "1 / 0")
        assert failing.returncode == 1 and "ZeroDivisionError" in failing.stdout + failing.stderr
        assert mpremote(unit.port, "reset").returncode == 0
        with Client(unit.port, PATIENCE_S) as client:
            assert client.hello["boot"] == 2  # the start at the prompt counts for none
            assert client.hello["problem"] == ""
            assert not _is_at_prompt_while(client)
            pull_log(client, tmp_path / "logs")
        starts = [row["boot"] for row in unit.signals() if "boot" in row]
    assert starts == [1, 2, 3]
    (path,) = (tmp_path / "logs").rglob("*.clog")
    found = [row[0] for row in rows_of(path.read_bytes())]
    assert found.count(records.UPDATE) == 1
    assert found.index(records.UPDATE) < found.index(records.BOOT, 2)
    assert len(archive.read(tmp_path / "logs")[0].boots) == 2


def _is_at_prompt_while(client):
    """Whether what opens a prompt does so on a unit that runs."""
    client._line.write(b"\r\x03\x01\x02\x04\r\n")
    client.ask(protocol.HELLO)
    return client._deframer.n_dropped == 0 and b"REPL" in client._deframer._waiting


def test_a_unit_with_keys_opens_its_prompt_for_it_alone():
    with VirtualUnit() as unit:
        with Client(unit.port, timeout_s=60) as client:
            provision.open_unit(client, SITE)
        for role, code in (("supervisor", protocol.NOT_ALLOWED), (None, protocol.NOT_LOGGED_IN)):
            key = SITE.derived("supervisor") if role else None
            with Client(unit.port, key=key) as client, pytest.raises(Refused) as refusal:
                client.ask(protocol.UPDATE, {"is_forced": 1})
            assert refusal.value.code == code
        with Client(unit.port, timeout_s=60) as client:
            assert client.hello["boot"] == 1
        with Client(unit.port, key=SITE) as client:
            client.ask(protocol.UPDATE, {"is_forced": 0})
        assert _is_at_prompt(unit.port, PATIENCE_S)


def speed_of(port):
    """The rate that the last program has set."""
    handle = os.open(port, os.O_RDWR | os.O_NOCTTY)
    try:
        return termios.tcgetattr(handle)[5]
    finally:
        os.close(handle)


def test_a_new_application_comes_and_all_else_stays(newer, tmp_path, monkeypatch):
    policy = tmp_path / "desk.toml"
    policy.write_text("greeting_ms = 2500\n")
    with VirtualUnit() as unit:
        assert callclip("configure", policy, unit.port).exit_code == 0
        monkeypatch.setenv("CALLCLIP_BAUD", "921600")  # mpremote has to keep to it
        done = callclip("update", unit.port, "--romfs", newer, "--json", timeout_s=200)
        assert done.exit_code == 0, done.err
        assert speed_of(unit.port) == termios.B921600
        (row,) = json.loads(done.out)
        assert (row["before"], row["now"]) == ("0.1.0", "0.9.9")
        with Client(unit.port, timeout_s=60) as client:
            assert client.hello["firmware"] == "0.9.9"
            assert client.configuration()[0]["greeting_ms"] == 2500
            _result, log = pull_log(client, tmp_path / "logs")
        assert [boot.firmware for boot in log.boots] == ["0.1.0", "0.1.0", "0.9.9"]


def test_an_update_that_broke_off_is_taken_up_at_the_prompt():
    with VirtualUnit() as unit:
        with Client(unit.port, timeout_s=60) as client:
            client.ask(protocol.UPDATE, {"is_forced": 0})
        assert _is_at_prompt(unit.port, PATIENCE_S)
        # As when the cable came out after the old application was erased.
        spoil = "import vfs; d = vfs.rom_ioctl(2, 0); [d.ioctl(6, i) for i in range(64)]"
        assert mpremote(unit.port, "exec", spoil).returncode == 0
        assert mpremote(unit.port, "reset").returncode == 0
        assert _is_at_prompt(unit.port, PATIENCE_S)
        assert callclip("update", unit.port, "--timeout", 2, timeout_s=200).exit_code == 0
        with Client(unit.port, timeout_s=60) as client:
            assert client.hello["firmware"] == "0.1.0"  # its chip's own, chosen by itself


def test_an_application_for_another_chip_is_not_written(tmp_path):
    """It would not start, and the unit then take no further update."""
    path = tmp_path / "other.romfs"
    path.write_bytes(romfs.application("xtensawin"))
    with VirtualUnit() as unit:
        refused = callclip("update", unit.port, "--romfs", path, timeout_s=200)
        assert refused.exit_code == 1
        assert "chip is x86" in refused.err and "another one (xtensawin" in refused.err
        assert "nothing was written" in refused.err
        with Client(unit.port, PATIENCE_S) as client:
            assert client.hello["boot"] == 2 and client.hello["problem"] == ""


def test_what_is_no_application_is_refused_before_the_unit_is_touched(tmp_path):
    (tmp_path / "x.romfs").write_bytes(b"no")
    refused = callclip("update", "/dev/nowhere", "--romfs", tmp_path / "x.romfs")
    assert_refused(refused, "x.romfs", "no ROMFS image", "make firmware")
    missing = callclip("update", "/dev/nowhere", "--romfs", tmp_path / "y.romfs")
    assert_refused(missing, "y.romfs", "cannot be read")
