"""Arguments for kernels/activity.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears
from tests.xtensa.arguments.buffers import SCRATCH, fields

_add = ((0, 2**22), (0, 2**28), (0, 2**24 - 1), *[(0, 2**22)] * 30)

ARGUMENTS = {
    "follow": st.tuples(*SCRATCH, ears.channels),
    "add": st.tuples(st.integers(-12000, 300), st.integers(0, 30), ears.exp_tables, fields(*_add)),
}
