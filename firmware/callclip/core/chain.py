"""The chain over the log's batches: each tag vouches for all that stands before it.

tag = the first 16 bytes of HMAC-SHA256(key, tag before || head || records): a forger has one chance
in 2**128 a batch, and half the digest is what RFC 2104 asks for at least. The key is renewed at
each seal and the old one forgotten, so who takes a unit today cannot make yesterday's log. A unit
that was given no key uses NO_KEY, which everybody knows: its chain shows accidents, no forgery.
`epoch` counts how often the unit was given keys, 0 = never; `seal` the renewals since.
Called by: batches, store, ports.keyring, host_tools.verify. Ref: RFC 2104 section 5; core/keys.py.
"""

from callclip.core.hmac import hmac_sha256
from callclip.core.keys import KEY_BYTES, derive

TAG_BYTES = 16
NO_KEY = bytes(KEY_BYTES)
START = bytes(TAG_BYTES)  # stands for the tag before the first batch of a log


def tag(key, previous_tag, *parts):
    """The tag of a batch whose head and records are the parts."""
    return hmac_sha256(key, previous_tag, *parts)[:TAG_BYTES]


def next_key(key):
    """The key behind a seal. There is no way back."""
    return derive(key, "seal")


class Ratchet:
    """The key in force, in memory alone; ports.keyring keeps one on flash."""

    def __init__(self, epoch=0, seal=0, key=NO_KEY):
        self.epoch = epoch
        self.seal = seal
        self.key = key

    def renew(self, to_seal):
        """Go on to that seal; the keys before it are forgotten."""
        if self.seal >= to_seal:
            return
        while self.seal < to_seal:
            self.key = next_key(self.key)
            self.seal += 1
        self.keep()

    def give(self, epoch, key):
        """The first key of a new epoch."""
        self.epoch = epoch
        self.seal = 0
        self.key = key
        self.keep()

    def keep(self):
        """Called when the key has changed."""
