"""Commands that were recorded, altered or made up, played to a unit with keys: none may count.

A legitimate host holds a session and asks; an enemy on the same line sees all of it and sends, in
turns: the same frame again, an older one, one of the session before, one with a bit of body, type,
id, counter or tag altered, the answer sent back as a request, another unit's frame, a request
without a seal, a recorded log-in, a log-in with another role's key or a guessed proof. After each
the unit's state must be what the legitimate requests alone have made it.
Counters: forged_tried, forged_accepted. Called by: soak, tests.
"""

import random
import struct
import tempfile
import time
from pathlib import Path

from callclip.core import keys, protocol, session

from benches.soak.unit import UNIT_ID, Unit

# Requests with an effect that `Unit.state` shows.
_COMMANDS = (
    (protocol.CLOCK_SET, struct.pack("<Q", 1790000000000)),
    (protocol.IDENTIFY, struct.pack("<H", 500)),
    (protocol.LIVE_SUBSCRIBE, struct.pack("<H", 500)),
    (protocol.RINGER, b"\x01"),
    (protocol.REBOOT, b"\x01"),
    (protocol.UPDATE, b"\x01"),
    (protocol.CALIBRATE, b"\x01\xb8\x24"),
    (protocol.LOG_LIST, struct.pack("<I", 0)),
)
_RENEW_EVERY = 400  # attempts in a session
_SETTLE_MS = 400
_MORE_MS = 120000  # between the enemy's failures and the next log-in: the door opens again


class Forger:
    """One run; `counters` as it stands."""

    def __init__(self, folder, seed):
        self.counters = {"forged_tried": 0, "forged_accepted": 0}
        self.findings = []
        self._dice = random.Random(seed)
        self._unit = Unit(Path(folder) / "unit")
        self._held = self._unit.give_keys()
        other = Unit(Path(folder) / "other", "02c1a55e0002")
        self._other_key = other.give_keys()[keys.IT]
        self._recorded = []  # frames of this session and of those before
        self._logins = []
        self._key = b""
        self._counter = 0
        self._number = 1

    def _say(self, frame):
        """The unit's answers to a frame, without the notes."""
        found = protocol.Deframer().feed(self._unit.say(frame))
        return [message for message in found if not message.mtype & protocol.NOTE]

    def log_in(self):
        self._unit.clock.now_ms += _MORE_MS
        host_nonce = self._dice.randbytes(16)
        values = {"role": keys.IT, "host_nonce": host_nonce}
        (message,) = self._say(protocol.request(protocol.CHALLENGE, 1, values))
        told = protocol.read_answer(message)[1]
        about = session.challenge(
            keys.IT, host_nonce, told["unit_nonce"], told["boot"], told["n_challenges"], UNIT_ID
        )
        proof = session.proof(self._held[keys.IT], session.HOST, about)
        frame = protocol.request(protocol.LOGIN, 2, {"proof": proof})
        (message,) = self._say(frame)
        assert protocol.read_answer(message)[0] == protocol.OK
        self._key = session.session_key(self._held[keys.IT], about)
        self._counter = 0
        self._logins.append(frame)

    def ask(self):
        """A legitimate command; its frame, and the answers'."""
        mtype, body = self._dice.choice(_COMMANDS)
        self._counter += 1
        self._number = self._number % 0xFFFF + 1
        frame = session.seal(self._key, mtype, self._number, body, self._counter)
        answers = self._say(frame)
        self._unit.say(b"", _SETTLE_MS)  # a restart comes a moment after its answer
        assert len(answers) == 1 and session.unseal(self._key, answers[0])[0][0] == protocol.OK
        self._recorded.append(frame)
        del self._recorded[:-2000]
        return frame, answers[0]

    def forgery(self, frame, answer):
        """One of the enemy's frames."""
        dice = self._dice
        kind = dice.randrange(10)
        if kind < 2:
            return frame
        if kind == 2:
            return dice.choice(self._recorded)
        if kind < 6:
            return self._altered(frame)
        if kind == 6:
            mtype, body = dice.choice(_COMMANDS)
            return protocol.frame(mtype, self._number, body)
        if kind == 7:
            mtype, body = dice.choice(_COMMANDS)
            return session.seal(self._other_key, mtype, self._number, body, self._counter + 1)
        if kind == 8:
            mtype = answer.mtype & ~protocol.ANSWER
            return protocol.frame(mtype, answer.request_id, answer.body)
        if dice.random() < 0.5 and len(self._logins) > 1:
            return dice.choice(self._logins[:-1])
        return self._guessed_login()

    def _altered(self, frame):
        """A recorded frame with a bit of something changed and the CRC made anew."""
        (message,) = protocol.Deframer().feed(frame)
        plain = bytearray(struct.pack("<BH", message.mtype, message.request_id) + message.body)
        for _ in range(self._dice.choice((1, 1, 2, 5))):
            bit = self._dice.randrange(8 * len(plain))
            plain[bit // 8] ^= 1 << bit % 8
        mtype, number = struct.unpack_from("<BH", plain)
        return protocol.frame(mtype, number, bytes(plain[3:]))

    def _guessed_login(self):
        """A challenge of the enemy's own, and a proof with the wrong role's key, or of dice."""
        dice = self._dice
        host_nonce = dice.randbytes(16)
        values = {"role": keys.IT, "host_nonce": host_nonce}
        found = self._say(protocol.request(protocol.CHALLENGE, 3, values))
        told = protocol.read_answer(found[0])[1]
        about = session.challenge(
            keys.IT, host_nonce, told["unit_nonce"], told["boot"], told["n_challenges"], UNIT_ID
        )
        key = self._held[dice.choice((keys.SUPERVISOR, keys.AGENT))]
        proof = session.proof(key, session.HOST, about)
        if dice.random() < 0.5:
            proof = dice.randbytes(16)
        return protocol.request(protocol.LOGIN, 4, {"proof": proof})

    def attempt(self):
        """One forgery between two legitimate requests."""
        if self.counters["forged_tried"] % _RENEW_EVERY == 0:
            self.log_in()
            self._legitimate = self.ask()
        elif self._dice.random() < 0.05:
            self._legitimate = self.ask()
        unit = self._unit
        frame = self.forgery(*self._legitimate)
        before = unit.state(), unit.service._guard.role
        answers = self._say(frame)
        self.counters["forged_tried"] += 1
        is_answered = any(
            message.body[:1] == b"\x00"
            and message.mtype & 0x1F not in (protocol.HELLO, protocol.BRIEF, protocol.CHALLENGE)
            for message in answers
        )  # fmt: skip
        if is_answered or (unit.state(), unit.service._guard.role) != before:
            self.counters["forged_accepted"] += 1
            self.findings.append(f"accepted: {frame.hex()}")


def run(seconds, seed, on_progress, n_least=0):
    """The counters once the time is over and n_least forgeries are tried."""
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="callclip-soak-") as folder:
        forger = Forger(folder, seed)
        while True:
            for _ in range(1000):
                if not forger.findings:
                    forger.attempt()
            done = forger.counters["forged_tried"]
            if done % 10000 == 0:
                on_progress(f"{done} forgeries")
            if forger.findings or done >= n_least and time.monotonic() >= ends:
                break
    for words in forger.findings[:5]:
        on_progress(words)
    return forger.counters
