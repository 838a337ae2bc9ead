"""Arguments for kernels/piece.py, within the bounds that its docstring gives."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears, lines, speech
from tests.xtensa.arguments.buffers import packed

ARGUMENTS = {
    "judge": st.tuples(packed(lines.levels, ears.moment, ears.logits, speech.music)),
}
