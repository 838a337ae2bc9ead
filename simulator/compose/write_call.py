"""A call of your own as sound: `python -m simulator.compose.write_call CALL.call CALL.wav`.

The WAV is what the two microphones hear (16 kHz, agent left, line right), for `callclip sim run`;
CALL.json beside it is the truth. A mistake in the script is told with file and line, exit code 2,
and nothing is written.
"""

import argparse
import sys
from pathlib import Path

import soundfile

from simulator import render, scenario


def main(argv=None):
    parser = argparse.ArgumentParser(prog="write_call", description=__doc__.split("\n")[0])
    parser.add_argument("call", help="a script, as docs/scenarios.md has it")
    parser.add_argument("wav", type=Path, help="the sound to write; its truth goes beside it")
    args = parser.parse_args(argv)
    if args.wav.suffix.lower() != ".wav":
        parser.error(f"{args.wav}: the sound is a WAV file; let its name end with .wav")
    try:
        truth = render.write(scenario.load(args.call), args.wav)
    except (scenario.ScenarioError, OSError, soundfile.LibsndfileError) as error:
        print(f"write_call: {error}", file=sys.stderr)
        return 2
    print(f"{args.wav}: {truth['duration_ms'] / 1000:.1f} s; its truth is beside it")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
