"""The facts of a frame as kernels get them: 3 rows, each word within its range (core/frame.py)."""

from tests.xtensa.arguments.buffers import fields

FLAG = (0, 1)
LEVEL = (-12000, 300)
INDEX = (-1, 4000)
LOGIT = (-4096, 4096)
STATES = (0, 63)  # call states, a bit each
NOT_USED = (0, 0)
CHANNEL = (
    LEVEL, LEVEL, FLAG, FLAG, FLAG, (0, 5), FLAG, INDEX, FLAG, INDEX, (0, 400), INDEX, LEVEL, LEVEL,
    (0, 30), (0, 2**20), LEVEL, (0, 320), FLAG, LEVEL, LEVEL, FLAG, LEVEL, LEVEL, LOGIT,
    (-12300, 12300), *[NOT_USED] * 6,
)  # fmt: skip
BOTH = (
    (0, 4000), (0, 9), INDEX, (0, 3), INDEX, INDEX, FLAG, FLAG, (0, 5), (0, 2), (0, 1023),
    *[NOT_USED] * 21,
)  # fmt: skip

channel = fields(*CHANNEL)
frame = fields(*CHANNEL, *CHANNEL, *BOTH)
