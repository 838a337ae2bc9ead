"""A small integer network: 72 features a frame in, six logits out.

A dense layer, five residual blocks (three taps in time at dilation 1, 2, 4, 8, 16 for each unit,
then a dense layer) and a dense read-out: some 9,800 multiplications a frame, a memory of 1.24 s, no
state that could run away. The weights are learned by training/ and stored in weights.py.
In: Features.values. Out: logits in Q8 (0 = even odds) about the frame SHOWN_FRAMES ago (live) and
about the frame LATE_FRAMES ago (with hindsight): who speaks, whether the line carries music.
Called by: hearing.py, once a frame.
Ref: S. Bai, J. Kolter, V. Koltun, An empirical evaluation of generic convolutional and recurrent
networks for sequence modeling, 2018 (dilated causal convolutions with residual blocks).
"""

from array import array

from callclip.core import weights
from callclip.core.kernels import net as kernels

AGENT_LIVE, CUSTOMER_LIVE, AGENT_LATE, CUSTOMER_LATE, MUSIC, TONE = range(6)
N_LOGITS = 6
N_UNITS = 36  # and inputs of a kernels.dense36
DILATIONS = (1, 2, 4, 8, 16)
_LEAST_LOGIT_Q8 = -32768


def _words(n):
    return array("i", bytes(4 * n))


class _Store:
    """Hands out the layers of weights.py one after the other."""

    def __init__(self):
        self._weights = memoryview(weights.WEIGHTS)  # slices of it are no copies
        self._at = 0
        self._bias_at = 0
        self._layer = 0

    def take(self, n_weights, n_biases):
        """(weights, biases, shift) of the next layer."""
        at = self._at
        bias_at = self._bias_at
        self._at += n_weights
        self._bias_at += n_biases
        self._layer += 1
        return (
            self._weights[at : self._at],
            array("i", weights.BIASES[4 * bias_at : 4 * self._bias_at]),
            weights.SHIFTS[self._layer - 1],
        )


class _Block:
    """One residual block and its past activations."""

    def __init__(self, store, dilation):
        self.taps = store.take(3 * N_UNITS, N_UNITS)
        self.dense = store.take(N_UNITS * N_UNITS, N_UNITS)
        self._n_rows = 2 * dilation + 1
        self._dilation = dilation
        self._row = 0
        self.past = array("H", bytes(2 * N_UNITS * self._n_rows))
        self.rows = _words(3)

    def next_row(self):
        """Let `rows` tell where the rows of this frame's taps begin in `past`."""
        row = self._row
        before = row - self._dilation
        if before < 0:
            before += self._n_rows
        long_before = row + 1 if row + 1 < self._n_rows else 0
        rows = self.rows
        rows[0] = row * N_UNITS
        rows[1] = before * N_UNITS
        rows[2] = long_before * N_UNITS
        self._row = long_before


class Net:
    def __init__(self, features):
        """features: the words that `step` will find filled, a whole number of N_UNITS."""
        self.logits_q8 = _words(N_LOGITS)
        view = memoryview(features)
        self._inputs = [view[at : at + N_UNITS] for at in range(0, len(features), N_UNITS)]
        store = _Store()
        self._first = store.take(N_UNITS * len(features), N_UNITS)
        self._blocks = [_Block(store, dilation) for dilation in DILATIONS]
        self._last = store.take(N_UNITS * N_LOGITS, N_LOGITS)
        self._zeros = _words(N_UNITS)
        self._sums = _words(N_UNITS)
        self._units = _words(N_UNITS)
        self._tapped = _words(N_UNITS)

    def step(self):
        """Take in one frame's features; logits_q8 tells of the frames before."""
        n = N_UNITS
        sums = self._sums
        units = self._units
        tapped = self._tapped
        data, biases, shift = self._first
        at = 0
        for inputs in self._inputs:
            kernels.dense36(inputs, at, data, sums, n)  # pyright: ignore[reportArgumentType]
            at += n * n
        kernels.finish(0, 0, sums, biases, shift, self._zeros, 0, n, units)
        for block in self._blocks:
            block.next_row()
            data, biases, shift = block.taps
            kernels.taps(0, 0, units, n, block.past, block.rows, data, biases, shift, tapped)
            data, biases, shift = block.dense
            kernels.dense36(tapped, 0, data, sums, n)  # pyright: ignore[reportArgumentType]
            kernels.finish(0, 0, sums, biases, shift, units, 0, n, units)
        data, biases, shift = self._last
        kernels.dense36(units, 0, data, sums, N_LOGITS)  # pyright: ignore[reportArgumentType]
        kernels.finish(
            0, 0, sums, biases, shift, self._zeros, _LEAST_LOGIT_Q8, N_LOGITS, self.logits_q8
        )
