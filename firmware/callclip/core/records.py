"""Records of the session log: their types, their bodies, and how they stand one behind the other.

    0      1      2          2 + n
    | type | n u8 | body n    |

Records stand in batches (core/batches.py), which carry the version, the number of the first record,
CRC and chain. Each record takes one sequence number, but for those in UNNUMBERED, which the store
writes itself, and LOST, which takes as many as it tells of. Unknown types are skipped by their
length. Times are t_frames: 20 ms frames since this boot began to listen (an event's: the end of the
frame in which it was detected). Levels are centi-dB re full scale. There is no type that could
carry sound.
Called by: store, journal, answers (bodies), host_tools.archive (iterate, unpack).
Ref: docs/log-format.md, which a test holds against this file.
"""

from callclip.core import fields
from callclip.core.fields import B16, STR, VAR, VARS, ZIGS

HEAD_BYTES = 2
MAX_BODY_BYTES = 255

SEGMENT, BOOT, CLOCK, CONFIG, GAP, EVENT, PURGE, LEVELS, SEAL, LOST = range(1, 11)
RESTART, UPDATE = 11, 12

_SEGMENT_FIELDS = (
    ("log_id", VAR),
    ("segment", VAR),
    ("boot", VAR),
    ("unix_ms", VAR),
    ("oldest", VAR),
    ("epoch", VAR),
    ("seal", VAR),
    ("chain", B16),
)

# Type -> (name, layout of the body). Numbers are stored: never renumber, only append.
TYPES = {
    SEGMENT: ("SEGMENT", _SEGMENT_FIELDS),
    BOOT: ("BOOT", (("boot", VAR), ("reset_cause", VAR), ("firmware", STR), ("unit_id", STR))),
    CLOCK: ("CLOCK", (("t_frames", VAR), ("unix_ms", VAR), ("source", VAR))),
    CONFIG: ("CONFIG", (("t_frames", VAR), ("crc", VAR), ("source", VAR))),
    GAP: ("GAP", (("t_frames", VAR), ("lost_ms", VAR), ("cause", VAR))),
    EVENT: ("EVENT", (("code", VAR), ("t_frames", VAR), ("call", VAR), ("values", ZIGS))),
    PURGE: ("PURGE", (("segment", VAR), ("cause", VAR), ("unix_ms", VAR))),
    LEVELS: ("LEVELS", (("t_frames", VAR), ("counts", VARS))),
    SEAL: ("SEAL", (("seal", VAR), ("unix_ms", VAR))),
    LOST: ("LOST", (("n_records", VAR),)),
    RESTART: ("RESTART", (("words", STR),)),
    UPDATE: ("UPDATE", (("t_frames", VAR),)),
}
_BODIES = fields.table({rtype: TYPES[rtype][1] for rtype in TYPES})
UNNUMBERED = (SEGMENT, PURGE, SEAL)

CLOCK_FROM_HOST, CLOCK_KEPT = 1, 2  # set over the cable; kept by the chip over a restart
# Who brought it: the cable, the file found at boot, a calibration.
CONFIG_FROM_HOST, CONFIG_AT_BOOT, CONFIG_CALIBRATED = 1, 2, 3
GAP_OVERRUN, GAP_FLASH, GAP_MICROPHONE = 1, 2, 3  # loop too slow; log written; no samples came
# Why segments were removed: no room; too old; a host asked; they were gone when the unit started.
PURGED_FOR_ROOM, PURGED_BY_AGE, PURGED_BY_HOST, FOUND_MISSING = 1, 2, 3, 4


def pack(rtype, values):
    """Body of a record from a mapping of its fields (see TYPES)."""
    return fields.pack(fields.rows(_BODIES, rtype), values)


def unpack(rtype, body):
    """Fields of a body as a dict; KeyError for an unknown type, ValueError for a broken body."""
    return fields.unpack(fields.rows(_BODIES, rtype), body)


def event(code, t_frames, call, values):
    """Body of an EVENT record: values as EventQueue.take gives them, in events.TABLE order."""
    return pack(EVENT, {"code": code, "t_frames": t_frames, "call": call, "values": values})


def encode(rtype, body):
    """One whole record. ValueError when the body is too long."""
    if len(body) > MAX_BODY_BYTES:
        raise ValueError("a record body of {} bytes is over {}".format(len(body), MAX_BODY_BYTES))
    return bytes((rtype, len(body))) + body


def n_numbers(rtype, body):
    """How many sequence numbers a record takes."""
    if rtype in UNNUMBERED:
        return 0
    return unpack(LOST, body)["n_records"] if rtype == LOST else 1


def iterate(data, seq=1):
    """(offset, type, seq, body) of the records in a batch, or of one alone; `seq` is the first's.

    ValueError when the data ends inside a record, or a LOST makes no sense.
    """
    at = 0
    while at < len(data):
        body_at = at + HEAD_BYTES
        end = body_at + data[at + 1] if body_at <= len(data) else body_at
        if end > len(data):
            raise ValueError("the batch ends inside a record")
        rtype = data[at]
        body = bytes(data[body_at:end])
        yield at, rtype, seq, body
        seq += n_numbers(rtype, body)
        at = end
