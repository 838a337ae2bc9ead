"""MicroPython's prompt on the virtual unit's serial port, for when /main.py ends.

As on a board: the friendly prompt, Ctrl-A for the raw one that mpremote speaks, Ctrl-B back, Ctrl-D
to run or to restart. A restart from the raw prompt leaves /main.py out, one from the friendly
prompt does not. No line editing, no history, no raw paste.
Called by: bootstrap. Ref: MicroPython documentation, the interactive interpreter mode (REPL);
shared/runtime/pyexec.c.
"""

import io
import sys

import vfs
import virtual_world

_BANNER = "MicroPython v{}.{}.{} on a virtual unit; {}\r\n"
_RAW = b"raw REPL; CTRL-B to exit\r\n>"
_FRIENDLY, _AGAIN = b">>> ", b"\r\n>>> "
_A, _B, _C, _D, _E = 1, 2, 3, 4, 5
_END = b"\x04"
_N_PARTITIONS, _PARTITION = 1, 2  # requests of rom_ioctl
_ENOENT = 2


class _Vfs:
    """MicroPython's `vfs` with what the ESP32's has besides: the way to the romfs partition."""

    def __init__(self, rom):
        self._rom = rom

    def __getattr__(self, name):
        return getattr(vfs, name)

    def rom_ioctl(self, request, number=0):
        if request == _N_PARTITIONS:
            return 1
        return self._rom if request == _PARTITION and number == 0 else -_ENOENT


class Prompt:
    """rom: the romfs partition as a block device; words: what to say first."""

    def __init__(self, rom, words=b""):
        self._words = words
        sys.modules["vfs"] = _Vfs(rom)
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._names = {"__name__": "__main__"}

    def run(self):
        """Never returns; the end of the input is the power cut."""
        version = sys.implementation.version
        machine = getattr(sys.implementation, "_machine", "")
        self._out.write(self._words)
        self._out.write(_BANNER.format(*version[:3], machine).encode() + _FRIENDLY)
        is_raw = False
        line = bytearray()
        while True:
            data = self._in.read(1)
            if not data:
                sys.exit(0)
            byte = data[0]
            if byte == _A:
                is_raw = True
                self._out.write(_RAW)
            elif byte == _B:
                is_raw = False
                self._out.write(_AGAIN)
            elif byte == _C:
                self._out.write(b"" if is_raw else _AGAIN)
            elif byte == _E and is_raw and not line:
                self._in.read(2)  # A, Ctrl-A: may it paste?
                self._out.write(b"R\x00")
                continue
            elif byte == _D and is_raw:
                self._raw(bytes(line))
            elif byte == _D:
                virtual_world.the.restart(virtual_world.SOFTWARE)
            elif byte in b"\r\n" and not is_raw:
                self._friendly(bytes(line))
            else:
                line.append(byte)
                continue
            line = bytearray()

    def _run(self, text, mode):
        """What went wrong, as the prompt tells it; b"" if nothing did."""
        try:
            exec(compile(text, "<stdin>", mode), self._names)
        except SystemExit:
            raise
        except BaseException as error:
            told = io.BytesIO()
            sys.print_exception(error, told)
            return told.getvalue()
        return b""

    def _raw(self, code):
        if not code:
            self._names = {"__name__": "__main__"}
            self._out.write(b"OK\r\nMPY: soft reboot\r\n" + _RAW)
            return
        self._out.write(b"OK")
        error = self._run(code, "exec")
        self._out.write(_END + error + _END + b">")

    def _friendly(self, code):
        self._out.write(code + b"\r\n" + self._run(code, "single") + _FRIENDLY)
