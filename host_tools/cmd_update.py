"""`callclip update PORT...`: the application of running units, brought up to date over the cable.

The unit restarts into MicroPython's prompt (UPDATE, for the role it), mpremote writes the compiled
application into the romfs partition, and the unit starts on it. Log, configuration and keys stay.
Before anything is written the unit's MicroPython tells which chip and which .mpy it is for: an
application for another one would not start, and the unit then take no further update.
A unit whose update broke off stands at the prompt, as there is nothing to start: it is taken up
there. Where the unit has no such partition `callclip flash` has to do it.
Ref: docs/protocol.md, UPDATE; docs/security.md; mpremote's manual, romfs.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import serial
from callclip.core import protocol

from host_tools import mpy, options, romfs
from host_tools.failure import NOT_REACHABLE, NOT_VERIFIED, PARTLY, Failure
from host_tools.link import TIMEOUT_S, Client, Silence
from host_tools.many import (
    exit_code_of,
    is_lone_failure,
    on_each,
    show_table,
    tell_failures,
    unique,
)
from host_tools.output import say, show_json
from host_tools.serialline import baud, open_port

PROMPT_S = 15.0  # boot text and a file system lie before the prompt
RESTART_S = 20.0
DEPLOY_S = 300
_ASK_EVERY_S = 0.5
_RAW = b"raw REPL; CTRL-B to exit"
_MAX_WORDS = 200
_ASK_KIND = "import sys; print(sys.implementation._mpy)"


def _is_at_prompt(port, wait_s):
    """Whether MicroPython's raw prompt answers within that time."""
    line = open_port(port)
    said = b""
    ends = time.monotonic() + wait_s
    try:
        while time.monotonic() < ends:
            line.write(b"\r\x03\x01")
            again = time.monotonic() + _ASK_EVERY_S
            while time.monotonic() < again:
                said = (said + line.read(max(1, line.in_waiting)))[-4096:]
                if _RAW in said:
                    return True
    except (serial.SerialException, OSError):
        return False
    finally:
        line.close()
    return False


def _open_prompt(port, timeout_s, key, is_forced):
    """Bring the unit to its prompt; its HELLO before, or {} when it stood there already."""
    try:
        with Client(port, timeout_s, key) as client:
            client.ask(protocol.UPDATE, {"is_forced": int(is_forced)})
            hello = client.hello
    except Silence:
        if not _is_at_prompt(port, 2 * _ASK_EVERY_S):
            raise
        return {}
    if not _is_at_prompt(port, PROMPT_S):
        words = "restarted, but no prompt came; disconnect it and try again"
        raise Failure(f"{port}: {words}", NOT_REACHABLE)
    return hello


def _mpremote(port, *words):
    """(is it done, what it said)."""
    command = [sys.executable, "-m", "host_tools.mpremoteline", str(baud()), "connect", port]
    try:
        done = subprocess.run(
            [*command, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=DEPLOY_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        words = f"{port}: not done after {DEPLOY_S} s; it stays at its prompt, update it again"
        raise Failure(words, PARTLY) from None
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def _kind_of(port):
    """The mpy.Kind that the unit at its prompt takes."""
    is_done, said = _mpremote(port, "exec", _ASK_KIND)
    number = said.split()[-1] if said else ""
    if not is_done or not number.isdecimal():
        words = "does not say which MicroPython it has; it stays at its prompt, update it again"
        raise Failure(f"{port}: {words}", PARTLY, said)
    return mpy.kind_of_unit(int(number))


def _application_for(port, given, kind):
    """The image to write, bytes; Failure, and the unit as it was, when it could not run it."""
    if given is None:
        data = romfs.application(kind.arch) if kind.arch in romfs.ARCHITECTURES else None
        words = "no application is built for it"
    else:
        data = given
        words = "the image is for another one"
    needed = data and mpy.kind_of_files(romfs.files_of(data))
    if data is None or needed not in (None, kind):
        _mpremote(port, "reset")
        chip = f"chip is {kind.arch or 'unknown'} with .mpy {kind.version}"
        if needed:
            words += f" ({needed.arch} with .mpy {needed.version})"
        raise Failure(f"{port}: its {chip}, and {words}; nothing was written", PARTLY)
    return data


def _deploy(port, path):
    """Write the application and restart, with mpremote; Failure with its last words."""
    is_done, said = _mpremote(port, "romfs", "deploy", str(path), "reset")
    if is_done:
        return
    if "ROMFS" in said and ("not enabled" in said or "not found" in said):
        words = "has no partition for the application alone; it takes `callclip flash`"
        raise Failure(f"{port}: {words}, and is at its prompt until it restarts", PARTLY, said)
    last = said.splitlines()[-1][-_MAX_WORDS:] if said else "mpremote gave no reason"
    words = f"{port}: not written ({last}); it stays at its prompt, update it again"
    raise Failure(words, PARTLY, said)


def update_unit(port, given=None, timeout_s=TIMEOUT_S, key=None, is_forced=False):
    """One unit: a dict with unit, and firmware before and now. given: an image; None: our own."""
    before = _open_prompt(port, timeout_s, key, is_forced)
    data = _application_for(port, given, _kind_of(port))
    with tempfile.TemporaryDirectory(prefix="callclip-update-") as folder:
        path = Path(folder) / "callclip.romfs"
        path.write_bytes(data)
        _deploy(port, path)
    try:
        with Client(port, RESTART_S, key) as client:
            now = client.hello
    except Silence as silence:
        words = f"{port}: was written, but does not start; update it again, or flash it"
        raise Failure(words, NOT_VERIFIED) from silence
    return {"unit": now["unit_id"], "before": before.get("firmware", ""), "now": now["firmware"]}


@click.command()
@click.argument("ports", metavar="PORT...", nargs=-1, required=True)
@click.option(
    "--romfs", "rom_path", metavar="FILE.romfs",
    help="The application as make firmware builds it; this callclip's own if left out.",
)  # fmt: skip
@click.option("--force", "is_forced", is_flag=True, help="Also while a call goes on.")
@options.key
@options.timeout(TIMEOUT_S)
@options.as_json
def command(ports, rom_path, is_forced, key, timeout_s, is_json):
    """Bring the application on the units on PORT... up to date; log, settings and keys stay.

    Needs a MicroPython with a romfs partition (hardware/micropython). From the restart until the
    new application runs the unit's prompt is open to whoever holds its cable.
    """
    ports = unique(ports)
    given = _image_at(rom_path) if rom_path is not None else None
    say("writing" + (" to all units at once" if len(ports) > 1 else "") + ", about a minute")
    rows = on_each(ports, lambda port: update_unit(port, given, timeout_s, key, is_forced))
    if is_json:
        show_json(rows)
    elif not is_lone_failure(rows):
        cells = [
            [r["port"], r.get("unit", "-"), r.get("before") or "-", r.get("now") or r["reason"]]
            for r in rows
        ]
        show_table(["port", "unit", "before", "now"], cells)
    tell_failures(rows, "not updated")
    return exit_code_of(rows)


def _image_at(path):
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); check the path") from error
    try:
        romfs.files_of(data)
    except ValueError as error:
        raise Failure(f"{path}: {error}; make firmware builds one") from error
    return data
