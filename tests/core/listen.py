"""Lets the core hear float signals, frame by frame: what the hearing tests share.

In the VM, which is many times faster; on CPython, frame by frame, where a test brings a Hearing of
its own to look into (tests/sim/test_engines_equal.py holds that both hear the same).

Signals are numpy arrays at 16 kHz with full scale 1.0; `hear` gives one Heard a 20 ms frame, which
tells of that frame although hearing gets there later (as simulator/runner.py aligns its rows).
"""

from collections import namedtuple

import numpy as np
from callclip.core.frame import SETTLED_FRAMES, SHOWN_FRAMES

from simulator import runner

FRAME = 320
RATE_HZ = 16000

# *_speech: with hindsight; *_live: what hearing took the frame for when it showed it. The VM has no
# word on the last three: None.
Heard = namedtuple(
    "Heard",
    "agent_cdb line_cdb agent_speech line_speech agent_live line_live agent_state line_state"
    " agent_floor_cdb line_floor_cdb line_since agent_spurt_ms line_spurt_ms",
)


def slots(agent, line):
    """Bytes of 32-bit slots, 24 bits used, of two equally long signals."""
    both = np.stack((agent, line), axis=1)
    samples = np.clip(np.rint(both * 2**23), -(2**23), 2**23 - 1).astype("<i4")
    return (samples << 8).tobytes()


def frames(agent, line):
    data = slots(agent, line)
    for at in range(0, len(data) - 8 * FRAME + 1, 8 * FRAME):
        yield bytearray(data[at : at + 8 * FRAME])


def heard(frame):
    """What the frame shown tells; its *_speech are about an earlier one."""
    a, b = frame.agent, frame.line
    return Heard(
        a.level_cdb,
        b.level_cdb,
        a.is_settled_speech,
        b.is_settled_speech,
        a.is_active,
        b.is_active,
        a.state,
        b.state,
        a.floor_cdb,
        b.floor_cdb,
        b.state_since,
        a.spurt_ms,
        b.spurt_ms,
    )


class _Slots:
    """In the shape of a recording."""

    def __init__(self, data):
        self._data = data

    def blocks(self):
        yield self._data


_ROW = Heard._fields[:-3]


def _heard_in_the_vm(agent, line):
    whole = len(agent) // FRAME * FRAME
    rows = runner.run(_Slots(slots(agent[:whole], line[:whole]))).frames
    columns = (rows[name].tolist() for name in _ROW)
    return [Heard(*row, None, None, None) for row in zip(*columns, strict=True)]


def hear(agent, line, hearing=None):
    """A Heard for each frame of the two signals; SETTLED_FRAMES of silence follow them."""
    if hearing is None:
        return _heard_in_the_vm(agent, line)
    pad = np.zeros(SETTLED_FRAMES * FRAME)
    told = []
    whole = len(agent) // FRAME * FRAME
    pair = (np.concatenate((signal[:whole], pad)) for signal in (agent, line))
    for index, data in enumerate(frames(*pair)):
        hearing.hear(data, index)
        told.append(heard(hearing.frame))
    return [
        shown._replace(agent_speech=settled.agent_speech, line_speech=settled.line_speech)
        for shown, settled in zip(told[SHOWN_FRAMES:], told[SETTLED_FRAMES:], strict=False)
    ]


def seconds(s):
    return np.arange(int(s * RATE_HZ)) / RATE_HZ


def sine(hz, s, level_db):
    """A sine of that level re a full-scale square wave."""
    return np.sqrt(2) * 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * seconds(s))


def white(s, level_db, seed=1):
    return np.random.default_rng(seed).standard_normal(len(seconds(s))) * 10 ** (level_db / 20)


def quiet(s, seed=2):
    """A microphone's own floor."""
    return white(s, -85, seed)


def buzz(s, hz, level_db):
    """A voice-like sound: pulses at hz through a falling spectrum."""
    t = seconds(s)
    out = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, int(3400 / hz)))
    return out / np.sqrt(np.mean(out**2)) * 10 ** (level_db / 20)
