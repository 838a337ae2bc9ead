"""Arguments for kernels/samples.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, WORD, scratch, words

SAMPLE = 2**24

_slots = words(640, -WORD, WORD - 1)
_dc = words(4, -(2**30), 2**30 - 1)


def _energy(shift):
    most = 2**10 << shift
    return st.tuples(*SCRATCH, words(320, -most, most), st.just(shift), scratch(3))


ARGUMENTS = {
    "unpack": st.tuples(*SCRATCH, _slots, scratch(320), scratch(320), _dc),
    "energy": st.integers(0, 15).flatmap(_energy),
    "decimate": st.tuples(*SCRATCH, words(320, -SAMPLE, SAMPLE), words(262, -SAMPLE, SAMPLE)),
    "shift_for": st.tuples(st.integers(0, 2**25), st.sampled_from((10, 14)), st.integers(-6, 0)),
}
