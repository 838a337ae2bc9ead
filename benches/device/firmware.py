"""The compiled firmware in the 32-bit VM, over slots.

Called by: memory.py, bytecode.py.
"""

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from host_tools import image, linker
from simulator import vm

_TIMEOUT_S = 1800
_SCRIPT = Path(__file__).with_name("vm_script.py")
# What the script loads, linked like the unit's own program: hearing, call and rules, no more.
_ENTRY = "callclip.heard"
_ENTRY_SOURCE = b"""from callclip.core.bead import Bead
from callclip.core.config import Config


def made():
    bead = Bead(Config({}))
    return bead.frame, bead.events.take
"""


@contextmanager
def compiled():
    """A folder with the linked firmware as the VM on a PC loads it."""
    files = image.firmware_files() | {"/callclip/heard.py": _ENTRY_SOURCE}
    with tempfile.TemporaryDirectory() as folder:
        for path, data in image.compiled(linker.link(files, [_ENTRY]), "x86").items():
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
