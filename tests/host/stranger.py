"""A client as somebody would write it from docs/protocol.md alone: it imports nothing of callclip.

If this file has to change, the page has to change first.
"""

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
        self.notes = []

    def close(self):
        os.close(self.fd)

    def frames(self, wait_s):
        if select.select([self.fd], [], [], wait_s)[0]:
            self.waiting += os.read(self.fd, 4096)
        *runs, self.waiting = self.waiting.split(b"\0")
        for run in runs:
            plain = unstuffed(run)
            if plain and len(plain) >= 8 and zlib.crc32(plain[:-4]) == le(plain[-4:]):
                yield plain[:-4]

    def ask(self, mtype, body=b"", again_s=0.6):
        """(status, rest of the answer)"""
        self.number = self.number % 65535 + 1
        plain = struct.pack("<BBH", 1, mtype, self.number) + body
        frame = b"\0" + stuffed(plain + struct.pack("<I", zlib.crc32(plain))) + b"\0"
        assert len(frame) <= 240
        ends = time.monotonic() + 5
        while time.monotonic() < ends:
            os.write(self.fd, frame)
            again = time.monotonic() + again_s
            while time.monotonic() < again:
                for plain in self.frames(0.05):
                    level, got, number = struct.unpack_from("<BBH", plain)
                    assert level == 1
                    if number == 0:
                        self.notes.append((got, plain[4:]))
                    elif got == mtype | 0x80 and number == self.number:
                        return plain[4], plain[5:]
        raise TimeoutError(f"no answer to {mtype}")

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
            _log_id, first = struct.unpack_from("<II", body)
            for number, n_bytes in struct.iter_unpack("<II", body[8:]):
                found.append((number, self.segment(number, n_bytes)))
            if not first:
                return found

    def segment(self, number, n_bytes):
        data = b""
        while len(data) < n_bytes:
            status, body = self.ask(7, struct.pack("<IIH", number, len(data), 1024))
            assert status == 0
            assert struct.unpack_from("<II", body) == (number, len(data))
            data += body[8:]
        status, body = self.ask(8, struct.pack("<II", number, n_bytes))
        assert struct.unpack("<III", body) == (number, n_bytes, zlib.crc32(data))
        return data


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
