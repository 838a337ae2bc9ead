"""Arguments for kernels/watches.py, within the bounds that its docstrings give."""

from callclip.core import units
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed, table

_head = (facts.STATES, (0, 1023), (0, 4000))
_running = (-6000 * 16, 300 * 16)
_shock = (
    (0, 1), _running, _running, (0, 2), (0, 50), (50, 50), (-1000, 0), (500, 2000), (-12000, 300),
)  # fmt: skip
_knock = (facts.INDEX, facts.LEVEL, (-2000, 0), *[facts.LEVEL] * 3)
_power = (0, 2**29 - 1)
_step = (0, 2**28)
_day = (
    (0, 4320000), (0, 180000), (0, 1080000), (1080000, 1080000), _step, _step, (0, 2**24 - 1),
    _step, _power, _power, *[(0, 0)] * 3,
)  # fmt: skip

_exp = table(units.EXP_WORDS)


def _meter(*words):
    return st.tuples(packed(facts.frame, fields(*_head, *words), _exp))


ARGUMENTS = {
    "shock": _meter(*_shock),
    "knock": _meter(*_knock),
    "expose": _meter(*_day),
}
