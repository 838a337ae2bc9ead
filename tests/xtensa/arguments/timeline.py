"""Arguments for kernels/timeline.py, within the bounds that its docstrings give."""

from array import array

from callclip.core import units
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, joined, table, words

RING_FRAMES = 1024
LAG_FRAMES = 400
_count = (0, 2**20)
_level = ((0, 2**22), (0, 2**28), (0, 2**24 - 1), *[(0, 2**22)] * 30)
_head = ((LAG_FRAMES, LAG_FRAMES), (0, 4), *[_count] * 3, *[facts.INDEX] * 2, *[(0, 20)] * 2)
_state = joined(fields((0, 4000), *_head, *[_count] * 5, *_level, *_level), table(units.EXP_TABLE))
_planes = (words(RING_FRAMES, 0, most, "B") for most in (15, 255, 30, 255, 30))
_ring = st.tuples(*_planes).map(lambda planes: array("B", b"".join(map(bytes, planes))))


def _count_of(n_frames):
    """Counts n_frames from the first one that is not counted yet."""
    return _state.flatmap(
        lambda state: st.tuples(st.just(state[0] + n_frames), st.just(0), st.just(state), _ring)
    )


ARGUMENTS = {
    "note": st.tuples(st.integers(0, 1), st.just(0), facts.frame, _state, _ring),
    "count": st.integers(0, 40).flatmap(_count_of),
}
