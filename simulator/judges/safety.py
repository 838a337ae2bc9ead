"""ACOUSTIC_SHOCK, SLAM and LINE_FAULT from what was put on the channels.

A shock's rise is over the running level; here, over the loudest that anybody says on the line, of
which P.56 knows the level and CREST_DB the peaks of a frame.
Called by: expected.py. Ref: contract, section 3.
"""

CREST_DB = 6.0
SURE_DB = 2.0
LATE_MS = 1600


def shocks(truth, config, say, may):
    """Shocks come with calls and without."""
    levels = [row[2] for row in truth["customer_said"]] + [truth["settings"]["line.tone"]]
    for start, end, peak_db in truth["shocks"]:
        rise_db = peak_db - (max(levels) + CREST_DB)
        is_sure = rise_db > config.shock_rise_cdb / 100 + SURE_DB
        tell = say if is_sure and peak_db >= config.shock_peak_cdb / 100 + 1 else may
        tell("ACOUSTIC_SHOCK", start, 100, end - start + LATE_MS)


def judge(call):
    near_ms = call.config.slam_ms
    for start, _end, peak_db in call.truth["knocks"]:
        if abs(start - call.end_ms) <= near_ms and peak_db > call.config.slam_peak_cdb / 100 + 1:
            known_ms = max([start, *(e["t_ms"] for e in call.events if e["event"] == "CALL_ENDED")])
            is_near = abs(abs(start - call.end_ms) - near_ms) < 200
            tell = call.may if is_near else call.say
            tell("SLAM", known_ms, known_ms - start + 300, LATE_MS)
    for who in ("agent", "line"):
        if call.truth["settings"][f"{who}.fault"] != "none":
            end_ms, last_ms = call.end_ms, call.truth["duration_ms"] - 1
            window = (end_ms - call.start_ms, max(0, last_ms - end_ms))
            call.say("LINE_FAULT", min(end_ms, last_ms - 1), *window, channel=who.upper())
