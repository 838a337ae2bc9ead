"""Arguments for kernels/chords.py, within the bounds that its docstring gives."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears, facts, speech
from tests.xtensa.arguments.buffers import SCRATCH, packed, words
from tests.xtensa.arguments.lines import bins

ARGUMENTS = {
    "follow": st.tuples(
        *SCRATCH,
        packed(bins, words(128, 0, 100, "B"), words(128, 0, 3, "B"), speech.chords),
    ),
    "weigh": st.tuples(
        packed(facts.channel, ears.moment, ears.logits, speech.music, speech.chords)
    ),
}
