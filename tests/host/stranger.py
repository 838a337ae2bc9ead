"""A client as somebody would write it from docs/protocol.md alone: it imports nothing of callclip.

If this file has to change, the page has to change first.
"""

import hashlib
import hmac
import os
import select
import struct
import termios
import time
import tty
import zlib


def stuffed(data):
    """COBS, by the page: pieces behind each zero and after 254 bytes without one."""
    out = b""
    for piece in data.split(b"\0"):
        while len(piece) >= 254:
            out += b"\xff" + piece[:254]
            piece = piece[254:]
        out += bytes([len(piece) + 1]) + piece
    return out


def unstuffed(data):
    out = b""
    while data:
        code = data[0]
        if code == 0 or code > len(data):
            return None
        out += data[1:code]
        data = data[code:]
        if code < 255 and data:
            out += b"\0"
    return out


def var(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


class Stranger:
    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        attributes = termios.tcgetattr(self.fd)
        attributes[4] = attributes[5] = termios.B115200
        termios.tcsetattr(self.fd, termios.TCSANOW, attributes)
        self.number = 4711
        self.waiting = b""
        self.runs = []  # what came between two zeros
        self.notes = []
        self.head = []  # segment, bytes of it, and tag at which the unit says its log ends
        self.session = None  # the key of the session, once logged in
        self.counter = 0

    def close(self):
        os.close(self.fd)

    def frames(self, wait_s):
        if select.select([self.fd], [], [], wait_s)[0]:
            self.waiting += os.read(self.fd, 4096)
        *runs, self.waiting = self.waiting.split(b"\0")
        self.runs += runs
        while self.runs:
            plain = unstuffed(self.runs.pop(0))
            if plain and len(plain) >= 8 and zlib.crc32(plain[:-4]) == le(plain[-4:]):
                yield plain[:-4]

    def frame(self, mtype, body):
        """A request, sealed once there is a session."""
        head = struct.pack("<BBH", 2, mtype | (0x20 if self.session else 0), self.number)
        plain = head + body
        if self.session:
            self.counter += 1
            plain += struct.pack("<I", self.counter)
            plain += hmac.digest(self.session, plain, "sha256")[:8]
        frame = b"\0" + stuffed(plain + struct.pack("<I", zlib.crc32(plain))) + b"\0"
        assert len(frame) <= 240
        return frame

    def ask(self, mtype, body=b"", again_s=0.6):
        """(status, rest of the answer)"""
        self.number = self.number % 65535 + 1
        ends = time.monotonic() + 5
        while time.monotonic() < ends:
            os.write(self.fd, self.frame(mtype, body))
            again = time.monotonic() + again_s
            while time.monotonic() < again:
                for plain in self.frames(0.05):
                    got, number, body_of = self.opened(plain)
                    if number == 0:
                        self.notes.append((got, body_of))
                    elif got == mtype | 0x80 and number == self.number:
                        return body_of[0], body_of[1:]
        raise TimeoutError(f"no answer to {mtype}")

    def opened(self, plain):
        """(type, id, body) of a message, without its seal."""
        level, got, number = struct.unpack_from("<BBH", plain)
        assert level == 2
        if not got & 0x20:
            return got, number, plain[4:]
        signed, tag = plain[:-8], plain[-8:]
        assert hmac.compare_digest(tag, hmac.digest(self.session, signed, "sha256")[:8])
        return got & ~0x20, number, signed[4:-4]

    def log_in(self, role, key):
        """Begin a session with the unit's key of a role; the status if the unit does not want."""
        self.session = None
        unit_id = self.hello()["unit_id"]
        host_nonce = os.urandom(16)
        status, body = self.ask(0x0E, bytes([role]) + host_nonce)
        if status:
            return status
        unit_nonce, boot, n_challenges = struct.unpack("<16sII", body)
        about = struct.pack("<BII", role, boot, n_challenges) + host_nonce + unit_nonce
        about += unit_id.encode()
        status, body = self.ask(0x0F, expanded(key, b"callclip proof of host", about)[:16])
        if status:
            return status
        assert body[:16] == expanded(key, b"callclip proof of unit", about)[:16]
        self.session = expanded(key, b"callclip session", about)
        self.counter = 0
        return 0

    def give_keys(self, epoch, keys):
        """A KEYS_SET, masked if there is a session; the status."""
        if self.session:
            pad = b""
            for at in range(0, 128, 32):
                about = struct.pack("<II", self.counter + 1, at)
                pad += expanded(self.session, b"callclip mask", about)
            keys = bytes(a ^ b for a, b in zip(keys, pad, strict=True))
        status, _body = self.ask(0x10, struct.pack("<I", epoch) + keys)
        return status

    def hello(self):
        status, body = self.ask(1, again_s=0.3)
        assert status == 0
        unit_id, body = text(body)
        unit_number, body = le(body[:4]), body[4:]
        firmware, body = text(body)
        micropython, body = text(body)
        board, body = text(body)
        boot, uptime_ms, n_frames = struct.unpack_from("<IQI", body)
        return {
            "unit_id": unit_id,
            "unit_number": unit_number,
            "firmware": firmware,
            "micropython": micropython,
            "board": board,
            "boot": boot,
            "uptime_ms": uptime_ms,
            "n_frames": n_frames,
        }

    def log(self):
        """All segments as [(number, bytes)]."""
        found = []
        first = 0
        while True:
            status, body = self.ask(6, struct.pack("<I", first))
            assert status == 0
            _log_id, first, *self.head = struct.unpack_from("<IIII16s", body)
            for number, n_bytes in struct.iter_unpack("<II", body[32:]):
                found.append((number, self.segment(number, n_bytes)))
            if not first:
                return found

    def segment(self, number, n_bytes):
        data = b""
        while len(data) < n_bytes:
            status, body = self.ask(7, struct.pack("<IIIH", number, len(data), n_bytes, 1024))
            assert status == 0
            ends = time.monotonic() + 5
            while True:  # the pages come by themselves
                assert le(body[:4]) == len(data)
                data += body[4:]
                if len(data) >= n_bytes:
                    break
                body = self.page(ends)
        status, body = self.ask(8, struct.pack("<II", number, n_bytes))
        assert status == 0
        assert struct.unpack("<II32s", body) == (number, n_bytes, hashlib.sha256(data).digest())
        return data

    def page(self, ends):
        """The next answer to the last request."""
        while time.monotonic() < ends:
            for plain in self.frames(0.05):
                got, number, body = self.opened(plain)
                if got == 0x87 and number == self.number and body[0] == 0:
                    return body[1:]
        raise TimeoutError("a page is missing")


def expanded(key, label, about):
    """The page's HMAC(key, label, 00, about, 01)."""
    return hmac.digest(key, label + b"\0" + about + b"\1", "sha256")


def le(data):
    return int.from_bytes(data, "little")


def text(body):
    return body[1 : 1 + body[0]].decode(), body[1 + body[0] :]


def records_of(segment):
    """(type, seq, body) until the first bad batch."""
    at = 0
    while at + 28 <= len(segment):
        mark, zero, n, seq = struct.unpack_from("<BBHI", segment, at)
        end = at + 8 + n
        crc = le(segment[end + 16 : end + 20])
        if mark != 0xC2 or zero or zlib.crc32(segment[at : end + 16]) != crc:
            return
        at += 8
        while at < end:
            rtype, n_body = segment[at], segment[at + 1]
            body = segment[at + 2 : at + 2 + n_body]
            yield rtype, seq, body
            at += 2 + n_body
            if rtype == 10:
                seq += var(body, 0)[0]
            elif rtype not in (1, 7, 9):
                seq += 1
        at = end + 20


def event_of(body):
    """(code, t_frames, call, values) of an EVENT record."""
    numbers = []
    at = 0
    while at < len(body):
        value, at = var(body, at)
        numbers.append(value)
    values = [-(n + 1) // 2 if n & 1 else n // 2 for n in numbers[3:]]
    return (*numbers[:3], tuple(values))
