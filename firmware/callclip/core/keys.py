"""Who can open what: every key derives from one site key, and none leads back to it.

    site key -> role_key(site, role)     what a host of that role holds, for all units of the site
             -> unit_key(role key, id)   what one unit holds for that role; an agent has only this
    site key -> role_key(site, LOG) -> unit_key(…, id) -> chain_key(…, epoch)

The site key stays on IT's host; a unit gets the unit keys of the three roles and the first key of
its log's chain. `epoch` is a number that rises each time a unit is given keys, and
never comes twice (the host takes unix seconds): a log's chain begins anew with each. Keys are
32 bytes. Each step is an HMAC under a label of its own (the expand step of HKDF with one block), so
that keys for different ends have nothing in common.
Called by: host tools, service. Ref: RFC 5869 section 2.3.
"""

from callclip.core.hmac import DIGEST_BYTES, hmac_sha256

KEY_BYTES = DIGEST_BYTES

IT, SUPERVISOR, AGENT, LOG = 1, 2, 3, 4
ROLE_NAMES = ("none", "it", "supervisor", "agent", "log")  # by number; 0: nobody logged in


def derive(key, label, *parts):
    """A key for the end that `label` names. The parts vary within it: the last may have any
    length, those before it must be of fixed length."""
    return hmac_sha256(key, b"callclip ", label.encode(), b"\x00", *parts, b"\x01")


def role_key(site_key, role):
    """What a host of this role holds: opens every unit of the site in that role."""
    return derive(site_key, "role", bytes((role,)))


def unit_key(key_of_role, unit_id):
    """What the unit `unit_id` (its name, text) holds for a role."""
    return derive(key_of_role, "unit", unit_id.encode())


def chain_key(key_of_unit, epoch):
    """The first key of a unit's log chain; `key_of_unit` is the unit key of LOG."""
    return derive(key_of_unit, "chain", epoch.to_bytes(4, "little"))


def first_chain_key(site_key, unit_id, epoch):
    """The whole way from the site key to it, for who holds that."""
    return chain_key(unit_key(role_key(site_key, LOG), unit_id), epoch)
