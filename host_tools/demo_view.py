"""Draws a desk in the terminal: the bead as a round light, the prompt, levels, and what happened.

Two half-block pixels share a character, so a disc comes out round. The light's colour is what the
unit drove, freed of its brightness setting; it blinks at the pace of its signal on the watcher's
own clock, because at many times real time nobody could see it otherwise. For the same reason a
prompt stays for LINGER_S although the unit may have taken it back by then, but never into another
call. The picture has the same number of lines whatever is in it, so that nothing jumps.
In: a host_tools.demo.Desk. Called by: cmd_demo.
"""

import math
import textwrap
import time

from callclip.core.signals import SIGNALS
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from host_tools import words

LINGER_S = 1.6
WIDTH = 92
N_EVENTS = 10
_RADIUS = 5.75
_SIZE = 12  # pixels, an even number
_UNLIT = (46, 46, 52)
_LOWEST_DB, _HIGHEST_DB = -80.0, -10.0
_MOST_BAR_CHARS = 34
_BESIDE_BAR = 9 + 11 + 6  # characters of a level's line: name, dB, state
_BEAD_AND_GAP = 12 + 3
_PROMPT_LINES = 2
_CALL_IS_OVER = ("CALL_ENDED", "RING")
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STATES = {
    "NO_SIGNAL": "dead",
    "COMFORT_NOISE": "quiet",
    "NOISE": "noise",
    "SPEECH": "speech",
    "TONE": "tone",
    "MUSIC": "music",
}


class Lingering:
    """The signal and colour to show: the unit's own, but a prompt no shorter than LINGER_S.

    Only while its call lasts: after CALL_ENDED, or when the next rings, the unit's own at once.
    """

    def __init__(self, now=time.monotonic):
        self._now = now
        self._row = 0
        self._rgb = (0, 0, 0)
        self._since = -LINGER_S
        self._n_over = 0  # ends of calls before the signal came

    def look(self, desk):
        """(row of SIGNALS, rgb or None when the light is off just now)."""
        now = self._now()
        is_prompt = SIGNALS[desk.signal].rank > 0
        n_over = sum(event["event"] in _CALL_IS_OVER for event in desk.events)
        is_held = SIGNALS[self._row].rank > 0 and now - self._since < LINGER_S
        is_held = is_held and n_over == self._n_over
        if desk.signal != self._row and (is_prompt or not is_held):
            self._row, self._since, self._n_over = desk.signal, now, n_over
        if self._row == desk.signal:
            self._rgb = desk.rgb
        signal = SIGNALS[self._row]
        period_s = (signal.on_ms + signal.off_ms) / 1000
        is_dark = not any(signal.rgb)
        if signal.off_ms and (now - self._since) % period_s >= signal.on_ms / 1000:
            is_dark = True
        return self._row, None if is_dark else bright(self._rgb)


def bright(rgb):
    """A driven colour as a screen shows it: full brightness, dim ones still to be seen."""
    strongest = max(rgb)
    if not strongest:
        return None
    # The light's brightness setting is at most 255; a dim signal stays dimmer than a bright one.
    scale = 255 * (0.45 if strongest < 25 else 1.0) / strongest
    return tuple(min(255, round(part * scale)) for part in rgb)


def _pixel(x, y, rgb):
    """Colour of one pixel of the disc, None outside it."""
    distance = math.hypot(x - (_SIZE - 1) / 2, y - (_SIZE - 1) / 2)
    if distance > _RADIUS:
        return None
    base = rgb or _UNLIT
    edge = 1.0 - 0.5 * (distance / _RADIUS) ** 3
    shine = max(0.0, 1.0 - math.hypot(x - 3.6, y - 3.2) / 2.6) * (0.75 if rgb else 0.25)
    return tuple(round(min(255, part * edge + (255 - part * edge) * shine)) for part in base)


def bead(rgb):
    """The light as text, six lines of twelve characters."""
    text = Text()
    for row in range(0, _SIZE, 2):
        for x in range(_SIZE):
            upper, lower = _pixel(x, row, rgb), _pixel(x, row + 1, rgb)
            if upper and lower:
                text.append("▀", f"rgb({_rgb(upper)}) on rgb({_rgb(lower)})")
            elif upper or lower:
                text.append("▀" if upper else "▄", f"rgb({_rgb(upper or lower)})")
            else:
                text.append(" ")
        text.append("\n" if row < _SIZE - 2 else "")
    return text


def _rgb(colour):
    return ",".join(str(part) for part in colour)


def _bar(name, level_cdb, state, is_speech, n_chars):
    share = (level_cdb / 100 - _LOWEST_DB) / (_HIGHEST_DB - _LOWEST_DB)
    eighths = round(max(0.0, min(1.0, share)) * n_chars * 8)
    full, part = divmod(eighths, 8)
    bar = "█" * full + (_EIGHTHS[part] if part else "")
    style = "green" if is_speech else "bright_black"
    text = Text(f"{name:<9}", no_wrap=True, overflow="crop")
    text.append(f"{bar:<{n_chars}}", style)
    text.append(f"{level_cdb / 100:6.0f} dB  ")
    text.append(f"{_STATES[state]:<6}", "bold green" if is_speech else "")
    return text


def event_line(clock, event):
    """One event in words, and what the bead asks the agent to do about it."""
    call = f"call {event['call']}" if event["call"] else ""
    line = f"{clock}  {call:<7} {words.title_of(event)}"
    prompt = words.words_of(event)
    return f"{line}: {prompt}" if prompt else line


def _event_text(clock, event):
    text = Text(event_line(clock, event), no_wrap=True, overflow="ellipsis")
    if words.words_of(event):
        signal = words.signal_of(event)
        text.stylize(f"rgb({_rgb(bright(signal.rgb) or (255, 255, 255))})")
    return text


def _prompt(signal, rgb, width):
    """Always _PROMPT_LINES lines, however long the prompt is."""
    lines = textwrap.wrap(signal.text if signal.rank else "", width)
    lines += [" "] * (_PROMPT_LINES - len(lines))
    style = f"bold rgb({_rgb(rgb or (200, 200, 200))})"
    return Text("\n".join(lines[:_PROMPT_LINES]), style, no_wrap=True, overflow="ellipsis")


def _position(desk, n_ms, width):
    share = min(1.0, desk.t_ms / n_ms) if n_ms else 1.0
    done = round(share * width)
    return Text("━" * done, "cyan") + Text("━" * (width - done), "bright_black")


def draw(desk, morning, lingering, width):
    """The whole picture for one moment."""
    row, rgb = lingering.look(desk)
    signal = SIGNALS[row]
    inner = min(width, WIDTH) - 6
    beside_width = max(10, inner - _BEAD_AND_GAP)
    n_chars = max(0, min(_MOST_BAR_CHARS, beside_width - _BESIDE_BAR))
    levels = [
        _bar(name, desk.levels_cdb[at], desk.states[at], desk.speaks[at], n_chars)
        for at, name in enumerate(("agent", "customer"))
    ]
    call = f"call {desk.call}, " if desk.call and desk.call_state != "IDLE" else ""
    beside = Group(
        Text(desk.title, "bold", no_wrap=True, overflow="ellipsis"),
        Text(f"{call}{desk.call_state.lower()}", no_wrap=True, overflow="ellipsis"),
        _prompt(signal, rgb, beside_width),
        *levels,
    )
    top = Table.grid(padding=(0, 3))
    top.add_column(no_wrap=True, width=12)
    top.add_column(no_wrap=True, width=beside_width)
    top.add_row(bead(rgb), beside)
    shown = desk.events[-N_EVENTS:]
    happened = [_event_text(morning.clock(event["t_ms"]), event) for event in shown]
    happened += [Text("")] * (N_EVENTS - len(shown))
    return Panel(
        Group(top, Text(""), _position(desk, morning.n_ms, inner), *happened),
        title=f"callclip at the desk, {morning.clock(desk.t_ms)}",
        subtitle=f"{morning.speed} times real time, recorded voices, virtual unit",
        width=min(width, WIDTH),
        padding=(1, 2),
    )
