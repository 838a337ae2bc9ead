"""What the bead shows and says for each event: light, buzzer, rank, and a text for people.

One row an event; a staged event has a row a stage. Row 0 is darkness, the rows with code 0 are the
quiet light of a call under way. The language of the colours: white, say something; amber, the
customer waits; violet, the line or a level; blue, hold; red, bring it to an end.
Units: rgb 0..255 before the brightness setting, *_ms milliseconds, off_ms 0 is a steady light;
buzzer: steps of (tone_hz, on_ms, off_ms); higher rank wins.
Called by: prompts.py, the light and buzzer ports (by row index), simulator and host tools (texts).
"""

from collections import namedtuple

from callclip.core import events

# A prompt ends early when one of these comes to pass.
AGENT_SPEAKS = 1
CUSTOMER_SPEAKS = 2
HOLD_ENDS = 4
LINE_IS_CLEAN = 8
CALL_ENDS = 16

_ANYBODY_SPEAKS = AGENT_SPEAKS | CUSTOMER_SPEAKS | CALL_ENDS

Signal = namedtuple(
    "Signal",
    (
        "name",  # event, and its stage or kind
        "code",  # events.*; 0 for the rows that are no event
        "rgb",
        "on_ms",
        "off_ms",
        "buzzer",
        "is_buzzer_on",  # 1: sounds by default; 0: only with the setting is_buzzer_on
        "rank",  # 0: no prompt, nothing is shown
        "duration_ms",
        "ends_on",
        "text",
    ),
)

_DARK = (0, 0, 0)
_WHITE = (255, 255, 255)
_GREEN = (0, 255, 0)
_DIM_GREEN = (0, 40, 0)
_DIM_BLUE = (0, 0, 60)
_AMBER = (255, 120, 0)
_VIOLET = (180, 0, 255)
_BLUE = (0, 60, 255)
_RED = (255, 0, 0)

_QUIET = ()
_TICK = ((2400, 60, 0),)
_TWO = ((2400, 80, 120), (2400, 80, 0))
_DOWN = ((2400, 120, 60), (1800, 120, 60), (1200, 200, 0))
_HOLD_CALL = ((1200, 120, 120), (1800, 120, 0))

# name, code, rgb, on_ms, off_ms, buzzer, is_buzzer_on, rank, duration_ms, ends_on, text
SIGNALS = tuple(
    Signal(*row)
    for row in (
        ("DARK", 0, _DARK, 0, 0, _QUIET, 0, 0, 0, 0, ""),
        ("IN_CALL", 0, _DIM_GREEN, 1000, 0, _QUIET, 0, 0, 0, 0, ""),
        ("ON_HOLD", 0, _DIM_BLUE, 1000, 0, _QUIET, 0, 0, 0, 0, ""),
        ("RING", events.RING, _DARK, 0, 0, _QUIET, 0, 0, 0, 0, "The phone rings."),
        (
            "LATE_ANSWER", events.LATE_ANSWER, _DARK, 0, 0, _QUIET, 0, 0, 0, 0,
            "The customer has waited: thank them for their patience.",
        ),
        ("CALL_STARTED", events.CALL_STARTED, _DARK, 0, 0, _QUIET, 0, 0, 0, 0, "The call begins."),
        (
            "GREETING_MISSING", events.GREETING_MISSING, _WHITE, 250, 250, _TICK, 0, 50, 6000,
            _ANYBODY_SPEAKS & ~CUSTOMER_SPEAKS,
            "Greet the customer.",
        ),
        (
            "SILENT_CALL_1", events.SILENT_CALL, _WHITE, 400, 400, _TICK, 0, 80, 5000,
            _ANYBODY_SPEAKS,
            "Nobody has answered: greet once more.",
        ),
        (
            "SILENT_CALL_2", events.SILENT_CALL, _AMBER, 400, 400, _TWO, 0, 81, 5000,
            _ANYBODY_SPEAKS,
            "Still nobody there: say farewell.",
        ),
        (
            "SILENT_CALL_3", events.SILENT_CALL, _RED, 400, 400, _DOWN, 1, 82, 15000,
            CUSTOMER_SPEAKS | CALL_ENDS,
            "Nobody there: hang up.",
        ),
        (
            "DEAD_AIR", events.DEAD_AIR, _AMBER, 600, 600, _TICK, 0, 45, 6000, _ANYBODY_SPEAKS,
            "The customer is waiting: say what you are doing.",
        ),
        (
            "QUIET_CUSTOMER_1", events.QUIET_CUSTOMER, _VIOLET, 300, 700, _TICK, 0, 70, 5000,
            CALL_ENDS,
            "Hard to hear: ask the customer to pick up the handset and speak up.",
        ),
        (
            "QUIET_CUSTOMER_2", events.QUIET_CUSTOMER, _VIOLET, 300, 300, _TWO, 0, 71, 5000,
            CALL_ENDS,
            "Still hard to hear: ask the customer to call from another phone.",
        ),
        (
            "QUIET_CUSTOMER_3", events.QUIET_CUSTOMER, _RED, 300, 300, _DOWN, 1, 72, 8000,
            CALL_ENDS,
            "The customer cannot be heard: say farewell and hang up.",
        ),
        (
            "NOISY_LINE_1", events.NOISY_LINE, _VIOLET, 500, 500, _TICK, 0, 60, 5000,
            LINE_IS_CLEAN | CALL_ENDS,
            "The line is noisy: ask the customer to call from another phone.",
        ),
        (
            "NOISY_LINE_2", events.NOISY_LINE, _RED, 500, 500, _DOWN, 0, 61, 8000,
            LINE_IS_CLEAN | CALL_ENDS,
            "The line stays noisy: say farewell and hang up.",
        ),
        (
            "AGENT_QUIET", events.AGENT_QUIET, _VIOLET, 150, 850, _TICK, 0, 30, 4000, CALL_ENDS,
            "Raise your voice a little.",
        ),
        (
            "AGENT_LOUD", events.AGENT_LOUD, _VIOLET, 150, 850, _TICK, 0, 31, 4000, CALL_ENDS,
            "Speak a little softer, calm and even.",
        ),
        (
            "AGENT_RAISED_VOICE", events.AGENT_RAISED_VOICE, _VIOLET, 150, 350, _TICK, 0, 32, 4000,
            CALL_ENDS,
            "Keep your own voice as it was.",
        ),
        ("HOLD_STARTED", events.HOLD_STARTED, _DARK, 0, 0, _QUIET, 0, 0, 0, 0, "On hold."),
        (
            "LONG_HOLD", events.LONG_HOLD, _BLUE, 300, 300, _HOLD_CALL, 1, 55, 8000,
            HOLD_ENDS | CALL_ENDS,
            "The customer has been on hold for long: go back to them.",
        ),
        (
            "LONG_HOLD_UNSURE", events.LONG_HOLD, _BLUE, 300, 1700, _QUIET, 0, 25, 8000,
            HOLD_ENDS | CALL_ENDS,
            "If the customer is on hold: go back to them.",
        ),
        ("HOLD_ENDED", events.HOLD_ENDED, _DARK, 0, 0, _QUIET, 0, 0, 0, 0, "Back from hold."),
        (
            "HOLD_RETURN_UNSPOKEN", events.HOLD_RETURN_UNSPOKEN, _WHITE, 250, 250, _TICK, 0, 48,
            6000, AGENT_SPEAKS | CALL_ENDS,
            "Thank the customer for waiting.",
        ),
        (
            "CALLBACK_DUE", events.CALLBACK_DUE, _BLUE, 1000, 1000, _QUIET, 0, 20, 6000, 0,
            "A very long hold: offer to call back within the hour.",
        ),
        (
            "INTERRUPTION_BY_AGENT", events.INTERRUPTION, _AMBER, 120, 380, _QUIET, 0, 35, 2000,
            CALL_ENDS,
            "Let the customer finish.",
        ),
        (
            "INTERRUPTION_BY_CUSTOMER", events.INTERRUPTION, _DARK, 0, 0, _QUIET, 0, 0, 0, 0,
            "The customer cut in: listen, then go on.",
        ),
        (
            "BACKCHANNEL", events.BACKCHANNEL, _DARK, 0, 0, _QUIET, 0, 0, 0, 0,
            "A short word of attention.",
        ),
        (
            "TALKING_FAST", events.TALKING_FAST, _VIOLET, 80, 420, _QUIET, 0, 28, 4000, CALL_ENDS,
            "Speak a little slower.",
        ),
        (
            "CUSTOMER_LOUD", events.CUSTOMER_LOUD, _GREEN, 1500, 1500, _QUIET, 0, 33, 6000,
            CALL_ENDS,
            "The customer is upset: breathe, stay calm, listen.",
        ),
        (
            "TAIL_SILENCE", events.TAIL_SILENCE, _GREEN, 500, 1500, _QUIET, 0, 22, 8000,
            _ANYBODY_SPEAKS,
            "Ask whether there is anything else; if not, hang up.",
        ),
        (
            "SLAM", events.SLAM, _DARK, 0, 0, _QUIET, 0, 0, 0, 0,
            "Put the handset down gently.",
        ),
        (
            "TAKE_BREAK", events.TAKE_BREAK, _GREEN, 2000, 2000, _QUIET, 0, 24, 20000, 0,
            "That was a hard call: take a short break.",
        ),
        (
            "ACOUSTIC_SHOCK", events.ACOUSTIC_SHOCK, _RED, 100, 100, _QUIET, 0, 90, 3000, 0,
            "A dangerous sound: take the headset off, and report it.",
        ),
        (
            "DOSE", events.DOSE, _DARK, 0, 0, _QUIET, 0, 0, 0, 0,
            "Mind your ears: turn it down a little (a trend, unless calibrated).",
        ),
        (
            "LINE_FAULT", events.LINE_FAULT, _RED, 100, 2900, _QUIET, 0, 15, 30000, 0,
            "The equipment seems to be out of order: tell IT.",
        ),
        (
            "CALL_ENDED", events.CALL_ENDED, _DARK, 0, 0, _QUIET, 0, 0, 0, 0,
            "The call is over.",
        ),
    )
)  # fmt: skip

# The same for the unit, as bytes in its flash instead of objects: a row's code, rank, ends_on,
# is_buzzer_on, number of its buzzer's pattern, rgb, then on_ms, off_ms and duration_ms, two bytes
# each, the low one first; a pattern's number of steps, then its numbers alike.
_RANK, _ENDS_ON, _IS_BUZZER_ON, _PATTERN, _RGB = 1, 2, 3, 4, 5
_ON_MS, _OFF_MS, _DURATION_MS = 8, 10, 12
_ROW_BYTES = 14
_PATTERNS = (_QUIET, _TICK, _TWO, _DOWN, _HOLD_CALL)
_MOST_STEPS = 3
_STEP_BYTES = 6
_PATTERN_BYTES = 1 + _MOST_STEPS * _STEP_BYTES


def _rows():
    out = bytearray()
    for row in SIGNALS:
        out.extend(bytes((row.code, row.rank, row.ends_on, row.is_buzzer_on)))
        out.append(_PATTERNS.index(row.buzzer))
        out.extend(bytes(row.rgb))
        for n_ms in (row.on_ms, row.off_ms, row.duration_ms):
            out.extend(n_ms.to_bytes(2, "little"))
    return bytes(out)


def _patterns():
    out = bytearray()
    for steps in _PATTERNS:
        out.append(len(steps))
        for step in steps + ((0, 0, 0),) * (_MOST_STEPS - len(steps)):
            for number in step:
                out.extend(number.to_bytes(2, "little"))
    return bytes(out)


_ROWS = _rows()
_STEPS = _patterns()
N_ROWS = len(_ROWS) // _ROW_BYTES

NO_SIGNAL_ROW = 0
IN_CALL_ROW = 1
ON_HOLD_ROW = 2


def _first_rows():
    """First row of each event code, as bytes: a look-up on the frame path allocates nothing."""
    first = bytearray(1 + max(events.TABLE))
    for at in range(len(SIGNALS) - 1, 0, -1):
        if SIGNALS[at].code:
            first[SIGNALS[at].code] = at
    return bytes(first)


_FIRST = _first_rows()


def is_staged(code):
    return code == events.SILENT_CALL or code == events.QUIET_CUSTOMER or code == events.NOISY_LINE


def row_of(code, a=0, b=0, c=0):
    """Row of an event with its first values, in the order of events.TABLE."""
    row = _FIRST[code]
    if is_staged(code):
        return row + a - 1
    if code == events.INTERRUPTION and a == events.BY_CUSTOMER:
        return row + 1
    if code == events.LONG_HOLD and not c:
        return row + 1
    return row


def code_of(row):
    return _ROWS[row * _ROW_BYTES]


def rank_of(row):
    return _ROWS[row * _ROW_BYTES + _RANK]


def ends_on(row):
    return _ROWS[row * _ROW_BYTES + _ENDS_ON]


def duration_ms(row):
    return _number(_ROWS, row * _ROW_BYTES + _DURATION_MS)


def light(row):
    """(rgb, on_ms, off_ms) of a row."""
    at = row * _ROW_BYTES
    rgb = _ROWS[at + _RGB : at + _ON_MS]
    return rgb, _number(_ROWS, at + _ON_MS), _number(_ROWS, at + _OFF_MS)


def melody(row, is_buzzer_on):
    """The buzzer's steps for a row, given the setting `is_buzzer_on`; none: it is silent."""
    at = row * _ROW_BYTES
    if not (is_buzzer_on or _ROWS[at + _IS_BUZZER_ON]):
        return ()
    at = _ROWS[at + _PATTERN] * _PATTERN_BYTES
    steps = range(at + 1, at + 1 + _STEPS[at] * _STEP_BYTES, _STEP_BYTES)
    return tuple([tuple([_number(_STEPS, k + i) for i in (0, 2, 4)]) for k in steps])


def _number(data, at):
    return data[at] | data[at + 1] << 8
