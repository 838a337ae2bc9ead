"""Lets the core hear float signals, frame by frame, on CPython: what the hearing tests share.

Signals are numpy arrays at 16 kHz with full scale 1.0; `hear` gives one Heard a 20 ms frame.
"""

from collections import namedtuple

import numpy as np
from callclip.core.config import Config
from callclip.core.hearing import Hearing

FRAME = 320
RATE_HZ = 16000

Heard = namedtuple(
    "Heard",
    "agent_cdb line_cdb agent_speech line_speech agent_state line_state agent_floor_cdb"
    " line_floor_cdb n_rings n_busy_cycles hold_beep_since line_since line_spurt_ms",
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
    a, b = frame.agent, frame.line
    return Heard(
        a.level_cdb,
        b.level_cdb,
        a.is_speech,
        b.is_speech,
        a.state,
        b.state,
        a.floor_cdb,
        b.floor_cdb,
        frame.n_rings,
        frame.n_busy_cycles,
        frame.hold_beep_since,
        b.state_since,
        b.spurt_ms,
    )


def hear(agent, line, hearing=None, at_frame=0):
    """A Heard for each frame of the two signals."""
    hearing = hearing or Hearing(Config())
    out = []
    for index, data in enumerate(frames(agent, line), at_frame):
        hearing.hear(data, index)
        out.append(heard(hearing.frame))
    return out


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
