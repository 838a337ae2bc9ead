"""The core over composed calls: what it reports, and when, against what is true.

Every scenario is rendered, heard by the real VM and held against its truth: the contract's events
in their windows, none missing, none invented.
"""

import functools

import numpy as np
import pytest

from simulator import calls, render, runner, scenario, sweep

STAGES_MS = 200


@functools.cache
def heard(name, changes=(), seed=None):
    """(result, truth) of a scenario with some settings changed."""
    call = scenario.load(name).varied(dict(changes), seed)
    samples, truth = render.render(call)
    return runner.run(sweep.Heard(samples)), truth


def stages(events):
    return [(e["stage"], e["t_ms"]) for e in events if e["event"] == "SILENT_CALL"]


def names_of(events):
    return [event["event"] for event in events]


def assert_as_true(result, truth, ignored=()):
    missing, extra = sweep.differences(result.events, truth, ignored)
    told = "".join(f"\n  missing {event}" for event in missing)
    told += "".join(f"\n  extra   {event}" for event in extra)
    assert not missing, told
    assert not extra, told


@pytest.mark.parametrize("name", [n for n in scenario.names() if n != "babble_line"])
def test_every_call_is_reported_as_it_was(name):
    assert_as_true(*heard(name))


def test_a_call_in_a_crowd_is_reported_and_its_end_at_the_latest_two_seconds_late():
    """Babble up to the busy tone may hide its first cycle."""
    result, truth = heard("babble_line")
    assert_as_true(result, truth, ignored=("CALL_ENDED",))
    ended = next(e for e in result.events if e["event"] == "CALL_ENDED")
    wanted = next(e for e in truth["events"] if e["event"] == "CALL_ENDED")
    assert ended["cause"] == wanted["cause"] == "TONE"
    assert 0 <= ended["t_ms"] - wanted["t_ms"] <= 2000


@pytest.mark.parametrize("leak_db", [-15, -18, -20, -25, -30])
@pytest.mark.parametrize("name", ["silent_call", "far_leak"])
def test_the_agents_leak_never_ends_a_silent_call(name, leak_db):
    result, truth = heard(name, (("line.leak", leak_db),))
    wanted = stages(truth["events"])
    got = stages(result.events)
    assert [stage for stage, _t in got] == [1, 2, 3]
    for (_stage, t_ms), (_wanted_stage, true_ms) in zip(got, wanted, strict=True):
        assert abs(t_ms - true_ms) <= STAGES_MS


@pytest.mark.parametrize("comfort_db", [-70, -60, -52])
@pytest.mark.parametrize("room_db", [-70, -56])
def test_stages_come_in_time_over_quiet_and_hissing_lines(comfort_db, room_db):
    changes = (("line.comfort", comfort_db), ("agent.room", room_db))
    result, truth = heard("silent_call", changes)
    wanted = stages(truth["events"])
    got = stages(result.events)
    assert [stage for stage, _t in got] == [1, 2, 3]
    for (_stage, t_ms), (_wanted_stage, true_ms) in zip(got, wanted, strict=True):
        assert abs(t_ms - true_ms) <= STAGES_MS


@pytest.mark.parametrize("level_db", [-24, -32, -38, -44])
@pytest.mark.parametrize("leak_db", [-15, -20, -30])
def test_a_word_of_the_customer_ends_the_sequence(level_db, leak_db):
    """ "Four", half a second, down to 16 dB over the line's noise: no stage 3."""
    changes = (("customer.level", level_db), ("line.leak", leak_db))
    result, _truth = heard("one_word", changes)
    assert [stage for stage, _t in stages(result.events)] == [1, 2]


@pytest.mark.parametrize("leak_db", [-15, -20, -30])
def test_an_agent_beside_a_dead_line_is_on_no_call(leak_db):
    result, _truth = heard("no_call", (("line.leak", leak_db),))
    assert result.events == []


@pytest.mark.parametrize("noise_db", [-39, -38, -34])
def test_a_noisy_line_is_told_in_two_steps(noise_db):
    call = scenario.load("noisy_line")
    text = (scenario.FOLDER / "noisy_line.call").read_text()
    call = scenario.parse(text.replace("noise pink -38", f"noise pink {noise_db}"))
    samples, truth = render.render(call)
    result = runner.run(sweep.Heard(samples))
    got = [(e["stage"], e["t_ms"]) for e in result.events if e["event"] == "NOISY_LINE"]
    wanted = [(e["stage"], e["t_ms"]) for e in truth["events"] if e["event"] == "NOISY_LINE"]
    assert [stage for stage, _t in got] == [stage for stage, _t in wanted] == [1, 2]
    assert got[0][1] == pytest.approx(wanted[0][1], abs=2000)


@pytest.mark.parametrize("piece", ["morning-coffee", "cold-day"])
def test_hold_music_is_a_sure_hold_with_its_length(piece):
    text = (scenario.FOLDER / "long_hold.call").read_text()
    samples, truth = render.render(scenario.parse(text.replace("morning-coffee", piece)))
    result = runner.run(sweep.Heard(samples))
    (music,) = truth["music"]
    started = [e for e in result.events if e["event"] == "HOLD_STARTED"]
    ended = [e for e in result.events if e["event"] == "HOLD_ENDED"]
    assert [(e["cause"], e["sure"]) for e in started] == [("MUSIC", True)]
    assert started[0]["since_ms"] == pytest.approx(music[0], abs=1500)
    assert started[0]["t_ms"] - music[0] <= 6300
    assert len(ended) == 1
    assert ended[0]["ms"] == pytest.approx(music[1] - music[0], abs=2500)


@pytest.mark.parametrize("name", calls.MORNING)
def test_a_recorded_call_is_heard_like_its_scenario(name):
    """The compressed recording gives the same events as the scenario it was composed from."""
    result = runner.run(sweep.Heard(calls.samples(name)))
    assert_as_true(result, calls.truth(name))


def test_speech_is_told_from_leak_frame_by_frame():
    """F1 of the speech flags over all calls that are not in noise."""
    scores = {"agent": [], "line": []}
    for name in scenario.names():
        result, truth = heard(name)
        if truth["noises"] or not truth["customer"]:
            continue
        frames = result.frames
        scores["agent"].append(sweep.speech_f1(frames["agent_speech"], truth["agent"]))
        scores["line"].append(sweep.speech_f1(frames["line_speech"], truth["customer"]))
    assert np.mean(scores["agent"]) > 0.94
    assert np.mean(scores["line"]) > 0.88


def test_the_summary_adds_up():
    result, truth = heard("normal_call")
    (end,) = [event for event in result.events if event["event"] == "CALL_ENDED"]
    spoken = {who: sum(b - a for a, b in truth[who]) for who in ("agent", "customer")}
    assert end["talk_agent_ms"] == pytest.approx(spoken["agent"], rel=0.15)
    assert end["talk_customer_ms"] == pytest.approx(spoken["customer"], rel=0.15)
    assert end["rings"] == 2
    assert end["asl_agent_cdb"] == pytest.approx(-2600, abs=200)
    assert end["asl_customer_cdb"] == pytest.approx(-2600, abs=200)
