"""HMAC-SHA256 and a comparison that takes the same time whatever differs.

MicroPython has hashlib and no hmac. Keys and messages are bytes; a message may come in parts, so
that a page of the log need not be copied behind its header first.
Called by: keys, session, the log's chain; on both sides of the cable.
Ref: RFC 2104; its test vectors for SHA-256 are those of RFC 4231.
"""

import hashlib

BLOCK_BYTES = 64
DIGEST_BYTES = 32
_INNER = ((1 << 8 * BLOCK_BYTES) - 1) // 0xFF * 0x36  # 0x36 in each byte
_OUTER = ((1 << 8 * BLOCK_BYTES) - 1) // 0xFF * 0x5C


def hmac_sha256(key, *parts):
    """The 32 bytes that only who has `key` can make of the parts one after the other."""
    if len(key) > BLOCK_BYTES:
        key = hashlib.sha256(key).digest()
    padded = int.from_bytes(key, "little")  # as one number: a loop would cost more than the hash
    inner = hashlib.sha256((padded ^ _INNER).to_bytes(BLOCK_BYTES, "little"))
    for part in parts:
        inner.update(part)
    outer = hashlib.sha256((padded ^ _OUTER).to_bytes(BLOCK_BYTES, "little"))
    outer.update(inner.digest())
    return outer.digest()


def equal(one, other):
    """Whether two byte strings are the same, without an early end that tells where they differ.
    Their lengths are no secret."""
    if len(one) != len(other):
        return False
    difference = 0
    for i, byte in enumerate(one):
        difference |= byte ^ other[i]
    return difference == 0
