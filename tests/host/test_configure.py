"""callclip configure, devices and check against virtual units and everything that can go wrong."""

import json
import os
import re
import threading
import tty

import numpy
import pytest
import soundfile
from callclip.core import config, protocol

from host_tools import configfile
from host_tools.link import Client
from simulator.cable import Cable
from simulator.device import UNIQUE_ID, VirtualUnit
from tests.host.desk import noise
from tests.program import assert_refused, callclip


@pytest.fixture
def unit():
    with VirtualUnit(speed=20) as unit:
        yield unit


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("# house rules\nsilent_call_ms = 6000\nlong_hold_ms = 40000\n")
    return path


@pytest.fixture
def dead_port():
    master, slave = os.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def configuration(port):
    with Client(port) as client:
        values, is_in_force = client.configuration()
        assert is_in_force
        return values


def test_a_file_becomes_the_configuration_and_is_in_force(unit, policy):
    outcome = callclip("configure", policy, unit.port, "--json")
    assert outcome.exit_code == 0, outcome
    row = json.loads(outcome.out)["units"][0]
    assert (row["unit"], row["state"]) == (UNIQUE_ID, "in force; the unit restarted")
    expected = config.Config({"silent_call_ms": 6000, "long_hold_ms": 40000}).as_dict()
    assert configuration(unit.port) == expected
    again = callclip("configure", policy, unit.port)
    assert again.exit_code == 0
    assert again.out.splitlines()[1].endswith("in force")


def test_a_key_that_is_left_out_returns_to_its_default_but_the_number_stays(unit, policy, tmp_path):
    number = tmp_path / "number.toml"
    number.write_text("unit_number = 42\nsilent_call_ms = 7000\n")
    assert callclip("configure", number, unit.port).exit_code == 0
    policy.write_text("long_hold_ms = 40000\n")
    assert callclip("configure", policy, unit.port).exit_code == 0
    held = configuration(unit.port)
    assert (held["unit_number"], held["silent_call_ms"], held["long_hold_ms"]) == (42, 5000, 40000)


def test_no_restart_waits_for_the_next_start(unit, policy):
    outcome = callclip("configure", policy, unit.port, "--no-restart")
    assert outcome.exit_code == 0
    assert outcome.out.splitlines()[1].endswith("saved; in force after the next start")
    with Client(unit.port, timeout_s=60) as client:
        values, is_in_force = client.configuration()
    assert not is_in_force
    assert values["silent_call_ms"] == 6000


def test_the_template_has_every_key_and_changes_nothing(tmp_path):
    outcome = callclip("configure", "--template")
    assert outcome.exit_code == 0
    path = tmp_path / "desk.toml"
    path.write_text(outcome.out)
    assert configfile.load(path) == {}
    path.write_text(re.sub(r"^#(?=\w)", "", outcome.out, flags=re.M))
    assert configfile.load(path) == config.Config().as_dict()


def test_check_needs_no_unit(policy):
    outcome = callclip("configure", policy, "--check", "--json")
    assert outcome.exit_code == 0
    assert json.loads(outcome.out)["keys"] == {"silent_call_ms": 6000, "long_hold_ms": 40000}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("\nsilent_call_ms = 100\n", ("line 2", "silent_call_ms", "2000", "30000")),
        ("silent_cal_ms = 5000\n", ("line 1", "silent_cal_ms", "did you mean 'silent_call_ms'")),
        ("silent_call_ms = 5000\n\nsilent_call_ms = 6000\n", ("line 3",)),
        ("silent_call_ms = 'soon'\n", ("line 1", "silent_call_ms", "whole number")),
        ("silent_call_ms = 5000.0\n", ("line 1", "silent_call_ms", "whole number")),
        ("silent_call_ms = true\n", ("line 1", "silent_call_ms", "whole number")),
        ("silent_call_ms\n", ("line 1",)),
        ("[rules]\nsilent_call_ms = 5000\n", ("line 1", "rules")),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_sent(unit, tmp_path, text, parts):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    before = configuration(unit.port)
    assert_refused(callclip("configure", path, unit.port), path, *parts)
    assert configuration(unit.port) == before


def test_many_units_a_row_each_and_the_reason_of_each_failure(unit, policy, dead_port):
    with VirtualUnit(speed=20, unique_id="02c1a55e7702") as second:
        ports = [unit.port, dead_port, second.port, "/dev/ttyNOWHERE"]
        outcome = callclip("configure", policy, *ports, "--timeout", 1.5, "--json")
        assert outcome.exit_code == 1
        rows = json.loads(outcome.out)["units"]
        assert [row["port"] for row in rows] == ports
        assert [row["is_ok"] for row in rows] == [True, False, True, False]
        assert "no answer within 1.5 s" in rows[1]["reason"]
        assert "no such port" in rows[3]["reason"]
        for port in (unit.port, second.port):
            assert configuration(port)["silent_call_ms"] == 6000
    table = callclip("configure", policy, *ports[:2], "--timeout", 0.5)
    assert table.exit_code == 1
    lines = table.out.splitlines()
    assert len(lines) == 3
    assert UNIQUE_ID in lines[1]
    assert "no answer" in lines[2]


def test_one_unit_that_does_not_answer(policy, dead_port):
    outcome = callclip("configure", policy, dead_port, "--timeout", 0.5)
    assert outcome.exit_code == 3
    assert outcome.err.startswith(f"callclip: {dead_port}: no answer within 0.5 s")
    assert outcome.out == ""


def test_a_port_named_twice(unit, policy):
    assert_refused(callclip("configure", policy, unit.port, unit.port), "twice", unit.port)


def test_one_number_is_not_given_to_two_units(unit, policy, dead_port):
    policy.write_text("unit_number = 7\n")
    assert_refused(callclip("configure", policy, unit.port, dead_port), "unit_number")


def test_through_a_noisy_cable(unit, policy):
    with Cable(unit.port, noise(5, 0.0005)) as cable:
        outcome = callclip("configure", policy, cable.port, "--timeout", 20)
    assert outcome.exit_code == 0, outcome
    assert configuration(unit.port)["silent_call_ms"] == 6000


def test_a_unit_with_another_schema_refuses_and_says_why(policy):
    """An older unit, which does not know a key: answers HELLO and CONFIG_GET, refuses the rest."""
    master, slave = os.openpty()
    tty.setraw(slave)

    def older():
        deframer = protocol.Deframer()
        while True:
            try:
                messages = deframer.feed(os.read(master, 4096))
            except OSError:
                return
            for message in messages:
                kind, number = message.mtype, message.request_id
                if kind == protocol.CONFIG_SET:
                    words = "long_hold_ms: unknown key"
                    reply = protocol.error(kind, number, protocol.CONFIG_REFUSED, words)
                elif kind == protocol.CONFIG_GET:
                    body = b"\0\x02\0" + (0xA3A6BF43).to_bytes(4, "little") + b"\1{}"
                    reply = protocol.frame(kind | protocol.ANSWER, number, body)
                else:
                    reply = protocol.frame(kind | protocol.ANSWER, number, b"\0\3abc")
                os.write(master, reply)

    threading.Thread(target=older, daemon=True).start()
    outcome = callclip("configure", policy, os.ttyname(slave), "--json")
    os.close(slave)
    assert outcome.exit_code == 1, outcome
    assert "long_hold_ms: unknown key" in json.loads(outcome.out)["units"][0]["reason"]


def test_devices_lists_what_answers_and_what_does_not(unit, dead_port):
    outcome = callclip("devices", unit.port, dead_port, "--timeout", 1, "--json")
    assert outcome.exit_code == 1
    found, silent = json.loads(outcome.out)
    assert found["hello"]["unit_id"] == UNIQUE_ID
    assert found["hello"]["firmware"]
    assert "no answer" in silent["reason"]
    table = callclip("devices", unit.port)
    assert table.exit_code == 0
    assert "clock not set" in table.out


def test_check_of_a_good_unit(unit):
    outcome = callclip("check", unit.port, "--json")
    assert outcome.exit_code == 0, outcome
    row = json.loads(outcome.out)[0]
    assert row["faults"] == []
    assert row["values"]["is_listening"] == 1
    assert -10000 < row["values"]["line_level_cdb"] < -7000  # a quiet room


def test_check_finds_a_microphone_that_gives_only_zeros(tmp_path):
    path = tmp_path / "one_side.wav"
    sound = numpy.zeros((30 * 16000, 2))
    sound[:, 0] = numpy.random.default_rng(3).normal(0, 0.01, len(sound))
    soundfile.write(path, sound, 16000, "PCM_16")
    with VirtualUnit(wav=path, speed=1) as unit:
        outcome = callclip("check", unit.port)
    assert outcome.exit_code == 1
    assert "the line's microphone is silent" in outcome.err
    assert "agent's" not in outcome.err
    assert outcome.out.splitlines()[1].endswith("did not pass")  # behind the levels; why: above


def test_check_of_a_unit_that_is_not_there(dead_port):
    assert_refused(callclip("check", dead_port, "--timeout", 0.5), "no answer", exit_code=3)


def test_devices_named_one_that_is_not_there(dead_port):
    assert_refused(callclip("devices", dead_port, "--timeout", 0.5), "no answer", exit_code=3)


@pytest.mark.parametrize("port, exit_code", [("/dev/ttyNOWHERE", 3), ("/dev/null", 2), ("/tmp", 2)])
def test_devices_does_not_send_the_reader_to_devices(port, exit_code):
    outcome = callclip("devices", port)
    assert_refused(outcome, port, exit_code=exit_code)
    assert "callclip devices" not in outcome.err


def test_a_folder_is_no_port(policy, tmp_path):
    for words in (["configure", policy], ["check"], ["devices"], ["live"]):
        assert_refused(callclip(*words, tmp_path), f"{tmp_path}: not a serial port")


def test_several_dead_ports_a_row_each_and_their_number(dead_port):
    outcome = callclip("check", dead_port, "/dev/ttyNOWHERE", "--timeout", 0.5)
    assert outcome.exit_code == 3
    assert "no answer" in outcome.out and "no such port" in outcome.out
    assert outcome.err == "callclip: 2 of 2 units did not pass\n"


def test_a_port_in_use_is_said_so(unit, policy):
    with Client(unit.port, timeout_s=60):
        outcome = callclip("configure", policy, unit.port)
    assert outcome.exit_code == 3
    assert "in use by another program" in outcome.err
