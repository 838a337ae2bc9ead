"""`callclip sim device`: a unit without hardware, the real firmware with a serial port of its own.

First line on stdout: `port /dev/pts/N` (with --json one object); then nothing, so that a script can
go on from there. Light and buzzer go to --signals as JSON lines.
"""

import contextlib
import signal
import sys

import click

from host_tools.failure import NOT_REACHABLE, Failure
from host_tools.output import say, show, show_json, write_failure


class _Press(click.ParamType):
    name = "AT_MS:LENGTH_MS"

    def convert(self, value, param, ctx):
        at, colon, length = value.partition(":")
        if not (colon and at.isdigit() and length.isdigit()):
            self.fail(f"'{value}' is no button press; write it as 12000:200", param, ctx)
        return int(at), int(length)


class _UnitId(click.ParamType):
    name = "HEX"

    def convert(self, value, param, ctx):
        digits = value.lower()
        if len(digits) != 12 or set(digits) - set("0123456789abcdef"):
            self.fail(f"'{value}' is no unit's id; write 12 hex digits", param, ctx)
        return digits


def _stop(_number, _frame):
    raise KeyboardInterrupt


@contextlib.contextmanager
def _target(path):
    """Where the signals go, line by line; nowhere for None."""
    if path is None:
        yield None
        return
    try:
        with open(path, "w", buffering=1) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_failure(path, error) from error


def _run(unit, target, is_to_end, has_recording):
    """Copy the signals until the recording is over (is_to_end) or somebody stops us."""
    import json

    for line in unit.follow_signals(is_endless=not is_to_end):
        if target is not None:
            target.write(json.dumps(line) + "\n")
        if line.get("played") and has_recording:
            say("the recording is over; the unit goes on in a quiet room")
        if "reset" in line:
            say(f"the unit restarts ({line['reset']})")


@click.command()
@click.option(
    "--wav", "wavs", multiple=True, metavar="FILE",
    help="What the microphones hear (left agent, right line); several are heard in a row.",
)  # fmt: skip
@click.option(
    "--image", metavar="FILE",
    help="The unit's flash, from callclip image; it keeps what the unit writes.",
)  # fmt: skip
@click.option(
    "--speed", default=1, show_default=True, type=click.IntRange(0, 10000),
    help="Times real time while the recording plays; 0: as fast as possible.",
)  # fmt: skip
@click.option("--signals", metavar="OUT.jsonl", help="Light and buzzer as JSON lines.")
@click.option(
    "--press", "presses", multiple=True, type=_Press(), metavar="AT_MS:LENGTH_MS",
    help="Press the button, at a time on the recording.",
)  # fmt: skip
@click.option(
    "--repeat", "n_repeats", default=1, show_default=True, type=click.IntRange(1, 100000),
    help="Hear the recordings this often.",
)  # fmt: skip
@click.option(
    "--erase-ms", default=0, show_default=True, type=click.IntRange(0, 1000),
    help="Time an erase of flash keeps the unit deaf; about 90 on an ESP32.",
)  # fmt: skip
@click.option(
    "--unit-id", type=_UnitId(), metavar="HEX",
    help="Another id than every virtual unit's, for several at once.",
)  # fmt: skip
@click.option("--until-played", is_flag=True, help="End when the recording is over.")
@click.option("--json", "is_json", is_flag=True, help="The port as JSON on stdout.")
def command(
    wavs, image, speed, signals, presses, n_repeats, erase_ms, unit_id, until_played, is_json
):
    """Run the real firmware in the real MicroPython, with a pty for its serial port.

    Ctrl-C ends it.
    """
    from simulator.device import UNIQUE_ID, UnitError, VirtualUnit
    from simulator.recording import RecordingError
    from simulator.vm import VmError

    signal.signal(signal.SIGTERM, _stop)
    unit_id = unit_id or UNIQUE_ID
    unit = VirtualUnit(image, wavs or None, speed, presses, n_repeats, erase_ms, unit_id)
    try:
        with _target(signals) as target, unit:
            if is_json:
                show_json({"port": unit.port})
            else:
                show(f"port {unit.port}")
            sys.stdout.flush()
            _run(unit, target, until_played and bool(wavs), bool(wavs))
    except (RecordingError, VmError) as error:
        raise Failure(str(error)) from error
    except UnitError as error:
        raise Failure(str(error), NOT_REACHABLE) from error
    except KeyboardInterrupt:
        say("the unit is switched off")
