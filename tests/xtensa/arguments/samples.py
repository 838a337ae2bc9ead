"""Arguments for kernels/samples.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import SCRATCH, WORD, fields, packed, scratch, words

SAMPLE = 2**24
N_WORDS = 12 + 640
WINDOW = 2**25

_dc = (-(2**30), 2**30 - 1)
_peak = (0, WINDOW)
_scale = (_dc, (0, SAMPLE), _peak, _peak, (-6, 11), (0, 1), (0, 0), (0, 0))
_scales = fields(*_scale, *_scale)


def _loud(bits):
    """Samples as loud as their peak says."""
    peak = (2**bits - 1, 2**bits - 1)
    row = (_dc, peak, _peak, _peak, (-6, 11), (0, 1), (0, 0), (0, 0))
    samples = words(N_WORDS, -(2**bits) + 1, 2**bits - 1)
    return st.tuples(*SCRATCH, packed(samples, fields(*row, *row), scratch(48), scratch(48)))


ARGUMENTS = {
    "unpack": st.tuples(*SCRATCH, words(640, -WORD, WORD - 1), packed(scratch(N_WORDS), _scales)),
    "energy": st.integers(1, 24).flatmap(_loud),
    "decimate": st.tuples(
        *SCRATCH,
        packed(
            words(N_WORDS, -SAMPLE, SAMPLE),
            _scales,
            words(256, -WINDOW, WINDOW),
            words(256, -WINDOW, WINDOW),
        ),
    ),
}
