"""Arguments for kernels/moments.py, within the bounds that its docstrings give."""

from callclip.core import bands
from hypothesis import strategies as st

from tests.xtensa.arguments import ears, facts
from tests.xtensa.arguments.buffers import fields, joined, packed, words

leak = words(17, -6000 * 16, 0)
floor = words(18, -12000, 300)
levels = words(2 * bands.N_VALUES, -12000, 300)
_found = joined(words(13, 0, 0), fields(facts.FLAG, facts.FLAG, facts.INDEX))
_music = joined(
    words(8, 0, 0),
    fields(facts.INDEX, facts.INDEX, facts.FLAG, facts.FLAG),
    words(4, 0, 0),
    fields((0, 1023), facts.FLAG, facts.INDEX, (-12000 * 32, 300 * 32), (0, 100), (0, 10)),
)

ARGUMENTS = {
    "begin": st.tuples(
        packed(
            levels, floor, floor, leak, leak, facts.frame, ears.moment, ears.moment, _found, _music
        )
    ),
    "choose": st.tuples(packed(words(bands.N_VALUES, -12000, 300), ears.moment, _found, _music)),
}
