"""A unit on the bench for faults by the million: the firmware's own service, store, settings and
keyring on CPython, with the UART a pair of buffers and the clock a number.

`state()` is everything that a request could change: two equal states mean that nothing happened.
Called by: frames, forged, guided, tests.
"""

import os
from pathlib import Path

from callclip.core import keys, protocol
from callclip.core.bead import Bead
from callclip.core.config import Config
from callclip.journal import Journal
from callclip.ports.keyring import Keyring
from callclip.ports.settings import Settings
from callclip.service import Service
from callclip.store import Store

SITE = bytes(range(32))
UNIT_ID = "02c1a55e0001"


class Wire:
    """The unit's UART."""

    def __init__(self):
        self.to_unit = bytearray()
        self.to_host = bytearray()

    def read(self):
        data = bytes(self.to_unit)
        self.to_unit.clear()
        return data

    def write(self, data):
        self.to_host += data

    write_note = write

    def is_backed_up(self):
        return False

    def flush_some(self):
        return False


class HostClock:
    def __init__(self):
        self.now_ms = 0
        self.offset_ms = 0

    def uptime_ms(self):
        return self.now_ms

    def unix_ms(self):
        return self.offset_ms + self.now_ms if self.offset_ms else 0

    def set_unix_ms(self, unix_ms):
        self.offset_ms = unix_ms - self.now_ms


class Unit:
    """Also what the service calls `unit`."""

    firmware, micropython, board, last_words = "0.1.0", "1.25.0", "bench", ""
    frame_us_mean = frame_us_most = 0

    def __init__(self, folder, unit_id=UNIT_ID, segment_bytes=4096):
        folder = self.folder = Path(folder)
        folder.mkdir(exist_ok=True)
        self.unit_id = unit_id
        self.n_reboots = self.n_updates = self.n_identified = 0
        self.clock = HostClock()
        self.store = Store(str(folder / "log"), segment_bytes=segment_bytes)
        self.store.start(77, self.clock.unix_ms, 30)
        self.settings = Settings(str(folder / "config.json"))
        self.settings.load()
        self.keyring = Keyring(str(folder / "keys.bin"))
        self.keyring.load()
        self.bead = Bead(Config(self.settings.values))
        self.journal = Journal(self.store, self.bead, self.clock)
        self.journal.log_boot(self.firmware, unit_id, 1, self.settings.values)
        self.store.sync()
        self.wire = Wire()
        parts = (self.wire, self.bead, self.store, self.settings, self.journal, self.clock)
        self.service = Service(*parts, self, self.keyring)

    def identify(self, _duration_ms):
        self.n_identified += 1

    def reboot(self):
        self.n_reboots += 1

    def reboot_to_update(self):
        self.n_updates += 1

    def test_outputs(self):
        return True, True

    def nonce(self):
        return os.urandom(16)

    def give_keys(self, epoch=1):
        """As IT would; the key of each role by its number."""
        roles = (keys.IT, keys.SUPERVISOR, keys.AGENT)
        held = {role: keys.unit_key(keys.role_key(SITE, role), self.unit_id) for role in roles}
        packed = b"".join(held.values()) + keys.first_chain_key(SITE, self.unit_id, epoch)
        status, _answer = self.ask(protocol.KEYS_SET, {"epoch": epoch, "keys": packed})
        assert status == protocol.OK
        return held

    def say(self, data, turn_ms=20):
        """Bytes to the unit, one turn of its loop; the bytes that come back."""
        self.wire.to_unit += data
        self.clock.now_ms += turn_ms
        self.service.poll(self.clock.now_ms)
        out = bytes(self.wire.to_host)
        self.wire.to_host.clear()
        return out

    def ask(self, mtype, values=None):
        """(status, answer) of a request without a seal."""
        (message,) = protocol.Deframer().feed(self.say(protocol.request(mtype, 9, values)))
        return protocol.read_answer(message)

    def state(self):
        """Everything that a request could have changed."""
        service = self.service
        return (
            self.clock.offset_ms,
            dict(self.settings.values),
            self.keyring.epoch,
            self.keyring.key_of(keys.IT),
            self.store.head,
            self.store.next_seq,
            [tuple(row) for row in self.store.segments(0)],
            service._live_period_ms,
            service._reboot_at_ms,
            self.n_reboots,
            self.n_updates,
            self.n_identified,
            self.bead.learner.is_learning,
            self.bead.ringer.template,
            service._calibrating._calibration.state,
        )
