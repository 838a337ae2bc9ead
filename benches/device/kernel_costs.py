"""What the kernels cost over recorded calls: instructions and estimated cycles, kernel by kernel.

The core hears a recording on CPython; the kernel calls of some frames, with their real arguments,
are executed again as the ESP32's instructions and counted.
Called by: bench_device.py.
"""

from dataclasses import dataclass

import soundfile
import soxr

from simulator.xtensa import emulator, kernels, recorder
from simulator.xtensa.cycles import Cycles, Model

RATE_HZ = 16000


@dataclass
class Cost:
    """Of one kernel, or of all, over the frames looked at."""

    n_calls: int = 0
    n_instructions: int = 0
    cycles: Cycles = Cycles(0, 0)

    def add(self, n_instructions, some_cycles):
        self.n_calls += 1
        self.n_instructions += n_instructions
        self.cycles += some_cycles


@dataclass
class Costs:
    by_kernel: dict  # name -> Cost
    frames: list  # Cost of each frame

    @property
    def n_frames(self):
        return len(self.frames)

    @property
    def mean(self):
        """Cost of an average frame, in instructions and cycles."""
        total = sum(frame.n_instructions for frame in self.frames) / self.n_frames
        low = sum(frame.cycles.low for frame in self.frames) / self.n_frames
        high = sum(frame.cycles.high for frame in self.frames) / self.n_frames
        return total, Cycles(low, high)

    @property
    def worst(self):
        return max(self.frames, key=lambda frame: frame.cycles.high)


def slots_of(recording):
    """A recording as the microphones' slots."""
    sound, rate_hz = soundfile.read(recording, dtype="int32", always_2d=True)
    if rate_hz != RATE_HZ:
        sound = soxr.resample(sound, rate_hz, RATE_HZ)
    return sound.tobytes()


def measure(parts):
    """Costs over [(slots, first frame, number of frames, step)]."""
    codes = kernels.machine_code()
    costs = Costs({name: Cost() for name in codes}, [])
    for slots, first, n_frames, step in parts:
        for calls in recorder.record(slots, codes, first, n_frames, step):
            costs.frames.append(_add_frame(costs, codes, calls))
    return costs


def _add_frame(costs, codes, calls):
    _, trace = emulator.run_traced(codes, calls)
    model = Model(trace)
    frame = Cost()
    for index, call in enumerate(calls):
        n_instructions, some_cycles = trace.n_instructions(index), model.of_call(index)
        costs.by_kernel[call.kernel].add(n_instructions, some_cycles)
        frame.add(n_instructions, some_cycles)
    return frame
