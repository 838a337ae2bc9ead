"""What the net learns from beside the tuning part: strangers stay strangers, truth stays true."""

import numpy as np
import pytest

from simulator import clips, sound
from simulator.world import abroad, cast, music, packages
from training import music as further_music
from training import people, scores, voices


def test_nobody_who_reports_teaches():
    teaching = voices.everybody() + voices.foreign()
    reporting = cast.voices("reporting")
    assert not {v.name for v in teaching} & {v.name for v in reporting}
    # A speaker of espeak-ng is one in every accent.
    speakers = [
        {v.model.split("+")[1] for v in some if v.engine == "espeak"}
        for some in (teaching, reporting)
    ]
    assert len(speakers[0]) > 50 and not speakers[0] & speakers[1]
    assert not set(further_music.pieces()) & {f"music/{name}" for name in music.pieces("reporting")}


def test_nobody_abroad_is_anywhere_else():
    others = voices.everybody() + voices.foreign() + cast.voices()
    assert not {v.name for v in abroad.everybody()} & {v.name for v in others}
    speakers = [
        {v.model.split("+")[1] for v in some if v.engine == "espeak"}
        for some in (abroad.everybody(), others)
    ]
    assert speakers[0] and not speakers[0] & speakers[1]
    taught_music = set(packages.WORLD.names) | set(packages.FURTHER.names)
    assert not set(packages.ABROAD.names) & taught_music


def test_who_is_held_out_does_not_teach():
    tuning = {voice.name for voice in cast.voices("tuning")}
    assert set(voices.HELD_OUT) <= tuning
    teaching = voices.everybody() + voices.foreign()
    assert not set(voices.HELD_OUT) & {voice.name for voice in teaching}
    held_out = {v.model for v in cast.voices("tuning") if v.name in voices.HELD_OUT}
    speakers = {model.split("+")[1] for model in held_out if "+" in model}
    assert speakers and not speakers & {v.model.partition("+")[2] for v in voices.foreign()}
    assert set(further_music.HELD_OUT) <= set(music.pieces("tuning"))
    held = {f"music/{name}" for name in further_music.HELD_OUT}
    assert not held & set(further_music.pieces())


def test_no_name_is_given_twice():
    everybody = voices.everybody() + voices.foreign()
    models = [v.model for v in voices.further() + voices.foreign()]
    for names in ([v.name for v in everybody], models):
        assert len(names) == len(set(names))
    pieces = further_music.pieces() + further_music.strange()
    assert len(pieces) == len(set(pieces)) > further_music.PLAYED
    assert len({folder for folder, _n in scores.SHARES}) == len(scores.SHARES)


@pytest.mark.parametrize("ratio", [0.8, 1.1, 1.25])
def test_a_stretched_clip_keeps_pitch_and_level_and_takes_its_time(ratio):
    samples = clips.samples("studio/thank-you-patience")
    slow = people.stretched(samples, ratio)
    assert abs(len(slow) / len(samples) - ratio) < 0.02
    assert abs(sound.active_level_db(slow)[0] - sound.active_level_db(samples)[0]) < 0.5
    spurts = [sound.speech_spurts(x) for x in (samples, slow)]
    spoken = [sum(end - start for start, end in each) for each in spurts]
    assert abs(spoken[1] / spoken[0] - ratio) < 0.06


def test_a_stretched_tone_keeps_its_pitch():
    tone = sound.tone([440], 32000, -20)
    for ratio in (0.8, 1.25):
        slow = people.stretched(tone, ratio)[1600:17600]
        hz = np.fft.rfftfreq(len(slow), 1 / sound.SAMPLE_RATE_HZ)
        assert abs(hz[np.argmax(np.abs(np.fft.rfft(slow)))] - 440) < 3


def test_spurts_a_short_pause_apart_are_one():
    merge = sound.samples_from_s(sound.MERGE_GAP_S)
    assert people.joined([(9000, 9500), (0, 1000), (1000 + merge, 5000)]) == [
        [0, 5000],
        [9000, 9500],
    ]
    assert people.joined([(0, 1000), (1001 + merge, 9000)]) == [[0, 1000], [1001 + merge, 9000]]
