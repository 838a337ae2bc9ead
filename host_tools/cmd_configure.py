"""`callclip configure [FILE.toml] [PORT...]`: give units their keys and a configuration.

A configuration is checked, sent, read back and compared. Keys come from the site key (provision).

The file is the whole policy: a key it does not name gets its default, except what is the unit's own
and stays: `unit_number`, and what a calibration has set. The unit takes a new configuration into
force when it starts, so an idle unit is restarted; one in a call is left alone.
Ref: core/config.SCHEMA, docs/protocol.md.
"""

import json
import os

import click
from callclip.core import calibstates, config, protocol

from host_tools import configfile, keyfile, options, provision
from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, Failure
from host_tools.link import TIMEOUT_S, Client, Refused
from host_tools.many import (
    attached_ports,
    exit_code_of,
    is_lone_failure,
    on_each,
    show_table,
    tell_failures,
    unique,
)
from host_tools.output import show, show_json

IN_FORCE, RESTARTED = "in force", "in force; the unit restarted"
UNTOUCHED = "left as it is"
NO_KEYS = "no keys: open to all"
LATER = "saved; in force after the next start"
OWN_KEYS = ("unit_number",)  # kept by the unit unless the file names them
RESTART_S = 20.0  # boot text, file system, microphones


def _expected(values, own):
    return config.Config(own | values).as_dict()


def _own(held):
    """What is the unit's own in a configuration: its number, and what a calibration has found."""
    keys = OWN_KEYS + calibstates.AGENT_KEYS
    keys += calibstates.KEYS if held.get("spl_offset_cdb") else ()
    return {key: held[key] for key in keys if held.get(key)}


def _compare(port, expected, held):
    wrong = [key for key in expected if held.get(key) != expected[key]]
    if wrong:
        key = wrong[0]
        words = f"{key} reads back as {held.get(key)}, sent was {expected[key]}"
        raise Failure(f"{port}: {words}; bring the unit up to date and try again", NOT_VERIFIED)


def configure_unit(port, values, timeout_s=TIMEOUT_S, is_restarting=True, site=None, key=None):
    """One unit from start to end: a dict with unit, state and keys. Raises Failure or Refused.

    values: None: leave the configuration alone. site: the KeyFile that the unit shall have its keys
    from; key: the one it has them from now.
    """
    with Client(port, timeout_s, None if site else key) as client:
        row = {"unit": client.hello["unit_id"], "state": UNTOUCHED, "keys": ""}
        if site:
            row["keys"] = provision.open_unit(client, site, key)
        elif not client.hello.get("is_keyed"):
            row["keys"] = NO_KEYS
        if values is None:
            return row
        held = client.configuration()[0]
        own = _own(held)
        expected = _expected(values, own)
        client.configure(json.dumps(own | values))
        held, is_in_force = client.configuration()
        _compare(port, expected, held)
        row["state"] = IN_FORCE
        if not is_in_force:
            row["state"] = restart(client) if is_restarting else LATER
        return row


def restart(client):
    """Restart an idle unit and see that it comes back with the new configuration."""
    try:
        client.ask(protocol.REBOOT, {"is_forced": 0})
    except Refused as refusal:
        if refusal.code != protocol.BUSY:
            raise
        return LATER
    client.wait_restart(RESTART_S)
    if not client.configuration()[1]:
        raise Failure(f"{client.port}: restarted, but the new configuration is not in force")
    return RESTARTED


def _check_only(file, values, is_json):
    if is_json:
        show_json({"file": file, "keys": values, "units": []})
    else:
        show(f"{file}: good, {len(values)} of {len(config.SCHEMA)} keys set")


def template():
    """A configuration file with every key, commented out: default, range and meaning."""
    lines = ["# callclip configuration. What stays commented out keeps its default.", ""]
    for name, default, low, high, meaning in config.SCHEMA:
        lines += [f"# {meaning}; {low} to {high}", f"#{name} = {default}", ""]
    return "\n".join(lines)


def _show_template(ctx, _param, is_wanted):
    if is_wanted and not ctx.resilient_parsing:
        show(template().rstrip())
        ctx.exit()


def _load_site(_ctx, _param, path):
    return keyfile.load_site(path) if path else None


def _told_apart(words, site):
    """(file or None, ports): the file comes first, and may be missing if there are keys to give."""
    if words and (not site or words[0].endswith(".toml") or os.path.isfile(words[0])):
        return words[0], words[1:]
    if not site:
        raise click.UsageError("missing argument FILE.toml")
    return None, words


@click.command()
@click.option(
    "--template", is_flag=True, is_eager=True, expose_value=False, callback=_show_template,
    help="Print a FILE.toml with every key, its default and its range, and exit.",
)  # fmt: skip
@click.argument("words", metavar="[FILE.toml] [PORT]...", nargs=-1)
@click.option(
    "--site-key", "site", metavar="FILE", callback=_load_site,
    help="Give the units keys from this site key; --key names the one they have until now.",
)  # fmt: skip
@click.option("--check", "is_check", is_flag=True, help="Check the file only; send nothing.")
@click.option("--no-restart", is_flag=True, help="Never restart a unit: in force after next start.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(words, site, is_check, no_restart, key, timeout_s, is_json):
    """Check FILE.toml and give it to the units on the PORTs (default: all that are attached).

    Settings that the file does not name get their default; unit_number stays as it is. All are in
    docs/configuration.md and in what --template prints. With --site-key FILE.toml may be left out.
    """
    file, ports = _told_apart(words, site)
    values = configfile.load(file) if file else None
    if is_check:
        if values is None:
            raise click.UsageError("--check needs a FILE.toml")
        _check_only(file, values, is_json)
        return 0
    chosen = unique(ports) or attached_ports()
    if not chosen:
        words = "no unit is attached; connect one, name its port, or use --check"
        raise Failure(words, NOT_REACHABLE)
    if values and "unit_number" in values and len(chosen) > 1:
        words = "unit_number would be the same on every unit; name one port, or leave the key out"
        raise Failure(f"{file}: {words}")
    rows = on_each(
        chosen, lambda p: configure_unit(p, values, timeout_s, not no_restart, site, key)
    )
    if is_json:
        show_json({"file": file, "keys": values, "units": rows})
    elif not is_lone_failure(rows):
        cells = [
            [r["port"], r.get("unit", "-"), r.get("keys", "-"), r.get("state") or r["reason"]]
            for r in rows
        ]
        show_table(["port", "unit", "keys", "configuration"], cells)
    tell_failures(rows, "not configured")
    return exit_code_of(rows)
