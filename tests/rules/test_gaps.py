"""Sound that was lost: time goes on over it, and nothing is concluded from it.

A gap shorter than speech that counts hides nothing that matters. In a longer one somebody may have
spoken: what waits for silence begins to wait anew, and nobody is blamed for a word not heard.
"""

import pytest

from tests.core.frame_script import run

HELLO = "ring; agent 1; customer 1; "  # the customer's last word ends at 6 s


def events_of(text):
    return run(text)[0]


def times(name, text):
    return [e["t_ms"] for e in events_of(text) if e["event"] == name]


@pytest.mark.parametrize(
    "name, before, after",
    [
        ("SILENT_CALL", "ring; agent 1; quiet 2", "quiet 4"),
        ("GREETING_MISSING", "ring; customer 1; quiet 1", "quiet 4"),
        ("DEAD_AIR", HELLO + "quiet 5", "quiet 6"),
        ("TAIL_SILENCE", HELLO + "agent 1; quiet 2", "quiet 4"),
        ("LONG_HOLD", HELLO + "press; quiet 30", "quiet 20"),
        ("HOLD_STARTED", HELLO + "line dead; quiet 2", "quiet 4"),
        ("HOLD_RETURN_UNSPOKEN", HELLO + "press; quiet 5; press; quiet 1", "quiet 4"),
        ("CALL_ENDED", HELLO + "quiet 20", "quiet 60"),
    ],
)  # fmt: skip
class TestEachRule:
    def test_over_a_short_gap_it_comes_at_its_time(self, name, before, after):
        whole = times(name, f"{before}; quiet 0.1; {after}")
        assert whole
        assert times(name, f"{before}; gap 0.1; {after}") == whole

    def test_never_in_a_long_gap_nor_at_its_end(self, name, before, after):
        said = times(name, f"{before}; gap 12; quiet 0.5")
        if name == "LONG_HOLD":
            said = times(name, f"{before}; gap 12")  # a wait of the customer's is none of silence
        assert said == times(name, before)


class TestALongGap:
    def test_silence_counts_anew_from_its_end(self):
        before = "ring; agent 1; quiet 2; gap 3; "
        assert times("SILENT_CALL", before + "quiet 6") == [10020 + 5000]

    def test_the_stage_that_was_reached_is_kept(self):
        text = "ring; agent 1; quiet 6; gap 3; quiet 6"
        stages = [e["stage"] for e in events_of(text) if e["event"] == "SILENT_CALL"]
        assert stages == [1, 2]

    def test_nobody_is_blamed_for_a_word_that_may_have_been_lost(self):
        assert times("GREETING_MISSING", "ring; customer 1; gap 1; quiet 10") == []
        text = HELLO + "press; quiet 5; press; gap 1; quiet 10"
        assert times("HOLD_RETURN_UNSPOKEN", text) == []

    def test_a_line_that_drops_must_be_seen_dropped_all_the_time(self):
        before = HELLO + "line dead; quiet 2; gap 1; "
        assert times("HOLD_STARTED", before + "quiet 2.9") == []
        assert times("HOLD_STARTED", before + "quiet 3.1") != []

    def test_a_customer_on_hold_waits_on(self):
        text = HELLO + "press; quiet 30; gap 5; quiet 30"
        assert times("LONG_HOLD", text) == times("LONG_HOLD", text.replace("gap", "quiet"))

    def test_one_longer_than_the_timeline_reaches_back(self):
        ended = events_of(HELLO + "gap 90; agent 1; long_press")[-1]
        assert ended["event"] == "CALL_ENDED"
        assert ended["duration_ms"] == 1000 + 1000 + 90000 + 1000 + 20


class TestTheSummary:
    @pytest.mark.parametrize("gap_s", [0.02, 0.08, 0.5, 3, 30])
    def test_its_parts_add_up_to_the_true_duration(self, gap_s):
        text = HELLO + f"gap {gap_s}; agent 2; quiet 4; gap {gap_s}; customer 1; long_press"
        ended = events_of(text)[-1]
        parts = ended["talk_agent_ms"] + ended["talk_customer_ms"] - ended["overlap_ms"]
        parts += ended["silence_ms"] + ended["hold_ms"]
        assert parts == ended["duration_ms"] == 9020 + round(2000 * gap_s)

    def test_a_spurt_goes_on_over_a_short_gap(self):
        whole = events_of(HELLO + "agent 2; gap 0.08; agent 2; long_press")[-1]
        assert whole["talk_agent_ms"] == 1000 + 4080

    def test_a_long_gap_is_no_silence_that_is_the_longest(self):
        ended = events_of(HELLO + "quiet 2; gap 5; quiet 2; agent 1; long_press")[-1]
        assert ended["longest_silence_ms"] <= 2020
