"""Prompts: which one shows, for how long, how often; first alone, then in whole calls."""

from callclip.core import events
from callclip.core.call import Call
from callclip.core.config import Config
from callclip.core.eventqueue import EventQueue
from callclip.core.prompts import Prompts
from callclip.core.signals import (
    AGENT_SPEAKS,
    CALL_ENDS,
    CUSTOMER_SPEAKS,
    IN_CALL_ROW,
    SIGNALS,
    row_of,
)

from tests.core.frame_script import Sound

DEAD_AIR = row_of(events.DEAD_AIR)
GREETING = row_of(events.GREETING_MISSING)
SILENT_1 = row_of(events.SILENT_CALL, 1)
SILENT_2 = row_of(events.SILENT_CALL, 2)
NOISY_1 = row_of(events.NOISY_LINE, 1)
TAIL = row_of(events.TAIL_SILENCE)


def shown(prompts, frames):
    """(frame, name) of each change of the light over a range of frames."""
    out = []
    for index in frames:
        before = prompts.signal, prompts.since
        prompts.step(index)
        if (prompts.signal, prompts.since) != before:
            out.append((index, SIGNALS[prompts.signal].name))
    return out


def test_a_prompt_shows_at_once_and_goes_when_its_time_is_over():
    prompts = Prompts(Config())
    prompts.see(DEAD_AIR, 100)
    assert shown(prompts, range(100, 600)) == [(100, "DEAD_AIR"), (401, "DARK")]
    assert prompts.n_shown == 1


def test_an_event_without_a_light_shows_nothing():
    prompts = Prompts(Config())
    prompts.see(row_of(events.BACKCHANNEL), 0)
    assert shown(prompts, range(100)) == []


def test_no_second_prompt_of_a_kind_within_the_gap():
    prompts = Prompts(Config({"prompt_min_gap_ms": 30000}))
    found = []
    for index in range(3200):
        if index in (0, 500, 1499, 1500, 3000):
            prompts.see(TAIL, index)
        found += shown(prompts, [index])
    lit = [index for index, name in found if name == "TAIL_SILENCE"]
    assert lit == [0, 1500, 3000] and prompts.n_shown == 3


def test_without_a_gap_each_event_is_shown():
    prompts = Prompts(Config({"prompt_min_gap_ms": 0}))
    for index in (0, 10, 20):
        prompts.see(TAIL, index)
        prompts.step(index)
        assert prompts.since == index
    assert prompts.n_shown == 3


def test_stages_follow_each_other_within_the_gap():
    prompts = Prompts(Config())
    prompts.see(SILENT_1, 0)
    prompts.step(0)
    prompts.see(SILENT_2, 100)
    prompts.step(100)
    assert SIGNALS[prompts.signal].name == "SILENT_CALL_2" and prompts.since == 100
    assert shown(prompts, range(101, 400)) == [(351, "DARK")]


def test_the_higher_rank_shows_and_the_other_gets_what_is_left():
    prompts = Prompts(Config())
    prompts.see(DEAD_AIR, 0)
    assert shown(prompts, range(50)) == [(0, "DEAD_AIR")]
    prompts.see(NOISY_1, 50)
    prompts.see(TAIL, 50)
    rest = shown(prompts, range(50, 600))
    # NOISY_LINE_1 until 301; DEAD_AIR would have been over at 301, TAIL_SILENCE at 451.
    assert rest == [(50, "NOISY_LINE_1"), (301, "TAIL_SILENCE"), (451, "DARK")]
    assert prompts.n_shown == 3


def test_a_prompt_that_never_got_its_turn_is_not_counted():
    prompts = Prompts(Config())
    prompts.see(SILENT_1, 0)
    prompts.see(row_of(events.INTERRUPTION, events.BY_AGENT), 0)
    assert [name for _, name in shown(prompts, range(600))] == ["SILENT_CALL_1", "DARK"]
    assert prompts.n_shown == 1


def test_a_prompt_ends_when_its_reason_has_gone():
    prompts = Prompts(Config())
    prompts.see(GREETING, 0)
    prompts.step(0)
    prompts.over(CUSTOMER_SPEAKS)
    assert shown(prompts, [1]) == []
    prompts.over(AGENT_SPEAKS)
    assert shown(prompts, [2]) == [(2, "DARK")]


def test_the_end_of_the_call_leaves_what_is_meant_for_after_it():
    prompts = Prompts(Config())
    prompts.see(row_of(events.TAKE_BREAK), 0)
    prompts.see(SILENT_1, 0)
    prompts.step(0)
    prompts.over(CALL_ENDS)
    assert shown(prompts, [1]) == [(1, "TAKE_BREAK")]


def test_the_ambient_light_gives_way_and_comes_back():
    prompts = Prompts(Config())
    prompts.ambient(IN_CALL_ROW)
    prompts.see(DEAD_AIR, 10)
    names = [name for _, name in shown(prompts, range(10, 600))]
    assert names == ["DEAD_AIR", "IN_CALL"] and prompts.n_shown == 1


def test_a_new_call_counts_anew_and_may_prompt_again():
    prompts = Prompts(Config())
    prompts.see(TAIL, 0)
    prompts.step(0)
    prompts.begin_call()
    assert prompts.n_shown == 0
    prompts.see(TAIL, 500)
    assert shown(prompts, [500]) == [(500, "TAIL_SILENCE")]


class TestInCalls:
    @staticmethod
    def lights(text, config=None):
        """(ms, name) of each change of the light, and (ms, name) of each event."""
        queue = EventQueue()
        sound = Sound()
        call = Call(config or Config(), queue, sound.frame)
        lights, heard = [], []
        now = ("DARK", 0)
        for frame in sound.play(text):
            call.step()
            end_ms = 20 * (frame.index + 1)
            while queue.n_waiting:
                heard.append((end_ms, events.name_of(queue.take()[0])))
            new = SIGNALS[call.prompts.signal].name, call.prompts.since
            if new != now:
                assert call.prompts.since == frame.index
                lights.append((end_ms, new[0]))
                now = new
        return lights, heard

    def test_a_silent_call(self):
        lights, heard = self.lights("ring; agent 1; quiet 5.5; agent 1; quiet 16; long_press")
        assert [name for _, name in lights] == [
            "IN_CALL",
            "SILENT_CALL_1",
            "IN_CALL",
            "SILENT_CALL_2",
            "SILENT_CALL_3",
            "DARK",
        ]
        stages = [ms for ms, name in heard if name == "SILENT_CALL"]
        assert [ms for ms, name in lights if name.startswith("SILENT")] == stages

    def test_a_missing_greeting_ends_with_the_first_word(self):
        lights, _ = self.lights("quiet 1; customer 1; quiet 3; agent 1")
        assert lights[1:] == [(4000, "GREETING_MISSING"), (5020, "IN_CALL")]

    def test_a_hold(self):
        text = "agent 1; customer 1; music 80; quiet 2; agent 1; long_press"
        lights, _ = self.lights(text)
        assert [name for _, name in lights] == [
            "IN_CALL",
            "ON_HOLD",
            "LONG_HOLD",
            "ON_HOLD",
            "LONG_HOLD",
            "IN_CALL",
            "DARK",
        ]

    def test_an_unsure_long_hold_is_another_light(self):
        lights, _ = self.lights(
            "agent 1; customer 1; agent 1; line dead; quiet 60; line quiet; quiet 2"
        )
        assert (48000, "LONG_HOLD_UNSURE") in lights
        assert lights[-1][1] == "IN_CALL"

    def test_a_noisy_line_goes_dark_when_it_is_clean(self):
        text = "quiet 1; agent 1; line noisy; floor -3900; quiet 6; floor -6000; quiet 3"
        lights, _ = self.lights(text, Config({"silent_call_ms": 30000}))
        assert [name for _, name in lights[1:]] == ["NOISY_LINE_1", "IN_CALL"]
        assert 9000 <= lights[-1][0] <= 9040

    def test_each_light_comes_within_200_ms_of_its_event(self):
        text = (
            "quiet 1; customer 1; quiet 4; agent 1; customer 2; both 1; agent 1; quiet 6;"
            "customer 1; quiet 12; agent 1; music 50; quiet 2; quiet 3; agent 1; quiet 6"
        )
        lights, heard = self.lights(text)
        lit = {name: ms for ms, name in reversed(lights)}
        for ms, name in heard:
            signal = next((light for light in lit if light.startswith(name)), None)
            if signal:
                assert any(0 <= at - ms <= 200 for at, light in lights if light == signal)
        assert {"GREETING_MISSING", "INTERRUPTION_BY_AGENT", "DEAD_AIR", "LONG_HOLD"} <= set(lit)

    def test_restraint_in_a_good_call(self):
        text = "ring 2; agent 3; " + "customer 5; agent 6; " * 20 + "quiet 4; line dead; quiet 9"
        lights, _ = self.lights(text)
        assert not [name for _, name in lights if name not in ("IN_CALL", "ON_HOLD", "DARK")]
