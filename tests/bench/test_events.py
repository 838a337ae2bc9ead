"""Events against true ones: who pairs with whom, and the figures that follow."""

import pytest
from callclip.core.signals import SIGNALS

from benches.detection import events
from simulator import overlaps
from tests.bench.made_calls import event, heard, wanted


def figures(said, true, kind="SILENT_CALL"):
    call = heard(100, events=said, event_kinds=[kind])
    call.truth["events"] = true
    return events.measure([call])["kinds"][kind]


@pytest.mark.parametrize("t_ms, is_right", [(799, 0), (800, 1), (1200, 1), (1201, 0)])
def test_a_report_is_right_within_the_truths_own_tolerance(t_ms, is_right):
    found = figures([event("SILENT_CALL", t_ms)], [wanted("SILENT_CALL", 1000)])
    assert (found["right"], found["recall"], found["precision"]) == (is_right, is_right, is_right)


def test_a_true_event_is_found_once():
    said = [event("SILENT_CALL", t_ms) for t_ms in (950, 1000, 1050)]
    found = figures(said, [wanted("SILENT_CALL", 1000)])
    assert (found["recall"], found["precision"]) == (1.0, pytest.approx(1 / 3))
    assert found["errors_ms"] == [0]


def test_near_true_events_each_find_their_own_report():
    said = [event("SILENT_CALL", 1100), event("SILENT_CALL", 1300)]
    found = figures(said, [wanted("SILENT_CALL", 1000), wanted("SILENT_CALL", 1250)])
    assert (found["recall"], found["precision"]) == (1.0, 1.0)


def test_another_stage_is_another_event():
    said = [event("SILENT_CALL", 1000, stage=2)]
    found = figures(said, [wanted("SILENT_CALL", 1000, stage=1)])
    assert (found["recall"], found["precision"]) == (0.0, 0.0)


def test_measured_fields_need_not_be_equal():
    said = [event("HOLD_STARTED", 1000, cause="MUSIC", since_ms=40)]
    true = [wanted("HOLD_STARTED", 1000, cause="MUSIC", since_ms=0)]
    assert figures(said, true, "HOLD_STARTED")["recall"] == 1.0


def test_the_time_error_is_not_cut_off_by_the_tolerance():
    found = figures([event("SILENT_CALL", 4000)], [wanted("SILENT_CALL", 1000)])
    assert found["recall"] == 0.0
    assert (found["median_ms"], found["p95_abs_ms"]) == (3000, 3000)


def test_prompts_that_the_truth_does_not_want_are_counted_by_the_hour():
    call = heard(
        180_000,  # an hour
        events=[event("SILENT_CALL", 1000), event("NOISY_LINE", 5000), event("RING", 7000)],
        kind="normal",
    )
    call.truth["events"] = [wanted("SILENT_CALL", 1100)]
    found = events.false_prompts([call])["normal"]
    assert (found["prompts"], found["an_hour"]) == (1, 1.0)
    assert found["by_kind"] == {"NOISY_LINE": 1}


def test_an_interruption_that_lights_nothing_is_no_prompt():
    lit = [row.name for row in SIGNALS].index("INTERRUPTION_BY_AGENT")
    said = [event("INTERRUPTION", t_ms, by="AGENT") for t_ms in (1000, 5000)]
    signal = [lit if 250 <= i < 260 else 0 for i in range(1000)]
    call = heard(1000, rows={"signal": signal}, events=said, kind="normal")
    assert events.false_prompts([call])["normal"]["by_kind"] == {"INTERRUPTION": 1}
    assert events.measure([call])["agent_interruptions"] == {"reported": 2, "lit": 1}


def test_only_normal_calls_count_as_normal():
    call = heard(180_000, events=[event("NOISY_LINE", 5000)], kind="noisy_line")
    found = events.false_prompts([call])
    assert (found["normal"]["calls"], found["all"]["prompts"]) == (0, 1)


def test_a_hold_began_where_the_line_says():
    call = heard(
        1000,
        events=[event("HOLD_STARTED", 8000, cause="MUSIC", since_ms=5300)],
        music=[[1000, 2000], [5000, 20000]],
    )
    call.truth["events"] = [wanted("HOLD_STARTED", 8000, cause="MUSIC")]
    assert events.since_errors_ms([call]) == [300]
    assert events.measure([call])["hold_since"]["within_500_ms"] == 1.0


def test_kinds_that_no_truth_tells_are_named_apart():
    said = [event("DOSE", 10), event("SILENT_CALL", 1000)]
    call = heard(100, events=said, event_kinds=["SILENT_CALL"])
    call.truth["events"] = [wanted("SILENT_CALL", 1000)]
    found = events.measure([call])
    assert "DOSE" not in found["kinds"]
    assert found["unknown_kinds"] == {"DOSE": 1}


def test_what_may_be_reported_is_neither_right_nor_wrong():
    said = [event("AGENT_LOUD", t_ms) for t_ms in (1000, 40_000, 80_000)]
    call = heard(
        180_000,
        events=said,
        may_events=[wanted("AGENT_LOUD", 39_000, 0, 5000)],
        event_kinds=["AGENT_LOUD"],
    )
    call.truth["events"] = [wanted("AGENT_LOUD", 1100)]
    found = events.measure([call])["kinds"]["AGENT_LOUD"]
    assert (found["right"], found["allowed"], found["precision"]) == (1, 1, 0.5)
    assert events.false_prompts([call])["all"]["by_kind"] == {"AGENT_LOUD": 1}


def test_true_interruptions_are_events():
    call = heard(
        500,
        events=[event("INTERRUPTION", 2150, by="AGENT"), event("BACKCHANNEL", 5400, by="CUSTOMER")],
        interruptions=[[1600, 900, "AGENT"]],
        backchannels=[[5000, 300, "CUSTOMER"]],
    )
    found = events.measure([call])["kinds"]
    assert found["INTERRUPTION"]["recall"] == found["BACKCHANNEL"]["recall"] == 1.0
    assert found["INTERRUPTION"]["errors_ms"] == [50]
    assert events.false_prompts([call])["all"]["prompts"] == 0


@pytest.mark.parametrize(
    "together_ms, said, is_wrong",
    [
        (390, "INTERRUPTION", True),
        (410, "INTERRUPTION", False),
        (590, "BACKCHANNEL", False),
        (610, "BACKCHANNEL", True),
    ],
)
def test_either_answer_is_allowed_near_to_half_a_second_of_overlap(together_ms, said, is_wrong):
    end_ms = 1000 + together_ms
    true = {"agent": [[0, end_ms]], "customer": [[1000, 3000]]}
    call = heard(
        500, events=[event(said, end_ms, by="CUSTOMER")], **true, **overlaps.of(*true.values())
    )
    assert len(events.wrong_reports(call, events.OVERLAPS)) == is_wrong
    assert len(events.missed_events(call, events.OVERLAPS)) == 1
