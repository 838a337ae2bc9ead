"""A unit for tests of the host tools: tests/vm/desk_unit.py in the real VM, behind a pty; and what
a bad cable between a client and any unit's port does to bytes."""

import random
import subprocess
from pathlib import Path

from host_tools.link import Client
from simulator import vm
from simulator.serialport import SerialPort

ROOT = Path(__file__).resolve().parents[2]


class Desk:
    """Context manager; `port` is the pty's path, `folder` holds the unit's files."""

    def __init__(self, folder, n_events=0, unit_id="02c1a55e0001", segment_bytes=4096):
        self.folder = Path(folder)
        self._n_events = n_events
        self._unit_id = unit_id
        self._segment_bytes = segment_bytes

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        self._serial = SerialPort()
        self.port = self._serial.path
        self.start()
        return self

    def start(self):
        self._vm = subprocess.Popen(
            [
                *vm.find(), str(ROOT / "tests/vm/desk_unit.py"),
                str(ROOT / "firmware"), str(self.folder), str(self._n_events),
                self._unit_id, str(self._segment_bytes),
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        self._serial.connect(self._vm.stdin, self._vm.stdout)
        with Client(self.port, timeout_s=60):  # however busy the computer is
            pass  # it answers: its log is begun

    def stop(self):
        self._vm.kill()
        self._vm.wait()
        self._serial.disconnect()

    def restart(self):
        """Power off and on again; the files stay."""
        self.stop()
        self.start()

    def __exit__(self, *_exception):
        self.stop()
        self._serial.close()


def noise(seed, share):
    """A spoil function: of each byte, `share` of the time, lose it, double it, flip a bit in it
    or put garbage before it."""
    dice = random.Random(seed)

    def spoil(data):
        out = bytearray()
        for byte in data:
            if dice.random() >= share:
                out.append(byte)
                continue
            kind = dice.randrange(4)
            if kind == 1:
                out += bytes((byte, byte))
            elif kind == 2:
                out.append(byte ^ 1 << dice.randrange(8))
            elif kind == 3:
                out += dice.randbytes(dice.randrange(1, 9)) + bytes((byte,))
        return bytes(out)

    return spoil
