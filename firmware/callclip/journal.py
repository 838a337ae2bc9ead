"""What goes into the session log, and when: boots, the clock, the configuration, gaps, events, and
each minute how loud it was.

It keeps the promise that the log is too slow for sound: RATE_BYTES a minute over any time, and
BURST_BYTES at once, all that is written around the records included. What is over that is lost and
counted; prompts at their busiest stay below.
Times: t_frames (20 ms) since this boot began to listen; unix milliseconds once the clock is known.
Called by: app (boot, gaps, events), service (clock, configuration, counters for HELLO).
Ref: docs/log-format.md.
"""

import binascii

from callclip.core import config, events, records
from callclip.core.minute import Minute


def config_parts(values):
    """The whole configuration in force as JSON, keys in the schema's order, piece by piece: in one
    piece it takes more memory than there may be. values: checked keys, the rest is default."""
    before = "{"
    for key, default, _low, _high in config.rows():
        value = values[key] if key in values else default
        yield '{}"{}":{}'.format(before, key, int(value)).encode()
        before = ","
    yield b"}"


def config_crc(values):
    """The CRC-32 of that JSON: the configuration's identity in logs and on the wire."""
    crc = 0
    for part in config_parts(values):
        crc = binascii.crc32(part, crc)
    return crc


RATE_BYTES = 1024  # a minute
BURST_BYTES = 8192  # saved up from quiet minutes: an eventful quarter of an hour
_MINUTE_MS = 60000


class Journal:
    """`bead` gives the frame count, `clock` unix_ms() (0 = unknown) and uptime_ms()."""

    def __init__(self, store, bead, clock):
        self._store = store
        self._bead = bead
        self._clock = clock
        self._allowance = BURST_BYTES * _MINUTE_MS  # bytes x ms of a minute: no rounding is lost
        self._allowed_ms = clock.uptime_ms()
        self._n_frame_bytes = store.n_frame_bytes
        self._minute = Minute()
        self.n_gaps = 0
        self.lost_ms = 0

    def log_boot(self, firmware, unit_id, reset_cause, values, last_words=""):
        """First records of a boot: who runs, why the boot before ended if it failed, with which
        configuration, and the time if it was kept over the restart."""
        fields = {
            "boot": self._store.boot,
            "reset_cause": reset_cause,
            "firmware": firmware,
            "unit_id": unit_id,
        }
        self._append(records.BOOT, fields)
        if last_words:
            self._append(records.RESTART, {"words": last_words})
        self.log_config(values, records.CONFIG_AT_BOOT)
        if self._clock.unix_ms():
            self.log_clock(records.CLOCK_KEPT)

    def log_clock(self, source):
        fields = {
            "t_frames": self._bead.n_frames,
            "unix_ms": self._clock.unix_ms(),
            "source": source,
        }
        self._append(records.CLOCK, fields)

    def log_config(self, values, source):
        fields = {
            "t_frames": self._bead.n_frames,
            "crc": config_crc(values),
            "source": source,
        }
        self._append(records.CONFIG, fields)

    def log_update(self):
        """The unit is about to restart into the prompt."""
        self._append(records.UPDATE, {"t_frames": self._bead.n_frames})

    def log_gap(self, lost_ms, cause):
        """Audio was lost before the frame that comes next; cause: records.GAP_*."""
        self.n_gaps += 1
        self.lost_ms += lost_ms
        fields = {"t_frames": self._bead.n_frames, "lost_ms": lost_ms, "cause": cause}
        self._append(records.GAP, fields)

    def log_event(self, code, t_frames, call, values):
        """An event as EventQueue.take gives it; returns the record's bytes for the live view. The
        end of a call is written as soon as it is quiet: behind the last one the plug is pulled."""
        body = records.event(code, t_frames, call, values)
        return self._keep(records.EVENT, body, code == events.CALL_ENDED)

    def note_levels(self, agent_cdb, line_cdb):
        """Once a frame: how loud it was."""
        if self._minute.add(agent_cdb, line_cdb):
            fields = {"t_frames": self._bead.n_frames, "counts": self._minute.take()}
            self._append(records.LEVELS, fields)

    def _append(self, rtype, fields):
        self._keep(rtype, records.pack(rtype, fields))

    def _keep(self, rtype, body, is_urgent=False):
        now_ms = self._clock.uptime_ms()
        self._allowance += (now_ms - self._allowed_ms) * RATE_BYTES
        self._allowance = min(self._allowance, BURST_BYTES * _MINUTE_MS)
        self._allowed_ms = now_ms
        self._allowance -= (self._store.n_frame_bytes - self._n_frame_bytes) * _MINUTE_MS
        self._n_frame_bytes = self._store.n_frame_bytes
        cost = (records.HEAD_BYTES + len(body)) * _MINUTE_MS
        if cost > self._allowance:
            return self._store.lose(rtype, body)
        self._allowance -= cost
        return self._store.append(rtype, body, is_urgent)
