"""Reads qemu's log of executed blocks into instruction counts, call by call.

In: a log of `-d in_asm,exec,nochain`: each block of straight code once, disassembled, and one line
each time it is executed. Out: Trace: for each call the blocks executed, in order.
Called by: emulator.py, cycles.py.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

_INSTRUCTION = re.compile(rb"0x([0-9a-f]+):\s+(\S+)\s*(.*)")
_MARK = b"Trace 0: 0x"


class TraceError(Exception):
    """One sentence: what the log does not show."""


@dataclass(frozen=True)
class Instruction:
    """One instruction as qemu's disassembler writes it."""

    address: int
    name: str  # without the .n of the short forms
    operands: tuple
    n_bytes: int


@dataclass(frozen=True)
class Trace:
    """Blocks of straight code, and the numbers of those executed, in order."""

    blocks: list  # tuples of Instruction
    executed: np.ndarray
    starts: np.ndarray  # index into `executed` at which each call begins

    @cached_property
    def sizes(self):
        return np.array([len(block) for block in self.blocks])

    def of_call(self, index):
        """The numbers of the blocks that a call executed."""
        end = self.starts[index + 1] if index + 1 < len(self.starts) else len(self.executed)
        return self.executed[self.starts[index] : end]

    def n_instructions(self, index):
        return int(self.sizes[self.of_call(index)].sum())


def read(log, entries):
    """The trace in a log file; `entries` are the addresses that the calls enter, in order."""
    data = np.fromfile(log, dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    begins = np.concatenate(([0], ends[:-1] + 1))
    is_executed = data[begins] == _MARK[0]
    places = _numbers(data, begins[is_executed] + len(_MARK))
    blocks, known = _blocks(data, begins, ends, is_executed, places)
    numbers = np.full(len(places), -1)
    for place, number in known.items():
        numbers[places == place] = number
    if np.any(numbers < 0):
        raise TraceError("the log shows a block that it has not disassembled")
    firsts = np.array([block[0].address for block in blocks])
    starts = np.flatnonzero(np.isin(firsts[numbers], list(set(entries))))
    if not np.array_equal(firsts[numbers[starts]], entries):
        raise TraceError("the log does not show the calls in their order")
    return Trace(blocks, numbers, starts)


def _numbers(data, at):
    """The 12 hexadecimal digits at each of these places, as numbers."""
    out = np.zeros(len(at), dtype=np.int64)
    for k in range(12):
        digit = data[at + k].astype(np.int64)
        out = out * 16 + np.where(digit >= ord("a"), digit - ord("a") + 10, digit - ord("0"))
    return out


def _blocks(data, begins, ends, is_executed, places):
    """(blocks, {place of a block's translation: its number})."""
    blocks, known, block = [], {}, []
    n_executed = np.cumsum(is_executed)
    for line in np.flatnonzero(~is_executed):
        match = _INSTRUCTION.match(bytes(data[begins[line] : ends[line]]))
        if match:
            address, name, operands = match.groups()
            block.append(_instruction(int(address, 16), name.decode(), operands.decode()))
        elif block:  # an empty line ends the block; its first execution is the next line
            known[int(places[n_executed[line]])] = len(blocks)
            blocks.append(tuple(block))
            block = []
    return blocks, known


def _instruction(address, name, operands):
    n_bytes = 2 if name.endswith(".n") else 3
    words = tuple(operands.replace(",", " ").split())
    return Instruction(address, name.removesuffix(".n"), words, n_bytes)
