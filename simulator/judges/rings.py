"""RING and LATE_ANSWER: every ring before a call, and whether there were too many.

A ringer that is no network's tone has to be learned first: its rings may be told, need not.
Called by: expected.py. Ref: contract, section 3.
"""

from simulator import tones

LATE_MS = 1500


def judge(call, from_ms):
    rings = [r for r in call.truth["rings"] if from_ms <= r[0] < call.start_ms]
    plans = {t[3] for t in call.truth["tones"] if t[2] == "ring"}
    is_known = not plans & set(tones.LEARNED)
    tell = call.say if is_known else call.may
    for n, (start, end) in enumerate(rings, start=1):
        # Nobody has answered yet: a ring belongs to no call.
        tell("RING", start, 0, end - start + LATE_MS, n=n, call=0)
    if len(rings) > call.config.late_answer_rings:
        tell("LATE_ANSWER", call.start_ms, 1000, LATE_MS)
