"""What a kernel is handed: one array of words, the addresses of its buffers and small numbers.

To hand over a buffer costs the VM some 170 instructions a call, to look up an attribute as many; a
pack is made once. Arrays never move, so an address holds as long as its owner keeps the array and
never lets it grow; who makes a pack keeps what is in it.
Called by: the owners of buffers in this folder, when they are made.
Ref: MicroPython documentation, uctypes.addressof.
"""

from array import array

from uctypes import addressof


def pack(*parts) -> "ptr32":  # noqa: F821
    """parts: buffers, and numbers from 0 to 65535."""
    places = [part if isinstance(part, int) else addressof(part) for part in parts]
    return array("I", places)  # pyright: ignore[reportReturnType]
