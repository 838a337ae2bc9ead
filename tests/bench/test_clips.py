"""False tones: a clip with a machine's tone is told from one in which somebody holds a note."""

import numpy as np
import pytest

from benches.detection import clips
from simulator import render, sound


def with_bleep(seconds):
    """Words, then a tone of so many seconds, then words."""
    words = render.clip("studio/welcome")
    bleep = sound.tone([1520], sound.samples_from_s(seconds), -26)
    return np.concatenate((words, bleep, words))


def test_a_bleep_within_words_is_a_tone():
    assert clips.holds_tone(with_bleep(0.3))


def test_a_click_of_a_bleep_is_none():
    assert not clips.holds_tone(with_bleep(0.1))


@pytest.mark.parametrize("name", ["studio/welcome", "reader/amiable-woman", "operator/numbers"])
def test_words_are_none(name):
    assert not clips.holds_tone(render.clip(name))


def test_a_note_that_somebody_holds_is_none():
    """Its second and third harmonic are as loud as the first."""
    note = sum(sound.tone([hz], 16000, -30) for hz in (440, 880, 1320))
    assert not clips.holds_tone(note)


def test_silence_is_none():
    assert not clips.holds_tone(np.zeros(16000))
