"""A log beside the sound it was made of: far too small, and nothing alike.

Here a virtual unit hears some minutes of a desk's varied sound; `make bench-privacy` does the same
for eight hours. What a day's log weighs is held over a whole day of a hundred calls. The last test
plants a tenth of a second of sound, and finds it.
"""

import numpy as np
import pytest
from callclip.core import chain, keys
from callclip.store import Store

from benches import bench_flash
from benches.bench_privacy import ALIKE, Shift, as_logged, desk, likeness, shuffled

NAMES = ("normal_call", "silent_call")
DAY_MINUTES = 8 * 60
HEARD_S = 300


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """(bytes that a unit logged, the sound)."""
    sound = desk(HEARD_S, 11)
    return Shift(tmp_path_factory.mktemp("unit")).hear(sound), sound


def test_a_days_log_is_too_small_for_sound(tmp_path):
    ratchet = chain.Ratchet(1, 0, keys.chain_key(bytes(32), 1))
    store = Store(str(tmp_path), 1 << 20, ratchet=ratchet)
    bench_flash.work(store, [0], bench_flash.day_of(bench_flash.heard(NAMES)), 1)
    assert store.n_records_lost == 0
    assert store.log_bytes <= 1024 * DAY_MINUTES
    # Bits a second; speech coders need 600 and more.
    assert store.log_bytes * 8 / (DAY_MINUTES * 60) < 20


def test_a_log_resembles_no_place_of_the_sound(heard):
    log, sound = heard
    assert 300 < len(log) < 1024 * HEARD_S / 60
    channels = as_logged(sound)
    found, by_chance = likeness(log, channels), likeness(shuffled(log, 1), channels)
    assert found < ALIKE and by_chance < ALIKE
    assert found < by_chance + 0.15


def test_a_tenth_of_a_second_of_sound_in_the_log_would_be_found(heard):
    log, sound = heard
    agent = sound[::2, 0] >> 8
    loudness = np.convolve(np.abs(agent.astype(float)), np.ones(800), "valid")
    at = int(np.argmax(loudness))
    planted = agent[at : at + 800].astype(np.int8).tobytes()
    assert likeness(log[:300] + planted + log[300:], as_logged(sound)) > ALIKE
