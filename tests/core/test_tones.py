"""Ring, busy, congestion and hold beeps by cadence; and none of them in a voice.

The detector hears the line's spectrum and the agent's, without the rest of hearing.
"""

import struct
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from callclip.core.frame import NEVER

from simulator import render, scenario, sound, vm
from simulator import tones as plans
from tests.core.listen import quiet, slots, white

HERE = Path(__file__).parent

RINGS = ("germany", "north-america", "china", "uk")
BUSY = [(kind, plan) for kind in ("busy", "congestion") for plan in plans.PLANS[kind]]
Told = namedtuple("Told", "n_rings n_busy_cycles hold_beep_since is_tonal start")


def listen(line, agent=None, is_doubted=False):
    """What the detector, in the VM, tells after each frame of the line.

    is_doubted: from a burst's second frame on the net takes it for a voice.
    """
    agent = quiet(len(line) / 16000) if agent is None else agent
    with tempfile.NamedTemporaryFile() as file:
        file.write(slots(agent, line))
        file.flush()
        script = [str(HERE / "vm_tones.py"), str(HERE.parents[1] / "firmware"), file.name]
        script += ["doubted"] if is_doubted else []
        done = subprocess.run([*vm.find(), *script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    return [Told(*words) for words in struct.iter_unpack("<5i", done.stdout)]


def cycles(kind, plan, n, level_db=-24, off_hz=0, cut_s=0.0):
    """n cycles as a call would hear them; the last one loses cut_s of its end."""
    parts = []
    for hz, seconds in plans.PLANS[kind][plan] * n:
        n_samples = sound.samples_from_s(seconds)
        lines_hz = [f + off_hz for f in hz]
        parts.append(sound.tone(lines_hz, n_samples, level_db) if hz else np.zeros(n_samples))
    whole = np.concatenate(parts[:-1])
    return whole[: len(whole) - sound.samples_from_s(cut_s)]


def on_a_line(heard, noise_db, kind="white", seed=1):
    line = np.concatenate((np.zeros(16000), heard, np.zeros(16000)))
    return line + sound.noise(kind, len(line), noise_db, np.random.default_rng(seed))


def talk(n_samples, level_db):
    names = voice_clips()
    parts = [np.concatenate((render.clip(name), np.zeros(4000))) for name in names[:40]]
    return np.resize(np.concatenate(parts), n_samples) * sound.gain_from_db(level_db + 26)


@pytest.mark.parametrize("noise_db", [-85, -60, -34])
@pytest.mark.parametrize("plan", RINGS)
def test_each_ring_counts_once(plan, noise_db):
    got = listen(on_a_line(cycles("ring", plan, 3), noise_db))
    assert got[-1].n_rings == 3
    assert max(h.n_busy_cycles for h in got) < 2
    assert max(h.hold_beep_since for h in got) == NEVER


def bursts(*rows, level_db=-24):
    """Tones of (lines in Hz, seconds), a pause where there are none."""
    parts = []
    for lines_hz, seconds in rows:
        n = sound.samples_from_s(seconds)
        parts.append(sound.tone(lines_hz, n, level_db) if lines_hz else np.zeros(n))
    return np.concatenate(parts)


def test_a_codec_that_moves_the_second_burst_of_a_pair_does_not_hide_the_ring():
    """GSM makes now the lower and now the upper of its lines stronger: 16 Hz between the bursts."""
    pair = bursts(([431], 0.4), ((), 0.2), ([415], 0.4), ((), 2.0))
    assert listen(on_a_line(np.tile(pair, 2), -60))[-1].n_rings == 2


def test_short_bursts_of_another_tone_are_no_pair():
    """Congestion of North America, its first burst drawn out by what was heard before."""
    heard = bursts(([480, 620], 0.36), ((), 0.2), ([480, 620], 0.25))
    assert listen(on_a_line(heard, -60))[-1].n_rings == 0


@pytest.mark.parametrize("second_hz", [500, 620, 700, 900])
def test_two_lines_are_a_tone_if_they_are_close(second_hz):
    """No plan has two that are more than 140 Hz apart; those of somebody who shouts are."""
    got = listen(on_a_line(bursts(([440, second_hz], 1.0)), -60))
    assert max(h.is_tonal for h in got) == (1 if second_hz <= 620 else 0)


def test_a_hum_that_was_hidden_at_first_is_no_ring():
    """Other sounds go with it for 2.2 s; by the time that it would count the floor knows of it."""
    heard = bursts(([381, 700, 1100, 1500], 2.2), ([381], 3.0), level_db=-46)
    assert listen(on_a_line(heard, -62))[-1].n_rings == 0


@pytest.mark.parametrize("off_hz", [-25, 25])
@pytest.mark.parametrize("level_db", [-40, -10])
@pytest.mark.parametrize("plan", RINGS)
def test_rings_of_any_level_and_a_little_out_of_tune(plan, level_db, off_hz):
    heard = cycles("ring", plan, 2, level_db, off_hz)
    assert listen(on_a_line(heard, level_db - 15, "pink"))[-1].n_rings == 2


@pytest.mark.parametrize("plan", RINGS)
def test_mains_hum_neither_rings_nor_hides_a_ring(plan):
    assert listen(on_a_line(cycles("ring", plan, 2), -36, "hum"))[-1].n_rings == 2


@pytest.mark.parametrize(
    ("plan", "left_s", "counts"),
    [("germany", 0.9, 1), ("germany", 0.5, 0), ("uk", 0.9, 1), ("uk", 0.3, 0)],
)
def test_a_first_ring_cut_off_counts_when_it_could_be_nothing_else(plan, left_s, counts):
    length_s = plans.length_s("ring", plan, 1)
    heard = cycles("ring", plan, 1, cut_s=length_s - left_s)
    assert listen(on_a_line(heard, -60))[-1].n_rings == counts


@pytest.mark.parametrize("plan", RINGS)
def test_a_later_ring_counts_however_short_it_was_cut(plan):
    length_s = plans.length_s("ring", plan, 1)
    heard = cycles("ring", plan, 3, cut_s=length_s - 0.3)
    assert listen(on_a_line(heard, -60))[-1].n_rings == 3


@pytest.mark.parametrize("noise_db", [-85, -60, -34])
@pytest.mark.parametrize(("kind", "plan"), BUSY)
def test_busy_and_congestion_are_cycles_from_their_second_burst_on(kind, plan, noise_db):
    got = listen(on_a_line(cycles(kind, plan, 5), noise_db))
    assert max(h.n_busy_cycles for h in got) >= 3
    assert got[-1].n_rings == 0


@pytest.mark.parametrize("plan", RINGS)
def test_rings_while_the_agent_talks_into_the_line(plan):
    """His leak is as loud as the ring: -26 dB of speech, 10 dB below that on the line."""
    line = on_a_line(cycles("ring", plan, 3, -36), -60)
    agent = talk(len(line), -26)
    got = listen(line + agent * sound.gain_from_db(-10), agent)
    assert got[-1].n_rings == 3
    assert max(h.n_busy_cycles for h in got) < 2


def test_the_agents_voice_alone_is_no_tone():
    agent = talk(20 * 16000, -20)
    line = agent * sound.gain_from_db(-10) + white(20, -65)
    got = listen(line, agent)
    assert got[-1].n_rings == 0
    assert sum(h.is_tonal for h in got) == 0


@pytest.mark.parametrize("hz", [800, 1400])
def test_short_beeps_far_apart_are_a_hold(hz):
    one = np.concatenate((sound.tone((hz,), 6400, -30), np.zeros(73600)))
    got = listen(on_a_line(np.tile(one, 4), -60))
    first = next(i for i, h in enumerate(got) if h.hold_beep_since != NEVER)
    assert 49 <= got[first].hold_beep_since <= 53
    assert first <= 50 + 1.1 * (5.0 + 0.4) * 50
    assert got[-1].n_rings == 0
    assert max(h.n_busy_cycles for h in got) == 0


def test_speech_between_two_beeps_makes_them_no_hold():
    beep = sound.tone((1400,), 6400, -30)
    heard = np.concatenate((beep, np.zeros(8000), talk(4 * 16000, -26), np.zeros(8000), beep))
    got = listen(on_a_line(heard, -60))
    assert max(h.hold_beep_since for h in got) == NEVER


def test_tonal_stands_while_the_tone_sounds():
    got = listen(on_a_line(cycles("ring", "germany", 1), -60))
    toned = [i for i, h in enumerate(got) if h.is_tonal]
    assert toned[0] <= 50 + 10
    assert 95 <= toned[-1] <= 106
    assert len(toned) == toned[-1] - toned[0] + 1
    assert 49 <= got[toned[0]].start <= 52


@pytest.mark.parametrize("lost_ms, n_rings", [(60, 1), (120, 1), (300, 0)])
def test_a_ring_with_lost_packets_is_one_ring_unless_too_much_is_lost(lost_ms, n_rings):
    ring = cycles("ring", "germany", 1)
    ring[9600 : 9600 + lost_ms * 16] = 0.0
    assert listen(on_a_line(ring, -60))[-1].n_rings == n_rings


@pytest.mark.parametrize("start_ms", [0, 960, 1920])
def test_a_busy_burst_may_begin_three_packets_late(start_ms):
    busy = cycles("busy", "germany", 3)
    busy[start_ms * 16 : (start_ms + 60) * 16] = 0.0
    assert max(h.n_busy_cycles for h in listen(on_a_line(busy, -60))) == 2


@pytest.mark.parametrize(("ms", "is_shown"), [(160, False), (300, True)])
def test_a_short_hum_is_not_shown_as_a_tone(ms, is_shown):
    """Some voices begin with 160 ms of a vowel that stands still."""
    got = listen(on_a_line(sound.tone((380,), ms * 16, -30), -60))
    assert any(h.is_tonal for h in got) == is_shown


@pytest.mark.parametrize(("ms", "is_shown"), [(360, False), (500, True)])
def test_what_the_net_takes_for_a_voice_is_shown_as_a_tone_later(ms, is_shown):
    got = listen(on_a_line(sound.tone((380,), ms * 16, -30), -60), is_doubted=True)
    assert any(h.is_tonal for h in got) == is_shown


def test_a_tone_like_the_one_before_is_shown_at_once_whatever_the_net_says():
    beep = sound.tone((380,), 300 * 16, -30)
    line = on_a_line(np.concatenate((beep, np.zeros(2 * 16000), beep)), -60)
    shown = [n for n, h in enumerate(listen(line, is_doubted=True)) if h.is_tonal]
    assert shown and min(shown) > (1 + 0.3 + 2) * 50


def test_a_ring_counts_all_the_same_while_the_net_takes_it_for_a_voice():
    got = listen(on_a_line(cycles("ring", "germany", 2), -60), is_doubted=True)
    assert got[-1].n_rings == 2


def voice_clips():
    names = sorted(scenario.CLIPS.glob("*/*.flac"))
    return [f"{p.parent.name}/{p.stem}" for p in names if p.parent.name != "music"]


@pytest.mark.parametrize("pitch_pct", [82, 100, 122])
@pytest.mark.parametrize("voice", sorted({name.split("/")[0] for name in voice_clips()}))
def test_no_voice_rings_or_gives_busy_tone(voice, pitch_pct):
    words = [render.clip(name, pitch_pct) for name in voice_clips() if name.startswith(voice + "/")]
    gap = np.zeros(4000)
    line = np.concatenate([part for clip in words for part in (clip, gap)])[: 25 * 16000]
    got = listen(line + white(len(line) / 16000, -62))
    assert got[-1].n_rings == 0
    assert max(h.n_busy_cycles for h in got) == 0
    assert max(h.hold_beep_since for h in got) == NEVER
    assert sum(h.is_tonal for h in got) <= len(got) // 200
