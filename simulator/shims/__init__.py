"""What stands in for MicroPython's own modules on a desktop.

`micropython.py` serves CPython, put in place by `install_micropython`. `machine.py`, `time.py`,
`world.py` and `bootstrap.py` are run by the MicroPython VM as the virtual unit's board: they are
found on the VM's own search path and are never imported here.
Called by: the cpython engine, tests of the core.
"""

import importlib
import sys


def install_micropython():
    """Make `import micropython` work on CPython, with the casts that viper code expects."""
    module = sys.modules.get("micropython")
    if module is None:
        module = importlib.import_module("simulator.shims.micropython")
        sys.modules["micropython"] = module
        sys.modules["uctypes"] = importlib.import_module("simulator.shims.memory")
    module.put_casts_in_builtins()
    return module
