"""What the bench feeds the bead, and its own measure of each frame's level."""

import numpy as np
import pytest

from benches.detection import hear, slots


def test_frame_levels_are_those_of_the_samples():
    samples = np.zeros((700, 2), np.int16)
    samples[:320, 0] = np.tile([16384, -16384], 160)
    levels_db = hear.frame_levels_db(samples)
    assert levels_db.shape == (2, 2)
    assert levels_db[0] == pytest.approx([-6.02, hear.LEAST_DB], abs=0.01)


def test_slots_carry_the_samples_in_their_upper_half():
    samples = np.arange(1400, dtype=np.int16).reshape(700, 2)
    heard = np.frombuffer(b"".join(slots.Samples(samples).blocks()), "<i4").reshape(-1, 2)
    assert (heard >> 16 == samples[:640]).all()
