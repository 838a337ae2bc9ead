"""Arguments for kernels/net.py, within the bounds of its docstring: a fast net of three layers, and
a slow one behind its pools."""

from array import array

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, table, words

N_UNITS = 36  # what the kernel is written out for
N_LOGITS = 8
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
    return array("i", [len(rows), 0, 0] + [int(word) for row in rows for word in row])


def _plans(kind, n_out):
    shifts = st.tuples(*[st.integers(4, 12)] * 4)
    nows = st.integers(0, 2 * DILATION)
    return st.builds(_plan, st.just(kind), shifts, nows, st.just(n_out))


def _pools(sums, peaks, context):
    return array("i", [*sums, *peaks, *context])


ARGUMENTS = {
    "step": st.tuples(
        scratch(N_UNITS),
        st.just(0),
        words(2 * N_UNITS, -640, 1536),
        st.one_of(_plans(FEATURES, N_LOGITS), _plans(POOLS, N_UNITS)),
        words(N_WEIGHTS, 0, 255, "B"),
        words(4 * N_UNITS, -SUM, SUM),
        words(N_UNITS * (2 * DILATION + 2), 0, ACTIVATION, "H"),
        table([0] * 2 * N_UNITS),
        st.builds(
            _pools,
            words(N_UNITS, 0, (POOL_FRAMES - 1) * ACTIVATION),
            words(N_UNITS, 0, ACTIVATION),
            words(N_UNITS, -ACTIVATION - 1, ACTIVATION),
        ),
        scratch(N_UNITS),
    ),
}
