"""Arguments for kernels/turns.py, within the bounds that its docstring gives."""

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.meters import meter

_index = facts.INDEX

ARGUMENTS = {
    "follow": meter((1, 20), *[_index] * 5, (0, 2), *[(0, 4000)] * 5, *[_index] * 2),
}
