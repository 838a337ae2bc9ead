"""Arguments for kernels/net.py, within the bounds of its docstring: a fast net of three layers, and
a slow one behind its pools."""

from array import array

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, fields, packed, words

N_UNITS = 36  # what the kernel is written out for
DOZEN = 12
LOGITS, UNITS_AT, CONTEXT_AT = 0, 84, 228
ACTIVATION = 2**15 - 1
SUM = 2**20
DILATION = 2
POOL_FRAMES = 8
N_WEIGHTS = N_UNITS * (2 * N_UNITS + 3 + N_UNITS + N_UNITS)
FEATURES, POOLS, TAPS, UNITS = range(4)


def _plan(kind, shifts, now, n_out):
    first, taps, dense, last = shifts
    rows = (
        (kind, N_UNITS, 0, 0, 0, 0, 0, 0, 0),
        (kind, N_UNITS, first, 0, 0, 0, 0, 0, 0),
        (TAPS, N_UNITS, dense, taps, DILATION, N_UNITS, 2 * DILATION + 1, now, kind == FEATURES),
        (UNITS, n_out, last, 0, 0, 0, 0, 0, 0),
    )
    out = LOGITS if n_out == DOZEN else CONTEXT_AT
    head = [len(rows), 0, 0, UNITS_AT, out]
    return array("i", head + [int(word) for row in rows for word in row])


def _plans(kind, n_out):
    shifts = st.tuples(*[st.integers(4, 12)] * 4)
    nows = st.integers(0, 2 * DILATION)
    return st.builds(_plan, st.just(kind), shifts, nows, st.just(n_out))


def _words(inputs, units, sums, peaks, context):
    """As net.py has them: nothing in the logits and the sums."""
    none = [0] * N_UNITS
    return array("i", [*none[:DOZEN], *inputs, *none, *units, *none, *sums, *peaks, *context])


def _active(most=ACTIVATION):
    """Activations, of which many are 0."""
    return st.lists(st.one_of(st.just(0), st.integers(0, most)), min_size=N_UNITS, max_size=N_UNITS)


ARGUMENTS = {
    "step": st.tuples(
        *SCRATCH,
        packed(
            st.builds(
                _words,
                words(N_UNITS, 0, ACTIVATION),
                _active(),
                _active((POOL_FRAMES - 1) * ACTIVATION),
                _active(),
                words(N_UNITS, -ACTIVATION - 1, ACTIVATION),
            ),
            words(N_WEIGHTS, 0, 255, "B"),
            words(2 * N_UNITS, -640, 1536),
            words(4 * N_UNITS, -SUM, SUM),
            words(N_UNITS * (2 * DILATION + 2), 0, ACTIVATION, "H"),
            fields((0, POOL_FRAMES - 1), (0, 1)),  # the clock: one slow plan, or none yet
            st.just(1),
            _plans(FEATURES, DOZEN),
            _plans(POOLS, N_UNITS),
        ),
    ),
}
