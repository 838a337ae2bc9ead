"""Arguments for kernels/speech.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields

logit = st.integers(-32768, 32767)
index = st.integers(-1, 4000)
flag = st.integers(0, 1)
_limit = (-500, 500)
_sums = ((1, 1200), (1000, 12000), (20000, 90000), (10000, 20000), (90000, 99000), (0, 50))

ARGUMENTS = {
    "decide": st.tuples(
        logit, index, flag, fields(_limit, _limit, (1, 2000), (0, 400), (0, 40000)), facts.channel
    ),
    "settle": st.tuples(
        logit,
        st.just(0),
        flag,
        fields(_limit, _limit, (0, 4095), (0, 1), (0, 2), (0, 12)),
        facts.channel,
    ),
    "add": st.tuples(logit, index, fields(*_sums, (0, 99000), *[facts.INDEX] * 3, (0, 1), (0, 1))),
}
