"""Arguments for kernels/hills.py, within the bounds that its docstrings give."""

from array import array

from hypothesis import strategies as st

from tests.xtensa.arguments.buffers import words

level = st.integers(-12000, 3000)


def _state(levels, vowels, is_rising, valley, top, age, top_vowel):
    return levels + array("i", [vowels, is_rising, valley, top, age, top_vowel])


flag = st.integers(0, 1)
state = st.builds(
    _state, words(5, -12000, 3000), st.integers(0, 7), flag, level, level, st.integers(0, 99), flag
)

ARGUMENTS = {
    "hill_age": st.tuples(level, flag, st.integers(50, 600), state),
}
