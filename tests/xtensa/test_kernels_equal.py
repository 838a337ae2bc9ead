"""Every viper kernel as the ESP32 executes it: bit for bit what the 32-bit VM and CPython make."""

import pytest
import soundfile
import soxr
from hypothesis import Phase, given, settings

from simulator.xtensa import emulator, kernels, mpyfile, recorder
from tests.house.source import ROOT
from tests.xtensa.calls import arguments_of, differences, lists_of_calls, on_cpython, on_vm

KERNELS = [name for source in kernels.sources() for name in mpyfile.viper_names(source)]
RECORDING = ROOT / "simulator/recordings/calls/normal_call.opus"
GOLDEN_FRAMES = {"first": 500, "n_frames": 8, "step": 25}  # ring, greeting, talk


@pytest.fixture(scope="module")
def codes():
    return kernels.machine_code()


def assert_equal(codes, vm_command, calls):
    on_esp32 = emulator.run(codes, calls)
    assert differences(calls, on_vm(vm_command, calls), on_esp32) == []
    assert differences(calls, on_cpython(calls), on_esp32) == []


def test_every_viper_function_is_compiled_and_has_arguments(codes):
    """A kernel that is missing here needs its line in tests/xtensa/arguments/<its module>.py."""
    assert sorted(codes) == sorted(KERNELS)
    missing = []
    for kernel in KERNELS:
        try:
            arguments_of(kernel)
        except (ImportError, KeyError):
            missing.append(kernel)
    assert missing == []


@pytest.mark.parametrize("kernel", KERNELS)
def test_made_buffers(kernel, codes, vm_command):
    @settings(max_examples=4, phases=[Phase.generate])  # shrinking takes minutes and finds no more
    @given(lists_of_calls(kernel))
    def check(calls):
        assert_equal(codes, vm_command, calls)

    check()


def test_the_calls_of_a_recorded_call(codes, vm_command):
    """What the core asks of its kernels over real sound."""
    sound, rate_hz = soundfile.read(RECORDING, dtype="int32")
    slots = soxr.resample(sound, rate_hz, 16000).tobytes()
    frames = recorder.record(slots, codes, **GOLDEN_FRAMES)
    calls = [call for frame in frames for call in frame]
    assert len({call.kernel for call in calls}) > len(codes) // 2
    assert_equal(codes, vm_command, calls)
