"""Whole calls in the real 32-bit MicroPython: nothing allocated, the same events, fast enough."""

import json
import subprocess
from pathlib import Path

import pytest

from simulator import vm
from tests.core.frame_script import run

HERE = Path(__file__).parent
FIRMWARE = HERE.parents[1] / "firmware"

CALLS = {
    "silent": "ring 2; agent 1.5; quiet 5; agent 1; quiet 30; line dead; quiet 5",
    "never a signal": "line dead; ring; agent 1; quiet 40",
    "normal": "ring 4; customer 1; quiet 3.2; agent 2; customer 4; both 1; agent 3; both 0.3;"
    "customer 1; quiet 12; agent 1; quiet 6; line dead; quiet 4",
    "noisy": "line noisy; floor -3900; ring; agent 1; customer 3; agent 2; quiet 20; busy 3",
    "holds": "ring; agent 2; customer 1; agent 1; line dead; quiet 250; line quiet; quiet 6;"
    "agent 1; customer 1; beeps 60; quiet 2; agent 2; press; quiet 9; press; music 50; customer 2;"
    "song 5; babble 2; quiet 70; agent 1; long_press",
    "ended at the drop": "agent 1; customer 1; agent 1; line dead; quiet 60; ring; agent 1; busy 2",
    "unsure for too long": "agent 1; customer 1; agent 1; line dead; quiet 310",
    "two calls": "press; quiet 65; ring; customer 1; agent 1; quiet 6; ring; agent 1; quiet 9",
}
MEDIAN_LIMIT_US = 40


@pytest.fixture(scope="module")
def played():
    """Events and timing of each script, from one run of the VM."""
    command = [*vm.find(), str(HERE / "vm_calls.py"), str(FIRMWARE), str(HERE), *CALLS.values()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    out, events = {}, []
    names = iter(CALLS)
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if "n_frames" in row:
            out[next(names)] = events, row
            events = []
        else:
            events.append(row)
    return out


@pytest.mark.parametrize("name", CALLS)
def test_the_vm_tells_the_same_events_under_heap_lock(played, name):
    expected, _ = run(CALLS[name])
    events, timing = played[name]
    assert events == expected
    assert timing["n_frames"] > 500
    assert any(event["event"] == "CALL_ENDED" for event in events)


def test_the_calls_together_tell_every_event_that_is_built(played):
    told = {event["event"] for events, _ in played.values() for event in events}
    assert told >= {
        "RING", "LATE_ANSWER", "CALL_STARTED", "GREETING_MISSING", "SILENT_CALL", "DEAD_AIR",
        "NOISY_LINE", "HOLD_STARTED", "LONG_HOLD", "HOLD_ENDED", "HOLD_RETURN_UNSPOKEN",
        "CALLBACK_DUE", "INTERRUPTION", "BACKCHANNEL", "TAIL_SILENCE", "CALL_ENDED",
    }  # fmt: skip


def test_a_frame_of_a_call_costs_little(played):
    medians = [timing["median_us"] for _, timing in played.values()]
    assert max(medians) <= MEDIAN_LIMIT_US, medians
