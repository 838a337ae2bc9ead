"""Tones of telephone networks, by plan: what rings, busy signals and beeps sound like.

PLANS[action][plan] = ((frequencies_hz, seconds), ...) of one cycle; no frequencies = pause.
A cycle is one ring, however many bursts it has. The last pause of a row belongs to no burst: a
call may be picked up in it. Three custom ringers stand for those that are learned on the spot.
Called by: scenario.py, stage.py, truth.py. Ref: ITU-T E.180 supplement 2.
"""

import numpy as np

from simulator import sound

WARBLE_S = 0.05


def _warble(first_hz, second_hz, seconds):
    return tuple(
        (((first_hz, second_hz)[n % 2],), WARBLE_S) for n in range(round(seconds / WARBLE_S))
    )


PLANS = {
    "ring": {
        "germany": (((425,), 1.0), ((), 4.0)),
        "north-america": (((440, 480), 2.0), ((), 4.0)),
        "china": (((450,), 1.0), ((), 4.0)),
        "uk": (((400, 450), 0.4), ((), 0.2), ((400, 450), 0.4), ((), 2.0)),
        "warble": (*_warble(650, 850, 1.2), ((), 2.8)),
        "trill": (*_warble(1200, 1500, 0.5), ((), 0.25), *_warble(1200, 1500, 0.5), ((), 2.75)),
        "chime": (((784, 1568), 0.35), ((587, 1174), 0.55), ((), 3.1)),
    },
    "busy": {
        "germany": (((425,), 0.48), ((), 0.48)),
        "north-america": (((480, 620), 0.5), ((), 0.5)),
        "china": (((450,), 0.35), ((), 0.35)),
        "uk": (((400,), 0.375), ((), 0.375)),
    },
    "congestion": {
        "germany": (((425,), 0.24), ((), 0.24)),
        "north-america": (((480, 620), 0.25), ((), 0.25)),
        "china": (((450,), 0.7), ((), 0.7)),
        "uk": (((400,), 0.4), ((), 0.35), ((400,), 0.225), ((), 0.525)),
    },
    "beep": {"hold": (((1400,), 0.4), ((), 4.6))},
}
LEARNED = ("warble", "trill", "chime")


def cycle_s(action, plan):
    return sum(seconds for _hz, seconds in PLANS[action][plan])


def length_s(action, plan, cycles):
    _hz, last_s = PLANS[action][plan][-1]
    return cycles * cycle_s(action, plan) - last_s


def bursts_s(action, plan):
    """(start, end) of every burst of one cycle; what follows without a pause is one burst."""
    out, at = [], 0.0
    for hz, seconds in PLANS[action][plan]:
        if hz and out and abs(out[-1][1] - at) < 1e-9:
            out[-1] = (out[-1][0], at + seconds)
        elif hz:
            out.append((at, at + seconds))
        at += seconds
    return out


def cycle(action, plan, level_db):
    """One cycle without its last pause, as samples."""
    parts = []
    for hz, seconds in PLANS[action][plan][:-1]:
        n = sound.samples_from_s(seconds)
        parts.append(sound.tone(hz, n, level_db) if hz else np.zeros(n))
    return np.concatenate(parts)
