"""Arguments for kernels/lines.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, words

bins = words(128, 0, 2**22 - 1)  # together below 2^29
levels = words(16, -20000, 3000)

ARGUMENTS = {
    "strip": st.tuples(bins, bins, st.integers(-7, 30), scratch(128)),
    "take_peak": st.tuples(
        bins, st.integers(3, 60), st.integers(61, 125), scratch(4), st.sampled_from((0, 2))
    ),
    "beyond": st.tuples(
        words(16, 0, 2**25), levels, levels, st.integers(0, 16), st.integers(0, 3000)
    ),
    "near": st.tuples(bins, st.integers(3 * 16, 124 * 16)),
}
