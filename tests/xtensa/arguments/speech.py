"""Arguments for kernels/speech.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears, facts
from tests.xtensa.arguments.buffers import fields, packed

_sums = ((1, 1200), (1000, 12000), (20000, 90000), (10000, 20000), (90000, 99000), (-50, 50))
_kept = ((0, 99000), *[facts.INDEX] * 3, (0, 1), (0, 1))
_hints = ((-2000, 0), facts.INDEX, facts.INDEX)
_clipping = ((0, 600), (0, 1023), (0, 1), facts.INDEX)
_steady = ((-12000 * 32, 300 * 32), (0, 100), (0, 10))
chords = fields(
    (0, 113), (-1200, 4096), facts.INDEX, (0, 3000), (0, 3000), (0, 3000), (0, 12), (0, 113),
    (0, 3000), (0, 16), (0, 3000), (0, 3000),
)  # fmt: skip
_levels = ((-12000 * 64, 0),)
_piece = ((-(2**15), 2**15 - 1), *_levels, (0, 3000), (0, 50), (-12000, 300), (0, 100), *_levels)
music = fields(*_sums, *_kept, *_hints, *_clipping, *_steady, *_piece)

ARGUMENTS = {
    "decide": st.tuples(ears.channel),
    "settle": st.tuples(ears.channels),
    "add": st.tuples(packed(facts.channel, ears.moment, ears.logits, music, chords)),
}
