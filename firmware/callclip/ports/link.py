"""Bytes to and from the cable (USB serial: the VM's stdin and stdout), never waiting for either.

Input is taken byte by byte behind `select.poll`, as the stream's own read would wait for more.
Output goes through a queue in slices that fit the UART's FIFO of 128 bytes: writing 1 KB at
once would stop the loop for 90 ms at 115200 baud, longer than the microphones can be left alone.
Called by: service. The app turns the Ctrl-C of the REPL off first: a frame may hold any byte.
Ref: MicroPython docs, select.poll and micropython.kbd_intr.
"""

import select

READ_BYTES = 128  # a poll; at 115200 baud that is 11 ms of input
WRITE_BYTES = 64  # a poll; 5.6 ms of output at 115200 baud
ANSWERS_BYTES = 2400  # two of the longest answers: above this no further request is answered
QUEUE_BYTES = 2400  # above this notes are refused


class Link:
    """`source`, `sink`: sys.stdin.buffer and sys.stdout.buffer."""

    def __init__(self, source, sink):
        self._source = source
        self._sink = sink
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)
        self._one = bytearray(1)
        self._queue = []  # as they came: all in one piece would take a hole of its size in the heap
        self._n_waiting = 0  # bytes in it
        self._n_sent = 0  # of its first piece, out already
        self.n_notes_lost = 0

    def _is_waiting(self):
        for _ready in self._poll.ipoll(0):  # unlike poll() it leaves no list behind
            return True
        return False

    def read(self):
        """What has arrived, up to READ_BYTES; b"" when nothing has."""
        if not self._is_waiting():
            return b""
        out = bytearray()
        while len(out) < READ_BYTES and self._is_waiting():
            if not self._source.readinto(self._one):
                break  # the other end is closed: a desktop's pipe, never the chip's UART
            out.extend(self._one)
        return bytes(out)

    def is_backed_up(self):
        """So much waits to be sent that further answers would only pile up in memory."""
        return self._n_waiting > ANSWERS_BYTES

    def write(self, data):
        """Queue an answer."""
        self._queue.append(data)
        self._n_waiting += len(data)

    def write_note(self, data):
        """Queue a note unless the host does not keep up."""
        if self._n_waiting > QUEUE_BYTES:
            self.n_notes_lost += 1
        else:
            self.write(data)

    def flush_some(self):
        """Send the next slice. True: more waits."""
        if not self._queue:
            return False
        first = self._queue[0]
        n_out = self._sink.write(first[self._n_sent : self._n_sent + WRITE_BYTES]) or 0
        self._n_sent += n_out
        self._n_waiting -= n_out
        if self._n_sent == len(first):
            self._queue.pop(0)
            self._n_sent = 0
        return len(self._queue) > 0
