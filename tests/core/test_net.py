"""The net computes what its weights say, its sums stay in their words, and it forgets."""

from array import array

import numpy as np
from callclip.core import weights
from callclip.core.features import N_FEATURES
from callclip.core.net import DILATIONS, N_LOGITS, N_UNITS, Net

MEMORY_FRAMES = 2 * sum(DILATIONS)
MOST = 32767


def layers():
    """(weights as signed integers, biases, shift) of each layer, dense ones as [out, in]."""
    data = np.frombuffer(weights.WEIGHTS, np.uint8).astype(np.int64) - 128
    shapes = [(N_UNITS, N_FEATURES)]
    shapes += [shape for _ in DILATIONS for shape in ((N_UNITS, 3), (N_UNITS, N_UNITS))]
    shapes.append((N_LOGITS, N_UNITS))
    at = bias_at = 0
    for (n_out, n_in), shift in zip(shapes, weights.SHIFTS, strict=True):
        rows = data[at : at + n_out * n_in]
        if n_in >= N_UNITS:
            columns = rows.reshape(n_in // N_UNITS, n_out, N_UNITS)
            rows = columns.transpose(1, 0, 2).reshape(n_out, n_in)
        biases = np.array(weights.BIASES[bias_at : bias_at + n_out])
        yield rows.reshape(n_out, n_in), biases, shift
        at += n_out * n_in
        bias_at += n_out
    assert at == len(data)
    assert bias_at == len(weights.BIASES)


def by_hand(features):
    """Logits [n_frames, N_LOGITS] with matrices, from the definition in net.py."""
    first, *blocks, last = layers()
    rows, biases, shift = first
    units = np.clip((features @ rows.T + biases) >> shift, 0, MOST)
    for k, dilation in enumerate(DILATIONS):
        taps, tap_biases, tap_shift = blocks[2 * k]
        rows, biases, shift = blocks[2 * k + 1]
        past = np.concatenate((np.zeros((2 * dilation, N_UNITS), np.int64), units))
        n = len(units)
        tapped = sum(
            past[(2 - j) * dilation : (2 - j) * dilation + n] * taps[:, j] for j in range(3)
        )
        tapped = np.clip((tapped + tap_biases) >> tap_shift, 0, MOST)
        units = np.clip(((tapped @ rows.T + biases) >> shift) + units, 0, MOST)
    rows, biases, shift = last
    return np.clip((units @ rows.T + biases) >> shift, -32768, MOST)


def heard(features):
    """What net.py makes of the same features."""
    words = array("i", [0] * N_FEATURES)
    net = Net(words)
    out = []
    for row in features.tolist():
        words[:] = array("i", row)
        net.step()
        out.append(list(net.logits_q8))
    return np.array(out)


def test_the_net_is_its_weights():
    generator = np.random.default_rng(3)
    features = generator.integers(-600, 1250, (90, N_FEATURES))
    assert np.array_equal(heard(features), by_hand(features))


def test_what_was_heard_is_forgotten_after_its_memory():
    generator = np.random.default_rng(4)
    before = generator.integers(-600, 1250, (20, N_FEATURES))
    after = generator.integers(-600, 1250, (MEMORY_FRAMES + 3, N_FEATURES))
    alone = heard(after)
    together = heard(np.concatenate((before, after)))[20:]
    assert not np.array_equal(alone[0], together[0])
    assert np.array_equal(alone[MEMORY_FRAMES:], together[MEMORY_FRAMES:])


def test_no_sum_can_leave_its_word():
    """The largest that a partial sum can be, with the 128 that is added to each weight."""
    for rows, biases, _shift in layers():
        most = np.max((np.abs(rows) + 128).sum(axis=1)) * MOST + np.max(np.abs(biases))
        assert most + 128 * MOST * N_UNITS < 2**31
