"""Every event of the contract: its code, its name and its fields, once.

An event inside the core is a row of integers: (code, t_frames, call, value, value, ...) with the
values in the order of FIELDS. Words ("cause", "by") and yes/no fields are integers there, too, and
become words only at the edges, in `as_dict`. Codes are stored in logs: never renumber, only append.

Units: *_ms milliseconds, *_cdb centi-dB re full scale, t_frames frames of 20 ms.
Called by: rules (codes), records and protocol (layout), simulator and host tools (as_dict).
"""

RING = 1
LATE_ANSWER = 2
CALL_STARTED = 3
GREETING_MISSING = 4
SILENT_CALL = 5
DEAD_AIR = 6
QUIET_CUSTOMER = 7
NOISY_LINE = 8
AGENT_QUIET = 9
AGENT_LOUD = 10
AGENT_RAISED_VOICE = 11
HOLD_STARTED = 12
LONG_HOLD = 13
HOLD_ENDED = 14
HOLD_RETURN_UNSPOKEN = 15
CALLBACK_DUE = 16
INTERRUPTION = 17
BACKCHANNEL = 18
TALKING_FAST = 19
CUSTOMER_LOUD = 20
TAIL_SILENCE = 21
SLAM = 22
TAKE_BREAK = 23
ACOUSTIC_SHOCK = 24
DOSE = 25
LINE_FAULT = 26
CALL_ENDED = 27

HOLD_CAUSES = ("LINE_DROPPED", "MUSIC", "BEEP", "BUTTON")
END_CAUSES = ("TONE", "LINE_DROPPED", "SILENCE", "BUTTON", "NEW_CALL")
SPEAKERS = ("AGENT", "CUSTOMER")
CHANNELS = ("AGENT", "LINE")

HOLD_LINE_DROPPED, HOLD_MUSIC, HOLD_BEEP, HOLD_BUTTON = range(4)
END_TONE, END_LINE_DROPPED, END_SILENCE, END_BUTTON, END_NEW_CALL = range(5)
BY_AGENT, BY_CUSTOMER = range(2)

SUMMARY_FIELDS = (
    "duration_ms",
    "talk_agent_ms",
    "talk_customer_ms",
    "overlap_ms",
    "silence_ms",
    "hold_ms",
    "holds",
    "longest_silence_ms",
    "longest_hold_ms",
    "interruptions_agent",
    "interruptions_customer",
    "backchannels",
    "rings",
    "answer_ms",
    "asl_agent_cdb",
    "asl_customer_cdb",
    "noise_line_cdb",
    "syllables_per_min",
    "strain",
    "prompts",
)

# code -> (name, field names). Words live in ENUMS, yes/no fields in FLAGS.
TABLE = {
    RING: ("RING", ("n",)),
    LATE_ANSWER: ("LATE_ANSWER", ("rings",)),
    CALL_STARTED: ("CALL_STARTED", ("rings",)),
    GREETING_MISSING: ("GREETING_MISSING", ()),
    SILENT_CALL: ("SILENT_CALL", ("stage",)),
    DEAD_AIR: ("DEAD_AIR", ("ms",)),
    QUIET_CUSTOMER: ("QUIET_CUSTOMER", ("stage", "level_cdb")),
    NOISY_LINE: ("NOISY_LINE", ("stage", "noise_cdb", "snr_cdb")),
    AGENT_QUIET: ("AGENT_QUIET", ("level_cdb",)),
    AGENT_LOUD: ("AGENT_LOUD", ("level_cdb",)),
    AGENT_RAISED_VOICE: ("AGENT_RAISED_VOICE", ("rise_cdb",)),
    HOLD_STARTED: ("HOLD_STARTED", ("cause", "sure", "since_ms")),
    LONG_HOLD: ("LONG_HOLD", ("n", "ms", "sure")),
    HOLD_ENDED: ("HOLD_ENDED", ("ms",)),
    HOLD_RETURN_UNSPOKEN: ("HOLD_RETURN_UNSPOKEN", ()),
    CALLBACK_DUE: ("CALLBACK_DUE", ("ms",)),
    INTERRUPTION: ("INTERRUPTION", ("by", "ms")),
    BACKCHANNEL: ("BACKCHANNEL", ("by",)),
    TALKING_FAST: ("TALKING_FAST", ("syllables_per_min",)),
    CUSTOMER_LOUD: ("CUSTOMER_LOUD", ("level_cdb",)),
    TAIL_SILENCE: ("TAIL_SILENCE", ()),
    SLAM: ("SLAM", ("peak_cdb",)),
    TAKE_BREAK: ("TAKE_BREAK", ("score",)),
    ACOUSTIC_SHOCK: ("ACOUSTIC_SHOCK", ("peak_cdb", "rise_cdb", "ms", "clipped")),
    DOSE: ("DOSE", ("pct", "leq_cdb")),
    LINE_FAULT: ("LINE_FAULT", ("channel",)),
    CALL_ENDED: ("CALL_ENDED", ("end_ms", "cause") + SUMMARY_FIELDS),
}

# (event code, field) -> words by value; a bare field name means the same for every event.
ENUMS = {
    (HOLD_STARTED, "cause"): HOLD_CAUSES,
    (CALL_ENDED, "cause"): END_CAUSES,
    (INTERRUPTION, "by"): SPEAKERS,
    (BACKCHANNEL, "by"): SPEAKERS,
    (LINE_FAULT, "channel"): CHANNELS,
}
FLAGS = ("sure", "clipped")
# Fields that are a moment, not a length: the core gives them as frames since its first frame,
# `as_dict` as milliseconds on the same clock as t_ms.
MOMENTS = ("since_ms", "end_ms")

MAX_VALUES = 2 + len(SUMMARY_FIELDS)


def _n_values():
    out = bytearray(1 + max(TABLE))
    for code in TABLE:
        out[code] = len(TABLE[code][1])
    return bytes(out)


N_VALUES = _n_values()  # by event code


def name_of(code):
    """Name of an event code, or None when this version does not know it."""
    row = TABLE.get(code)
    return row[0] if row else None


def as_dict(code, t_ms, call, values, ms_from_frames):
    """One event as the contract prints it.

    t_ms and call as in the contract; values: integers in TABLE order; ms_from_frames: function
    from a frame index to milliseconds on the clock of t_ms, applied to MOMENTS.
    Raises KeyError for an unknown code, IndexError for a word that is not in its list.
    """
    name, fields = TABLE[code]
    out = {"t_ms": t_ms, "event": name, "call": call}
    for field, value in zip(fields, values):
        words = ENUMS.get((code, field))
        if words is not None:
            value = words[value]
        elif field in FLAGS:
            value = bool(value)
        elif field in MOMENTS:
            value = ms_from_frames(value)
        out[field] = value
    return out
