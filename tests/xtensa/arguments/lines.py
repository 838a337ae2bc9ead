"""Arguments for kernels/lines.py, within the bounds that its docstrings give."""

from callclip.core.bands import BAND_EDGES_BINS
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import SCRATCH, fields, joined, packed, scratch, table, words

N_FOUND = 40 + 129
bins = words(128, 0, 2**22 - 1)  # together below 2^29
levels = words(18, -20000, 3000)
_scales = fields((0, 0), (0, 0), (0, 0), (0, 0), (-6, 11), (0, 1), (0, 0), (0, 0))
_plans = st.sampled_from(((9, 110), (12, 125), (3, 60))).flatmap(
    lambda ends: table(BAND_EDGES_BINS + ends)
)
_power = (0, 2**28)
# Frames and place of a burst, whether it is tonal and narrow, its start.
_burst = fields((0, 60), (3 * 128, 124 * 128), facts.FLAG, facts.FLAG, facts.INDEX)
_to_find = joined(scratch(11), _burst, scratch(N_FOUND - 16))
_found = joined(
    fields(
        (0, 2000), _power, _power, _power, *[facts.LEVEL] * 2, (0, 1024), (0, 2000), facts.LEVEL
    ),
    words(2, 0, 0),
    _burst,
    words(18, 0, 2**24),
    words(N_FOUND - 34, 0, 0),
)

ARGUMENTS = {
    "find": st.tuples(
        *SCRATCH,
        packed(
            bins,
            bins,
            _scales,
            _scales,
            _plans,
            _to_find,
        ),
    ),
    "judge": st.tuples(packed(levels, levels, _found, facts.frame)),
}
