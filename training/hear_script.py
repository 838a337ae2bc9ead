"""Runs in the MicroPython VM: what the firmware's own hearing makes of 16-bit stereo sound.

In: raw int16 pairs at 16 kHz on standard input. Out, on standard output, one row of int16 a frame:
the net's features, and the noise floors of the agent's and the line's side in centi-dB.
Called by: dataset.py.
"""

import sys
from array import array

import micropython
from callclip.core.config import Config
from callclip.core.hearing import Hearing
from callclip.core.units import FRAME_BYTES


@micropython.viper
def widen(narrow_in, wide_out, n: int):
    """16-bit samples into the upper half of 32-bit slots."""
    narrow = ptr16(narrow_in)  # noqa: F821
    wide = ptr32(wide_out)  # noqa: F821
    i = 0
    while i < n:
        wide[i] = narrow[i] << 16
        i += 1


@micropython.viper
def narrow(wide_in, narrow_out, n: int):
    """Words into half-words."""
    wide = ptr32(wide_in)  # noqa: F821
    narrow = ptr16(narrow_out)  # noqa: F821
    i = 0
    while i < n:
        narrow[i] = wide[i]
        i += 1


def main():
    hearing = Hearing(Config())
    features = hearing.features.values
    samples = bytearray(FRAME_BYTES // 2)
    slots = bytearray(FRAME_BYTES)
    n = len(features)
    row = array("h", bytes(2 * (n + 2)))
    index = 0
    while sys.stdin.buffer.readinto(samples) == len(samples):
        widen(samples, slots, len(samples) // 2)
        hearing.hear(slots, index)
        index += 1
        narrow(features, row, n)
        row[n], row[n + 1] = hearing.floors_cdb()
        sys.stdout.buffer.write(row)


main()
