"""`callclip pull PORT`: fetch the unit's session log, check it, keep it in the archive.

What the archive holds already is not fetched again, and a pull that broke off goes on where it
stopped (logfetch). Gives the unit the time if it has none.
Ref: docs/protocol.md (how to pull), docs/log-format.md.
"""

import json
import time
from pathlib import Path

import click
from callclip.core import protocol

from host_tools import archive, options
from host_tools.failure import NOT_VERIFIED, Failure
from host_tools.link import TIMEOUT_S, Client
from host_tools.logfetch import LogFetch
from host_tools.output import reason_of, say, show, show_json, whole_file
from host_tools.progress import Progress


def _set_clock(client, is_forced):
    """Give the unit the time if it has none: (was it set, its offset from ours in ms)."""
    clock = client.ask(protocol.CLOCK_GET)
    offset_ms = clock["unix_ms"] - time.time_ns() // 1_000_000 if clock["is_known"] else None
    if (clock["is_known"] and not is_forced) or not client.may(protocol.CLOCK_SET):
        return False, offset_ms
    client.ask(protocol.CLOCK_SET, {"unix_ms": time.time_ns() // 1_000_000})
    return True, offset_ms


def _write_events(path, log):
    with whole_file(path) as file:
        for row in archive.event_rows(log):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _result(client, log, folder, fetch, clock):
    return {
        "port": client.port,
        "unit": client.hello["unit_id"],
        "unit_number": client.hello.get("unit_number", 0),
        "folder": str(folder),
        "log_id": f"{log.log_id:08x}",
        "problem": client.hello.get("problem", ""),
        "new_bytes": fetch.n_new_bytes,
        "bytes": log.n_bytes,
        "records": log.n_records,
        "records_lost": log.n_lost,
        "boots": len(log.boots),
        "events": sum(len(boot.events) for boot in log.boots),
        "is_clock_set": clock[0],
        "clock_offset_ms": clock[1],
        "torn_tails": [str(problem) for problem in log.problems if problem.is_loss],
        "damages": [str(problem) for problem in log.problems if not problem.is_loss]
        + fetch.conflicts,
    }


def _tell(result):
    show(
        f"unit {result['unit']}: {result['records']} records in {result['bytes']} bytes, "
        f"{result['new_bytes']} bytes new, {result['events']} events; "
        f"{'damaged' if result['damages'] else 'verified'}"
    )
    show(f"kept in {result['folder']}")
    if result["is_clock_set"]:
        say("the unit did not know the time; its clock is set now")
    if result["problem"]:
        say(f"the unit reports: {result['problem']}")
    if result["records_lost"] and not result["damages"]:
        say(f"{result['records_lost']} records were never written by the unit (file system full?)")
    for words in result["torn_tails"]:
        say(f"note: {words}; the records before it are whole")


def pull_log(client, out, is_all=False, is_clock_forced=False):
    """Fetch and check everything: (result dict, Log). Raises Failure; damage is in the result."""
    clock = _set_clock(client, is_clock_forced)
    log_id, rows = client.segments()
    folder = archive.log_folder(out, client.hello["unit_id"], log_id)
    fetch = LogFetch(client, folder, is_all, client.may(protocol.LOG_ACK))
    n_total = sum(n_bytes for _number, n_bytes in rows)
    try:
        with Progress(f"unit {client.hello['unit_id']}", n_total) as progress:
            fetch.run(rows, progress)
    except OSError as error:
        place = error.filename or folder
        words = f"{place}: cannot be written ({reason_of(error)})"
        raise Failure(f"{words}; free some space or give another folder with --out") from error
    log = archive.read_log(folder)
    return _result(client, log, folder, fetch, clock), log


@click.command()
@click.argument("port")
@click.option(
    "--out", default=archive.DEFAULT_FOLDER, show_default=True, metavar="DIR",
    help="Archive folder; each unit has its own below it.",
)  # fmt: skip
@click.option("--all", "is_all", is_flag=True, help="Fetch again what the archive already holds.")
@click.option("--events", metavar="OUT.jsonl", help="Write the unit's events as JSON lines, too.")
@click.option("--set-clock", is_flag=True, help="Set the unit's clock although it knows a time.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(port, out, is_all, events, set_clock, key, timeout_s, is_json):
    """Fetch the session log from the unit on PORT and verify it.

    Fetches only what the archive does not hold yet, and goes on where an earlier pull broke off.
    Gives the unit the time if it does not know it.
    """
    if Path(out).exists() and not Path(out).is_dir():
        raise Failure(f"{out}: is not a folder; give a folder with --out")
    if events and not Path(events).absolute().parent.is_dir():
        raise Failure(f"{events}: its folder is not there; make it, or choose another place")
    with Client(port, timeout_s, key) as client:
        result, log = pull_log(client, out, is_all, set_clock)
    if events:
        _write_events(events, log)
    if is_json:
        show_json(result)
    else:
        _tell(result)
    if result["damages"]:
        words = result["damages"][0]
        raise Failure(f"{words}; the records outside the damage are kept", NOT_VERIFIED)
