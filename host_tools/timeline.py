"""Events as a time line that people read: minute and second, event, its figures, what to do.

Called by: `callclip sim run` without --json.
"""

from host_tools.words import clock_from_ms, figures_of, words_of


def lines(events):
    """One text line for each event (dicts as the contract prints them)."""
    for event in events:
        name = f"{event['event']} {event.get('stage', '')}"
        parts = [f"{clock_from_ms(event['t_ms']):>8}", f"{name:<20}"]
        parts += [text for text in (words_of(event), figures_of(event)) if text]
        yield "  ".join(parts).rstrip()
