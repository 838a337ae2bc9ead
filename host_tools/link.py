"""The host's end of the cable: opens a port, finds the unit on it, asks and waits, bounded.

A unit may be booting (opening a port can reset a board), may print text, and lines lose bytes:
every request is repeated with the same id until its answer comes or `timeout_s` is over. With a key
file it logs in to a unit that has keys, and from then on hears it only under its seal.
Times in seconds. Failures: exit code 3 when nothing answers, 4 when it is not the unit, the unit's
own refusals as Refused.
Called by: cmd_pull, cmd_configure, cmd_devices, cmd_check, cmd_live, simulator demo.
Ref: docs/protocol.md.
"""

import binascii
import json
import random
import time
from collections import deque

import serial
from callclip.core import fields, protocol, roles

from host_tools import hostsession
from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, Failure
from host_tools.refusals import Answer, Refused, Silence, refusal, wrong_level
from host_tools.serialline import open_port

TIMEOUT_S = 5.0
WHOLE_HELLO_S = 2.0  # after this a bad line has shown itself
HELLO_EVERY_S = 0.3  # while connecting: a booting unit misses the first ones
ANSWER_S = 0.6  # until a request is repeated: a flash write and 1 KB at 115200 baud take 0.3 s
QUIET_S = 0.15  # after bytes that made no answer: it came damaged, no need to wait longer
VAIN_TRIES = 8
LEAST_S = 0.04  # what both shrink to on a line that loses bytes: six repeats fit a unit's input


class Client:
    """One unit on one port. Use as a context manager; `hello` holds its first answer.

    key: a keyfile.KeyFile, or None for a unit without keys and for what needs none. is_brief: the
    few fields of BRIEF are enough if a bad line lets no more through.
    """

    def __init__(self, port, timeout_s=TIMEOUT_S, key=None, is_brief=False):
        self.port = port
        self.timeout_s = timeout_s
        self.notes = deque(maxlen=10000)
        self.hello = {}
        self.n_repeats = 0
        self._key = key
        self._is_brief = is_brief
        self._session = None
        self._line = open_port(port)
        self._deframer = protocol.Deframer()
        # Random, so that the answer to an earlier program's request is not taken for ours.
        self._request_id = random.randrange(1, 0xFFFF)
        self._heard = 0.0  # when the last byte came
        self._patience_s = ANSWER_S
        self._n_vain = 0

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
        """Ask HELLO until the unit answers; leaves its fields in `hello`. Log in if it has keys.

        On a line that loses bytes HELLO is too long; BRIEF then has to do (is_brief)."""
        self._session = None
        self.hello = self._hello()
        if self._key is not None:
            self.log_in(self._key)
        return self.hello

    def _hello(self):
        if not self._is_brief:
            return self._ask(protocol.HELLO, {}, self.timeout_s, HELLO_EVERY_S)
        heard = self._heard
        try:
            return self._ask(protocol.HELLO, {}, min(WHOLE_HELLO_S, self.timeout_s), HELLO_EVERY_S)
        except Silence:
            is_damaged = self._heard > heard
        mtype = protocol.BRIEF if is_damaged else protocol.HELLO
        return self._ask(mtype, {}, self.timeout_s, None if is_damaged else HELLO_EVERY_S)

    @property
    def is_sealed(self):
        """Whether what the unit says is proven to be its own."""
        return self._session is not None

    @property
    def role(self):
        """The role that this program has with a unit that has keys; 0: none."""
        return self._key.role if self._session else 0

    def may(self, mtype):
        """Whether the unit would do this for us, as far as roles go."""
        return not self.hello.get("is_keyed") or roles.may(self.role, mtype)

    def log_key(self):
        """The key from which the unit's log chain begins, if our key file has it, else None."""
        return self._key.log_unit_key(self.hello["unit_id"]) if self._key else None

    def log_out(self):
        """From now on the unit is asked, and heard, without a seal."""
        self._session = None
        self._key = None

    def log_in(self, key):
        """Prove a KeyFile to the unit and have it prove that it is the one it says."""
        self._key = key
        unit_id = self.hello["unit_id"]
        if not self.hello.get("is_keyed"):
            words = "has no keys yet; give it some (callclip configure --site-key) or name no --key"
            raise Failure(f"{self.port}: unit {unit_id} {words}", NOT_VERIFIED)
        self._session = None
        unit_key = key.unit_key(unit_id)
        made = hostsession.log_in(self.ask, self._key.role, unit_key, unit_id)
        if made is None:
            words = f"says it is unit {unit_id}, but does not know that unit's key"
            raise Failure(f"{self.port}: {words}; do not trust what is connected", NOT_VERIFIED)
        self._session = made

    def ask(self, mtype, values=None):
        """One request's answer as a dict. Raises Refused, or Silence when no answer comes."""
        return self._ask(mtype, values or {}, self.timeout_s)

    def _ask(self, mtype, values, wait_s, repeat_s=None):
        try:
            return self._ask_once(mtype, values, wait_s, repeat_s)
        except Refused as refusal:
            is_ended = refusal.code == protocol.NOT_LOGGED_IN and self._session is not None
            if not is_ended:
                raise
        self.log_in(self._key)  # the session had ended: by time, by a restart, by another program
        return self._ask_once(mtype, values, wait_s, repeat_s)

    def _ask_once(self, mtype, values, wait_s, repeat_s):
        body = fields.pack(protocol.MESSAGES[mtype][1], values)
        self._begin()
        began = time.monotonic()
        ends = began + wait_s
        sent = repeats = 0.0
        n_sent = 0
        while (now := time.monotonic()) < ends:
            is_damaged = self._heard > sent and now - self._heard > min(QUIET_S, self._patience_s)
            if now >= repeats or is_damaged:
                n_sent += 1
                if n_sent > 3 and self._heard > began:  # it answers, and the line spoils it
                    self.lose_patience()
                self._send(self._frame(mtype, body))
                sent = time.monotonic()
                repeats = sent + (repeat_s or self._patience_s)
            for message in self._receive():
                if self._is_answer(message, mtype):
                    self._learn_patience(n_sent, time.monotonic() - sent)
                    return self._fields_of(message, mtype)
        self._patience_s = ANSWER_S
        raise Silence(self._silence(mtype), NOT_REACHABLE)

    def pages(self, segment, offset_bytes, n_bytes, page_bytes):
        """One LOG_READ's pages as (offset, data), as far as they come; asked for once."""
        row = {"segment": segment, "offset_bytes": offset_bytes}
        row |= {"n_bytes": n_bytes, "page_bytes": page_bytes}
        body = fields.pack(protocol.MESSAGES[protocol.LOG_READ][1], row)
        self._begin()
        self._send(self._frame(protocol.LOG_READ, body))
        sent = heard = time.monotonic()
        is_begun = False
        while time.monotonic() - heard < min(QUIET_S if is_begun else ANSWER_S, self._patience_s):
            for message in self._receive():
                if not self._is_answer(message, protocol.LOG_READ):
                    continue
                page = self._fields_of(message, protocol.LOG_READ)
                if not is_begun:
                    self._learn_patience(1, time.monotonic() - sent)
                is_begun = True
                yield page["offset_bytes"], page["data"]
                if page["offset_bytes"] + len(page["data"]) >= offset_bytes + n_bytes:
                    return
            heard = max(heard, self._heard)

    def _begin(self):
        self._request_id = self._request_id % 0xFFFF + 1
        if self._session:
            self._session.begin()

    def _frame(self, mtype, body):
        if self._session:
            return self._session.request(mtype, self._request_id, body)
        return protocol.frame(mtype, self._request_id, body)

    def _learn_patience(self, n_sent, took_s):
        """On a line that loses bytes nothing is won by waiting much longer than answers take."""
        self.n_repeats += n_sent - 1
        if n_sent > 1:
            self._patience_s = max(LEAST_S, min(self._patience_s, 4 * took_s))

    def lose_patience(self):
        """What was asked for did not come at all: wait for less next time. But a unit may be as
        slow as that: after some tries in vain it gets all the time again."""
        self._n_vain += 1
        if self._n_vain % VAIN_TRIES:
            self._patience_s = max(LEAST_S, self._patience_s / 2)
        else:
            self._patience_s = ANSWER_S

    def _is_answer(self, message, mtype):
        if message.request_id != self._request_id:
            return False
        if self._session and message.mtype & protocol.SEALED:
            return self._session.is_opened(message) and message.mtype == mtype | protocol.ANSWER
        if message.mtype & ~protocol.SEALED != mtype | protocol.ANSWER:
            return False
        if not self._session:
            return True
        # Without a seal anybody on the line may have said it. That the session is over may be
        # true, and costs no more than a log-in.
        is_over = message.body[:1] == bytes((protocol.NOT_LOGGED_IN,))
        return is_over or message.level != protocol.LEVEL

    def _silence(self, mtype):
        name = protocol.MESSAGES[mtype][0]
        if mtype == protocol.HELLO:
            words = "check that a callclip unit is on this port and has power"
        else:
            words = f"it stopped answering ({name}); check the cable and try again"
        return f"{self.port}: no answer within {self.timeout_s:g} s; {words}"

    def _fields_of(self, message, mtype):
        if message.level != protocol.LEVEL:
            raise wrong_level(self.port, message.level)
        words = f"{self.port}: the answer to {protocol.MESSAGES[mtype][0]}"
        try:
            status, answer = protocol.read_answer(message)
        except ValueError as error:
            words = f"{words} makes no sense ({error}); update callclip or the unit"
            raise Failure(words, NOT_REACHABLE) from error
        if status != protocol.OK:
            raise refusal(self.port, mtype, status, answer, self._key)
        return Answer(answer, words)

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
            if message.mtype & protocol.NOTE:
                if not self._session or self._session.is_opened(message):
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
                hello = self._ask(protocol.HELLO, {}, 1.0, HELLO_EVERY_S)
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
        """(log_id, [(number, bytes), ...], head) of everything on the unit, synced first; head is
        where the unit says that the log ends: (segment, bytes of it, tag)."""
        rows = []
        first = 0
        while True:
            page = self.ask(protocol.LOG_LIST, {"first_segment": first})
            packed, following = page["segments"], page["next_segment"]
            if len(packed) % protocol.SEGMENT_ROW_BYTES or 0 < following <= first:
                words = f"{self.port}: its list of segments makes no sense"
                raise Failure(f"{words}; update callclip or the unit", NOT_REACHABLE)
            for at in range(0, len(packed), protocol.SEGMENT_ROW_BYTES):
                row = fields.unpack(
                    protocol.SEGMENT_ROW, packed[at : at + protocol.SEGMENT_ROW_BYTES]
                )
                rows.append((row["segment"], row["n_bytes"]))
            first = following
            if not first:
                head = (page["head_segment"], page["head_bytes"], page["head_tag"])
                return page["log_id"], rows, head

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
