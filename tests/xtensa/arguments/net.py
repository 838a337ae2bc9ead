"""Arguments for kernels/net.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, scratch, table, words

ACTIVATION = 2**15 - 1
SUM = 2**29

ARGUMENTS = {
    "dense36": st.tuples(
        words(36, 0, ACTIVATION),
        st.sampled_from((0, 36)),
        words(36 * 9, 0, 255, "B"),
        words(8, -SUM, SUM),
        st.just(8),
    ),
    "finish": st.tuples(
        *SCRATCH,
        words(24, -SUM, SUM),
        words(24, -(2**20), 2**20),
        st.integers(4, 12),
        words(24, 0, ACTIVATION),
        st.sampled_from((-ACTIVATION, 0)),
        st.just(24),
        scratch(24),
    ),
    "taps": st.tuples(
        *SCRATCH,
        words(24, 0, ACTIVATION),
        st.just(24),
        words(72, 0, ACTIVATION, "H"),
        table([24, 0, 48]),
        words(72, 0, 255, "B"),
        words(24, -(2**20), 2**20),
        st.integers(4, 12),
        scratch(24),
    ),
}
