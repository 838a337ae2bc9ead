"""Arguments for kernels/levels.py, within the bounds that its docstrings give."""

from callclip.core import frontend, units
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, table, words

N_LEVELS = frontend.N_LEVELS
level = st.integers(-20000, 3000)
levels = words(N_LEVELS, -20000, 3000)
smooth = words(N_LEVELS, -12000 * 16, 3000 * 16)
minima = words(8 * N_LEVELS, -12000, 32767)
bins = words(128, 0, 2**22 - 1)  # together below 2^29
slot = st.integers(0, 7)

ARGUMENTS = {
    "centidb": st.tuples(
        words(16, -100, 2**29 - 1),
        st.integers(1, 16),
        table(units.LOG_TABLE),
        level,
        scratch(18),
        st.integers(0, 2),
    ),
    "power_of": st.tuples(level, table(units.EXP_TABLE)),
    "band_sums": st.tuples(bins, table(frontend.BAND_EDGES_BINS), st.integers(1, 16), scratch(16)),
    "open_window": st.tuples(scratch(8 * N_LEVELS), st.just(N_LEVELS), slot),
    "seed_floor": st.tuples(levels, st.just(N_LEVELS), smooth, minima, st.integers(0, 1)),
    "track_floor": st.tuples(
        levels, st.just(N_LEVELS), smooth, minima, slot, words(N_LEVELS, 0, 2000), scratch(N_LEVELS)
    ),
}
