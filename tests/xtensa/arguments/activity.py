"""Arguments for kernels/activity.py, within the bounds that its docstrings give."""

from array import array

from callclip.core import units
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import table, words


def _state(averages, place, ring):
    return averages + array("i", [place]) + ring


_states = st.builds(_state, words(2, 0, 2**20), st.integers(3, 12), words(10, 0, 30))

ARGUMENTS = {
    "highest_threshold": st.tuples(st.integers(-14000, 3000), table(units.EXP_TABLE), _states),
}
