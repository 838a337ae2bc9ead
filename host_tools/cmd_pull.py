"""`callclip pull [PORT...]`: fetch the units' session logs, prove them, keep them in the archive.

What the archive holds already is not fetched again, and a pull that broke off goes on where it
stopped. Gives a unit the time if it has none. --mine shows an agent all that is stored about his
unit and keeps nothing.
Ref: docs/protocol.md (how to pull), docs/log-format.md, docs/security.md.
"""

import json
from pathlib import Path

import click

from host_tools import archive, mine, options
from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, Failure
from host_tools.link import TIMEOUT_S, Client
from host_tools.many import attached_ports, exit_code_of, on_each, tell_failures, unique
from host_tools.output import say, show, show_json, whole_file
from host_tools.pulling import Pull, pull_log
from host_tools.pullprogress import Bars

__all__ = ["command", "pull_log"]


def _write_events(path, logs):
    with whole_file(path) as file:
        for log in logs:
            for row in archive.event_rows(log):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _tell(result):
    unit = f"unit {result['unit']}"
    show(
        f"{unit}: {result['records']} records in {result['bytes']} bytes, "
        f"{result['new_bytes']} bytes new, {result['events']} events; "
        f"{'damaged' if result['damages'] else result['proof']}"
    )
    show(f"kept in {result['folder']}")
    if result["is_clock_set"]:
        say(f"{unit} did not know the time; its clock is set now")
    if result["problem"]:
        say(f"{unit} reports: {result['problem']}")
    if result["records_lost"] and not result["damages"]:
        say(f"{unit} never wrote {result['records_lost']} records (file system full?)")
    if result["segments_retired"]:
        words = f"{result['segments_retired']} segments older than the retention time"
        say(f"{unit}: {words} are removed here")
    if result["segments_purged"]:
        say(f"{unit}: {result['segments_purged']} segments are purged on the unit")
    for words in result["torn_tails"]:
        say(f"note: {words}")


def _pull_one(port, out, timeout_s, key, old_keys, progress, choices):
    """A row for on_each: the result, and `log` for whoever writes events."""
    with Client(port, timeout_s, key, is_brief=True) as client:
        pull = Pull(client, out, progress, old_keys=old_keys)
        row = pull.run(**choices) | {"log": pull.log}
    if row["damages"]:
        words = f"{row['damages'][0]}; what came is kept in {row['folder']}"
        row |= {"is_ok": False, "reason": words, "exit_code": NOT_VERIFIED}
    return row


def _check_places(out, events):
    if Path(out).exists() and not Path(out).is_dir():
        raise Failure(f"{out}: is not a folder; give a folder with --out")
    if events and not Path(events).absolute().parent.is_dir():
        raise Failure(f"{events}: its folder is not there; make it, or choose another place")


@click.command()
@click.argument("ports", metavar="[PORT]...", nargs=-1)
@click.option(
    "--out", default=archive.DEFAULT_FOLDER, show_default=True, metavar="DIR",
    help="Archive folder; each unit has its own below it.",
)  # fmt: skip
@click.option("--all", "is_all", is_flag=True, help="Fetch again what the archive already holds.")
@click.option("--events", metavar="OUT.jsonl", help="Write the units' events as JSON lines, too.")
@click.option(
    "--set-clock", "is_clock_forced", is_flag=True,
    help="Set the unit's clock although it knows a time.",
)  # fmt: skip
@click.option("--purge", "is_purging", is_flag=True, help="Delete on the unit what is kept here.")
@click.option(
    "--accept", "is_accepting", is_flag=True,
    help="Take a log that was begun anew or cut short for known from now on.",
)  # fmt: skip
@click.option(
    "--old-key", "old_keys", metavar="FILE", multiple=True, callback=options.load_keys,
    help="Key file from before the units got new keys: proves what they wrote then.",
)  # fmt: skip
@click.option("--mine", "is_mine", is_flag=True, help="Show all that is stored; keep nothing.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(ports, out, events, is_mine, key, old_keys, timeout_s, is_json, **choices):
    """Fetch the session logs from the units on the PORTs and verify them (default: all attached).

    Fetches only what the archive does not hold yet, and goes on where an earlier pull broke off.
    Gives a unit the time if it does not know it. A log that was altered, or of which something is
    gone, is refused with the exact place and exit code 4.
    """
    chosen = unique(ports) or attached_ports()
    if not chosen:
        raise Failure("no unit is attached; connect one, or name its port", NOT_REACHABLE)
    if is_mine:
        return mine.show_all(chosen, key, timeout_s, is_json)
    _check_places(out, events)
    with Bars() as bars:
        rows = on_each(chosen, lambda p: _pull_one(p, out, timeout_s, key, old_keys, bars, choices))
    logs = [row.pop("log") for row in rows if "log" in row]
    if events:
        _write_events(events, logs)
    return _end(rows, is_json)


def _end(rows, is_json):
    done = [row for row in rows if "folder" in row]
    if is_json and done:
        show_json(rows[0] if len(rows) == 1 else rows)
    elif not is_json:
        for row in done:
            _tell(row)
    tell_failures(rows, "not pulled, or not verified")
    if len(rows) > 1:
        for row in rows:
            if not row["is_ok"]:
                say(f"{row['port']}: {row['reason']}")
    return exit_code_of(rows)
