"""A ROMFS partition: a file, mapped into memory as the chip maps its flash.

The mapping lies outside MicroPython's heap, so the heap holds what it would hold on the chip.
Called by: bootstrap (the stand-ins), virtual_start (the unit's application).
Ref: MicroPython, ports/esp32/esp32_partition.c (esp_partition_mmap).
"""

import ffi
import uctypes
import vfs

_PROT_READ, _MAP_PRIVATE = 1, 2


def mount(path, n_bytes, mount_point):
    """False: there is no image in it."""
    libc = ffi.open("libc.so.6")
    number = libc.func("i", "open", "si")(path, 0)
    address = libc.func("p", "mmap", "piiiii")(0, n_bytes, _PROT_READ, _MAP_PRIVATE, number, 0)
    if number < 0 or address == -1:
        raise OSError("the ROMFS image of the virtual unit cannot be mapped")
    try:
        vfs.mount(vfs.VfsRom(uctypes.bytearray_at(address, n_bytes)), mount_point)
    except OSError:
        return False
    return True
