"""Speech, frame by frame: F1 of both channels, by condition, beside the peers.

    measure(heard_calls)  ->  figures, JSON-safe        per_call(heard_calls)  ->  rows for --worst

Truth are the talk spurts (pauses up to 200 ms belong to them). Each peer is scored

    plain     as it comes, at its default threshold
    gated     line speech only where the line is louder than the agent's level plus the leak (the
              call's true leak), and the agent's likewise
    best      gated, and given all that the bead has, too: pauses up to 200 ms filled, a look-ahead
              of up to 100 ms; margin of the gate and threshold are the best for the very frames
              that are scored

Called by: __main__.py. Units: shares 0..1.
"""

import itertools

import numpy as np

from benches.detection import conditions, peers
from benches.detection.frames import filled, mask

CHANNELS = ("agent", "line")
DEFAULT = 128  # of 255: a peer's own threshold, 0.5
THRESHOLDS = tuple(range(13, 255, 13))  # 0.05 .. 1.0
BEST_THRESHOLDS = (51, 77, 102, 128, 153, 179, 204, 230, 242)
MARGINS_DB = (0.0, 3.0, 6.0, 10.0)
SHIFTS_FRAMES = (0, 1, 2, 3, 5)
FILL_FRAMES = 10
GATED_DB = 0.0


def f1(true, flags):
    """1.0 when there is neither speech nor a flag."""
    n_all = int(np.count_nonzero(true)) + int(np.count_nonzero(flags))
    return 2 * int(np.count_nonzero(true & flags)) / n_all if n_all else 1.0


def rates(true, flags):
    """(share of speech found, share of the rest flagged)."""
    n_true = int(np.count_nonzero(true))
    n_rest = len(true) - n_true
    hit = int(np.count_nonzero(true & flags))
    wrong = int(np.count_nonzero(flags)) - hit
    return (hit / n_true if n_true else 1.0, wrong / n_rest if n_rest else 0.0)


def true_speech(heard):
    """bool [n, 2]: agent, line."""
    spans = heard.truth["agent"], heard.truth["customer"]
    return np.stack([mask(each, heard.n_frames) for each in spans], axis=1)


def unit_flags(heard):
    """bool [n, 2] as `callclip sim run --frames` shows them."""
    return np.stack([heard.rows[f"{name}_speech"] != 0 for name in CHANNELS], axis=1)


def above_leak_db(heard):
    """float [n, 2]: how far each channel's frame is above the other's true leak."""
    call = conditions.of(heard.truth)
    levels_db = heard.levels_db
    leaks_db = call["agent_leak_db"], call["line_leak_db"]
    return np.stack([levels_db[:, c] - levels_db[:, 1 - c] - leaks_db[c] for c in (0, 1)], axis=1)


class Pool:
    """The frames of all calls, one after the other."""

    def __init__(self, calls):
        self.true = np.concatenate([true_speech(heard) for heard in calls])
        self.unit = np.concatenate([unit_flags(heard) for heard in calls])
        self.above_db = np.concatenate([above_leak_db(heard) for heard in calls])
        names = calls[0].peers
        self.peers = {name: np.concatenate([h.peers[name] for h in calls]) for name in names}
        self.masks = self._joined(calls, conditions.masks)
        self.sounds = self._joined(calls, conditions.sounds)

    @staticmethod
    def _joined(calls, of_call):
        each = [of_call(heard) for heard in calls]
        names = sorted({name for masks in each for name in masks})
        none = [np.zeros(heard.n_frames, bool) for heard in calls]
        return {
            name: np.concatenate(
                [masks.get(name, empty) for masks, empty in zip(each, none, strict=True)]
            )
            for name in names
        }

    def gated(self, name, channel, threshold=DEFAULT, margin_db=GATED_DB):
        loud = self.above_db[:, channel] > margin_db
        return (self.peers[name][:, channel] >= threshold) & loud


def best_of(pool, name, channel):
    """(flags, settings) of the peer's best with everything it may be given."""
    true = pool.true[:, channel]
    thresholds = BEST_THRESHOLDS if peers.has_thresholds(name) else (DEFAULT,)
    best = (-1.0, None, None)
    for threshold, margin_db in itertools.product(thresholds, MARGINS_DB):
        gated = pool.gated(name, channel, threshold, margin_db)
        for is_filled in (False, True):
            flags = filled(gated, FILL_FRAMES) if is_filled else gated
            for shift in SHIFTS_FRAMES:
                moved = np.roll(flags, -shift)
                score = f1(true, moved)
                if score > best[0]:
                    settings = {
                        "threshold": round(threshold / 255, 2),
                        "margin_db": margin_db,
                        "is_filled": is_filled,
                        "look_ahead_ms": 20 * shift,
                    }
                    best = (score, moved, settings)
    return best[1:]


def _scored(pool, channel, flags):
    """F1 by condition, and how much of each other sound is flagged."""
    true = pool.true[:, channel]
    scores = {name: f1(true[m], flags[m]) for name, m in pool.masks.items()}
    found, wrong = rates(true, flags)
    sounds = {name: float(flags[m].mean()) if m.any() else None for name, m in pool.sounds.items()}
    return {"f1": scores, "found": found, "wrong": wrong, "flagged": sounds}


def _roc(pool, name, channel, is_gated):
    points = []
    for threshold in THRESHOLDS if peers.has_thresholds(name) else (DEFAULT,):
        if is_gated:
            flags = pool.gated(name, channel, threshold)
        else:
            flags = pool.peers[name][:, channel] >= threshold
        points.append([round(threshold / 255, 3), *rates(pool.true[:, channel], flags)])
    return points


def measure(calls):
    """Everything about speech flags, both channels."""
    pool = Pool(calls)
    out = {}
    for channel, channel_name in enumerate(CHANNELS):
        found = {"callclip": _scored(pool, channel, pool.unit[:, channel])}
        roc = {}
        for name in pool.peers:
            flags = pool.peers[name][:, channel] >= DEFAULT
            best, settings = best_of(pool, name, channel)
            found[f"{name}, plain"] = _scored(pool, channel, flags)
            found[f"{name}, gated"] = _scored(pool, channel, pool.gated(name, channel))
            found[f"{name}, best"] = {**_scored(pool, channel, best), "settings": settings}
            roc[f"{name}, plain"] = _roc(pool, name, channel, False)
            roc[f"{name}, gated"] = _roc(pool, name, channel, True)
        out[channel_name] = {"detectors": found, "roc": roc}
    out["hours"] = {name: len_hours(m) for name, m in pool.masks.items()}
    out["sound_hours"] = {name: len_hours(m) for name, m in pool.sounds.items()}
    return out


def len_hours(flags):
    return round(int(np.count_nonzero(flags)) * 20 / 3_600_000, 3)


def best_peer(detectors, condition, kinds=("gated", "best")):
    """(name, F1) of the best peer of these kinds under a condition; None without peers."""
    scores = [
        (row["f1"][condition], name)
        for name, row in detectors.items()
        if name.rpartition(", ")[2] in kinds and condition in row["f1"]
    ]
    if not scores:
        return None
    score, name = max(scores)
    return name, score


def per_call(calls):
    """[(badness, call, words)] for each channel."""
    out = {f"speech, {name}": [] for name in CHANNELS}
    for heard in calls:
        true, unit = true_speech(heard), unit_flags(heard)
        for c, name in enumerate(CHANNELS):
            score = f1(true[:, c], unit[:, c])
            found, wrong = rates(true[:, c], unit[:, c])
            words = f"F1 {score:.3f}, found {found:.3f}, wrong {wrong:.3f}"
            n_wrong = int((true[:, c] != unit[:, c]).sum())
            out[f"speech, {name}"].append((n_wrong, heard, words))
    return out
