"""A virtual unit is calibrated through the command, with a 1 kHz tone at its line microphone."""

import json

import numpy as np
import pytest
import soundfile
from callclip.core import config

from host_tools.link import Client
from simulator.device import VirtualUnit
from tests.program import assert_refused, callclip

LEVEL_CDB = -2750  # of the tone, re a full-scale square wave
KNOWN_DB = 94
TONE_S = 40


@pytest.fixture(scope="module")
def wav(tmp_path_factory):
    return _tone(tmp_path_factory.mktemp("tone") / "tone.wav")


def _tone(path):
    """At the line's microphone; noise at the agent's."""
    t = np.arange(TONE_S * 16000) / 16000
    tone = np.sqrt(2) * 10 ** (LEVEL_CDB / 2000) * np.sin(2 * np.pi * 1000 * t)
    noise = np.random.default_rng(3).normal(0, 3e-4, len(t))
    soundfile.write(path, np.stack((noise, tone), axis=1), 16000, "PCM_16")
    return path


def test_a_tone_of_known_level_calibrates_the_unit(wav):
    with VirtualUnit(wav=wav, speed=2, n_repeats=5) as unit:
        told = json.loads(callclip("calibrate", unit.port, "--json").out)
        assert told["spl_offset_cdb"] == 0
        done = callclip("calibrate", unit.port, "--level", KNOWN_DB, "--no-restart")
        assert done.exit_code == 0, done.err
        assert "hears -27." in done.err
        assert "saved; in force after the next start" in done.out
        with Client(unit.port, timeout_s=60) as client:
            held, is_in_force = client.configuration()
        assert abs(held["spl_offset_cdb"] - (100 * KNOWN_DB - LEVEL_CDB)) <= 10
        assert f"0 dBFS is {held['spl_offset_cdb'] / 100:.1f} dB SPL at the ear" in done.out
        assert held["spl_offset_cdb"] + held["shock_peak_cdb"] == 10200
        assert not is_in_force
        cleared = callclip("calibrate", unit.port, "--clear", "--no-restart")
        assert "not calibrated" in cleared.out
        with Client(unit.port, timeout_s=60) as client:
            assert client.configuration() == (config.Config().as_dict(), True)


def test_a_calibration_outlives_a_new_configuration(wav, tmp_path):
    policy = tmp_path / "desk.toml"
    policy.write_text("greeting_ms = 2500\n")
    with VirtualUnit(wav=wav, speed=2, n_repeats=5) as unit:
        assert callclip("calibrate", unit.port, "--level", 94, "--no-restart").exit_code == 0
        assert callclip("configure", policy, unit.port, "--no-restart").exit_code == 0
        with Client(unit.port, timeout_s=60) as client:
            held = client.configuration()[0]
    assert held["greeting_ms"] == 2500
    assert held["spl_offset_cdb"] > 12000 and held["shock_peak_cdb"] < -1800


def test_the_microphone_at_the_mouth_is_calibrated_by_itself(tmp_path):
    samples, rate = soundfile.read(_tone(tmp_path / "tone.wav"))
    soundfile.write(tmp_path / "agent.wav", samples[:, ::-1], rate, "PCM_16")
    policy = tmp_path / "desk.toml"
    policy.write_text("agent_quiet_cdb = -3800\n")
    with VirtualUnit(wav=tmp_path / "agent.wav", speed=2, n_repeats=5) as unit:
        words = ("calibrate", unit.port, "--level", KNOWN_DB, "--agent", "--no-restart")
        done = callclip(*words)
        assert done.exit_code == 0, done.err
        assert "not calibrated at the ear" in done.out
        assert callclip("configure", policy, unit.port, "--no-restart").exit_code == 0
        with Client(unit.port, timeout_s=60) as client:
            held = client.configuration()[0]
    assert abs(held["agent_offset_cdb"] - (100 * KNOWN_DB - LEVEL_CDB)) <= 10
    assert f"0 dBFS is {held['agent_offset_cdb'] / 100:.1f} dB SPL at the mouth" in done.out
    assert (held["agent_quiet_cdb"], held["spl_offset_cdb"]) == (-3800, 0)


def test_silence_calibrates_nothing_and_says_why(tmp_path):
    quiet = tmp_path / "quiet.wav"
    soundfile.write(quiet, np.zeros((TONE_S * 16000, 2)), 16000, "PCM_16")
    with VirtualUnit(wav=quiet, speed=10, n_repeats=10) as unit:
        outcome = callclip("calibrate", unit.port, "--level", 94)
        assert outcome.exit_code == 1 and outcome.out == ""
        assert f"{unit.port}: not calibrated: no sound of that level came" in outcome.err
        told = json.loads(callclip("calibrate", unit.port, "--json").out)
    assert (told["spl_offset_cdb"], told["shock_peak_cdb"]) == (0, -300)


@pytest.mark.parametrize("level", ["20", "nan", "loud"])
def test_a_level_that_is_none(level):
    assert_refused(callclip("calibrate", "/dev/nowhere", "--level", level), "--level")


def test_which_microphone_without_a_level_is_no_question():
    assert_refused(callclip("calibrate", "/dev/nowhere", "--agent"), "--agent", "--level")
