"""The bead's rows against the sound: in step, and as many as there are."""

import numpy as np
import pytest

from benches.detection import hear
from tests.bench.made_calls import heard


@pytest.mark.parametrize("lag_frames", [0, 4, 17])
def test_rows_that_lag_behind_the_sound_are_put_in_step(lag_frames):
    levels_db = np.random.default_rng(1).uniform(-60, -20, (200, 2)).astype(np.float32)
    told = np.concatenate([np.full(lag_frames, -120.0), levels_db[:, 0]])[:200]
    rows = heard(200, rows={"agent_cdb": np.rint(100 * told)}).rows
    assert hear.lag_of(rows, levels_db) == lag_frames
    moved = hear.in_step(rows, lag_frames)
    n_known = 200 - lag_frames
    assert len(moved) == 200
    assert np.allclose(moved["agent_cdb"][:n_known] / 100, levels_db[:n_known, 0], atol=0.01)


def test_frame_levels_are_those_of_the_samples():
    samples = np.zeros((700, 2), np.int16)
    samples[:320, 0] = np.tile([16384, -16384], 160)
    levels_db = hear.frame_levels_db(samples)
    assert levels_db.shape == (2, 2)
    assert levels_db[0] == pytest.approx([-6.02, hear.LEAST_DB], abs=0.01)


def test_slots_carry_the_samples_in_their_upper_half():
    samples = np.arange(1400, dtype=np.int16).reshape(700, 2)
    slots = np.frombuffer(b"".join(hear.Samples(samples).blocks()), "<i4").reshape(-1, 2)
    assert (slots >> 16 == samples[:640]).all()
