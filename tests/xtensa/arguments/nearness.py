"""Arguments for kernels/nearness.py, within the bounds that its docstring gives."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears, facts
from tests.xtensa.arguments.buffers import fields, packed, words
from tests.xtensa.arguments.moments import levels

_row = ((-12000, 300), (-96006, 4800), (-512, 512), (1, 100), (100, 3000))
_state = fields((0, 50), *_row, *_row)

ARGUMENTS = {
    "doubt": st.tuples(
        packed(levels, facts.frame, ears.moment, ears.moment, words(8, -4000, 4000), _state)
    ),
}
