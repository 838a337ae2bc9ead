"""Endless music for the tuning part: its own MIDI tunes, played by other instruments.

    path(number)   -> a FLAC of LENGTH_S at 16 kHz, -26 dBFS rms, made once; the number is the seed

A tune of the tuning part gets other instruments, another key and another pace, and some of its
parts fall silent: what is learned from is what music has in common, and not 24 pieces by heart.
Called by: training/drill.py. Ref: General MIDI level 1 (channel 10, here 9, is percussion).
"""

import tempfile
from pathlib import Path

import mido
import numpy as np

from simulator import clips
from simulator.world import music

PIECES = 120
PERCUSSION = 9
LEAST_NOTES = 40
LONGEST_BEATS = 130  # what comes later is not played: only the first LENGTH_S are wanted


def name(number):
    return f"music/scored/{number:03d}"


def prepare(jobs=2):
    """Make the pieces that are missing."""
    (clips.FETCHED / name(0)).parent.mkdir(parents=True, exist_ok=True)
    music.in_parallel(make, [n for n in range(PIECES) if not clips.path_of(name(n))], jobs)


def make(number):
    generator = np.random.default_rng([5, number])
    tunes = music.tunes("tuning")
    score = mido.MidiFile(tunes[int(generator.integers(len(tunes)))])
    rescore(score, generator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rescored.mid"
        score.save(path)
        music.write(clips.FETCHED / f"{name(number)}.flac", music.played(path))


def rescore(score, generator):
    """Other instruments, key, pace and fewer parts, in place."""
    programs = generator.integers(0, 120, 16)  # above: effects, not instruments
    key = int(generator.integers(-6, 7))
    pace = float(generator.uniform(0.75, 1.35))
    silent = _silenced(score, generator)
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
    return {channel for channel in playing if channel != fullest and generator.random() < 0.35}
