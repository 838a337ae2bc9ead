"""Keys: what leads where, and that nothing leads to the same place twice."""

import hashlib
import hmac as other
import itertools

from callclip.core import keys

SITE = bytes(range(32))


def _expand(key, info):
    """HKDF-Expand of RFC 5869 for one block, with CPython's own HMAC."""
    return other.new(key, info + b"\x01", hashlib.sha256).digest()


def test_the_derivations_are_hkdf_expand_with_these_labels():
    role = _expand(SITE, b"callclip role\x00\x04")
    unit = _expand(role, b"callclip unit\x00" + b"02c1a55e7701")
    chain = _expand(unit, b"callclip chain\x00" + b"\x05\x00\x00\x00")
    assert keys.role_key(SITE, keys.LOG) == role
    assert keys.unit_key(role, "02c1a55e7701") == unit
    assert keys.chain_key(unit, 5) == chain
    assert keys.first_chain_key(SITE, "02c1a55e7701", 5) == chain


def test_no_two_keys_are_the_same():
    roles = [keys.role_key(SITE, role) for role in (keys.IT, keys.SUPERVISOR, keys.AGENT, keys.LOG)]
    units = [keys.unit_key(key, unit) for key in roles for unit in ("02c1a55e7701", "02c1a55e7702")]
    chains = [keys.first_chain_key(SITE, "02c1a55e7701", epoch) for epoch in range(1, 4)]
    others = [keys.role_key(bytes(32), keys.IT)]
    made = [SITE, *roles, *units, *chains, *others]
    assert all(len(key) == keys.KEY_BYTES for key in made)
    assert all(one != two for one, two in itertools.combinations(made, 2))
