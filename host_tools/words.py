"""Plain words for people: moments, lengths, levels and events, the same in terminal, plot and page.

In: the contract's units (ms, centi-dB) and events as dicts. Called by: timeline, plot, report.
"""

# what an event means, for somebody who has never read the contract
TITLES = {
    "RING": "ring",
    "LATE_ANSWER": "answered late",
    "CALL_STARTED": "call started",
    "GREETING_MISSING": "greeting missing",
    "SILENT_CALL": "silent call",
    "DEAD_AIR": "customer waits for an answer",
    "QUIET_CUSTOMER": "customer too quiet",
    "NOISY_LINE": "noisy line",
    "AGENT_QUIET": "agent too quiet",
    "AGENT_LOUD": "agent too loud",
    "AGENT_RAISED_VOICE": "agent raised the voice",
    "HOLD_STARTED": "hold started",
    "LONG_HOLD": "long hold",
    "HOLD_ENDED": "hold ended",
    "HOLD_RETURN_UNSPOKEN": "no word after the hold",
    "CALLBACK_DUE": "call back due",
    "INTERRUPTION": "interruption",
    "BACKCHANNEL": "short overlap",
    "TALKING_FAST": "talking fast",
    "CUSTOMER_LOUD": "customer loud",
    "TAIL_SILENCE": "silence at the end",
    "SLAM": "phone banged down",
    "TAKE_BREAK": "time for a break",
    "ACOUSTIC_SHOCK": "acoustic shock",
    "DOSE": "noise dose",
    "LINE_FAULT": "line fault",
    "CALL_ENDED": "call ended",
}

CAUSES = {
    "LINE_DROPPED": "line dropped",
    "MUSIC": "music",
    "BEEP": "hold beeps",
    "BUTTON": "button",
    "TONE": "busy tone",
    "SILENCE": "nobody spoke any more",
    "NEW_CALL": "a new call came",
}


def title_of(event):
    """'silent call, step 2' for an event dict; an unknown event keeps its name."""
    title = TITLES.get(event["event"], event["event"].replace("_", " ").lower())
    if "stage" in event:
        title += f", step {event['stage']}"
    return title


def clock_from_ms(t_ms):
    """Moment in a recording: 75300 -> '01:15.3', from an hour on '1:01:15.3'."""
    tenths = int(t_ms) // 100
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:" if hours else ""
    return f"{head}{minutes:02d}:{tenths // 10:02d}.{tenths % 10}"


def length_from_ms(ms):
    """Length for reading: 950 -> '1.0 s', 75300 -> '1 min 15 s', 3723000 -> '1 h 2 min'."""
    if ms < 9950:
        return f"{ms / 1000:.1f} s"
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def level_from_cdb(cdb):
    """'-42.3 dB'."""
    return f"{cdb / 100:.1f} dB"


def count_of(n, one, many=None):
    """'1 call', '3 calls'."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def figures_of(event):
    """The fields of an event in words, '' when it has none worth reading."""
    if event["event"] == "CALL_ENDED":
        return _summary_words(event)
    out = []
    for field, value in event.items():
        words = _field_words(field, value)
        if words:
            out.append(words)
    return ", ".join(out)


def _field_words(field, value):
    if field in ("t_ms", "event", "call", "stage", "n"):
        return ""
    if field == "ms":
        return f"for {length_from_ms(value)}"
    if field.endswith("since_ms"):
        return f"since {clock_from_ms(value)}"
    if field.endswith("_cdb"):
        return f"{field[:-4].replace('_', ' ')} {level_from_cdb(value)}"
    if field == "rings":
        return count_of(value, "ring") if value else "no ring"
    if field == "cause":
        return CAUSES.get(value, str(value).lower())
    if field == "sure":
        return "" if value else "perhaps the end of the call"
    if field in ("by", "channel"):
        return f"{field} {value.lower()}"
    if field == "pct":
        return f"{value} % of a day's dose, uncalibrated unless IT has set an offset"
    if field == "syllables_per_min":
        return f"{value} syllables a minute"
    if field == "clipped":
        return "clipped" if value else ""
    return f"{field.replace('_', ' ')} {value}"


def _summary_words(event):
    words = [CAUSES.get(event["cause"], event["cause"].lower())]
    if event.get("duration_ms") is not None:
        words.append(f"lasted {length_from_ms(event['duration_ms'])}")
    for field, name in (
        ("talk_agent_ms", "agent spoke"),
        ("talk_customer_ms", "customer spoke"),
        ("silence_ms", "silence"),
        ("hold_ms", "hold"),
    ):
        if event.get(field):
            words.append(f"{name} {length_from_ms(event[field])}")
    return ", ".join(words)


def signal_of(event):
    """The row of core.signals.SIGNALS that belongs to an event dict, None for an unknown event."""
    from callclip.core import events, signals

    code = next((code for code, row in events.TABLE.items() if row[0] == event["event"]), None)
    if code is None:
        return None
    values = []
    for field in events.TABLE[code][1][:3]:
        value = event.get(field, 0)
        words = events.ENUMS.get((code, field))
        values.append(words.index(value) if words and value in words else int(value))
    return signals.SIGNALS[signals.row_of(code, *values)]


def words_of(event):
    """What the bead asks the agent to do, '' when the event shows no light."""
    signal = signal_of(event)
    return signal.text if signal and signal.rank else ""
