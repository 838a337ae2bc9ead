"""The noise levels that the net learns are what sounds when nobody speaks."""

import numpy as np
from callclip.core.units import FRAME_MS

from simulator import render, scenario
from training import dataset, drill

FRAME_SAMPLES = 320


def levels_db(samples):
    """[2, n]: rms of each frame, dB re full scale."""
    n = len(samples) // FRAME_SAMPLES
    frames = samples[: n * FRAME_SAMPLES].reshape(n, FRAME_SAMPLES, 2) / 32768.0
    return 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12).T


def mean_db(levels):
    return 10 * np.log10(np.mean(10 ** (levels / 10)))


def quiet(truth, n_frames):
    """Frames in which nobody has spoken for 100 ms, with the line up."""
    spans = [[a - 100, b + 100] for a, b in truth["agent"] + truth["customer"]]
    up = [row for row in truth["line_states"] if row[2] in dataset.LINE_IS_UP]
    return dataset.flags(up, n_frames) & ~dataset.flags(spans, n_frames)


def test_a_calls_noise_is_its_truth():
    samples, truth = render.render(scenario.load("noisy_line"))
    heard = levels_db(samples)
    told = dataset.noise_db(truth, heard.shape[1])
    at = quiet(truth, heard.shape[1])
    assert at.sum() > 200
    for side in range(2):
        assert abs(mean_db(heard[side][at]) - mean_db(told[side][at])) < 1.0


def test_nobody_knows_the_noise_under_a_ring():
    _samples, truth = render.render(scenario.load("noisy_line"))
    start_ms, end_ms = truth["rings"][0]
    told = dataset.noise_db(truth, truth["duration_ms"] // FRAME_MS)
    assert np.isnan(told[1, start_ms // FRAME_MS : end_ms // FRAME_MS]).all()
    assert np.isfinite(told[0]).all()


def test_a_muted_channel_has_no_noise_to_learn():
    power = np.full(drill.N_FRAMES, 1e-5)
    mute = np.ones(drill.N_FRAMES * drill.FRAME_SAMPLES)
    mute[: len(mute) // 2] = 0.0
    levels = drill.levels_db(power, mute)
    assert levels[0] is None and levels[-1] == -50.0


def test_nobody_speaks_in_the_muted_part_of_a_drill():
    levels = [-60.0] * 10 + [None] * 5 + [-60.0] * 10
    assert drill.unmuted([[20, 60]], levels) == [[20, 60]]
    assert drill.unmuted([[150, 400]], levels) == [[150, 200], [300, 400]]
    assert drill.unmuted([[210, 290]], levels) == []
