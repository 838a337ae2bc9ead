"""What is settled later: pauses filled up to 200 ms, blips dropped, and how much later."""

import pytest
from callclip.core.frame import LATE_FRAMES, NO_VOICE_Q8, SETTLED_FRAMES, SPURT_GAP_FRAMES
from callclip.core.hindsight import LEAST_FRAMES

from simulator.onechannel import OneChannel

ON_Q8, OFF_Q8 = 200, 100
SILENT_Q8, DOUBTFUL_Q8, SPEECH_Q8 = 50, 150, 250


def settled(*runs):
    """Flags in the order of sound from (logit, frames) pairs; a second of silence follows."""
    logits = [logit for logit, n in runs for _ in range(n)] + [SILENT_Q8] * 50
    one = OneChannel((0, 0, ON_Q8, OFF_Q8))
    flags = []
    for logit_q8 in logits:
        one.settle(logit_q8)
        flags.append(one.channel.is_settled_speech)
    # The logit is already LATE_FRAMES late: what is left of the delay is the hindsight's own.
    return "".join(map(str, flags[SETTLED_FRAMES - LATE_FRAMES :]))


def expected(*runs):
    return "".join(str(flag) * n for flag, n in runs)


@pytest.mark.parametrize("gap, flag", [(1, 1), (SPURT_GAP_FRAMES, 1), (SPURT_GAP_FRAMES + 1, 0)])
def test_a_pause_is_filled_up_to_a_spurts_gap(gap, flag):
    got = settled((SILENT_Q8, 20), (SPEECH_Q8, 5), (SILENT_Q8, gap), (SPEECH_Q8, 5))
    assert got.startswith(expected((0, 20), (1, 5), (flag, gap), (1, 5), (0, 20)))


def test_a_blip_is_dropped_and_joins_nothing():
    got = settled((SILENT_Q8, 9), (SPEECH_Q8, LEAST_FRAMES - 1), (SILENT_Q8, 9))
    assert "1" not in got
    got = settled((SPEECH_Q8, 5), (SILENT_Q8, 8), (SPEECH_Q8, 1), (SILENT_Q8, 8), (SPEECH_Q8, 5))
    assert got.startswith(expected((1, 5), (0, 17), (1, 5), (0, 20)))


def test_a_blip_within_a_short_pause_leaves_it_a_short_pause():
    got = settled((SPEECH_Q8, 5), (SILENT_Q8, 4), (SPEECH_Q8, 1), (SILENT_Q8, 5), (SPEECH_Q8, 5))
    assert got.startswith(expected((1, 20), (0, 20)))


def test_the_shortest_sound_that_stays():
    got = settled((SILENT_Q8, 30), (SPEECH_Q8, LEAST_FRAMES))
    assert got.startswith(expected((0, 30), (1, LEAST_FRAMES), (0, 20)))


def test_doubt_goes_on_with_speech_and_begins_none():
    assert "1" not in settled((DOUBTFUL_Q8, 20))
    got = settled((SPEECH_Q8, 2), (DOUBTFUL_Q8, 20))
    assert got.startswith(expected((1, 22), (0, 20)))


@pytest.mark.parametrize(
    ("is_other_sound", "late_q8"),
    [(0, SPEECH_Q8), (1, NO_VOICE_Q8), (2, SPEECH_Q8), (3, NO_VOICE_Q8)],
)
def test_a_doubt_for_the_level_alone_leaves_the_nets_opinion(is_other_sound, late_q8):
    """2 is nearness's: no settled speech, but nothing that "hang up" may be sure of."""
    one = OneChannel((0, 0, ON_Q8, OFF_Q8))
    for _ in range(2 * SETTLED_FRAMES):
        one.settle(SPEECH_Q8, is_other_sound)
    assert one.channel.late_q8 == late_q8
    assert one.channel.is_settled_speech == (0 if is_other_sound else 1)
