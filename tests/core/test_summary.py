"""The summary: it adds up, its levels are right, and a call of a day fits."""

import json
import subprocess
from pathlib import Path

from callclip.core import summary
from callclip.core.config import Config
from callclip.core.events import SUMMARY_FIELDS
from callclip.core.frame import NEVER, Frame
from callclip.core.histogram import NOTHING_CDB, Histogram
from callclip.core.kernels import timeline as kernels
from callclip.core.timeline import Timeline
from callclip.core.transitions import HOLD, TALKING
from hypothesis import given
from hypothesis import strategies as st

from simulator import vm
from tests.core.frame_script import run


def summary_of(text, config=None):
    events, _ = run(text, config)
    ended = [e for e in events if e["event"] == "CALL_ENDED"]
    assert len(ended) == 1
    return ended[0]


class TestTimes:
    def test_talk_overlap_and_silence_of_a_short_call(self):
        ended = summary_of("ring 2; agent 2; quiet 1; customer 3; both 0.4; agent 2; long_press")
        assert ended["talk_agent_ms"] == 4400 and ended["talk_customer_ms"] == 3400
        assert ended["overlap_ms"] == 400 and ended["silence_ms"] == 1020
        assert ended["duration_ms"] == 8420 and ended["longest_silence_ms"] == 1000

    def test_gaps_within_a_spurt_belong_to_it_and_pauses_do_not(self):
        ended = summary_of("agent 1; quiet 0.1; agent 1; quiet 0.5; agent 1; long_press")
        assert ended["talk_agent_ms"] == 3100 and ended["silence_ms"] == 520

    def test_talk_beside_a_held_line_is_hold(self):
        ended = summary_of("agent 1; customer 1; agent 1; music 10; babble 5; quiet 2; long_press")
        assert ended["hold_ms"] == 15000 and ended["talk_agent_ms"] == 2000

    def test_the_longest_silence_is_not_joined_across_a_hold(self):
        text = "agent 1; customer 1; agent 1; quiet 3; music 9; quiet 4; agent 1; long_press"
        ended = summary_of(text)
        assert ended["longest_silence_ms"] == 4000 and ended["silence_ms"] == 7020

    def test_the_silence_that_ended_the_call_is_not_in_it(self):
        ended = summary_of("agent 1; customer 1; quiet 2; agent 1; quiet 61")
        assert ended["silence_ms"] == ended["longest_silence_ms"] == 2000

    def test_a_day_long_call(self):
        """In the VM under heap_lock, where a number of 2**30 would already raise MemoryError."""
        here = Path(__file__).parent
        firmware = here.parents[1] / "firmware"
        command = [*vm.find(), str(here / "vm_day.py"), str(firmware), str(here)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr or done.stdout
        names = ("end_ms", "cause", *SUMMARY_FIELDS)
        values = dict(zip(names, json.loads(done.stdout), strict=True))
        day_ms = 24 * 3600 * 1000
        assert values["end_ms"] == day_ms // 20
        assert values["duration_ms"] == values["talk_agent_ms"] == day_ms
        assert values["talk_customer_ms"] == values["overlap_ms"] == day_ms
        assert abs(values["asl_agent_cdb"] + 2625) <= 3 >= abs(values["asl_customer_cdb"] + 2625)
        assert values["noise_line_cdb"] == -6050 and values["syllables_per_min"] == 480


class TestValues:
    def test_syllables_a_minute_of_own_talk(self):
        # The script has a syllable in each fifteenth frame: 200 a minute.
        assert 195 <= summary_of("agent 30; quiet 1; long_press")["syllables_per_min"] <= 210
        assert summary_of("agent 0.6; quiet 1; long_press")["syllables_per_min"] == 0

    def test_syllables_beside_a_held_line_do_not_count(self):
        text = "agent 10; customer 1; agent 1; music 10; babble 30; music 1; quiet 2; long_press"
        assert 190 <= summary_of(text)["syllables_per_min"] <= 220

    def test_levels(self):
        ended = summary_of("line noisy; floor -4400; level -3150; agent 9; customer 9; long_press")
        assert abs(ended["asl_agent_cdb"] + 2600) <= 70
        assert abs(ended["asl_customer_cdb"] + 3150) <= 70
        assert abs(ended["noise_line_cdb"] + 4400) <= 50

    def test_the_first_notes_of_hold_music_are_not_the_customers_level(self):
        text = "level -4000; agent 1; customer 6; agent 1; level -1500; song 9; quiet 2; long_press"
        assert abs(summary_of(text)["asl_customer_cdb"] + 4000) <= 100

    def test_a_customer_who_never_spoke_has_no_level(self):
        assert summary_of("agent 3; long_press")["asl_customer_cdb"] == NOTHING_CDB

    def test_prompts_are_those_that_were_shown(self):
        assert summary_of("ring; agent 1; quiet 20; long_press")["prompts"] == 3

    def test_strain_grows_with_each_of_its_reasons_and_stays_in_range(self):
        calm = summary.strain_score(0, 0, -2600, 120000)
        assert calm == 0
        assert summary.strain_score(1, 0, -2600, 120000) > calm
        assert summary.strain_score(0, 1, -2600, 120000) > calm
        assert summary.strain_score(0, 0, -1500, 120000) > calm
        assert summary.strain_score(0, 0, -2600, 1200000) > calm
        hard = summary.strain_score(4, 4, -1400, 900000)
        assert hard >= Config().break_strain
        assert summary.strain_score(86400, 86400, 0, 86400000) == summary.STRAIN_MAX


class TestHistogram:
    @given(st.lists(st.integers(-11999, 0), min_size=1, max_size=200))
    def test_median(self, levels):
        histogram = Histogram()
        for level in levels:
            histogram.add(level)
        middle = sorted(levels, reverse=True)[len(levels) // 2]
        assert abs(histogram.median_cdb() - middle) <= 50

    def test_extremes(self):
        histogram = Histogram()
        assert histogram.median_cdb() == NOTHING_CDB
        for level in (0, -12000, -30000, 500, 500):
            histogram.add(level)
        assert histogram.n == 5 and histogram.median_cdb() == -50
        histogram.clear()
        assert histogram.n == 0 and histogram.median_cdb() == NOTHING_CDB


def take_in(timeline, frame, is_on_hold=False):
    frame.call_state = HOLD if is_on_hold else TALKING
    if kernels.note(timeline.pack):
        kernels.count(timeline.pack)


class TestTimeline:
    def test_each_frame_is_of_one_kind(self):
        frame = Frame()
        timeline = Timeline(400, frame.facts)
        frame.agent.spurt_ms = frame.line.spurt_ms = 20
        timeline.begin(0, 0)
        for frame.index in range(3000):
            frame.agent.is_active = frame.agent.is_in_spurt = int(frame.index % 700 < 300)
            frame.line.is_active = frame.line.is_in_spurt = int(200 <= frame.index % 700 < 500)
            frame.agent.spurt_start = frame.index // 700 * 700
            frame.line.spurt_start = frame.index // 700 * 700 + 200
            take_in(timeline, frame, 2000 <= frame.index < 2500)
        timeline.finish(2900)
        kinds = (
            timeline.agent_frames() + timeline.customer_frames() - timeline.both_frames(),
            timeline.silence_frames(),
            timeline.hold_frames(),
        )
        assert sum(kinds) == 2900 and timeline.hold_frames() == timeline.longest_hold == 500
        assert timeline.longest_silence == 200

    def test_what_is_too_old_cannot_be_changed(self):
        frame = Frame()
        timeline = Timeline(100, frame.facts)
        timeline.begin(0, 0)
        for frame.index in range(1000):
            take_in(timeline, frame)
        timeline.hold_since(0, 999)
        timeline.finish(1000)
        assert timeline.hold_frames() == 100 and timeline.silence_frames() == 900

    def test_an_end_before_what_is_counted_takes_the_last_run_back(self):
        frame = Frame()
        timeline = Timeline(100, frame.facts)
        timeline.begin(0, 0)
        for frame.index in range(1000):
            take_in(timeline, frame, frame.index >= 300)
        timeline.finish(300)
        assert timeline.hold_frames() == 0 and timeline.longest_hold == 0
        assert timeline.silence_frames() == timeline.longest_silence == 300

    def test_the_lag_fits_the_ring_for_every_setting(self):
        config = Config({"hold_detect_ms": 15000, "drop_end_ms": 15000})
        frame = Frame()
        made = summary.Summary(config, frame.facts)
        made.begin(0, frame, 0, 0)
        for frame.index in range(2000):
            take_in(made.timeline, frame)
        made.hold_begins(2000 - 750, frame)
        made.finish(2000, 0, frame, 1250, 0)
        assert made.values[7] == 15000 and made.values[8] == 1
        made.finish(1250, 0, frame, NEVER, 0)
