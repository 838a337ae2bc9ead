"""Arguments for kernels/features.py, within the bounds that its docstrings give."""

from array import array

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, words

N_BANDS = 16
bands = words(N_BANDS, -20000, 3000)
leaks = words(N_BANDS, -6000 * 16, 6000 * 16)
at = st.sampled_from((0, 16))


def _limits(clear, lowest, highest, step):
    return array("i", [clear, lowest, highest, step])


limits = st.builds(
    _limits,
    st.integers(0, 2000),
    st.integers(-6000, -3000),
    st.integers(-3000, 0),
    st.integers(1, 64),
)

ARGUMENTS = {
    "rise": st.tuples(bands, bands, st.just(N_BANDS), scratch(32), at),
    "above_leak": st.tuples(bands, bands, leaks, st.just(N_BANDS), scratch(32), at),
    "track_leak": st.tuples(bands, bands, bands, st.just(N_BANDS), limits, leaks),
}
