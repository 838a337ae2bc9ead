"""A small integer network: 72 features a frame in, six logits and two levels out.

A dense layer, five residual blocks (three taps in time at dilation 1, 2, 4, 8, 16 for each unit,
then a dense layer) and a dense read-out: some 9,800 multiplications a frame, a memory of 1.24 s.
What music, babble or a noisy line is takes longer to tell: every POOL_FRAMES the units that the
features made are pooled (mean and peak) and go through five slow blocks of the same kind, a layer
a frame, with a memory of 10 s; what these say is added to the units of the fast blocks, as context,
CONTEXT_LAG_FRAMES after the pool began. No state could run away: all memory ends.
The weights are learned by training/ and stored in weights.py.
In: Features.values. Out: logits in Q8 (0 = even odds) about the frame SHOWN_FRAMES ago (live) and
about the frame LATE_FRAMES ago (with hindsight): who speaks, whether the line carries music. Then
how far above its floor the noise of each side lies, now.
Called by: hearing.py, once a frame.
Ref: S. Bai, J. Kolter, V. Koltun, An empirical evaluation of generic convolutional and recurrent
networks for sequence modeling, 2018 (dilated causal convolutions with residual blocks); J. Koutnik
and others, A clockwork RNN, 2014 (parts of a network that run at slower clocks).
"""

from array import array

from callclip.core import tables, weights
from callclip.core.features import N_FEATURES
from callclip.core.kernels import net as kernels
from callclip.core.pack import pack

AGENT_LIVE, CUSTOMER_LIVE, AGENT_LATE, CUSTOMER_LATE, MUSIC, TONE = range(6)
AGENT_NOISE, LINE_NOISE = range(6, 8)
N_LOGITS = 8
CDB_A_STEP = 4  # of the noise above its floor, in Q8
N_UNITS = 36  # what kernels.net.step is written out for; features come in multiples of it
DILATIONS = (1, 2, 4, 8, 16)
POOL_FRAMES = 8  # what kernels.net.step divides a sum by
SLOW_DILATIONS = (1, 2, 4, 8, 16)  # in pools
CONTEXT_BLOCK = 2  # the fast block that is the first to hear the context
CONTEXT_LAG_FRAMES = POOL_FRAMES + len(SLOW_DILATIONS) + 1
_OF_FEATURES, _OF_POOLS, _OF_TAPS, _OF_UNITS = range(4)  # kinds of layers in kernels/net.py
DOZEN = 12  # outputs of a dense layer are reckoned by the dozen; what is too much is 0
# Where things lie in `words`: logits, a layer's inputs and sums, units, pools and context.
_LOGITS = 0
_UNITS = 2 * N_UNITS + DOZEN
_SLOW_UNITS = _UNITS + N_UNITS
_CONTEXT = _SLOW_UNITS + 3 * N_UNITS
_N_WORDS = _CONTEXT + N_UNITS


class Net:
    def __init__(self, features):
        """features: the N_FEATURES words that `step` will find filled."""
        self._words = array("i", bytes(4 * _N_WORDS))
        self.logits_q8 = memoryview(self._words)[_LOGITS : _LOGITS + N_LOGITS]
        self._past = array("H", bytes(2 * N_UNITS * _N_PAST_ROWS))
        self._plans = array("i", _PLANS)  # copied: they keep their place in the past
        self._clock = array("i", [0, 0])
        words = (self._words, weights.WEIGHTS, features, tables.BIASES, self._past, self._clock)
        plans = [memoryview(self._plans)[at:] for at in _PLACES]
        # It takes in one frame's features; logits_q8 tells of the frames before.
        self.step = (kernels.step, pack(*words, len(plans) - 1, *plans))


class _Planner:
    """Plans for kernels.net.step, in the order in which weights.py has the layers."""

    def __init__(self):
        self.n_past_rows = 0
        self._n_weights = 0
        self._n_biases = 0
        self._n_layers = 0

    def fast(self, n_parts):
        rows = self._inputs(_OF_FEATURES, n_parts)
        for block, dilation in enumerate(DILATIONS):
            rows += self._block(dilation, block == CONTEXT_BLOCK)
        return self._plan(rows + self._read_out(DOZEN), _UNITS, _LOGITS)

    def slow(self):
        """One plan a frame of the pool that follows, so that no frame costs more than another."""
        layers = [self._inputs(_OF_POOLS, 2)]
        layers += [self._block(dilation, False) for dilation in SLOW_DILATIONS]
        layers.append(self._read_out(N_UNITS))
        return [self._plan(rows, _SLOW_UNITS, _CONTEXT) for rows in layers]

    def _plan(self, rows, units, out):
        """rows: [(words of the row, its weights, its biases)]"""
        plan = [len(rows), self._n_weights, self._n_biases, units, out]
        for words, n_weights, n_biases in rows:
            plan += words
            self._n_weights += n_weights
            self._n_biases += n_biases
        return array("i", plan)

    def _shift(self):
        self._n_layers += 1
        return weights.SHIFTS[self._n_layers - 1]

    def _inputs(self, kind, n_parts):
        rows = []
        for part in range(n_parts):
            is_last = part == n_parts - 1
            shift = self._shift() if is_last else 0
            words = (kind, N_UNITS, shift, 0, 0, 0, 0, 0, 0)
            rows.append((words, N_UNITS * N_UNITS, N_UNITS if is_last else 0))
        return rows

    def _block(self, dilation, is_context_added):
        taps_shift = self._shift()
        n_rows = 2 * dilation + 1
        first = self.n_past_rows * N_UNITS
        self.n_past_rows += n_rows
        words = (_OF_TAPS, N_UNITS, self._shift(), taps_shift, dilation)
        words += (first, n_rows, 0, int(is_context_added))
        return [(words, N_UNITS * (3 + N_UNITS), 2 * N_UNITS)]

    def _read_out(self, n_out):
        words = (_OF_UNITS, n_out, self._shift(), 0, 0, 0, 0, 0, 0)
        return [(words, n_out * N_UNITS, n_out)]


def _plans():
    """The fast plan, then the slow ones."""
    planner = _Planner()
    return [planner.fast(N_FEATURES // N_UNITS)] + planner.slow()


def _places():
    """Where each begins when they stand one behind the other."""
    places = [0]
    for plan in _plans()[:-1]:
        places.append(places[-1] + len(plan))
    return bytes(places)


def _joined():
    out = bytearray()
    for plan in _plans():
        out.extend(bytes(plan))
    return bytes(out)


# Made once, by the linker for the unit.
_PLANS = _joined()
_PLACES = _places()
_N_PAST_ROWS = sum([2 * dilation + 1 for dilation in DILATIONS + SLOW_DILATIONS])
