"""CUSTOMER_LOUD: against his own level, and at all; one event an episode."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run


def louds(text, config=None):
    return [e for e in run("agent 1; " + text, config)[0] if e["event"] == "CUSTOMER_LOUD"]


def test_far_above_his_own_level():
    (event,) = louds("customer 10; agent 2; level -1500; customer 10")
    assert -1800 <= event["level_cdb"] <= -1490
    assert event["t_ms"] <= 13000 + 4000


def test_very_loud_from_the_start():
    (event,) = louds("level -1000; customer 10")
    assert abs(event["level_cdb"] + 1000) <= 20 and event["t_ms"] <= 4400


@pytest.mark.parametrize("level", [-2600, -1900, -1700])
def test_somewhat_louder_is_not_loud(level):
    assert louds(f"customer 10; level {level}; customer 10") == []


def test_just_below_very_loud():
    assert louds("level -1250; customer 20") == []


def test_one_episode_is_one_event():
    shouting = "level -1300; customer 6; agent 2; " * 4
    assert len(louds("customer 10; " + shouting)) == 1
    assert len(louds("customer 10; " + shouting + "level -2600; customer 6; " + shouting)) == 2


def test_no_word_is_no_level():
    """Two seconds are too little to be judged."""
    assert louds("level -800; customer 2; quiet 1") == []


def test_music_and_the_next_call():
    assert louds("level -1000; song 9") == []
    text = "level -1100; customer 2; long_press; quiet 1; agent 1; customer 2; quiet 1"
    assert louds(text) == []


def test_limits_are_settings():
    text = "customer 10; level -2000; customer 10"
    assert louds(text, Config({"customer_loud_rise_cdb": 500}))
    assert louds(text, Config({"customer_loud_cdb": -2100}))
