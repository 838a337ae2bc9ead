"""Eight hours of random flash stalls and collector pauses: is every lost buffer found?

Called by: bench_device.py; `python -m benches.device.gaps` alone.
"""

import random

from callclip.core.gapclock import BUFFER_MS

from simulator.lossy_driver import HOUR_MS, Unit, run

HOURS = 8
_EVERY_MS = 20_000
_DRIFT_PPM = 50
_HEAR_MS = (6, 15)  # what a frame costs the loop


def undetected():
    """Figures of the eight hours; undetected: losses still unknown a second later."""
    unit = Unit(_DRIFT_PPM, delay_ms=3)
    n_undetected = run(unit, random.Random(7), HOURS * HOUR_MS, _EVERY_MS, _HEAR_MS)
    return {
        "gap_hours": HOURS,
        "lost_buffers": unit.driver.n_lost,
        "lost_buffers_found": unit.told_ms // BUFFER_MS,
        "undetected_gaps": n_undetected,
    }


if __name__ == "__main__":
    print(undetected())
