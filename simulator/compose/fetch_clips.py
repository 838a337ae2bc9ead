"""Makes simulator/recordings/clips/ from Debian's recordings; a maintainer's tool.

Downloads three packages with apt (no root), unpacks them under build/, decodes the recordings
listed in clips.txt, cuts each to its active speech, sets it to -26 dBFS active speech level
(music: rms) and writes FLAC, 16 kHz mono. The clips are committed: nobody else needs this.
Run: python -m simulator.compose.fetch_clips   (needs the extra `world`, apt-get and dpkg)
"""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from simulator import sound

HERE = Path(__file__).parent
CLIPS = HERE.parent / "recordings" / "clips"
BUILD = HERE.parents[1] / "build" / "clips"

VOICES_PACKAGE = "asterisk-core-sounds-en-g722"
MUSIC_PACKAGE = "asterisk-moh-opsound-g722"
SPHINX_PACKAGE = "pocketsphinx-testdata"

LEVEL_DB = -26.0
# Half a window at each end belongs to no window's middle: that much is always cut.
EDGE_SAMPLES = sound.WINDOW_SAMPLES // 2
MUSIC_START_S = 8.0
MUSIC_S = 32.0


def fetch(package, folder):
    """Download and unpack one Debian package; the folder it was unpacked into."""
    target = folder / package
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            sys.exit(f"fetch_clips: {tool} is missing; run this on Debian or Ubuntu")
    done = subprocess.run(["apt-get", "download", package], cwd=folder, check=False)
    if done.returncode:
        sys.exit(f"fetch_clips: apt-get cannot download {package}; apt-get update may be due")
    (deb,) = folder.glob(f"{package}_*.deb")
    subprocess.run(["dpkg", "-x", deb, target], check=True)
    return target


def decoded(path):
    """Any of the packages' files as float samples at 16 kHz."""
    if path.suffix == ".raw":
        return np.fromfile(path, "<i2") / 32768.0
    if path.suffix == ".wav":
        samples, rate_hz = soundfile.read(path, dtype="float64")
        if rate_hz != sound.SAMPLE_RATE_HZ or samples.ndim != 1:
            sys.exit(f"fetch_clips: {path} is not 16 kHz mono")
        return samples
    import av  # only whoever composes needs ffmpeg's decoders

    with av.open(str(path), format="g722") as container:
        parts = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(parts) / 32768.0


def source_path(voice, name):
    """Where a recording of clips.txt stands after unpacking."""
    if voice == "music":
        return fetch(MUSIC_PACKAGE, BUILD) / "usr/share/asterisk/moh" / f"{name}.g722"
    if voice == "studio":
        (folder,) = (fetch(VOICES_PACKAGE, BUILD) / "usr/share/asterisk/sounds").glob("en*")
        return folder / f"{name}.g722"
    return fetch(SPHINX_PACKAGE, BUILD) / "usr/share/pocketsphinx/test/data" / name


def speech_clip(samples):
    """Active part of a recording at LEVEL_DB: it begins and ends with speech."""
    cut = samples - samples.mean()
    while True:  # a shorter clip has a higher level, and may then begin later or end earlier
        spurts = sound.speech_spurts(cut)
        first, last = spurts[0][0], spurts[-1][1]
        if len(cut) - (last - first) <= 2 * EDGE_SAMPLES:
            break
        cut = sound.faded(cut[first:last], 0.004)
    level_db = sound.active_level_db(cut)[0]
    return cut * sound.gain_from_db(LEVEL_DB - level_db)


def music_clip(samples):
    start = sound.samples_from_s(MUSIC_START_S)
    cut = samples[start : start + sound.samples_from_s(MUSIC_S)]
    return cut * sound.gain_from_db(LEVEL_DB - sound.rms_db(cut))


def rows(path=HERE / "clips.txt"):
    """(voice, clip name, source name) of each line of clips.txt."""
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return [tuple(fields) for fields in lines if fields]


def main():
    for voice, name, source in rows():
        samples = decoded(source_path(voice, source))
        clip = music_clip(samples) if voice == "music" else speech_clip(samples)
        if np.abs(clip).max() >= 1.0:
            sys.exit(f"fetch_clips: {voice}/{name} clips at {LEVEL_DB} dBFS")
        target = CLIPS / voice / f"{name}.flac"
        target.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(target, clip, sound.SAMPLE_RATE_HZ, subtype="PCM_16")
        print(f"{voice}/{name}: {len(clip) / sound.SAMPLE_RATE_HZ:.2f} s")


if __name__ == "__main__":
    main()
