"""GREETING_MISSING: three seconds from the start of the call, once, unless the agent speaks."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run


def times(text, config=None):
    events, _ = run(text, config)
    return [e["t_ms"] for e in events if e["event"] == "GREETING_MISSING"]


def test_three_seconds_after_the_customer_was_put_through():
    assert times("quiet 1; customer 1; quiet 20") == [4000]


def test_while_the_customer_goes_on_speaking():
    assert times("quiet 1; customer 8") == [4000]


def test_after_a_start_by_the_button():
    assert times("line dead; quiet 1; press; quiet 20") == [4000]


@pytest.mark.parametrize("reply_s, expected", [(2.9, []), (3.1, [4000])])
def test_a_word_just_in_time(reply_s, expected):
    assert times(f"quiet 1; customer 1; quiet {reply_s - 1}; agent 1; quiet 9") == expected


def test_an_agent_who_opens_the_call_has_greeted():
    assert times("quiet 1; agent 1; quiet 4; customer 1; quiet 9") == []


def test_not_on_hold():
    assert times("quiet 1; customer 1; press; quiet 20") == []


def test_the_wait_is_a_setting():
    assert times("quiet 1; customer 1; quiet 9", Config({"greeting_ms": 5000})) == [6000]


def test_again_in_the_next_call():
    assert times("customer 1; quiet 4; long_press; quiet 1; customer 1; quiet 4") == [3000, 9020]
