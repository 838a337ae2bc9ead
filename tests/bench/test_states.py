"""Channel states by the second, interruptions, rings, and figures over sound made for them."""

import numpy as np
import pytest

from benches.detection import goals, levels, noise_steps, overlaps, peers, rings, states, syllables
from benches.detection.frames import STATE_CODES
from tests.bench.made_calls import event, heard, wanted

SECOND = 50


def codes(*parts):
    """("NOISE", 3), ...: so many seconds of each state."""
    return np.concatenate([np.full(round(s * SECOND), STATE_CODES[name]) for name, s in parts])


def right(true, said):
    return states.compared(codes(*true), codes(*said))[0].astype(int).tolist()


def test_the_state_before_a_change_is_right_for_five_seconds():
    true = [("COMFORT_NOISE", 2), ("NOISE", 8)]
    assert right(true, [("COMFORT_NOISE", 10)]) == [1] * 8 + [0, 0]
    assert right(true, [("COMFORT_NOISE", 2), ("MUSIC", 8)]) == [1, 1] + [0] * 8


def test_speech_is_no_change_of_what_lies_under_it():
    true = [("NOISE", 2), ("SPEECH", 2), ("NOISE", 6)]
    assert right(true, [("SPEECH", 10)]) == [0, 0, 1, 1] + [0] * 6


def test_a_second_shared_by_two_states_is_right_with_either():
    true = [("NOISE", 1.6), ("SPEECH", 2.4)]
    assert right(true, [("NOISE", 4)]) == [1, 1, 0, 0]
    assert right(true, [("SPEECH", 4)]) == [0, 1, 1, 1]


def test_figures_of_states():
    rows = {"line_state": codes(("NOISE", 3), ("SPEECH", 1)), "agent_state": codes(("NOISE", 4))}
    call = heard(
        200,
        rows=rows,
        line_states=[[0, 4000, "NOISE"]],
        agent_states=[[0, 4000, "NOISE"]],
    )
    found = states.measure([call])
    assert (found["line"]["right"], found["agent"]["right"]) == (0.75, 1.0)
    noise = STATE_CODES["NOISE"]
    assert found["line"]["confusion"][noise][STATE_CODES["SPEECH"]] == 1
    assert found["line"]["confusion"][noise][noise] == 3


def test_interruptions_by_whom():
    said = [event("INTERRUPTION", 1000, by="AGENT"), event("INTERRUPTION", 5000, by="CUSTOMER")]
    call = heard(500, events=said, interruptions=[[600, 900, "AGENT"]])
    found = overlaps.measure([call])
    assert found["clean"]["true"] == {"AGENT": 1, "CUSTOMER": 0, "all": 1, "off_by_a_call": 0.0}
    assert found["clean"]["callclip"]["CUSTOMER"] == 1
    assert found["clean"]["callclip"]["off_by_a_call"] == 1.0


def counts(agent, customer):
    return {"AGENT": agent, "CUSTOMER": customer, "all": agent + customer}


@pytest.mark.parametrize(
    "said, is_close", [(counts(11, 18), True), (counts(12, 20), False), (counts(10, 23), False)]
)
def test_counts_are_close_within_ten_per_cent_on_each_side(said, is_close):
    assert overlaps.is_close(counts(10, 20), said) is is_close


def test_too_few_interruptions_tell_nothing():
    assert overlaps.is_close(counts(1, 2), counts(1, 2)) is None


def test_rings_are_right_when_counted_and_told():
    true = [wanted("CALL_STARTED", 9000, rings=2)]
    said = [event("RING", 1000, n=1), event("RING", 6000, n=2)]
    call = heard(
        500, rings=[[0, 1000], [5000, 6000]], events=[*said, event("CALL_STARTED", 9000, rings=2)]
    )
    call.truth["events"] = true
    assert rings.measure([call])["right"] == 1.0
    call.events = [*said, event("CALL_STARTED", 9000, rings=1)]
    assert rings.measure([call])["right"] == 0.0
    call.truth["events"], call.truth["may_events"] = [], true
    assert rings.measure([call])["right"] == 1.0
    call.events = [said[0], event("CALL_STARTED", 9000, rings=2)]
    assert rings.measure([call])["right"] == 0.0


def test_a_floor_has_followed_when_it_stays_near():
    floor_cdb = [-7000] * 60 + [-5500] * 40 + [-7000] * 10 + [-5600] * 290
    speech = [0] * 160 + [1] * 24 + [0] * 216
    assert noise_steps.judged(floor_cdb, speech, 50, 400, -55.0) == (1.2, 0.0)
    speech = [0] * 390 + [1] * 10
    assert noise_steps.judged(floor_cdb, speech, 50, 400, -55.0) == (1.2, pytest.approx(0.05))


def test_a_level_that_is_not_told_is_no_small_error():
    assert levels.summed([0.1, -0.4], [])["worst_db"] == 0.4
    assert levels.summed([0.1, None], [])["worst_db"] == float("inf")


def test_syllable_figures_cover_the_range_of_the_goal():
    rows = [
        {"true": 79.0, "off %": 50.0},
        {"true": 100.0, "off %": 5.0},
        {"true": 200.0, "off %": -20.0},
        {"true": 241.0, "off %": 50.0},
    ]
    found = syllables.summed(rows)
    assert (found["n"], found["within_10_pct"], found["mean_pct"]) == (2, 0.5, -7.5)


def test_what_was_not_measured_is_neither_met_nor_missed():
    rows = goals.rows({})
    assert {row.figure for row in rows} == {goals.NOT_MEASURED}
    assert {row.is_met for row in rows} == {None}


@pytest.mark.parametrize("worst_db, is_met", [(0.5, True), (0.51, False)])
def test_a_goal_is_met_or_missed(worst_db, is_met):
    rows = goals.rows({"levels": {"worst_db": worst_db, "within": 1.0, "n": 3}})
    assert [row.is_met for row in rows if row.what == "active speech level"] == [is_met]


def test_a_missing_peer_is_an_error_that_says_what_installs_it():
    with pytest.raises(peers.PeerError, match="a-peer.*bootstrap.py bench"):
        peers.needed("no_module_of_this_name", "a-peer")
