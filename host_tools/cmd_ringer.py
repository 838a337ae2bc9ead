"""`callclip ringer PORT`: teaches a unit the ringer of its own phone, tells of it, forgets it.

The unit listens to two rings and keeps 44 numbers about them (core/ringtemplate.py), never sound.
Ref: docs/protocol.md, RINGER.
"""

import click
from callclip.core import protocol, ringstates

from host_tools import options
from host_tools.failure import PARTLY, Failure
from host_tools.link import TIMEOUT_S, Client
from host_tools.output import show, show_json
from host_tools.underway import wait_over

MICROPHONES = ("the agent's microphone", "the line's microphone")


def ask(client, action):
    """The unit's answer; Failure from a unit whose firmware knows no ringers."""
    return client.ask(protocol.RINGER, {"action": action})


def words(told):
    """A learned ringer in a few words."""
    if not told["is_learned"]:
        return "no ringer learned"
    bursts = "1 burst" if told["n_bursts"] == 1 else f"{told['n_bursts']} bursts"
    return (
        f"ringer learned: {bursts}, {told['ring_ms'] / 1000:.1f} s long, then"
        f" {told['pause_ms'] / 1000:.1f} s of pause, {told['level_cdb'] / 100:.0f} dBFS at"
        f" {MICROPHONES[told['channel']]}"
    )


def learn(client):
    """Start learning and wait for its end; tells each new state meanwhile."""

    def words_of(told):
        is_over = not ringstates.WAIT_FIRST <= told["learning"] <= ringstates.HEAR_SECOND
        return None if is_over else ringstates.STATE_NAMES[told["learning"]]

    actions = protocol.RINGER_LEARN, protocol.RINGER_TELL, protocol.RINGER_STOP
    told = wait_over(lambda action: ask(client, action), *actions, words_of)
    if told["learning"] != ringstates.LEARNED:
        reason = ringstates.REASONS[told["reason"]]
        raise Failure(f"{client.port}: nothing learned: {reason}", PARTLY)
    return told


@click.command()
@click.argument("port", metavar="PORT")
@click.option("--learn", "is_learning", is_flag=True, help="Listen to two rings of the phone.")
@click.option("--clear", "is_clearing", is_flag=True, help="Forget the learned ringer.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(port, is_learning, is_clearing, key, timeout_s, is_json):
    """Teach the unit on PORT the ringer of its own phone; without an option, tell of it.

    For --learn let the phone ring twice while nobody speaks. It rings for the unit from then on,
    at whichever microphone heard it louder.
    """
    if is_learning and is_clearing:
        raise click.UsageError("--learn and --clear exclude each other")
    with Client(port, timeout_s, key) as client:
        if is_learning:
            told = learn(client)
        else:
            action = protocol.RINGER_CLEAR if is_clearing else protocol.RINGER_TELL
            told = ask(client, action)
        unit = client.hello["unit_id"]
    if is_json:
        show_json({"port": port, "unit": unit, **told})
    else:
        show(f"{unit}: {words(told)}")
    return 0
