"""RING, LATE_ANSWER and what a call knows about its rings."""

from callclip.core.config import Config

from tests.core.frame_script import run


def test_each_burst_is_counted():
    events, _ = run("line dead; ring 3")
    assert [(e["event"], e["n"], e["call"]) for e in events] == [
        ("RING", 1, 0),
        ("RING", 2, 0),
        ("RING", 3, 0),
    ]
    assert [e["t_ms"] for e in events] == [20, 4020, 8020]


def test_bursts_count_anew_after_a_pause_in_which_nobody_answered():
    events, _ = run("line dead; ring 2; quiet 12; ring 1")
    assert [e["n"] for e in events] == [1, 2, 1]


def test_answered_within_three_rings_is_not_late():
    events, _ = run("ring 3; agent 1")
    assert [e["event"] for e in events[3:]] == ["CALL_STARTED"]


def test_answered_after_more_than_three_rings_is_late():
    events, _ = run("ring 4; agent 1")
    assert [e["event"] for e in events[4:]] == ["CALL_STARTED", "LATE_ANSWER"]
    assert events[-1]["rings"] == 4 and events[-1]["call"] == 1


def test_the_limit_is_a_setting():
    events, _ = run("ring 2; agent 1", Config({"late_answer_rings": 1}))
    assert events[-1]["event"] == "LATE_ANSWER"


def test_a_second_caller_during_the_talk_is_counted_apart():
    events, _ = run("ring 2; agent 1; customer 1; ring 2; agent 1; long_press")
    assert [(e["n"], e["call"]) for e in events if e["event"] == "RING"] == [
        (1, 0),
        (2, 0),
        (1, 1),
        (2, 1),
    ]
    assert events[-1]["rings"] == 2


def test_a_faint_voice_beside_a_ringing_phone_is_the_neighbours():
    starts = "line dead; voice -4800; ring 2; agent 1; ring 1; voice -2600; agent 1"
    events, _ = run(starts)
    assert [e["event"] for e in events] == ["RING", "RING", "RING", "CALL_STARTED"]
    assert events[-1]["rings"] == 3


def test_a_faint_voice_on_a_line_that_is_up_is_the_agents():
    events, _ = run("voice -4800; ring 2; agent 1")
    assert events[-1]["event"] == "CALL_STARTED"
