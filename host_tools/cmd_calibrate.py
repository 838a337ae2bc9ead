"""`callclip calibrate PORT --level DB`: what 0 dBFS is at a microphone.

A steady sound of known level, a calibrator's, an artificial ear's or mouth's, is held to the
microphone at the ear, or with --agent to the one at the mouth; the unit listens for three steady
seconds and keeps the offset in its configuration. At the ear dose and shock count from it, at the
mouth the limits of the agent's level.
Ref: docs/protocol.md, CALIBRATE; docs/log-format.md, Dose and shock.
"""

import click
from callclip.core import calibstates, protocol

from host_tools import options
from host_tools.cmd_configure import LATER, restart
from host_tools.failure import PARTLY, Failure
from host_tools.link import TIMEOUT_S, Client
from host_tools.output import show, show_json
from host_tools.underway import wait_over

NOTHING_CDB = -12000  # not heard for half a second yet


def ask(client, action, known_cdb=0):
    return client.ask(protocol.CALIBRATE, {"action": action, "known_cdb": known_cdb})


def words(told):
    """A unit's calibration in a few words."""
    parts = []
    if told["spl_offset_cdb"]:
        shock_cdb = told["spl_offset_cdb"] + told["shock_peak_cdb"]
        parts.append(
            f"0 dBFS is {told['spl_offset_cdb'] / 100:.1f} dB SPL at the ear,"
            f" a shock peaks above {shock_cdb / 100:.1f} dB SPL"
        )
    else:
        parts.append("not calibrated at the ear: dose and shock are trends")
    if told.get("agent_offset_cdb"):  # an earlier firmware has none
        parts.append(f"0 dBFS is {told['agent_offset_cdb'] / 100:.1f} dB SPL at the mouth")
    else:
        assumed_db = calibstates.AGENT_OFFSET_CDB / 100
        parts.append(f"not calibrated at the mouth: {assumed_db:.1f} dB SPL are assumed")
    return "; ".join(parts)


def listen(client, known_cdb, is_agent=False):
    """Start, and wait for the end; tells each new level in dBFS meanwhile."""
    start = protocol.CALIBRATE_START_AGENT if is_agent else protocol.CALIBRATE_START

    def words_of(told):
        if told["state"] != calibstates.LISTENING:
            return None
        is_heard = told["level_cdb"] != NOTHING_CDB
        return f"hears {told['level_cdb'] / 100:.1f} dBFS" if is_heard else ""

    def act(action):
        return ask(client, action, known_cdb if action == start else 0)

    told = wait_over(act, start, protocol.CALIBRATE_TELL, protocol.CALIBRATE_STOP, words_of)
    if told["state"] != calibstates.DONE:
        reason = calibstates.REASONS[told["reason"]]
        raise Failure(f"{client.port}: not calibrated: {reason}", PARTLY)
    return told


@click.command()
@click.argument("port", metavar="PORT")
@click.option(
    "--level", "known_db", type=float, metavar="DB",
    help="The sound's level there in dB(A); of a 1 kHz calibrator, what is written on it.",
)  # fmt: skip
@click.option("--agent", "is_agent", is_flag=True, help="At the agent's microphone, not the ear's.")
@click.option("--clear", "is_clearing", is_flag=True, help="Forget the calibration of both.")
@click.option("--no-restart", is_flag=True, help="Do not restart: in force after the next start.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(port, known_db, is_agent, is_clearing, no_restart, key, timeout_s, is_json):
    """Tell the unit on PORT what its microphone at the ear hears in dB SPL; without an option, say
    what it knows.

    Hold a sound calibrator to that microphone, or put the headset on an artificial ear, and name
    its level: --level 94. It must stay the same for three seconds. Dose and shock count from it.
    With --agent it is the microphone at the mouth, from which too quiet and too loud count.
    """
    if is_agent and known_db is None:
        raise click.UsageError("--agent needs --level: the sound's level at that microphone")
    if is_clearing and known_db is not None:
        raise click.UsageError("--level and --clear exclude each other")
    known_cdb = _checked(known_db) if known_db is not None else 0
    with Client(port, timeout_s, key) as client:
        is_changing = is_clearing or known_cdb
        if known_cdb:
            told = listen(client, known_cdb, is_agent)
        else:
            action = protocol.CALIBRATE_CLEAR if is_clearing else protocol.CALIBRATE_TELL
            told = ask(client, action)
        is_in_force = client.configuration()[1]
        state = "in force" if is_in_force else LATER
        if is_changing and not is_in_force and not no_restart:
            state = restart(client)
        unit = client.hello["unit_id"]
    if is_json:
        show_json({"port": port, "unit": unit, **told, "configuration": state})
    else:
        is_told = is_changing or not is_in_force
        show(f"{unit}: {words(told)}" + (f"; {state}" if is_told else ""))
    return 0


def _checked(known_db):
    least, most = calibstates.LEAST_KNOWN_CDB, calibstates.MOST_KNOWN_CDB
    known_cdb = round(known_db * 100) if known_db == known_db else 0
    if not least <= known_cdb <= most:
        words = f"'{known_db:g}' is no level from {least / 100:g} to {most / 100:g} dB(A)"
        raise click.BadParameter(words, param_hint="--level")
    return known_cdb
