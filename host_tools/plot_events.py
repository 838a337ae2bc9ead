"""The top of the picture: one row for each kind of event, a mark at each moment, holds as bars.

Events that light the bead have a coloured flag, staged ones with their step in it; the others are
small and grey. The row's name stands at the left, so nothing overlaps however many there are.
Called by: plot.py.
"""

from host_tools import words

PROMPT_COLOUR = "#D55E00"
LAST_STEP_COLOUR = "#7A0019"
PLAIN_COLOUR = "#666666"
HOLD_COLOUR = "#E69F00"
_HOLD_BARS = ("HOLD_STARTED", "HOLD_ENDED")
_BAR_HEIGHT = 0.55
_MARK_SHARE = 0.012  # of the picture's width that a mark takes
_LETTER_SHARE = 0.0052  # and that a letter beside it takes
_MOST_LINES = 24  # more lines through the picture would hide it


def rows(events):
    """Kinds of events in the order of their first appearance; a hold's start and end share one."""
    out = []
    for event in events:
        kind = _row_of(event)
        if kind not in out:
            out.append(kind)
    return out


def _row_of(event):
    return "HOLD" if event["event"] in _HOLD_BARS else event["event"]


def draw(ax, events, duration_s):
    """Fill the events axis."""
    kinds = rows(events)
    ax.set_ylim(max(1, len(kinds)) - 0.4, -0.7)
    ax.set_yticks(range(len(kinds)), [_label(kind, events) for kind in kinds])
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(labelsize=9.5)
    for at in range(len(kinds)):
        ax.axhline(at, color="#e8e8e8", lw=0.8, zorder=0)
    if not kinds:
        ax.text(0.5, 0.5, "no events", transform=ax.transAxes, ha="center", color=PLAIN_COLOUR)
    for start_ms, end_ms in holds(events, duration_s * 1000):
        ax.broken_barh(
            [(start_ms / 1000, (end_ms - start_ms) / 1000)],
            (kinds.index("HOLD") - _BAR_HEIGHT / 2, _BAR_HEIGHT),
            color=HOLD_COLOUR,
            gid="hold",
        )
    for row, kind in enumerate(kinds):
        if kind != "HOLD":
            _draw_row(ax, row, [e for e in events if e["event"] == kind], duration_s)


def _label(kind, events):
    """'silent call (3)': the row's name and how often, when more than once."""
    title = "hold" if kind == "HOLD" else words.TITLES.get(kind, kind.lower())
    count = sum(event["event"] == kind for event in events)
    return f"{title} ({count})" if count > 1 else title


def _draw_row(ax, row, events, duration_s):
    """Marks of one kind from left to right, each with as many words as there is room for."""
    for event, following in zip(events, [*events[1:], None], strict=True):
        end_s = following["t_ms"] / 1000 if following else duration_s
        room_share = (end_s - event["t_ms"] / 1000) / duration_s
        _draw_mark(ax, event, row, room_share)


def _draw_mark(ax, event, row, room_share):
    t_s = event["t_ms"] / 1000
    gid = f"{event['event']}@{event['t_ms']}"
    if not is_prompt(event):
        ax.plot(t_s, row, marker="|", ms=9, mew=2, color=PLAIN_COLOUR, gid=gid, clip_on=False)
        return
    colour = LAST_STEP_COLOUR if _is_last_step(event) else PROMPT_COLOUR
    stage = str(event.get("stage", "")) if room_share > _MARK_SHARE else ""
    ax.plot(t_s, row, marker="o", ms=12 if stage else 7, color=colour, gid=gid, clip_on=False)
    if stage:
        ax.annotate(
            stage, (t_s, row), ha="center", va="center_baseline", color="white",
            fontsize=8.5, fontweight="bold", annotation_clip=False,
        )  # fmt: skip
    text = words.words_of(event)
    if len(text) * _LETTER_SHARE + _MARK_SHARE < room_share:
        ax.annotate(
            text, (t_s, row), xytext=(9, 0), textcoords="offset points", va="center",
            fontsize=8.5, color=colour,
        )  # fmt: skip


def is_prompt(event):
    """Whether the event lights the bead."""
    signal = words.signal_of(event)
    return bool(signal and signal.rank)


def _is_last_step(event):
    return words.signal_of(event).rgb == (255, 0, 0)


def draw_prompt_lines(ax, events):
    """Thin lines through all rows at each prompt, so that the eye finds what went before."""
    prompts = [event for event in events if is_prompt(event)]
    if len(prompts) > _MOST_LINES:
        return
    for event in prompts:
        ax.axvline(event["t_ms"] / 1000, color=PROMPT_COLOUR, lw=0.7, alpha=0.45, zorder=0.5)


def holds(events, end_of_recording_ms):
    """(start, end) in ms of each hold; one that never ended lasts until its call did."""
    out = []
    start_ms = None
    for event in events:
        if event["event"] == "HOLD_STARTED":
            start_ms = event.get("since_ms", event["t_ms"])
        elif event["event"] in ("HOLD_ENDED", "CALL_ENDED") and start_ms is not None:
            out.append((start_ms, max(start_ms, event.get("end_ms", event["t_ms"]))))
            start_ms = None
    if start_ms is not None:
        out.append((start_ms, end_of_recording_ms))
    return out
