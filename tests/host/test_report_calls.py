"""From the records of a log to calls, and what they add up to."""

import pytest

from host_tools import report_attention, report_figures, report_page
from tests.host.outline import page_of
from tests.host.pulled_logs import (
    CALL,
    DROPPED,
    HELD,
    MONDAY_MS,
    SUMMARY,
    calls_of,
    ended,
    row,
    units_of,
    write,
)


def test_a_call_has_its_rings_its_true_start_and_end(tmp_path):
    write(tmp_path, CALL)
    (call,) = calls_of(tmp_path)
    assert (call.start_ms, call.end_ms) == (MONDAY_MS + 17_000, MONDAY_MS + 77_000)
    assert [event["event"] for event in call.events] == [
        "RING", "RING", "CALL_STARTED", "DEAD_AIR", "CALL_ENDED",
    ]  # fmt: skip
    assert call.summary["talk_agent_ms"] == SUMMARY["talk_agent_ms"]
    assert call.holds == []


def test_a_ring_long_before_a_call_was_another_ones(tmp_path):
    write(tmp_path, [row("RING", 10, 0, n=1), row("RING", 100, 0, n=1), *HELD])
    (call,) = calls_of(tmp_path)
    assert call.count("RING") == 0


def test_a_hold_lasts_from_its_beginning_not_from_its_detection(tmp_path):
    write(tmp_path, HELD)
    (call,) = calls_of(tmp_path)
    assert call.holds == [(MONDAY_MS + 210_000, MONDAY_MS + 270_000)]


def test_holds_after_what_turned_out_to_be_the_end_are_left_out(tmp_path):
    write(tmp_path, DROPPED)
    (call,) = calls_of(tmp_path)
    assert [event["event"] for event in call.events] == ["CALL_STARTED", "CALL_ENDED"]
    assert call.holds == []
    assert report_attention.findings(units_of(tmp_path)) == []


def test_an_unsure_hold_that_was_one_stays(tmp_path):
    back = [
        *DROPPED[:3],
        row("HOLD_ENDED", 500, 3, ms=60_000),
        ended(540, 3, duration_ms=140_000, hold_ms=60_000, holds=1),
    ]
    write(tmp_path, back)
    (call,) = calls_of(tmp_path)
    assert call.count("LONG_HOLD") == 1
    assert call.holds == [(MONDAY_MS + 440_000, MONDAY_MS + 500_000)]


def test_a_call_that_the_log_cuts_off_counts_but_gives_no_figures(tmp_path):
    write(tmp_path, [*CALL, *HELD[:3]])
    calls = calls_of(tmp_path)
    assert calls[1].summary is None
    assert calls[1].holds == [(MONDAY_MS + 210_000, MONDAY_MS + 255_000)]
    figures = report_figures.of(calls)
    assert (figures.n_calls, figures.n_ended, figures.average_handle_ms) == (2, 1, 60_000)


def test_the_same_call_number_of_two_boots_are_two_calls(tmp_path):
    write(tmp_path, CALL)
    write(tmp_path, CALL, boot=2, unix_ms=MONDAY_MS + 3_600_000)
    assert len({call.key for call in calls_of(tmp_path)}) == 2


def test_a_unit_whose_log_began_anew_keeps_all_its_calls_apart(tmp_path):
    write(tmp_path, CALL)
    write(tmp_path, CALL, unix_ms=MONDAY_MS + 3_600_000, log_id=2)
    assert len({call.key for call in calls_of(tmp_path)}) == 2
    _text, page = page_of(tmp_path)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))


def test_figures_add_up(tmp_path):
    write(tmp_path, CALL + HELD)
    figures = report_figures.of(calls_of(tmp_path))
    assert figures.handle_ms == 180_000
    assert figures.average_handle_ms == 90_000
    assert figures.average_answer_ms == 7_000  # of the one call that rang
    assert figures.hold_ms == 60_000 and figures.n_held_calls == 1
    assert figures.share_pct("hold_ms") == 33
    assert figures.interruptions_customer == 4


@pytest.mark.parametrize(
    ("longest_ms", "amazon", "nice", "google"),
    [
        (2_980, (0, 0), (0, 0), (0, 0)),
        (3_000, (0, 0), (3_000, 20_000), (0, 0)),
        (3_020, (3_020, 20_000), (3_020, 20_000), (0, 0)),
        (5_000, (5_000, 20_000), (5_000, 20_000), (0, 0)),
        (5_020, (5_020, 20_000), (5_020, 20_000), (5_020, 20_000)),
    ],
)
def test_silence_as_other_programs_count_it(tmp_path, longest_ms, amazon, nice, google):
    write(tmp_path, [*CALL[:-1], ended(77, 1, longest_silence_ms=longest_ms)])
    figures = report_figures.of(calls_of(tmp_path))
    assert figures.non_talk_amazon_ms == amazon
    assert figures.silence_nice_ms == nice
    assert figures.silence_google_ms == google


def test_amazons_non_talk_time_counts_hold_and_the_others_do_not(tmp_path):
    write(tmp_path, HELD)
    figures = report_figures.of(calls_of(tmp_path))
    assert figures.non_talk_amazon_ms == (60_000, 60_000)
    assert figures.silence_nice_ms == (0, 0)


def test_undated_calls_say_so_instead_of_a_date_of_1970(tmp_path):
    write(tmp_path, CALL, unix_ms=None)
    (call,) = calls_of(tmp_path)
    assert (call.day, call.clock) == ("date unknown", "+0:00:17")
    assert report_page.period_words([call]) == "date unknown"
