"""The host's end of a session with a unit that has keys: log-in, sealed requests, checked answers.

Called by: link. Ref: core/session.py, docs/protocol.md, section 5.
"""

import secrets

from callclip.core import protocol, session
from callclip.core.hmac import equal


class HostSession:
    """One log-in. `idle_ms`: how long the unit keeps it without a request."""

    def __init__(self, key, idle_ms):
        self._key = key
        self._counter = 0
        self._first = 1  # counter of the first copy of the request under way
        self._n_notes = 0
        self.idle_ms = idle_ms

    def begin(self):
        """A new request: from now on older answers are not taken for its."""
        self._first = self._counter + 1

    def request(self, mtype, request_id, body):
        """A sealed frame; each copy has a counter of its own."""
        self._counter += 1
        if mtype == protocol.KEYS_SET:  # epoch u32, then the keys
            body = body[:4] + session.mask(self._key, self._counter, body[4:])
        return session.seal(self._key, mtype, request_id, body, self._counter)

    def is_opened(self, message):
        """Whether an answer or note is the unit's and new; takes its seal off."""
        try:
            body, counter = session.unseal(self._key, message)
        except ValueError:
            return False
        if message.mtype & protocol.NOTE:
            if counter <= self._n_notes:
                return False
            self._n_notes = counter
        elif not self._first <= counter <= self._counter:
            return False
        message.mtype &= ~protocol.SEALED
        message.body = body
        return True


def log_in(ask, role, key, unit_id):
    """A HostSession, or None: the unit did not prove that it knows the key.

    ask: function(mtype, values) -> the answer's fields, unsealed.
    """
    host_nonce = secrets.token_bytes(session.NONCE_BYTES)
    told = ask(protocol.CHALLENGE, {"role": role, "host_nonce": host_nonce})
    about = session.challenge(
        role, host_nonce, told["unit_nonce"], told["boot"], told["n_challenges"], unit_id
    )
    proof = session.proof(key, session.HOST, about)
    answer = ask(protocol.LOGIN, {"proof": proof})
    if not equal(answer["proof"], session.proof(key, session.UNIT, about)):
        return None
    return HostSession(session.session_key(key, about), answer["idle_ms"])
