"""The kinds of calls, and how many of each a deck has; every kind writes a call into a Script.

Called by: calls.py.
"""

from simulator.world import courses, holds, troubles

# kind -> (function, calls in a deck)
KINDS = {
    "normal": (courses.normal, 38),
    "silent": (courses.silent, 7),
    "one_word": (courses.one_word, 7),
    "quiet_customer": (troubles.quiet_customer, 5),
    "noisy_line": (troubles.noisy_line, 6),
    "noise_step": (troubles.noise_step, 4),
    "hold": (holds.hold, 8),
    "unspoken_return": (holds.unspoken_return, 2),
    "long_hold": (holds.long_hold, 1),
    "late_answer": (courses.late_answer, 2),
    "ring_speech": (courses.ring_speech, 3),
    "greeting_missing": (courses.greeting_missing, 2),
    "dead_air": (courses.dead_air, 2),
    "levels": (troubles.levels, 5),
    "raised_voice": (troubles.raised_voice, 2),
    "fast": (troubles.fast, 2),
    "shock": (troubles.shock, 2),
    "slam": (troubles.slam, 2),
    "custom_ringer": (courses.custom_ringer, 1),
    "silent_line": (troubles.silent_line, 2),
    "line_fault": (troubles.line_fault, 2),
    "no_call": (courses.no_call, 2),
}
