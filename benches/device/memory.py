"""Memory: growth of the core's heap in the 32-bit VM, frame by frame; size of the firmware's files.

Called by: bench_device.py.
"""

import json

from benches.device import firmware
from host_tools import image


class HeapError(Exception):
    """One sentence: what the VM said."""


def image_bytes():
    """All files of the firmware as they go onto an ESP32, compiled."""
    return sum(map(len, image.for_unit(image.firmware_files(), "xtensawin").values()))


def heap(slots):
    """{n_frames, grown}: bytes over these frames, by the compiled core."""
    with firmware.compiled() as folder:
        done = firmware.run(folder, "memory", slots)
    if done.returncode != 0:
        raise HeapError(f"the core failed in the VM: {done.stderr.decode()[-300:]}")
    return json.loads(done.stdout)
