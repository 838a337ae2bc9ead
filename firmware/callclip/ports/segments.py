"""The log's files, /log/NNNNNN.clog: listed, appended to, read, the oldest removed.

Knows their names and lengths and what a batch is; what is written when is the store's decision.
Every method may raise OSError. Sizes in bytes.
Called by: store. Ref: docs/log-format.md; littlefs DESIGN.md (a file's data appears with its close,
or not at all).
"""

import os

from callclip.core import batches, records

_PIECE_BYTES = 256  # of a segment that is hashed
SUFFIX = ".clog"


def segment_name(number):
    return "{:06d}{}".format(number, SUFFIX)


def _number_of(name):
    """Segment number of a file name; 0 when it is none of ours."""
    stem = name[: -len(SUFFIX)]
    number = int(stem) if name.endswith(SUFFIX) and stem.isdigit() else 0
    return number if name == segment_name(number) else 0


class Segments:
    """`rows`: [number, bytes] of each segment, ascending."""

    def __init__(self, folder):
        self._folder = folder
        self.rows = []

    @property
    def n_bytes(self):
        return sum(row[1] for row in self.rows)

    def last(self):
        """(number, bytes) of the last segment; (0, 0) when there is none."""
        return self.rows[-1] if self.rows else (0, 0)

    def list(self):
        """Look what is there."""
        try:
            os.mkdir(self._folder)
        except OSError:
            pass  # it is there already; if it is not, listdir says so
        numbers = sorted(_number_of(name) for name in os.listdir(self._folder))
        self.rows = [[n, os.stat(self._path(n))[6]] for n in numbers if n]

    def append(self, number, parts):
        """Write the parts behind a segment's end, as a whole or not at all; begin it if it is not
        there."""
        with open(self._path(number), "ab") as file:
            for part in parts:
                file.write(part)
        if not self.rows or self.rows[-1][0] != number:
            self.rows.append([number, 0])
        self.rows[-1][1] += sum(len(part) for part in parts)

    def remove_oldest(self):
        os.remove(self._path(self.rows[0][0]))
        self.rows.pop(0)

    def bytes_of(self, number):
        """Length of a segment; -1 when there is none of that number."""
        for row in self.rows:
            if row[0] == number:
                return row[1]
        return -1

    def read(self, number, offset_bytes, n_bytes):
        """Bytes of a segment, fewer at its end."""
        if offset_bytes >= self.bytes_of(number):
            return b""  # also an offset that is too large for the file system's own arithmetic
        with open(self._path(number), "rb") as file:
            file.seek(offset_bytes)
            return file.read(n_bytes)

    def pieces(self, number, n_bytes):
        """The first n_bytes of a segment, in one buffer again and again."""
        buffer = memoryview(bytearray(_PIECE_BYTES))
        with open(self._path(number), "rb") as file:
            while n_bytes:
                n_read = file.readinto(buffer[: min(n_bytes, _PIECE_BYTES)])
                if not n_read:
                    raise OSError("segment {} ends early".format(number))
                yield buffer[:n_read]
                n_bytes -= n_read

    def learn(self, number, tail):
        """Let a core.logtail.Tail read a segment."""
        with open(self._path(number), "rb") as file:
            tail.read(batches.Scan(file.read))

    def begun_ms(self, number):
        """Unix time at which a segment was begun; 0 when nobody knew it, or it cannot be read."""
        with open(self._path(number), "rb") as file:
            for _at, seq, batch, _tag in batches.Scan(file.read):
                for _at, rtype, _seq, body in records.iterate(batch, seq):
                    if rtype == records.SEGMENT:
                        return records.unpack(rtype, body)["unix_ms"]
                    break
                break
        return 0

    def test_write(self):
        """Write, read back and remove a small file: the self-test's word on the file system."""
        path = self._folder + "/selftest.tmp"
        pattern = bytes(range(64))
        with open(path, "wb") as file:
            file.write(pattern)
        with open(path, "rb") as file:
            is_same = file.read() == pattern
        os.remove(path)
        return is_same

    def _path(self, number):
        return self._folder + "/" + segment_name(number)
