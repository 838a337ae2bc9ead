"""Bytes of a segment to records, whatever has happened to them.

Yields what is whole and tells what is not, with its place. Logs of firmware 0.1, version 1 of the
format, are still read: each of their records carried its own number and CRC-32, and no chain.
Called by: archive, verify, logfetch. Ref: docs/log-format.md.
"""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from callclip.core import batches, records

MARK_1 = 0xC1
_HEAD_1 = struct.Struct("<BBHI")
_CRC_BYTES = 4
_MAX_BODY_1_BYTES = 500


@dataclass
class Problem:
    """A place where the log does not hold. is_loss: a torn tail, as a power cut leaves it; else
    the bytes are damaged."""

    path: Path
    offset_bytes: int
    words: str
    is_loss: bool

    def __str__(self):
        return f"{self.path}, byte {self.offset_bytes}: {self.words}"


@dataclass
class Batch:
    """One whole batch; `records` are (offset, type, seq, body), `tag` is empty in version 1."""

    at: int
    end: int
    seq: int
    records: list
    data: bytes  # head and records: what the tag is made of
    tag: bytes


@dataclass
class _Fault:
    code: int  # of core.batches
    words: str


def is_version_1(data):
    return data[:1] == bytes((MARK_1,))


def read_batches(path, data):
    """Every whole Batch of a segment, with its Problems in between, in the order of the bytes."""
    next_of = _next_1 if is_version_1(data) else _next
    mark = data[:1] if is_version_1(data) else bytes((batches.MARK,))
    at = 0
    while at < len(data):
        item = next_of(data, at)
        if isinstance(item, Batch):
            yield item
            at = item.end
            continue
        good_at = _next_good(data, at + 1, mark, next_of)
        # Nothing readable behind it, and either cut short or never written: a power cut.
        rest = data[at:]
        is_blank = not rest.strip(b"\xff") or not rest.strip(b"\x00")
        is_loss = good_at < 0 and (item.code == batches.TORN or is_blank)
        yield Problem(path, at, "torn by a power cut" if is_loss else item.words, is_loss)
        if good_at < 0:
            return
        at = good_at


def _next_good(data, at, mark, next_of):
    """Offset of the first whole batch at or behind `at`, or -1."""
    at = data.find(mark, at)
    while at >= 0 and not isinstance(next_of(data, at), Batch):
        at = data.find(mark, at + 1)
    return at


def _next(data, at):
    scan = batches.scan(data, at)
    found = next(scan, None)
    if found is None:
        return _Fault(scan.fault, scan.reason)
    _at, seq, packed, tag = found
    packed_at = at + batches.HEAD_BYTES
    try:
        rows = [(packed_at + row[0], *row[1:]) for row in records.iterate(packed, seq)]
    except ValueError as error:
        return _Fault(batches.DAMAGED, str(error))
    end = at + scan.end
    return Batch(at, end, seq, rows, data[at : packed_at + len(packed)], tag)


def _next_1(data, at):
    """A record of version 1, as a batch of its own."""
    left = len(data) - at
    if left < _HEAD_1.size:
        return _Fault(batches.TORN, "the data ends inside a record")
    mark, rtype, n_body, seq = _HEAD_1.unpack_from(data, at)
    crc_at = at + _HEAD_1.size + n_body
    if mark != MARK_1 or n_body > _MAX_BODY_1_BYTES:
        return _Fault(batches.DAMAGED, "not a record")
    if len(data) < crc_at + _CRC_BYTES:
        return _Fault(batches.TORN, "the data ends inside a record")
    if int.from_bytes(data[crc_at : crc_at + _CRC_BYTES], "little") != zlib.crc32(data[at:crc_at]):
        return _Fault(batches.DAMAGED, "the CRC-32 of a record is wrong")
    row = (at, rtype, seq, data[at + _HEAD_1.size : crc_at])
    return Batch(at, crc_at + _CRC_BYTES, seq, [row], data[at:crc_at], b"")
