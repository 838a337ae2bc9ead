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
N_UNITS = 36  # what kernels.net.step is written out for; features come in multiples of it
DILATIONS = (1, 2, 4, 8, 16)
_OF_FEATURES, _OF_TAPS, _OF_UNITS = range(3)  # kinds of layers in kernels/net.py


class Net:
    def __init__(self, features):
        """features: the words that `step` will find filled, a whole number of N_UNITS."""
        self.logits_q8 = array("i", bytes(4 * N_LOGITS))
        self._features = features
        self._plan, n_rows = _plan(len(features) // N_UNITS)
        self._past = array("H", bytes(2 * N_UNITS * n_rows))
        self._biases = array("i", weights.BIASES)
        self._inputs = array("i", bytes(4 * N_UNITS))
        self._units = array("i", bytes(4 * 2 * N_UNITS))

    def step(self):
        """Take in one frame's features; logits_q8 tells of the frames before."""
        kernels.step(
            self._inputs,  # pyright: ignore[reportArgumentType]
            0,
            self._features,
            self._plan,
            weights.WEIGHTS,
            self._biases,
            self._past,
            self._units,
            self.logits_q8,
        )


def _plan(n_parts):
    """What kernels.net.step goes through, and how many rows of the past it needs."""
    shifts = weights.SHIFTS
    plan = [n_parts + len(DILATIONS) + 1]
    for part in range(n_parts):
        plan += (_OF_FEATURES, N_UNITS, 0 if part < n_parts - 1 else shifts[0], 0, 0, 0, 0, 0)
    n_rows = 0
    for block, dilation in enumerate(DILATIONS):
        taps_shift, shift = shifts[1 + 2 * block : 3 + 2 * block]
        plan += (_OF_TAPS, N_UNITS, shift, taps_shift, dilation)
        plan += (n_rows * N_UNITS, 2 * dilation + 1, 0)
        n_rows += 2 * dilation + 1
    plan += (_OF_UNITS, N_LOGITS, shifts[-1], 0, 0, 0, 0, 0)
    return array("i", plan), n_rows
