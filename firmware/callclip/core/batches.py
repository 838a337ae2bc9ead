"""Batches: what one write of the session log puts into a segment, whole or not at all.

    0      1      2          4         8           8 + n     24 + n
    | mark | zero | n u16 LE | seq u32 | records n | tag 16  | CRC-32 of all before |

mark = 0xC0 | version; `seq` is the number of the first record. The tag chains the batch to all that
stand before it (core/chain.py); the CRC, over the tag too, tells damage without any key. A segment
is batches, one behind the other, and begins with a SEGMENT record.
Called by: store (write, take over), host_tools.archive and its verification.
Ref: docs/log-format.md, which a test holds against this file.
"""

import binascii
import struct

from callclip.core import chain
from callclip.core.chain import TAG_BYTES

VERSION = 2
MARK = 0xC0 | VERSION
HEAD_BYTES = 8
CRC_BYTES = 4
TAIL_BYTES = TAG_BYTES + CRC_BYTES
MAX_RECORDS_BYTES = 4096  # in one batch: what a reader must have room for

TORN, DAMAGED, NEWER = 1, 2, 3  # why a Scan stopped before the end
_FAULTS = (
    "",
    "the data ends inside a batch",
    "not a batch, or its CRC-32 is wrong",
    "a batch of a newer version: update callclip",
)


def close(key, previous_tag, seq, parts):
    """(head, tail) to be written before and behind the parts, whose records begin with `seq`.

    parts: byte strings of whole records; the tag is tail[:TAG_BYTES].
    """
    head = struct.pack("<BBHI", MARK, 0, sum(len(part) for part in parts), seq)
    tag = chain.tag(key, previous_tag, head, *parts)
    crc = binascii.crc32(head)
    for part in parts:
        crc = binascii.crc32(part, crc)
    return head, tag + struct.pack("<I", binascii.crc32(tag, crc))


class Scan:
    """Iterates (offset, seq, records, tag) of the batches that `read` gives; stops for good at the
    first bad one.

    read: function from a number of bytes to that many, or fewer at the end, as a file's. Afterwards
    `end` is the offset behind the last good batch and `fault` 0 when that is all there was, else
    TORN (it ends inside a batch: a power cut), DAMAGED or NEWER; `reason` says it in words.
    """

    def __init__(self, read):
        self._read = read
        self.end = 0
        self.fault = 0

    @property
    def reason(self):
        return _FAULTS[self.fault]

    def __iter__(self):
        return self

    def __next__(self):
        head = b"" if self.fault else self._read(HEAD_BYTES)
        if not head:
            raise StopIteration
        self.fault = self._fault_of(head)
        if self.fault:
            raise StopIteration
        _mark, _zero, n_bytes, seq = struct.unpack("<BBHI", head)
        rest = self._read(n_bytes + TAIL_BYTES)
        if len(rest) < n_bytes + TAIL_BYTES:
            self.fault = TORN
            raise StopIteration
        crc_at = n_bytes + TAG_BYTES
        view = memoryview(rest)
        crc = binascii.crc32(view[:crc_at], binascii.crc32(head))
        if crc != struct.unpack_from("<I", rest, crc_at)[0]:
            self.fault = DAMAGED
            raise StopIteration
        at = self.end
        self.end = at + HEAD_BYTES + len(rest)
        return at, seq, view[:n_bytes], bytes(view[n_bytes:crc_at])

    @staticmethod
    def _fault_of(head):
        if head[0] != MARK:
            is_newer = head[0] & 0xF0 == 0xC0 and head[0] & 0x0F > VERSION
            return NEWER if is_newer else DAMAGED
        if len(head) < HEAD_BYTES:
            return TORN
        n_bytes = head[2] | head[3] << 8
        return DAMAGED if head[1] or not 0 < n_bytes <= MAX_RECORDS_BYTES else 0


class _Reader:
    """`read` over bytes in memory."""

    def __init__(self, data, at):
        self._data = data
        self._at = at

    def read(self, n_bytes):
        data = bytes(self._data[self._at : self._at + n_bytes])
        self._at += len(data)
        return data


def scan(data, start=0):
    """A Scan over a segment in memory, from that offset on; it counts its offsets from there."""
    return Scan(_Reader(data, start).read)
