"""How long after a talk spurt began the bead knows: the live flag, its look-ahead included.

Taken are true spurts with at least QUIET_MS of true silence before them on their channel. The delay
counts from the true onset to the end of the first frame with the flag, plus the time that the bead
waits before it shows a frame. A flag that was up already tells nothing about the onset and is
counted apart; a spurt never flagged counts as infinitely late.
Called by: __main__.py. Units: ms.
"""

import numpy as np

from benches.detection.frames import FRAME_MS, frame_of
from benches.detection.speech import CHANNELS

QUIET_MS = 400
GRACE_MS = 300  # after the spurt's end a flag is too late to be about it
NEVER_MS = float("inf")


def live_flags(heard, channel_name):
    """The flag as the rules act on it; the shown one where rows have no live column."""
    names = heard.rows.dtype.names
    live = f"{channel_name}_live"
    return heard.rows[live if live in names else f"{channel_name}_speech"] != 0


def delays_ms(spurts, flags, lag_ms):
    """(delays of the spurts that count, number of spurts whose flag was up already)."""
    out, n_early = [], 0
    before_ms = 0
    for start_ms, end_ms in spurts:
        quiet_ms, before_ms = start_ms - before_ms, end_ms
        if quiet_ms < QUIET_MS:
            continue
        first = start_ms // FRAME_MS
        if first > 0 and flags[first - 1 : first].any():
            n_early += 1
            continue
        found = np.flatnonzero(flags[first : frame_of(end_ms + GRACE_MS)])
        if len(found):
            out.append((first + int(found[0]) + 1) * FRAME_MS + lag_ms - start_ms)
        else:
            out.append(NEVER_MS)
    return out, n_early


def measure(calls):
    """Median and 95 % of both channels and of all."""
    figures, together = {}, []
    for channel_name, who in zip(CHANNELS, ("agent", "customer"), strict=True):
        delays, n_early = [], 0
        for heard in calls:
            flags = live_flags(heard, channel_name)
            some, early = delays_ms(heard.truth[who], flags, heard.lag_ms)
            delays += some
            n_early += early
        figures[channel_name] = {**summed(delays), "flag_was_up": n_early}
        together += delays
    figures["both"] = summed(together)
    figures["histogram_ms"] = [d for d in together if d != NEVER_MS]
    return figures


def summed(delays):
    """Median and 95 % with the missed ones as infinitely late; None stands for never."""
    if not delays:
        return {"n": 0, "median_ms": None, "p95_ms": None, "missed": 0}
    ordered = sorted(delays)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95)]
    median_ms, p95_ms = (None if value == NEVER_MS else value for value in at)
    missed = delays.count(NEVER_MS)
    return {"n": len(delays), "median_ms": median_ms, "p95_ms": p95_ms, "missed": missed}


def per_call(calls):
    out = []
    for heard in calls:
        for channel_name, who in zip(CHANNELS, ("agent", "customer"), strict=True):
            flags = live_flags(heard, channel_name)
            delays, _early = delays_ms(heard.truth[who], flags, heard.lag_ms)
            late = [d for d in delays if d > 180]
            if late:
                missed = delays.count(NEVER_MS)
                words = f"{channel_name}: {len(late)} of {len(delays)} late, {missed} missed"
                out.append((len(late), heard, words))
    return {"speech onset": out}
