"""Arguments for kernels/features.py, within the bounds that its docstrings give."""

from callclip.core.frontend import N_BANDS, TELEPHONE
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import scratch, words

N_LEAKS = TELEPHONE + 1
levels = words(N_LEAKS, -12000, 3000)
leak = words(N_LEAKS, -6000 * 16, 0)
limits = words(4, -6000, 3000)
n_bands = st.just(N_BANDS)

ARGUMENTS = {
    "rise": st.tuples(levels, levels, n_bands, scratch(72), st.sampled_from((0, N_BANDS))),
    "above_leak": st.tuples(levels, levels, leak, n_bands, scratch(72), st.just(2 * N_BANDS)),
    "track_leak": st.tuples(levels, levels, levels, st.just(N_LEAKS), limits, leak),
}
