"""Arguments for kernels/net.py, within the bounds of its docstring: a net of three layers."""

from array import array

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, table, words

N_UNITS = 36  # what the kernel is written out for
N_LOGITS = 6
ACTIVATION = 2**15 - 1
SUM = 2**20
DILATION = 2
N_WEIGHTS = N_UNITS * (2 * N_UNITS + 3 + N_UNITS + N_LOGITS)


def _plan(shifts, now):
    first, taps, dense, last = shifts
    rows = (
        (0, N_UNITS, 0, 0, 0, 0, 0, 0),
        (0, N_UNITS, first, 0, 0, 0, 0, 0),
        (1, N_UNITS, dense, taps, DILATION, N_UNITS, 2 * DILATION + 1, now),
        (2, N_LOGITS, last, 0, 0, 0, 0, 0),
    )
    return array("i", [len(rows)] + [word for row in rows for word in row])


ARGUMENTS = {
    "step": st.tuples(
        scratch(N_UNITS),
        st.just(0),
        words(2 * N_UNITS, -640, 1536),
        st.builds(_plan, st.tuples(*[st.integers(4, 12)] * 4), st.integers(0, 2 * DILATION)),
        words(N_WEIGHTS, 0, 255, "B"),
        words(3 * N_UNITS + N_LOGITS, -SUM, SUM),
        words(N_UNITS * (2 * DILATION + 2), 0, ACTIVATION, "H"),
        table([0] * 2 * N_UNITS),
        scratch(N_LOGITS),
    ),
}
