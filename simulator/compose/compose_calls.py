"""Makes simulator/recordings/calls/: the demo's calls as Ogg Opus, with their truth beside them.

A maintainer's tool; the result is committed. At this rate the quiet passages keep their levels:
a dead line stays below -75 dBFS, comfort noise within half a dB (tests/sound/test_recordings.py).
Run: python -m simulator.compose.compose_calls
"""

import argparse
import json

import soundfile

from simulator import calls, render, scenario, sound

# libsndfile's scale from 0 (256 kbit/s a channel) to 1 (6 kbit/s): about 64 kbit/s for both.
COMPRESSION = 0.9


def main(argv=None):
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args(argv)
    calls.FOLDER.mkdir(parents=True, exist_ok=True)
    for name in calls.MORNING:
        samples, truth = render.render(scenario.load(name))
        path = calls.sound_path(name)
        soundfile.write(
            path, samples, sound.SAMPLE_RATE_HZ,
            format="OGG", subtype="OPUS", compression_level=COMPRESSION,
        )  # fmt: skip
        calls.truth_path(name).write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(samples) / sound.SAMPLE_RATE_HZ:.1f} s, {path.stat().st_size} B")


if __name__ == "__main__":
    main()
