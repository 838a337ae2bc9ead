"""The MicroPython VM and CPython hear the same: events equal, --frames equal byte for byte.

A difference means that something overflows 32 bits in viper, or that the two Pythons disagree.
"""

import io

import numpy as np
import pytest
from callclip.core.units import FRAME_BYTES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host_tools import frames_csv
from simulator import render, runner, scenario
from tests.sim.recordings import slots_of

PIECE_SAMPLES = 12 * 16000  # of each call: CPython is only a few times faster than life


class Slots:
    """Slots in memory, in the shape of a recording, told in a failure by their plan."""

    def __init__(self, data, plan=""):
        self.data = data
        self.plan = plan

    def __repr__(self):
        return f"Slots({self.plan})"

    def blocks(self):
        yield self.data


def heard(engine, data, values=None):
    """What an engine makes of slots: events, the text of --frames, and all rows."""
    result = runner.run(Slots(data), values, engine)
    assert result.n_frames == len(data) // FRAME_BYTES
    text = io.StringIO()
    frames_csv.write(result.rows, text)
    return result.raw_events, text.getvalue(), result.rows


def assert_equal(data, values=None):
    events, text, rows = heard("mpy", data, values)
    assert heard("cpython", data, values) == (events, text, rows)
    return events


# The seconds of each call in which most happens; together, and with the whole call below, every
# event of these calls occurs.
@pytest.mark.parametrize(
    ("name", "from_s"),
    [
        ("noisy_line", 2),
        ("babble_line", 4),
        ("normal_call", 0),
        ("long_hold", 12),
        ("dropped_line", 25),
        ("hold_beeps", 12),
        ("congestion_end", 24),
        ("far_leak", 8),
        ("late_customer", 4),
        ("greeting_missing", 0),
        ("no_call", 5),
    ],
)
def test_recordings(name, from_s):
    samples, _truth = render.render(scenario.load(name))
    start = from_s * 16000
    assert_equal(slots_of(samples[start : start + PIECE_SAMPLES]))


def test_a_whole_call_with_its_events():
    samples, _truth = render.render(scenario.load("silent_call"))
    events = assert_equal(slots_of(samples))
    assert len(events) >= 5


def test_a_configuration_reaches_both():
    samples, _truth = render.render(scenario.load("noisy_line"))
    data = slots_of(samples[:PIECE_SAMPLES])
    values = {"noisy_line_ms": 1000, "noisy_line_cdb": -4500, "greeting_ms": 500}
    assert assert_equal(data, values) != heard("mpy", data)[0]


EXTREMES = {
    "silence": lambda n: np.zeros((n, 2)),
    "full-scale square wave": lambda n: _square(n, 16),
    "square wave at half the sample rate": lambda n: _square(n, 1),
    "slow square wave": lambda n: _square(n, 4000),
    "positive direct current": lambda n: np.full((n, 2), 8388607),
    "negative direct current": lambda n: np.full((n, 2), -8388608),
    "one step up": lambda n: np.where(np.arange(n)[:, None] < n // 2, -8388608, 8388607) + _no(n),
    "full-scale noise": lambda n: np.random.default_rng(3).choice([-8388608, 8388607], (n, 2)),
    "lowest bits": lambda n: np.random.default_rng(4).integers(-2, 2, (n, 2)),
    "one sample": lambda n: np.eye(n, 2) * -8388608,
    "opposite channels": lambda n: _square(n, 40) * np.array([1, -1]),
}


def _no(n):
    return np.zeros((n, 2))


def _square(n, half_period):
    sign = np.where(np.arange(n) // half_period % 2, -1, 1)
    return np.repeat((sign * 8388607)[:, None], 2, axis=1)


def slots_of_24_bits(samples):
    return (np.asarray(samples).astype("<i4") << 8).tobytes()


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes(name):
    assert_equal(slots_of_24_bits(EXTREMES[name](320 * 100)))


@st.composite
def buffers(draw):
    """Half a second of stretches, each of another kind, level and offset on either channel."""
    stretches = []
    plan = []
    for _ in range(draw(st.integers(1, 5))):
        n = 320 * draw(st.integers(1, 10)) // draw(st.sampled_from((1, 1, 3)))
        columns = []
        for _channel in range(2):
            kind = draw(st.sampled_from(("noise", "sine", "square", "constant", "clicks")))
            peak = 1 << draw(st.integers(0, 23))
            offset = draw(st.sampled_from((0, 0, 0, 1, -1, 8388607, -8388608)))
            seed = draw(st.integers(0, 2**32 - 1))
            plan.append((kind, n, peak, offset, seed))
            columns.append(_stretch(kind, n, peak, seed) + offset)
        stretches.append(np.stack(columns, 1))
    samples = np.clip(np.concatenate(stretches), -8388608, 8388607)
    n_whole = len(samples) // 320 * 320
    return Slots(slots_of_24_bits(samples[:n_whole]), plan)


def _stretch(kind, n, peak, seed):
    generator = np.random.default_rng(seed)
    if kind == "noise":
        return generator.integers(-peak, peak, n, endpoint=True)
    if kind == "constant":
        return np.full(n, generator.integers(-peak, peak, endpoint=True))
    if kind == "clicks":
        return np.where(generator.random(n) < 0.01, peak, 0)
    phase = np.cumsum(np.full(n, generator.uniform(20, 8000) / 16000)) % 1
    if kind == "square":
        return np.where(phase < 0.5, peak, -peak)
    return np.rint(peak * np.sin(2 * np.pi * phase)).astype(int)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(buffers())
def test_made_up_buffers(slots):
    assert_equal(slots.data)


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=FRAME_BYTES, max_size=3 * FRAME_BYTES))
def test_any_bytes_at_all(data):
    n_whole = len(data) // FRAME_BYTES * FRAME_BYTES
    assert_equal(data[:n_whole])
