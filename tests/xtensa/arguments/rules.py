"""Arguments for kernels/rules.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed

N_RULES = 7
_head = (facts.STATES, (0, 1023), (0, 4000))
_index = facts.INDEX
_talk = fields(
    (0, 4000), _index, _index, (0, 1), _index, (0, 1), _index, _index, (0, 5), (0, 1), (0, 1),
    (0, 400), (0, 9), _index, (-12000 * 512, 300 * 512), _index,
    (0, 2000), (0, 2000), (0, 500), (-11000, -5000), (0, 1023), _index, _index,
    (0, 1023), (0, 400), (0, 400), (100, 2000), (0, 400),
)  # fmt: skip

ARGUMENTS = {
    "look": st.tuples(packed(facts.frame, _talk)),
    "follow": st.tuples(packed(facts.frame, _talk)),
    "is_due": st.tuples(packed(facts.frame, fields(*_head))),
    "is_any_due": st.tuples(packed(facts.frame, fields(*_head * N_RULES), st.integers(0, N_RULES))),
}
