"""`callclip sim run` from outside: what it prints, what it writes, and what it never leaves."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile
from callclip.core import events

from simulator import render, scenario
from tests.program import assert_refused, callclip
from tests.sim.recordings import two_voices, write

COLUMNS = (
    "t_ms,agent_cdb,line_cdb,agent_speech,line_speech,agent_state,line_state,"
    "agent_floor_cdb,line_floor_cdb,call_state"
)
STATES = {"NO_SIGNAL", "COMFORT_NOISE", "NOISE", "SPEECH", "TONE", "MUSIC"}
CALL_STATES = {"IDLE", "RINGING", "GREETING", "TALKING", "HOLD", "CLOSING"}


@pytest.fixture(scope="module")
def silent_call(tmp_path_factory):
    """A rendered silent call on disk."""
    samples, _truth = render.render(scenario.load("silent_call"))
    return write(tmp_path_factory.mktemp("calls") / "silent_call.wav", samples)


@pytest.fixture
def short_call(tmp_path):
    return write(tmp_path / "short.wav", two_voices(32000))


def test_json_lines_and_the_events_file_are_the_same_contract_events(silent_call, tmp_path):
    target = tmp_path / "events.jsonl"
    outcome = callclip("sim", "run", silent_call, "--json", "--events", target)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert target.read_text() == outcome.out
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["stage"] for row in rows if row["event"] == "SILENT_CALL"] == [1, 2, 3]
    fields_of = dict(events.TABLE.values())
    for row in rows:
        assert list(row) == ["t_ms", "event", "call", *fields_of[row["event"]]]
    assert [row["t_ms"] for row in rows] == sorted(row["t_ms"] for row in rows)


def test_the_time_line_says_when_and_what_to_do(silent_call):
    outcome = callclip("sim", "run", silent_call)
    assert outcome.exit_code == 0
    stage_3 = [line for line in outcome.out.splitlines() if "hang up" in line]
    assert any("SILENT_CALL" in line and "stage" not in line for line in stage_3)
    for line in outcome.out.splitlines():
        minute, second = line.split()[0].split(":")
        assert minute.isdigit() and 0 <= float(second) < 60


def test_a_recording_that_ends_within_a_call_says_so(silent_call, tmp_path):
    samples, rate_hz = soundfile.read(silent_call, dtype="int16")
    whole = callclip("sim", "run", silent_call, "--json").out
    rows = [json.loads(line) for line in whole.splitlines()]
    (started_ms,) = [row["t_ms"] for row in rows if row["event"] == "CALL_STARTED"]
    cut = write(tmp_path / "cut.wav", samples[: (started_ms + 500) * rate_hz // 1000], rate_hz)
    last = callclip("sim", "run", cut).out.splitlines()[-1]
    assert last.endswith("  the recording ends within call 1: no CALL_ENDED")
    assert "ends within" not in callclip("sim", "run", cut, "--json").out
    assert "CALL_ENDED" in whole
    assert "ends within" not in callclip("sim", "run", silent_call).out


def test_frames_have_the_contracts_columns_one_row_a_frame(silent_call, tmp_path):
    target = tmp_path / "frames.csv"
    assert callclip("sim", "run", silent_call, "--frames", target).exit_code == 0
    header, *rows = target.read_text().splitlines()
    assert header == COLUMNS
    assert len(rows) == (silent_call.stat().st_size - 44) // 4 // 320
    cells = [row.split(",") for row in rows]
    assert [int(row[0]) for row in cells] == list(range(0, 20 * len(rows), 20))
    assert {row[5] for row in cells} | {row[6] for row in cells} <= STATES
    assert {"IDLE", "TALKING"} <= {row[9] for row in cells} <= CALL_STATES
    assert {row[3] for row in cells} == {"0", "1"}
    for place in (1, 2, 7, 8):
        assert all(-12000 <= int(row[place]) <= 0 for row in cells)


def test_levels_in_the_frames_are_those_of_the_recording(tmp_path):
    t = np.arange(32000) / 16000
    sine = np.sin(2 * np.pi * 1000 * t)
    both = np.stack([0.5 * sine, 0.05 * sine], 1)
    path = write(tmp_path / "tone.wav", (both * 32767).astype(np.int16))
    target = tmp_path / "frames.csv"
    assert callclip("sim", "run", path, "--frames", target).exit_code == 0
    row = target.read_text().splitlines()[60].split(",")
    assert int(row[1]) == pytest.approx(-903, abs=5)  # a sine of half scale: -6.02 - 3.01 dB
    assert int(row[2]) == pytest.approx(-2903, abs=5)


def test_a_configuration_changes_what_is_heard(silent_call, tmp_path):
    config = tmp_path / "house.toml"
    config.write_text("# this house waits longer\nsilent_call_ms = 30000\n")
    outcome = callclip("sim", "run", silent_call, "--json", "--config", config)
    assert outcome.exit_code == 0
    assert "SILENT_CALL" not in outcome.out
    assert "CALL_STARTED" in outcome.out


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a = \n", ["line 1"]),
        ("\ntail_silnce_ms = 5000\n", ["line 2", "tail_silnce_ms", "'tail_silence_ms'?"]),
        ("xyzzy = 1\n", ["line 1", "unknown key xyzzy"]),
        ("greeting_ms = 99\n", ["line 1", "greeting_ms = 99", "500 to 20000 ms"]),
        ("greeting_ms = 3.5\n", ["greeting_ms = 3.5", "not a whole number"]),
        ("greeting_ms = true\n", ["greeting_ms = true", "not a whole number"]),
        ('greeting_ms = "3"\n', ["greeting_ms = '3'", "not a whole number"]),
        ("[greeting]\nms = 1\n", ["line 1", "'greeting' is a table"]),
        ("life_ms=3000\n\ngreeting_ms = 1\nslam_ms=1\n", ["line 3", "slam_ms in line 4"]),
        (b"\xff\xfe", ["not UTF-8"]),
        (None, ["no such file"]),
    ],
)  # fmt: skip
def test_a_bad_configuration_is_refused_with_place_value_and_remedy(
    short_call, tmp_path, text, parts
):
    config = tmp_path / "house.toml"
    if text is not None:
        config.write_bytes(text if isinstance(text, bytes) else text.encode())
    target = tmp_path / "frames.csv"
    outcome = callclip("sim", "run", short_call, "--config", config, "--frames", target)
    assert_refused(outcome, config, *parts)
    assert not target.exists()


@pytest.mark.parametrize("option", ["--events", "--frames", "--plot"])
def test_a_target_that_cannot_be_written_is_refused(short_call, silent_call, tmp_path, option):
    nowhere = tmp_path / "no" / "such" / "file"
    assert_refused(
        callclip("sim", "run", short_call, option, nowhere), nowhere, "cannot be written"
    )
    assert_refused(callclip("sim", "run", short_call, option, tmp_path), tmp_path, "is a folder")
    full = callclip("sim", "run", silent_call, option, "/dev/full")
    assert_refused(full, "/dev/full", "no space left", "free some space")
    assert_refused(callclip("sim", "run", short_call, option, short_call), "name another file")


def test_no_event_at_all_finds_room_on_any_disk(tmp_path):
    quiet = write(tmp_path / "quiet.wav", np.zeros((32000, 2), np.int16))
    outcome = callclip("sim", "run", quiet, "--events", "/dev/full")
    assert (outcome.exit_code, outcome.err) == (0, "")


def test_a_disk_that_fills_up_leaves_the_old_files_as_they_were(silent_call, tmp_path):
    old = {"events.jsonl": "old events", "frames.csv": "old frames"}
    for name, text in old.items():
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "host_tools.cli", "sim", "run", silent_call]
    command += ["--events", tmp_path / "events.jsonl", "--frames", tmp_path / "frames.csv"]
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "cannot be written" in done.stderr
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == old


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_leaves_nothing(tmp_path, number, exit_code):
    path = write(tmp_path / "long.wav", np.zeros((16000 * 600, 2), np.int16))
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-m", "host_tools.cli", "sim", "run", path]
    command += ["--events", out / "events.jsonl", "--frames", out / "frames.csv"]
    with subprocess.Popen([str(word) for word in command], stderr=subprocess.DEVNULL) as run:
        ends_s = time.monotonic() + 20
        while len(list(out.iterdir())) < 2:  # both targets are open: it is about to listen
            assert time.monotonic() < ends_s
            time.sleep(0.01)
        run.send_signal(number)
        # Ctrl-C in the middle of importing a compiled module makes CPython end by the signal
        # itself, after everything has unwound: for a shell that is the same 130.
        assert run.wait(20) in (exit_code, -number)
    assert list(out.iterdir()) == []


def test_one_target_for_two_outputs_is_refused(short_call, tmp_path):
    target = tmp_path / "out"
    outcome = callclip("sim", "run", short_call, "--events", target, "--frames", target)
    assert_refused(outcome, target, "name another file")


def test_a_reader_that_goes_away_is_no_error_message(silent_call):
    command = f"{sys.executable} -m host_tools.cli sim run {silent_call} --json"
    done = subprocess.run(
        ["sh", "-c", f"{command} | true"], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_a_vm_that_cannot_be_used_is_told_with_its_remedy(short_call, tmp_path):
    environment = {**os.environ, "MICROPYTHON": "/bin/true"}
    done = subprocess.run(
        [sys.executable, "-m", "host_tools.cli", "sim", "run", str(short_call)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 2
    assert "MICROPYTHON=/bin/true" in done.stderr and "make setup" in done.stderr


def test_silence_has_no_events_and_says_so(tmp_path):
    path = write(tmp_path / "silence.wav", np.zeros((32000, 2), np.int16))
    outcome = callclip("sim", "run", path)
    assert outcome.exit_code == 0
    assert "no events" in outcome.out
    assert callclip("sim", "run", path, "--json").out == ""
