"""ACOUSTIC_SHOCK: sudden and loud on the line; light at once, one event a shock."""

import pytest
from callclip.core import events, signals
from callclip.core.config import Config

from tests.core.frame_script import Sound, run

TALK = "agent 2; customer 4; agent 3; quiet 1; "  # until 10 s
ROW = signals.row_of(events.ACOUSTIC_SHOCK)


def shocks(text, config=None):
    return [e for e in run(text, config)[0] if e["event"] == "ACOUSTIC_SHOCK"]


def test_a_sound_out_of_nowhere():
    (event,) = shocks(TALK + "bang -100 0.3; quiet 2")
    assert event["call"] == 1 and event["ms"] == 300 and event["clipped"] is False
    assert event["peak_cdb"] == -100
    # The customer spoke at -2600, which has hardly faded since.
    assert 2450 <= event["rise_cdb"] <= 3000
    assert event["t_ms"] == 10000 + 300 + 200


def test_one_that_begins_within_a_frame_does_not_hide_itself():
    """Half of a frame is 3 dB lower: below the limit, but nearly as loud as the rest."""
    (event,) = shocks(TALK + "bang -320 0.02; bang -100 0.2; quiet 2")
    assert event["peak_cdb"] == -100


def test_nor_the_next_one():
    text = TALK + "bang -320 0.02; bang -100 0.2; quiet 2; bang -100 0.2; quiet 2"
    assert len(shocks(text)) == 2


def shorter_than_frames(text, level_cdb):
    """Shocks, if sounds near full scale are that loud over a whole frame."""

    def fill(frame):
        if frame.line.peak_cdb >= -60:
            frame.line.level_cdb = frame.line.weighted_cdb = frame.line.band_cdb = level_cdb

    events, _call = run(text, fill=fill)
    return [e for e in events if e["event"] == "ACOUSTIC_SHOCK"]


def test_a_customer_who_cries_out_after_it_was_no_part_of_it():
    text = "level -1700; " + TALK + "bang -50 0.16; quiet 0.08; customer 1; quiet 1"
    assert len(shorter_than_frames(text, -1050)) == 1


def test_a_click_at_full_scale_within_his_words_is_told():
    text = "level -1900; " + TALK + "agent 2; customer 1; bang 0 0.02; customer 1; quiet 1"
    assert len(shorter_than_frames(text, -1300)) == 1


def test_a_loud_word_that_clips_is_none():
    """As loud as his others, or a little more: his loudest vowels clip."""
    text = "level -1900; " + TALK + "agent 2; customer 1; bang 0 0.02; customer 1; quiet 1"
    assert shorter_than_frames(text, -1450) == []


def test_full_scale_is_clipped():
    assert shocks(TALK + "bang 0 0.1; quiet 2")[0]["clipped"] is True


def test_outside_a_call_too():
    (event,) = shocks("quiet 1; bang -100 0.02; quiet 2")
    assert event["call"] == 0 and event["ms"] == 20


@pytest.mark.parametrize("seconds", [0.48, 0.5, 0.52, 3])
def test_a_long_one_is_told_while_it_lasts_and_once(seconds):
    (event,) = shocks(TALK + f"bang -100 {seconds}; quiet 9")
    assert event["ms"] == min(500, round(1000 * seconds))
    assert event["t_ms"] <= 10000 + 700


def test_the_light_does_not_wait_for_its_end():
    from callclip.core.call import Call
    from callclip.core.eventqueue import EventQueue

    sound = Sound()
    call = Call(Config(), EventQueue(), sound.frame)
    lit = []
    for frame in sound.play(TALK + "bang -100 0.4; quiet 1"):
        call.step()
        if call.prompts.signal == ROW:
            lit.append(frame.index)
    assert lit[0] == 504  # it took 80 ms to see that it is no voice


def test_a_break_in_it_is_no_end():
    assert len(shocks(TALK + "bang -100 0.1; quiet 0.1; bang -100 0.1; quiet 2")) == 1
    assert len(shocks(TALK + "bang -100 0.1; quiet 2; bang -100 0.1; quiet 2")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "bang -320 0.3; quiet 1",  # not loud enough
        "level -1500; customer 1; level -1100; customer 3; quiet 2; customer 3; quiet 1",  # shouts
        "level -1600; customer 3; quiet 5; bang -250 0.1; quiet 1",  # not 15 dB above him
    ],
)
def test_no_shock(text):
    assert shocks(TALK + text) == []


def test_a_first_word_after_a_hold_with_singing_is_no_shock():
    """What was sung passed for his words, and told nothing of how loud he is."""
    assert shocks("agent 2; press; song 3; quiet 1; press; level -1150; customer 1; quiet 1") == []


LOUD_CUSTOMER = "level {}; customer 6; {} level -1150; customer 1; quiet 1"


@pytest.mark.parametrize("pause", ["", 20 * "agent 2; "])
def test_how_loud_a_customer_gets_is_not_forgotten_while_he_listens(pause):
    """Of a frame of his at -1150 the peak is at -150: that is loud enough for a shock."""
    assert shocks(TALK + LOUD_CUSTOMER.format(-1750, pause)) == []
    assert len(shocks(TALK + LOUD_CUSTOMER.format(-3000, pause))) == 1


def test_limits_are_settings():
    assert shocks(TALK + "bang -500 0.1; quiet 1", Config({"shock_peak_cdb": -600}))
    assert not shocks(TALK + "bang -100 0.1; quiet 1", Config({"shock_rise_cdb": 3500}))
