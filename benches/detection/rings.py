"""Rings counted exactly, call by call.

A call is right when there are as many RING events as true bursts before and in it, numbered without
a gap, and CALL_STARTED tells the number that the truth expects.
Called by: __main__.py.
"""

from benches.detection.events import of_kind


def judged(heard):
    """(is right, true bursts, RING events, rings told at the start of calls)."""
    bursts = len(heard.truth["rings"])
    said = len(of_kind(heard.events, "RING"))
    told = [event["rings"] for event in of_kind(heard.events, "CALL_STARTED")]
    true = [event.get("rings") for event in of_kind(heard.truth["events"], "CALL_STARTED")]
    is_right = said == bursts and told == true
    return is_right, bursts, said, told


def measure(calls):
    rows = [judged(heard) for heard in calls]
    ringing = [row for row in rows if row[1]]
    silent = [row for row in rows if not row[1]]
    return {
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
            words = f"{said} RING for {bursts} bursts, CALL_STARTED tells {told}"
            out.append((1 + abs(said - bursts), heard, words))
    return {"rings": out}
