"""A cable between a client and a unit's port: a pty in front of another one, on which bytes are
spoilt, counted, or take the time that they would on a wire.

Times in seconds; a baud is a tenth of a byte a second, with one start and one stop bit.
Called by: benches, tests. Ref: simulator/serialport.py, what a client usually opens.
"""

import os
import select
import threading
import time
import tty

_CHUNK_BYTES = 4096
_TICK_S = 0.0005
_IDLE_S = 0.05


def _as_it_is(data):
    return data


class Cable:
    """A context manager; `port` is the near end's path.

    spoil: function from the bytes that go in, either way, to those that come out. baud: the line's
    rate; 0: as fast as it goes.
    """

    def __init__(self, port, spoil=_as_it_is, baud=0):
        self._spoil = spoil
        self._bytes_s = baud / 10
        self._far = os.open(port, os.O_RDWR | os.O_NOCTTY)
        self._master, self._slave = os.openpty()
        for handle in (self._far, self._slave):
            tty.setraw(handle)
        self.port = os.ttyname(self._slave)
        self.n_bytes = 0  # that have come out towards the host
        self._is_closing = False
        self._thread = threading.Thread(target=self._pump, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._is_closing = True
        self._thread.join()
        for handle in (self._far, self._master, self._slave):
            os.close(handle)

    def passes(self, data, is_to_host):
        """What of it comes out at the other end."""
        out = self._spoil(data)
        self.n_bytes += len(out) if is_to_host else 0
        return out

    def _pump(self):
        ways = {self._far: self._master, self._master: self._far}
        waiting = {handle: bytearray() for handle in ways}
        credit = dict.fromkeys(ways, 0.0)
        last = time.monotonic()
        while not self._is_closing:
            is_idle = not any(waiting.values())
            for handle in select.select(list(ways), [], [], _IDLE_S if is_idle else _TICK_S)[0]:
                waiting[handle] += os.read(handle, _CHUNK_BYTES)
            now = time.monotonic()
            for handle, queue in waiting.items():
                # An idle line saves nothing up.
                credit[handle] = min(credit[handle] + (now - last) * self._bytes_s, len(queue))
                n_bytes = int(credit[handle]) if self._bytes_s else len(queue)
                if n_bytes:
                    os.write(ways[handle], self.passes(bytes(queue[:n_bytes]), handle == self._far))
                    del queue[:n_bytes]
                    credit[handle] -= n_bytes
            last = now
