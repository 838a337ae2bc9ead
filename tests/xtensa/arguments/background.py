"""Arguments for kernels/background.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, words

flag = st.integers(0, 1)
level = st.integers(-12000, 300)
index = st.integers(0, 4000)
leak = words(17, -6000 * 16, 0)
logit = st.integers(-32768, 32767)
state = fields(
    (0, 2), facts.INDEX, (-9000, -6000), (-7000, -4000), (0, 49), facts.INDEX,
    (-(2**22), 2**22), facts.FLAG, (-(2**24), 2**24), (-30000, -6000), (0, 4000), facts.INDEX,
)  # fmt: skip

ARGUMENTS = {
    "compare": st.tuples(words(48, -12000, 300), leak, leak, words(18, -12000, 300), facts.frame),
    "listen": st.tuples(
        level, index, level, logit, st.sampled_from((0, 1, 9)), flag, state, facts.channel
    ),
    "show": st.tuples(
        st.sampled_from((0, 4, 5)), st.integers(-1, 4000), state, index, facts.channel
    ),
}
