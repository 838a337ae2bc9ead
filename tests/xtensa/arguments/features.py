"""Arguments for kernels/features.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, fields, packed, scratch, words

levels = words(24, -20000, 3000)
leaks = words(17, -6000 * 16, 6000 * 16)

ARGUMENTS = {
    "gather": st.tuples(
        *SCRATCH,
        packed(
            levels,
            levels,
            levels,
            levels,
            leaks,
            leaks,
            fields((-12000, 0), (-12000, 0), (0, 7)),
            scratch(72),
        ),
    ),
    "track_leak": st.tuples(
        *SCRATCH,
        packed(
            levels,
            levels,
            levels,
            fields((0, 2000), (-6000, -3000), (-3000, 0), (1, 256), (0, 150)),
            leaks,
        ),
    ),
}
