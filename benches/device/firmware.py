"""The compiled firmware in the 32-bit VM, over slots.

Called by: memory.py, bytecode.py.
"""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from host_tools import image
from simulator import vm

_TIMEOUT_S = 1800
_SCRIPT = Path(__file__).with_name("vm_script.py")


@contextmanager
def compiled():
    """A folder with the firmware as the VM on a PC loads it."""
    with tempfile.TemporaryDirectory() as folder:
        for path, data in image.compiled(image.firmware_files(), "x86").items():
            target = Path(folder, path.lstrip("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        yield folder


def run(folder, task, slots, before=(), environment=None):
    """The finished process; `before` are words that start it, as those of a profiler."""
    command = [*before, *vm.find(), "-X", "heapsize=4m", str(_SCRIPT), folder, task]
    return subprocess.run(
        command,
        input=slots,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
