"""Knocks and rubbing at full scale, breath: the agent is heard as before, and nothing for him."""

import numpy as np
import pytest

from benches.detection import frames
from simulator import render, runner, scenario, sound, sweep

CALL = """
agent    room -60  level {level}
line     comfort -58  leak -20
0.5   ring germany 1
+0.8  line up
+0.6  agent studio/hello studio/welcome studio/having-problems
{turns}
+1.0  end
"""
TURN = """
+0.6  customer reader/amiable-woman
+0.6  agent studio/having-problems studio/call-this-number
+0.6  customer reader/cold-hearted
+0.6  agent studio/enter-location studio/having-problems
"""
AGENT, LINE = 0, 1


def rendered(level):
    return render.render(scenario.parse(CALL.format(level=level, turns=(3 * TURN).strip())))


def share_heard(level, ms, side=AGENT, at_s=4.0):
    """Of the next half minute of voice on that side; a sound of so many ms comes at at_s."""
    samples, truth = rendered(level)
    start = sound.samples_from_s(at_s)
    n = sound.samples_from_s(ms / 1000)
    most = np.iinfo(samples.dtype).max
    rubbed = np.clip(np.random.default_rng(5).standard_normal(n) * 0.7, -1, 1) * most
    samples[start : start + n, side] = rubbed.astype(samples.dtype)
    heard = runner.run(sweep.Heard(samples)).frames
    who, flag = (("agent", "agent_speech"), ("customer", "line_speech"))[side]
    flags = heard[flag] != 0
    spoken = frames.mask(truth[who], len(flags))
    spoken[: round(at_s * 50) + 100] = False
    return flags[spoken][: 30 * 50].mean()


@pytest.mark.parametrize(
    ("level", "ms", "least"),
    [(-26, 100, 0.85), (-26, 1000, 0.85), (-34, 100, 0.75), (-34, 300, 0.6), (-34, 1000, 0.5)],
)
def test_an_agent_is_heard_after_a_hand_on_his_microphone(level, ms, least):
    assert share_heard(level, ms) >= least


@pytest.mark.parametrize("level", [-26, -34, -38])
def test_a_pop_as_the_microphones_are_switched_on_hides_nobody(level):
    assert share_heard(level, 60, at_s=0.02) >= 0.9


def test_a_customer_is_heard_after_a_crash_on_the_line():
    assert share_heard(-26, 1000, LINE) >= 0.85


def test_breath_14_db_below_his_words_interrupts_nobody():
    """A second of it each three and a half; nearly as loud as his words, it would."""
    samples, truth = rendered(-26)
    most = np.iinfo(samples.dtype).max
    n = sound.samples_from_s(1.0)
    generator = np.random.default_rng(1)
    for start in range(20000, len(samples) - n, sound.samples_from_s(3.5)):
        breath = generator.standard_normal(n) * np.hanning(n) * sound.gain_from_db(-40) * most
        samples[start : start + n, AGENT] += breath.astype(samples.dtype)
    heard = runner.run(sweep.Heard(samples))
    assert [e for e in heard.events if e["event"] == "INTERRUPTION"] == []
    flags = heard.frames["agent_speech"] != 0
    assert flags[~frames.mask(truth["agent"], len(flags))].mean() <= 0.1
