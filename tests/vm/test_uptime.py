"""Sixty days in one run: the tick counter wraps five times, integers outgrow MicroPython's small
ones, and the unit hears a call as on its first day. And how soon it listens after power-on.
"""

import numpy as np
import pytest
import soundfile
from callclip.core import events
from callclip.core.units import FRAME_MS

from host_tools.cmd_pull import pull_log
from host_tools.link import Client
from simulator import calls, runner
from simulator.device import VirtualUnit
from simulator.recording import open_recording

DAY_MS = 86_400_000
N_LEAPS = 12
LEAP_MS = 5 * DAY_MS  # what the clock may go unread, with a margin
LEAPS = [(600 * k, LEAP_MS) for k in range(1, N_LEAPS + 1)]
QUIET_S = 10  # before the call: the days pass in it


def test_a_call_after_sixty_days_is_heard_as_on_the_first(tmp_path):
    path = calls.sound_path("silent_call")
    quiet = tmp_path / "quiet.wav"
    soundfile.write(quiet, np.zeros((QUIET_S * 16000, 2), dtype=np.int16), 16000)
    with VirtualUnit(wav=[quiet, path], leaps=LEAPS) as unit:
        unit.wait_played(280)
        with Client(unit.port, timeout_s=60) as client:
            hello = client.hello
            _result, log = pull_log(client, tmp_path)
        assert not [line for line in unit.signals() if "reset" in line]
    gone_ms = N_LEAPS * LEAP_MS
    assert hello["uptime_ms"] >= gone_ms
    # After each leap the bus is opened anew, which costs its warm-up.
    lost_ms = sum(ms for _at, ms, _cause in log.boots[0].gaps)
    assert 0 <= lost_ms - gone_ms < N_LEAPS * 400
    expected = runner.run(open_recording(path)).raw_events
    heard = [row for row in log.boots[0].events if row.code != events.DOSE]
    kept = [row for row in expected if row[0] != events.DOSE]
    # A bus opened anew in each leap, with its thump, is no event either.
    assert [row.code for row in heard] == [row[0] for row in kept]
    for row, (_code, t_frames, _call, _values) in zip(heard, kept, strict=True):
        true_frames = t_frames + (gone_ms + QUIET_S * 1000) // FRAME_MS
        assert abs(row.t_frames - true_frames) <= 2 * N_LEAPS


@pytest.mark.parametrize("level_db", [-70, -50])
@pytest.mark.parametrize(("every_ms", "leap_ms"), [(437, DAY_MS + 13), (901, 60_007), (700, 4000)])
def test_lost_sound_of_any_length_makes_no_event_of_a_noise(tmp_path, level_db, every_ms, leap_ms):
    noise = np.random.default_rng(1).normal(0, 10 ** (level_db / 20), (QUIET_S * 16000, 2))
    path = tmp_path / "noise.wav"
    soundfile.write(path, noise, 16000, "PCM_16")
    with VirtualUnit(wav=path, leaps=[(every_ms * k, leap_ms) for k in range(1, 10)]) as unit:
        unit.wait_played(280)
        with Client(unit.port, timeout_s=60) as client:
            _result, log = pull_log(client, tmp_path)
    assert sum(ms for _at, ms, _cause in log.boots[0].gaps) >= 9 * (leap_ms - 32)  # whole buffers
    assert [row for row in log.boots[0].events if row.code != events.DOSE] == []


def test_two_seconds_after_power_on_it_listens():
    """In virtual time, which code does not take: what counts is the microphones' warm-up, and the
    flash that is written on the way."""
    path = calls.sound_path("silent_call")
    with VirtualUnit(wav=path, erase_ms=90) as unit:
        told = next(line for line in unit.follow_signals(280) if "listens" in line)
        assert 256 <= told["listens"] <= 2000
        unit.wait_played(280)
        with Client(unit.port, timeout_s=60) as client:
            hello = client.hello
    assert hello["n_frames"] >= open_recording(path).n_frames  # from its first sample on
