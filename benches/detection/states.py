"""Channel states: how many seconds are told right, and what is taken for what.

The state of a second is the one that most of its frames show. After a change of what lies under the
speech (a tone, music, noise, a drop begins or ends) the bead has SETTLE_MS: in these seconds the
state before the change is right, too. A second in which the truth itself is mixed (speech begins
or ends in it) is right with either of the two states that share it.
Called by: __main__.py. Units: seconds; codes as in core/frame.py.
"""

import numpy as np
from callclip.core.frame import STATE_NAMES

from benches.detection.frames import SPEECH, states

SECOND_FRAMES = 50
SETTLE_S = 5
SHARED = 0.2  # a state that fills this much of a second shares it
N_STATES = len(STATE_NAMES)
TRUTH_KEYS = {"agent": "agent_states", "line": "line_states"}


def shares(codes):
    """[seconds, states]: how much of each whole second each state fills."""
    n = len(codes) // SECOND_FRAMES
    rows = codes[: n * SECOND_FRAMES].reshape(n, SECOND_FRAMES)
    return np.stack([(rows == code).mean(axis=1) for code in range(N_STATES)], axis=1)


def without_speech(codes):
    """Codes with each stretch of speech replaced by the state before it."""
    known = np.where(codes == SPEECH, 0, np.arange(len(codes)))
    before = np.maximum.accumulate(known)
    out = codes[before]
    return np.where(out == SPEECH, -1, out)  # speech from the first frame: nothing before it


def allowed(codes):
    """bool [seconds, states]: which states are right in each second."""
    part = shares(codes)
    right = part >= SHARED
    right[np.arange(len(part)), part.argmax(axis=1)] = True
    under = without_speech(codes)
    for at in np.flatnonzero(np.diff(under)):
        if under[at] < 0:
            continue
        second = (at + 1) // SECOND_FRAMES
        right[second : second + SETTLE_S + 1, under[at]] = True
    return right


def compared(true_codes, unit_codes):
    """(right bool [seconds], true [seconds], said [seconds])."""
    true_codes, unit_codes = np.asarray(true_codes), np.asarray(unit_codes)
    n = min(len(true_codes), len(unit_codes))
    right = allowed(true_codes[:n])
    said = shares(unit_codes[:n]).argmax(axis=1)
    true = shares(true_codes[:n]).argmax(axis=1)
    return right[np.arange(len(said)), said], true, said


def _codes(heard, channel):
    """(true, reported) codes of a channel, or None where the truth is silent about it."""
    rows = heard.truth.get(TRUTH_KEYS[channel])
    if rows is None:
        return None
    return states(rows, heard.n_frames), heard.rows[f"{channel}_state"]


def measure(calls):
    out = {}
    for channel in TRUTH_KEYS:
        matrix = np.zeros((N_STATES, N_STATES), int)
        n_right = n_all = n_frames_right = n_frames = 0
        for heard in calls:
            codes = _codes(heard, channel)
            if codes is None:
                continue
            right, true, said = compared(*codes)
            n_right += int(right.sum())
            n_all += len(right)
            n_frames_right += int((codes[0] == codes[1]).sum())
            n_frames += len(codes[0])
            shown = np.where(right, true, said)  # a second told right counts as its own state
            np.add.at(matrix, (true, shown), 1)
        out[channel] = {
            "seconds": n_all,
            "right": n_right / n_all if n_all else None,
            "frames_right": n_frames_right / n_frames if n_frames else None,
            "names": list(STATE_NAMES),
            "confusion": matrix.tolist(),  # [true][said], seconds
        }
    return out


def per_call(calls):
    out = {f"states, {channel}": [] for channel in TRUTH_KEYS}
    for heard in calls:
        for channel in TRUTH_KEYS:
            codes = _codes(heard, channel)
            if codes is None:
                continue
            right, true, said = compared(*codes)
            wrong = [(true[s], said[s]) for s in np.flatnonzero(~right)]
            if wrong:
                most = max(set(wrong), key=wrong.count)
                words = f"{len(wrong)} of {len(right)} s wrong, most often "
                words += f"{STATE_NAMES[most[0]]} taken for {STATE_NAMES[most[1]]}"
                out[f"states, {channel}"].append((len(wrong), heard, words))
    return out
