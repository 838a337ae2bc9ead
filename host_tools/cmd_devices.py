"""`callclip devices`: which units are attached, and what they say about themselves.

Asks every USB serial port of this computer (and any named ones) for HELLO; what does not answer
is listed, too, as it may be a unit without firmware.
Ref: docs/protocol.md, HELLO.
"""

import click

from host_tools import options
from host_tools.failure import Failure
from host_tools.link import Client
from host_tools.many import (
    attached_ports,
    exit_code_of,
    is_lone_failure,
    on_each,
    show_table,
    tell_failures,
)
from host_tools.output import say, show_json
from host_tools.serialline import LISTED

TIMEOUT_S = 2.5  # a board that opening the port has reset needs about two


def health_words(hello):
    """What is not well with a unit, in a few words; 'good' when nothing is."""
    parts = []
    if hello.get("problem"):
        parts.append(hello["problem"])
    for key, words in (
        ("n_store_errors", "log write errors"),
        ("n_records_lost", "records lost"),
        ("n_events_lost", "events lost"),
    ):
        if hello.get(key):
            parts.append(f"{hello[key]} {words}")
    if not hello.get("is_clock_known"):
        parts.append("clock not set")
    return ", ".join(parts) or "good"


def keys_words(hello):
    """Whether a unit is closed to who has no key."""
    return "yes" if hello.get("is_keyed") else "no: open to all"


def _hello(port, timeout_s):
    try:
        with Client(port, timeout_s) as client:
            return {"unit": client.hello["unit_id"], "hello": client.hello}
    except Failure as failure:
        if not failure.sentence.endswith(LISTED):
            raise
        words = failure.sentence.removesuffix(LISTED) + "; name none to list what is attached"
        raise Failure(words, failure.exit_code) from failure


def _cells(row):
    hello = row.get("hello")
    if not hello:
        return [row["port"], "-", "-", "-", "-", "-", row["reason"]]
    return [
        row["port"],
        hello["unit_id"],
        str(hello["unit_number"] or "-"),
        hello["firmware"],
        f"{hello['log_bytes'] // 1024} KB",
        keys_words(hello),
        health_words(hello),
    ]


@click.command()
@click.argument("ports", metavar="[PORT]...", nargs=-1)
@options.timeout(TIMEOUT_S)
@options.as_json
def command(ports, timeout_s, is_json):
    """List the units on the PORTs (default: every USB serial port of this computer)."""
    rows = on_each(list(dict.fromkeys(ports)) or attached_ports(), lambda p: _hello(p, timeout_s))
    if is_json:
        show_json(rows)
    elif rows and not (ports and is_lone_failure(rows)):
        headers = ["port", "unit", "number", "firmware", "log", "keys", "health"]
        show_table(headers, [_cells(row) for row in rows])
    elif not rows:
        say("no USB serial port found; connect a unit, or name a port")
    if not ports:
        return 0  # a port without a unit behind it is no failure of a search
    tell_failures(rows, "do not answer")
    return exit_code_of(rows)
