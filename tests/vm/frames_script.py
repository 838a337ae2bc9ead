"""Runs in the VM: spoilt frames and bodies against the deframer and the service of a unit without
microphones, as 32-bit MicroPython computes them. argv: firmware folder, file folder, frames.

Prints a dict of counters and the first finding.
"""

import os
import sys

sys.path.insert(0, sys.argv[1])

from callclip.core import keys, protocol, session  # noqa: E402
from callclip.core.bead import Bead  # noqa: E402
from callclip.core.config import Config  # noqa: E402
from callclip.journal import Journal  # noqa: E402
from callclip.ports.keyring import Keyring  # noqa: E402
from callclip.ports.settings import Settings  # noqa: E402
from callclip.service import Service  # noqa: E402
from callclip.store import Store  # noqa: E402

OPEN = (protocol.HELLO, protocol.BRIEF, protocol.CHALLENGE)


class Clock:
    now_ms = 0
    offset_ms = 0

    def uptime_ms(self):
        return self.now_ms

    def unix_ms(self):
        return self.offset_ms and self.offset_ms + self.now_ms

    def set_unix_ms(self, unix_ms):
        self.offset_ms = unix_ms - self.now_ms


class Wire:
    def __init__(self):
        self.to_unit = b""
        self.to_host = bytearray()

    def read(self):
        data = self.to_unit
        self.to_unit = b""
        return data

    def write(self, data):
        self.to_host.extend(data)

    write_note = write

    def is_backed_up(self):
        return False

    def flush_some(self):
        return False


class Unit:
    unit_id, firmware, micropython, board, last_words = "02c1a55e0001", "0", "0", "vm", ""
    frame_us_mean = frame_us_most = 0

    def identify(self, duration_ms):
        pass

    def reboot(self):
        pass

    reboot_to_update = reboot

    def test_outputs(self):
        return True, True

    def nonce(self):
        return os.urandom(16)


class Dice:
    def __init__(self, seed):
        self._state = seed

    def below(self, n):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 8) % n

    def bytes(self, n):
        return bytes(self.below(256) for _ in range(n))


def spoilt(frame, dice):
    data = bytearray(frame)
    at = dice.below(len(data))
    kind = dice.below(3)
    if kind == 0:
        data[at] ^= 1 << dice.below(8)
        return bytes(data)
    return bytes(data[:at]) + (bytes(data[at + 1 :]) if kind == 1 else b"\x07" + bytes(data[at:]))


def main(folder, n_frames):
    clock, wire, dice = Clock(), Wire(), Dice(5)
    store = Store(folder + "/log")
    store.start(7, clock.unix_ms, 30)
    settings = Settings(folder + "/config.json")
    keyring = Keyring(folder + "/keys.bin")
    bead = Bead(Config())
    journal = Journal(store, bead, clock)
    service = Service(wire, bead, store, settings, journal, clock, Unit(), keyring)
    counters = {"frames_fuzzed": 0, "crashes": 0, "wrong_accepts": 0}
    finding = ""
    requests = [m for m in protocol.MESSAGES if not m & protocol.NOTE]
    secret = dice.bytes(32)
    for i in range(n_frames):
        if i == n_frames // 2:
            keyring.save(1, dice.bytes(3 * keys.KEY_BYTES))  # from here on the door is closed
        mtype = requests[dice.below(len(requests))]
        body = dice.bytes(dice.below(40))
        number = i & 0xFFFF
        frame = protocol.frame(mtype, number, body)
        for message in protocol.Deframer().feed(spoilt(frame, dice)):
            if (message.mtype, message.request_id, message.body) != (mtype, number, body):
                counters["wrong_accepts"] += 1
                finding = "spoilt: " + frame.hex()
        if mtype == protocol.KEYS_SET:
            continue
        if i & 1 and keyring.is_keyed:
            frame = session.seal(secret, mtype, number, body, i)
        wire.to_unit = frame
        clock.now_ms += 20
        service.poll(clock.now_ms)
        for message in protocol.Deframer().feed(bytes(wire.to_host)):
            status = message.body[0]
            if message.mtype & protocol.NOTE:
                continue
            if status == protocol.FAILED:
                counters["crashes"] += 1
                finding = str(message.body[1:])
            is_open = mtype in OPEN and frame[1] and not i & 1
            if status == protocol.OK and keyring.is_keyed and not is_open:
                counters["wrong_accepts"] += 1
                finding = "without a key: " + frame.hex()
        wire.to_host = bytearray()
        counters["frames_fuzzed"] += 2
    print([counters, finding])


main(sys.argv[2], int(sys.argv[3]))
