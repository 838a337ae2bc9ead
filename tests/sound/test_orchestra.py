"""Tunes by other instruments: the tune stays, in another key; its fullest part always plays."""

import mido
import numpy as np
import pytest

from simulator.world import orchestra

TUNE, DRUMS, THIN = 0, orchestra.PERCUSSION, 3


def score(n_beats=100):
    """A part of each kind: a tune, drums, and one with too few notes to be silenced."""
    out = mido.MidiFile(ticks_per_beat=10)
    for channel, n_notes in ((TUNE, n_beats), (DRUMS, n_beats - 1), (THIN, 5)):
        track = mido.MidiTrack()
        track.append(mido.Message("program_change", channel=channel, program=1))
        for n in range(n_notes):
            track.append(mido.Message("note_on", channel=channel, note=50 + n % 12, time=10))
        out.tracks.append(track)
    return out


def notes(track):
    at, out = 0, []
    for message in track:
        at += message.time
        if message.type == "note_on":
            out.append((at, message.note))
    return out


@pytest.mark.parametrize("seed", range(8))
def test_the_tune_stays_in_another_key_and_drums_stay_drums(seed):
    before, after = score(), score()
    orchestra.rescore(after, np.random.default_rng(seed))
    tunes = [notes(each.tracks[0]) for each in (before, after)]
    shifts = {b[1] - a[1] for a, b in zip(*tunes, strict=True)}
    assert len(shifts) == 1 and abs(shifts.pop()) <= 6
    assert [a[0] for a in tunes[0]] == [b[0] for b in tunes[1]]
    assert notes(after.tracks[1]) in ([], notes(before.tracks[1]))
    assert len(notes(after.tracks[2])) == 5


def test_what_comes_later_is_not_played():
    long = score(3 * orchestra.LONGEST_BEATS)
    orchestra.rescore(long, np.random.default_rng(1))
    assert len(notes(long.tracks[0])) == orchestra.LONGEST_BEATS
