"""Searches the thresholds of core/tuning.py on the tuning part, one after the other.

Each entry is tried a few steps up and down while it gains; what it gained is told. The goal of an
entry is the F1 of the flags that it decides; a change must gain LEAST_GAIN to be worth a commit.
Called by: __main__.py.
"""

import dataclasses

from callclip.core import tuning

from training import forward, score

LEAST_GAIN = 0.0002
STEP_Q8 = 64
PASSES = 2


@dataclasses.dataclass(frozen=True)
class Entry:
    """One number of the table: row, place in it, what it decides (live or settled), steps."""

    row: str
    place: int
    decides: str
    step: int = STEP_Q8


ENTRIES = (
    *(Entry(row, place, "live") for row in ("AGENT_SPEECH", "LINE_SPEECH") for place in (0, 1)),
    *(Entry(row, place, "settled") for row in ("AGENT_SPEECH", "LINE_SPEECH") for place in (2, 3)),
    Entry("MUSIC_Q8", 0, "music", 128),
    Entry("MUSIC_Q8", 2, "music", 5000),
    Entry("MUSIC_Q8", 3, "music", 4000),
    Entry("MUSIC_Q8", 4, "music", 5000),
)


def table():
    return {row: list(getattr(tuning, row)) for row in sorted({e.row for e in ENTRIES})}


def goal(heard, rows, entry):
    """F1 of what the entry decides; heard: [(logits_q8, labels)] of the calls."""
    values = tuple(rows[entry.row])
    if entry.decides == "music":
        return score.f1((score.music_flags(logits, values), labels[2]) for logits, labels in heard)
    who = 0 if entry.row == "AGENT_SPEECH" else 1
    flags = score.live_flags if entry.decides == "live" else score.settled_flags
    return score.f1((flags(logits, who, values), labels[who]) for logits, labels in heard)


def search(calls, on_entry=lambda entry, was, now, before, after: None):
    """The table that was found; `on_entry` hears of every entry: values and F1 before and after."""
    heard = [(forward.logits_q8(call.features), call.labels) for call in calls]
    rows = table()
    for _ in range(PASSES):
        for entry in ENTRIES:
            was = rows[entry.row][entry.place]
            before = goal(heard, rows, entry)
            now, after = _climb(heard, rows, entry, was, before)
            rows[entry.row][entry.place] = now
            on_entry(entry, was, now, before, after)
    return rows


def _climb(heard, rows, entry, was, before):
    best, best_score = was, before
    for sign in (1, -1):
        value = was + sign * entry.step
        while True:
            rows[entry.row][entry.place] = value
            found = goal(heard, rows, entry)
            if found < best_score + LEAST_GAIN:
                break
            best, best_score = value, found
            value += sign * entry.step
        if best != was:
            break
    return best, best_score
