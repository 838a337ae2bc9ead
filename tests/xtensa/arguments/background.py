"""Arguments for kernels/background.py, within the bounds that its docstrings give."""

from hypothesis import strategies as st

from tests.xtensa.arguments import ears

ARGUMENTS = {"listen": st.tuples(ears.channel)}
