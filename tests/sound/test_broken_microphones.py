"""A microphone that clips across a whole call, through the whole of hearing."""

import pytest

from simulator import render, runner, scenario, sweep

CALL = """
agent    room -60  fault {agent}
line     comfort -52  leak -20  fault {line}
0.5   ring germany 1
+0.8  line up
+0.6  agent studio/hello studio/welcome studio/hello studio/welcome studio/hello
{turns}
+0.5  busy germany 4
+1.0  end
"""
TURN = """
+0.6  customer reader/amiable-woman
+0.6  agent studio/welcome studio/hello studio/welcome
"""


def heard(agent="none", line="none"):
    text = CALL.format(agent=agent, line=line, turns=(5 * TURN).strip())
    samples, _truth = render.render(scenario.parse(text))
    return runner.run(sweep.Heard(samples)).events


def faults(events):
    return [event["channel"] for event in events if event["event"] == "LINE_FAULT"]


@pytest.mark.parametrize("channel", ["agent", "line"])
def test_a_microphone_that_clips_is_told(channel):
    events = heard(**{channel: "clipped"})
    assert faults(events) == [channel.upper()]
    assert not [event for event in events if event["event"] == "HOLD_STARTED"]
