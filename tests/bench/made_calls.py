"""Calls made up frame by frame, for the bench's own arithmetic.

    heard(n_frames, agent=[[0, 400]], rows={"agent_speech": flags}, events=[...])

Called by: tests/bench.
"""

import numpy as np

from benches.detection.hear import Heard
from simulator.engine import ROW

SETTINGS = {"line.leak": -20.0, "agent.leak": -35.0, "line.codec": "none", "line.loss": 0.0}


def true(**changes):
    """A truth in which nothing happens, with changes."""
    out = {
        "settings": dict(SETTINGS),
        "agent": [],
        "customer": [],
        "tones": [],
        "rings": [],
        "music": [],
        "noises": [],
        "desk": [],
        "line_states": [],
        "agent_states": [],
        "interruptions": [],
        "backchannels": [],
        "events": [],
        "may_events": [],
        "event_kinds": [],
        "asl_customer_db": None,
    }
    return {**out, **changes}


def heard(n_frames, rows=None, events=(), levels_db=(-90.0, -90.0), name="made", **changes):
    """A Heard of so many frames; rows: {column: values}; the rest is zero."""
    table = np.zeros(n_frames, dtype=[(column, "<i2") for column in ROW])
    for column, values in (rows or {}).items():
        table[column] = values
    levels = np.broadcast_to(np.array(levels_db, np.float32), (n_frames, 2))
    return Heard(name, true(**changes), table, list(events), levels)


def event(kind, t_ms, **fields):
    return {"t_ms": t_ms, "event": kind, "call": 1, **fields}


def wanted(kind, t_ms, early_ms=200, late_ms=200, **fields):
    return {**event(kind, t_ms, **fields), "early_ms": early_ms, "late_ms": late_ms}
