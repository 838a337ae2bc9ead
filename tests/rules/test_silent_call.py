"""SILENT_CALL: greet, five seconds, greet, five seconds, farewell, five seconds, hang up."""

import pytest
from callclip.core.config import Config
from callclip.core.frame import HINDSIGHT_FRAMES, TONE

from tests.core.frame_script import run

FRAME_MS = 20


def stages(text, config=None):
    events, _ = run(text, config)
    return [(e["stage"], e["t_ms"]) for e in events if e["event"] == "SILENT_CALL"]


def test_by_the_book():
    text = "ring; agent 1; quiet 5.5; agent 1; quiet 5.5; agent 1; quiet 8"
    # The last words end at 5.0, 11.5 and 18.0 s.
    assert stages(text) == [(1, 10000), (2, 16500), (3, 23000)]


def test_an_agent_who_does_not_react_is_told_all_the_same():
    assert stages("ring; agent 1; quiet 20") == [(1, 10000), (2, 15000), (3, 20000)]


def test_time_runs_from_the_last_word_not_from_the_hangover():
    assert stages("ring; agent 1; quiet 1; agent 0.2; quiet 6")[0] == (1, 6200 + 5000)


def test_a_word_of_the_agent_starts_the_wait_anew():
    assert stages("ring; agent 1; quiet 4.8; agent 0.5; quiet 5.2") == [(1, 15300)]


def test_typing_is_no_word_of_the_agent_and_clatter_none_of_the_customer():
    text = "ring; agent 1; quiet 1; typing 1; clatter 1; quiet 12"
    assert stages(text) == [(1, 10000), (2, 15000), (3, 20000)]


def test_never_while_the_agent_speaks():
    assert stages("ring; agent 30; quiet 4.9") == []


def test_the_wait_is_a_setting():
    config = Config({"silent_call_ms": 7000})
    assert stages("ring; agent 1; quiet 15", config) == [(1, 12000), (2, 19000)]


@pytest.mark.parametrize("before_s, expected", [(2, 0), (7, 1), (12, 2)])
def test_speech_of_the_customer_ends_the_sequence_for_the_whole_call(before_s, expected):
    """180 ms heard are 300 ms spoken: the soft edges of a word drown in the noise."""
    noisy = f"line noisy; floor -4500; ring; agent 1; quiet {before_s}; "
    assert len(stages(noisy + "customer 0.18; quiet 3; agent 1; quiet 40")) == expected
    clear = f"ring; agent 1; quiet {before_s}; "
    assert len(stages(clear + "customer 0.3; quiet 3; agent 1; quiet 40")) == expected
    assert len(stages(clear + "customer 0.28; quiet 3; agent 1; quiet 40")) == 2


def test_a_murmur_within_the_lines_noise_is_nobody():
    """Babble passes for a voice: for 100 ms 6 dB above the noise, or for 1.5 s 3 dB."""
    text = "line noisy; floor -5000; level {}; ring; agent 1; " + 4 * "quiet 1; customer 2; "
    assert [s for s, _t in stages(text.format(-4750) + "quiet 9")] == [1, 2, 3]
    assert stages(text.format(-4350) + "quiet 9") == []
    word = "customer 0.{}; quiet 20"
    near = "line noisy; floor -5000; level -4750; ring; agent 1; quiet 1; customer 2; level -4350; "
    assert len(stages(near + word.format("08"))) == 3
    assert stages(near + word.format("10")) == []


def test_a_shorter_sound_only_keeps_hang_up_back():
    """As heard with hindsight, from 120 ms on: a word may have drowned in noise but for that."""
    assert len(stages("ring; agent 1; quiet 2; customer 0.16; quiet 20")) == 2
    assert len(stages("ring; agent 1; quiet 2; customer 0.12; quiet 20")) == 2
    assert len(stages("ring; agent 1; quiet 2; customer 0.1; quiet 20")) == 3


def test_short_sounds_far_apart_are_no_word():
    apart = "customer 0.1; quiet 0.2; " * 3
    assert len(stages(f"ring; agent 1; quiet 2; {apart} quiet 20")) == 3


def n_stages_after_a_sound(n_frames, rise_cdb=600, late_q8=-999, agent=None, state=None, parts=1):
    """Stages of a call in which something stands out of the line's noise for so many frames.

    Hearing takes it for no voice, hindsight doubts that; in parts, each three frames apart.
    """
    lengths = [n_frames // parts + (k < n_frames % parts) for k in range(parts)]
    loud = set()
    at = 500
    for length in lengths:
        loud |= set(range(at, at + length))
        at += length + 3

    def fill(frame):
        line = frame.line
        line.level_cdb = line.floor_cdb + (rise_cdb if frame.index in loud else 0)
        if frame.index - HINDSIGHT_FRAMES in loud:
            line.late_q8 = late_q8
        if frame.index in loud:
            frame.agent.is_in_spurt = agent or frame.agent.is_in_spurt
            line.state = line.state if state is None else state

    events, _ = run("ring; agent 1; quiet 20", fill=fill)
    return len([e for e in events if e["event"] == "SILENT_CALL"])


def test_noise_that_is_back_after_a_hole_is_no_word():
    """The floor falls into the hole; what the net says of the noise does not."""

    def n_stages(noise_cdb):
        def fill(frame):
            line = frame.line
            in_hole = 500 <= frame.index < 520
            line.floor_cdb = -6000 if 505 <= frame.index < 700 else -4500
            line.level_cdb = -6000 if in_hole else -4500
            line.noise_cdb = noise_cdb
            if frame.index >= 520:
                line.late_q8 = -900

        events, _ = run("ring; agent 1; quiet 20", fill=fill)
        return len([e for e in events if e["event"] == "SILENT_CALL"])

    assert n_stages(-4500) == 3
    assert n_stages(-6000) == 2


@pytest.mark.parametrize(
    ("n_frames", "how", "expected"),
    [
        (14, {}, 3),
        (15, {}, 2),
        (15, {"rise_cdb": 599}, 3),
        (15, {"late_q8": -1000}, 3),
        (15, {"agent": 1}, 3),
        (15, {"state": TONE}, 3),
        (12, {"parts": 2}, 2),
        (11, {"parts": 2}, 3),
    ],
)
def test_a_sound_of_300_ms_that_may_be_a_voice_keeps_hang_up_back(n_frames, how, expected):
    """Though the net is on the side of none in each of its frames."""
    assert n_stages_after_a_sound(n_frames, **how) == expected


def test_what_may_have_been_a_word_of_the_call_before_counts_no_more():
    silent = "agent 1; quiet 5; agent 1; quiet 5; agent 1; quiet 6; line dead; quiet 4; line quiet"
    found = stages(f"ring; agent 1; quiet 1; customer 0.14; {silent}; ring; {silent}")
    assert [stage for stage, _t_ms in found] == [1, 2, 1, 2, 3]


def test_what_counts_as_speech_is_a_setting():
    config = Config({"min_customer_speech_ms": 600})
    assert len(stages("ring; agent 1; quiet 2; customer 0.22; quiet 20", config)) == 3
    assert len(stages("ring; agent 1; quiet 2; customer 0.34; quiet 20", config)) == 2
    assert len(stages("ring; agent 1; quiet 2; customer 0.58; quiet 20", config)) == 2
    assert len(stages("ring; agent 1; quiet 2; customer 0.6; quiet 20", config)) == 0


@pytest.mark.parametrize("after_s", [14.98, 14.9, 14.72])
def test_a_word_at_the_last_moment_keeps_the_farewell_back(after_s):
    """The third stage waits until the sound that is under way is known to be no speech."""
    assert len(stages(f"ring; agent 1; quiet {after_s}; customer 0.4; quiet 20")) == 2


def test_a_mere_noise_at_the_last_moment_only_delays_it():
    found = stages("ring; agent 1; quiet 14.9; customer 0.1; quiet 20")
    assert found[2][0] == 3 and 20000 <= found[2][1] <= 20400


def test_a_customer_who_opened_the_call_is_there():
    assert stages("ring; customer 0.5; agent 1; quiet 30") == []


def test_an_agent_who_never_spoke_has_no_silent_call():
    assert stages("line dead; press; quiet 40") == []


def test_not_on_hold_and_anew_after_it():
    text = "ring; agent 1; press; quiet 20; press; quiet 6"
    # The hold ends with the frame after 25.02 s.
    assert stages(text) == [(1, 30040)]


def test_each_call_has_its_own_sequence():
    text = "ring; agent 1; quiet 20; long_press; ring; agent 1; quiet 20"
    assert [stage for stage, _ in stages(text)] == [1, 2, 3, 1, 2, 3]
