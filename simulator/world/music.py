"""Hold music of the world, different in each part: recorded, played from MIDI, made from a seed.

One of the recorded pieces that come with callclip, every other tune of OpenMSX (fluidsynth plays
them with a General MIDI sound font) and MADE pieces of chords, tune and drums. -26 dBFS rms.
Called by: calls.py (names), build.py.
"""

import concurrent.futures
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from simulator import clips, sound
from simulator.world import packages

RECORDED = {"tuning": "cold-day", "reporting": "morning-coffee"}
MADE = 8  # pieces a part
MIDI_PIECES = 31
TUNES = "usr/share/games/openttd/baseset/openmsx"
FONT = "usr/share/sounds/sf2/TimGM6mb.sf2"
START_S = 4.0  # of a tune: its first bars may be thin
LENGTH_S = 40.0
CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14), (2, 5, 9), (4, 7, 11))


def pieces(part):
    return [RECORDED[part], *_made_names(part), *_tune_names(part)]


def _made_names(part):
    return [f"{part}-made-{n}" for n in range(MADE)]


def _tune_names(part):
    return [f"{part}-tune-{n:02d}" for n in range(list(RECORDED).index(part), MIDI_PIECES, 2)]


def prepare(jobs=2):
    """Make the pieces that are missing in build/world/clips/music."""
    names = [name for part in RECORDED for name in _made_names(part) + _tune_names(part)]
    (clips.FETCHED / "music").mkdir(parents=True, exist_ok=True)
    in_parallel(_make, [name for name in names if not _path(name).exists()], jobs)


def in_parallel(make, todo, jobs):
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        list(pool.map(make, todo))


def _path(name):
    return clips.FETCHED / "music" / f"{name}.flac"


def _make(name):
    part, source, number = name.split("-")
    if source == "tune":
        samples = played(_all_tunes()[int(number)])
    else:
        samples = made(np.random.default_rng([len(part), int(number)]))
    write(_path(name), samples)


def write(path, samples):
    """A piece at the level of all clips; all of it or nothing."""
    samples = samples * sound.gain_from_db(clips.LEVEL_DB - sound.rms_db(samples))
    part_path = path.with_suffix(".part")
    whole = np.clip(samples, -0.99, 0.99)
    soundfile.write(part_path, whole, sound.SAMPLE_RATE_HZ, format="FLAC", subtype="PCM_16")
    part_path.rename(path)


def stretch(path, place, seconds):
    """Samples of a recording in one channel, from `place` (share of its length) on."""
    info = soundfile.info(path)
    first = int(place * info.frames)
    n = min(int(seconds * info.samplerate), info.frames - first)
    both, rate_hz = soundfile.read(path, frames=n, start=first, always_2d=True)
    return soxr.resample(both.mean(axis=1), rate_hz, sound.SAMPLE_RATE_HZ)


def _all_tunes():
    return sorted((packages.ROOT / TUNES).glob("*.mid"))


def tunes(part):
    """MIDI files that belong to a part."""
    return _all_tunes()[list(RECORDED).index(part) : MIDI_PIECES : 2]


def played(tune, font=packages.ROOT / FONT):
    """A stretch of one MIDI file, as a telephone would send it: in one channel."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "played.wav"
        rate = ("-r", str(sound.SAMPLE_RATE_HZ))
        packages.run("fluidsynth", "-ni", "-q", *rate, "-F", str(path), str(font), str(tune))
        both, _rate_hz = soundfile.read(path, dtype="float64", always_2d=True)
    first = sound.samples_from_s(START_S)
    return both.mean(axis=1)[first : first + sound.samples_from_s(LENGTH_S)]


def _note(hz, seconds, partials, decay, generator):
    t = np.arange(sound.samples_from_s(seconds)) / sound.SAMPLE_RATE_HZ
    vibrato = 1.0 + 0.003 * np.sin(2 * np.pi * 5.3 * t) * (decay < 2)
    out = np.zeros(len(t))
    for k, weight in enumerate(partials, start=1):
        if hz * k < 7000:
            phase = generator.uniform(0, 6.28)
            out += (
                weight
                * np.sin(2 * np.pi * hz * k * t * vibrato + phase)
                * np.exp(-t * decay * k**0.5)
            )
    return sound.faded(out, 0.008)


def _drum(seconds, is_high, generator):
    t = np.arange(sound.samples_from_s(seconds)) / sound.SAMPLE_RATE_HZ
    if is_high:
        return 0.5 * generator.standard_normal(len(t)) * np.exp(-t * 45)
    return 2.0 * np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 30)))) * np.exp(-t * 14)


def made(generator):
    """A piece of LENGTH_S: chords, mostly a tune over them, often drums."""
    beat_s = generator.uniform(0.32, 0.75)
    root_hz = 110.0 * 2 ** (generator.integers(0, 12) / 12)
    partials = [1.0] + list(generator.uniform(0.05, 0.7, int(generator.integers(2, 9))))
    tune_partials = [1.0] + list(generator.uniform(0.02, 0.5, 5))
    decay, has_drums, has_tune = (
        generator.uniform(0.4, 5.0),
        generator.random() < 0.6,
        generator.random() < 0.8,
    )
    order = generator.permutation(len(CHORDS))[:4]
    n = sound.samples_from_s(LENGTH_S)
    out = np.zeros(n + 8 * sound.SAMPLE_RATE_HZ)

    def put(at_s, samples, gain):
        at = sound.samples_from_s(at_s)
        out[at : at + len(samples)] += samples * gain

    beat, at_s = 0, 0.0
    while at_s < LENGTH_S:
        chord = CHORDS[order[(beat // 4) % len(order)]]
        if beat % 4 == 0:
            for step in chord:
                put(
                    at_s,
                    _note(root_hz * 2 ** (step / 12), 4 * beat_s, partials, decay, generator),
                    0.5,
                )
        if has_tune:
            for half in range(int(generator.integers(1, 3))):
                step = 12 + chord[int(generator.integers(3))] + 12 * int(generator.random() < 0.3)
                note = _note(
                    root_hz * 2 ** (step / 12), beat_s * 1.3, tune_partials, decay + 1, generator
                )
                put(at_s + half * beat_s / 2, note, generator.uniform(0.4, 0.9))
        if has_drums:
            put(at_s, _drum(0.25, beat % 2 == 1, generator), 0.8)
            put(at_s + beat_s / 2, _drum(0.1, True, generator), 0.3)
        beat, at_s = beat + 1, at_s + beat_s
    return out[:n]
