"""Arguments for kernels/ringers.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, words

N_BANDS = 16
shares = words(N_BANDS, 0, 1024)

ARGUMENTS = {
    "shares": st.tuples(
        words(N_BANDS, 0, 2**24), st.integers(0, 4), st.just(N_BANDS), scratch(N_BANDS)
    ),
    "beyond_most": st.tuples(shares, shares, st.just(N_BANDS)),
    "distance": st.tuples(shares, shares, st.just(N_BANDS)),
    "follow": st.tuples(shares, st.just(N_BANDS), st.integers(1, 8), words(N_BANDS, 0, 2**14)),
    "agreement": st.tuples(
        words(64, 0, 1), st.integers(0, 63), words(64, 0, 1), st.integers(1, 64)
    ),
}
