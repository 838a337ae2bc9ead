"""callclip live against a virtual unit that hears a real call: the view, and that it agrees with
the log that is pulled afterwards."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from host_tools.link import Client
from simulator.device import VirtualUnit
from tests.program import assert_refused, callclip

CALL = Path(__file__).resolve().parents[2] / "simulator/recordings/calls/silent_call.opus"


def watch(unit, *words):
    """Lines of `callclip live` from now until the recording has been played; ended by Ctrl-C."""
    command = [sys.executable, "-m", "host_tools.cli", "live", unit.port, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as live:
        unit.wait_played(60)
        time.sleep(0.5)  # the last notes
        live.send_signal(signal.SIGINT)
        out, err = live.communicate(timeout=120)
    assert live.returncode == 130, err
    return out.decode()


def test_live_and_log_tell_the_same(tmp_path):
    path = tmp_path / "events.jsonl"
    with VirtualUnit(wav=CALL, speed=4) as unit:
        watched = watch(unit, "--json")
        pulled = callclip("pull", unit.port, "--out", tmp_path / "logs", "--events", path)
        assert pulled.exit_code == 0, pulled
    notes = [json.loads(line) for line in watched.splitlines()]
    logged = [json.loads(line) for line in path.read_text().splitlines()]
    seen = [note for note in notes if note["note"] == "EVENT"]
    assert [note["event"] for note in seen][-4:] == ["SILENT_CALL"] * 3 + ["CALL_ENDED"]
    kept = logged[-len(seen) :]
    same = ("event", "call", "stage")
    assert [[note.get(key) for key in same] for note in seen] == [
        [row.get(key) for key in same] for row in kept
    ]
    shift_ms = {row["t_ms"] - note["t_ms"] for row, note in zip(kept, seen, strict=True)}
    assert len(shift_ms) == 1  # the log's times are the same ones on the unix clock
    live = [note for note in notes if note["note"] == "LIVE"]
    assert {"TALKING", "GREETING"} & {note["call_state"] for note in live}
    assert "SILENT_CALL_3" in {note["signal"] for note in live}
    assert any(note["is_agent_speech"] for note in live)


def test_a_piped_view_for_people_is_the_first_look_and_then_the_events():
    with VirtualUnit(wav=CALL, speed=10) as unit:
        watched = watch(unit)
    assert "silent call, step 3" in watched
    assert "\r" not in watched
    assert [n for n, line in enumerate(watched.splitlines()) if "agent [" in line] == [0]


@pytest.mark.parametrize("seconds", ["1", "0.001"])
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_short_look_into_a_pipe_shows_what_the_unit_hears(seconds, words):
    with VirtualUnit(speed=10) as unit:
        outcome = callclip("live", unit.port, "--seconds", seconds, *words)
    assert outcome.exit_code == 0
    assert "agent" in outcome.out.splitlines()[0]


def test_the_unit_stops_when_asked():
    with VirtualUnit(speed=20) as unit:
        assert callclip("live", unit.port, "--seconds", 0.5, "--json").exit_code == 0
        with Client(unit.port, timeout_s=60) as client:
            client.wait_notes(0.1)  # what was under way
            assert client.wait_notes(0.5) == []


@pytest.mark.parametrize("period", ["0", "99", "60001", "x"])
def test_a_period_out_of_range(period):
    assert_refused(callclip("live", "/dev/ttyNOWHERE", "--period", period), "--period")
