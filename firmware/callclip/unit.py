"""The unit: its parts wired together, and the loop that gives each its turn.

One cooperative loop, no tasks: a frame comes every 20 ms and is heard under the heap lock; what
else there is to do (button, light, cable, log) is done in between, each returning at once.
Called by: app. Times in ms.
"""

import gc
import os
import sys
import time

import machine
import micropython

import callclip
from callclip import board
from callclip.core import records, tasks
from callclip.core.bead import Bead
from callclip.core.config import Config
from callclip.core.flashtime import FlashTime
from callclip.core.signals import NO_SIGNAL_ROW, light, melody
from callclip.core.units import FRAME_MS, ms_from_frames
from callclip.journal import Journal
from callclip.ports import button, logpartition, watchdog
from callclip.ports.buzzer import Buzzer
from callclip.ports.clock import Clock
from callclip.ports.keyring import Keyring, LogKey
from callclip.ports.led import Led
from callclip.ports.link import Link
from callclip.ports.mic_i2s import Microphones
from callclip.ports.settings import Settings
from callclip.service import Service
from callclip.store import Store

_NAP_MS = 4  # a fifth of a frame: the UART's 260 bytes of input hold 22 ms at 115200 baud
_IDENTIFY_RGB = (0, 255, 255)  # a colour and a pace that no prompt has
_IDENTIFY_MS = 100
_TIMED_FRAMES = 500
_FLASH_GAP_MS = 1000  # a gap found this soon after a write of the log is the write's


def run():
    unit = Unit()
    try:
        while True:
            if not unit.turn():
                time.sleep_ms(_NAP_MS)
    except Exception:
        unit.store.sync()  # never raises: what led here shall be in the log
        raise


class Unit:
    """All parts. What service needs of it: unit_id, firmware, micropython, board, last_words,
    identify, reboot, reboot_to_update, test_outputs, nonce."""

    def __init__(self):
        self.last_words = watchdog.last_words()
        self._watchdog = watchdog.Watchdog(board.WATCHDOG_MS)
        self.unit_id = machine.unique_id().hex()
        self.firmware = callclip.VERSION
        self.micropython = ".".join(str(part) for part in sys.implementation.version[:3])
        self.board = sys.implementation._machine
        self._clock = Clock()
        self._settings = Settings()
        log_key = LogKey()
        log_key.load()
        ring_bytes, log_problem = logpartition.mount()
        self.store = Store(budget_bytes=ring_bytes, ratchet=log_key)
        self.store.last_error = log_problem or log_key.problem
        config = Config(self._settings.load())
        values = config.as_dict()
        self._is_buzzer_on = values["is_buzzer_on"]
        self._bead = Bead(config)
        self._journal = Journal(self.store, self._bead, self._clock)
        link = Link(sys.stdin.buffer, sys.stdout.buffer)
        self._keyring = Keyring()
        self._keyring.load()
        parts = (link, self._bead, self.store, self._settings, self._journal, self._clock)
        self._service = Service(*parts, self, self._keyring)
        pins = board.pins_of(self.board)
        led_pins = (pins.led_red, pins.led_green, pins.led_blue)
        self._led = Led(*led_pins, board.LED_PWM_HZ, values["led_brightness_pct"])
        self._buzzer = Buzzer(pins.buzzer)
        self._button = button.Button(pins.button)
        self._row = NO_SIGNAL_ROW  # of what light and buzzer show
        self._light = light(NO_SIGNAL_ROW)
        self._melody = ()
        self._identify_until_ms = -1
        self._stored_ms = -_FLASH_GAP_MS
        self._flash_time = FlashTime()
        self.frame_us_mean = self.frame_us_most = 0
        self._n_timed = self._timed_us = self._longest_us = 0
        self._unheard_ms = 0  # lost, and not yet a whole frame
        new_log_id = int.from_bytes(os.urandom(4), "little") or 1
        self.store.start(new_log_id, self._clock.unix_ms, values["retention_days"])
        self._journal.log_boot(
            self.firmware,
            self.unit_id,
            machine.reset_cause(),
            self._settings.values,
            self.last_words,
        )
        gc.collect()
        gc.threshold(-1)  # all that stays is there now; see app.run
        # Last, as from here on time counts.
        self._mics = Microphones(
            board.I2S_ID,
            pins.i2s_sck,
            pins.i2s_ws,
            pins.i2s_sd,
            board.I2S_BUFFER_BYTES,
            board.WARM_UP_SAMPLES,
            self._clock.uptime_ms(),
        )

    def turn(self):
        """One turn of the loop. False: no frame came and nothing waits to be sent, it may nap."""
        dog = self._watchdog
        now_ms = self._clock.uptime_ms()
        dog.enter(tasks.LISTEN)
        slots = self._mics.poll(now_ms)
        if slots is not None:
            self._note_gap(now_ms)
            dog.enter(tasks.HEAR)
            self._hear(slots)
            self._mics.go_on()
            dog.enter(tasks.RECORD)
            self._record()
            dog.enter(tasks.SHOW)
            self._show(now_ms)
        elif self._mics.is_stalled(now_ms):
            self._mics.restart(now_ms)
            self._lose(self._mics.take_lost_ms(), records.GAP_MICROPHONE)
            dog.excuse_frames()
        dog.enter(tasks.PRESS)
        self._poll_button(now_ms)
        n_writes = self._n_writes()
        dog.enter(tasks.SERVE)
        is_sending = self._service.poll(now_ms)
        dog.enter(tasks.STORE)
        self._store(now_ms)
        if self._n_writes() != n_writes:
            self._stored_ms = now_ms
            self._flash_time.written(now_ms)
        dog.supervise()
        return slots is not None or is_sending

    def _n_writes(self):
        return self.store.n_writes + self._settings.n_writes + self._keyring.n_writes

    def _poll_button(self, now_ms):
        press = self._button.poll(now_ms)
        if press:
            self._bead.press(press == button.LONG)

    def _hear(self, slots):
        begun_us = time.ticks_us()
        micropython.heap_lock()
        try:
            self._bead.frame(slots)
        finally:
            micropython.heap_unlock()
        self._note_time(time.ticks_diff(time.ticks_us(), begun_us))
        self._flash_time.hear(self._bead.view)

    def _note_time(self, frame_us):
        """What a frame costs, over the last _TIMED_FRAMES: for the self-test."""
        self._n_timed += 1
        self._timed_us += frame_us
        if frame_us > self._longest_us:
            self._longest_us = frame_us
        if self._n_timed == _TIMED_FRAMES:
            self.frame_us_mean = self._timed_us // _TIMED_FRAMES
            self.frame_us_most = self._longest_us
            self._n_timed = self._timed_us = self._longest_us = 0

    def _note_gap(self, now_ms):
        """Sound lost before the frame that is about to be heard."""
        lost_ms = self._mics.take_lost_ms()
        if lost_ms:
            is_flash = now_ms - self._stored_ms < _FLASH_GAP_MS
            self._lose(lost_ms, records.GAP_FLASH if is_flash else records.GAP_OVERRUN)

    def _lose(self, lost_ms, cause):
        """Time went on without sound: in the log, and for the bead."""
        if lost_ms > 0:
            self._journal.log_gap(lost_ms, cause)
        self._unheard_ms += lost_ms
        if self._unheard_ms >= FRAME_MS:
            self._bead.lose(self._unheard_ms // FRAME_MS)
            self._unheard_ms %= FRAME_MS

    def _store(self, now_ms):
        """Write what waits, if this is a moment for it."""
        times = self._flash_time
        state = self._bead.call.state
        is_quiet = times.is_quiet(state, self._bead.view)
        if times.is_allowed(state, is_quiet, self.store.is_filling, now_ms):
            self.store.poll(is_quiet, now_ms)

    def _record(self):
        """Levels and events into the log, and to a live view."""
        view = self._bead.view
        self._journal.note_levels(view.agent.level_cdb, view.line.level_cdb)
        while True:
            event = self._bead.events.take()
            if event is None:
                return
            code, t_frames, call, values = event
            self._service.note_event(self._journal.log_event(code, t_frames, call, values))

    def _show(self, now_ms):
        """Light and buzzer say what the prompts say, nothing of their own but `identify`."""
        if now_ms < self._identify_until_ms:
            age_ms = self._identify_until_ms - now_ms
            self._led.show(_IDENTIFY_RGB, _IDENTIFY_MS, _IDENTIFY_MS, age_ms)
            self._buzzer.silent()
            return
        prompts = self._bead.prompts
        if prompts.signal != self._row:
            self._row = prompts.signal
            self._light = light(self._row)
            self._melody = melody(self._row, self._is_buzzer_on)
        age_ms = ms_from_frames(self._bead.n_frames - prompts.since)
        self._led.show(*self._light, age_ms)
        self._buzzer.play(self._melody, age_ms)

    # For service

    def identify(self, duration_ms):
        self._identify_until_ms = self._clock.uptime_ms() + duration_ms

    def reboot(self):
        self._go_dark()
        watchdog.restart()

    def reboot_to_update(self):
        self._go_dark()
        watchdog.restart_into_prompt()

    def _go_dark(self):
        self._led.dark()
        self._buzzer.silent()

    def nonce(self):
        return os.urandom(16)

    def test_outputs(self):
        return self._led.test(), self._buzzer.test()
