"""The session log: layout of a record, the bodies, and how a segment is read back.

    0        1      2          4          8           8 + n
    | mark   | type | n u16 LE | seq u32  | body n    | CRC-32 of all before |

mark = 0xC0 | version. `seq` counts every record a unit ever meant to write, so a step larger than
one is a record lost. Unknown types are skipped by their length; a newer version stops the reader.
A segment begins with a SEGMENT record. Times are t_frames: 20 ms frames since this boot began to
listen (an event's: the end of the frame in which it was detected). Levels are centi-dB re full
scale. There is no type that could carry sound.
Called by: store (encode, scan), service (bodies), host_tools.archive (iterate, unpack).
Ref: docs/log-format.md, which a test holds against this file.
"""

import binascii
import struct

from callclip.core import fields
from callclip.core.fields import REST, STR, VAR, ZIGS

VERSION = 1
MARK = 0xC0 | VERSION
HEAD_BYTES = 8
CRC_BYTES = 4
MAX_BODY_BYTES = 500

SEGMENT, BOOT, CLOCK, CONFIG, GAP, EVENT, PURGE = range(1, 8)

_SEGMENT_FIELDS = (("log_id", VAR), ("segment", VAR), ("boot", VAR), ("unix_ms", VAR))

# Type -> (name, layout of the body). Numbers are stored: never renumber, only append. PURGE is
# kept for "everything before this sequence number was fetched and deleted on request".
TYPES = {
    SEGMENT: ("SEGMENT", _SEGMENT_FIELDS),
    BOOT: ("BOOT", (("boot", VAR), ("reset_cause", VAR), ("firmware", STR), ("unit_id", STR))),
    CLOCK: ("CLOCK", (("t_frames", VAR), ("unix_ms", VAR), ("source", VAR))),
    CONFIG: ("CONFIG", (("t_frames", VAR), ("crc", VAR), ("source", VAR))),
    GAP: ("GAP", (("t_frames", VAR), ("lost_ms", VAR), ("cause", VAR))),
    EVENT: ("EVENT", (("code", VAR), ("t_frames", VAR), ("call", VAR), ("values", ZIGS))),
    PURGE: ("PURGE", (("rest", REST),)),
}

CLOCK_FROM_HOST, CLOCK_KEPT = 1, 2  # set over the cable; kept by the chip over a restart
CONFIG_FROM_HOST, CONFIG_AT_BOOT = 1, 2  # who brought it: the cable, or the file found at boot
GAP_OVERRUN, GAP_FLASH, GAP_MICROPHONE = 1, 2, 3  # loop too slow; log written; no samples came


def pack(rtype, values):
    """Body of a record from a mapping of its fields (see TYPES)."""
    return fields.pack(TYPES[rtype][1], values)


def unpack(rtype, body):
    """Fields of a body as a dict; KeyError for an unknown type, ValueError for a broken body."""
    return fields.unpack(TYPES[rtype][1], body)


def event(code, t_frames, call, values):
    """Body of an EVENT record: values as EventQueue.take gives them, in events.TABLE order."""
    return pack(EVENT, {"code": code, "t_frames": t_frames, "call": call, "values": values})


def encode(rtype, seq, body):
    """One whole record. ValueError when the body is too long for any reader."""
    if len(body) > MAX_BODY_BYTES:
        raise ValueError("a record body of {} bytes is over {}".format(len(body), MAX_BODY_BYTES))
    head = struct.pack("<BBHI", MARK, rtype, len(body), seq) + body
    return head + struct.pack("<I", binascii.crc32(head))


TORN, DAMAGED, NEWER = 1, 2, 3  # why a Scan stopped before the end
_FAULTS = (
    "",
    "the data ends inside a record",
    "not a record, or its CRC-32 is wrong",
    "a record of a newer version: update callclip",
)


class Scan:
    """Iterates (offset, type, seq, body) and stops for good at the first bad record.

    Afterwards `end` is the offset behind the last good record and `fault` 0 when that is all the
    data, else TORN (data ends inside a record: a power cut), DAMAGED or NEWER; `reason` says it
    in words.
    """

    def __init__(self, data, start=0):
        self._data = data
        self.end = start
        self.fault = 0

    @property
    def reason(self):
        return _FAULTS[self.fault]

    def __iter__(self):
        return self

    def __next__(self):
        data = self._data
        at = self.end
        left = len(data) - at
        if self.fault or left <= 0:
            raise StopIteration
        self.fault = self._fault_at(data, at, left)
        if self.fault:
            raise StopIteration
        _mark, rtype, n_body, seq = struct.unpack_from("<BBHI", data, at)
        body_at = at + HEAD_BYTES
        self.end = body_at + n_body + CRC_BYTES
        return at, rtype, seq, bytes(data[body_at : body_at + n_body])

    @staticmethod
    def _fault_at(data, at, left):
        mark = data[at]
        if mark != MARK:
            is_newer = mark & 0xF0 == 0xC0 and mark & 0x0F > VERSION
            return NEWER if is_newer else DAMAGED
        if left < HEAD_BYTES:
            return TORN
        n_body = data[at + 2] | data[at + 3] << 8
        if n_body > MAX_BODY_BYTES:
            return DAMAGED
        crc_at = at + HEAD_BYTES + n_body
        if left < HEAD_BYTES + n_body + CRC_BYTES:
            return TORN
        crc = struct.unpack_from("<I", data, crc_at)[0]
        return 0 if crc == binascii.crc32(bytes(data[at:crc_at])) else DAMAGED


def iterate(data, start=0):
    """Records of a segment (bytes-like) as a Scan: see there for how it ends."""
    return Scan(data, start)


def iterate_read(read, chunk_bytes):
    """(type, seq, body) of a segment too long for memory; at a bad end a last (None, fault, b"").

    read: function from a number of bytes to that many or fewer, as a file's.
    """
    rest = b""
    while True:
        chunk = read(chunk_bytes)
        rest += chunk
        scan = Scan(rest)
        for _at, rtype, seq, body in scan:
            yield rtype, seq, body
        rest = rest[scan.end :]
        if scan.fault and (scan.fault != TORN or not chunk):
            yield None, scan.fault, b""
            return
        if not chunk:
            return
