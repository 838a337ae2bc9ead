"""Ring, busy, congestion and hold beeps by cadence; and none of them in a voice."""

import numpy as np
import pytest
from callclip.core.frame import NEVER, TONE

from simulator import render, scenario
from tests.core.listen import hear, quiet, sine, white

RINGS = {"germany": ((425,), 1.0), "north america": ((440, 480), 2.0), "china": ((450,), 1.0)}
BUSY = {
    "germany": ((425,), 0.48),
    "germany, congestion": ((425,), 0.24),
    "north america": ((480, 620), 0.5),
    "north america, congestion": ((480, 620), 0.25),
    "china": ((450,), 0.35),
    "china, congestion": ((450,), 0.7),
}


def bursts(hz, on_s, off_s, n, level_db=-24):
    one = sum(sine(f, on_s, level_db - 10 * np.log10(len(hz))) for f in hz)
    return np.concatenate([np.concatenate((one, np.zeros(int(off_s * 16000))))] * n)


def on_a_line(sound, noise_db):
    line = np.concatenate((np.zeros(16000), sound, np.zeros(8000)))
    return line + white(len(line) / 16000, noise_db)


@pytest.mark.parametrize("noise_db", [-85, -60, -40])
@pytest.mark.parametrize("plan", RINGS)
def test_each_ring_burst_counts_once(plan, noise_db):
    hz, on_s = RINGS[plan]
    line = on_a_line(bursts(hz, on_s, 4.0, 3), noise_db)
    got = hear(quiet(len(line) / 16000), line)
    assert got[-1].n_rings == 3
    assert max(h.n_busy_cycles for h in got) == 0
    assert max(h.hold_beep_since for h in got) == NEVER


@pytest.mark.parametrize("noise_db", [-85, -60, -40])
@pytest.mark.parametrize("plan", BUSY)
def test_busy_and_congestion_are_cycles_from_their_second_burst_on(plan, noise_db):
    hz, on_s = BUSY[plan]
    line = on_a_line(bursts(hz, on_s, on_s, 5), noise_db)
    got = hear(quiet(len(line) / 16000), line)
    assert max(h.n_busy_cycles for h in got) >= 3
    assert got[-1].n_rings == 0


@pytest.mark.parametrize("hz", [800, 1400])
def test_short_beeps_far_apart_are_a_hold(hz):
    line = on_a_line(bursts((hz,), 0.4, 4.6, 4, -30), -60)
    got = hear(quiet(len(line) / 16000), line)
    first = next(i for i, h in enumerate(got) if h.hold_beep_since != NEVER)
    assert 49 <= got[first].hold_beep_since <= 53
    assert first <= 50 + 1.1 * (5.0 + 0.4) * 50
    assert got[-1].n_rings == 0
    assert max(h.n_busy_cycles for h in got) == 0


def test_tone_state_stands_while_the_tone_sounds():
    line = on_a_line(bursts((425,), 1.0, 1.0, 1), -60)
    got = hear(quiet(len(line) / 16000), line)
    toned = [i for i, h in enumerate(got) if h.line_state == TONE]
    assert toned[0] <= 50 + 8
    assert 95 <= len(toned) + toned[0] - 50 + 50 <= 156
    assert 49 <= got[toned[0]].line_since <= 52


def voice_clips():
    names = sorted(scenario.CLIPS.glob("*/*.flac"))
    return [f"{p.parent.name}/{p.stem}" for p in names if p.parent.name != "music"]


@pytest.mark.parametrize("voice", sorted({name.split("/")[0] for name in voice_clips()}))
def test_no_voice_rings_or_gives_busy_tone(voice):
    words = [render.clip(name) for name in voice_clips() if name.startswith(voice + "/")]
    gap = np.zeros(4000)
    line = np.concatenate([part for clip in words for part in (clip, gap)])[: 25 * 16000]
    line = line + white(len(line) / 16000, -62)
    got = hear(quiet(len(line) / 16000), line)
    assert got[-1].n_rings == 0
    assert max(h.n_busy_cycles for h in got) == 0
