"""Arguments for kernels/features.py, within the bounds that its docstrings give."""

from callclip.core import bands
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, fields, packed, scratch, words

levels = words(bands.N_VALUES, -20000, 3000)
leaks = words(17, -6000 * 16, 6000 * 16)

_limits = fields((0, 2000), (-6000, -3000), (-3000, 0), (1, 256), (0, 150))
_pack = packed(
    levels,
    levels,
    levels,
    levels,
    leaks,
    leaks,
    _limits,
    _limits,
    fields((-12000, 0), (-12000, 0), (0, 7)),
    scratch(72),
)

ARGUMENTS = {"gather": st.tuples(*SCRATCH, _pack), "track_leaks": st.tuples(*SCRATCH, _pack)}
