"""The unit's flash for CPython: real LittleFS with the chip's geometry, and the firmware on top.

A Chip is a block device with flash's manners (an erase sets ones, a write only clears bits). It
counts its erases and can record every operation, so that a power cut at any of them can be replayed
later. A Board mounts two chips, the application's at / and the log's at /log, and lets the
firmware's own ports run on them: inside `running()` their `os` and `open` are the board's.
Sizes in bytes. Called by: tests/powercut, benches. Ref: littlefs-python; MicroPython,
extmod/vfs_lfs.c (geometry).
"""

import contextlib
import errno
import os as host_os

from callclip.ports import keyring, segments, settings
from littlefs import LittleFS, LittleFSError, UserContext

BLOCK_BYTES = 4096
DISK_VERSION_2_0 = 0x00020000
GEOMETRY = {
    "block_size": BLOCK_BYTES,
    "read_size": 32,
    "prog_size": 32,
    "cache_size": 128,
    "lookahead_size": 32,
    "block_cycles": 100,
    "disk_version": DISK_VERSION_2_0,
}
ERASE = None  # in a recorded operation, in the place of the data


class Chip(UserContext):
    """trace: a list that gets (chip, block, offset, data or ERASE) before each operation."""

    def __init__(self, n_blocks, trace=None, data=None):
        self.data = bytearray(b"\xff" * (n_blocks * BLOCK_BYTES)) if data is None else data
        self.n_blocks = n_blocks
        self.n_erases = [0] * n_blocks
        self.n_programmed_bytes = 0
        self.trace = trace

    def read(self, cfg, block, off, size):
        at = block * BLOCK_BYTES + off
        return self.data[at : at + size]

    def prog(self, cfg, block, off, data):
        if self.trace is not None:
            self.trace.append((self, block, off, bytes(data)))
        self.n_programmed_bytes += len(data)
        program(self.data, block * BLOCK_BYTES + off, data)
        return 0

    def erase(self, cfg, block):
        if self.trace is not None:
            self.trace.append((self, block, 0, ERASE))
        self.n_erases[block] += 1
        at = block * BLOCK_BYTES
        self.data[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        return 0

    def sync(self, cfg):
        return 0


class CutChip(UserContext):
    """A chip as a power cut leaves it: `base` with some blocks replaced; base is never written."""

    def __init__(self, base, n_blocks, blocks=None):
        self.base = base
        self.n_blocks = n_blocks
        self.blocks = blocks or {}  # block -> bytearray

    def read(self, cfg, block, off, size):
        own = self.blocks.get(block)
        if own is not None:
            return own[off : off + size]
        at = block * BLOCK_BYTES + off
        return self.base[at : at + size]

    def _own(self, block):
        if block not in self.blocks:
            at = block * BLOCK_BYTES
            self.blocks[block] = bytearray(self.base[at : at + BLOCK_BYTES])
        return self.blocks[block]

    def prog(self, cfg, block, off, data):
        program(self._own(block), off, data)
        return 0

    def erase(self, cfg, block):
        self.blocks[block] = bytearray(b"\xff" * BLOCK_BYTES)
        return 0

    def sync(self, cfg):
        return 0


def program(flash, at, data):
    """Clear bits, as flash does."""
    end = at + len(data)
    n = len(data)
    was = int.from_bytes(flash[at:end], "little")
    flash[at:end] = (was & int.from_bytes(data, "little")).to_bytes(n, "little")


def mounted(chip, is_new=False, cache_bytes=GEOMETRY["cache_size"]):
    """cache_bytes: a larger one than the chip's reads the same in fewer steps."""
    geometry = GEOMETRY | {"cache_size": cache_bytes, "block_count": chip.n_blocks}
    fs = LittleFS(context=chip, mount=False, **geometry)
    if is_new:
        fs.format()
    fs.mount()
    return fs


class _Os:
    """What the ports use of `os`, on a board."""

    def __init__(self, board):
        self._board = board

    def _call(self, name, path, *more):
        fs, inner = self._board.place(path)
        with _as_oserror():
            return getattr(fs, name)(inner, *more)

    def mkdir(self, path):
        self._call("mkdir", path)

    def listdir(self, path):
        return self._call("listdir", path)

    def stat(self, path):
        return (0,) * 6 + (self._call("stat", path).size,)

    def remove(self, path):
        self._call("remove", path)

    def rename(self, old, new):
        fs, inner = self._board.place(new)
        self._call("rename", old, inner)


@contextlib.contextmanager
def _as_oserror():
    try:
        yield
    except LittleFSError as error:
        raise OSError(-error.code, host_os.strerror(-error.code)) from None
    except FileNotFoundError:
        raise OSError(errno.ENOENT, host_os.strerror(errno.ENOENT)) from None


class _File:
    """A raw LittleFS file, as MicroPython's are: no buffer of Python's own in between."""

    def __init__(self, raw):
        self._raw = raw

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        with _as_oserror():
            self._raw.close()

    def read(self, n_bytes=-1):
        with _as_oserror():
            return self._raw.read(n_bytes)

    def write(self, data):
        with _as_oserror():
            return self._raw.write(bytes(data))

    def seek(self, offset_bytes):
        self._raw.seek(offset_bytes)


class _Text(_File):
    def read(self, n_bytes=-1):
        return super().read(n_bytes).decode()

    def write(self, data):
        return super().write(data.encode())

    def flush(self):
        with _as_oserror():
            self._raw.flush()


class Board:
    """A unit's two file systems. `log` None: the log is a folder of the application's."""

    def __init__(self, app, log=None):
        self.app = app
        self.log = log

    def place(self, path):
        """(file system, path in it)"""
        if self.log is not None and (path == "/log" or path.startswith("/log/")):
            return self.log, path[len("/log") :] or "/"
        return self.app, path

    def open(self, path, mode="r"):
        fs, inner = self.place(path)
        is_new = "a" in mode and not _exists(fs, inner)
        raw_mode = ("w" if is_new else mode[0]) + "b"
        with _as_oserror():
            raw = fs.open(inner, raw_mode, buffering=BLOCK_BYTES if mode[0] == "r" else 0)
        return _File(raw) if "b" in mode else _Text(raw)

    @contextlib.contextmanager
    def running(self, *more_ports):
        """The firmware's ports use this board's files."""
        ports = (segments, settings, keyring, *more_ports)
        try:
            for port in ports:
                port.os = _Os(self)
                port.open = self.open
            yield self
        finally:
            for port in ports:
                port.os = host_os
                del port.open


def _exists(fs, path):
    try:
        fs.stat(path)
    except (LittleFSError, FileNotFoundError):
        return False
    return True
