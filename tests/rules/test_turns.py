"""INTERRUPTION and BACKCHANNEL: who set in, after how long, and for how long."""

import pytest
from callclip.core.config import Config

from tests.core.frame_script import run

HELLO = "ring; agent 1; customer 1; quiet 1; "  # until 7 s


def found(text, config=None, fill=None):
    events, _ = run(HELLO + text + "; quiet 1; long_press", config, fill=fill)
    turns = [e for e in events if e["event"] in ("INTERRUPTION", "BACKCHANNEL")]
    return [(e["event"], e["by"]) for e in turns], turns, events[-1]


def test_the_agent_cuts_in():
    kinds, turns, ended = found("customer 1; both 1; agent 1")
    assert kinds == [("INTERRUPTION", "AGENT")]
    assert turns[0]["t_ms"] == 8000 + 500 and turns[0]["ms"] == 500
    assert (ended["interruptions_agent"], ended["interruptions_customer"]) == (1, 0)
    assert ended["overlap_ms"] == 1000


@pytest.mark.parametrize(("dip_s", "n_prompts"), [(0.1, 1), (0.12, 0), (0.18, 0)])
@pytest.mark.parametrize("before_s", [0.1, 0.4])
def test_an_interruption_next_to_a_short_silence_is_counted_and_lights_nothing(
    before_s, dip_s, n_prompts
):
    text = f"customer 2; quiet {dip_s}; customer {before_s}; both 1; agent 1"
    kinds, _, ended = found(text)
    assert kinds == [("INTERRUPTION", "AGENT")]
    assert (ended["interruptions_agent"], ended["prompts"]) == (1, n_prompts)


def test_a_silence_long_before_the_agent_set_in_is_no_doubt():
    assert found("customer 2; quiet 0.16; customer 0.6; both 1; agent 1")[2]["prompts"] == 1


def test_the_customer_cuts_in():
    kinds, _, ended = found("agent 1; both 1; customer 1")
    assert kinds == [("INTERRUPTION", "CUSTOMER")]
    assert (ended["interruptions_agent"], ended["interruptions_customer"]) == (0, 1)


def test_a_short_word_of_attention():
    kinds, turns, ended = found("customer 2; both 0.3; customer 2")
    assert kinds == [("BACKCHANNEL", "AGENT")]
    assert ended["backchannels"] == 1 and ended["interruptions_agent"] == 0
    assert turns[0]["t_ms"] <= 9300 + 240


def test_the_border_is_half_a_second():
    assert found("customer 2; both 0.48; customer 2")[0] == [("BACKCHANNEL", "AGENT")]
    assert found("customer 2; both 0.5; customer 2")[0] == [("INTERRUPTION", "AGENT")]


def test_a_change_of_turn_without_overlap():
    assert found("customer 1; agent 1; customer 1; agent 1")[0] == []


def test_a_collision_is_nobodys_fault():
    assert found("customer 0.3; both 2; agent 1")[0] == []


def test_each_time_counts():
    text = "customer 2; both 1; customer 2; both 0.3; customer 2; both 1; customer 1"
    kinds, _, ended = found(text)
    assert [kind for kind, _ in kinds] == ["INTERRUPTION", "BACKCHANNEL", "INTERRUPTION"]
    assert ended["interruptions_agent"] == 2 and ended["backchannels"] == 1


def test_what_hindsight_takes_back_is_no_turn():
    """The line's voice is heard on for a second after it stopped: the agent's leak, for one."""

    def fill(frame):
        if frame.index >= 8 * 50:
            frame.line.is_late_active = 0

    assert found("customer 1; both 1; agent 1", fill=fill)[0] == []


def test_a_pause_that_hearing_bridges_ends_a_turn_where_the_level_falls():
    """The agent pauses for 240 ms, the customer sets in: the next words are a collision."""

    def fill(frame):
        frame.agent.speech_cdb = -2600
        if 7700 <= frame.index * 20 < 7940:
            frame.agent.level_cdb = -5500

    assert found("agent 1.1; both 1; customer 1", fill=fill)[0] == []


@pytest.mark.parametrize(
    ("level_cdb", "leak_cdb", "expected"),
    [
        (-4001, -1700, []),  # 3 dB above what the other's -2600 leak: none of it is his own
        (-4000, -1700, ["INTERRUPTION"]),
        (-4001, -1701, ["INTERRUPTION"]),
        (-3600, -1000, ["INTERRUPTION"]),  # 10 dB below his level are still his, whatever leaks
        (-3601, -1000, []),
    ],
)
@pytest.mark.parametrize(("first", "second"), [("customer", "agent"), ("agent", "customer")])
def test_a_pause_that_the_leak_fills_ends_a_turn(first, second, level_cdb, leak_cdb, expected):
    """The first pauses for 240 ms as the second sets in, and hearing bridges it."""

    def fill(frame):
        channels = {"agent": frame.agent, "customer": frame.line}
        paused = channels[first]
        frame.line.speech_cdb = frame.agent.speech_cdb = -2600
        paused.leak_cdb = leak_cdb
        if 8000 <= frame.index * 20 < 8240:
            channels[second].level_cdb = -2600
            paused.level_cdb = level_cdb

    kinds, _, _ = found(f"{first} 1; both 1; {second} 1", fill=fill)
    assert [kind for kind, _by in kinds] == expected


def test_typing_while_the_customer_speaks_is_no_turn():
    text = "customer 2; typing 1; customer 2"
    kinds, _, ended = found(text)
    assert kinds == [] and ended["overlap_ms"] == 0


def test_short_gaps_do_not_part_an_interruption():
    text = "customer 1; both 0.3; customer 0.1; both 0.3; agent 0.1; both 0.3; agent 1"
    assert found(text)[0] == [("INTERRUPTION", "AGENT")]


def test_a_pause_parts_an_overlap():
    assert found("customer 1; both 0.4; agent 0.2; both 0.4; agent 1")[0] == [
        ("INTERRUPTION", "AGENT")
    ]
    assert found("customer 1; both 0.4; agent 0.22; both 0.4; agent 1")[0] == [
        ("BACKCHANNEL", "AGENT"),
        ("BACKCHANNEL", "CUSTOMER"),
    ]


@pytest.mark.parametrize(("together_s", "by"), [(0.08, []), (0.1, ["AGENT"])])
def test_who_sets_in_as_the_other_pauses_cuts_nobody_short(together_s, by):
    """200 ms between the customer's words are a pause of his only if he was talked over before."""
    config = Config({"interruption_ms": 800})
    kinds, _, _ = found(f"customer 1; both {together_s}; agent 0.2; both 0.7; agent 1", config)
    assert [who for kind, who in kinds if kind == "INTERRUPTION"] == by


def test_talk_beside_a_held_line_interrupts_nobody():
    assert found("song 5; babble 3; song 2")[0] == []


def test_the_border_is_a_setting():
    config = Config({"interruption_ms": 1000})
    assert found("customer 2; both 0.8; customer 2", config)[0] == [("BACKCHANNEL", "AGENT")]


@pytest.mark.parametrize(("breath_s", "by"), [(0.24, ["CUSTOMER"]), (0.3, ["CUSTOMER", "AGENT"])])
def test_an_agent_who_takes_breath_and_goes_on_has_not_cut_in(breath_s, by):
    kinds, _, _ = found(f"agent 2; both 1; customer {breath_s}; both 1; customer 1")
    assert kinds == [("INTERRUPTION", who) for who in by]


@pytest.mark.parametrize(("breath_s", "n_told"), [(0.32, 1), (0.34, 2)])
def test_a_cut_in_is_told_once_for_a_longer_breath(breath_s, n_told):
    text = f"customer 2; both 1; customer {breath_s}; both 1; customer 1"
    assert found(text)[0] == n_told * [("INTERRUPTION", "AGENT")]


def test_the_next_turn_is_another():
    text = "customer 2; both 1; agent 0.3; customer 1; both 1; customer 1"
    assert found(text)[0] == 2 * [("INTERRUPTION", "AGENT")]


def test_a_customer_who_does_has():
    kinds, _, _ = found("customer 2; both 1; agent 0.24; both 1; agent 1")
    assert kinds == [("INTERRUPTION", "AGENT"), ("INTERRUPTION", "CUSTOMER")]
