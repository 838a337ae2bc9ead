"""`callclip check PORT...`: the unit's self-test, in words IT can act on.

Both microphones (levels in dBFS), the light, the buzzer, the log's file system, and whether sound
arrives at its full rate. A person has to see the light and hear the buzzer: --identify lets them.
Ref: docs/protocol.md, SELF_TEST.
"""

import time

import click
from callclip.core import protocol
from callclip.core.units import FRAME_MS

from host_tools import cmd_ringer, options
from host_tools.cmd_devices import keys_words
from host_tools.failure import PARTLY
from host_tools.link import TIMEOUT_S, Client, Refused
from host_tools.many import (
    exit_code_of,
    is_lone_failure,
    on_each,
    show_table,
    tell_failures,
    unique,
)
from host_tools.output import show_json

START_S = 2.0  # microphones need a quarter of a second after the unit has started
LISTEN_S = 1.0
LEAST_SHARE = 0.8  # of the frames due in that time

PARTS = (
    ("is_agent_alive", "the agent's microphone is silent; check its wiring"),
    ("is_line_alive", "the line's microphone is silent; check its wiring"),
    ("is_led_ok", "the light does not work"),
    ("is_buzzer_ok", "the buzzer does not work"),
    ("is_store_ok", "the log cannot be written; flash the unit anew"),
)


def _is_listening(client):
    """Frames go on: at least most of those that are due while the unit's own clock goes on."""
    ends = time.monotonic() + START_S
    before = client.ask(protocol.HELLO)
    while before["n_frames"] == 0 and time.monotonic() < ends:
        time.sleep(0.05)
        before = client.ask(protocol.HELLO)
    time.sleep(LISTEN_S)
    after = client.ask(protocol.HELLO)
    n_due = (after["uptime_ms"] - before["uptime_ms"]) / FRAME_MS
    return _n_heard(after) - _n_heard(before) >= LEAST_SHARE * n_due > 0


def _n_heard(hello):
    """Lost frames are counted, too, but nobody heard them."""
    return hello["n_frames"] - hello["lost_ms"] / FRAME_MS


def check_unit(port, timeout_s=TIMEOUT_S, identify_ms=0, key=None):
    """One unit: a dict with unit, faults (sentences), the measured values and its HELLO."""
    with Client(port, timeout_s, key) as client:
        if identify_ms:
            client.ask(protocol.IDENTIFY, {"duration_ms": identify_ms})
        is_listening = _is_listening(client)
        values = client.ask(protocol.SELF_TEST)
        faults = [words for key, words in PARTS if not values[key]]
        if not is_listening:
            faults.insert(0, "no sound arrives from the microphones' bus")
        hello = client.ask(protocol.HELLO)
        ringer = _ringer_words(client)
        row = {"unit": hello["unit_id"], "faults": faults, "values": values, "hello": hello}
        row["ringer"] = ringer
        row["values"]["is_listening"] = int(is_listening)
        if faults:
            row |= {"is_ok": False, "reason": "; ".join(faults), "exit_code": PARTLY}
        return row


def _ringer_words(client):
    """Whether the unit knows its phone's ringer; empty from firmware that learns none."""
    try:
        return cmd_ringer.words(cmd_ringer.ask(client, protocol.RINGER_TELL))
    except Refused as refusal:
        if refusal.code != protocol.UNKNOWN_TYPE:
            raise
        return ""


def _gap_words(hello):
    """Sound that was lost since the unit started, if any."""
    if not hello.get("n_gaps"):
        return ""
    return f", {hello['n_gaps']} gaps with {hello['lost_ms']} ms lost since its start"


def _show_bench(rows):
    """What a frame costs on these units, beside which docs/esp32.md has its estimate."""
    cells = []
    for row in rows:
        values = row.get("values") or {}
        mean_us, most_us = values.get("frame_us_mean", 0), values.get("frame_us_most", 0)
        if not mean_us:
            cells.append([row["port"], "-", "-", "-", "-"])
            continue
        load_pct = mean_us / (10 * FRAME_MS)
        times = [f"{us / 1000:.2f}" for us in (mean_us, most_us)]
        cells.append([row["port"], *times, f"{load_pct:.1f} %", str(values["heap_free_bytes"])])
    show_table(["port", "a frame, ms", "longest, ms", "load of a core", "free heap"], cells)


def _cells(row, is_alone):
    """is_alone: stderr will say what is wrong with it."""
    values = row.get("values")
    if not values:
        return [row["port"], "-", "-", "-", "-", "-", "-", row["reason"]]
    levels = [f"{values[key] / 100:.1f} dBFS" for key in ("agent_level_cdb", "line_level_cdb")]
    reason = "did not pass" if is_alone else row["reason"]
    result = (reason if row["faults"] else "good") + _gap_words(row["hello"])
    heard = [row["port"], row["unit"], row["hello"]["firmware"], *levels]
    return [*heard, row["ringer"].split(":")[0] or "-", keys_words(row["hello"]), result]


@click.command()
@click.argument("ports", metavar="PORT...", nargs=-1, required=True)
@click.option("--identify", is_flag=True, help="Blink for 5 s, so that you see which one it is.")
@click.option("--bench", is_flag=True, help="Say what a frame costs the unit, measured on it.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(ports, identify, bench, key, timeout_s, is_json):
    """Test the units on the PORTs: microphones, light, buzzer, log."""
    identify_ms = 5000 if identify else 0
    rows = on_each(unique(ports), lambda p: check_unit(p, timeout_s, identify_ms, key))
    if is_json:
        show_json(rows)
    elif not is_lone_failure(rows) or rows[0].get("values"):
        headers = ["port", "unit", "firmware", "agent", "line", "ringer", "keys", "result"]
        show_table(headers, [_cells(row, len(rows) == 1) for row in rows])
        if bench:
            _show_bench(rows)
    tell_failures(rows, "did not pass")
    return exit_code_of(rows)
