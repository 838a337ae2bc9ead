"""Arguments for kernels/timeline.py, within the bounds that its docstrings give."""

from array import array

from callclip.core import units
from hypothesis import strategies as st

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.buffers import fields, packed, table, words

RING_FRAMES = 512
LAG_FRAMES = 400
_count = (0, 2**20)
_level = ((0, 2**22), (0, 2**28), (0, 2**24 - 1), *[(0, 2**22)] * 30)
_head = ((LAG_FRAMES, LAG_FRAMES), (0, 4), *[_count] * 3, *[facts.INDEX] * 2, *[(0, 20)] * 2)
_end = (0, 4040)
_size = (RING_FRAMES, RING_FRAMES)
_state = fields((0, 4000), *_head, *[_count] * 5, *_level, *_level, _end, _size)
_planes = (words(RING_FRAMES, 0, most, "B") for most in (15, 255, 30, 255, 30))
_ring = st.tuples(*_planes).map(lambda planes: array("B", b"".join(map(bytes, planes))))


_exp = table(units.EXP_WORDS)


def _to_count(n_frames):
    """A state with n_frames that are not counted yet."""

    def put(state):
        state[-2] = state[0] + n_frames
        return state

    return _state.map(put)


ARGUMENTS = {
    "note": st.tuples(packed(_state, _ring, _exp, facts.frame)),
    "count": st.tuples(packed(st.integers(0, 40).flatmap(_to_count), _ring, _exp)),
}
