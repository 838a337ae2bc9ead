"""`callclip sim run --plot`: one picture of a call that explains itself.

From top to bottom on one time axis: what happened (one row for each kind of event, holds as bars,
prompts in colour), both levels with their noise floors and speech shaded, the states as strips,
and the light of the bead. Colours are Okabe and Ito's, told apart by colour-blind people, and
wide stretches carry their name as well.
In: frames as numpy records (engine.ROW), events as dicts, levels in centi-dB.
Called by: cmd_sim_run.
"""

import numpy as np
from callclip.core.units import FRAME_MS
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from host_tools import plot_events, plot_strips

AGENT_COLOUR = "#0072B2"
LINE_COLOUR = "#D55E00"
INK = "#222222"
MUTED = "#666666"
N_COLUMNS = 1500  # of level detail: about one a pixel
LEVEL_RANGE_DB = (-96, 0)
_WIDTH_IN = 15
_DPI = 110
_LEVEL_ROW_IN = 1.75
_EVENT_ROW_IN = 0.26
_STRIP_ROW_IN = 0.3
_MARGIN_IN = 1.5  # title, time axis and legend


def save(frames, events, title, file):
    """Draw and write a PNG to a binary file."""
    figure(frames, events, title).savefig(file, format="png", dpi=_DPI)


def figure(frames, events, title):
    """The picture as a matplotlib figure; its axes are labelled events, agent, line, states."""
    duration_s = len(frames) * FRAME_MS / 1000
    n_event_rows = max(1, len(plot_events.rows(events)))
    heights = [
        _EVENT_ROW_IN * (n_event_rows + 0.6),
        _LEVEL_ROW_IN,
        _LEVEL_ROW_IN,
        _STRIP_ROW_IN * plot_strips.N_STRIPS,
    ]
    picture = Figure(figsize=(_WIDTH_IN, sum(heights) + _MARGIN_IN), layout="constrained")
    FigureCanvasAgg(picture)
    axes = picture.subplots(4, 1, sharex=True, gridspec_kw={"height_ratios": heights})
    for ax, label in zip(axes, ("events", "agent", "line", "states"), strict=True):
        ax.set_label(label)
        _plain(ax)
    plot_events.draw(axes[0], events, duration_s)
    _draw_level(axes[1], frames, "agent", AGENT_COLOUR, "Agent\ndB full scale")
    _draw_level(axes[2], frames, "line", LINE_COLOUR, "Customer's line\ndB full scale")
    plot_strips.draw(axes[3], frames, duration_s)
    for ax in axes:
        plot_events.draw_prompt_lines(ax, events)
    _label_time(axes[3], duration_s)
    axes[3].set_xlim(0, duration_s)
    picture.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold", color=INK)
    plot_strips.draw_legend(picture, frames, (AGENT_COLOUR, LINE_COLOUR))
    return picture


def _plain(ax):
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color("#bbbbbb")
    ax.tick_params(length=0, colors=INK, labelsize=9)


def _columns(values, reduce):
    """Values reduced to at most N_COLUMNS, and the middle of each column in seconds."""
    n = len(values)
    starts = np.unique(np.linspace(0, n, min(n, N_COLUMNS), endpoint=False).astype(int))
    return starts, reduce(values, starts)


def _draw_level(ax, frames, channel, colour, label):
    """Loudest level of each column over its floor, and where this channel speaks."""
    low_db, high_db = LEVEL_RANGE_DB
    starts, level_cdb = _columns(frames[f"{channel}_cdb"], np.maximum.reduceat)
    ends = np.append(starts[1:], len(frames))
    floor_db = frames[f"{channel}_floor_cdb"][starts] / 100
    level_db = np.clip(level_cdb / 100, low_db, high_db)
    edges_s = np.append(starts, ends[-1]) * FRAME_MS / 1000
    ax.stairs(level_db, edges_s, baseline=low_db, fill=True, color=colour, alpha=0.28, lw=0)
    ax.stairs(level_db, edges_s, baseline=None, color=colour, lw=0.7)
    ax.stairs(
        np.clip(floor_db, low_db, high_db),
        edges_s,
        baseline=None,
        color=INK,
        lw=1.2,
        ls=(0, (4, 2)),
    )
    speech = np.maximum.reduceat(frames[f"{channel}_speech"], starts)
    for start_s, end_s in _spans(speech, edges_s):
        ax.axvspan(start_s, end_s, ymin=0.93, ymax=1.0, color=colour, lw=0)
        ax.axvspan(start_s, end_s, ymin=0.0, ymax=0.93, color=colour, alpha=0.10, lw=0)
    ax.set_ylim(low_db, high_db + 6)
    ax.set_yticks(range(-80, 1, 20))
    ax.grid(axis="y", color="#dddddd", lw=0.6)
    ax.set_axisbelow(True)
    ax.set_ylabel(label, color=colour, fontsize=10, fontweight="bold")


def _spans(flags, edges_s):
    """(start, end) in seconds of each run of true columns."""
    padded = np.concatenate(([0], flags != 0, [0])).astype(int)
    changes = np.diff(padded)
    for start, end in zip(np.flatnonzero(changes == 1), np.flatnonzero(changes == -1), strict=True):
        yield edges_s[start], edges_s[end]


def _label_time(ax, duration_s):
    """Ticks at round minutes and seconds, about ten to fifteen of them."""
    for step_s in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600):
        if duration_s / step_s <= 16:
            break
    ticks = np.arange(0, duration_s + 1e-6, step_s)
    ax.set_xticks(ticks, [_clock(t) for t in ticks])
    ax.set_xlabel("minutes : seconds", fontsize=9, color=MUTED)


def _clock(t_s):
    return f"{int(t_s) // 60}:{int(t_s) % 60:02d}"
