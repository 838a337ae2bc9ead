"""The unit's door: who is logged in, whether a message is really theirs, and what they may ask.

One session at a time, the latest log-in's. It ends IDLE_MS after its last request, with the next
log-in, with new keys, and with the power. Without keys the door stands open. Wrong proofs and wrong
seals close the door for log-ins, longer with each, up to MAX_CLOSED_MS; never for good, and a
session that is under way goes on. `keyring` has is_keyed, problem and key_of(role); `nonce()` gives
16 bytes that nobody can foresee. Times in ms of a clock that does not wrap.
Called by: service. Ref: docs/protocol.md, section 5; docs/security.md.
"""

from callclip.core import protocol, roles, session
from callclip.core.hmac import equal
from callclip.core.keys import AGENT, IT, SUPERVISOR

IDLE_MS = 600000
CHALLENGE_MS = 10000  # a challenge is answered by then
N_FREE = 3  # failures that cost nothing: the wrong file, an earlier program's session
FIRST_CLOSED_MS = 1000  # doubled with each failure after that
MAX_CLOSED_MS = 60000
FORGET_MS = 600000  # without a failure: all is forgotten

UNSEALED = -1  # in place of a counter


class _Challenge:
    def __init__(self, role, about, now_ms):
        self.role = role
        self.about = about
        self.ends_ms = now_ms + CHALLENGE_MS


class _Session:
    def __init__(self, role, key, host_proof, unit_proof, now_ms):
        self.role = role
        self.key = key
        self.host_proof = host_proof
        self.unit_proof = unit_proof
        self.counter = 0  # of the last request
        self.n_notes = 0
        self.ends_ms = now_ms + IDLE_MS


class Guard:
    def __init__(self, unit_id, keyring, nonce):
        self._unit_id = unit_id
        self._keyring = keyring
        self._nonce = nonce
        self._challenge = None
        self._session = None
        self._n_challenges = 0
        self._n_failures = 0
        self._failed_ms = 0
        self._closed_until_ms = 0

    @property
    def role(self):
        """Who is logged in; 0: nobody."""
        return self._session.role if self._session else 0

    def end_session(self):
        self._session = None
        self._challenge = None

    def open(self, message, now_ms):
        """Take the seal off a request: its counter, UNSEALED if it has none, None for a replay.

        message: loses seal and SEALED. Refusal: the seal is nobody's who is logged in.
        """
        if not message.mtype & protocol.SEALED:
            return UNSEALED
        current = self._session
        if current is None or now_ms >= current.ends_ms:
            self._session = None
            raise protocol.Refusal(protocol.NOT_LOGGED_IN, "nobody is logged in; log in again")
        try:
            body, counter = session.unseal(current.key, message)
        except ValueError as error:
            self._failed(now_ms)
            words = "the seal is not this session's; log in again"
            raise protocol.Refusal(protocol.NOT_LOGGED_IN, words) from error
        if counter <= current.counter:
            return None
        current.counter = counter
        current.ends_ms = now_ms + IDLE_MS
        message.mtype &= ~protocol.SEALED
        message.body = body
        return counter

    def check(self, mtype, counter):
        """Refusal unless who asks may ask this. counter: as `open` returned it."""
        if not self._keyring.is_keyed or roles.is_open(mtype):
            return
        if counter == UNSEALED:
            words = "this unit has keys: log in first"
            raise protocol.Refusal(protocol.NOT_LOGGED_IN, words)
        if not roles.may(self.role, mtype):
            words = "only these roles may do this: " + roles.who_may(mtype)
            raise protocol.Refusal(protocol.NOT_ALLOWED, words)

    def seal(self, mtype, request_id, body, counter):
        """An answer's frame, sealed if its request was."""
        if counter == UNSEALED or self._session is None:
            return protocol.frame(mtype, request_id, body)
        return session.seal(self._session.key, mtype, request_id, body, counter)

    def note(self, mtype, body):
        """A note's frame; None: who asked for notes is no longer there."""
        current = self._session
        if not self._keyring.is_keyed:
            return protocol.frame(mtype, 0, body)
        if current is None:
            return None
        current.n_notes += 1
        return session.seal(current.key, mtype, 0, body, current.n_notes)

    def shown(self, counter, data):
        """New keys as they were meant: those that came in a session are masked."""
        current = self._session
        if counter == UNSEALED or current is None:
            return data
        return session.mask(current.key, counter, data)

    # Requests

    def challenge(self, request, boot, now_ms):
        role = request["role"]
        if role not in (IT, SUPERVISOR, AGENT):
            raise ValueError("no role {}".format(role))
        if not self._keyring.is_keyed:
            words = "this unit has no keys yet: everybody may do everything"
            raise protocol.Refusal(protocol.WRONG_KEY, words)
        self._n_challenges += 1
        unit_nonce = self._nonce()
        about = session.challenge(
            role, request["host_nonce"], unit_nonce, boot, self._n_challenges, self._unit_id
        )
        self._challenge = _Challenge(role, about, now_ms)
        return {"unit_nonce": unit_nonce, "boot": boot, "n_challenges": self._n_challenges}

    def login(self, request, now_ms):
        current = self._session
        if current and now_ms < current.ends_ms and equal(current.host_proof, request["proof"]):
            # The answer was lost. The counter stays: or else the session could be played again.
            return {"proof": current.unit_proof, "idle_ms": IDLE_MS}
        self._wait(now_ms)
        asked = self._challenge
        self._challenge = None  # one try each
        if asked is None or now_ms >= asked.ends_ms:
            raise protocol.Refusal(protocol.NOT_LOGGED_IN, "ask for a challenge first")
        key = self._keyring.key_of(asked.role)
        if key is None:
            raise protocol.Refusal(protocol.WRONG_KEY, self._keyring.problem)
        if not equal(session.proof(key, session.HOST, asked.about), request["proof"]):
            self._failed(now_ms)
            raise protocol.Refusal(protocol.WRONG_KEY, "that is not this unit's key for the role")
        self._n_failures = 0
        unit_proof = session.proof(key, session.UNIT, asked.about)
        made = session.session_key(key, asked.about)
        self._session = _Session(asked.role, made, request["proof"], unit_proof, now_ms)
        return {"proof": unit_proof, "idle_ms": IDLE_MS}

    def _failed(self, now_ms):
        if now_ms - self._failed_ms >= FORGET_MS:
            self._n_failures = 0
        self._failed_ms = now_ms
        self._n_failures += 1
        n_doubled = self._n_failures - N_FREE - 1
        if n_doubled >= 0:
            closed_ms = min(FIRST_CLOSED_MS << min(n_doubled, 16), MAX_CLOSED_MS)
            self._closed_until_ms = now_ms + closed_ms

    def _wait(self, now_ms):
        left_ms = self._closed_until_ms - now_ms
        if left_ms > 0:
            words = "too many wrong keys; try again in {} s".format((left_ms + 999) // 1000)
            raise protocol.Refusal(protocol.TRY_LATER, words)
