"""The frame path allocates nothing: whole calls are heard in the VM while its heap is locked.

A single allocation would raise MemoryError, in the device as here. The lock is held for 50 frames
at a time, so that nothing is tidied up between two frames either.
"""

import json
import os
import subprocess

import numpy as np
import pytest
from callclip.core import config, events

from simulator import render, scenario
from tests.house.source import ROOT
from tests.sim.recordings import slots_of

SCRIPT = ROOT / "tests/vm/heap_lock_script.py"
# Everything as hasty as the schema allows: every rule comes to its events in a short call.
HASTY = {row[0]: row[2] for row in config.SCHEMA if row[0].endswith("_ms")}


def hear(vm_command, task, samples, values=None):
    arguments = [str(SCRIPT), str(ROOT / "firmware"), task]
    environment = {**os.environ, "VALUES": json.dumps(values or {})}
    return subprocess.run(
        [*vm_command, *arguments],
        env=environment,
        input=slots_of(samples),
        capture_output=True,
        check=False,
    )


def counted(done):
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def calls():
    """Four calls one after the other: silent, noisy, with music on hold, with beeps on hold."""
    names = ("silent_call", "noisy_line", "long_hold", "hold_beeps")
    return np.concatenate([render.render(scenario.load(name))[0] for name in names])


def test_whole_calls_allocate_nothing(vm_command, calls):
    found = counted(hear(vm_command, "hear", calls))
    assert found["n_frames"] > 5000
    assert found["n_grown_bytes"] == 0
    assert found["n_lost"] == 0
    wanted = {"CALL_STARTED", "SILENT_CALL", "NOISY_LINE", "HOLD_STARTED", "CALL_ENDED"}
    assert wanted <= {events.name_of(code) for code in found["codes"]}


def test_hasty_calls_with_the_button_allocate_nothing(vm_command, calls):
    found = counted(hear(vm_command, "press", calls, HASTY))
    assert found["n_grown_bytes"] == 0
    assert len(found["codes"]) >= 4


def test_the_lock_catches_a_loop_that_allocates(vm_command, calls):
    done = hear(vm_command, "allocate", calls[: 16000 * 2])
    assert done.returncode != 0
    assert b"MemoryError" in done.stderr
