"""HOLD_STARTED, LONG_HOLD, CALLBACK_DUE, HOLD_ENDED and HOLD_RETURN_UNSPOKEN."""

import pytest
from callclip.core.config import Config
from callclip.core.frame import COMFORT_NOISE, MUSIC, NO_SIGNAL
from callclip.core.rules import hold
from callclip.core.units import FRAME_MS

from tests.core.frame_script import run

HELLO = "ring; agent 1; customer 1; agent 1; "  # until 7 s
SILENT = HELLO + "line dead; floor -9000; customer 2; agent 1; "  # until 10 s: no comfort noise


def only(name, text, config=None):
    events, _ = run(text, config)
    return [e for e in events if e["event"] == name]


def hidden_by_leak(text, is_dated_back=True):
    """HOLD_STARTED where a dropped line is known only in the agent's pauses."""
    hidden = [0]

    def fill(frame):
        line = frame.line
        if line.state == NO_SIGNAL:
            if frame.agent.is_speech:
                line.state = COMFORT_NOISE
                hidden[0] = frame.index + 1
            elif not is_dated_back:
                line.state_since = max(line.state_since, hidden[0])

    events, _ = run(text, fill=fill)
    return [e for e in events if e["event"] == "HOLD_STARTED"]


def after_music_that_is_known_late(text, late_ms, names=("HOLD_ENDED",)):
    """Events where the end of music is known so much later, and dated back."""
    last = [-1000, 0]  # frame with music, first one after it

    def fill(frame):
        line = frame.line
        if line.state == MUSIC:
            last[0] = frame.index
        elif frame.index - last[0] <= late_ms // 20:
            last[1] = last[0] + 1
            line.state = MUSIC
        elif last[1]:
            line.state_since = last[1]

    events, _ = run(text, fill=fill)
    return [e for e in events if e["event"] in names]


class TestStarted:
    @pytest.mark.parametrize(
        "step, cause, sure",
        [
            ("line dead; quiet 5", "LINE_DROPPED", False),
            ("music 5", "MUSIC", True),
            ("beeps 5", "BEEP", True),
        ],
    )
    def test_after_three_seconds_dated_back(self, step, cause, sure):
        (event,) = only("HOLD_STARTED", HELLO + step)
        assert (event["cause"], event["sure"]) == (cause, sure)
        assert (event["since_ms"], event["t_ms"]) == (7000, 10000)

    def test_at_once_by_the_button(self):
        (event,) = only("HOLD_STARTED", HELLO + "press; quiet 1")
        assert (event["cause"], event["sure"]) == ("BUTTON", True)
        assert (event["since_ms"], event["t_ms"]) == (7000, 7020)

    @pytest.mark.parametrize("step", ["line dead; quiet 2.9; line quiet", "music 2.9", "beeps 2.9"])
    def test_not_before(self, step):
        assert only("HOLD_STARTED", HELLO + step + "; quiet 3") == []

    @pytest.mark.parametrize("step", ["music 9", "beeps 9"])
    def test_not_while_the_customer_has_not_spoken(self, step):
        assert only("HOLD_STARTED", "ring; agent 1; " + step) == []

    def test_music_in_closing_is_a_hold(self):
        assert len(only("HOLD_STARTED", HELLO + "quiet 6; music 5")) == 1

    def test_not_between_the_first_bursts_of_a_busy_tone(self):
        text = HELLO + "line dead; quiet 2.8; busy 3"
        assert only("HOLD_STARTED", text) == []
        assert only("CALL_ENDED", text)[0]["cause"] == "TONE"

    @pytest.mark.parametrize(
        "tone", ["tone 0.3; quiet 30", "tone 30", 20 * "tone 0.75; quiet 0.75; "]
    )
    def test_a_tone_that_is_no_busy_tone_delays_it_by_three_seconds(self, tone):
        (event,) = only("HOLD_STARTED", HELLO + "line dead; quiet 1; " + tone)
        assert event["since_ms"] == 7000
        assert event["t_ms"] == 11020

    def test_on_a_line_without_comfort_noise_who_listens_is_not_held(self):
        listening = "customer 2; agent 4; quiet 0.5; agent 4; "
        assert hidden_by_leak(SILENT + listening + "quiet 9; customer 2") == []
        (event,) = hidden_by_leak(SILENT + listening + "quiet 30")
        assert (event["since_ms"], event["t_ms"]) == (16520, 41520)  # in the pause
        # Where there is noise behind the words, or the drop is seen in time, it is as ever.
        noisy = SILENT + "floor -6000; customer 6; "
        assert len(hidden_by_leak(noisy + listening + "customer 2")) == 1
        assert len(only("HOLD_STARTED", SILENT + listening + "customer 2")) == 1

    def test_a_line_is_known_to_carry_no_noise_from_two_seconds_of_voice_on(self):
        listening = "agent 4; quiet 0.5; agent 4; customer 2"
        said = "line dead; floor -9000; customer {}; "
        assert hidden_by_leak("ring; agent 1; " + said.format(2.1) + listening) == []
        assert len(hidden_by_leak("ring; agent 1; " + said.format(1.9) + listening)) == 1

    def test_on_such_a_line_it_began_where_the_customers_words_ended(self):
        def since_ms(text):
            (event,) = hidden_by_leak(text + "quiet 30", is_dated_back=False)
            return event["since_ms"]

        assert since_ms(SILENT + "customer 2; agent 2; ") == 12000
        assert since_ms(HELLO + "line dead; customer 2; agent 2; ") >= 11000
        # Words of more than three seconds leave in doubt what they hide.
        assert since_ms(SILENT + "customer 2; agent 4; ") >= 16000

    @pytest.mark.parametrize(
        "then",
        ["quiet 1; tone 0.4; agent 0.6; agent 4; quiet 1; agent 4", "agent 2.96; gap 0.1; agent 9"],
    )
    def test_a_drop_that_was_seen_in_time_waits_for_nobodys_silence(self, then):
        (event,) = only("HOLD_STARTED", SILENT + "customer 2; " + then)
        assert event["t_ms"] - event["since_ms"] <= 4100

    def test_the_wait_is_a_setting(self):
        config = Config({"hold_detect_ms": 15000})
        (event,) = only("HOLD_STARTED", HELLO + "line dead; quiet 16", config)
        assert (event["since_ms"], event["t_ms"]) == (7000, 22000)

    def test_the_press_that_starts_a_call_does_not_hold_it(self):
        assert only("HOLD_STARTED", "line dead; press; quiet 2") == []


class TestLong:
    def test_after_45_s_and_every_30_s(self):
        found = only("LONG_HOLD", HELLO + "music 110")
        assert [(e["n"], e["ms"], e["t_ms"]) for e in found] == [
            (1, 45000, 52000),
            (2, 75000, 82000),
            (3, 105000, 112000),
        ]
        assert all(e["sure"] for e in found)

    @pytest.mark.parametrize("heard", ["quiet 0.9; agent 3", "agent 3"])
    def test_not_where_the_music_may_just_have_ended(self, heard):
        text = HELLO + "music 44.9; " + heard
        events = after_music_that_is_known_late(text, 800, ("LONG_HOLD", "HOLD_ENDED"))
        assert [e["event"] for e in events] == ["HOLD_ENDED"]

    def test_for_a_rest_it_waits_a_second(self):
        def told_ms(rest):
            text = HELLO + f"music 44.9; {rest}; music 9; quiet 9"
            (event,) = after_music_that_is_known_late(text, 3000, ("LONG_HOLD",))
            return event["ms"]

        assert told_ms("quiet 0.5") == 45420
        assert told_ms("quiet 2.5") == 46000

    def test_anew_in_the_next_hold(self):
        text = HELLO + "press; quiet 50; press; agent 1; press; quiet 50"
        assert [e["n"] for e in only("LONG_HOLD", text)] == [1, 1]

    def test_a_callback_is_due_once_after_three_minutes(self):
        (event,) = only("CALLBACK_DUE", HELLO + "music 400")
        assert event["ms"] == 180020 and event["t_ms"] == 187020

    def test_an_unsure_hold_waits_with_it_until_it_is_sure(self):
        text = HELLO + "line dead; quiet 200"
        assert only("CALLBACK_DUE", text) == []
        (event,) = only("CALLBACK_DUE", text + "; line quiet; quiet 2")
        assert event["ms"] == 200000 and event["t_ms"] == 208000

    def test_times_are_settings(self):
        config = Config({"long_hold_ms": 10000, "hold_remind_ms": 5000, "callback_hold_ms": 30000})
        assert len(only("LONG_HOLD", HELLO + "music 21", config)) == 3
        assert len(only("CALLBACK_DUE", HELLO + "music 31", config)) == 1


class TestEnded:
    def test_by_the_customers_voice(self):
        (event,) = only("HOLD_ENDED", HELLO + "line dead; quiet 20; customer 2")
        assert event["ms"] == 20000 and event["t_ms"] == 27180

    def test_by_a_second_of_the_lines_noise(self):
        (event,) = only("HOLD_ENDED", HELLO + "line dead; quiet 20; line quiet; quiet 2")
        assert event["ms"] == 20000 and event["t_ms"] == 28000

    def test_by_the_button(self):
        (event,) = only("HOLD_ENDED", HELLO + "press; quiet 20; press; quiet 3")
        assert event["ms"] == 20020 and event["t_ms"] == 27040

    def test_a_flicker_of_the_line_does_not_end_it(self):
        text = HELLO + "line dead; quiet 20; line quiet; quiet 0.7; line dead; quiet 9"
        assert only("HOLD_ENDED", text) == []

    def test_by_the_voice_after_music(self):
        (event,) = only("HOLD_ENDED", HELLO + "music 20; customer 2")
        assert event["ms"] == 20000

    def test_by_the_voice_after_music_on_a_line_without_comfort_noise(self):
        text = HELLO + "line dead; music 20; quiet 1.5; customer 0.7; quiet 9"
        assert only("HOLD_ENDED", text)[0]["ms"] == 21500

    @pytest.mark.parametrize(("late_ms", "t_ms"), [(0, 28800), (400, 28800), (1600, 28920)])
    def test_after_music_whose_end_is_known_late(self, late_ms, t_ms):
        (event,) = after_music_that_is_known_late(HELLO + "music 20; quiet 9", late_ms)
        assert event["ms"] == 20000
        assert abs(event["t_ms"] - t_ms) <= 40

    @pytest.mark.parametrize(
        ("above_cdb", "moves_cdb", "wait_ms"),
        [
            (hold.SOUND_CDB + 500, 0, hold.MUSIC_BACK_MS),  # a noise louder than before it
            (hold.SOUND_CDB + 500, 450, hold.MOST_REST_MS),
            (hold.SOUND_CDB - 500, 450, hold.MUSIC_BACK_MS),
        ],
    )
    def test_it_waits_for_what_sounds_and_moves(self, above_cdb, moves_cdb, wait_ms):
        over = (7000 + 20000) // FRAME_MS

        def fill(frame):
            line = frame.line
            if frame.index >= over:
                sign = 1 if frame.index & 1 else -1
                line.level_cdb = line.noise_cdb + above_cdb + sign * moves_cdb
                line.floor_cdb = line.noise_cdb

        events, _ = run(HELLO + "music 20; quiet 9", fill=fill)
        (event,) = [e for e in events if e["event"] == "HOLD_ENDED"]
        assert abs(event["t_ms"] - over * FRAME_MS - wait_ms) <= FRAME_MS

    def test_by_a_voice_that_began_before_the_end_of_music_was_known(self):
        (event,) = after_music_that_is_known_late(HELLO + "music 20; customer 3; quiet 9", 800)
        assert event["ms"] == 20000 and event["t_ms"] < 29000

    def test_a_burst_or_a_rest_in_the_music_does_not_end_it(self):
        assert only("HOLD_ENDED", HELLO + "music 20; customer 0.5; music 20") == []
        assert only("HOLD_ENDED", HELLO + "music 20; song 5; music 20") == []
        assert only("HOLD_ENDED", HELLO + "music 20; quiet 1.4; music 20") == []
        assert only("HOLD_ENDED", HELLO + "music 9; line dead; quiet 9; music 9") == []

    def test_the_noise_that_never_went_does_not_end_a_hold_by_button(self):
        assert only("HOLD_ENDED", HELLO + "press; quiet 30") == []
        assert len(only("HOLD_ENDED", HELLO + "press; quiet 9; customer 1")) == 1

    def test_beeps_go_on_between_pauses_and_end_by_the_voice(self):
        assert only("HOLD_ENDED", HELLO + "beeps 30") == []
        (event,) = only("HOLD_ENDED", HELLO + "beeps 30; customer 1")
        assert event["ms"] == 30000

    def test_beeps_that_hearing_still_believes_in_do_not_start_it_again(self):
        text = HELLO + "endless_beeps 30; customer 3; quiet 3"
        events, _ = run(text)
        names = [e["event"] for e in events if "HOLD" in e["event"]]
        assert names == ["HOLD_STARTED", "HOLD_ENDED", "HOLD_RETURN_UNSPOKEN"]

    def test_the_button_ends_an_unsure_hold_for_good(self):
        events, _ = run(HELLO + "line dead; quiet 20; press; quiet 20")
        names = [e["event"] for e in events]
        assert names.count("HOLD_STARTED") == names.count("HOLD_ENDED") == 1

    def test_a_long_hold_is_measured_to_its_true_end(self):
        events, _ = run(HELLO + "music 100; quiet 2; customer 1; agent 1; long_press")
        assert events[-1]["hold_ms"] == 100000 and events[-1]["longest_hold_ms"] == 100000


class TestTakenUpAgain:
    """The first notes of hold music are heard as a voice."""

    NOTES = HELLO + "line dead; quiet 30; line quiet; customer 2; "

    def test_music_after_what_seemed_a_voice_goes_on_with_the_hold(self):
        events, _ = run(self.NOTES + "music 30; quiet 3; agent 1; long_press")
        holds = [e for e in events if "HOLD" in e["event"]]
        assert [(e["event"], e.get("since_ms"), e.get("ms")) for e in holds] == [
            ("HOLD_STARTED", 7000, None),
            ("HOLD_ENDED", None, 30000),
            ("HOLD_STARTED", 7000, None),
            ("LONG_HOLD", None, 45000),
            ("HOLD_ENDED", None, 62000),
        ]
        assert events[-1]["holds"] == 1 and events[-1]["hold_ms"] == 62000

    def test_a_piece_that_goes_on_is_taken_up_at_once_but_no_flash_of_it(self):
        def started(text):
            return [e["t_ms"] for e in only("HOLD_STARTED", HELLO + text)]

        rest = "music 20; quiet 2.5; "
        assert started(rest + "music 9") == [10000, 29800]
        assert started(rest + "music 0.2; quiet 1; music 0.2; quiet 9") == [10000]
        assert started("line dead; quiet 30; line quiet; customer 2; music 9") == [10000, 42000]

    def test_a_piece_that_has_rested_and_gone_on_may_do_so_again(self):
        """Hold music is a loop; the next caller hears the same."""
        loop = 2 * "music 20; quiet 2.4; "
        (first, last) = only("HOLD_ENDED", HELLO + loop + "music 20; quiet 9")
        assert first["t_ms"] == 7000 + 20000 + hold.MUSIC_BACK_MS
        over_ms = 7000 + 3 * 20000 + 2 * 2400
        wait_ms = 2400 + hold.MARGIN_MS
        assert wait_ms <= last["t_ms"] - over_ms <= wait_ms + FRAME_MS
        call = HELLO + "music 20; quiet 2.4; music 20; quiet 9; agent 1; long_press; "
        assert len(only("HOLD_ENDED", 2 * call)) == 3

    def test_a_word_is_no_rest_of_the_music(self):
        word = "quiet 0.8; customer 0.4; quiet 2; "
        for first in ("music 20; ", "line dead; quiet 30; line quiet; "):
            ended = only("HOLD_ENDED", HELLO + first + word + "music 20; quiet 9")
            last_ms = 7000 + {"m": 20000, "l": 30000}[first[0]] + 3200 + 20000
            assert ended[-1]["t_ms"] <= last_ms + hold.MUSIC_BACK_MS + FRAME_MS

    def test_no_reminder_while_the_end_waits_for_a_rest(self):
        loop = "music 20; quiet 2.4; music 20.8; quiet 9"
        events, _ = run(HELLO + loop)
        assert "LONG_HOLD" not in [e["event"] for e in events]

    @pytest.mark.parametrize("rest", ["quiet 1.6; customer 1.2; ", "quiet 2.9; "])
    def test_but_it_is_over_in_the_end(self, rest):
        ended = only("HOLD_ENDED", HELLO + f"music 20; {rest}music 20; quiet 4")
        assert len(ended) == 2

    def test_a_hold_that_the_agent_has_ended_is_not_taken_up(self):
        events = only("HOLD_STARTED", HELLO + "press; quiet 9; press; quiet 1; music 9")
        assert [e["since_ms"] for e in events] == [7000, 17040]

    def test_after_a_word_of_the_agent_it_is_another_hold(self):
        events, _ = run(self.NOTES + "agent 0.5; music 30; quiet 3; long_press")
        assert [e["since_ms"] for e in events if e["event"] == "HOLD_STARTED"] == [7000, 39500]
        assert events[-1]["holds"] == 2 and events[-1]["hold_ms"] == 60000

    def test_after_three_seconds_it_is_another_hold(self):
        events, _ = run(self.NOTES + "customer 1.5; music 30; quiet 3; long_press")
        assert events[-1]["holds"] == 2

    def test_reminders_are_not_repeated(self):
        notes = HELLO + "press; quiet 60; customer 1; music 20; quiet 3; long_press"
        found = only("LONG_HOLD", notes)
        assert [(e["n"], e["ms"]) for e in found] == [(1, 45000), (2, 75000)]


class TestReturn:
    def test_three_seconds_of_silence(self):
        text = HELLO + "line dead; quiet 20; customer 1; quiet 9"
        (event,) = only("HOLD_RETURN_UNSPOKEN", text)
        assert event["t_ms"] == 27180 + 3000

    def test_nobody_is_thanked_for_each_answer_on_a_line_without_comfort_noise(self):
        """Between words it is as dead as a dropped one."""
        text = 3 * "line dead; quiet 4; customer 4; agent 1; "
        assert len(only("HOLD_STARTED", SILENT + text)) == 3
        assert only("HOLD_RETURN_UNSPOKEN", SILENT + text) == []
        assert len(only("HOLD_RETURN_UNSPOKEN", HELLO + text)) == 3
        held = "line quiet; floor -6000; customer 1; music 20; line quiet; quiet 6"
        assert len(only("HOLD_RETURN_UNSPOKEN", SILENT + text + held)) == 1

    def test_a_word_in_time(self):
        text = HELLO + "line dead; quiet 20; customer 1; quiet 2; agent 1; quiet 9"
        assert only("HOLD_RETURN_UNSPOKEN", text) == []

    def test_a_word_before_the_hold_was_known_to_be_over(self):
        text = HELLO + "line dead; quiet 20; line quiet; agent 0.6; quiet 9"
        assert only("HOLD_RETURN_UNSPOKEN", text) == []

    @pytest.mark.parametrize("held", ["music 20; quiet 0.2", "line dead; quiet 20; line quiet"])
    def test_a_word_between_the_lines_return_and_the_customers(self, held):
        text = HELLO + held + "; agent 0.4; quiet 0.1; customer 6"
        assert only("HOLD_RETURN_UNSPOKEN", text) == []

    def test_a_word_before_the_line_returns_is_for_somebody_else(self):
        held = "line dead; quiet 20; agent 0.4; quiet 0.6; line quiet"
        text = HELLO + held + "; quiet 0.1; customer 6"
        assert len(only("HOLD_RETURN_UNSPOKEN", text)) == 1

    def test_a_word_while_the_button_holds_is_for_somebody_else(self):
        text = HELLO + "press; agent 2; quiet 1; customer 6"
        assert len(only("HOLD_RETURN_UNSPOKEN", text)) == 1

    def test_a_word_after_the_last_beep_and_before_the_next_one_is_missed(self):
        beeps = HELLO + "endless_beeps 20; "
        assert only("HOLD_RETURN_UNSPOKEN", beeps + "beep; agent 1; quiet 1; customer 6") == []
        assert len(only("HOLD_RETURN_UNSPOKEN", beeps + "agent 1; beep; customer 6")) == 1

    def test_the_wait_is_a_setting(self):
        text = HELLO + "line dead; quiet 20; line quiet; customer 1; quiet 9"
        (event,) = only("HOLD_RETURN_UNSPOKEN", text, Config({"hold_return_ms": 5000}))
        assert event["t_ms"] == 27180 + 5000
