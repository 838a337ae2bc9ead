"""A microphone that clips or is dead across a whole call, through the whole of hearing."""

import pytest

from benches.detection import frames
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


LEAK_CALL = """
agent    room -60  level {level}  fault {agent}
line     comfort {comfort}  leak -18  fault {line}
0.5   ring germany 1
+0.8  line up
+0.6  customer reader/amiable-woman
+0.6  agent studio/having-problems studio/call-this-number
+0.6  customer reader/cold-hearted
+0.6  agent studio/enter-location studio/having-problems
+0.6  customer {last}
+1.5  busy germany 4
+1.0  end
"""
WOMAN = "reader/amiable-woman"
MUCH = """reader/amiable-woman reader/not-ill-disposed reader/cold-hearted
+0.6  agent studio/having-problems studio/call-this-number studio/enter-location
+0.6  customer reader/amiable-woman
+0.6  agent studio/having-problems studio/call-this-number
+0.6  customer reader/cold-hearted"""
FAINT = 3 * "reader/amiable-woman reader/not-ill-disposed reader/cold-hearted " + "level -30"


def line_flags(agent="none", line="none", last=WOMAN, level=-20, comfort=-65):
    """(line's speech flags, frames with the agent's voice alone, with the customer's)."""
    faults = ({"agent": agent, "line": line}, {"agent": "none", "line": "none"})
    texts = [LEAK_CALL.format(last=last, level=level, comfort=comfort, **each) for each in faults]
    sound, truth = (render.render(scenario.parse(text)) for text in texts)
    flags = runner.run(sweep.Heard(sound[0])).frames["line_speech"] != 0
    agent, customer = (frames.mask(truth[1][who], len(flags)) for who in ("agent", "customer"))
    return flags, agent & ~customer, customer


@pytest.mark.parametrize("fault", ["dead", "stuck"])
def test_what_leaks_of_an_agent_who_is_not_heard_is_no_customer(fault):
    flags, leak, customer = line_flags(agent=fault)
    assert flags[leak].mean() <= 0.01
    assert flags[customer].mean() >= 0.85


def test_a_customer_who_grows_fainter_behind_a_dead_microphone_is_still_heard():
    """By 4 dB, for minutes; whoever is as faint as leak is taken for it."""
    flags, _leak, customer = line_flags(agent="dead", last=FAINT)
    assert flags[customer][-500:].mean() >= 0.6


def test_leak_that_clips_a_line_out_of_order_is_no_customer():
    """35 dB too loud: the agent's leak clips in its peaks, the customer nearly all along.

    The line's noise is as loud as a word then; a fainter one leaves pauses, as a loud voice has.
    """
    flags, leak, customer = line_flags(line="clipped", level=-28, last=MUCH, comfort=-58)
    n = len(flags) // 2  # by then it is known
    assert flags[n:][leak[n:]].mean() <= 0.3
    assert flags[n:][customer[n:]].mean() >= 0.8
