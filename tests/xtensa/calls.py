"""The same calls on three machines: the ESP32's instructions, the 32-bit VM, CPython.

Out: for each call emulator.Outcome: the result (None where the machine gives none) and the bytes of
its distinct buffers afterwards.
Called by: the tests here.
"""

import importlib
import json
import subprocess
from array import array
from pathlib import Path

from callclip.core.pack import pack
from hypothesis import strategies as st

from simulator.xtensa import kernels
from simulator.xtensa.emulator import Call, Outcome

FIRMWARE = kernels.FOLDER.parents[2]
FOLDER = Path(__file__).parent
MOST_CALLS = 12  # of one example: they share one run of qemu and one of the VM


@st.composite
def lists_of_calls(draw, kernel):
    """Calls with arguments as tests/xtensa/arguments/<the kernel's module>.py makes them."""
    strategy = st.lists(arguments_of(kernel), min_size=MOST_CALLS // 2, max_size=MOST_CALLS)
    return [Call(kernel, arguments) for arguments in draw(strategy)]


def arguments_of(kernel):
    module, function = kernel.split(".")
    return importlib.import_module(f"tests.xtensa.arguments.{module}").ARGUMENTS[function]


def on_cpython(calls):
    functions = kernels.python_functions({call.kernel for call in calls})
    outcomes = []
    for call in calls:
        copies = {id(x): _copy(x) for x in call.buffers}
        arguments = call.with_buffers(copies, lambda parts: pack(*parts))
        result = functions[call.kernel](*arguments)
        outcomes.append(Outcome(result, tuple(bytes(copy) for copy in copies.values())))
    return outcomes


def on_vm(vm_command, calls):
    lines = []
    for call in calls:
        places = {id(x): [i] for i, x in enumerate(call.buffers)}
        words = call.with_buffers(places, lambda parts: {"pack": parts})
        texts = [bytes(x).hex() for x in call.buffers]
        lines.append(json.dumps({"kernel": call.kernel, "buffers": texts, "arguments": words}))
    done = subprocess.run(
        [*vm_command, "-X", "heapsize=16m", str(FOLDER / "vm_script.py")],
        input="\n".join(lines) + "\n",
        env={"MICROPYPATH": str(FIRMWARE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(calls)
    return [
        Outcome(answer["result"], tuple(bytes.fromhex(text) for text in answer["buffers"]))
        for answer in answers
    ]


def differences(calls, expected, got):
    """Sentences about calls whose outcomes are not the same bits."""
    sentences = []
    for number, (call, one, other) in enumerate(zip(calls, expected, got, strict=True)):
        where = f"call {number}, {call.kernel}"
        if one.result is not None and other.result is not None and one.result != other.result:
            sentences.append(f"{where}: result {one.result} and {other.result}")
        for k, (buffer, other_buffer) in enumerate(zip(one.buffers, other.buffers, strict=True)):
            if buffer != other_buffer:
                sentences.append(f"{where}: buffer {k} {_first_difference(buffer, other_buffer)}")
    return sentences


def _first_difference(one, other):
    at = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b) & ~3
    words = (array("i", bytes(buffer[at : at + 4]).ljust(4, b"\0"))[0] for buffer in (one, other))
    return "word {}: {} and {}".format(at // 4, *words)


def _copy(buffer):
    return array(buffer.typecode, buffer) if isinstance(buffer, array) else bytearray(buffer)
