"""Runs in the VM: the unit's whole serial side, with no microphones: real bead, log store,
configuration file, link and service, over stdin and stdout, files in a folder given as argument.

What the tests of the host tools talk to when they do not need sound. argv: firmware folder, file
folder, number of events to log at the start, the unit's id, bytes of a segment.
"""

import os
import sys
import time

sys.path.insert(0, sys.argv[1])

from callclip.core import events, records  # noqa: E402
from callclip.core.bead import Bead  # noqa: E402
from callclip.core.config import Config  # noqa: E402
from callclip.journal import Journal  # noqa: E402
from callclip.ports.keyring import Keyring, LogKey  # noqa: E402
from callclip.ports.link import Link  # noqa: E402
from callclip.ports.settings import Settings  # noqa: E402
from callclip.service import Service  # noqa: E402
from callclip.store import Store  # noqa: E402


class DeskClock:
    """Uptime from the VM; unix time only once somebody has set it."""

    def __init__(self):
        self._started_ms = time.ticks_ms()
        self._offset_ms = 0

    def uptime_ms(self):
        return time.ticks_diff(time.ticks_ms(), self._started_ms)

    def unix_ms(self):
        return self._offset_ms + self.uptime_ms() if self._offset_ms else 0

    def set_unix_ms(self, unix_ms):
        self._offset_ms = unix_ms - self.uptime_ms()


class DeskUnit:
    unit_id = sys.argv[4]
    firmware = "0.1.0"
    micropython = "1.25.0"
    board = "desk"
    last_words = ""
    frame_us_mean = 4200
    frame_us_most = 5100

    def identify(self, duration_ms):
        pass

    def reboot(self):
        sys.exit(75)

    def reboot_to_update(self):
        sys.exit(75)

    def nonce(self):
        return os.urandom(16)

    def test_outputs(self):
        return True, True


def main(folder, n_events):
    log_key = LogKey(folder + "/logkey.bin")
    log_key.load()
    store = Store(folder + "/log", segment_bytes=int(sys.argv[5]), ratchet=log_key)
    clock = DeskClock()
    store.start(time.ticks_us() | 1, clock.unix_ms, 30)
    settings = Settings(folder + "/config.json")
    settings.load()
    bead = Bead(Config(settings.values))
    unit = DeskUnit()
    journal = Journal(store, bead, clock)
    journal.log_boot(unit.firmware, unit.unit_id, 1, settings.values)
    store.sync()
    link = Link(sys.stdin.buffer, sys.stdout.buffer)
    keyring = Keyring(folder + "/keys.bin")
    keyring.load()
    service = Service(link, bead, store, settings, journal, clock, unit, keyring)
    for i in range(n_events):
        values = (i % 3 + 1,)
        # Not through the journal: it would not let so many pass at once.
        store.append(records.EVENT, records.event(events.SILENT_CALL, 50 * i, i // 3 + 1, values))
        if i % 8 == 7:
            store.sync()
    print("callclip 0.1.0 on a desk")
    while True:
        now_ms = clock.uptime_ms()
        is_sending = service.poll(now_ms)
        if store.poll(True, now_ms):
            journal.log_gap(0, records.GAP_FLASH)
        if not is_sending:
            time.sleep_ms(1)


main(sys.argv[2], int(sys.argv[3]))
