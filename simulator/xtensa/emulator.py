"""Runs kernels in qemu-xtensa: results, buffers afterwards, and a trace of every instruction.

In: calls (kernel, arguments). Out: for each its result and its buffers' bytes, and on request the
addresses of all instructions executed, in order, split by call.
Called by: tests/xtensa, benches/bench_device.py.
"""

import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from simulator.xtensa import elf, qemu, stub, trace

_CPU = "dc233c"  # like the ESP32's LX6: windowed registers, 32-bit multiply and divide
_TIMEOUT_S = 300


class EmulatorError(Exception):
    """One sentence: what happened to the program."""


class Pack(tuple):
    """What core/pack.py makes: ints, and buffers that the kernel gets the addresses of."""


@dataclass(frozen=True)
class Call:
    """One call of a kernel; arguments are ints, buffers and packs, changed by nobody."""

    kernel: str
    arguments: tuple = field(repr=False)

    @property
    def buffers(self):
        """The distinct buffers among the arguments and in their packs, in order."""
        parts = [x for x in self.arguments if not isinstance(x, Pack)]
        parts += [x for pack in self.arguments if isinstance(pack, Pack) for x in pack]
        return list({id(x): x for x in parts if not isinstance(x, int)}.values())

    def with_buffers(self, copies, packed):
        """The arguments with copies[id(buffer)] for each buffer, packed(parts) for each pack."""

        def placed(x):
            return x if isinstance(x, int) else copies[id(x)]

        return [
            packed([placed(part) for part in x]) if isinstance(x, Pack) else placed(x)
            for x in self.arguments
        ]


@dataclass(frozen=True)
class Outcome:
    """What a call gave: the int in its result register, and its distinct buffers' bytes."""

    result: int
    buffers: tuple


def run(codes, calls):
    """The outcome of each call."""
    program = elf.Program(codes, calls)
    memory = _execute(program, [])
    return _outcomes(program, memory)


def run_traced(codes, calls):
    """(outcomes, Trace); the log takes some 15 bytes for each instruction."""
    program = elf.Program(codes, calls)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        span = f"{elf.COUNTED:#x}..{program.code_end - 1:#x}"
        options = ["-d", "in_asm,exec,nochain", "-dfilter", span, "-D", str(log)]
        memory = _execute(program, options)
        entries = [program.entries[call.kernel] for call in calls]
        return _outcomes(program, memory), trace.read(log, entries)


def _execute(program, options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernels"
        path.write_bytes(program.image)
        path.chmod(0o755)
        command = [qemu.find(), "-cpu", _CPU, *options, str(path)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    if stub.TRAP <= done.returncode < stub.TRAP + stub.N_RUNTIME:
        raise EmulatorError(_trapped(done.returncode - stub.TRAP))
    if done.returncode != 0 or len(done.stdout) != program.n_data_bytes:
        last_words = done.stderr.decode(errors="replace").strip()[-200:]
        raise EmulatorError(f"qemu-xtensa ended with {done.returncode}: {last_words}")
    return done.stdout


def _trapped(entry):
    if entry == stub.WRONG_NUMBER:
        return "a kernel was called with another number of arguments than it takes"
    return f"a kernel used MicroPython's runtime entry {entry}: it is no code of integers alone"


def _outcomes(program, memory):
    found = (program.outcome(memory, i) for i in range(len(program.calls)))
    return [Outcome(result, tuple(buffers)) for result, buffers in found]
