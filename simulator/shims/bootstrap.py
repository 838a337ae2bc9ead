"""First script of the virtual unit's VM: makes the stand-ins known and lets them begin.

Arguments: a ROMFS image of the compiled stand-ins and its length, and what virtual_start wants. The
image is mapped, so their bytecode is not in the heap: it is the firmware's, as on the chip.
Called by: simulator/device.py.
"""

import sys

import virtual_rom

if not virtual_rom.mount(sys.argv[1], int(sys.argv[2]), "/shims"):
    raise OSError("the stand-ins are no ROMFS image")
sys.path.insert(0, "/shims")

import virtual_start  # noqa: E402  it can be found now

virtual_start.main(sys.argv[3])
