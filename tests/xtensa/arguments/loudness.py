"""Arguments for kernels/loudness.py, within the bounds that its docstring gives."""

from callclip.core import bands
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import SCRATCH, WORD, fields, joined, packed, words

N_ROWS = 4
_scale = ((0, 0), (0, 2**24), *[(0, 0)] * 6)
_floor = words(18, -12000, 3000)

ARGUMENTS = {
    "tell": st.tuples(
        *SCRATCH,
        words(640, -WORD, WORD - 1),
        packed(
            fields(*_scale, *_scale),
            words(2 * bands.N_VALUES, -20000, 3000),
            _floor,
            _floor,
            joined(fields((N_ROWS, N_ROWS), (0, N_ROWS - 1)), words(16 * N_ROWS, -12000, 320)),
            facts.frame,
        ),
    ),
}
