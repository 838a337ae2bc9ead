"""Memory: heap of the core in the 32-bit VM, growth a frame, size of the firmware's files.

Called by: bench_device.py.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from host_tools import image
from simulator import vm

_TIMEOUT_S = 300


def image_bytes():
    """All files of the firmware as they go onto an ESP32, compiled."""
    return sum(map(len, image.compiled(image.firmware_files(), "xtensawin").values()))


def heap(slots):
    """{n_frames, grown, held, peak}: bytes over these frames, by the compiled core."""
    with tempfile.TemporaryDirectory() as folder:
        for path, data in image.compiled(image.firmware_files(), "x86").items():
            target = Path(folder, path.lstrip("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        script = Path(__file__).with_name("memory_script.py")
        done = subprocess.run(
            [*vm.find(), "-X", "heapsize=2m", str(script), folder],
            input=slots,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=True,
        )
    return json.loads(done.stdout)
