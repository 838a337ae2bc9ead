"""What both ends of the cable compute to know each other: proofs, the session's key, seals, masks.

A challenge is made of what both sides threw in (two nonces, the unit's boot and its count of
challenges, its name) and the role; each side proves with the role's unit key that it knows it, and
both derive the session's key from it. In a session each message has a counter and a tag over all
that stands before it, type and id included: an answer cannot be taken for a request, nor one
message for another. Nothing is encrypted but new keys (`mask`): the tags say who speaks, and
whoever taps the cable can read the numbers that pass.
Called by: guard (unit), host_tools.link (host). Ref: docs/protocol.md, section 5; RFC 2104.
"""

import struct

from callclip.core import protocol
from callclip.core.hmac import equal, hmac_sha256
from callclip.core.keys import derive

NONCE_BYTES = 16
PROOF_BYTES = 16  # of an HMAC's 32
TAG_BYTES = 8
SEAL_BYTES = 4 + TAG_BYTES
HOST, UNIT = "proof of host", "proof of unit"  # labels


def challenge(role, host_nonce, unit_nonce, boot, n_challenges, unit_id):
    """The bytes that a log-in is about. The nonces have a fixed length."""
    head = struct.pack("<BII", role, boot, n_challenges)
    return head + host_nonce + unit_nonce + unit_id.encode()


def proof(key, side, about):
    """What only who holds `key` can say about a challenge; side: HOST or UNIT."""
    return derive(key, side, about)[:PROOF_BYTES]


def session_key(key, about):
    return derive(key, "session", about)


def mask(key, counter, data):
    """Hide, or show again, bytes under a session's key; once for each counter."""
    out = bytearray(data)
    for at in range(0, len(out), 32):
        pad = derive(key, "mask", struct.pack("<II", counter, at))
        for i in range(at, min(at + 32, len(out))):
            out[i] ^= pad[i - at]
    return bytes(out)


def _tag(key, mtype, request_id, body, counter):
    head = struct.pack("<BBH", protocol.LEVEL, mtype, request_id)
    return hmac_sha256(key, head, body, struct.pack("<I", counter))[:TAG_BYTES]


def seal(key, mtype, request_id, body, counter):
    """A message of a session, ready for the wire."""
    mtype |= protocol.SEALED
    tag = _tag(key, mtype, request_id, body, counter)
    return protocol.frame(mtype, request_id, body + struct.pack("<I", counter) + tag)


def unseal(key, message):
    """(body, counter) of a sealed message; ValueError: it is not from who holds `key`."""
    end = len(message.body) - SEAL_BYTES
    if not message.mtype & protocol.SEALED or end < 0:
        raise ValueError("the message has no seal")
    body = message.body[:end]
    counter = struct.unpack_from("<I", message.body, end)[0]
    tag = _tag(key, message.mtype, message.request_id, body, counter)
    if not equal(tag, message.body[end + 4 :]):
        raise ValueError("the seal does not fit")
    return body, counter
