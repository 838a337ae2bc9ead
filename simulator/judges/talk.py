"""DEAD_AIR, TALKING_FAST and HOLD_RETURN_UNSPOKEN from true spurts (ms) and syllables.

The agent's rate is known only where his speech is synthesised; of a recorded agent it may be
anything. A rate within UNSURE_PCT of the limit calls for nothing and forbids nothing.
Called by: expected.py. Ref: contract, section 3.
"""

from simulator.judges.own_speech import EDGE_MS

UNSURE_PCT = 12
LATE_MS = 700
AGAIN_MS = 1 << 30
RETURN_EARLY_MS = 1500
RETURN_LATE_MS = 1000  # besides what the hold's end may be late


def judge(call):
    _dead_air(call)
    _fast(call)
    _return_unspoken(call)


def _dead_air(call):
    wait_ms = call.config.dead_air_ms
    spurts = sorted((s, e, who) for who in ("agent", "customer") for s, e in call.spurts(who))
    for n, (_start, end, who) in enumerate(spurts):
        next_ms = spurts[n + 1][0] if n + 1 < len(spurts) else call.end_ms
        if who != "customer" or any(e > end for _s, e, _who in spurts[:n]):
            continue
        times = 1
        while end + times * wait_ms < next_ms and call.is_up(end, end + times * wait_ms):
            due_ms = end + times * wait_ms
            call.say("DEAD_AIR", due_ms, 250, LATE_MS)
            times += 1


def _fast(call):
    from_ms = call.start_ms - EDGE_MS
    rows = [row for row in call.truth["agent_said"] if from_ms <= row[0] < call.end_ms]
    if any(row[3] is None for row in rows):
        call.may("TALKING_FAST", call.start_ms, 0, AGAIN_MS)
        return
    limit_spm = call.config.fast_speech_spm
    rates = []
    for n in range(len(rows)):
        ms = syllables = 0
        for _start, end, _level, count, speech_ms in rows[n:]:
            ms += speech_ms
            syllables += count
            if ms >= call.config.fast_speech_ms:
                rates.append((syllables * 60000 / ms, rows[n][0], end))
                break
    if not rates or max(rates)[0] < limit_spm * (100 - UNSURE_PCT) / 100:
        return
    fast = [row for row in rates if row[0] > limit_spm * (100 + UNSURE_PCT) / 100]
    if len(fast) == len(rates):
        _spm, start_ms, end_ms = min(fast, key=lambda row: row[2])
        late_ms = min((row[2] for row in fast if row[1] >= end_ms), default=None)
        if late_ms is not None:
            call.say("TALKING_FAST", end_ms, end_ms - start_ms, late_ms - end_ms)
    call.may("TALKING_FAST", call.start_ms, 0, AGAIN_MS)


def _return_unspoken(call):
    wait_ms = call.config.hold_return_ms
    for event in [e for e in call.events + call.options if e["event"] == "HOLD_ENDED"]:
        back_ms = event["t_ms"]
        spoken = [e for _s, e in call.spurts("agent") if e > back_ms - 1000]
        starts = [s for s, e in call.spurts("agent") if e > back_ms - 1000]
        due_ms = back_ms + wait_ms
        # A word is due from when the hold is known to be over, which after beeps is a period later.
        late_ms = event["late_ms"] + RETURN_LATE_MS
        if not starts or starts[0] > due_ms + late_ms:
            call.say("HOLD_RETURN_UNSPOKEN", due_ms, RETURN_EARLY_MS, late_ms)
        elif starts[0] > due_ms - RETURN_EARLY_MS or spoken[0] < back_ms + 300:
            call.may("HOLD_RETURN_UNSPOKEN", due_ms, RETURN_EARLY_MS, late_ms)
