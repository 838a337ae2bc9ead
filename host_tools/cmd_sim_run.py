"""`callclip sim run`: a recorded call through the firmware's own core.

Events go to stdout, as JSON lines with --json, else as a time line; files are written whole or not
at all, and their places are tried before the recording is heard.
Ref: the contract's commands, events and --frames columns.
"""

import json
import os
import sys
import time
from contextlib import ExitStack

import click

from host_tools.failure import Failure
from host_tools.output import say, show, show_json, whole_file


@click.command()
@click.argument("recording", metavar="CALL.wav")
@click.option("--config", metavar="FILE", help="Configuration (TOML) instead of the defaults.")
@click.option(
    "--engine",
    type=click.Choice(("mpy", "cpython")),
    default="mpy",
    show_default=True,
    help="mpy: the real MicroPython VM; cpython: slow, for a debugger. Same results.",
)
@click.option("--events", metavar="OUT.jsonl", help="Write the events, one JSON object a line.")
@click.option("--frames", metavar="OUT.csv", help="Write levels and states, one row per 20 ms.")
@click.option("--plot", metavar="OUT.png", help="Draw levels, speech, states and prompts.")
@click.option("--ringer", metavar="FILE.json", help="A learned ringer, from callclip sim ringer.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on stdout.")
def command(recording, config, engine, events, frames, plot, ringer, as_json):
    """Hear a recorded call as a unit would, and tell what it would have done.

    The recording is stereo: left the agent, right the line. WAV of any rate and depth, FLAC, Ogg.
    """
    values = {}
    if config:
        from host_tools import configfile

        values = configfile.load(config)
    template = None
    if ringer:
        from host_tools import ringerfile

        template = ringerfile.load(ringer)
    _check_targets(
        (recording, config, ringer), {"--events": events, "--frames": frames, "--plot": plot}
    )
    with ExitStack() as files:
        events_file = files.enter_context(whole_file(events)) if events else None
        frames_file = files.enter_context(whole_file(frames)) if frames else None
        plot_file = files.enter_context(whole_file(plot, "wb")) if plot else None
        result = _hear(recording, values, engine, template)
        if events_file:
            events_file.writelines(json.dumps(event) + "\n" for event in result.events)
        if frames_file:
            from host_tools import frames_csv

            frames_csv.write(result.rows, frames_file)
        if plot_file:
            from host_tools import plot as picture

            title = os.path.basename(recording)
            picture.save(result.frames, result.events, title, plot_file)
    _print(result, as_json)


def _check_targets(sources, targets):
    """No file may be written twice, nor over what is read."""
    taken = {os.path.realpath(path): path for path in sources if path}
    for option, path in targets.items():
        if not path:
            continue
        place = os.path.realpath(path)
        if place in taken:
            raise Failure(f"{option} {path}: is also read or written here; name another file")
        taken[place] = path


def _hear(path, values, engine, ringer):
    from host_tools.progress import Progress
    from simulator.recording import RecordingError, open_recording
    from simulator.runner import EngineError, run

    started_s = time.monotonic()
    try:
        recording = open_recording(path)
        with Progress("listening", recording.n_frames) as progress:
            result = run(recording, values, engine, progress.at, ringer)
    except RecordingError as error:
        raise Failure(str(error)) from error
    except EngineError as error:
        raise Failure(f"{path}: {error}", detail=error.detail) from error
    for note in recording.notes:
        say(f"callclip: {note}")
    if result.n_events_lost:
        say(f"callclip: {path}: {result.n_events_lost} events came too fast and were lost")
    if sys.stderr.isatty():
        _tell_speed(result, time.monotonic() - started_s)
    return result


def _tell_speed(result, took_s):
    from host_tools.words import length_from_ms

    speed_x = result.duration_ms / 1000 / max(took_s, 1e-3)
    say(f"heard {length_from_ms(result.duration_ms)} in {took_s:.1f} s, {speed_x:.0f} x real time")


def _print(result, as_json):
    if as_json:
        for event in result.events:
            show_json(event)
        return
    from host_tools import timeline

    n_lines = 0
    for line in timeline.lines(result.events):
        show(line)
        n_lines += 1
    end = timeline.end_line(result.events, result.duration_ms)
    if end and not result.n_events_lost:
        show(end)
    if not n_lines:
        show("no events: nothing that sounds like a call was heard")
