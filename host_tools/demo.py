"""A morning at the desk: the recorded calls on the virtual unit, watched over its serial port.

`Morning` powers the unit, gives it the time, asks for live notes and turns what comes back (notes
on the pty, the light on the side channel) into one `Desk`, the state that a view draws. What is
shown has thus been through the real firmware, its protocol and its light.
Units: t_ms on the recording's clock; levels centi-dB; rgb 0..255 as the light was driven.
Called by: host_tools.cmd_demo.
"""

import datetime
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from callclip.core import events, frame, protocol, records, signals, transitions
from callclip.core.units import FRAME_MS

from host_tools.failure import Failure
from host_tools.link import Client
from simulator import calls
from simulator.device import UnitError, VirtualUnit

BEGINS = datetime.time(9, 0)  # on the desk's clock
LIVE_PERIOD_MS = 160  # of the unit's time
CONNECT_S = 2.5  # of ours: the unit boots and is found before the first call
RENEW_S = 20  # of the unit's time: a live view is a lease of a minute
DARK = (0, 0, 0)


@dataclass
class Desk:
    """What can be seen at the desk now."""

    t_ms: int = 0
    title: str = ""
    call: int = 0
    call_state: str = "IDLE"
    signal: int = 0  # row of signals.SIGNALS
    signal_ms: int = 0  # when that row was first seen
    lit_rgb: tuple = DARK  # the light's last colour that was not dark
    lit_ms: int = 0  # when it took that colour
    levels_cdb: tuple = (-12000, -12000)
    floors_cdb: tuple = (-12000, -12000)
    speaks: tuple = (0, 0)
    states: tuple = ("NO_SIGNAL", "NO_SIGNAL")
    events: list = field(default_factory=list)  # dicts as the contract prints them
    is_over: bool = False

    @property
    def rgb(self):
        """Colour in which the light shows the present signal, DARK when it has not done so yet."""
        return self.lit_rgb if self.lit_ms >= self.signal_ms - 2 * LIVE_PERIOD_MS else DARK

    @property
    def prompt(self):
        """What the bead asks of the agent, '' when it asks nothing."""
        row = signals.SIGNALS[self.signal]
        return row.text if row.rank else ""


class Morning:
    """A context manager: inside it the unit is powered and hears the morning."""

    def __init__(self, speed):
        self.speed = speed
        self.desk = Desk()
        self.parts = []
        self.n_ms = 0
        midnight = datetime.datetime.combine(datetime.date.today(), BEGINS)
        self.begins_unix_ms = int(midnight.timestamp() * 1000)
        self._stack = ExitStack()
        self._lock = threading.Lock()
        self._renew_at = 0.0
        self._light_failure = None

    def __enter__(self):
        try:
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="callclip-"))
            wav = Path(folder) / "morning.wav"
            self.parts, self.n_ms = calls.write_morning(wav, CONNECT_S * self.speed)
            unit = self._stack.enter_context(VirtualUnit(wav=wav, speed=self.speed))
            self.client = self._stack.enter_context(_connected(unit))
            self._set_clock()
            light = threading.Thread(target=self._follow_light, args=(unit,), daemon=True)
            light.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_exception):
        self._stack.close()

    def clock(self, t_ms):
        """The desk's clock, hh:mm:ss, at a moment of the recording."""
        moment = datetime.datetime.fromtimestamp((self.begins_unix_ms + t_ms) / 1000)
        return moment.strftime("%H:%M:%S")

    def step(self, wait_s):
        """Take what the unit said within wait_s into the desk; the new events as dicts."""
        if self._light_failure:
            raise self._light_failure
        if time.monotonic() >= self._renew_at:
            self.client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": LIVE_PERIOD_MS})
            self._renew_at = time.monotonic() + RENEW_S / self.speed
        new = []
        for mtype, values in self.client.wait_notes(wait_s):
            if mtype == protocol.NOTE_LIVE:
                self._take_live(values)
            else:
                new += _events_of(values["record"])
        self.desk.events += new
        return new

    def finish(self):
        """The live view ends; the log is pulled next."""
        self.client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": 0})

    def _set_clock(self):
        """The unit learns the desk's time: its log then tells the morning as it was."""
        clock = self.client.ask(protocol.CLOCK_GET)
        unix_ms = self.begins_unix_ms + clock["t_frames"] * FRAME_MS
        clock = self.client.ask(protocol.CLOCK_SET, {"unix_ms": unix_ms})
        # Its time went on while we asked, many times as fast as ours: what it took is what counts.
        self.begins_unix_ms = clock["unix_ms"] - clock["t_frames"] * FRAME_MS

    def _take_live(self, live):
        desk = self.desk
        desk.t_ms = live["t_frames"] * FRAME_MS
        begun = [title for title, start_s in self.parts if start_s * 1000 <= desk.t_ms]
        desk.title = begun[-1] if begun else ""
        desk.call = live["call"]
        desk.call_state = transitions.STATE_NAMES[live["call_state"]]
        if live["signal"] != desk.signal:
            desk.signal, desk.signal_ms = live["signal"], desk.t_ms
        desk.levels_cdb = live["agent_level_cdb"], live["line_level_cdb"]
        desk.floors_cdb = live["agent_floor_cdb"], live["line_floor_cdb"]
        desk.speaks = live["is_agent_speech"], live["is_line_speech"]
        desk.states = tuple(frame.STATE_NAMES[live[name]] for name in ("agent_state", "line_state"))
        desk.is_over = desk.is_over or desk.t_ms >= self.n_ms

    def _follow_light(self, unit):
        try:
            for line in unit.follow_signals():
                if "led" in line:
                    self._take_light(tuple(line["led"]), line["t_ms"])
            self.desk.is_over = True
        except UnitError as error:
            self._light_failure = error

    def _take_light(self, rgb, t_ms):
        if rgb != DARK:
            self.desk.lit_rgb, self.desk.lit_ms = rgb, t_ms


def _connected(unit):
    """A Client for the unit; UnitError with the reason when it does not come up."""
    client = Client(unit.port)
    try:
        client.connect()
    except Failure as silence:
        client.close()
        if unit.failure:
            raise UnitError(unit.failure) from silence
        raise
    return closing(client)


def _events_of(record):
    """Events in the bytes of a log record, t_ms since the unit began to listen."""
    out = []
    for _at, rtype, _seq, body in records.iterate(record):
        if rtype == records.EVENT:
            row = records.unpack(rtype, body)
            t_ms = row["t_frames"] * FRAME_MS
            values = row["values"]
            out.append(
                events.as_dict(row["code"], t_ms, row["call"], values, lambda n: n * FRAME_MS)
            )
    return out
