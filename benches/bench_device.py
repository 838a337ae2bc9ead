"""What a frame costs on the ESP32: `make bench-device`, no board needed.

Kernels: the real calls of two recorded calls' frames, executed as the ESP32's instructions and
counted; cycles by simulator/xtensa/cycles.py, low and high. Bytecode: counted on the 32-bit VM and
scaled. Prints a table and writes build/bench/device.json. Page: docs/esp32.md.
Units: a stereo sample is 1/320 of a 20 ms frame; % of one 240 MHz core.
Called by: `make bench-device`.
"""

import json
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benches.device import bytecode, gaps, kernel_costs, memory, shift
from simulator.xtensa import cycles

ROOT = Path(__file__).resolve().parent.parent
CALLS = ROOT / "simulator/recordings/calls"
# recording, first frame, frames, step: talk with both voices; hold music
PARTS = (("normal_call", 550, 40, 9), ("long_hold", 600, 40, 9))
BYTECODE_FIRST, BYTECODE_FRAMES = 550, 100
SHIFT_HOURS = 0.5  # of virtual time; SHIFT_HOURS=8 in the environment for a working day
FRAME_SAMPLES = 320
FILE_COLUMNS = 130
FRAME_S = 0.02
FRAME_CYCLES = cycles.CLOCK_HZ * FRAME_S
# WebRTC's VAD in C on the same core, a frame of both channels (measured in the same emulator).
WEBRTC_INSTRUCTIONS = 2 * 21_400


def main():
    slots = {name: kernel_costs.slots_of(CALLS / f"{name}.opus") for name, *_ in PARTS}
    costs = kernel_costs.measure([(slots[name], *rest) for name, *rest in PARTS])
    talk = slots[PARTS[0][0]]
    try:
        n_vm = bytecode.instructions_per_frame(talk, BYTECODE_FIRST, BYTECODE_FRAMES)
    except bytecode.CallgrindError as error:
        print(f"callclip: no figure for bytecode: {error}", file=sys.stderr)
        n_vm = None
    heap = memory.heap(talk[: 2560 * 1000])
    result = figures(costs, n_vm, heap) | of_a_shift() | gaps.undetected()
    path = ROOT / "build/bench/device.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    show(result, costs, path)


def figures(costs, n_vm, heap):
    """What goes into device.json; without bytecode's figure, what needs it is None."""
    n_instructions, kernel_cycles = costs.mean
    worst = costs.worst
    out = {
        "instructions_per_stereo_sample": round(n_instructions / FRAME_SAMPLES, 1),
        "instructions_per_stereo_sample_worst_frame": round(
            worst.n_instructions / FRAME_SAMPLES, 1
        ),
        "cycles_per_stereo_sample_low": round(kernel_cycles.low / FRAME_SAMPLES, 1),
        "cycles_per_stereo_sample_high": round(kernel_cycles.high / FRAME_SAMPLES, 1),
        "kernel_calls_per_frame": round(
            sum(cost.n_calls for cost in costs.by_kernel.values()) / costs.n_frames, 1
        ),
        "kernels_ms_high": _ms(kernel_cycles.high),
        "bytecode_vm_instructions_per_frame": None,
        "bytecode_ms_low": None,
        "bytecode_ms_high": None,
        "frame_ms_low": None,
        "frame_ms_high": None,
        "core_load_pct_high": None,
        "alloc_bytes_per_frame": heap["grown"] / heap["n_frames"],
        "image_bytes": memory.image_bytes(),
    }
    if n_vm is not None:
        bytecode_cycles = cycles.of_bytecode(n_vm)
        total = kernel_cycles + bytecode_cycles
        out["bytecode_vm_instructions_per_frame"] = round(n_vm)
        out["bytecode_ms_low"] = _ms(bytecode_cycles.low)
        out["bytecode_ms_high"] = _ms(bytecode_cycles.high)
        out["frame_ms_low"] = _ms(total.low)
        out["frame_ms_high"] = _ms(worst.cycles.high + bytecode_cycles.high)
        out["core_load_pct_high"] = round(100 * total.high / FRAME_CYCLES, 1)
    return out


def of_a_shift():
    """Heap of the whole application, and the sound that writing flash costs."""
    hours = float(os.environ.get("SHIFT_HOURS", SHIFT_HOURS))
    kept = shift.run(hours)
    careless = shift.run(hours, is_scheduled=False)
    return {
        "shift_hours": kept["hours"],
        "shift_resets": kept["n_resets"],
        "heap_peak_bytes": kept["app_bytes_most"],
        "heap_growth_bytes": kept["growth_bytes"],
        "heap_largest_block_bytes": kept["largest_free_bytes_least"],
        "lost_ms_per_hour": kept["lost_ms_per_hour"],
        "lost_ms_per_hour_unscheduled": careless["lost_ms_per_hour"],
    }


def _ms(n_cycles):
    return round(1000 * n_cycles / cycles.CLOCK_HZ, 2)


def show(result, costs, path):
    columns = ("calls a frame", "instructions a call", "a stereo sample", "cycles", "% of a core")
    table = Table("kernel", *columns)
    for column in table.columns[1:]:
        column.justify = "right"
    rows = sorted(costs.by_kernel.items(), key=lambda row: -row[1].n_instructions)
    for name, cost in rows:
        table.add_row(name, *_cells(cost, costs.n_frames))
    n_instructions, mean_cycles = costs.mean
    table.add_section()
    mean = kernel_costs.Cost(1, n_instructions, mean_cycles)
    for name, cost in (("an average frame", mean), ("the dearest frame", costs.worst)):
        table.add_row(name, "", f"{cost.n_instructions:,.0f}", *_cells(cost, 1)[2:])
    webrtc = WEBRTC_INSTRUCTIONS / FRAME_SAMPLES
    table.add_row(
        "WebRTC's VAD in C, a frame", "2", f"{WEBRTC_INSTRUCTIONS // 2:,}", f"{webrtc:.1f}"
    )
    # A pipe or a file has no width of its own.
    console = Console(width=None if sys.stdout.isatty() else FILE_COLUMNS)
    console.print(table)
    for key, value in result.items():
        console.print(f"{key:46}{value}", highlight=False)
    console.print(f"{costs.n_frames} frames of {', '.join(name for name, *_ in PARTS)}.")
    console.print(f"Written to {os.path.relpath(path)}")


def _cells(cost, n_frames):
    n_calls = cost.n_calls or 1
    low, high = (x / n_frames / FRAME_SAMPLES for x in (cost.cycles.low, cost.cycles.high))
    pct = (100 * x / n_frames / FRAME_CYCLES for x in (cost.cycles.low, cost.cycles.high))
    return (
        f"{cost.n_calls / n_frames:.2f}",
        f"{cost.n_instructions / n_calls:,.0f}",
        f"{cost.n_instructions / n_frames / FRAME_SAMPLES:.1f}",
        f"{low:.1f} - {high:.1f}",
        "{:.2f} - {:.2f}".format(*pct),
    )


if __name__ == "__main__":
    main()
