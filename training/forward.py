"""The net of core/net.py over whole calls at once, with matrices and the same integers.

    logits_q8(features)   int64 [n_frames, N_FEATURES] -> [n_frames, N_LOGITS]

tests/core/test_net.py proves it equal to what runs on the unit, bit for bit.
Called by: score.py, tests.
"""

import numpy as np
from callclip.core import weights
from callclip.core.features import N_FEATURES
from callclip.core.net import (
    CONTEXT_BLOCK,
    CONTEXT_LAG_FRAMES,
    DILATIONS,
    DOZEN,
    N_LOGITS,
    N_UNITS,
    POOL_FRAMES,
    SLOW_DILATIONS,
)

MOST = 32767
LEAST_LOGIT_Q8 = -32768


def layers(written=weights):
    """(weights as signed integers [out, in], biases, shift) of each layer of a weights.py."""
    data = np.frombuffer(written.WEIGHTS, np.uint8).astype(np.int64) - 128
    block = [(N_UNITS, 3), (N_UNITS, N_UNITS)]
    shapes = [(N_UNITS, N_FEATURES), *block * len(DILATIONS), (N_LOGITS, N_UNITS)]
    shapes += [(N_UNITS, 2 * N_UNITS), *block * len(SLOW_DILATIONS), (N_UNITS, N_UNITS)]
    all_biases = np.frombuffer(written.BIASES, "<i4").astype(np.int64)
    at = bias_at = 0
    for (n_out, n_in), shift in zip(shapes, written.SHIFTS, strict=True):
        is_dense = n_in >= N_UNITS  # stored in columns, outputs by the dozen
        n_stored = n_out + -n_out % DOZEN
        rows = data[at : at + n_stored * n_in]
        rows = rows.reshape(n_in, n_stored).T[:n_out] if is_dense else rows.reshape(n_out, n_in)
        yield rows, all_biases[bias_at : bias_at + n_out], shift
        at += n_stored * n_in
        bias_at += n_stored


def logits_q8(features):
    first, *rest = layers()
    blocks, (last, *slow) = rest[: 2 * len(DILATIONS)], rest[2 * len(DILATIONS) :]
    units = np.clip(_dense(features.astype(np.int64), *first), 0, MOST)
    context = _context(units, *slow)
    for k, dilation in enumerate(DILATIONS):
        if k == CONTEXT_BLOCK:
            units = np.clip(units + context, 0, MOST)
        units = _block(units, dilation, blocks[2 * k], blocks[2 * k + 1])
    return np.clip(_dense(units, *last), LEAST_LOGIT_Q8, MOST)


def _context(units, pooled, *rest):
    """What the slow blocks make of the units: int64 [n_frames, N_UNITS]."""
    n = len(units)
    whole = units[: n // POOL_FRAMES * POOL_FRAMES].reshape(-1, POOL_FRAMES, N_UNITS)
    pools = np.concatenate((whole.sum(axis=1) // POOL_FRAMES, whole.max(axis=1)), axis=1)
    slow = np.clip(_dense(pools, *pooled), 0, MOST)
    for k, dilation in enumerate(SLOW_DILATIONS):
        slow = _block(slow, dilation, rest[2 * k], rest[2 * k + 1])
    context = np.clip(_dense(slow, *rest[-1]), -MOST, MOST)
    out = np.zeros((n + CONTEXT_LAG_FRAMES + POOL_FRAMES, N_UNITS), np.int64)
    held = np.repeat(context, POOL_FRAMES, axis=0)
    out[CONTEXT_LAG_FRAMES : CONTEXT_LAG_FRAMES + len(held)] = held
    return out[:n]


def _block(units, dilation, taps_layer, dense_layer):
    taps, biases, shift = taps_layer
    past = np.concatenate((np.zeros((2 * dilation, N_UNITS), np.int64), units))
    n = len(units)
    sums = biases + sum(
        past[(2 - tap) * dilation : (2 - tap) * dilation + n] * taps[:, tap] for tap in range(3)
    )
    tapped = np.clip(sums >> shift, 0, MOST)
    return np.clip(_dense(tapped, *dense_layer) + units, 0, MOST)


def _dense(inputs, rows, biases, shift):
    # Products and sums stay far below 2^53, so that floating point is exact, and fast.
    sums = inputs.astype(np.float64) @ rows.T.astype(np.float64)
    return (sums.astype(np.int64) + biases) >> shift
