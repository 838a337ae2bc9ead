"""`callclip sim ringer`: learns a ringer from a recording, for `callclip sim run --ringer`.

The file is the template that a unit would keep: 44 numbers, no sound.
Ref: core/ringlearn.py, core/ringtemplate.py.
"""

import json
import os

import click

from host_tools.failure import PARTLY, Failure
from host_tools.output import say, show_json, whole_file


@click.command()
@click.argument("recording", metavar="RINGS.wav")
@click.option("--out", metavar="FILE.json", help="Write what was learned; else it is shown.")
@click.option("--json", "is_json", is_flag=True, help="What was learned as JSON on stdout.")
def command(recording, out, is_json):
    """Learn a ringer from its first two rings in a recording.

    The recording is stereo like a call: left the agent's microphone, right the line's. Nothing
    else should be heard until the second ring is over.
    """
    if out and os.path.realpath(out) == os.path.realpath(recording):
        raise Failure(f"--out {out}: is also read here; name another file")
    if out:
        with whole_file(out) as file:
            template = _learn(recording)
            file.write(json.dumps(template) + "\n")
    else:
        template = _learn(recording)
    if is_json or not out:
        show_json(template)
    else:
        say(f"learned; hear a call with it: callclip sim run CALL.wav --ringer {out}")


def _learn(path):
    from host_tools.progress import Progress
    from simulator import ringer
    from simulator.recording import RecordingError, open_recording

    try:
        recording = open_recording(path)
        with Progress("listening", recording.n_frames) as progress:
            return ringer.learn(recording, lambda n_frames, _state: progress.at(n_frames))
    except RecordingError as error:
        raise Failure(str(error)) from error
    except ringer.RingerError as error:
        raise Failure(f"{path}: {error}", PARTLY) from error
