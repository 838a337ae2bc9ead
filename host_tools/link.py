"""The host's end of the cable: opens a port, finds the unit on it, asks and waits, bounded.

A unit may be booting (opening a port can reset a board), may print text, and lines lose bytes:
every request is repeated with the same id until its answer comes or `timeout_s` is over.
Times in seconds. Failures: exit code 3 when nothing answers, the unit's own refusals as Refused.
Called by: cmd_pull, cmd_configure, cmd_devices, cmd_check, cmd_live, simulator demo.
Ref: docs/protocol.md.
"""

import binascii
import json
import random
import time
from collections import deque

import serial
from callclip.core import fields, protocol

from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, PARTLY, Failure
from host_tools.serialline import open_port

TIMEOUT_S = 5.0
HELLO_EVERY_S = 0.3  # while connecting: a booting unit misses the first ones
ANSWER_S = 0.6  # until a request is repeated: a flash write and 1 KB at 115200 baud take 0.3 s
QUIET_S = 0.15  # after bytes that made no answer: it came damaged, no need to wait longer


class Silence(Failure):
    """Nothing answered in time."""


class Refused(Failure):
    """The unit answered with an error code and a sentence."""

    def __init__(self, port, mtype, code, words):
        name = protocol.MESSAGES[mtype][0]
        super().__init__(f"{port}: the unit refused {name}: {words}", PARTLY)
        self.code = code


class Client:
    """One unit on one port. Use as a context manager; `hello` holds its first answer."""

    def __init__(self, port, timeout_s=TIMEOUT_S):
        self.port = port
        self.timeout_s = timeout_s
        self.notes = deque(maxlen=10000)
        self.hello = {}
        self.n_repeats = 0
        self._line = open_port(port)
        self._deframer = protocol.Deframer()
        # Random, so that the answer to an earlier program's request is not taken for ours.
        self._request_id = random.randrange(1, 0xFFFF)
        self._heard = 0.0  # when the last byte came

    def __enter__(self):
        try:
            self.connect()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        self._line.close()

    def connect(self):
        """Ask HELLO until the unit answers; leaves its fields in `hello`."""
        self.hello = self._ask(protocol.HELLO, {}, HELLO_EVERY_S, self.timeout_s)
        return self.hello

    def ask(self, mtype, values=None):
        """One request's answer as a dict. Raises Refused, or Silence when no answer comes."""
        return self._ask(mtype, values or {}, ANSWER_S, self.timeout_s)

    def try_briefly(self, mtype, values):
        """As `ask`, but soon Silence: for a caller that will ask for less if it does not come."""
        return self._ask(mtype, values, ANSWER_S, min(ANSWER_S, self.timeout_s))

    def _ask(self, mtype, values, repeat_s, wait_s):
        self._request_id = self._request_id % 0xFFFF + 1
        frame = protocol.request(mtype, self._request_id, values)
        ends = time.monotonic() + wait_s
        sent = repeats = 0.0
        while (now := time.monotonic()) < ends:
            is_damaged = self._heard > sent and now - self._heard > QUIET_S
            if now >= repeats or is_damaged:
                self.n_repeats += sent > 0
                self._send(frame)
                sent = time.monotonic()
                repeats = sent + repeat_s
            for message in self._receive():
                if self._is_answer(message, mtype):
                    return self._fields_of(message, mtype)
        raise Silence(self._silence(mtype), NOT_REACHABLE)

    def _silence(self, mtype):
        name = protocol.MESSAGES[mtype][0]
        if mtype == protocol.HELLO:
            words = "check that a callclip unit is on this port and has power"
        else:
            words = f"it stopped answering ({name}); check the cable and try again"
        return f"{self.port}: no answer within {self.timeout_s:g} s; {words}"

    def _is_answer(self, message, mtype):
        is_ours = message.request_id == self._request_id
        return is_ours and message.mtype == mtype | protocol.ANSWER

    def _fields_of(self, message, mtype):
        if message.level != protocol.LEVEL:
            raise Failure(self._level_words(message.level), NOT_REACHABLE)
        try:
            status, answer = protocol.read_answer(message)
        except ValueError as error:
            name = protocol.MESSAGES[mtype][0]
            words = f"{self.port}: the answer to {name} makes no sense ({error})"
            raise Failure(f"{words}; update callclip or the unit", NOT_REACHABLE) from error
        if status != protocol.OK:
            raise Refused(self.port, mtype, status, answer)
        return answer

    def _level_words(self, level):
        words = (
            f"{self.port}: the unit speaks protocol level {level}, this program {protocol.LEVEL}"
        )
        if level < protocol.LEVEL:
            return f"{words}; bring the unit up to date with `callclip flash`"
        return f"{words}; bring callclip on this computer up to date"

    def _send(self, frame):
        try:
            self._line.write(frame)
        except (serial.SerialException, OSError) as error:
            raise self._unplugged(error) from error

    def _receive(self):
        """Messages that have come; waits up to 20 ms. Notes go into `notes`."""
        try:
            data = self._line.read(max(1, self._line.in_waiting))
        except (serial.SerialException, OSError, TypeError) as error:
            raise self._unplugged(error) from error
        if data:
            self._heard = time.monotonic()
        out = []
        for message in self._deframer.feed(data):
            if message.mtype in (protocol.NOTE_EVENT, protocol.NOTE_LIVE):
                self.notes.append(message)
            else:
                out.append(message)
        return out

    def _unplugged(self, error):
        words = f"{self.port}: the connection broke ({error}); plug the unit in and try again"
        return Failure(words, NOT_REACHABLE)

    def wait_notes(self, wait_s):
        """Notes that come within wait_s as (type, fields), returned at the first batch."""
        ends = time.monotonic() + wait_s
        while not self.notes and time.monotonic() < ends:
            self._receive()
        out = []
        while self.notes:
            message = self.notes.popleft()
            out.append((message.mtype, protocol.read_note(message)))
        return out

    def wait_restart(self, wait_s):
        """Until the unit has restarted and answers; Silence if it does not. After REBOOT."""
        boot, uptime_ms = self.hello["boot"], self.hello["uptime_ms"]
        ends = time.monotonic() + wait_s
        while time.monotonic() < ends:
            try:
                hello = self._ask(protocol.HELLO, {}, HELLO_EVERY_S, 1.0)
            except Silence:
                continue
            # A unit that cannot write its log counts no boots: its uptime tells.
            if hello["boot"] > boot or hello["uptime_ms"] < uptime_ms:
                self.hello = hello
                return
            time.sleep(0.05)
        words = f"{self.port}: did not restart within {wait_s:g} s; disconnect it and try again"
        raise Silence(words, NOT_REACHABLE)

    # Whole conversations, used by more than one command

    def segments(self):
        """(log_id, [(number, bytes), ...]) of everything on the unit, synced first."""
        rows = []
        first = 0
        while True:
            page = self.ask(protocol.LOG_LIST, {"first_segment": first})
            packed = page["segments"]
            for at in range(0, len(packed), protocol.SEGMENT_ROW_BYTES):
                part = packed[at : at + protocol.SEGMENT_ROW_BYTES]
                row = fields.unpack(protocol.SEGMENT_ROW, part)
                rows.append((row["segment"], row["n_bytes"]))
            first = page["next_segment"]
            if not first:
                return page["log_id"], rows

    def configuration(self):
        """(values, is_in_force): the unit's whole configuration."""
        text = b""
        while True:
            page = self.ask(protocol.CONFIG_GET, {"offset_bytes": len(text)})
            text += page["json"]
            if len(text) >= page["total_bytes"] or not page["json"]:
                break
        try:
            values = json.loads(text) if binascii.crc32(text) == page["crc"] else None
        except ValueError:
            values = None
        if not isinstance(values, dict):
            words = "the configuration read back is damaged; try again"
            raise Failure(f"{self.port}: {words}", NOT_VERIFIED)
        return values, bool(page["is_in_force"])

    def configure(self, text):
        """Send a whole configuration (JSON) in pages; returns the last answer."""
        data = text.encode()
        crc = binascii.crc32(data)
        answer = {}
        for at in range(0, max(1, len(data)), protocol.CONFIG_PAGE_BYTES):
            page = data[at : at + protocol.CONFIG_PAGE_BYTES]
            row = {"offset_bytes": at, "total_bytes": len(data), "crc": crc, "json": page}
            answer = self.ask(protocol.CONFIG_SET, row)
        return answer
