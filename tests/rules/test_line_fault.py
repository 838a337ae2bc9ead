"""LINE_FAULT at a call's end; what is only silent is no fault."""

import pytest

from tests.core.frame_script import run

TALK = "customer 4; agent 8; customer 6; agent 4; quiet 1; "


def faults(text, fill=None):
    events, _ = run(text, fill=fill)
    return [(e["channel"], e["call"]) for e in events if e["event"] == "LINE_FAULT"]


@pytest.mark.parametrize("kind", ["stuck", "dead", "clipped"])
def test_the_agents_microphone(kind):
    assert faults(f"fault agent {kind}; {TALK} long_press") == [("AGENT", 1)]


@pytest.mark.parametrize("kind", ["stuck", "dead", "clipped"])
def test_the_lines_microphone(kind):
    text = f"line dead; fault line {kind}; press; agent 8; customer 6; agent 4; quiet 1; long_press"
    assert faults(text) == [("LINE", 1)]


def test_told_after_the_call_and_before_the_break():
    text = "agent 1; both 1; customer 1; " * 12 + "level -1500; customer 9; quiet 1; long_press"
    names = [e["event"] for e in run("fault agent clipped; " + text)[0]]
    assert names[-3:] == ["CALL_ENDED", "LINE_FAULT", "TAKE_BREAK"]


@pytest.mark.parametrize("side", ["agent", "line"])
def test_each_call_anew(side):
    broken = f"press; fault {side} stuck; {TALK} long_press; "
    whole = f"fault {side} none; quiet 2; press; {TALK} long_press"
    assert len(faults(broken + whole)) == 1


def test_a_working_unit():
    assert faults(TALK + "long_press") == []
    assert faults("level -1600; voice -1600; " + TALK + "long_press") == []


def test_only_across_the_whole_call():
    for kind in ("stuck", "dead"):
        assert faults(f"customer 3; agent 3; fault agent {kind}; {TALK} long_press") == []


def test_a_silent_call_on_a_line_without_a_signal():
    """The phone rang, so the channel works; that nobody is there is for SILENT_CALL."""
    for kind in ("stuck", "dead"):
        assert faults(f"ring 2; line dead; fault line {kind}; agent 9; quiet 60") == []


def test_a_silent_agent_and_a_silent_customer():
    assert faults("customer 9; quiet 3; customer 9; long_press") == []
    assert faults("press; agent 20; long_press") == []


def test_a_quiet_customer_need_not_be_heard_on_the_agents_side():
    assert faults("fault agent dead; level -4500; customer 30; long_press") == []


def test_a_short_press_by_mistake():
    assert faults("fault agent stuck; press; quiet 3; long_press") == []


def clipped_faults(n_clipped, n_loud):
    """Of every 20 frames of the agent's voice so many are loud, and so many stand at full scale."""

    def fill(frame):
        if frame.agent.is_active:
            n = frame.index % 20
            frame.agent.level_cdb = -700 if n < n_loud else -1800
            frame.agent.n_clipped = 40 if n < n_clipped else 0

    return faults(TALK + "agent 20; long_press", fill)


def test_a_loud_voice_clips_and_a_broken_microphone_clips_nearly_all():
    assert clipped_faults(8, 9) == [("AGENT", 1)]
    assert clipped_faults(4, 5) == []  # of a voice at -12 dBFS
    assert clipped_faults(8, 12) == []
