"""The bytes of an eight-hour log beside the sound it was made of: far too few, and nothing alike.

A piece of the log is laid over every place of the sound; differences of neighbours are compared, so
that a slow rise somewhere is not taken for likeness. What the log's own bytes reach in a random
order is chance. The last test plants a tenth of a second of sound, and finds it.
"""

import numpy as np
import pytest
from callclip.core import chain, keys
from callclip.store import Store

from benches import bench_flash
from simulator import calls

NAMES = ("normal_call", "silent_call")
DAY_MINUTES = 8 * 60
PIECE_BYTES = 128
STEP_BYTES = 64
ALIKE = 0.8  # of 1; by chance pieces of this length reach about 0.5


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """All bytes that a working day leaves on the flash."""
    folder = str(tmp_path_factory.mktemp("log"))
    ratchet = chain.Ratchet(1, 0, keys.chain_key(bytes(32), 1))
    store = Store(folder, 1 << 20, ratchet=ratchet)
    day = bench_flash.day_of(bench_flash.heard(NAMES))
    bench_flash.work(store, [0], day, 1)
    return b"".join(store.read(n, 0, n_bytes) for n, n_bytes in store.segments())


@pytest.fixture(scope="module")
def sounds():
    """Half a minute of both channels as a log could carry them, 8 bits at 8 kHz: the changes of
    neighbours."""
    both = calls.samples(NAMES[0])[: 30 * 16000 : 2] >> 8
    return [np.diff(channel.astype(float)) for channel in both.T]


def likeness(log, sounds):
    """The best correlation of a piece of the log with any place of the sounds, 0 to 1."""
    best = 0.0
    signed = np.frombuffer(log, dtype=np.int8).astype(float)
    for sound in sounds:
        n_fft = 1 << (len(sound) + PIECE_BYTES).bit_length()
        spectrum = np.fft.rfft(sound, n_fft)
        n = PIECE_BYTES - 1
        power = np.convolve(sound**2, np.ones(n), "valid")
        for at in range(0, len(signed) - PIECE_BYTES + 1, STEP_BYTES):
            piece = np.diff(signed[at : at + PIECE_BYTES])
            own = float(np.sum(piece**2))
            if not own:
                continue
            product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, n_fft)), n_fft)
            loud = power > n  # a silent place has no shape
            found = np.abs(product[: len(power)][loud]) / np.sqrt(power[loud] * own)
            best = max(best, float(found.max(initial=0)))
    return best


def test_a_days_log_is_too_small_for_sound(log):
    assert len(log) <= 1024 * DAY_MINUTES
    assert len(log) * 8 / (DAY_MINUTES * 60) < 20  # bits a second; speech coders need 600 and more


def sample_of(log):
    """Pieces from all over the log: the whole would take minutes to compare."""
    return b"".join(log[at : at + PIECE_BYTES] for at in range(0, len(log), len(log) // 15))


def test_a_days_log_resembles_no_place_of_the_sound(log, sounds):
    found = likeness(sample_of(log), sounds)
    shuffled = np.random.default_rng(1).permutation(np.frombuffer(sample_of(log), np.uint8))
    by_chance = likeness(shuffled.tobytes(), sounds)
    assert found < ALIKE
    assert by_chance < ALIKE
    assert found < by_chance + 0.15


def test_a_tenth_of_a_second_of_sound_in_the_log_would_be_found(log, sounds):
    agent = calls.samples(NAMES[0])[: 30 * 16000 : 2, 0] >> 8
    loudness = np.convolve(np.abs(agent.astype(float)), np.ones(800), "valid")
    at = int(np.argmax(loudness))
    planted = agent[at : at + 800].astype(np.int8).tobytes()
    assert likeness(log[:500] + planted + log[500:1000], sounds) > ALIKE
