"""Endless music to learn from: tunes and scores, played by other instruments.

    prepare(names, tunes, fonts)   makes clips of these names: FLACs of up to 40 s at 16 kHz,
                                   -26 dBFS rms; the name is the seed

A tune gets other instruments of one of several sound fonts, another key and another pace, and some
of its parts fall silent, now and then all but one: what is learned from is what music has in
common, and not some pieces by heart. A lone part at a telephone is what is nearest to a voice. Only
the tuning part's tunes and tunes of no part come here.
Called by: training/music.py. Ref: General MIDI level 1 (channel 10, here 9, is percussion).
"""

import tempfile
from pathlib import Path

import mido
import numpy as np

from simulator import clips, sound
from simulator.world import music

PERCUSSION = 9
# General MIDI's choirs and singing synthesisers are voices, and what is above 119 are effects.
VOCAL = (52, 53, 54, 85, 91)
INSTRUMENTS = [program for program in range(120) if program not in VOCAL]
LEAST_NOTES = 40
LEAST_S = 10.0
LEAST_DB = -60.0
SOLO_SHARE = 0.4
LONGEST_BEATS = 130  # what comes later is not played: only the first LENGTH_S are wanted
USUAL_TEMPO_US = 500_000  # of a file that names none, a beat


def prepare(names, tunes, fonts, jobs=2):
    """Make the pieces that are missing."""
    todo = [name for name in names if not clips.path_of(name)]
    for folder in {_path(name).parent for name in todo}:
        folder.mkdir(parents=True, exist_ok=True)
    music.in_parallel(make, [(name, tunes, fonts) for name in todo], jobs)


def _path(name):
    return clips.FETCHED / f"{name}.flac"


def make(task):
    name, tunes, fonts = task
    generator = np.random.default_rng(list(name.encode()))
    while not _made(name, tunes, fonts, generator):
        pass


def _made(name, tunes, fonts, generator):
    """False if of that tune next to nothing is left to be heard."""
    score = mido.MidiFile(tunes[int(generator.integers(len(tunes)))], clip=True)
    rescore(score, generator)
    font = fonts[int(generator.integers(len(fonts)))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rescored.mid"
        score.save(path)
        samples = music.played(path, font)
    if len(samples) < sound.samples_from_s(LEAST_S) or sound.rms_db(samples) < LEAST_DB:
        return False
    music.write(_path(name), samples)
    return True


def rescore(score, generator):
    """Other instruments, key, pace and fewer parts, in place."""
    programs = generator.choice(INSTRUMENTS, 16)
    key = int(generator.integers(-6, 7))
    pace = float(generator.uniform(0.75, 1.35))
    silent = _silenced(score, generator)
    _with_programs(score)
    last = LONGEST_BEATS * score.ticks_per_beat
    for track in score.tracks:
        kept = []
        at = rest = 0
        for message in track:
            at += message.time
            if at > last:
                break
            if message.type == "set_tempo":
                message = message.copy(tempo=int(message.tempo * pace))
            elif message.type == "program_change":
                message = message.copy(program=int(programs[message.channel]))
            elif message.type in ("note_on", "note_off"):
                if message.channel in silent:
                    rest += message.time
                    continue
                if message.channel != PERCUSSION:
                    message = message.copy(note=min(127, max(0, message.note + key)))
            kept.append(message.copy(time=message.time + rest))
            rest = 0
        track[:] = kept


def _silenced(score, generator):
    """Channels that fall silent; the fullest one always plays."""
    notes = [0] * 16
    for track in score.tracks:
        for message in track:
            if message.type == "note_on":
                notes[message.channel] += 1
    playing = [channel for channel in range(16) if notes[channel] >= LEAST_NOTES]
    fullest = max(range(16), key=lambda channel: notes[channel] * (channel != PERCUSSION))
    share = 1.0 if generator.random() < SOLO_SHARE else 0.35
    return {channel for channel in playing if channel != fullest and generator.random() < share}


def _with_programs(score):
    """Every channel gets an instrument, and the score a tempo, for `rescore` to change."""
    kinds = {message.type for track in score.tracks for message in track}
    if "set_tempo" not in kinds:
        score.tracks[0].insert(0, mido.MetaMessage("set_tempo", tempo=USUAL_TEMPO_US))
    for track in score.tracks:
        channels = {m.channel for m in track if m.type == "note_on"}
        named = {m.channel for m in track if m.type == "program_change"}
        for channel in sorted(channels - named):
            track.insert(0, mido.Message("program_change", channel=channel, program=0))
