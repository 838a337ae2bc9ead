"""The demo: what the desk shows is what the firmware did, and its picture says so."""

import io
import re

import pytest
from callclip.core import frame, signals
from rich.console import Console

from host_tools import demo_view
from host_tools.demo import CONNECT_S, Desk, Morning
from simulator import calls, runner
from simulator.recording import open_recording

ROWS = {row.name: n for n, row in enumerate(signals.SIGNALS)}
SPEED = 30


@pytest.fixture(scope="module")
def watched():
    """(morning, every distinct thing the desk showed) of one fast morning."""
    shown = set()
    with Morning(SPEED) as morning:
        while not morning.desk.is_over:
            morning.step(0.05)
            desk = morning.desk
            shown.add(("state", desk.call_state))
            shown.add(("line", desk.states[1]))
            shown.add(("title", desk.title))
            shown.add(("prompt", desk.prompt))
        morning.step(0.5)
        morning.finish()
    return morning, shown


def test_the_live_events_are_those_of_the_core(watched, tmp_path):
    """Over pty, protocol and virtual unit comes the same as from the recording alone."""
    morning, _shown = watched
    calls.write_morning(tmp_path / "morning.wav", CONNECT_S * SPEED)
    alone = runner.run(open_recording(tmp_path / "morning.wav"))
    assert morning.desk.events == alone.events


def test_the_morning_shows_what_the_product_is_for(watched):
    morning, shown = watched
    names = [(e["event"], e.get("stage")) for e in morning.desk.events]
    for stage in (1, 2, 3):
        assert ("SILENT_CALL", stage) in names
    assert ("NOISY_LINE", 1) in names
    assert ("LONG_HOLD", None) in names
    assert names.count(("CALL_STARTED", None)) == len(calls.MORNING)
    for state in ("TALKING", "HOLD", "CLOSING", "IDLE"):
        assert ("state", state) in shown
    for title, _start_s in morning.parts:
        assert ("title", title) in shown


def test_the_clock_on_the_desk_begins_at_nine_and_is_the_units_own(watched):
    morning, _shown = watched
    begins = [morning.clock(t_ms) for t_ms in (-15_000, 0, 15_000)]
    assert begins[0] < "09:00:00" < begins[2]
    assert morning.clock(3_600_000)[2:] == begins[1][2:]


def drawn(desk, clock=lambda: 100.0, width=100):
    class Stand:
        n_ms = 297_000
        speed = 8

        @staticmethod
        def clock(t_ms):
            return f"09:{t_ms // 60000:02d}:{t_ms // 1000 % 60:02d}"

    console = Console(
        width=width, force_terminal=True, color_system="truecolor", record=True, file=io.StringIO()
    )
    console.print(demo_view.draw(desk, Stand, demo_view.Lingering(clock), width))
    return console.export_text(clear=False), console.export_text(styles=True)


def test_the_picture_has_prompt_levels_state_and_events():
    desk = Desk(
        t_ms=101_000, title="A silent call", call=2, call_state="GREETING",
        signal=ROWS["SILENT_CALL_2"], lit_rgb=(76, 36, 0),
        levels_cdb=(-2740, -5900), speaks=(1, 0), states=("SPEECH", "COMFORT_NOISE"),
        events=[{"t_ms": 90_000, "event": "SILENT_CALL", "call": 2, "stage": 1}],
    )  # fmt: skip
    text, styled = drawn(desk)
    assert "A silent call" in text
    assert "call 2, greeting" in text
    assert text.count("Still nobody there: say farewell.") == 1
    assert "09:01:41" in text
    assert re.search(r"agent +█+.? +-27 dB +speech", text)
    assert re.search(r"customer +█+.? +-59 dB +quiet", text)
    assert "09:01:30  call 2  silent call, step 1: Nobody has answered: greet once more." in text
    assert "38;2;255;121;0" in styled  # the amber that the light was driven with, at full scale


def test_a_narrow_terminal_gets_a_narrow_picture():
    text, _styled = drawn(Desk(), width=60)
    assert max(len(line) for line in text.splitlines()) <= 60


@pytest.mark.parametrize("width", [60, 80, 92, 140])
def test_nothing_jumps_whatever_is_said_and_asked(width):
    pictures = [
        drawn(Desk(signal=row, lit_rgb=(9, 9, 9), states=(state, state)), width=width)[0]
        for state in frame.STATE_NAMES
        for row in range(len(signals.SIGNALS))
    ]
    assert {len(text.splitlines()) for text in pictures} == {22}
    assert len({text.splitlines()[7] for text in pictures}) == len(frame.STATE_NAMES)
    for row in signals.SIGNALS:
        if row.rank:
            picture = drawn(Desk(signal=ROWS[row.name], lit_rgb=(9, 9, 9)), width=width)[0]
            said = re.sub(r"[^\w:,;.' -]+", " ", picture)
            assert row.text in re.sub(r"\s+", " ", said)


@pytest.mark.parametrize("rgb", [(255, 0, 0), None])
def test_the_bead_is_round(rgb):
    lines = demo_view.bead(rgb).plain.split("\n")
    assert len(lines) == 6
    widths = [len(line.strip()) for line in lines]
    assert widths == widths[::-1]
    assert max(widths) == 12
    assert widths[0] < widths[1] < widths[2]


def test_the_light_blinks_at_its_signals_pace_and_prompts_linger():
    now = [0.0]
    lingering = demo_view.Lingering(lambda: now[0])
    desk = Desk(signal=ROWS["SILENT_CALL_1"], lit_rgb=(76, 76, 76))
    lingering.look(desk)
    lit = []
    for tenth in range(16):
        now[0] = tenth / 10 + 0.05
        lit.append(lingering.look(desk)[1] is not None)
    assert lit == [True] * 4 + [False] * 4 + [True] * 4 + [False] * 4  # 400 ms on, 400 ms off

    desk.signal, desk.lit_rgb = ROWS["IN_CALL"], (0, 12, 0)
    now[0] = demo_view.LINGER_S - 0.1
    assert lingering.look(desk)[0] == ROWS["SILENT_CALL_1"]
    now[0] = demo_view.LINGER_S + 0.1
    row, rgb = lingering.look(desk)
    assert row == ROWS["IN_CALL"]
    assert rgb[1] > 0
    assert rgb[0] == rgb[2] == 0


@pytest.mark.parametrize("name", ["CALL_ENDED", "RING"])
def test_a_prompt_does_not_outlast_its_call(name):
    now = [0.0]
    lingering = demo_view.Lingering(lambda: now[0])
    desk = Desk(signal=ROWS["SILENT_CALL_3"], lit_rgb=(76, 0, 0))
    lingering.look(desk)
    desk.signal = ROWS["DARK"]
    now[0] = 0.1
    assert lingering.look(desk)[0] == ROWS["SILENT_CALL_3"]
    desk.events.append({"t_ms": 0, "event": name, "call": 1})
    assert lingering.look(desk) == (ROWS["DARK"], None)
    desk.signal = ROWS["TAKE_BREAK"]  # comes with the end of a call, and is no part of it
    lingering.look(desk)
    desk.signal = ROWS["DARK"]
    now[0] = 0.2
    assert lingering.look(desk)[0] == ROWS["TAKE_BREAK"]


def test_a_colour_of_the_signal_before_is_not_shown():
    """The live note may come a little before the light's line."""
    lingering = demo_view.Lingering(lambda: 10.0)
    desk = Desk(signal=ROWS["SILENT_CALL_2"], signal_ms=9000, lit_rgb=(0, 12, 0), lit_ms=2000)
    assert lingering.look(desk) == (ROWS["SILENT_CALL_2"], None)
    desk.lit_rgb, desk.lit_ms = (76, 36, 0), 8980
    assert lingering.look(desk) == (ROWS["SILENT_CALL_2"], (255, 121, 0))


def test_a_dark_signal_is_a_dark_bead():
    lingering = demo_view.Lingering(lambda: 10.0)
    assert lingering.look(Desk(signal=ROWS["DARK"], lit_rgb=(76, 0, 0))) == (ROWS["DARK"], None)
