"""Arguments for kernels/linenoise.py, within the bounds that its docstring gives."""

from tests.xtensa.arguments import facts
from tests.xtensa.arguments.meters import meter

_index = facts.INDEX

ARGUMENTS = {
    "follow": meter(
        _index,
        _index,
        (0, 2),
        (-1, 50),
        (50, 50),
        (1, 500),
        (50, 50),
        (500, 500),
        (-6000, 0),
        (0, 2000),
        (-12000 * 256, 0),
        facts.FLAG,
        _index,
        (0, 16),
        (0, 16),
        _index,
        facts.LEVEL,
        (0, 4000),
        _index,
        _index,
        (0, 4000),
    ),
}
