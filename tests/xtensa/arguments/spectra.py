"""Arguments for kernels/spectra.py, within the bounds that its docstrings give."""

from callclip.core import frontend
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, table, words
from tests.xtensa.arguments.transform import REVERSED

bins = words(128, 0, 2**22 - 1)  # together below 2^29
first = st.integers(3, 60)
end = st.integers(70, 125)

ARGUMENTS = {
    "spread": st.tuples(
        bins,
        table(frontend.BAND_EDGES_BINS),
        st.integers(0, 7),
        st.integers(8, 16),
        words(16, -3000, 3000),
        st.integers(0, 600),
        scratch(256),
    ),
    "voicing": st.tuples(
        words(256, -(2**14), 2**14),
        table(REVERSED),
        words(256, 256, 2048),
        st.integers(16, 30),
        st.integers(31, 127),
    ),
    "steady_peaks": st.tuples(
        bins, first, end, st.integers(0, 2**22), words(128, 0, 2**20), st.integers(1, 30)
    ),
    "mean_power": st.tuples(bins, first, end),
}
