"""The virtual unit's serial port: a pty on the outside, the VM's stdin and stdout on the inside.

Like a UART it has no flow control and does not care who listens: what nobody reads is kept up to a
limit and then lost, oldest first. The slave side stays open here, so that clients come and go.
Called by: simulator/device.py.
"""

import contextlib
import os
import selectors
import termios
import threading
import tty

_BACKLOG_BYTES = 64 * 1024  # what an operating system buffers for a serial port nobody reads
_LAST_WORDS_BYTES = 300
_CHUNK_BYTES = 4096


class SerialPort:
    """One pty for the unit's life; `connect` gives it the pipes of each new VM."""

    def __init__(self):
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        attributes = termios.tcgetattr(self._slave)
        attributes[4] = attributes[5] = termios.B115200
        termios.tcsetattr(self._slave, termios.TCSANOW, attributes)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._to_host = bytearray()
        self._said = bytearray()
        self._wake_read, self._wake_write = os.pipe()
        self._lock = threading.Lock()
        self._vm_input = None
        self._vm_output = None
        self._is_vm_ended = False
        self._is_closing = False
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()

    def connect(self, vm_input, vm_output):
        os.set_blocking(vm_input.fileno(), False)
        with self._lock:
            self._is_vm_ended = False
            self._vm_input = vm_input
            self._vm_output = vm_output
        self._wake()

    def disconnect(self):
        """The VM has ended: take what it still said, and forget it."""
        with self._lock:
            if self._vm_output is not None:
                self._say(self._vm_output.read())
                self._vm_output.close()
                with contextlib.suppress(OSError):
                    self._vm_input.close()
            self._vm_input = self._vm_output = None
        self._wake()

    def say(self, data):
        """Bytes that the chip itself puts on the line."""
        with self._lock:
            self._say(data)
        self._wake()

    def last_words(self):
        text = bytes(self._said).decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return lines[-1] if lines else "nothing"

    def close(self):
        self._is_closing = True
        self._wake()
        self._thread.join()
        self.disconnect()
        for handle in (self._master, self._slave, self._wake_read, self._wake_write):
            os.close(handle)

    def _wake(self):
        os.write(self._wake_write, b"w")

    def _say(self, data):
        self._to_host += data
        del self._to_host[:-_BACKLOG_BYTES]
        self._said += data
        del self._said[:-_LAST_WORDS_BYTES]

    def _pump(self):
        while not self._is_closing:
            with selectors.DefaultSelector() as selector:
                # Under the lock, so that `disconnect` cannot close the pipe just before.
                with self._lock:
                    vm_output = self._register(selector)
                ready = {key.fileobj: events for key, events in selector.select()}
            if self._wake_read in ready:
                os.read(self._wake_read, _CHUNK_BYTES)
            self._carry(ready, vm_output)

    def _register(self, selector):
        """What to wait for; returns the VM's output if it is among that."""
        selector.register(self._wake_read, selectors.EVENT_READ)
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._to_host else 0)
        selector.register(self._master, wanted)
        if self._is_vm_ended or self._vm_output is None:
            return None
        selector.register(self._vm_output, selectors.EVENT_READ)
        return self._vm_output

    def _carry(self, ready, vm_output):
        with self._lock:
            if vm_output in ready and vm_output is self._vm_output:
                data = os.read(vm_output.fileno(), _CHUNK_BYTES)
                if data:
                    self._say(data)
                else:
                    self._is_vm_ended = True  # `disconnect` follows
            events = ready.get(self._master, 0)
            if events & selectors.EVENT_WRITE and self._to_host:
                with contextlib.suppress(BlockingIOError):
                    n_written = os.write(self._master, self._to_host[:_CHUNK_BYTES])
                    del self._to_host[:n_written]
            if events & selectors.EVENT_READ:
                # What the unit does not take in time is lost, as behind a full UART buffer.
                with contextlib.suppress(OSError):
                    data = os.read(self._master, _CHUNK_BYTES)
                    if self._vm_input is not None:
                        os.write(self._vm_input.fileno(), data)
