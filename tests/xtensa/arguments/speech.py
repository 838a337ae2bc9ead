"""Arguments for kernels/speech.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears, facts
from tests.xtensa.arguments.buffers import fields, packed

_sums = ((1, 1200), (1000, 12000), (20000, 90000), (10000, 20000), (90000, 99000), (0, 50))
_music = fields(*_sums, (0, 99000), *[facts.INDEX] * 3, (0, 1), (0, 1))

ARGUMENTS = {
    "decide": st.tuples(ears.channel),
    "settle": st.tuples(ears.channels),
    "add": st.tuples(packed(facts.channel, ears.moment, ears.logits, _music)),
}
