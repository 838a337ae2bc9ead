"""A shift of the whole application in the virtual unit: its heap, and the sound that flash costs.

The morning's calls are heard again and again, flash erases take 90 ms. The heap is looked at every
virtual minutes after a collection: the first look is before the firmware is loaded and shows what
the stand-ins for the hardware take, which on the chip are MicroPython's own.
Called by: bench_device.py; `python -m benches.device.shift HOURS [KB OF HEAP]` alone.
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

HEAP_BYTES = 124 * 1024  # 100 for the application, the rest for what stands in for the chip
ERASE_MS = 90
_SOURCES_HEAP_BYTES = 1024 * 1024  # from sources, as the careless unit runs
_LOOK_MS = 60_000
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
            heap_bytes=heap_bytes if is_scheduled else _SOURCES_HEAP_BYTES,
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
    looks = [(line["t_ms"], line["heap"]) for line in signals if "heap" in line]
    hours = n_ms / _HOUR_MS
    stand_ins = looks[0][1]["used"]
    rows = [_row(t_ms, heap, stand_ins) for t_ms, heap in looks[1:]]
    return {
        "hours": round(hours, 2),
        "n_resets": sum("reset" in line for line in signals),
        "stand_ins_bytes": stand_ins,
        "app_bytes_first": rows[0]["app_bytes"],
        "app_bytes_last": rows[-1]["app_bytes"],
        "app_bytes_most": max(row["app_bytes"] for row in rows),
        "growth_bytes": rows[-1]["app_bytes"] - rows[0]["app_bytes"],
        "largest_free_bytes_least": min(row["largest_free_bytes"] for row in rows),
        "free_bytes_least": min(row["free_bytes"] for row in rows),
        "n_gaps": hello["n_gaps"],
        "lost_ms_per_hour": round(hello["lost_ms"] / hours),
        "hourly": _hourly(rows),
    }


def _row(t_ms, heap, stand_ins):
    return {
        "t_min": t_ms // 60000,
        "app_bytes": heap["used"] - stand_ins,
        "free_bytes": heap["free"],
        "largest_free_bytes": heap["largest_free"],
        "n_1_block": heap["n_1_block"],
        "n_2_blocks": heap["n_2_blocks"],
    }


def _hourly(rows):
    """The first look, the last one, and the first of each hour between."""
    out = [rows[0]]
    for row in rows:
        if row["t_min"] // 60 > out[-1]["t_min"] // 60:
            out.append(row)
    return out if out[-1] is rows[-1] else [*out, rows[-1]]


def table(figures):
    """Lines: how the heap stood at each hour."""
    keys = list(figures["hourly"][0])
    lines = ["".join(f"{key:>20}" for key in keys)]
    for row in figures["hourly"]:
        lines.append("".join(f"{row[key]:>20,}" for key in keys))
    return lines


def main(hours, heap_kb):
    for is_scheduled in (True, False):
        print("flash written", "between turns" if is_scheduled else "whenever something waits")
        figures = run(hours, is_scheduled, heap_kb * 1024)
        print(json.dumps({k: v for k, v in figures.items() if k != "hourly"}, indent=2))
        print("\n".join(table(figures)), flush=True)


if __name__ == "__main__":
    arguments = [float(word) for word in sys.argv[1:]]
    main(arguments[0] if arguments else 8, int(arguments[1]) if len(arguments) > 1 else 124)
