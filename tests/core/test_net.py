"""The net computes what its weights say, its sums stay in their words, and it forgets."""

from array import array

import numpy as np
from callclip.core.features import N_FEATURES
from callclip.core.net import (
    CONTEXT_LAG_FRAMES,
    DILATIONS,
    N_UNITS,
    POOL_FRAMES,
    SLOW_DILATIONS,
    Net,
)

from training import forward

# Of the fast blocks, and of the slow ones before them; a context is held for a pool's length.
MEMORY_FRAMES = 2 * sum(DILATIONS) + CONTEXT_LAG_FRAMES
MEMORY_FRAMES += POOL_FRAMES * (2 * sum(SLOW_DILATIONS) + 1)
MOST = 32767


def heard(features):
    """What net.py makes of the same features."""
    words = array("i", [0] * N_FEATURES)
    net = Net(words)
    kernel, weights = net.step
    out = []
    for row in features.tolist():
        words[:] = array("i", row)
        kernel(0, 0, weights)
        out.append(list(net.logits_q8))
    return np.array(out)


def test_the_net_is_its_weights():
    generator = np.random.default_rng(3)
    features = generator.integers(-600, 1250, (150, N_FEATURES))
    assert np.array_equal(heard(features), forward.logits_q8(features))


def test_what_was_heard_is_forgotten_after_its_memory():
    generator = np.random.default_rng(4)
    before = generator.integers(-600, 1250, (3 * POOL_FRAMES, N_FEATURES))
    after = generator.integers(-600, 1250, (MEMORY_FRAMES + 3, N_FEATURES))
    alone = heard(after)
    together = heard(np.concatenate((before, after)))[len(before) :]
    assert not np.array_equal(alone[0], together[0])
    assert np.array_equal(alone[MEMORY_FRAMES:], together[MEMORY_FRAMES:])


def test_no_sum_can_leave_its_word():
    """The largest that a partial sum can be, with the 128 that is added to each weight."""
    for rows, biases, _shift in forward.layers():
        most = np.max((np.abs(rows) + 128).sum(axis=1)) * MOST + np.max(np.abs(biases))
        assert most + 128 * MOST * N_UNITS < 2**31
