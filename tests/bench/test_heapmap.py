"""benches/device/heapmap.py reads MicroPython's own map of the heap."""

from benches.device import heapmap

MAP = """GC memory layout; from f7000000:
00000000: h=hB..T===
       (2 lines all free)
00000c00: .h==
"""


def test_blocks_are_as_long_as_their_tails():
    sizes = heapmap._sizes(MAP.splitlines(), 0xF7000000)
    assert sizes == {
        0xF7000000: 32, 0xF7000020: 16, 0xF7000030: 16, 0xF7000060: 64, 0xF7000C10: 48,
    }  # fmt: skip
