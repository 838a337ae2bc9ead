"""The bottom of the picture: states of both channels, the call and the bead as coloured strips.

Called by: plot.py.  In: frames as numpy records (engine.ROW).
"""

import numpy as np
from callclip.core.frame import STATE_NAMES
from callclip.core.signals import SIGNALS
from callclip.core.transitions import STATE_NAMES as CALL_STATE_NAMES
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

CHANNEL_COLOURS = {
    "NO_SIGNAL": "#F2F2F2",
    "COMFORT_NOISE": "#D0D0D0",
    "NOISE": "#6E6E6E",
    "SPEECH": "#009E73",
    "TONE": "#F0E442",
    "MUSIC": "#CC79A7",
}
CALL_COLOURS = {
    "IDLE": "#F2F2F2",
    "RINGING": "#F0E442",
    "GREETING": "#56B4E9",
    "TALKING": "#009E73",
    "HOLD": "#E69F00",
    "CLOSING": "#B8A9D9",
}
_STRIPS = ("agent", "line", "call", "bead")
N_STRIPS = len(_STRIPS)
_HEIGHT = 0.78
_NAMED_FROM_SHARE = 0.05  # a stretch this long, as a share of the picture, carries its name
_DARK_BEAD = "#F2F2F2"
_OUTLINE = "#444444"


def draw(ax, frames, duration_s):
    """Fill the states axis."""
    n_columns = min(len(frames), 1500)
    at = np.linspace(0, len(frames), n_columns, endpoint=False).astype(int)
    channel = [CHANNEL_COLOURS[name] for name in STATE_NAMES]
    call = [CALL_COLOURS[name] for name in CALL_STATE_NAMES]
    bead = [_bead_colour(signal) for signal in SIGNALS]
    rows = (
        (frames["agent_state"], channel, STATE_NAMES),
        (frames["line_state"], channel, STATE_NAMES),
        (frames["call_state"], call, CALL_STATE_NAMES),
        (frames["signal"], bead, [""] * len(SIGNALS)),
    )
    for row, (codes, colours, names) in enumerate(rows):
        _draw_strip(ax, row, codes[at], colours, names, duration_s)
    ax.set_ylim(N_STRIPS - 0.4, -0.6)
    ax.set_yticks(range(N_STRIPS), _STRIPS)


def _draw_strip(ax, row, codes, colours, names, duration_s):
    step_s = duration_s / len(codes)
    changes = np.flatnonzero(np.diff(codes)) + 1
    for start, end in zip(np.append(0, changes), np.append(changes, len(codes)), strict=True):
        code = int(codes[start])
        left_s, width_s = start * step_s, (end - start) * step_s
        bar = (row - _HEIGHT / 2, _HEIGHT)
        look = {"facecolor": colours[code], "lw": 0}
        if _is_like_paper(colours[code]):
            look |= {"edgecolor": _OUTLINE, "lw": 0.8, "zorder": 1.5}  # over its neighbours
        ax.broken_barh([(left_s, width_s)], bar, **look)
        if names[code] and width_s >= duration_s * _NAMED_FROM_SHARE:
            name = names[code].replace("_", " ").lower()
            ax.text(
                left_s + width_s / 2, row, name, ha="center", va="center", fontsize=8,
                color=_ink_on(colours[code]), clip_on=True,
            )  # fmt: skip


def _bead_colour(signal):
    """The bead's colour on paper: dark is pale grey, the dim lights of a call are pale."""
    if max(signal.rgb) == 0:
        return _DARK_BEAD
    if not signal.rank:
        return {1: "#CFE8DC", 2: "#CFDCF2"}[int(np.argmax(signal.rgb))]
    return "#{:02X}{:02X}{:02X}".format(*signal.rgb)


def _lightness(colour):
    """0 black to 255 white."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _is_like_paper(colour):
    """Lighter than the grey of a dark bead: without an outline it would look like a gap."""
    return _lightness(colour) > _lightness(_DARK_BEAD)


def _ink_on(colour):
    return "#222222" if _lightness(colour) > 140 else "white"


def draw_legend(picture, frames, channel_colours):
    """Below: what the shades and colours mean, only those that occur."""
    agent_colour, line_colour = channel_colours
    entries = [
        Patch(color=agent_colour, label="agent speaks"),
        Patch(color=line_colour, label="customer speaks"),
        Line2D([], [], color="#222222", lw=1.2, ls=(0, (4, 2)), label="noise floor"),
    ]
    names_of_colour = {}
    for field, names, colours in (
        ("agent_state", STATE_NAMES, CHANNEL_COLOURS),
        ("line_state", STATE_NAMES, CHANNEL_COLOURS),
        ("call_state", CALL_STATE_NAMES, CALL_COLOURS),
    ):
        for code in np.unique(frames[field]):
            name = names[code]
            words = names_of_colour.setdefault(colours[name], [])
            if name not in words:
                words.append(name)
    entries += [_patch(colour, ", ".join(words)) for colour, words in names_of_colour.items()]
    picture.legend(
        handles=entries, loc="outside lower left", ncols=len(entries), frameon=False,
        fontsize=8.5, handlelength=1.2, columnspacing=1.4, handletextpad=0.5,
    )  # fmt: skip


def _patch(colour, name):
    label = name.replace("_", " ").lower()
    return Patch(facecolor=colour, edgecolor="#999999", lw=0.5, label=label)
