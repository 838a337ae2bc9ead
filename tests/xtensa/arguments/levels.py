"""Arguments for kernels/levels.py, within the bounds that its docstrings give."""

from callclip.core import bands, units
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, fields, joined, packed, scratch, table, words

N_LEVELS = bands.N_LEVELS
N_ROWS = 2 * bands.N_VALUES
level = st.integers(-20000, 3000)
bins = words(128, 0, 2**22 - 1)  # together below 2^29
_scale = ((0, 0), (0, 0), (0, 0), (0, 0), (-6, 11), (0, 0), (0, 0), (0, 0))
_smooth = words(N_LEVELS, -12000 * 16, 3000 * 16)
_floor = joined(
    fields((0, 7), (0, 16), (0, 16)),
    _smooth,
    words(N_LEVELS, 0, 2000),
    words(N_LEVELS, -12000, 32767),
    words(8 * N_LEVELS, -12000, 32767),
)

_channel = (words(N_LEVELS, -20000, 3000), _floor, scratch(N_LEVELS))

ARGUMENTS = {
    "centidb": st.tuples(
        *SCRATCH,
        packed(
            words(16, -100, 2**31 - 1),
            words(16, -20000, 3000),
            st.integers(1, 16),
            table(units.LOG_WORDS),
            scratch(16),
        ),
    ),
    "power_of": st.tuples(level, table(units.EXP_WORDS)),
    "bands": st.tuples(
        *SCRATCH,
        packed(
            bins,
            bins,
            table(bands.plan()),
            fields(*_scale, *_scale),
            scratch(129),
            scratch(N_ROWS),
            scratch(N_ROWS),
        ),
    ),
    "track_floor": st.tuples(
        *SCRATCH, st.one_of(packed(*_channel, st.just(0)), packed(*_channel, *_channel, st.just(0)))
    ),
}
