"""A segment under way: what has come of it so far, in a file that a kill cannot spoil.

Each page that arrives is appended with its place and a CRC: offset u32, n u16, CRC-32 of the data,
data. Reading stops at the first torn entry. So pages may come in any order, and no page that was
written is ever fetched again.
Called by: logfetch. Sizes in bytes.
"""

import os
import struct
import zlib

_HEAD = struct.Struct("<IHI")


class PartFile:
    """`start`: bytes of the segment that are held already; `end`: where it ends on the unit."""

    def __init__(self, path, start, end):
        self._path = path
        self.start = start
        self.end = end
        self._data = bytearray(end - start)
        self._gaps = [(start, end)] if end > start else []  # what is missing, ascending
        self._file = None

    def __enter__(self):
        n_whole = self._read()
        self._file = open(self._path, "ab")  # noqa: SIM115  closed by __exit__
        self._file.truncate(n_whole)
        return self

    def __exit__(self, *_exception):
        self._file.close()

    def _read(self):
        """Take in what an earlier pull left; returns how many bytes of the file are whole."""
        if not self._path.exists():
            return 0
        raw = self._path.read_bytes()
        at = 0
        while at + _HEAD.size <= len(raw):
            offset, n_bytes, crc = _HEAD.unpack_from(raw, at)
            data = raw[at + _HEAD.size : at + _HEAD.size + n_bytes]
            if len(data) < n_bytes or zlib.crc32(data) != crc:
                break
            self._take(offset, data)
            at += _HEAD.size + n_bytes
        return at

    @property
    def gaps(self):
        """(start, end) of what has not come, ascending."""
        return list(self._gaps)

    @property
    def n_missing(self):
        return sum(end - start for start, end in self._gaps)

    def next_missing(self):
        """Offset of the first byte that has not come; None when all have."""
        return self._gaps[0][0] if self._gaps else None

    def add(self, offset, data):
        """Keep a page; returns how many of its bytes are new."""
        n_new = self._take(offset, data)
        if n_new:
            self._file.write(_HEAD.pack(offset, len(data), zlib.crc32(data)) + data)
            self._file.flush()
        return n_new

    def _take(self, offset, data):
        end = offset + len(data)
        if offset < self.start or end > self.end:
            return 0
        n_before = self.n_missing
        gaps = []
        for gap_start, gap_end in self._gaps:
            if gap_start < min(gap_end, offset):
                gaps.append((gap_start, min(gap_end, offset)))
            if max(gap_start, end) < gap_end:
                gaps.append((max(gap_start, end), gap_end))
        n_new = n_before - sum(stop - start for start, stop in gaps)
        if n_new:
            self._gaps = gaps
            self._data[offset - self.start : end - self.start] = data
        return n_new

    def whole(self):
        """All bytes from `start` to `end`."""
        return bytes(self._data)

    def remove(self):
        os.unlink(self._path)
