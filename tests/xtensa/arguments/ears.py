"""The pack of one channel (core/ear.py): facts, moment, logits and the states of what listens."""

from callclip.core import units
from callclip.core.tables import LESS_CDB
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed, table, words

LIVE, LATE, NOISE = 0, 2, 6
_average = (0, 2**20)
_shown = (0, 4000)

moment = fields(
    _shown, _shown, facts.FLAG, facts.FLAG, (0, 5), facts.INDEX, facts.INDEX, (0, 3), (0, 5),
    facts.LEVEL, facts.LEVEL, facts.FLAG, (0, 3), facts.INDEX, (0, 2),
)  # fmt: skip
logits = words(8, -32768, 32767)
_hindsight = fields((-1000, 1000), (-1000, 1000), (0, 2**12 - 1), facts.FLAG, (0, 2), (0, 13))
_speech = fields((-1000, 1000), (-1000, 1000), (1, 4000), (0, 4000), (-4000, 40000))
background = fields(
    (0, 2), facts.INDEX, (-9000, -6000), (-7000, -4000), (0, 49), facts.INDEX,
    (-(2**22), 2**22), facts.FLAG, (-(2**24), 2**24), (-30000, -6000), (0, 4000), facts.INDEX,
)  # fmt: skip
_level = fields(_average, _average, (3, 12), *[(0, 30)] * 10, (0, 2**29 - 1), (0, 128))
exp_tables = table(list(units.EXP_WORDS) + list(LESS_CDB))

_parts = (
    facts.channel,
    moment,
    logits,
    st.just(LIVE),
    st.just(LATE),
    st.just(NOISE),
    _hindsight,
    _speech,
    background,
    exp_tables,
    _level,
)
channel = packed(*_parts, st.just(0))
channels = st.one_of(channel, packed(*_parts, *_parts, st.just(0)))
