"""The harness itself: what it must catch, and what it counts."""

import re
import subprocess
from array import array

import pytest
from callclip.core.units import EXP_WORDS
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.xtensa import cycles, elf, emulator, kernels, mpyfile, qemu, stub
from simulator.xtensa.emulator import Call, EmulatorError
from simulator.xtensa.mpyfile import MpyError

SMALL = st.integers(-(2**30), 2**30 - 1)
SUM = """
import micropython
@micropython.viper
def total(values_in, n: int) -> int:
    values = ptr32(values_in)
    i = 0
    s = 0
    while i < n:
        s += values[i]
        i += 1
    return s
"""


def compiled(tmp_path, body, head="import micropython\n"):
    path = tmp_path / "made.py"
    path.write_text(head + body)
    return mpyfile.viper_functions(path)


def words(*values):
    return bytearray(b"".join(value.to_bytes(4, "little", signed=True) for value in values))


def test_a_sum_is_right_and_each_turn_costs_the_same(tmp_path):
    codes = compiled(tmp_path, SUM)
    calls = [Call("made.total", (words(1, 2, -3, 40), n)) for n in (0, 1, 2, 4)]
    outcomes, trace = emulator.run_traced(codes, calls)
    assert [outcome.result for outcome in outcomes] == [0, 1, 3, 40]
    none, one, two, four = (trace.n_instructions(k) for k in range(4))
    assert two - one == one - none > 5
    assert four - two == 2 * (one - none)


def test_blocks_count_as_single_steps_do(tmp_path):
    """The count from blocks is that of qemu with one instruction at a time."""
    codes = kernels.machine_code()
    call = Call("levels.power_of", (-5000, array("i", EXP_WORDS)))
    _, trace = emulator.run_traced(codes, [call])
    program = elf.Program(codes, [call])
    path = tmp_path / "program"
    path.write_bytes(program.image)
    path.chmod(0o755)
    span = f"{elf.COUNTED:#x}..{program.code_end - 1:#x}"
    options = ["-one-insn-per-tb", "-d", "exec,nochain", "-dfilter", span]
    done = subprocess.run(
        [qemu.find(), "-cpu", "dc233c", *options, str(path)], capture_output=True, timeout=60
    )
    assert trace.n_instructions(0) == len(re.findall(rb"^Trace ", done.stderr, re.M)) > 50


def test_an_index_that_the_compiler_gets_wrong_is_found(tmp_path):
    """mpy-cross overwrites the base when a constant index of a load is 256 or more."""
    body = (
        "@micropython.viper\n"
        "def late(a: int, b: int, values_in) -> int:\n"
        "    values = ptr32(values_in)\n"
        "    return values[256]\n"
    )
    with pytest.raises(EmulatorError, match="ended with"):
        emulator.run(compiled(tmp_path, body), [Call("made.late", (0, 0, bytearray(2048)))])


def test_a_write_past_the_end_is_found(tmp_path):
    body = "@micropython.viper\ndef spill(out_io, at: int):\n    ptr32(out_io)[at] = 7\n"
    codes = compiled(tmp_path, body)
    (outcome,) = emulator.run(codes, [Call("made.spill", (words(1, 2), 1))])
    assert outcome.buffers == (bytes(words(1, 7)),)
    with pytest.raises(elf.ProgramError, match="past the end"):
        emulator.run(codes, [Call("made.spill", (words(1, 2), 2))])


@pytest.mark.parametrize(
    "arguments, body, sentence",
    [
        ((1,), "    return x + 1\n", ""),
        ((1, 2), "    return x + 1\n", "number of arguments"),
        ((1,), "    print(x)\n    return x\n", "runtime entry"),
    ],
)
def test_what_the_runtime_stand_in_has_not(arguments, body, sentence, tmp_path):
    codes = compiled(tmp_path, "@micropython.viper\ndef f(x: int) -> int:\n" + body)
    if sentence:
        with pytest.raises(EmulatorError, match=sentence):
            emulator.run(codes, [Call("made.f", arguments)])
    else:
        assert emulator.run(codes, [Call("made.f", arguments)])[0].result == 2


def test_division_rounds_as_python_does(tmp_path):
    """Over small ints; beyond them the sum in py/smallint.c wraps in the VM, too."""
    text = "".join(
        f"@micropython.viper\ndef {name}(a: int, b: int) -> int:\n    return a {sign} b\n"
        for name, sign in (("quotient", "//"), ("rest", "%"))
    )
    codes = compiled(tmp_path, text)

    @settings(max_examples=5)
    @given(st.lists(st.tuples(SMALL, SMALL.filter(bool)), min_size=20, max_size=40))
    def check(pairs):
        calls = [Call(f"made.{name}", pair) for pair in pairs for name in ("quotient", "rest")]
        got = [outcome.result for outcome in emulator.run(codes, calls)]
        assert got == [x for a, b in pairs for x in (a // b, a % b)]

    check()


def test_estimates_keep_their_order(tmp_path):
    """At least a cycle an instruction; low below high; a load that is used at once waits."""
    codes = compiled(tmp_path, SUM)
    _, trace = emulator.run_traced(codes, [Call("made.total", (bytearray(400), 100))])
    estimate = cycles.Model(trace).of_call(0)
    assert trace.n_instructions(0) < estimate.low < estimate.high < 4 * trace.n_instructions(0)


def test_files_that_are_no_firmware_are_refused(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text("@micropython.viper\ndef f() -> int:\n    return 0x40000000\n")
    with pytest.raises(MpyError, match="ViperTypeError"):
        mpyfile.viper_functions(path)


def test_a_missing_emulator_is_an_error_with_its_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(qemu, "BUILD", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("QEMU_XTENSA", raising=False)
    with pytest.raises(qemu.QemuError, match="make setup-dev"):
        qemu.find()
    with pytest.raises(qemu.QemuError, match="qemu-user"):
        qemu.fetch()
    assert [path.name for path in tmp_path.iterdir()] == ["qemu.lock"]


def test_the_stand_in_has_every_entry_once():
    entries = [n for n, _ in stub.runtime_outside() + stub.runtime_counted()]
    assert sorted(entries) == list(range(stub.N_RUNTIME))
