"""Truth in frames of 20 ms, as the bead's rows come: masks of speech, sounds and states.

A frame belongs to a stretch when its middle does. Spans are [[start_ms, end_ms, ...], ...].
Called by: every module here that compares rows with truth.
"""

import numpy as np
from callclip.core.frame import STATE_NAMES

FRAME_MS = 20
STATE_CODES = {name: code for code, name in enumerate(STATE_NAMES)}
SPEECH = STATE_CODES["SPEECH"]


def frame_of(t_ms):
    """The first frame whose middle is not before t_ms."""
    return max(0, -((FRAME_MS // 2 - round(t_ms)) // FRAME_MS))


def mask(spans, n_frames):
    """True where a frame's middle lies in one of the spans."""
    out = np.zeros(n_frames, bool)
    for span in spans:
        out[frame_of(span[0]) : frame_of(span[1])] = True
    return out


def states(rows, n_frames):
    """State code of each frame from [[start_ms, end_ms, state], ...]."""
    out = np.zeros(n_frames, np.int8)
    for start_ms, end_ms, name in rows:
        out[frame_of(start_ms) : frame_of(end_ms)] = STATE_CODES[name]
    return out


def filled(flags, longest_frames):
    """The flags with inner gaps up to longest_frames closed."""
    flags = np.asarray(flags, bool)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ~flags, [False]))))
    first, last = edges[::2], edges[1::2]
    is_short = (first > 0) & (last < len(flags)) & (last - first <= longest_frames)
    steps = np.zeros(len(flags) + 1, np.int8)
    steps[first[is_short]] = 1
    steps[last[is_short]] = -1
    return flags | (np.cumsum(steps[:-1]) > 0)
