"""NOISY_LINE from the true noise: its level (dB re full scale) and what is left above it.

A noise is surely noisy SURE_DB beyond a limit; between the limit and that, both answers are right.
Babble's and keys' levels rise and fall: what they call for is never sure.
Called by: expected.py. Ref: contract, section 3.
"""

SURE_DB = 2.5
EARLY_MS = 1500
LATE_MS = 3000
STAGES = 2
AGAIN_MS = 1 << 30
UNSTEADY = ("babble", "keyboard", "wind", "neighbour")


def judge(call):
    config = call.config
    limit_db = config.noisy_line_cdb / 100
    snr_db = config.noisy_line_snr_cdb / 100
    levels = [row[2] for row in call.truth["customer_said"] if row[0] < call.end_ms]
    for kind, noise_db, first_ms, last_ms in call.truth["noises"]:
        start_ms, end_ms = max(first_ms, call.start_ms), min(last_ms, call.end_ms)
        over_db = noise_db - limit_db
        if levels:
            over_db = max(over_db, noise_db - (min(levels) - snr_db))
        if over_db < -SURE_DB or start_ms >= end_ms:
            continue
        # The noise alone tells at once, a bad ratio only after some speech.
        is_sure = noise_db - limit_db > SURE_DB and kind not in UNSTEADY
        for stage in range(1, STAGES + 1):
            due_ms = start_ms + stage * config.noisy_line_ms
            if is_sure and due_ms + LATE_MS < end_ms and not _is_held(call, start_ms, due_ms):
                call.say("NOISY_LINE", due_ms, EARLY_MS, LATE_MS, stage=stage)
            else:
                call.may("NOISY_LINE", start_ms, 0, AGAIN_MS, stage=stage)


def _is_held(call, start_ms, end_ms):
    states = call.truth["line_states"]
    return any(
        state in ("MUSIC", "NO_SIGNAL") and start < end_ms and end > start_ms
        for start, end, state in states
    )
