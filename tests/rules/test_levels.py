"""QUIET_CUSTOMER, AGENT_QUIET and AGENT_LOUD over stretches of own speech."""

from callclip.core.config import Config

from tests.core.frame_script import run

HELLO = "ring; agent 1; "  # until 5 s


def found(name, text, config=None):
    events, _ = run(text, config)
    return [e for e in events if e["event"].startswith(name)]


class TestQuietCustomer:
    def test_after_three_five_and_five_seconds_of_his_speech(self):
        # The first 200 ms may still be the agent's.
        events = found("QUIET_CUSTOMER", HELLO + "level -4500; customer 20")
        assert [(e["stage"], e["t_ms"]) for e in events] == [(1, 8200), (2, 13200), (3, 18200)]
        assert all(abs(e["level_cdb"] + 4500) <= 60 for e in events)

    def test_only_his_own_speech_counts(self):
        text = HELLO + "level -4500; customer 2.5; quiet 4; agent 6; customer 0.2; quiet 1"
        assert found("QUIET_CUSTOMER", text) == []
        assert len(found("QUIET_CUSTOMER", text + "; customer 0.6")) == 1

    def test_speech_at_the_limit_is_loud_enough(self):
        assert found("QUIET_CUSTOMER", HELLO + "level -3950; customer 20") == []

    def test_a_customer_who_speaks_up_has_ended_the_sequence(self):
        text = HELLO + "level -4500; customer 4; level -3000; customer 6; level -4500; customer 6"
        assert [e["stage"] for e in found("QUIET_CUSTOMER", text)] == [1, 1]

    def test_what_is_said_beside_the_agents_voice_or_music_is_left_out(self):
        assert found("QUIET_CUSTOMER", HELLO + "level -4500; both 9") == []
        assert found("QUIET_CUSTOMER", HELLO + "level -4500; song 9") == []

    def test_limit_and_stretches_are_settings(self):
        values = {"quiet_customer_cdb": -3000, "quiet_customer_ms": 1000}
        config = Config(dict(values, quiet_customer_step_ms=2000))
        events = found("QUIET_CUSTOMER", HELLO + "level -3500; customer 6", config)
        assert [e["t_ms"] for e in events] == [6200, 8200, 10200]

    def test_each_call_has_its_own(self):
        text = "agent 1; level -4500; customer 4; long_press; quiet 1; " * 2
        assert [(e["call"], e["stage"]) for e in found("QUIET_CUSTOMER", text)] == [(1, 1), (2, 1)]


class TestAgentLevel:
    def test_a_soft_voice_is_said_once_until_it_was_normal(self):
        text = "voice -4000; agent 12; voice -2600; agent 6; voice -4000; agent 6"
        events = found("AGENT", text)
        assert [e["event"] for e in events] == ["AGENT_QUIET", "AGENT_QUIET"]
        assert abs(events[0]["level_cdb"] + 4000) <= 60

    def test_a_soft_sentence_is_no_soft_voice(self):
        soft = "voice -3660; agent 3.1; "
        assert found("AGENT", soft + "voice -2600; agent 6; " + soft + "voice -2600; agent 6") == []
        (event,) = found("AGENT", "voice -3660; agent 12")
        assert 6000 <= event["t_ms"] <= 6600
        (event,) = found("AGENT", "voice -3800; agent 12")
        assert event["t_ms"] <= 3400

    def test_a_calibrated_microphone_has_its_limits_where_the_sound_pressure_is_the_same(self):
        """One that gives 5 dB less for the same sound: 120.3 dB SPL are its full scale."""
        deaf = Config({"agent_offset_cdb": 12030})
        assert found("AGENT", "voice -4000; agent 12", deaf) == []
        assert [e["event"] for e in found("AGENT", "voice -4200; agent 12", deaf)] == [
            "AGENT_QUIET"
        ]
        assert [e["event"] for e in found("AGENT", "voice -2000; agent 12", deaf)] == ["AGENT_LOUD"]
        assert found("AGENT", "voice -2000; agent 12") == []

    def test_a_loud_voice(self):
        events = found("AGENT", "voice -1200; agent 12")
        assert [e["event"] for e in events] == ["AGENT_LOUD"]
        assert events[0]["t_ms"] <= 200 + 3000

    def test_a_normal_voice(self):
        for level_cdb in (-3500, -2600, -1700):
            assert found("AGENT", f"voice {level_cdb}; agent 20") == []

    def test_three_seconds_of_it(self):
        assert found("AGENT", "voice -1200; agent 2.5; quiet 1") == []

    def test_limits_are_settings(self):
        config = Config({"agent_quiet_cdb": -2500, "agent_loud_cdb": -600})
        assert [e["event"] for e in found("AGENT", "agent 4", config)] == ["AGENT_QUIET"]
        config = Config({"agent_loud_cdb": -3000, "agent_level_ms": 10000})
        assert found("AGENT", "agent 9", config) == []
        assert [e["event"] for e in found("AGENT", "agent 11", config)] == ["AGENT_LOUD"]


class TestTakeBreak:
    HARD = (
        "agent 2; level -1500; customer 2; " + "agent 1; both 1; customer 1; " * 12 + "long_press"
    )

    def test_after_a_hard_call(self):
        events, _ = run(self.HARD)
        ended, pause = events[-2:]
        assert (ended["event"], pause["event"]) == ("CALL_ENDED", "TAKE_BREAK")
        assert pause["score"] == ended["strain"] >= 60 and pause["call"] == 1

    def test_not_after_another(self):
        assert found("TAKE_BREAK", "agent 9; customer 9; long_press") == []

    def test_the_score_is_a_setting(self):
        assert found("TAKE_BREAK", self.HARD, Config({"break_strain": 1000})) == []
