"""Arguments for kernels/hills.py, within the bounds that its docstring gives."""

from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed, words

MOST_LAG = 7
_level = (-12000, 9000)
_row = ((0, 1), _level, _level, (0, 99), (0, 1), (0, 127), (0, 99), (50, 600), (1, 900))
_head = (*[_level] * 5, (0, 7), (0, 2**24 - 1), (-1024, 1023))
_scales = fields(*[(0, 0)] * 5, (0, 1), (0, 0), (0, 0))

ARGUMENTS = {
    "count": st.tuples(
        packed(
            words(24, -12000, 9000),
            _scales,
            st.integers(0, MOST_LAG),
            fields(*_head, *_row, *_row),
            facts.channel,
        ),
    ),
}
