"""Arguments for kernels/meters.py, within the bounds that its docstrings give."""

from callclip.core import units
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed, table

_head = (facts.STATES, (0, 1023), (0, 4000))
_index = facts.INDEX
_count = (0, 2**20)
_exp = table(units.EXP_WORDS)
_level = ((0, 2**22), (0, 2**28), (0, 2**24 - 1), *[_count] * 30)
_channel = ((-9000, -6000), *[_count] * 6)


def meter(*words):
    return st.tuples(packed(facts.frame, fields(*_head, *words), _exp))


def _stretch(sides):
    own, other = sides
    return meter((own, own), (other, other), (0, 200), (1, 200), *_level)


ARGUMENTS = {
    "stretch": st.sampled_from(((0, 32), (32, 0))).flatmap(_stretch),
    "part": meter((0, 50), (0, 2**28)),
    "pace": meter((0, 200), (1, 200), (0, 99), (0, 2**20), _index),
    "health": meter(_count, *_channel, *_channel),
    "voice": meter((0, 50), (50, 50), (0, 1)),
}
