"""NOISY_LINE: a floor too high or a speaker too close to it, five seconds, and five more."""

import pytest
from callclip.core.config import Config
from callclip.core.floor import N_WINDOWS
from callclip.core.kernels import levels
from callclip.core.units import FRAME_MS

from tests.core.frame_script import run

HELLO = "ring; agent 1; "
UP = HELLO + "quiet 3; "  # up to 8.0 s
# So much noise has passed when the floor tells of it: all its windows but one.
FLOOR_LATE_MS = (N_WINDOWS - 1) * levels._WINDOW_FRAMES * FRAME_MS


def found(text, config=None):
    events, _ = run(text, config)
    return [
        (e["stage"], e["t_ms"], e["noise_cdb"], e["snr_cdb"])
        for e in events
        if e["event"] == "NOISY_LINE"
    ]


def test_a_high_floor_for_five_seconds_and_five_more():
    text = "line noisy; floor -3900; ring; agent 1; quiet 20"
    # Heard from the start of the call, 4.2 s, in which speech has been heard for 0.2 s.
    assert found(text) == [(1, 9180, -3900, 1300), (2, 14180, -3900, 1300)]


def test_a_floor_at_the_limit_is_not_noisy():
    assert found("line noisy; floor -4200; ring; agent 1; quiet 30") == []


def test_a_quiet_speaker_on_a_moderate_line():
    text = HELLO + "line noisy; floor -4500; level -3700; customer 2; quiet 20"
    stages = found(text)
    assert [s[0] for s in stages] == [1, 2] and stages[0][2:] == (-4500, 800)
    heard_ms = 5000 + 180  # his first word, and a second more
    assert stages[0][1] == heard_ms + 1000 - 2 * FRAME_MS + 5000


def test_a_murmur_is_no_quiet_speaker():
    text = "ring; agent 1; line noisy; floor -4500; level -4250; customer 9; quiet 20"
    assert found(text) == []
    events, _ = run(text)
    assert "QUIET_CUSTOMER" not in [e["event"] for e in events]


def test_who_talks_on_little_above_the_noise_is_a_quiet_speaker():
    text = HELLO + "line noisy; floor -4500; level -4100; customer 4; quiet 20"
    assert [stage for stage, *_rest in found(text)] == [1, 2]


def test_a_good_speaker_on_a_moderate_line():
    assert found(HELLO + "line noisy; floor -4500; customer 5; quiet 20") == []


def test_a_speaker_of_less_than_a_second_is_not_judged():
    text = HELLO + "line noisy; floor -4500; level -3700; customer 0.9; quiet 20"
    assert found(text) == []


def test_noise_that_passes_within_five_seconds():
    noise = "line noisy; floor -3900; quiet 2.7; floor -6000; line quiet; quiet 2; "
    assert found(UP + noise + noise + noise) == []


def test_a_dip_below_a_second_does_not_start_it_anew():
    dip = "line noisy; floor -3900; quiet 3; floor -6000; quiet 0.8; floor -3900; quiet 3"
    assert [s[1] for s in found(UP + dip)] == [8000 + 5000 - FLOOR_LATE_MS]


def test_a_floor_counts_from_where_its_noise_began_but_not_from_before_the_line_was_up():
    noise = "line noisy; floor -3900; quiet 12"
    stages = [(1, 8000 + 5000 - FLOOR_LATE_MS), (2, 8000 + 10000 - FLOOR_LATE_MS)]
    assert [s[:2] for s in found(UP + noise)] == stages
    dead = HELLO + "line noisy; quiet 1; line dead; quiet 2; "
    assert [s[:2] for s in found(dead + noise)] == [(1, 8000 + 5000), (2, 8000 + 10000)]


def test_a_floor_just_below_the_limit_does_not_make_it_clean():
    wobble = "line noisy; floor -4100; quiet 2; floor -4350; quiet 2; floor -4100; quiet 2"
    assert [s[0] for s in found(HELLO + wobble)] == [1]


def test_what_has_fallen_half_a_decibel_below_the_limit_is_not_told():
    noise = "line noisy; floor -4100; quiet 2; floor {}; quiet 10"
    assert [s[0] for s in found(UP + noise.format(-4249))] == [1, 2]
    assert found(UP + noise.format(-4250)) == []


def test_after_ten_clean_seconds_the_stages_begin_anew():
    text = "line noisy; floor -3900; quiet 5.5; floor -6000; line quiet; quiet {}; "
    again = "line noisy; floor -3900; quiet 5.5; agent 1"
    assert [s[0] for s in found(HELLO + text.format(5) + again)] == [1, 2]
    assert [s[0] for s in found(HELLO + text.format(11) + again)] == [1, 1]


def test_not_on_hold_not_in_music_not_on_a_dead_line_not_without_a_call():
    assert found(HELLO + "floor -3900; press; quiet 30") == []
    assert found(HELLO + "floor -3900; music 30") == []
    assert found("floor -3900; line dead; ring; agent 1; quiet 12") == []
    assert found("line noisy; floor -3900; quiet 30") == []


def test_noise_before_a_hold_does_not_count_after_it():
    text = HELLO + "line noisy; floor -3900; quiet 3; press; quiet 20; press; quiet {}"
    assert found(text.format(4.5)) == []
    assert len(found(text.format(5.5))) == 1


def test_limits_and_time_are_settings():
    config = Config({"noisy_line_cdb": -5500, "noisy_line_ms": 2000})
    text = UP + "line noisy; floor -5000; quiet 5"
    assert [s[1] for s in found(text, config)] == [8080, 10080]  # as soon as it is plain


def _played(text, fill):
    """Stages of a script whose frames `fill` changes."""
    events, _ = run(text, fill=fill)
    return [(e["stage"], e["t_ms"]) for e in events if e["event"] == "NOISY_LINE"]


def test_a_long_sentence_that_raises_the_floor_is_no_noise():
    """The floor rises under twelve seconds of speech; the net knows better."""

    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.floor_cdb = -3600

    assert _played(HELLO + "customer 15; quiet 2", fill) == []


@pytest.mark.parametrize(("noise_cdb", "stages"), [(-4200, []), (-3950, [1, 2])])
def test_a_floor_that_says_noisy_no_more_asks_for_a_plainer_noise(noise_cdb, stages):
    """Two seconds of noise at the limit, then a floor 3 dB below it."""

    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.noise_cdb = frame.line.level_cdb = noise_cdb
            frame.line.floor_cdb = -4100 if frame.index < 10 * 50 else -4500

    assert [stage for stage, _t_ms in _played(HELLO + "customer 1; quiet 20", fill)] == stages


def test_a_noise_level_that_the_floor_never_bears_out_is_none():
    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.noise_cdb = -3600

    assert _played(HELLO + "customer 5; quiet 12", fill) == []


def test_noise_counts_from_where_the_floor_told_of_it_and_waits_for_the_net():
    def fill(frame):
        if frame.index >= 6 * 50:
            frame.line.floor_cdb = -3600
        if frame.index >= 13 * 50:
            frame.line.noise_cdb = -3600

    assert _played(HELLO + "customer 20", fill) == [(1, 13020), (2, 18020)]


@pytest.mark.parametrize(("noisy", "stages"), [(1, []), (5, [1, 2])])
def test_what_is_heard_while_nobody_speaks_must_bear_it_out(noisy, stages):
    """Of sixteen frames so many are loud, whatever the floor and the net say."""

    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.floor_cdb = frame.line.noise_cdb = -3600
            frame.line.level_cdb = -3600 if frame.index % 16 < noisy else -6000

    assert [stage for stage, _t_ms in _played(HELLO + "customer 2; quiet 20", fill)] == stages


@pytest.mark.parametrize(("softest_cdb", "stages"), [(-4500, []), (-4100, [1, 2]), (-5500, [1, 2])])
def test_what_is_softest_between_the_sounds_of_a_word_tells_of_the_line(softest_cdb, stages):
    """Floor and net say noisy, the dips of a long sentence do not; a lost packet tells nothing."""

    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.floor_cdb = frame.line.noise_cdb = -4100
            if frame.index % 10 == 0:
                frame.line.level_cdb = softest_cdb

    assert [stage for stage, _t_ms in _played(HELLO + "customer 12; quiet 0.1", fill)] == stages


@pytest.mark.parametrize(
    ("wavers_cdb", "quiet_s", "told"), [(0, 0.6, 1), (0, 0.3, 0), (400, 0.6, 0)]
)
def test_a_steady_noise_before_a_long_sentence_is_witness_enough(wavers_cdb, quiet_s, told):
    """Floor and net have not told of it yet; music wavers."""

    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.floor_cdb = frame.line.noise_cdb = -6000
            level_cdb = -3800 + (frame.index & 1) * wavers_cdb
            if not frame.line.is_active or frame.line.level_cdb < level_cdb:
                frame.line.level_cdb = level_cdb

    text = f"ring; agent 1; quiet 3; quiet {quiet_s}; customer 5.2; quiet 0.1"
    stages = _played(text, fill)
    assert len(stages) == told
    assert not stages or 8000 + 5000 <= stages[0][1] <= 8000 + 5400


def test_a_steady_noise_that_has_gone_is_told_of_by_the_dips_of_a_word():
    def fill(frame):
        frame.line.noise_cdb = frame.line.floor_cdb = -6000
        if not frame.line.is_active:
            frame.line.level_cdb = -3800 if frame.index // 50 == 8 else -6500
        elif frame.index == 10 * 50:
            frame.line.level_cdb = -4500

    assert _played("ring; agent 1; quiet 4; customer 12; quiet 0.1", fill) == []


def test_a_steady_noise_that_has_gone_is_told_of_by_a_silent_line_behind_the_agent():
    def fill(frame):
        frame.line.noise_cdb = frame.line.floor_cdb = -6000
        frame.line.level_cdb = -3500 if 8 * 50 <= frame.index < 9 * 50 else -6000

    assert _played("ring; agent 1; quiet 4; agent 7; quiet 0.1", fill) == []


def test_what_was_heard_before_a_long_sentence_tells_nothing_after_six_seconds():
    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.floor_cdb = frame.line.noise_cdb = -3600

    (stage, t_ms), *_more = _played(HELLO + "quiet 3; customer 15; quiet 2", fill)
    assert stage == 1 and t_ms == 8000 + 6000


def test_a_hole_in_the_noise_that_fools_the_floor_does_not_start_it_anew():
    """A packet is lost: the floor falls for four seconds, the noise level stays."""

    def fill(frame):
        if frame.index >= 6 * 50:
            frame.line.floor_cdb = frame.line.noise_cdb = frame.line.level_cdb = -3600
        if 8 * 50 <= frame.index < 12 * 50:
            frame.line.floor_cdb = -4800

    assert _played(HELLO + "customer 2; quiet 20", fill) == [(1, 9180), (2, 14180)]
