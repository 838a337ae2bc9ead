"""DEAD_AIR after the customer's last word, TAIL_SILENCE after the agent's."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run

HELLO = "ring; agent 1; customer 1; "  # the customer's last word ends at 6 s


def times(name, text, config=None):
    events, _ = run(text, config)
    return [e["t_ms"] for e in events if e["event"] == name]


class TestDeadAir:
    def test_every_ten_seconds_from_the_customers_last_word(self):
        events, _ = run(HELLO + "quiet 35")
        found = [(e["t_ms"], e["ms"]) for e in events if e["event"] == "DEAD_AIR"]
        assert found == [(16000, 10000), (26000, 20000), (36000, 30000)]

    def test_an_answer_in_time_and_the_agents_own_silence(self):
        assert times("DEAD_AIR", HELLO + "quiet 9.5; agent 1; quiet 30") == []

    def test_starts_anew_with_each_word_of_the_customer(self):
        text = HELLO + "quiet 6; customer 1; quiet 12"
        assert times("DEAD_AIR", text) == [23000]

    def test_not_while_the_customer_has_not_spoken(self):
        assert times("DEAD_AIR", "ring; agent 1; customer 0.1; quiet 30") == []

    def test_not_on_a_dead_line_and_not_on_hold(self):
        assert times("DEAD_AIR", HELLO + "line dead; quiet 40") == []
        assert times("DEAD_AIR", HELLO + "press; quiet 40") == []

    def test_after_a_hold_it_counts_from_its_end(self):
        text = HELLO + "press; quiet 20; press; quiet 12"
        assert times("DEAD_AIR", text) == [26040 + 10000]

    def test_the_wait_is_a_setting(self):
        found = times("DEAD_AIR", HELLO + "quiet 9", Config({"dead_air_ms": 4000}))
        assert found == [10000, 14000]


class TestTailSilence:
    def test_five_seconds_after_the_agents_last_word(self):
        assert times("TAIL_SILENCE", HELLO + "agent 1; quiet 30") == [12000]

    def test_again_after_the_talk_was_resumed(self):
        text = HELLO + "agent 1; quiet 6; customer 1; agent 1; quiet 6"
        assert times("TAIL_SILENCE", text) == [12000, 20000]

    def test_not_while_the_customer_spoke_last(self):
        assert times("TAIL_SILENCE", HELLO + "agent 1; customer 1; quiet 30") == []

    def test_not_in_a_silent_call(self):
        assert times("TAIL_SILENCE", "ring; agent 1; quiet 30") == []

    def test_not_with_a_dead_line_or_music(self):
        assert times("TAIL_SILENCE", HELLO + "agent 1; quiet 4; line dead; quiet 30") == []
        assert times("TAIL_SILENCE", HELLO + "agent 1; quiet 3.5; music 2.5") == []

    def test_the_wait_is_a_setting(self):
        config = Config({"tail_silence_ms": 9000})
        assert times("TAIL_SILENCE", HELLO + "agent 1; quiet 30", config) == [16000]

    @pytest.mark.parametrize(
        ("floor_cdb", "level_cdb", "is_his"),
        [
            (-6000, -3790, True),  # 12 dB below his others
            (-6000, -3950, False),
            (-3500, -3390, True),  # 8 dB in loud noise: who speaks softer is still he
            (-3500, -3550, False),
            (-4800, -3590, True),  # between them what stands 12 dB out of the noise
            (-4800, -3610, False),
        ],
    )
    def test_in_noise_a_voice_is_the_customers_if_it_stands_out(self, floor_cdb, level_cdb, is_his):
        text = f"floor {floor_cdb}; {HELLO}customer 9; agent 1; quiet 2; "
        text += f"level {level_cdb}; customer 1; quiet 9"
        assert (times("TAIL_SILENCE", text) == []) == is_his

    def test_what_babble_says_far_below_the_customer_keeps_no_call_open(self):
        text = HELLO + "agent 1; quiet 2; level -4800; customer 0.6; quiet 10"
        assert times("TAIL_SILENCE", text) == [12000]

    def test_a_soft_word_of_the_customer_does(self):
        text = HELLO + "agent 1; quiet 2; level -3600; customer 0.6; quiet 10"
        assert times("TAIL_SILENCE", text) == []

    def test_a_customer_who_calmed_down_is_believed_again(self):
        text = "ring; agent 1; level -1500; customer 3; level -3000; customer 6; agent 1; "
        assert times("TAIL_SILENCE", text + "quiet 2; customer 0.6; quiet 8") == []
