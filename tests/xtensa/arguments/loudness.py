"""Arguments for kernels/loudness.py, within the bounds that its docstrings give."""

from callclip.core import units
from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import WORD, scratch, table, words

_energy = words(1, 0, 2**24 - 1), words(1, 0, 2**29), words(2, 0, 2**29 - 1), scratch(3)


def _joined(*parts):
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


ARGUMENTS = {
    "clipped": st.tuples(words(640, -WORD, WORD - 1), st.integers(0, 1)),
    "weigh": st.tuples(
        words(16, 0, 2**25 - 1), words(32, 0, 4100), st.just(16), st.integers(0, 2**29), scratch(2)
    ),
    "expose": st.tuples(
        words(3, -20000, 3000), table(units.EXP_TABLE), st.builds(_joined, *_energy)
    ),
}
