"""The one model of the cycles that the ESP32 takes: low and high estimates, from traces.

Every instruction takes a cycle from internal RAM, where MicroPython puts machine code. What it
may wait for beside that is here as (low, high): low is Xtensa's 5-stage pipeline, high its 7-stage
one, with a taken branch to an address that is not aligned for the fetch. The ESP32's LX6 lies
between; caches play no part in kernels. Bytecode is told in instructions of the 32-bit VM on a PC;
its scale comes from the pystone benchmark, see docs/esp32.md.
Called by: benches/device, tests/xtensa.
Ref: Xtensa Instruction Set Architecture reference manual (pipeline delays).
"""

from dataclasses import dataclass

import numpy as np

CLOCK_HZ = 240_000_000
TAKEN = (2, 3)  # refill after a taken branch, jump, call or return
LOAD_USE = (1, 2)  # an instruction needs what the one before it loads
LOAD_USE_LATER = (0, 1)  # or the one before that
MULTIPLY_USE = (0, 1)
DIVIDE = (2, 12)

# Instructions of the VM on a PC to cycles of the ESP32, its code in cached flash: a pass of
# pystone takes 48,858 instructions in Debian's 32-bit VM (callgrind); ESP32 boards at 240 MHz are
# reported at 1661 to 1014 passes a second (micropython issues 5673 and 6565).
PYSTONE_INSTRUCTIONS = 48_858
PYSTONES_PER_S = (1661, 1014)

_LOADS = ("l32i", "l8ui", "l16ui", "l16si", "l32r")
_DIVISIONS = ("quos", "quou", "rems", "remu")
_NO_RESULT = ("s32i", "s16i", "s8i")  # what they name first is read
_JUMPS = ("j", "jx", "ret", "retw", "call0", "call4", "call8", "call12", "callx0", "callx8")


@dataclass(frozen=True)
class Cycles:
    """An estimate."""

    low: float
    high: float

    def __add__(self, other):
        return Cycles(self.low + other.low, self.high + other.high)


def of_bytecode(n_vm_instructions):
    """Of what a PC's 32-bit VM does in so many instructions."""
    return Cycles(*(n_vm_instructions * vm_scale(k) for k in (0, 1)))


def vm_scale(which):
    """Cycles of the ESP32 for an instruction of the VM on a PC: low (0) or high (1)."""
    return CLOCK_HZ / PYSTONES_PER_S[which] / PYSTONE_INSTRUCTIONS


class Model:
    """The estimate for the calls of one trace."""

    def __init__(self, trace):
        self._trace = trace
        self._straight = np.array([_straight(block) for block in trace.blocks])
        self._firsts = np.array([block[0].address for block in trace.blocks])
        self._ends = np.array([block[-1].address + block[-1].n_bytes for block in trace.blocks])
        self._is_branch = np.array([_is_branch(block[-1]) for block in trace.blocks])

    def of_call(self, index):
        blocks = self._trace.of_call(index)
        after = np.append(self._firsts[blocks[1:]], 0)  # the last one returns
        n_taken = int(np.sum(self._is_branch[blocks] & (after != self._ends[blocks])))
        low, high = self._straight[blocks].sum(axis=0)
        return Cycles(float(low + n_taken * TAKEN[0]), float(high + n_taken * TAKEN[1]))


def _straight(block):
    """(low, high) cycles of a block but for the branch at its end."""
    total = [len(block), len(block)]
    for at, instruction in enumerate(block):
        for which in (0, 1):
            total[which] += _wait(instruction, block[at + 1 : at + 3], which)
    return total


def _wait(instruction, following, which):
    if instruction.name in _DIVISIONS:
        return DIVIDE[which]
    if instruction.name in _LOADS:
        delays = (LOAD_USE[which], LOAD_USE_LATER[which])
    elif instruction.name.startswith("mul"):
        delays = (MULTIPLY_USE[which], 0)
    else:
        return 0
    for delay, user in zip(delays, following, strict=False):
        if instruction.operands[0] in _reads(user):
            return delay
    return 0


def _reads(instruction):
    is_all = instruction.name in _NO_RESULT or _is_branch(instruction)
    return instruction.operands if is_all else instruction.operands[1:]


def _is_branch(instruction):
    return instruction.name in _JUMPS or instruction.name.startswith("b")
