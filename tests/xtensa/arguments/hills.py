"""Arguments for kernels/hills.py, within the bounds that its docstring gives."""

from callclip.core import bands
from callclip.core.syllables import MOST_LAG
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed, words

_level = (-65000, 90000)
_kept = (*[_level] * 8, (0, 2**24 - 1), (-1024, 1023))
_hill = ((0, 1), _level, _level, (0, 99))
_limits = ((500, 6000), (1000, 4000), (1, 2047), (0, 99))

ARGUMENTS = {
    "count": st.tuples(
        packed(
            words(bands.N_VALUES, -12000, 9000),
            st.integers(0, MOST_LAG),
            fields(*_kept, *_hill, *_limits),
            facts.channel,
        ),
    ),
}
