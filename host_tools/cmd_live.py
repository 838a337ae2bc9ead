"""`callclip live PORT`: what the unit hears and shows, as it happens.

For people one line that renews itself, with events above it; into a pipe the line comes once, at
the beginning, and then the events. With --json one object a line:
{"note": "LIVE", ...} and {"note": "EVENT", ...}. Levels are centi-dB re full scale; t_ms in events
is ms since the unit began to listen. Nothing is kept.
Ref: docs/protocol.md, LIVE_SUBSCRIBE.
"""

import sys
import time

import click
from callclip.core import events, protocol, records
from callclip.core.frame import STATE_NAMES as CHANNEL_STATES
from callclip.core.signals import SIGNALS
from callclip.core.transitions import STATE_NAMES as CALL_STATES
from callclip.core.units import ms_from_frames

from host_tools import options
from host_tools.link import TIMEOUT_S, Client
from host_tools.output import show, show_json
from host_tools.words import clock_from_ms, figures_of, title_of, words_of

RENEW_S = 20  # well within the minute after which a unit stops sending notes
SILENT_S = 5  # without a note although asked for: the unit is gone
_BAR_CHARS = 20
_LOWEST_CDB, _HIGHEST_CDB = -8000, -1000


def _name(names, index):
    return names[index] if index < len(names) else str(index)


def _event_of(fields):
    """A NOTE_EVENT as the contract's dict, or None for a kind that this version does not know."""
    for _at, rtype, _seq, body in records.iterate(fields["record"]):
        if rtype == records.EVENT:
            row = records.unpack(rtype, body)
            if row["code"] not in events.TABLE:
                return None
            t_ms = ms_from_frames(row["t_frames"])
            return events.as_dict(row["code"], t_ms, row["call"], row["values"], ms_from_frames)
    return None


def _live_of(fields):
    """A NOTE_LIVE with words for its states."""
    out = {"note": "LIVE", "t_ms": ms_from_frames(fields["t_frames"])} | fields
    out["call_state"] = _name(CALL_STATES, fields["call_state"])
    for key in ("agent_state", "line_state"):
        out[key] = _name(CHANNEL_STATES, fields[key])
    row = fields["signal"]
    out["signal"] = SIGNALS[row].name if row < len(SIGNALS) else str(row)
    return out


def _bar(level_cdb, is_speech):
    share = (level_cdb - _LOWEST_CDB) / (_HIGHEST_CDB - _LOWEST_CDB)
    n_chars = round(min(1, max(0, share)) * _BAR_CHARS)
    return ("#" if is_speech else "-") * n_chars + " " * (_BAR_CHARS - n_chars)


def _status_line(live):
    parts = [clock_from_ms(live["t_ms"])]
    for who in ("agent", "line"):
        level_cdb = live[f"{who}_level_cdb"]
        bar = _bar(level_cdb, live[f"is_{who}_speech"])
        parts.append(f"{who} [{bar}] {level_cdb / 100:6.1f} {live[f'{who}_state'].lower():<13}")
    parts.append(f"{live['call_state']} {live['call'] or ''}".rstrip())
    return "  ".join(parts)


class _Screen:
    """Events as lines that stay, the status as one line that is written over on a terminal.

    Elsewhere the first status is a line like the others: it tells that the unit is heard.
    """

    def __init__(self):
        self._is_terminal = sys.stdout.isatty()
        self._is_begun = False

    def live(self, live):
        if self._is_terminal:
            sys.stdout.write("\r\x1b[K" + _status_line(live))
        elif not self._is_begun:
            show(_status_line(live))
        self._is_begun = True
        sys.stdout.flush()

    def event(self, event):
        if self._is_terminal:
            sys.stdout.write("\r\x1b[K")
        parts = [clock_from_ms(event["t_ms"]), title_of(event), figures_of(event), words_of(event)]
        show("  ".join(part for part in parts if part))
        sys.stdout.flush()

    def end(self):
        if self._is_terminal:
            sys.stdout.write("\r\x1b[K")


class _Lines:
    """JSON, one note a line."""

    def live(self, live):
        show_json(live)
        sys.stdout.flush()

    def event(self, event):
        show_json({"note": "EVENT"} | event)
        sys.stdout.flush()

    def end(self):
        pass


def _watch(client, period_ms, lasts_s, out):
    """Show notes for lasts_s from the subscription on; a short look waits for a first note."""
    client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": period_ms})
    begun_s = renewed_s = heard_s = now_s = time.monotonic()
    is_heard = False
    while now_s - begun_s < (lasts_s if is_heard else max(lasts_s, SILENT_S)):
        if now_s - renewed_s > RENEW_S or now_s - heard_s > SILENT_S:
            # Fails with the usual sentence when the unit is gone.
            client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": period_ms})
            renewed_s = heard_s = time.monotonic()
        for mtype, fields in client.wait_notes(0.2):
            heard_s = time.monotonic()
            is_heard = True
            if mtype == protocol.NOTE_LIVE:
                out.live(_live_of(fields))
            else:
                event = _event_of(fields)
                if event:
                    out.event(event)
        now_s = time.monotonic()
    client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": 0})


@click.command()
@click.argument("port")
@click.option(
    "--period", "period_ms", default=200, show_default=True, metavar="MS",
    type=click.IntRange(100, 60000), help="Time between two looks.",
)  # fmt: skip
@click.option("--seconds", type=options.Seconds(), help="End after this long (default: Ctrl-C).")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(port, period_ms, seconds, key, timeout_s, is_json):
    """Show live what the unit on PORT hears and shows: levels, states, events."""
    out = _Lines() if is_json else _Screen()
    with Client(port, timeout_s, key) as client:
        try:
            _watch(client, period_ms, seconds or float("inf"), out)
        finally:
            out.end()
