"""A shift of the whole application in the virtual unit: its heap, and the sound that flash costs.

The morning's calls are heard again and again, flash erases take 90 ms. The heap is looked at every
virtual minutes after a collection: the first look is before the firmware is loaded and shows what
the stand-ins for the hardware take, which on the chip are MicroPython's own.
Called by: bench_device.py; `python -m benches.device.shift HOURS` alone.
"""

import json
import sys
import tempfile
from pathlib import Path

from host_tools import image
from host_tools.link import Client
from simulator import calls
from simulator.device import VirtualUnit
from simulator.recording import open_recording

HEAP_BYTES = 256 * 1024
ERASE_MS = 90
_LOOK_MS = 300_000
_HOUR_MS = 3_600_000
_TIMEOUT_S = 24 * 3600
_EVERYWHERE = """

class FlashTime:
    def hear(self, view): pass
    def written(self, now_ms): pass
    def is_quiet(self, call_state, view): return True
    def is_allowed(self, call_state, is_quiet, is_full, now_ms): return True
"""


def run(hours, is_scheduled=True, heap_bytes=HEAP_BYTES, look_ms=_LOOK_MS):
    """Figures of a shift; is_scheduled False: flash is written whenever something waits."""
    wavs = [calls.sound_path(name) for name in calls.MORNING]
    round_ms = sum(open_recording(wav).duration_ms for wav in wavs)
    n_rounds = max(1, round(hours * _HOUR_MS / round_ms))
    with tempfile.TemporaryDirectory() as folder:
        flash = None if is_scheduled else _careless(Path(folder, "flash.img"))
        unit = VirtualUnit(
            flash,
            wavs,
            n_repeats=n_rounds,
            erase_ms=ERASE_MS,
            heap_bytes=heap_bytes,
            look_every_ms=look_ms,
        )
        with unit:
            unit.wait_played(_TIMEOUT_S)
            with Client(unit.port) as client:
                hello = client.hello
            signals = unit.signals()
    return _figures(signals, hello, n_rounds * round_ms)


def _careless(path):
    files = image.firmware_files()
    files["/callclip/core/flashtime.py"] = _EVERYWHERE.encode()
    path.write_bytes(image.build(files))
    return path


def _figures(signals, hello, n_ms):
    heaps = [line["heap"] for line in signals if "heap" in line]
    hours = n_ms / _HOUR_MS
    stand_ins, first, last = heaps[0], heaps[1], heaps[-1]
    return {
        "hours": round(hours, 2),
        "n_resets": sum("reset" in line for line in signals),
        "stand_ins_bytes": stand_ins[0],
        "app_bytes_first": first[0] - stand_ins[0],
        "app_bytes_last": last[0] - stand_ins[0],
        "app_bytes_most": max(row[0] for row in heaps[1:]) - stand_ins[0],
        "largest_block_bytes_least": min(row[2] for row in heaps[1:]),
        "free_bytes_least": min(row[1] for row in heaps[1:]),
        "n_gaps": hello["n_gaps"],
        "lost_ms_per_hour": round(hello["lost_ms"] / hours),
    }


if __name__ == "__main__":
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    for is_scheduled in (True, False):
        print("flash written", "between turns" if is_scheduled else "whenever something waits")
        print(json.dumps(run(hours, is_scheduled), indent=2), flush=True)
