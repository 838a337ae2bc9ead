"""The serial protocol: message numbers, layouts of bodies, framing, CRC; once for both sides.

On the wire: 0x00, COBS(level u8, type u8, request id u16, body, CRC-32 u32 of all these), 0x00.
A request's answer has the same id and type | ANSWER; its body begins with a status byte, 0 or an
error code followed by a sentence. Notes come unasked, with id 0. A sealed message has type | SEALED
and a counter and a tag behind its body (session.py). Little endian throughout.
Every body is named integers or short text (fields.py), the configuration's text, or log records:
there is no message that could carry sound.
Called by: service (unit), host_tools.link (host). Ref: docs/protocol.md, enough to write a client.
"""

import binascii
import struct

from callclip.core import cobs, fields
from callclip.core.fields import B16, B32, I16, REST, STR, U8, U16, U32, U64

LEVEL = 2  # both sides must have the same; it is the first byte of every message for ever

HELLO, CLOCK_GET, CLOCK_SET, CONFIG_GET, CONFIG_SET = 1, 2, 3, 4, 5
LOG_LIST, LOG_READ, LOG_HASH, SELF_TEST, LIVE_SUBSCRIBE, IDENTIFY, REBOOT = 6, 7, 8, 9, 10, 11, 12
RINGER, CHALLENGE, LOGIN, KEYS_SET, LOG_ACK, LOG_PURGE, BRIEF = 13, 14, 15, 16, 17, 18, 19
CALIBRATE, UPDATE = 20, 21
NUMBER, SEALED, NOTE, ANSWER = 0x1F, 0x20, 0x40, 0x80  # parts of a type
NOTE_EVENT, NOTE_LIVE = NOTE | 1, NOTE | 2

OK, UNKNOWN_TYPE, BAD_BODY, WRONG_LEVEL, CONFIG_REFUSED = range(5)
NO_SUCH_SEGMENT, STORE_FAILED, BUSY, FAILED = range(5, 9)
NOT_LOGGED_IN, NOT_ALLOWED, WRONG_KEY, TRY_LATER, NOT_HELD = range(9, 14)
ERROR_NAMES = (
    "OK",
    "UNKNOWN_TYPE",
    "BAD_BODY",
    "WRONG_LEVEL",
    "CONFIG_REFUSED",
    "NO_SUCH_SEGMENT",
    "STORE_FAILED",
    "BUSY",
    "FAILED",
    "NOT_LOGGED_IN",
    "NOT_ALLOWED",
    "WRONG_KEY",
    "TRY_LATER",
    "NOT_HELD",
)

# The ESP32 keeps 260 bytes of input while its loop is busy: a request is never longer than that,
# and a client sends one at a time. Answers may be long: the host has buffers.
MAX_REQUEST_BYTES = 240  # on the wire, zeros included
MAX_PAGE_BYTES = 1024  # of a log segment or configuration in one answer
MAX_SENTENCE_BYTES = 200  # of an error
MAX_MESSAGE_BYTES = 1200  # header, body and CRC before stuffing: longer is garbage
CONFIG_PAGE_BYTES = 192  # of the configuration in one CONFIG_SET

_CLOCK = (("is_known", U8), ("unix_ms", U64), ("t_frames", U32), ("boot", U32))

# What RINGER is asked to do.
RINGER_TELL, RINGER_LEARN, RINGER_STOP, RINGER_CLEAR = range(4)
# And CALIBRATE.
CALIBRATE_TELL, CALIBRATE_START, CALIBRATE_STOP, CALIBRATE_CLEAR = range(4)
CALIBRATE_START_AGENT = 4

# Type -> (name, layout of the request, layout of the answer behind its status byte).
MESSAGES = {
    HELLO: (
        "HELLO",
        (),
        (
            ("unit_id", STR),
            ("unit_number", U32),
            ("firmware", STR),
            ("micropython", STR),
            ("board", STR),
            ("boot", U32),
            ("uptime_ms", U64),
            ("n_frames", U32),
            ("n_gaps", U32),
            ("lost_ms", U32),
            ("n_store_errors", U32),
            ("n_records_lost", U32),
            ("n_records_waiting", U32),
            ("log_bytes", U32),
            ("log_budget_bytes", U32),
            ("is_clock_known", U8),
            ("is_config_default", U8),
            ("call_state", U8),
            ("call", U32),
            ("n_events_lost", U32),
            ("problem", STR),
            ("is_keyed", U8),
            ("key_epoch", U32),
            ("retention_days", U16),
        ),
    ),
    CLOCK_GET: ("CLOCK_GET", (), _CLOCK),
    CLOCK_SET: ("CLOCK_SET", (("unix_ms", U64),), _CLOCK),
    CONFIG_GET: (
        "CONFIG_GET",
        (("offset_bytes", U16),),
        (("total_bytes", U16), ("crc", U32), ("is_in_force", U8), ("json", REST)),
    ),
    CONFIG_SET: (
        "CONFIG_SET",
        (("offset_bytes", U16), ("total_bytes", U16), ("crc", U32), ("json", REST)),
        (("received_bytes", U16), ("is_saved", U8), ("is_in_force", U8)),
    ),
    LOG_LIST: (
        "LOG_LIST",
        (("first_segment", U32),),
        (
            ("log_id", U32),
            ("next_segment", U32),
            ("head_segment", U32),
            ("head_bytes", U32),
            ("head_tag", B16),
            ("segments", REST),
        ),
    ),
    LOG_READ: (
        "LOG_READ",
        (("segment", U32), ("offset_bytes", U32), ("n_bytes", U32), ("page_bytes", U16)),
        (("offset_bytes", U32), ("data", REST)),
    ),
    LOG_HASH: (
        "LOG_HASH",
        (("segment", U32), ("n_bytes", U32)),
        (("segment", U32), ("n_bytes", U32), ("sha256", B32)),
    ),
    LOG_ACK: (
        "LOG_ACK",
        (("segment", U32), ("n_bytes", U32), ("sha256", B32)),
        (("held_segment", U32),),
    ),
    LOG_PURGE: ("LOG_PURGE", (("last_segment", U32),), (("n_segments", U32),)),
    SELF_TEST: (
        "SELF_TEST",
        (),
        (
            ("agent_level_cdb", I16),
            ("line_level_cdb", I16),
            ("agent_floor_cdb", I16),
            ("line_floor_cdb", I16),
            ("is_agent_alive", U8),
            ("is_line_alive", U8),
            ("is_led_ok", U8),
            ("is_buzzer_ok", U8),
            ("is_store_ok", U8),
            ("store_write_ms", U32),
            ("n_frames", U32),
            ("frame_us_mean", U32),
            ("frame_us_most", U32),
            ("heap_free_bytes", U32),
        ),
    ),
    LIVE_SUBSCRIBE: ("LIVE_SUBSCRIBE", (("period_ms", U16),), (("period_ms", U16),)),
    IDENTIFY: ("IDENTIFY", (("duration_ms", U16),), ()),
    REBOOT: ("REBOOT", (("is_forced", U8),), ()),
    RINGER: (
        "RINGER",
        (("action", U8),),
        (
            ("is_learned", U8),
            ("channel", U8),
            ("level_cdb", I16),
            ("n_bursts", U8),
            ("ring_ms", U16),
            ("pause_ms", U16),
            ("learning", U8),
            ("reason", U8),
        ),
    ),
    CHALLENGE: (
        "CHALLENGE",
        (("role", U8), ("host_nonce", B16)),
        (("unit_nonce", B16), ("boot", U32), ("n_challenges", U32)),
    ),
    LOGIN: ("LOGIN", (("proof", B16),), (("proof", B16), ("idle_ms", U32))),
    KEYS_SET: ("KEYS_SET", (("epoch", U32), ("keys", REST)), (("epoch", U32),)),
    BRIEF: (
        "BRIEF",
        (),
        (
            ("unit_id", STR),
            ("boot", U32),
            ("is_keyed", U8),
            ("key_epoch", U32),
            ("retention_days", U16),
        ),
    ),
    CALIBRATE: (
        "CALIBRATE",
        (("action", U8), ("known_cdb", U16)),
        (
            ("state", U8),
            ("reason", U8),
            ("known_cdb", U16),
            ("level_cdb", I16),
            ("spread_cdb", U16),
            ("spl_offset_cdb", U16),
            ("shock_peak_cdb", I16),
            ("is_agent", U8),
            ("agent_offset_cdb", U16),
        ),
    ),
    UPDATE: ("UPDATE", (("is_forced", U8),), ()),
    NOTE_EVENT: ("NOTE_EVENT", (), (("boot", U32), ("record", REST))),
    NOTE_LIVE: (
        "NOTE_LIVE",
        (),
        (
            ("t_frames", U32),
            ("call_state", U8),
            ("call", U32),
            ("agent_level_cdb", I16),
            ("line_level_cdb", I16),
            ("agent_floor_cdb", I16),
            ("line_floor_cdb", I16),
            ("is_agent_speech", U8),
            ("is_line_speech", U8),
            ("agent_state", U8),
            ("line_state", U8),
            ("signal", U8),
        ),
    ),
}
_REQUESTS = fields.table({mtype: MESSAGES[mtype][1] for mtype in MESSAGES})
_ANSWERS = fields.table({mtype: MESSAGES[mtype][2] for mtype in MESSAGES})
SEGMENT_ROW = (("segment", U32), ("n_bytes", U32))  # LOG_LIST's `segments`, again and again
SEGMENT_ROW_BYTES = 8
MAX_SEGMENT_ROWS = MAX_PAGE_BYTES // SEGMENT_ROW_BYTES


class Refusal(Exception):  # noqa: N818  a decision, not a defect
    """A request that is understood but not done: error code and sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def request(mtype, request_id, values=None):
    """A request, ready for the wire. `values`: a mapping of MESSAGES[mtype][1]."""
    return frame(mtype, request_id, fields.pack(fields.rows(_REQUESTS, mtype), values or {}))


def answer_body(mtype, values):
    """Body of the unit's answer to a request that went well."""
    return b"\x00" + fields.pack(fields.rows(_ANSWERS, mtype), values)


def error_body(code, sentence):
    """Body of the unit's answer to a request that did not."""
    return bytes((code,)) + sentence.encode()[:MAX_SENTENCE_BYTES]


def answer(mtype, request_id, values):
    return frame(mtype | ANSWER, request_id, answer_body(mtype, values))


def error(mtype, request_id, code, sentence):
    return frame(mtype | ANSWER, request_id, error_body(code, sentence))


def note_body(mtype, values):
    """Body of a message that nobody asked for."""
    return fields.pack(fields.rows(_ANSWERS, mtype), values)


def note(mtype, values):
    return frame(mtype, 0, note_body(mtype, values))


def frame(mtype, request_id, body, level=LEVEL):
    """Any message on the wire. The leading zero ends whatever noise stood before it."""
    end = 4 + len(body)
    message = bytearray(end + 4)
    struct.pack_into("<BBH", message, 0, level, mtype, request_id)
    message[4:end] = body
    struct.pack_into("<I", message, end, binascii.crc32(memoryview(message)[:end]))
    return cobs.framed(message)


class Message:
    """A frame taken apart; `body` as bytes."""

    def __init__(self, level, mtype, request_id, body):
        self.level = level
        self.mtype = mtype
        self.request_id = request_id
        self.body = body


def read_request(message):
    """Fields of a request on the unit: KeyError unknown type, ValueError a broken body."""
    mtype = message.mtype & ~SEALED
    values = fields.unpack(fields.rows(_REQUESTS, mtype), message.body)
    for name, _kind in fields.rows(_REQUESTS, mtype):
        if name not in values:
            raise ValueError("the body ends before {}".format(name))
    return values


def read_answer(message):
    """(status, fields or sentence) of an answer on the host; ValueError for a broken body."""
    if not message.body:
        raise ValueError("an answer without a status byte")
    status = message.body[0]
    if status:
        return status, message.body[1:].decode("utf-8", "replace")
    layout = fields.rows(_ANSWERS, message.mtype & ~(ANSWER | SEALED))
    return OK, fields.unpack(layout, message.body[1:])


def read_note(message):
    """Fields of a NOTE_* message."""
    return fields.unpack(fields.rows(_ANSWERS, message.mtype & ~SEALED), message.body)


def _message_from(stuffed):
    """Message in the bytes between two zeros, or None: noise is the normal case after a reset."""
    try:
        plain = cobs.decode(stuffed)
    except ValueError:
        return None
    if len(plain) < 8:
        return None
    level, mtype, request_id = struct.unpack_from("<BBH", plain, 0)
    crc = struct.unpack_from("<I", plain, len(plain) - 4)[0]
    if crc != binascii.crc32(plain[:-4]):
        return None
    return Message(level, mtype, request_id, plain[4:-4])


class Deframer:
    """Bytes in, messages out; everything that is not a frame with a right CRC is dropped."""

    def __init__(self, max_bytes=MAX_MESSAGE_BYTES + 8):
        self._max_bytes = max_bytes
        self._waiting = bytearray()
        self._is_overlong = False
        self.n_dropped = 0  # runs of bytes between zeros that were no message

    def feed(self, data):
        """Messages completed by `data` (bytes-like or one byte as int), as a list."""
        if isinstance(data, int):
            data = bytes((data,))
        out = []
        at = 0
        while True:
            zero = data.find(b"\x00", at)
            stop = zero if zero >= 0 else len(data)
            if len(self._waiting) + stop - at > self._max_bytes:
                self._is_overlong = True
                self._waiting = bytearray()
            elif stop > at:
                self._waiting.extend(data[at:stop])
            if zero < 0:
                return out
            at = zero + 1
            if self._waiting or self._is_overlong:
                message = None if self._is_overlong else _message_from(self._waiting)
                self._waiting = bytearray()
                self._is_overlong = False
                if message is None:
                    self.n_dropped += 1
                else:
                    out.append(message)
