"""A virtual unit learns a ringer over the real protocol, keeps it, and counts its rings."""

import json

import numpy as np
import pytest
import soundfile
from callclip.core import events, protocol, ringstates

from host_tools import image
from host_tools.cmd_pull import pull_log
from host_tools.link import Client, Refused
from simulator import ringer, runner
from simulator.device import VirtualUnit
from simulator.recording import open_recording
from tests.core.ringers import rings
from tests.program import callclip


@pytest.fixture(scope="module")
def wavs(tmp_path_factory):
    """A desk phone at the agent's microphone: two rings to learn, then three to count."""
    folder = tmp_path_factory.mktemp("rings")
    for name, n_rings, lead_s in (("two", 2, 8.0), ("three", 3, 2.0)):  # 8 s: time to connect in
        desk = rings("trill", n_rings, -30, lead_s=lead_s)
        noise = np.random.default_rng(7).normal(0, 3e-4, (len(desk), 2))
        stereo = noise + np.stack((desk, desk * 0.05), axis=1)
        soundfile.write(folder / f"{name}.wav", stereo, 16000, "PCM_16")
    return folder


def ask(client, action):
    return client.ask(protocol.RINGER, {"action": action})


def pulled_rings(port, folder):
    with Client(port) as client:
        _result, log = pull_log(client, folder)
    return [row.values[0] for row in log.boots[-1].events if row.code == events.RING]


def test_a_unit_learns_counts_keeps_and_forgets(wavs, tmp_path):
    flash = tmp_path / "flash.img"
    flash.write_bytes(image.build(image.firmware_files()))
    with (
        VirtualUnit(flash, wavs / "two.wav", speed=2) as unit,
        Client(unit.port, timeout_s=60) as client,
    ):
        assert ask(client, protocol.RINGER_TELL)["is_learned"] == 0
        assert ask(client, protocol.RINGER_LEARN)["learning"] == ringstates.WAIT_FIRST
        unit.wait_played(60)
        told = ask(client, protocol.RINGER_TELL)
        assert (told["learning"], told["is_learned"]) == (ringstates.LEARNED, 1)
        assert (told["channel"], told["n_bursts"]) == (0, 2)
        assert abs(told["ring_ms"] - 1250) <= 60 and abs(told["pause_ms"] - 2750) <= 60
    with VirtualUnit(flash, wavs / "three.wav") as unit:
        unit.wait_played(60)
        assert pulled_rings(unit.port, tmp_path / "logs") == [1, 2, 3]
        with Client(unit.port, timeout_s=60) as client:
            assert ask(client, protocol.RINGER_CLEAR)["is_learned"] == 0
    with VirtualUnit(flash) as unit, Client(unit.port, timeout_s=60) as client:
        assert ask(client, protocol.RINGER_TELL)["is_learned"] == 0


def test_the_simulator_learns_and_counts_the_same(wavs, tmp_path):
    template = ringer.learn(open_recording(wavs / "two.wav"))
    for engine in runner.ENGINES:
        result = runner.run(open_recording(wavs / "three.wav"), {}, engine, None, template)
        assert [v[0] for code, _at, _call, v in result.raw_events if code == events.RING] == [
            1,
            2,
            3,
        ]
    plain = runner.run(open_recording(wavs / "three.wav"))
    assert not [row for row in plain.raw_events if row[0] == events.RING]


def test_the_commands_for_a_recording(wavs, tmp_path):
    kept = tmp_path / "ringer.json"
    assert callclip("sim", "ringer", wavs / "two.wav", "--out", kept).exit_code == 0
    heard = callclip("sim", "run", wavs / "three.wav", "--ringer", kept, "--json")
    found = [json.loads(line)["event"] for line in heard.out.splitlines()]
    assert found.count("RING") == 3
    kept.write_text('{"channel": 0}')
    refused = callclip("sim", "run", wavs / "three.wav", "--ringer", kept)
    assert refused.exit_code == 2 and "no learned ringer" in refused.err
    short = callclip("sim", "ringer", wavs / "three.wav", "--out", wavs / "three.wav")
    assert short.exit_code == 2


def test_the_command_for_a_unit_shows_its_progress(wavs):
    with VirtualUnit(wav=wavs / "two.wav", speed=1) as unit:
        learned = callclip("ringer", unit.port, "--learn")
        assert learned.exit_code == 0, learned
        assert "waiting for ring 1" in learned.err and "waiting for ring 2" in learned.err
        assert "2 bursts" in learned.out and "the agent's microphone" in learned.out
        assert "ringer learned" in callclip("check", unit.port).out
        assert "no ringer learned" in callclip("ringer", unit.port, "--clear").out


def test_what_a_unit_refuses(tmp_path):
    with VirtualUnit() as unit, Client(unit.port, timeout_s=60) as client:
        with pytest.raises(Refused):
            ask(client, 9)
        ask(client, protocol.RINGER_LEARN)
        told = ask(client, protocol.RINGER_STOP)
        assert (told["learning"], told["reason"]) == (ringstates.REFUSED, ringstates.STOPPED)
