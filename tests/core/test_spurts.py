"""Talk spurts from made logits: hysteresis, hangover, joined pieces, and what it takes to count."""

import pytest
from callclip.core.frame import SPURT_GAP_FRAMES
from callclip.core.speech import HANGOVER_FRAMES
from callclip.core.tuning import SURE_SUM_Q8

from simulator.onechannel import OneChannel

ON_Q8, OFF_Q8 = 200, 100
SILENT_Q8, DOUBTFUL_Q8 = 50, 150
SURE_Q8 = SURE_SUM_Q8 // 8  # a spurt of eight such frames counts


class Voice:
    """A channel that is told n frames of a logit after each other."""

    def __init__(self):
        self._detector = OneChannel((ON_Q8, OFF_Q8, 0, 0))
        self.channel = self._detector.channel
        self.index = 0

    def go(self, logit_q8, n, is_other_sound=False):
        """[is_active, is_speech] of each frame."""
        out = []
        for _ in range(n):
            self._detector.decide(logit_q8, self.index, is_other_sound)
            self.index += 1
            out.append([self.channel.is_active, self.channel.is_speech])
        return out


def test_speech_begins_at_one_logit_and_ends_below_another():
    voice = Voice()
    assert voice.go(DOUBTFUL_Q8, 20) == [[0, 0]] * 20
    assert voice.go(ON_Q8, 1) == [[1, 1]]
    assert voice.go(OFF_Q8, 20) == [[1, 1]] * 20
    got = voice.go(OFF_Q8 - 1, 20)
    assert got == [[0, 1]] * HANGOVER_FRAMES + [[0, 0]] * (20 - HANGOVER_FRAMES)
    assert voice.channel.last_active == 40


@pytest.mark.parametrize(
    "gap, is_joined", [(SPURT_GAP_FRAMES, True), (SPURT_GAP_FRAMES + 1, False)]
)
def test_pieces_up_to_200_ms_apart_are_one_spurt(gap, is_joined):
    voice = Voice()
    voice.go(SILENT_Q8, 7)
    voice.go(SURE_Q8, 10)
    voice.go(SILENT_Q8, gap)
    voice.go(SURE_Q8, 10)
    start, ms = (7, 400) if is_joined else (17 + gap, 200)
    assert (voice.channel.spurt_start, voice.channel.spurt_ms) == (start, ms)


@pytest.mark.parametrize("n_frames", [1, 4, 12])
def test_a_spurt_counts_once_its_evidence_is_enough_and_then_from_its_beginning(n_frames):
    """A loud word needs fewer frames than a faint one."""
    voice = Voice()
    logit_q8 = -(-(SURE_SUM_Q8 - ON_Q8) // n_frames)
    voice.go(ON_Q8, 1)
    voice.go(logit_q8, n_frames - 1)
    assert voice.channel.spurt_ms == 0
    voice.go(logit_q8, 1)
    assert voice.channel.spurt_ms == 20 * (1 + n_frames)
    voice.go(OFF_Q8, 1)
    assert voice.channel.spurt_ms == 20 * (2 + n_frames)


def test_evidence_of_one_spurt_is_none_for_the_next():
    voice = Voice()
    for _ in range(5):
        voice.go(SURE_Q8, 7)
        voice.go(SILENT_Q8, SPURT_GAP_FRAMES + 1)
    assert voice.channel.spurt_ms == 0


def test_a_tone_or_music_ends_speech_at_once():
    voice = Voice()
    voice.go(SURE_Q8, 10)
    assert voice.go(SURE_Q8, 5, is_other_sound=True) == [[0, 0]] * 5
    assert voice.channel.last_active == 9
