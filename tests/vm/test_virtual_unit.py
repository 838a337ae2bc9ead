"""The virtual unit from outside: the unchanged firmware from its image, its port, its light.

The recordings are those that come with callclip. Where time matters it is the recording's.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from callclip.core import events, protocol, records, signals
from callclip.core.frame import SHOWN_FRAMES
from callclip.core.units import FRAME_MS

from host_tools import image
from host_tools.archive import read_log
from host_tools.cmd_pull import pull_log
from host_tools.link import Client
from simulator import calls, runner
from simulator.device import UnitError, VirtualUnit
from simulator.recording import open_recording

LED_LATENCY_MS = 200


def _pulled(port, folder):
    """(events as (code, t_frames, call, values) of the newest boot, Log) over the serial port."""
    with Client(port) as client:
        result, log = pull_log(client, folder)
    assert result["damages"] == [] and result["records_lost"] == 0
    rows = [(row.code, row.t_frames, row.call, tuple(row.values)) for row in log.boots[-1].events]
    return rows, log


def _played(wav, folder, **more):
    with VirtualUnit(wav=wav, **more) as unit:
        unit.wait_played(120)
        rows, log = _pulled(unit.port, folder)
        return unit.signals(), rows, log


@pytest.fixture(scope="module")
def silent_call(tmp_path_factory):
    """(signals, pulled events, Log) of the silent call, heard by a virtual unit."""
    return _played(calls.sound_path("silent_call"), tmp_path_factory.mktemp("silent"))


@pytest.mark.parametrize("name", calls.MORNING)
def test_the_pulled_log_holds_the_very_events_of_sim_run(name, tmp_path):
    path = calls.sound_path(name)
    recording = open_recording(path)
    expected = runner.run(recording).raw_events
    _signals, rows, _log = _played(path, tmp_path)
    heard = [row for row in rows if row[1] <= recording.n_frames]
    assert heard == [(code, at, call, tuple(values)) for code, at, call, values in expected]


def test_the_light_follows_each_prompt_within_200_ms(silent_call):
    shown, rows, _log = silent_call
    lights = [line for line in shown if "led" in line]
    stages = [(row[1] * FRAME_MS, row) for row in rows if row[0] == events.SILENT_CALL]
    assert len(stages) == 3
    for t_ms, (code, _at, _call, values) in stages:
        rgb = signals.SIGNALS[signals.row_of(code, *values)].rgb
        after = [line for line in lights if t_ms <= line["t_ms"] <= t_ms + LED_LATENCY_MS]
        assert any(_is_colour(line["led"], rgb) for line in after), (t_ms, lights)


def _is_colour(led, rgb):
    """Whether an LED shows a colour, whatever the brightness."""
    brightest = max(led)
    return brightest > 0 and all(
        abs(component * max(rgb) - wanted * brightest) <= 2 * max(rgb)
        for component, wanted in zip(led, rgb, strict=True)
    )


def test_the_buzzer_sounds_at_the_last_stage_only(silent_call):
    shown, rows, _log = silent_call
    tones = [line["t_ms"] for line in shown if line.get("buzzer_hz")]
    last_ms = max(row[1] * FRAME_MS for row in rows if row[0] == events.SILENT_CALL)
    assert tones and all(last_ms <= t_ms <= last_ms + 1000 for t_ms in tones)


def test_no_sound_is_lost_and_the_unit_says_so(silent_call):
    _shown, _rows, log = silent_call
    assert [boot.gaps for boot in log.boots] == [[]]


def test_flash_that_takes_its_time_costs_sound_and_the_log_tells_how_much(tmp_path):
    path = calls.sound_path("long_hold")
    _shown, rows, log = _played(path, tmp_path, erase_ms=90)
    gaps = log.boots[0].gaps
    assert gaps and {cause for _at, _ms, cause in gaps} == {records.GAP_FLASH}
    # Each gap is some erases of a write; the unit writes rarely, so little is lost in all.
    assert all(48 <= lost_ms <= 500 for _at, lost_ms, _cause in gaps)
    assert sum(lost_ms for _at, lost_ms, _cause in gaps) < open_recording(path).duration_ms / 50
    expected = runner.run(open_recording(path)).raw_events
    assert [row[0] for row in rows] == [row[0] for row in expected]


def test_two_runs_are_the_same(silent_call, tmp_path):
    again, rows, _log = _played(calls.sound_path("silent_call"), tmp_path)
    assert again == silent_call[0]
    assert rows == silent_call[1]


def test_recordings_are_heard_one_after_the_other(silent_call, tmp_path):
    wavs = [calls.sound_path("silent_call")] * 2
    _shown, rows, _log = _played(wavs, tmp_path)
    ended = [row[2] for row in rows if row[0] == events.CALL_ENDED]
    assert ended == [1, 2]


def test_a_recording_repeated_is_as_many_calls(tmp_path):
    path = calls.sound_path("silent_call")
    shown, rows, _log = _played(path, tmp_path, n_repeats=3)
    assert [row[2] for row in rows if row[0] == events.CALL_ENDED] == [1, 2, 3]
    assert shown[-1]["t_ms"] >= 3 * open_recording(path).duration_ms


def test_a_restart_by_the_host_keeps_log_and_clock_and_counts_the_boot(tmp_path):
    with VirtualUnit() as unit:
        with Client(unit.port, timeout_s=60) as client:
            assert client.hello["boot"] == 1
            client.ask(protocol.CLOCK_SET, {"unix_ms": 1795331975686})
            client.ask(protocol.REBOOT, {"is_forced": 1})
        with Client(unit.port, timeout_s=10) as client:
            _wait(lambda: client.ask(protocol.HELLO)["boot"] == 2)
            clock = client.ask(protocol.CLOCK_GET)
            assert client.hello["problem"] == ""
        assert clock["is_known"] and 0 < clock["unix_ms"] - 1795331975686 < 60000
        shown = unit.signals()
    assert [line["boot"] for line in shown if "boot" in line] == [1, 2]
    assert [line["reset"] for line in shown if "reset" in line] == ["software"]


def _wait(is_so, wait_s=10):
    ends = time.monotonic() + wait_s
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_the_flash_keeps_the_log_over_a_power_cut(tmp_path):
    flash = tmp_path / "flash.img"
    flash.write_bytes(image.build(image.firmware_files()))
    boots = []
    for _ in range(2):
        with VirtualUnit(image=flash) as unit, Client(unit.port, timeout_s=60) as client:
            client.ask(protocol.LOG_LIST, {"first_segment": 0})  # writes what waits
            boots.append((client.hello["boot"], client.hello["is_clock_known"]))
            client.ask(protocol.CLOCK_SET, {"unix_ms": 1795331975686})
    assert boots == [(1, 0), (2, 0)]
    log = tmp_path / "flash.img.log"
    assert "/000001.clog" in image.list_files(log.read_bytes())
    assert not any(path.startswith("/log/") for path in image.list_files(flash.read_bytes()))


def _image_with(path, name, old, new):
    """An image of the firmware with one text in one of its files replaced."""
    files = image.firmware_files()
    text = files[name].decode()
    assert text.count(old) == 1
    files[name] = text.replace(old, new).encode()
    path.write_bytes(image.build(files))
    return path


def _image_that_once(path, action):
    """An image whose frame 100 of the first boot does something, under the heap lock."""
    old = "        self.n_frames = index + 1\n"
    is_once = "self.n_frames == 100 and __import__('machine').reset_cause() == 1"
    new = f"{old}        if {is_once}:\n            {action}\n"
    return _image_with(path, "/callclip/core/bead.py", old, new)


@pytest.mark.parametrize(
    "text, problem",
    [
        (b"{ not json", "is not JSON"),
        (b'{"silent_call_ms": 7}', "silent_call_ms"),
        (b'{"no_such_key": 7}', "no_such_key"),
        (b"", "is not JSON"),
    ],
)
def test_a_broken_configuration_means_defaults_and_a_word_about_it(tmp_path, text, problem):
    flash = tmp_path / "flash.img"
    flash.write_bytes(image.build({**image.firmware_files(), "/config.json": text}))
    with VirtualUnit(image=flash) as unit, Client(unit.port, timeout_s=60) as client:
        assert problem in client.hello["problem"]
        assert client.hello["is_config_default"] == 1


def test_a_configuration_in_the_image_is_in_force(tmp_path):
    flash = tmp_path / "flash.img"
    files = image.with_config(
        image.firmware_files(), {"unit_number": 77, "led_brightness_pct": 100}
    )
    flash.write_bytes(image.build(files))
    path = calls.sound_path("silent_call")
    with VirtualUnit(image=flash, wav=path) as unit:
        unit.wait_played(60)
        with Client(unit.port, timeout_s=60) as client:
            assert client.hello["unit_number"] == 77
        assert [0, 40, 0] in [line.get("led") for line in unit.signals()]


@pytest.mark.parametrize(
    "action, words",
    [
        ("self.nothing", "AttributeError: 'Bead' object has no attribute 'nothing'"),
        ("bytearray(64)", "MemoryError: memory allocation failed, heap is locked"),
    ],
)
def test_a_failure_in_a_frame_restarts_the_unit_and_the_next_hello_tells_it(
    tmp_path, action, words
):
    flash = _image_that_once(tmp_path / "flash.img", action)
    with VirtualUnit(image=flash, wav=calls.sound_path("silent_call")) as unit:
        unit.wait_played(60)
        with Client(unit.port, timeout_s=60) as client:
            assert (client.hello["boot"], client.hello["problem"]) == (2, words)
        resets = [line for line in unit.signals() if "reset" in line]
    assert [line["reset"] for line in resets] == ["software"]
    assert 2000 <= resets[0]["t_ms"] <= 2050


def test_a_unit_that_cannot_start_says_why(tmp_path):
    flash = _image_with(
        tmp_path / "flash.img", "/callclip/unit.py", "_NAP_MS = 4", "_NAP_MS = 4 / 0"
    )
    with VirtualUnit(image=flash) as unit, pytest.raises(UnitError, match="restarted 10 times"):
        unit.wait_played(60)


def test_a_long_press_ends_the_call(tmp_path):
    path = calls.sound_path("silent_call")
    _shown, rows, _log = _played(path, tmp_path, presses=[(9000, 1200)])
    ended = [row for row in rows if row[0] == events.CALL_ENDED]
    assert ended[0][3][1] == events.END_BUTTON
    # A long press is known after 800 ms, and enters with the next frame; that one is dated by the
    # sound that it shows, which lies SHOWN_FRAMES behind.
    assert 9800 <= (ended[0][1] + SHOWN_FRAMES) * FRAME_MS <= 9900


def test_identify_blinks_in_a_colour_of_its_own_and_ends(tmp_path):
    with VirtualUnit() as unit, Client(unit.port, timeout_s=60) as client:
        client.ask(protocol.IDENTIFY, {"duration_ms": 700})
        _wait(lambda: len(_lights(unit)) >= 6)
        time.sleep(1)  # the rest of the 700 ms, also on a busy computer
        n_lights = len(_lights(unit))
        time.sleep(0.5)
        lights = _lights(unit)
    assert len(lights) == n_lights
    assert lights == [[0, 76, 76], [0, 0, 0]] * (n_lights // 2)
    assert all(row.rgb != (0, 255, 255) for row in signals.SIGNALS)


def _lights(unit):
    return [line["led"] for line in unit.signals() if "led" in line]


def test_the_self_test_finds_light_buzzer_and_store_in_order():
    with VirtualUnit() as unit, Client(unit.port, timeout_s=60) as client:
        _wait(lambda: client.ask(protocol.HELLO)["n_frames"] > 50)
        values = client.ask(protocol.SELF_TEST)
        assert all(values[key] for key in values if key.startswith("is_"))
        # INMP441: 33 dBA of its own noise, -26 dBFS at 94 dB SPL
        assert abs(values["agent_floor_cdb"] - -8700) < 300
        assert not [line for line in unit.signals() if line.get("buzzer_hz") or "reset" in line]


def test_the_sources_run_the_same(silent_call, tmp_path):
    """From the writable file system, as on a MicroPython without ROMFS."""
    flash = tmp_path / "flash.img"
    flash.write_bytes(image.build(image.firmware_files()))
    _shown, rows, _log = _played(calls.sound_path("silent_call"), tmp_path, image=flash)
    assert rows == silent_call[1]


def test_compiled_modules_run_the_same(silent_call, tmp_path):
    flash = tmp_path / "flash.img"
    flash.write_bytes(image.build(image.for_unit(image.firmware_files(), "x86")))
    _shown, rows, _log = _played(calls.sound_path("silent_call"), tmp_path, image=flash)
    assert rows == silent_call[1]


def test_speed_paces_the_recording(tmp_path):
    path = calls.sound_path("silent_call")
    started = time.monotonic()
    with VirtualUnit(wav=path, speed=20) as unit:
        unit.wait_played(60)
    took_s = time.monotonic() - started
    assert open_recording(path).duration_ms / 1000 / 20 <= took_s


def test_bytes_of_all_values_reach_the_unit_and_none_stops_it():
    with VirtualUnit() as unit:
        with Client(unit.port, timeout_s=60) as client:
            client._line.write(bytes(range(256)) * 4 + b"\x03\x03\x04\x01")
            assert client.ask(protocol.HELLO)["boot"] == 1
        assert not [line for line in unit.signals() if "reset" in line]


def test_requests_without_waiting_pile_nothing_up(tmp_path):
    """A host that asks 400 times at once gets some answers; the call is heard to its end."""
    wav = calls.sound_path("silent_call")
    n_frames = open_recording(wav).n_frames
    with VirtualUnit(wav=wav, speed=10) as unit:
        request = protocol.request(protocol.CONFIG_GET, 1, {"offset_bytes": 0})
        port = os.open(unit.port, os.O_RDWR | os.O_NOCTTY)
        for _ in range(40):
            os.write(port, request * 10)
            time.sleep(0.02)
        os.close(port)
        unit.wait_played(120)
        rows, log = _pulled(unit.port, tmp_path)
    assert len(log.boots) == 1
    codes = [code for code, at, _call, _values in rows if at <= n_frames]
    assert codes.count(events.SILENT_CALL) == 3 and codes[-1] == events.CALL_ENDED


def test_the_unit_is_off_once_its_parent_is_gone(tmp_path):
    script = (
        "from simulator.device import VirtualUnit\n"
        "import time\n"
        "with VirtualUnit() as unit:\n"
        "    print(unit._vm.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script]
    room = {**os.environ, "TMPDIR": str(tmp_path)}  # a killed program leaves its folder behind
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=room)
    with parent:
        vm_pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    _wait(lambda: not _is_running(vm_pid))


def _is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_command_prints_the_port_first_and_writes_the_signals(tmp_path):
    out = tmp_path / "signals.jsonl"
    words = ["sim", "device", "--wav", str(calls.sound_path("silent_call")), "--speed", "0"]
    words += ["--signals", str(out), "--json"]
    command = [sys.executable, "-m", "host_tools.cli", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        port = json.loads(process.stdout.readline())["port"]
        assert os.path.exists(port)
        _wait(lambda: '"played"' in out.read_text())
        with Client(port) as client:
            _result, log = pull_log(client, tmp_path / "logs")
        process.send_signal(signal.SIGINT)
        rest, talk = process.communicate(timeout=120)
    assert (process.returncode, rest) == (0, "")
    assert talk.splitlines()[-1] == "the unit is switched off"
    assert len(log.boots[0].events) > 3
    assert read_log(tmp_path / "logs" / log.unit_id / f"{log.log_id:08x}").n_records
    assert {key for line in out.read_text().splitlines() for key in json.loads(line)} == {
        "t_ms", "boot", "led", "buzzer_hz", "played", "listens",
    }  # fmt: skip
