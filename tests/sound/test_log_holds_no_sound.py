"""What comes out of a unit beside the sound that it heard: far too little, and nothing alike.

Here a virtual unit hears some minutes of a desk's varied sound, and a live view watches half a
minute; `make bench-privacy` does the same for eight hours. What a day's log weighs is held over a
whole day of a hundred calls. The last test plants sound in each way that bytes may be read, and
finds it.
"""

import numpy as np
import pytest
from callclip.core import chain, keys, protocol
from callclip.store import Store

from benches import bench_flash
from benches.bench_privacy import (
    ALIKE,
    READINGS,
    Shift,
    desk,
    likeness,
    most_bytes_a_minute,
    n_unexplained,
    overheard,
)

NAMES = ("normal_call", "silent_call")
DAY_MINUTES = 8 * 60
HEARD_S, LIVE_S = 180, 30


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """(bytes that a unit logged, the sound, the segments' paths)."""
    sound = desk(HEARD_S, 11)
    shift = Shift(tmp_path_factory.mktemp("unit"))
    return shift.hear(sound), sound, shift.segments()


def test_a_days_log_is_too_small_for_sound(tmp_path):
    ratchet = chain.Ratchet(1, 0, keys.chain_key(bytes(32), 1))
    store = Store(str(tmp_path), 1 << 20, ratchet=ratchet)
    bench_flash.work(store, [0], bench_flash.day_of(bench_flash.heard(NAMES)), 1)
    assert store.n_records_lost == 0
    assert store.log_bytes <= 1024 * DAY_MINUTES
    # Bits a second; speech coders need 450 and more.
    assert store.log_bytes * 8 / (DAY_MINUTES * 60) < 20


def test_a_log_resembles_no_place_of_the_sound(heard):
    log, sound, paths = heard
    assert 300 < len(log) < 1024 * HEARD_S / 60
    assert most_bytes_a_minute(paths) <= 1024
    found, by_chance = likeness(log, sound), likeness(log, desk(HEARD_S, 12))
    assert found < ALIKE and by_chance < ALIKE
    assert found < by_chance + 0.15


def test_a_live_view_gets_what_frames_say_and_not_a_byte_more(tmp_path):
    sound = desk(LIVE_S, 13)
    notes = overheard(sound, tmp_path)
    assert len(notes) > 60  # of 300, on a busy computer
    assert n_unexplained(notes, sound) == 0
    # And a sample in place of a floor would be seen.
    at = len(notes) // 2
    told = protocol.read_note(protocol.Message(2, protocol.NOTE_LIVE, 0, notes[at]))
    told["line_floor_cdb"] ^= 1
    notes[at] = protocol.note_body(protocol.NOTE_LIVE, told)
    assert n_unexplained(notes, sound) == 1
    notes[at + 1] += b"\x07"
    assert n_unexplained(notes, sound) == 2


def _mu_law_of(samples):
    """G.711, from its definition: mu 255, one of 256 steps, inverted."""
    x = np.clip(samples / 32768, -1, 1)
    steps = np.minimum(127, np.log1p(255 * np.abs(x)) / np.log(256) * 128).astype(np.uint8)
    return (~np.where(x < 0, steps | 128, steps).astype(np.uint8)).tobytes()


@pytest.mark.parametrize(
    ("step", "coded"),
    [
        (2, lambda samples: (samples >> 8).astype(np.int8).tobytes()),
        (4, lambda samples: (samples >> 8).astype(np.int8).tobytes()),
        (2, _mu_law_of),
        (2, lambda samples: samples.astype("<i2").tobytes()),
        (1, lambda samples: b"x" + samples.astype("<i2").tobytes()),
    ],
    ids=[row[0] for row in READINGS],
)
def test_a_moment_of_sound_among_the_bytes_would_be_found(heard, step, coded):
    """256 samples: a tenth of a second at the most, 16 ms at the least."""
    log, sound, _paths = heard
    agent = sound[::step, 0]
    loudness = np.convolve(np.abs(agent.astype(float)), np.ones(256), "valid")
    at = int(np.argmax(loudness))
    planted = coded(agent[at : at + 256])
    place = slice(max(0, at * step - 16000), at * step + 16000)
    assert likeness(log[:301] + planted + log[301:], sound[place]) > ALIKE
