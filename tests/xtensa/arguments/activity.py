"""Arguments for kernels/activity.py, within the bounds that its docstrings give."""

from callclip.core import units
from callclip.core.speechlevel import LESS_CDB
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, table

_tables = table(list(units.EXP_TABLE) + list(LESS_CDB))
_average = (0, 2**20)
_follow = (_average, _average, (3, 12), *[(0, 30)] * 10, (0, 2**29 - 1), (0, 128))
_add = ((0, 2**22), (0, 2**28), (0, 2**24 - 1), *[(0, 2**22)] * 30)

ARGUMENTS = {
    "follow": st.tuples(st.just(0), st.integers(0, 4000), _tables, fields(*_follow), facts.channel),
    "add": st.tuples(st.integers(-12000, 300), st.integers(0, 30), _tables, fields(*_add)),
}
