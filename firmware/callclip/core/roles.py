"""Who may do what: one row a request.

IT answers for the unit; a supervisor reads its log and keeps it; an agent reads what is stored
about his own unit and changes nothing. On a unit without keys everybody may do everything.
Called by: guard; docs/protocol.md and docs/security.md carry the same table, held by a test.
"""

from callclip.core import protocol
from callclip.core.keys import AGENT, IT, ROLE_NAMES, SUPERVISOR

ANYBODY = 0  # in place of roles: also who has not logged in
_IT = 1 << IT
_READER = _IT | 1 << SUPERVISOR
_ALL = _READER | 1 << AGENT

# Request -> the roles that may ask it, a bit for each.
ALLOWED = {
    protocol.HELLO: 1 << ANYBODY,
    protocol.BRIEF: 1 << ANYBODY,
    protocol.CHALLENGE: 1 << ANYBODY,
    protocol.LOGIN: 1 << ANYBODY,
    protocol.CLOCK_GET: _ALL,
    protocol.CLOCK_SET: _READER,
    protocol.CONFIG_GET: _ALL,
    protocol.CONFIG_SET: _IT,
    protocol.LOG_LIST: _ALL,
    protocol.LOG_READ: _ALL,
    protocol.LOG_HASH: _ALL,
    protocol.LOG_ACK: _READER,
    protocol.LOG_PURGE: _READER,
    protocol.SELF_TEST: _IT,
    protocol.LIVE_SUBSCRIBE: _READER,
    protocol.IDENTIFY: _READER,
    protocol.REBOOT: _IT,
    protocol.RINGER: _READER,
    protocol.KEYS_SET: _IT,
    protocol.CALIBRATE: _IT,
    protocol.UPDATE: _IT,
}


def may(role, mtype):
    return ALLOWED.get(mtype, 0) & (1 << role | 1 << ANYBODY) != 0


def is_open(mtype):
    """Whether a request needs no log-in."""
    return may(ANYBODY, mtype)


def who_may(mtype):
    """The roles of a request in words: 'it, supervisor'."""
    if is_open(mtype):
        return "anybody"
    return ", ".join(ROLE_NAMES[r] for r in (IT, SUPERVISOR, AGENT) if may(r, mtype))
