"""Faults by the million: frames, forgeries, kills, power cuts, tampers, prompts. `make soak`.

The core's kernels ask for MicroPython's own modules: they stand in from here on.
"""

from simulator.shims import install_micropython

install_micropython()
