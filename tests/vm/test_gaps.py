"""Hearing across lost sound: a recorded call with holes leads to the events that it led to whole.

The holes are what an erase of flash costs: five DMA buffers of 16 ms, 80 ms, four frames.
"""

import json
import random
import subprocess

import pytest
import soundfile
from callclip.core import events
from callclip.core.units import FRAME_MS

from simulator import calls
from tests.core import listen
from tests.house.source import ROOT

HOLE_FRAMES = 4
EVERY_FRAMES = 500  # a hole in ten seconds: far more than the unit's own schedule allows
LATER_FRAMES = 50  # the net, whose memory the holes tear, knows late that music is over


def slots_of(name, n_seconds=None):
    sound, rate_hz = soundfile.read(calls.sound_path(name), always_2d=True)
    assert rate_hz == listen.RATE_HZ
    whole = len(sound) if n_seconds is None else n_seconds * rate_hz
    return listen.slots(*sound[: whole // listen.FRAME * listen.FRAME].T)


def heard(vm_command, slots, holes=()):
    script = ROOT / "tests/vm/gap_script.py"
    words = [str(script), str(ROOT / "firmware"), str(HOLE_FRAMES), json.dumps(list(holes))]
    done = subprocess.run([*vm_command, *words], input=slots, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def kinds(told):
    """What happened, and in which stage; levels and lengths may differ a little."""
    staged = (events.SILENT_CALL, events.RING, events.LONG_HOLD)
    return [(code, values[0] if code in staged else None) for code, _at, _call, values in told]


@pytest.mark.parametrize("name", ["silent_call", "long_hold"])
def test_holes_change_neither_the_events_nor_their_times(vm_command, name):
    slots = slots_of(name)
    n_frames = len(slots) // (8 * listen.FRAME)
    picks = random.Random(name)
    starts = range(EVERY_FRAMES // 2, n_frames - EVERY_FRAMES, EVERY_FRAMES)
    holes = [start + picks.randrange(EVERY_FRAMES // 2) for start in starts]
    whole = heard(vm_command, slots)
    holed = heard(vm_command, slots, holes)
    assert kinds(holed) == kinds(whole)
    for one, other in zip(whole, holed, strict=True):
        assert abs(one[1] - other[1]) <= LATER_FRAMES, (one, other)


def test_a_ring_with_a_hole_in_it_is_one_ring(vm_command):
    slots = slots_of("normal_call", 12)
    rings = [row for row in heard(vm_command, slots) if row[0] == events.RING]
    assert rings
    for behind_ms in (100, 400):
        holes = [row[1] + behind_ms // FRAME_MS for row in rings]
        holed = [row for row in heard(vm_command, slots, holes) if row[0] == events.RING]
        assert [row[3] for row in holed] == [row[3] for row in rings]
