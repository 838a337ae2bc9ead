"""Clock, button, light, buzzer and watchdog in the real VM, on virtual time.

The tick counters of the virtual unit begin 5 s before their 30-bit wrap, so every test that lasts
longer meets it.
"""

import pytest

from simulator.device import EXIT_CODES
from tests.vm import world


def test_uptime_does_not_notice_the_wrap_of_the_ticks(tmp_path):
    lines = """
        from callclip.ports.clock import Clock
        clock = Clock()
        first_ticks = time.ticks_ms()
        steps = []
        for _ in range(100):
            time.sleep_ms(100)
            steps.append(clock.uptime_ms())
        tell([first_ticks, time.ticks_ms(), steps])
    """
    first, last, steps = world.told(tmp_path, lines)
    assert first > 1 << 29 and last < 10000
    assert [round(step / 100) for step in steps] == list(range(1, 101))


def test_uptime_goes_on_over_many_wraps(tmp_path):
    lines = """
        from callclip.ports.clock import Clock
        clock = Clock()
        for _ in range(10):
            time.sleep_ms(5 * 86400000)
            clock.uptime_ms()
        tell(clock.uptime_ms() // 86400000)
    """
    assert world.told(tmp_path, lines) == 50


def test_the_calendar_is_unknown_until_it_is_set_and_then_goes_on(tmp_path):
    lines = """
        from callclip.ports.clock import Clock
        clock = Clock()
        before = clock.unix_ms()
        clock.set_unix_ms(1795331975686)
        at_once = clock.unix_ms()
        time.sleep_ms(86400000 + 5)
        tell([before, at_once, clock.unix_ms()])
    """
    before, at_once, later = world.told(tmp_path, lines)
    assert before == 0
    assert at_once == 1795331975686
    assert later == at_once + 86400005


def test_the_calendar_lives_through_a_restart(tmp_path):
    first = world.run(
        tmp_path,
        """
        from callclip.ports.clock import Clock
        Clock().set_unix_ms(1795331975686)
        time.sleep_ms(1000)
        machine.reset()
        """,
    )
    assert first.exit_code == EXIT_CODES["software"]
    lines = """
        from callclip.ports.clock import Clock
        tell(Clock().unix_ms())
    """
    assert world.told(tmp_path, lines, kept=first.told[0]["kept"]) == 1795331976686


@pytest.mark.parametrize(
    "presses, expected",
    [
        ([(1000, 200)], [["SHORT", 1200]]),
        ([(1000, 790)], [["SHORT", 1790]]),
        ([(1000, 2000)], [["LONG", 1800]]),
        ([(1000, 20)], []),
        ([(1000, 12), (1020, 10), (1040, 300)], [["SHORT", 1340]]),
        ([(1000, 300), (1310, 5), (1330, 8)], [["SHORT", 1300]]),
        (
            [(1000, 200), (2000, 900), (4000, 100)],
            [["SHORT", 1200], ["LONG", 2800], ["SHORT", 4100]],
        ),
    ],
)  # fmt: skip
def test_presses_are_debounced_and_told_apart(tmp_path, presses, expected):
    lines = """
        from callclip.ports.button import Button, SHORT
        world.origin_ms = 0
        button = Button(params["button_pin"])
        seen = []
        while world.now_ms < 6000:
            press = button.poll(world.now_ms)
            if press:
                seen.append(["SHORT" if press == SHORT else "LONG", world.now_ms])
            time.sleep_ms(4)
        tell(seen)
    """
    seen = world.told(tmp_path, lines, presses=presses)
    assert [kind for kind, _t_ms in seen] == [kind for kind, _t_ms in expected]
    for (_, t_ms), (_, expected_ms) in zip(seen, expected, strict=True):
        # debounce of 30 ms, polls of 4 ms, and the bounces themselves
        assert 0 <= t_ms - expected_ms <= 80


def test_the_light_blinks_in_its_colour_and_brightness(tmp_path):
    lines = """
        from callclip.ports.led import Led
        world.origin_ms = 0
        red, green, blue = params["led_pins"]
        led = Led(red, green, blue, 1000, 50)
        for age_ms in range(0, 2000, 20):
            led.show((255, 100, 0), 300, 700, age_ms)
            time.sleep_ms(20)
        led.dark()
        time.sleep_ms(1)
    """
    assert world.shown(tmp_path, lines) == [
        {"t_ms": 0, "led": [127, 50, 0]},
        {"t_ms": 300, "led": [0, 0, 0]},
        {"t_ms": 1000, "led": [127, 50, 0]},
        {"t_ms": 1300, "led": [0, 0, 0]},
    ]


def test_a_steady_light_is_lit_once(tmp_path):
    lines = """
        from callclip.ports.led import Led
        red, green, blue = params["led_pins"]
        led = Led(red, green, blue, 1000, 100)
        for age_ms in range(0, 5000, 20):
            led.show((0, 40, 0), 1000, 0, age_ms)
            time.sleep_ms(20)
    """
    assert world.shown(tmp_path, lines) == [{"t_ms": 0, "led": [0, 40, 0]}]


def test_the_buzzer_plays_its_pattern_once(tmp_path):
    lines = """
        from callclip.ports.buzzer import Buzzer
        world.origin_ms = 0
        buzzer = Buzzer(params["buzzer_pin"])
        for age_ms in range(0, 3000, 20):
            buzzer.play(((2400, 120, 60), (1800, 120, 60), (1200, 200, 0)), age_ms)
            time.sleep_ms(20)
    """
    assert world.shown(tmp_path, lines) == [
        {"t_ms": 0, "buzzer_hz": 2400},
        {"t_ms": 120, "buzzer_hz": 0},
        {"t_ms": 180, "buzzer_hz": 1800},
        {"t_ms": 300, "buzzer_hz": 0},
        {"t_ms": 360, "buzzer_hz": 1200},
        {"t_ms": 560, "buzzer_hz": 0},
    ]


def test_a_hang_restarts_the_unit_and_is_named(tmp_path):
    hung = world.run(
        tmp_path,
        """
        from callclip.core import tasks
        from callclip.ports import watchdog
        dog = watchdog.Watchdog(8000)
        for _ in range(100):
            for task in tasks.IN_TURN:
                dog.enter(task)
            dog.supervise()
            time.sleep_ms(100)
        dog.enter(tasks.STORE)
        while True:
            time.sleep_ms(1)
        """,
    )
    assert hung.exit_code == EXIT_CODES["watchdog"]
    kept = hung.told[0]["kept"]
    assert 9900 + 8000 <= kept["now_ms"] <= 10000 + 8001
    lines = """
        from callclip.ports import watchdog
        tell([watchdog.last_words(), watchdog.last_words()])
    """
    assert world.told(tmp_path, lines, kept=kept, reset_cause=3) == ["hung while storing", ""]


@pytest.mark.parametrize("idle", ["LISTEN", "HEAR", "RECORD", "SHOW", "PRESS", "SERVE", "STORE"])
def test_one_task_that_is_never_reached_restarts_the_unit_though_all_others_go_on(tmp_path, idle):
    done = world.run(
        tmp_path,
        f"""
        from callclip.core import tasks
        from callclip.ports import watchdog
        dog = watchdog.Watchdog(8000)
        while True:
            for task in tasks.IN_TURN:
                if task != tasks.{idle}:
                    dog.enter(task)
            dog.supervise()
            time.sleep_ms(100)
        """,
    )
    assert done.exit_code == EXIT_CODES["watchdog"]
    assert done.told[0]["kept"]["now_ms"] <= 8001


def test_microphones_that_are_opened_anew_excuse_the_frames(tmp_path):
    lines = """
        from callclip.core import tasks
        from callclip.ports import watchdog
        dog = watchdog.Watchdog(8000)
        for _ in range(30):
            for task in (tasks.LISTEN, tasks.PRESS, tasks.SERVE, tasks.STORE):
                dog.enter(task)
            dog.excuse_frames()
            dog.supervise()
            time.sleep_ms(1000)
        tell(world.now_ms)
    """
    assert world.told(tmp_path, lines) >= 30000


def test_last_words_survive_the_restart_and_are_ascii(tmp_path):
    restarted = world.run(
        tmp_path,
        """
        from callclip.ports import watchdog
        watchdog.restart_with("ValueError: Straße " + "x" * 200)
        """,
    )
    assert restarted.exit_code == EXIT_CODES["software"]
    lines = """
        from callclip.ports import watchdog
        tell(watchdog.last_words())
    """
    words = world.told(tmp_path, lines, kept=restarted.told[0]["kept"], reset_cause=5)
    assert words.startswith("ValueError: Stra?e xxx") and len(words) == 80


def test_after_an_orderly_restart_there_is_nothing_to_say(tmp_path):
    restarted = world.run(
        tmp_path,
        """
        from callclip.ports import watchdog
        from callclip.core import tasks
        watchdog.Watchdog(8000).enter(tasks.SERVE)
        watchdog.restart()
        """,
    )
    lines = """
        from callclip.ports import watchdog
        tell(watchdog.last_words())
    """
    assert world.told(tmp_path, lines, kept=restarted.told[0]["kept"], reset_cause=5) == ""
