"""Events as a time line that people read: minute and second, event, its figures, what to do.

Called by: `callclip sim run` without --json.
"""

from host_tools.words import clock_from_ms, figures_of, words_of


def open_call(events):
    """The number of the call that the recording ends within, None when it ends within none."""
    number = None
    for event in events:
        if event["event"] == "CALL_STARTED":
            number = event["call"]
        elif event["event"] == "CALL_ENDED":
            number = None
    return number


def end_line(events, end_ms):
    """What the time line ends with when the recording does within a call, else ''."""
    number = open_call(events)
    if number is None:
        return ""
    words = f"the recording ends within call {number}: no CALL_ENDED"
    return f"{clock_from_ms(end_ms):>8}  {words}"


def lines(events):
    """One text line for each event (dicts as the contract prints them)."""
    for event in events:
        name = f"{event['event']} {event.get('stage', '')}"
        parts = [f"{clock_from_ms(event['t_ms']):>8}", f"{name:<20}"]
        parts += [text for text in (words_of(event), figures_of(event)) if text]
        yield "  ".join(parts).rstrip()
