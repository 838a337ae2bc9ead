"""Endless music to learn from: tunes and scores, played by other instruments.

    prepare(tunes, fonts)   makes name(0) ... name(PIECES - 1): FLACs of up to 40 s at 16 kHz,
                            -26 dBFS rms; the number is the seed

A tune gets other instruments of one of several sound fonts, another key and another pace, and some
of its parts fall silent, now and then all but one: what is learned from is what music has in
common, and not some pieces by heart. Only the tuning part's tunes and scores of no part come here.
Called by: training/music.py. Ref: General MIDI level 1 (channel 10, here 9, is percussion).
"""

import tempfile
from pathlib import Path

import mido
import numpy as np

from simulator import clips
from simulator.world import music

PIECES = 72
PERCUSSION = 9
LEAST_NOTES = 40
SOLO_SHARE = 0.25
LONGEST_BEATS = 130  # what comes later is not played: only the first LENGTH_S are wanted
USUAL_TEMPO_US = 500_000  # of a file that names none, a beat


def name(number):
    return f"music/scored/{number:03d}"


def prepare(tunes, fonts, jobs=2):
    """Make the pieces that are missing."""
    (clips.FETCHED / name(0)).parent.mkdir(parents=True, exist_ok=True)
    todo = [n for n in range(PIECES) if not clips.path_of(name(n))]
    music.in_parallel(make, [(n, tunes, fonts) for n in todo], jobs)


def make(task):
    number, tunes, fonts = task
    generator = np.random.default_rng([6, number])
    score = mido.MidiFile(tunes[int(generator.integers(len(tunes)))])
    rescore(score, generator)
    font = fonts[int(generator.integers(len(fonts)))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rescored.mid"
        score.save(path)
        music.write(clips.FETCHED / f"{name(number)}.flac", music.played(path, font))


def rescore(score, generator):
    """Other instruments, key, pace and fewer parts, in place."""
    programs = generator.integers(0, 120, 16)  # above: effects, not instruments
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
