"""Gives a unit its keys from the site key, or new ones in place of old ones, and proves it.

A unit without keys takes the first that come: who gives them must know where the cable leads. From
then on it takes new ones only from IT, in a session, masked.
Called by: cmd_configure. Ref: docs/security.md, docs/protocol.md (KEYS_SET).
"""

import time

from callclip.core import protocol

from host_tools.failure import NOT_VERIFIED, Failure
from host_tools.link import Refused

GIVEN, RENEWED, HELD = "keys given", "keys renewed", "keys in force"


def open_unit(client, site, old=None):
    """Log in as IT with the site key, giving the unit its keys first if it needs them.

    old: the site key that it has now, if that is another one. Returns GIVEN, RENEWED or HELD.
    """
    if not client.hello.get("is_keyed"):
        _give(client, site)
        return GIVEN
    if old is None:
        client.log_in(site)
        return HELD
    try:
        client.log_in(old)
    except Refused as refusal:
        if refusal.code != protocol.WRONG_KEY:
            raise
        client.log_in(site)  # it has the new keys already
        return HELD
    _give(client, site)
    return RENEWED


def _give(client, site):
    epoch = max(int(time.time()), client.hello.get("key_epoch", 0) + 1)
    keys = site.for_unit(client.hello["unit_id"], epoch)
    try:
        client.ask(protocol.KEYS_SET, {"epoch": epoch, "keys": keys})
    except Refused as refusal:
        # Its answer to the first copy may have been lost; then the second one finds it locked.
        if refusal.code not in (protocol.NOT_LOGGED_IN, protocol.WRONG_KEY):
            raise
    client.log_out()
    hello = client.connect()
    client.log_in(site)
    if hello.get("key_epoch") != epoch:
        words = "did not take its new keys; try again"
        raise Failure(f"{client.port}: unit {hello['unit_id']} {words}", NOT_VERIFIED)
