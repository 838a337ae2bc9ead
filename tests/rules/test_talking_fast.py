"""TALKING_FAST over ten seconds of the agent's own speech."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run


def fast(text, config=None):
    return [e for e in run(text, config)[0] if e["event"] == "TALKING_FAST"]


def test_after_ten_seconds_of_own_speech():
    (event,) = fast("pace 300; agent 4; customer 5; agent 9; quiet 1; agent 9")
    assert abs(event["syllables_per_min"] - 300) <= 15
    assert 14800 <= event["t_ms"] <= 15200


@pytest.mark.parametrize("pace", [100, 200, 230])
def test_slow_enough(pace):
    assert fast(f"pace {pace}; agent 40") == []


def test_said_again_only_after_a_slower_while():
    assert len(fast("pace 300; agent 40")) == 1
    assert len(fast("pace 300; agent 20; pace 180; agent 14; pace 300; agent 20")) == 2


def test_a_short_burst_is_no_rate():
    assert fast("pace 180; agent 12; pace 300; agent 2; pace 180; agent 10") == []


def test_not_beside_a_held_line_and_each_call_anew():
    assert fast("agent 2; customer 2; music 4; pace 400; babble 20; music 1") == []
    assert fast("pace 300; agent 8; long_press; quiet 1; agent 8; long_press") == []


def test_rate_and_stretch_are_settings():
    assert fast("agent 12", Config({"fast_speech_spm": 150}))
    assert fast("pace 300; agent 4", Config({"fast_speech_ms": 3000}))
    assert not fast("pace 300; agent 14", Config({"fast_speech_ms": 20000}))
