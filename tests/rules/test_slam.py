"""SLAM: a short loud knock near the true end of a call."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run

TALK = "ring; agent 2; customer 4; agent 2; "  # until 12 s


def slams(text, config=None):
    return [e for e in run(text, config)[0] if e["event"] == "SLAM"]


def test_after_a_call_that_was_ended_by_the_button():
    (event,) = slams(TALK + "quiet 1; long_press; quiet 1; knock -200 0.06; quiet 2")
    assert event["call"] == 1 and event["peak_cdb"] == -200
    assert event["t_ms"] - 14020 <= 440  # when it is known that nobody speaks on


def test_before_the_end_of_the_call():
    (event,) = slams(TALK + "quiet 1; knock -200 0.06; quiet 1; long_press; quiet 2")
    assert event["call"] == 1


@pytest.mark.parametrize("before_s", [1.8, 0.2])
def test_at_a_drop_that_is_known_to_be_the_end_minutes_later(before_s):
    text = f"quiet 1; knock -200 0.06; quiet {before_s}; line dead; quiet 310"
    events, _ = run(TALK + text)
    names = [e["event"] for e in events if e["event"] in ("HOLD_STARTED", "CALL_ENDED", "SLAM")]
    assert names == ["HOLD_STARTED", "CALL_ENDED", "SLAM"]


def test_bounces_are_one_slam():
    text = "long_press; quiet 0.5; knock -100 0.04; quiet 0.1; knock -1300 0.04; quiet 2"
    assert len(slams(TALK + text)) == 1
    text = "long_press; quiet 0.5; knock -100 0.04; quiet 0.7; knock -100 0.04; quiet 2"
    assert len(slams(TALK + text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "quiet 1; knock -200 0.06; quiet 3; long_press; quiet 2",  # long before
        "quiet 1; long_press; quiet 3; knock -200 0.06; quiet 2",  # long after
        "quiet 1; long_press; quiet 1; knock -700 0.06; quiet 2",  # put down gently
        "quiet 1; long_press; quiet 1; knock -200 0.3; quiet 2",  # too long for a knock
        "quiet 1; long_press; quiet 0.5; " + "knock -200 0.1; quiet 0.1; " * 5,  # laughter
        "quiet 1; long_press; quiet 1; voice -1400; agent 1; quiet 2",  # speech
        "quiet 1; voice -1400; agent 1; long_press; agent 1; quiet 2",
    ],
)
def test_no_slam(text):
    assert slams(TALK + text) == []


def test_each_call_has_its_own():
    events = slams((TALK + "long_press; quiet 1; knock -200 0.06; quiet 5; ") * 2)
    assert [e["call"] for e in events] == [1, 2]


def test_limits_are_settings():
    late = TALK + "long_press; quiet 3; knock -900 0.06; quiet 2"
    assert slams(late, Config({"slam_ms": 4000, "slam_peak_cdb": -1000}))
