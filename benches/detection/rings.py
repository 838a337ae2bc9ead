"""Rings counted exactly, call by call.

A recording is right when there are as many RING events as true rings, and its CALL_STARTED tell as
many together as the truth expects, unless that leaves it open where a call starts. Ringers of the
desk's own phone are learned before the call (taught.py) and counted apart, too.
Called by: __main__.py.
"""

from benches.detection.events import of_kind
from simulator import tones


def judged(heard):
    """(is right, true bursts, RING events, rings told by CALL_STARTED)."""
    bursts = len(heard.truth["rings"])
    said = len(of_kind(heard.events, "RING"))
    told = sum(event["rings"] for event in of_kind(heard.events, "CALL_STARTED"))
    true = sum(event["rings"] for event in of_kind(heard.truth["events"], "CALL_STARTED"))
    is_open = of_kind(heard.truth["may_events"], "CALL_STARTED")
    is_right = said == bursts and (told == true or bool(is_open))
    return is_right, bursts, said, told


def is_learned(heard):
    return any(row[2] == "ring" and row[3] in tones.LEARNED for row in heard.truth["tones"])


def measure(calls):
    rows = [judged(heard) for heard in calls]
    ringing = [row for row in rows if row[1]]
    silent = [row for row in rows if not row[1]]
    learned = [judged(heard)[0] for heard in calls if is_learned(heard)]
    return {
        "learned_calls": len(learned),
        "learned_right": sum(learned) / len(learned) if learned else None,
        "calls": len(ringing),
        "right": sum(row[0] for row in ringing) / len(ringing) if ringing else None,
        "bursts": sum(row[1] for row in rows),
        "reported": sum(row[2] for row in rows),
        "calls_without_ring": len(silent),
        "rings_in_calls_without": sum(row[2] for row in silent),
    }


def per_call(calls):
    out = []
    for heard in calls:
        is_right, bursts, said, told = judged(heard)
        if not is_right:
            words = f"{said} RING for {bursts} bursts, CALL_STARTED tell {told}"
            out.append((1 + abs(said - bursts), heard, words))
    return {"rings": out}
