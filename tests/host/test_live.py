"""callclip live against a virtual unit that hears a real call: the view, and that it agrees with
the log that is pulled afterwards."""

import json
from pathlib import Path

import pytest

from host_tools.link import Client
from simulator.device import VirtualUnit
from tests.program import assert_refused, callclip

CALL = Path(__file__).resolve().parents[2] / "simulator/recordings/calls/silent_call.opus"
CALL_S = 40  # it is shorter than that


def test_live_and_log_tell_the_same(tmp_path):
    path = tmp_path / "events.jsonl"
    with VirtualUnit(wav=CALL, speed=20) as unit:
        watched = callclip("live", unit.port, "--json", "--seconds", CALL_S / 20 + 1)
        assert watched.exit_code == 0, watched
        unit.wait_played(30)
        pulled = callclip("pull", unit.port, "--out", tmp_path / "logs", "--events", path)
        assert pulled.exit_code == 0, pulled
    notes = [json.loads(line) for line in watched.out.splitlines()]
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


def test_a_view_for_people_keeps_events_only_when_piped(tmp_path):
    with VirtualUnit(wav=CALL, speed=20) as unit:
        watched = callclip("live", unit.port, "--seconds", CALL_S / 20 + 1)
    assert watched.exit_code == 0
    assert "silent call, step 3" in watched.out
    assert "\r" not in watched.out


def test_the_unit_stops_when_asked():
    with VirtualUnit(speed=20) as unit:
        assert callclip("live", unit.port, "--seconds", 0.5, "--json").exit_code == 0
        with Client(unit.port) as client:
            client.wait_notes(0.1)  # what was under way
            assert client.wait_notes(0.5) == []


@pytest.mark.parametrize("period", ["0", "99", "60001", "x"])
def test_a_period_out_of_range(period):
    assert_refused(callclip("live", "/dev/ttyNOWHERE", "--period", period), "--period")
