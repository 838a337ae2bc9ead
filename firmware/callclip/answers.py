"""What the unit answers to each request about itself, its clock, configuration and health.

Each method takes the request's fields as a dict and returns the answer's. ValueError: the body is
wrong; OSError: the file system failed; Refusal: understood but not done.
Times in ms, levels in centi-dB. Called by: service. Ref: docs/protocol.md.
"""

import binascii
import gc
import json

from callclip.core import config, protocol, records
from callclip.core.keys import KEY_BYTES
from callclip.core.protocol import Refusal
from callclip.journal import config_crc, config_parts
from callclip.ports.keyring import ROLES

MAX_CONFIG_BYTES = 4096
CONFIG_ANSWER_BYTES = 256  # of the configuration in one answer, and the rest of a key
MOST_MS = 0xFFFFFFFF  # what a u32 can tell
MIN_UNIX_MS = 1577836800000  # 2020: an earlier clock is a host's dead battery
MAX_UNIX_MS = 4102444800000  # 2100
DEAD_CDB = -11000  # below this a channel carries only zeros: no microphone is that quiet


class Answers:
    """Parts as in service.Service."""

    def __init__(self, bead, store, settings, journal, clock, unit, keyring):
        self._bead = bead
        self._store = store
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._unit = unit
        self._keyring = keyring
        self._crc_in_force = self._config_crc()
        self._staged = b""  # pages of a CONFIG_SET that have come so far

    def hello(self, _request):
        unit = self._unit
        store = self._store
        values = self._settings.values
        return {
            "unit_id": unit.unit_id,
            "unit_number": values.get("unit_number", 0),
            "firmware": unit.firmware,
            "micropython": unit.micropython,
            "board": unit.board,
            "boot": store.boot,
            "uptime_ms": self._clock.uptime_ms(),
            "n_frames": self._bead.n_frames,
            "n_gaps": self._journal.n_gaps,
            "lost_ms": min(self._journal.lost_ms, MOST_MS),
            "n_store_errors": store.n_errors,
            "n_records_lost": store.n_records_lost,
            "n_records_waiting": store.n_waiting,
            "log_bytes": store.log_bytes,
            "log_budget_bytes": store.budget_bytes,
            "is_clock_known": 1 if self._clock.unix_ms() else 0,
            "is_config_default": 0 if values else 1,
            "call_state": self._bead.call.state,
            "call": self._bead.call.number,
            "n_events_lost": self._bead.events.n_lost,
            "problem": self._problem(),
            "is_keyed": int(self._keyring.is_keyed),
            "key_epoch": self._keyring.epoch,
            "retention_days": self._retention_days(),
        }

    def brief(self, _request):
        """What a client needs to begin, on a line on which HELLO is too long to arrive whole."""
        return {
            "unit_id": self._unit.unit_id,
            "boot": self._store.boot,
            "is_keyed": int(self._keyring.is_keyed),
            "key_epoch": self._keyring.epoch,
            "retention_days": self._retention_days(),
        }

    def _retention_days(self):
        return config.value_of(self._settings.values, "retention_days")

    def _problem(self):
        told = self._keyring.problem or self._settings.problem
        return told or self._store.last_error or self._unit.last_words

    def clock_get(self, _request):
        unix_ms = self._clock.unix_ms()
        return {
            "is_known": 1 if unix_ms else 0,
            "unix_ms": unix_ms,
            "t_frames": self._bead.n_frames,
            "boot": self._store.boot,
        }

    def clock_set(self, request):
        unix_ms = request["unix_ms"]
        if not MIN_UNIX_MS <= unix_ms <= MAX_UNIX_MS:
            raise ValueError("unix_ms {} is not a time from 2020 to 2100".format(unix_ms))
        self._clock.set_unix_ms(unix_ms)
        self._journal.log_clock(records.CLOCK_FROM_HOST)
        return self.clock_get(request)

    def config_get(self, request):
        first = request["offset_bytes"]
        page = bytearray()
        at = 0
        for part in config_parts(self._settings.values):
            if at + len(part) > first and len(page) < CONFIG_ANSWER_BYTES:
                page.extend(part[max(0, first - at) :])
            at += len(part)
        return {
            "total_bytes": at,
            "crc": self._config_crc(),
            "is_in_force": self._is_in_force(),
            "json": page,
        }

    def _is_in_force(self):
        return 1 if self._config_crc() == self._crc_in_force else 0

    def _config_crc(self):
        return config_crc(self._settings.values)

    def config_set(self, request):
        at = request["offset_bytes"]
        total = request["total_bytes"]
        if total > MAX_CONFIG_BYTES:
            raise ValueError("a configuration over {} bytes".format(MAX_CONFIG_BYTES))
        if at > len(self._staged):
            raise ValueError("page at {}, expected {}".format(at, len(self._staged)))
        self._staged = self._staged[:at] + request["json"]  # a page sent twice changes nothing
        n_received = len(self._staged)
        if n_received > total:
            raise ValueError("more than the {} bytes announced".format(total))
        is_whole = n_received == total
        if is_whole:
            self._take_config(request["crc"])
        return {
            "received_bytes": n_received,
            "is_saved": 1 if is_whole else 0,
            "is_in_force": self._is_in_force(),
        }

    def _take_config(self, crc):
        if binascii.crc32(self._staged) != crc:
            raise ValueError("the pages do not add up to the CRC")
        text = self._staged.decode().strip()
        # MicroPython's json takes an object that never ends for a whole one.
        if not (text.startswith("{") and text.endswith("}")):
            raise ValueError("the configuration is not a JSON object of keys")
        values = json.loads(text)
        found = config.problems(values)
        if found:
            raise Refusal(protocol.CONFIG_REFUSED, "{}: {}".format(found[0][0], found[0][1]))
        if values != self._settings.values:
            self._settings.save(values)
            self._journal.log_config(values, records.CONFIG_FROM_HOST)

    def self_test(self, _request):
        bead = self._bead
        agent = bead.view.agent
        line = bead.view.line
        started_ms = self._clock.uptime_ms()
        is_store_ok = self._store.test_write()
        write_ms = self._clock.uptime_ms() - started_ms
        is_led_ok, is_buzzer_ok = self._unit.test_outputs()
        return {
            "agent_level_cdb": agent.level_cdb,
            "line_level_cdb": line.level_cdb,
            "agent_floor_cdb": agent.floor_cdb,
            "line_floor_cdb": line.floor_cdb,
            "is_agent_alive": self._is_alive(agent),
            "is_line_alive": self._is_alive(line),
            "is_led_ok": int(is_led_ok),
            "is_buzzer_ok": int(is_buzzer_ok),
            "is_store_ok": int(is_store_ok),
            "store_write_ms": write_ms,
            "n_frames": bead.n_frames,
            "frame_us_mean": self._unit.frame_us_mean,
            "frame_us_most": self._unit.frame_us_most,
            "heap_free_bytes": gc.mem_free() if hasattr(gc, "mem_free") else 0,
        }

    def keys_set(self, request, keys):
        """keys: those in the request, unmasked. They are in force with the answer."""
        n_roles = len(ROLES) * KEY_BYTES
        if len(keys) != n_roles + KEY_BYTES:
            raise ValueError("keys of {} bytes".format(len(keys)))
        epoch = request["epoch"]
        if epoch <= self._keyring.epoch:
            raise ValueError("epoch {} is not above {}".format(epoch, self._keyring.epoch))
        self._store.set_key(epoch, keys[n_roles:])
        self._keyring.save(epoch, keys[:n_roles])
        return {"epoch": epoch}

    def _is_alive(self, channel):
        is_heard = channel.level_cdb > DEAD_CDB or channel.floor_cdb > DEAD_CDB
        return 1 if self._bead.n_frames and is_heard else 0
