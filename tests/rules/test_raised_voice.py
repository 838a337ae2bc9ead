"""AGENT_RAISED_VOICE: while the customer is hard to hear, against the level when that began."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run

QUIET = "agent 3; level -4500; customer 4; "
NOISY = "agent 3; customer 3; floor -3500; line noisy; quiet 6; "


def raised(text, config=None):
    return [e for e in run(text, config)[0] if e["event"] == "AGENT_RAISED_VOICE"]


@pytest.mark.parametrize("start", [QUIET, NOISY])
def test_once_a_sequence(start):
    (event,) = raised(start + "voice -1900; agent 2; customer 1; voice -1700; agent 2")
    assert event["rise_cdb"] == 700


@pytest.mark.parametrize("start", ["agent 3; customer 6; ", QUIET + "level -2600; customer 6; "])
def test_not_without_a_sequence(start):
    assert raised(start + "voice -1800; agent 4") == []


def test_a_little_louder_is_nothing():
    assert raised(QUIET + "voice -2050; agent 5") == []


def test_against_the_first_second_where_the_agent_had_not_spoken():
    start = "press; floor -3500; line noisy; quiet 6; "
    assert raised(start + "voice -1800; agent 5") == []
    assert raised(start + "agent 2; voice -1800; agent 3")


def test_the_next_sequence_has_its_own_level():
    over = "level -2600; customer 6; "
    text = QUIET + "voice -1900; agent 2; " + over + "level -4500; customer 9; agent 3; "
    assert len(raised(text)) == 1
    assert len(raised(text + "voice -1100; agent 3")) == 2


def test_the_rise_is_a_setting():
    assert raised(QUIET + "voice -2300; agent 3", Config({"raised_voice_cdb": 200}))
