"""An agent who speaks softly: his first word on a unit that has heard nobody yet."""

import pytest

from simulator import render, runner, scenario, sweep

# The line is dead until he has spoken: what passes for a neighbour then is not to be him.
CALL = """
agent    room -62  level {level}
line     comfort -60  leak -30
0.5   ring germany 3
+0.3  agent studio/hello
+1.0  agent studio/welcome
+1.5  line up
+1.0  end
"""


@pytest.mark.parametrize("level_db", [-26, -36])
def test_his_first_word_starts_the_call(level_db):
    samples, truth = render.render(scenario.parse(CALL.format(level=level_db)))
    events = runner.run(sweep.Heard(samples)).events
    (started,) = [event for event in events if event["event"] == "CALL_STARTED"]
    first_word = truth["agent"][0]
    assert first_word[0] <= started["t_ms"] <= first_word[1]
    assert started["rings"] == 3
