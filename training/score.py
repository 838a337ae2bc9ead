"""How well the firmware's own decisions follow the truth, from logits that were computed before.

The detectors of core are run here on CPython over the logits of whole calls; they are cheap, so a
threshold can be tried on hours of calls in seconds. logits_q8: of one call, from forward.py.
Called by: tune.py, __main__.py.
"""

import numpy as np
from callclip.core.frame import LATE_FRAMES, SETTLED_FRAMES, SHOWN_FRAMES
from callclip.core.net import AGENT_LATE, AGENT_LIVE, CUSTOMER_LATE, CUSTOMER_LIVE, MUSIC

from simulator.onechannel import OneChannel

LIVE = (AGENT_LIVE, CUSTOMER_LIVE)
LATE = (AGENT_LATE, CUSTOMER_LATE)


def live_flags(logits_q8, who, levels_q8):
    """is_active of every frame; who: 0 the agent, 1 the customer."""
    detector = OneChannel(levels_q8)
    out = []
    for index, logit_q8 in enumerate(logits_q8[SHOWN_FRAMES:, LIVE[who]].tolist()):
        detector.decide(logit_q8, index)
        out.append(detector.channel.is_active)
    return _padded(out, len(logits_q8))


def settled_flags(logits_q8, who, levels_q8):
    """is_settled_speech of every frame."""
    detector = OneChannel(levels_q8)
    out = []
    for logit_q8 in logits_q8[:, LATE[who]].tolist():
        detector.settle(logit_q8)
        out.append(detector.channel.is_settled_speech)
    return _padded(out[SETTLED_FRAMES:], len(logits_q8))


def music_flags(logits_q8, sums_q8):
    """Frames that lie in music, dated back as the unit does."""
    detector = OneChannel(sums_q8=sums_q8)
    music = detector.music
    out = np.zeros(len(logits_q8), bool)
    for index, logit_q8 in enumerate(logits_q8[LATE_FRAMES:, MUSIC].tolist()):
        was_music = music.is_music
        detector.add_music(logit_q8, index)
        if music.is_music:
            out[index if was_music else music.since : index + 1] = True
    return out


def _padded(flags, n_frames):
    out = np.zeros(n_frames, bool)
    out[: len(flags)] = flags
    return out


def f1(pairs):
    """F1 over (flags, truth) of several calls."""
    n_both = n_all = 0
    for flags, true in pairs:
        n_both += int((flags & true).sum())
        n_all += int(flags.sum() + true.sum())
    return 2 * n_both / n_all if n_all else 1.0
