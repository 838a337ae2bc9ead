"""Bursts of Ctrl-A, Ctrl-C, Ctrl-D and what mpremote says, across boots of the virtual unit: no
prompt may come, and the unit must go on serving.

On the chip the prompt comes when the program ends for whatever reason but a reset. Here the VM then
ends, and that counts as a prompt, as does anything on the line that looks like one. What a VM on a
computer cannot show is the moment before the first line of the firmware, in which Ctrl-C still
counts on the chip, as there it is the UART's driver that looks for it.
Counters: repl_bursts, repl_boots, repl_prompts. Called by: soak, tests. Ref: docs/security.md.
"""

import os
import random
import time
import tty

from callclip.core import protocol

from simulator.device import VirtualUnit

_PIECES = (
    b"\x03", b"\x03\x03", b"\x01", b"\x02", b"\x04", b"\x05A\x01", b"\r\x03\x03", b"\r\x01",
    b"import os\r\n", b"\x04\x04", b"print(1)\x04", b"help()\r\n", b"\x00\x03\x00", b"\x1b[A",
)  # fmt: skip
_PROMPTS = (b">>>", b"raw REPL", b"paste mode", b"Traceback", b"KeyboardInterrupt")
_ANSWER_S = 60  # however busy the computer is
_BURSTS_A_BOOT = 250
_PAUSE_S = 0.0005
_RESTART_S = 0.1


class Line:
    """The unit's port as a terminal would hold it; remembers what looks like a prompt."""

    def __init__(self, path):
        self._handle = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._handle)
        self._deframer = protocol.Deframer()
        self._rest = b""
        self.n_prompts = 0

    def close(self):
        os.close(self._handle)

    def write(self, data):
        try:
            os.write(self._handle, data)
        except BlockingIOError:
            time.sleep(0.01)  # as much as the line holds is on its way

    def read(self):
        """Messages that have come."""
        try:
            data = os.read(self._handle, 65536)
        except BlockingIOError:
            return []
        text = self._rest + data
        self.n_prompts += sum(text.count(prompt) for prompt in _PROMPTS)
        self._rest = b"" if any(prompt in text for prompt in _PROMPTS) else text[-20:]
        return self._deframer.feed(data)

    def ask(self, mtype, values=None):
        """Whether the unit answers, within _ANSWER_S; asked again as a lost frame would be."""
        ends = time.monotonic() + _ANSWER_S
        while time.monotonic() < ends:
            self.write(protocol.request(mtype, 7, values))
            again = time.monotonic() + 0.3
            while time.monotonic() < again:
                if any(message.mtype == mtype | protocol.ANSWER for message in self.read()):
                    return True
                time.sleep(0.005)
        return False


def run(seconds, seed, on_progress, n_least=0):
    """The counters once the time is over and n_least bursts are sent."""
    dice = random.Random(seed)
    ends = time.monotonic() + seconds
    done = n_silent = 0
    with VirtualUnit(speed=20) as unit:
        line = Line(unit.port)
        while not n_silent and (done < n_least or time.monotonic() < ends):
            # From the boot text on: the restart below is already under way.
            for _ in range(_BURSTS_A_BOOT):
                line.write(b"".join(dice.choices(_PIECES, k=dice.randrange(1, 5))))
                time.sleep(_PAUSE_S)
                line.read()
            done += _BURSTS_A_BOOT
            n_silent += not line.ask(protocol.HELLO)  # it is up again
            n_silent += not line.ask(protocol.REBOOT, {"is_forced": 1})
            time.sleep(_RESTART_S)  # of 0.2 s of the unit's own time
            on_progress(f"{done} bursts")
        n_silent += not line.ask(protocol.HELLO)
        n_boots = sum("boot" in row for row in unit.signals())
        line.close()
    if n_silent:
        on_progress(f"the unit no longer answers; it said: {unit.failure}")
    n_prompts = line.n_prompts + n_silent
    return {"repl_bursts": done, "repl_boots": n_boots, "repl_prompts": n_prompts}
