"""The configuration, once: name, default, smallest, largest, help. Everything else is generated.

Values are integers; the unit is the last part of the name. Booleans are 0/1 and start with `is_`.
The unit has it without the help, as bytes in flash.
Used by: the firmware (`Config`), `callclip configure` (check), docs (table).
"""

import struct

# name, default, minimum, maximum, help
SCHEMA = (
    ("late_answer_rings", 3, 1, 10, "picked up after more rings than this: answered late"),
    ("greeting_ms", 3000, 500, 20000, "agent silent this long after the start: greeting missing"),
    ("silent_call_ms", 5000, 2000, 30000, "wait between the steps of a silent call"),
    ("min_customer_speech_ms", 300, 100, 2000, "speech that counts as: the customer has spoken"),
    ("dead_air_ms", 10000, 3000, 60000, "customer spoke last and waits this long for an answer"),
    ("quiet_customer_cdb", -4000, -6500, -2000, "customer's speech level below this is too quiet"),
    ("quiet_customer_ms", 3000, 1000, 20000, "own speech over which the customer's level is taken"),
    ("quiet_customer_step_ms", 5000, 1000, 30000, "own speech between a quiet customer's steps"),
    ("noisy_line_cdb", -4200, -7000, -1000, "line noise floor above this is a noisy line"),
    ("noisy_line_snr_cdb", 1000, 0, 3000, "speech-to-noise ratio below this is a noisy line"),
    ("noisy_line_ms", 5000, 1000, 30000, "how long the line must be noisy for each step"),
    ("agent_quiet_cdb", -3600, -6000, -2000, "agent's speech level below this is too quiet"),
    ("agent_loud_cdb", -1600, -3000, -300, "agent's speech level above this is too loud"),
    ("agent_level_ms", 3000, 1000, 20000, "own speech over which the agent's level is taken"),
    ("raised_voice_cdb", 600, 200, 2000, "rise of the agent's level that counts as a raised voice"),
    ("hold_detect_ms", 3000, 1000, 15000, "dropped line or hold beeps this long: a hold started"),
    ("long_hold_ms", 45000, 5000, 600000, "a hold longer than this is long"),
    ("hold_remind_ms", 30000, 5000, 600000, "a long hold is said again after this"),
    ("hold_unsure_ms", 300000, 30000, 1800000, "a dropped line this long was the end of the call"),
    ("hold_max_ms", 1800000, 60000, 7200000, "a sure hold ends the call after this"),
    ("hold_return_ms", 3000, 1000, 20000, "agent silent this long after a hold: return unspoken"),
    ("callback_hold_ms", 180000, 30000, 1800000, "a hold longer than this deserves a call back"),
    ("interruption_ms", 500, 200, 3000, "speaking before, and together, for an interruption"),
    ("fast_speech_spm", 240, 100, 600, "agent's syllables a minute above this are too fast"),
    ("fast_speech_ms", 10000, 3000, 60000, "own speech over which the rate is taken"),
    (
        "customer_loud_rise_cdb",
        1000,
        300,
        3000,
        "customer this far above his own level is loud",
    ),
    ("customer_loud_cdb", -1200, -3000, -100, "customer above this level is loud"),
    ("tail_silence_ms", 5000, 1000, 30000, "both silent this long after the talk: close the call"),
    ("call_end_ms", 60000, 10000, 600000, "line up and nobody speaks this long: the call ended"),
    ("drop_end_ms", 3000, 1000, 15000, "line dropped this long in a closing or silent call: ended"),
    ("silent_end_ms", 15000, 3000, 60000, "after stage 3 of a silent call without any line signal"),
    ("life_ms", 10000, 2000, 60000, "a ring or beep this recent makes a quiet line alive"),
    ("slam_ms", 2000, 500, 10000, "a knock this soon after the end of a call is a slam"),
    ("slam_peak_cdb", -600, -3000, -10, "peak level of such a knock"),
    ("break_strain", 60, 1, 1000, "strain score of a call that deserves a break"),
    (
        "shock_peak_cdb",
        -300,
        -3000,
        -10,
        "line peak that is an acoustic shock",
    ),
    ("shock_rise_cdb", 1500, 300, 6000, "rise over the running level of an acoustic shock"),
    (
        "dose_limit_cdb",
        8500,
        8000,
        8700,
        "dB(A) times 100 over 8 hours that is 100 % of a day's dose",
    ),
    (
        "spl_offset_cdb",
        0,
        0,
        14000,
        "dB SPL at the ear for 0 dBFS; 0: not calibrated, 10500 assumed",
    ),
    (
        "agent_offset_cdb",
        0,
        0,
        14000,
        "dB SPL at the agent's microphone for 0 dBFS; 0: not calibrated, 11530 assumed",
    ),
    ("no_signal_cdb", -7500, -11000, -5000, "line below this carries nothing but the microphone"),
    ("noise_cdb", -5000, -7000, -2000, "steady floor above this is noise, below it comfort noise"),
    ("leak_line_cdb", -1500, -4000, -500, "agent's leak on the line before it is measured"),
    ("leak_agent_cdb", -2800, -5000, -1000, "line's leak on the agent before it is measured"),
    ("prompt_min_gap_ms", 30000, 0, 600000, "no second prompt of the same kind within this"),
    ("is_buzzer_on", 0, 0, 1, "buzzer also for prompts that are light only by default"),
    ("led_brightness_pct", 30, 1, 100, "brightness of the bead"),
    ("unit_number", 0, 0, 99999, "the unit's pseudonym in logs and reports"),
    ("retention_days", 30, 1, 365, "logs older than this are removed"),
)


_NUMBERS = "<iii"
_NUMBERS_BYTES = 12


def _packed():
    """Of each row: the length of the name, the name, default, minimum, maximum."""
    out = bytearray()
    for name, default, low, high, _help in SCHEMA:
        out.append(len(name))
        out.extend(name.encode() + struct.pack(_NUMBERS, default, low, high))
    return bytes(out)


_ROWS = _packed()


def rows():
    """(name, default, minimum, maximum) of each key, in order."""
    at = 0
    while at < len(_ROWS):
        end = at + 1 + _ROWS[at]
        default, low, high = struct.unpack_from(_NUMBERS, _ROWS, end)
        yield str(_ROWS[at + 1 : end], "utf-8"), default, low, high
        at = end + _NUMBERS_BYTES


def row_of(key):
    """The row of a key; KeyError: there is none."""
    for row in rows():
        if row[0] == key:
            return row
    raise KeyError(key)


def value_of(values, key):
    """What is in force for a key when `values` are set."""
    return values[key] if key in values else row_of(key)[1]


class Config:
    """The values in force, one attribute a key. Unchecked: use `problems` first."""

    def __init__(self, values=None):
        for name, default, _low, _high in rows():
            setattr(self, name, default)
        if values:
            for name in values:
                setattr(self, name, values[name])

    def as_dict(self):
        return {row[0]: getattr(self, row[0]) for row in rows()}


def problems(values):
    """What is wrong with a mapping of keys to values: (key, sentence) pairs, empty if nothing."""
    out = []
    for key in values:
        value = values[key]
        try:
            _name, _default, low, high = row_of(key)
        except KeyError:
            out.append((key, "unknown key"))
            continue
        if isinstance(value, bool) and not key.startswith("is_"):
            out.append((key, "must be a whole number, not true or false"))
        elif not isinstance(value, int):
            out.append((key, "must be a whole number from {} to {}".format(low, high)))
        elif not low <= value <= high:
            out.append((key, "{} is outside {} to {}".format(value, low, high)))
    return out
