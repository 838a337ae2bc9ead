"""Whole calls, from scripts to events: start, end, hold or end, and the states between."""

import pytest
from callclip.core.config import Config
from callclip.core.events import END_CAUSES
from callclip.core.transitions import STATE_NAMES

from tests.core.frame_script import Sound, run

HELLO = "ring; agent 1; customer 1; agent 1; "  # picked up at 4 s, all have spoken at 7 s


def only(events, name):
    return [event for event in events if event["event"] == name]


def one(events, name):
    found = only(events, name)
    assert len(found) == 1, events
    return found[0]


def names(events):
    return [event["event"] for event in events]


def states(text, config=None):
    """Names of the states a script passes through, repetitions left out."""
    from callclip.core.call import Call
    from callclip.core.eventqueue import EventQueue

    sound = Sound()
    call = Call(config or Config(), EventQueue(), sound.frame)
    out = []
    for _frame in sound.play(text):
        call.step()
        name = STATE_NAMES[call.state]
        if not out or out[-1] != name:
            out.append(name)
    return out


class TestStart:
    def test_first_speech_after_a_ring_starts_a_call_dated_back_to_its_beginning(self):
        events, call = run("ring 2; agent 1; quiet 1; long_press")
        started = one(events, "CALL_STARTED")
        assert started["rings"] == 2 and started["call"] == 1
        assert 8000 < started["t_ms"] <= 8200
        ended = one(events, "CALL_ENDED")
        assert ended["answer_ms"] == 8000 and ended["duration_ms"] == 2020
        assert call.number == 0

    def test_the_customer_may_speak_first(self):
        assert states("ring; customer 1; agent 1") == ["RINGING", "GREETING", "TALKING"]

    def test_an_agent_beside_a_dead_line_is_not_on_a_call(self):
        events, call = run("line dead; quiet 1; agent 3; quiet 6; agent 20; quiet 20")
        assert events == [] and call.number == 0

    def test_a_ring_within_ten_seconds_is_life_enough_and_an_older_one_is_not(self):
        assert names(run("line dead; ring; quiet 6; agent 1")[0]) == ["RING", "CALL_STARTED"]
        assert names(run("line dead; ring; quiet 8; agent 1")[0]) == ["RING"]

    def test_a_line_with_comfort_noise_is_alive(self):
        assert names(run("quiet 1; agent 1")[0]) == ["CALL_STARTED"]

    def test_talk_that_began_before_the_phone_rang_is_no_answer(self):
        events, _ = run("line dead; agent 2")
        assert events == []
        sound = Sound()
        sound.base = 0
        from callclip.core.call import Call
        from callclip.core.eventqueue import EventQueue

        call = Call(Config(), EventQueue(), sound.frame)
        for _frame in sound.play("agent 2"):
            call.step()
        sound.frame.n_rings = 1
        for _frame in sound.sound(100, agent=1, ringing=1):
            call.step()
        assert call.number == 0
        for _frame in sound.play("quiet 1; agent 1"):
            call.step()
        assert call.number == 1

    def test_a_click_on_the_line_is_no_call(self):
        assert run("quiet 1; customer 0.1; quiet 2; agent 0.1; quiet 2")[0] == []

    def test_a_busy_tone_is_not_the_life_of_a_new_call(self):
        sound = Sound()
        sound.frame.n_busy_cycles = 3
        from callclip.core.call import Call
        from callclip.core.eventqueue import EventQueue

        call = Call(Config(), EventQueue(), sound.frame)
        for _frame in sound.sound(100, agent=1, line=4):
            call.step()
        assert call.number == 0

    def test_a_sigh_after_the_busy_tone_is_no_new_call(self):
        events, _ = run(HELLO + "busy 5; line dead; quiet 1; agent 1; quiet 5")
        assert len(only(events, "CALL_STARTED")) == 1

    def test_typing_beside_a_living_line_is_no_call(self):
        assert run("quiet 1; typing 3; clatter 3; quiet 1")[0] == []

    def test_the_button_starts_a_call(self):
        assert states("line dead; quiet 1; press; quiet 1") == ["IDLE", "GREETING"]

    def test_ringing_is_over_when_nobody_answers(self):
        assert states("line dead; ring 2; quiet 12") == ["RINGING", "IDLE"]
        events, _ = run("line dead; ring 2; quiet 20; line quiet; agent 1; long_press")
        assert one(events, "CALL_STARTED")["rings"] == 0
        assert one(events, "CALL_ENDED")["answer_ms"] == 0

    def test_calls_count_from_one(self):
        events, _ = run("agent 1; long_press; quiet 1; agent 1; long_press")
        assert [e["call"] for e in events] == [1, 1, 2, 2]


class TestEnd:
    def test_two_cycles_of_a_busy_tone(self):
        ended = one(run(HELLO + "quiet 1; busy 2; quiet 1")[0], "CALL_ENDED")
        assert ended["cause"] == "TONE" and ended["end_ms"] == 8000
        assert ended["t_ms"] == 8000 + 1400 + 20

    def test_one_cycle_is_not_enough(self):
        assert not only(run(HELLO + "quiet 1; busy 1; quiet 1")[0], "CALL_ENDED")

    def test_a_busy_tone_after_the_line_went_dead_ends_the_call_where_it_went(self):
        ended = one(run(HELLO + "line dead; quiet 1; busy 2; quiet 1")[0], "CALL_ENDED")
        assert ended["cause"] == "TONE" and ended["end_ms"] == 7000

    def test_a_long_press(self):
        ended = one(run(HELLO + "quiet 1; long_press; quiet 1")[0], "CALL_ENDED")
        assert ended["cause"] == "BUTTON" and ended["end_ms"] == ended["t_ms"] == 8020

    def test_the_line_drops_in_closing(self):
        events, _ = run(HELLO + "quiet 6; line dead; quiet 4")
        ended = one(events, "CALL_ENDED")
        assert (ended["cause"], ended["end_ms"], ended["t_ms"]) == ("LINE_DROPPED", 13000, 16000)
        assert ended["holds"] == 0 and not only(events, "HOLD_STARTED")

    def test_a_word_after_the_drop_in_closing_does_not_make_it_a_hold(self):
        events, _ = run(HELLO + "quiet 6; line dead; quiet 1; agent 0.4; quiet 4")
        assert one(events, "CALL_ENDED")["end_ms"] == 13000
        assert not only(events, "HOLD_STARTED")

    def test_the_line_drops_in_a_call_in_which_the_customer_never_spoke(self):
        ended = one(run("ring; agent 1; quiet 2; line dead; quiet 4")[0], "CALL_ENDED")
        assert (ended["cause"], ended["end_ms"], ended["t_ms"]) == ("LINE_DROPPED", 7000, 10000)

    def test_a_silent_call_without_any_line_signal_ends_15_s_after_stage_3(self):
        events, _ = run("line dead; ring; agent 1; quiet 40")
        stage_3 = only(events, "SILENT_CALL")[2]
        ended = one(events, "CALL_ENDED")
        assert ended["t_ms"] == stage_3["t_ms"] + 15000
        assert ended["end_ms"] == stage_3["t_ms"] and ended["cause"] == "LINE_DROPPED"
        assert ended["duration_ms"] == 1000 + 15000 == ended["silence_ms"] + 1000

    def test_nobody_speaks_for_a_minute(self):
        ended = one(run(HELLO + "quiet 61")[0], "CALL_ENDED")
        assert (ended["cause"], ended["end_ms"], ended["t_ms"]) == ("SILENCE", 7000, 67000)
        assert ended["duration_ms"] == 3000 and ended["silence_ms"] == 0

    def test_a_call_started_by_the_button_in_which_nothing_is_heard_ends_too(self):
        ended = one(run("line dead; quiet 1; press; quiet 61")[0], "CALL_ENDED")
        assert ended["cause"] == "SILENCE" and ended["duration_ms"] == 0

    def test_a_ring_ends_a_closing_call(self):
        events, call = run(HELLO + "quiet 6; ring")
        ended = one(events, "CALL_ENDED")
        assert ended["cause"] == "NEW_CALL" and ended["end_ms"] == 7000
        assert events[-1] == {"t_ms": 13020, "event": "RING", "call": 0, "n": 1}
        assert STATE_NAMES[call.state] == "RINGING"

    def test_talk_beside_a_ringing_phone_is_no_answer(self):
        events, _ = run("line dead; ring 2; agent 0.6; ring 3; line quiet; agent 1; customer 1")
        first, second = only(events, "CALL_STARTED")
        assert one(events, "CALL_ENDED")["cause"] == "NEW_CALL"
        assert (first["rings"], second["rings"]) == (2, 5)
        # The third burst comes so soon that it might be the one in which the call was picked up.
        assert [e["n"] for e in only(events, "RING")] == [1, 2, 1, 4, 5]
        assert one(events, "LATE_ANSWER")["call"] == 2

    def test_nor_is_it_while_the_agent_calls_out_and_waits(self):
        events, _ = run("ring 2; agent 0.6; ring 4; customer 1; agent 1; long_press")
        assert not only(events, "SILENT_CALL")
        assert only(events, "CALL_ENDED")[1]["answer_ms"] == 24600

    def test_a_ring_in_the_middle_of_the_talk_is_a_second_caller(self):
        events, call = run(HELLO + "ring; customer 1")
        assert not only(events, "CALL_ENDED") and call.number == 1

    def test_the_next_call_after_each_kind_of_end(self):
        for end in ("busy 2", "long_press", "quiet 6; line dead; quiet 4"):
            events, _ = run(HELLO + end + "; quiet 1; line quiet; ring; agent 1; customer 1")
            assert [e["call"] for e in only(events, "CALL_STARTED")] == [1, 2], end
            assert only(events, "CALL_STARTED")[1]["rings"] == 1

    def test_end_causes_are_all_reached(self):
        ends = ("busy 2", "quiet 6; line dead; quiet 4", "quiet 61", "long_press", "quiet 6; ring")
        causes = [one(run(HELLO + end)[0], "CALL_ENDED")["cause"] for end in ends]
        assert tuple(causes) == END_CAUSES


class TestHoldOrEnd:
    def test_a_line_that_comes_back_without_a_ring_was_on_hold(self):
        events, _ = run(HELLO + "line dead; quiet 20; line quiet; customer 1; agent 1; long_press")
        started = one(events, "HOLD_STARTED")
        assert started["sure"] is False and started["since_ms"] == 7000
        ended = one(events, "CALL_ENDED")
        assert (ended["holds"], ended["hold_ms"], ended["longest_hold_ms"]) == (1, 20000, 20000)
        assert ended["talk_customer_ms"] == 2000

    def test_a_ring_says_that_the_call_had_ended_at_the_drop(self):
        events, _ = run(HELLO + "line dead; quiet 60; ring; agent 1")
        ended = one(events, "CALL_ENDED")
        assert ended["cause"] == "NEW_CALL" and ended["end_ms"] == 7000
        assert ended["duration_ms"] == 3000 and ended["talk_agent_ms"] == 2000
        assert ended["holds"] == ended["hold_ms"] == ended["longest_hold_ms"] == 0
        assert ended["longest_silence_ms"] == 0
        assert [e["call"] for e in only(events, "CALL_STARTED")] == [1, 2]
        assert [e["sure"] for e in only(events, "LONG_HOLD")] == [False]

    def test_a_ring_before_the_hold_was_noticed_says_so_too(self):
        ended = one(run(HELLO + "line dead; quiet 2; ring")[0], "CALL_ENDED")
        assert ended["cause"] == "NEW_CALL" and ended["end_ms"] == 7000

    def test_five_minutes_without_a_signal_say_that_the_call_had_ended(self):
        events, _ = run(HELLO + "line dead; agent 2; quiet 300")
        ended = one(events, "CALL_ENDED")
        assert (ended["cause"], ended["end_ms"]) == ("LINE_DROPPED", 7000)
        assert ended["t_ms"] == 307000 and ended["duration_ms"] == 3000
        assert ended["holds"] == 0 and ended["talk_agent_ms"] == 2000
        assert not only(events, "CALLBACK_DUE")

    def test_talk_before_a_real_hold_counts_and_an_earlier_hold_stays(self):
        text = HELLO + "music 10; quiet 2; customer 1; agent 1; line dead; quiet 301"
        ended = one(run(text)[0], "CALL_ENDED")
        assert ended["holds"] == 1 and ended["hold_ms"] == 10000
        assert ended["duration_ms"] == 3000 + 10000 + 2000 + 2000

    def test_music_after_the_drop_makes_the_hold_sure(self):
        text = HELLO + "line dead; quiet 5; music 50; line quiet; customer 2; agent 1; long_press"
        events, _ = run(text)
        assert [e["sure"] for e in only(events, "LONG_HOLD")] == [True]
        assert one(events, "HOLD_ENDED")["ms"] == 55000
        assert one(events, "CALL_ENDED")["holds"] == 1

    def test_a_sure_hold_outlasts_a_dead_line_and_a_ring_until_its_limit(self):
        text = HELLO + "music 10; line dead; quiet 20; ring; quiet 600"
        events, call = run(text)
        assert not only(events, "CALL_ENDED")
        assert STATE_NAMES[call.state] == "HOLD"
        events, _ = run(text + "; quiet 1200")
        ended = one(events, "CALL_ENDED")
        assert ended["t_ms"] == 7000 + 1800000 and ended["hold_ms"] == 1800000

    def test_a_long_press_on_an_unsure_hold_ends_the_call_at_the_drop(self):
        ended = one(run(HELLO + "line dead; quiet 20; long_press")[0], "CALL_ENDED")
        assert ended["cause"] == "BUTTON" and ended["end_ms"] == 7000 and ended["holds"] == 0

    def test_a_busy_tone_during_a_sure_hold_ends_the_call_and_counts_the_hold(self):
        ended = one(run(HELLO + "music 10; busy 2")[0], "CALL_ENDED")
        assert ended["cause"] == "TONE" and ended["hold_ms"] == 10000 and ended["holds"] == 1


class TestStates:
    def test_a_normal_call(self):
        text = "line dead; ring 2; line quiet; customer 1; agent 2; customer 2; agent 1; quiet 6"
        assert states(text + "; line dead; quiet 4") == [
            "RINGING",
            "GREETING",
            "TALKING",
            "CLOSING",
            "IDLE",
        ]

    @pytest.mark.parametrize("who", ["agent", "customer"])
    def test_speech_in_closing_resumes_the_talk(self, who):
        assert states(HELLO + f"quiet 6; {who} 1")[-2:] == ["CLOSING", "TALKING"]

    def test_a_hold_before_the_agent_spoke_returns_to_the_greeting(self):
        assert states("customer 1; press; quiet 2; press; quiet 1; agent 1") == [
            "IDLE",
            "GREETING",
            "HOLD",
            "GREETING",
            "TALKING",
        ]

    def test_the_first_frame_may_be_anywhere_in_time(self):
        early, _ = run(HELLO + "quiet 6; line dead; quiet 4")
        shift = (1 << 29) // 20 // 3000 * 3000  # whole minutes; the milliseconds stay a small int
        late, _ = run(HELLO + "quiet 6; line dead; quiet 4", first_index=shift)
        for event in late:
            event["t_ms"] -= shift * 20
            if "end_ms" in event:
                event["end_ms"] -= shift * 20
        assert late == early
