"""The engines' edges: what a failure in the core looks like, and that nothing is left running."""

import os
from pathlib import Path

import pytest
from callclip.core.events import name_of

from host_tools.progress import Progress
from simulator import render, runner, scenario
from simulator.recording import open_recording
from simulator.wavheader import RecordingError
from tests.sim.recordings import slots_of, two_voices, write


class Broken:
    """A recording that breaks off after 30 frames."""

    def blocks(self):
        yield slots_of(two_voices(30 * 320))
        raise RecordingError("call.wav: became shorter while it was read")


def children():
    """Processes that this one has started and not ended."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}


@pytest.mark.parametrize("engine", runner.ENGINES)
def test_a_failure_in_the_core_is_one_sentence_with_its_traceback_apart(tmp_path, engine):
    recording = open_recording(write(tmp_path / "call.wav", two_voices(32000)))
    before = children()
    with pytest.raises(runner.EngineError) as caught:
        runner.run(recording, {"greeting_ms": "three"}, engine)
    assert "\n" not in str(caught.value)
    assert "TypeError" in str(caught.value)
    assert "Traceback" in caught.value.detail
    assert children() == before


@pytest.mark.parametrize("engine", runner.ENGINES)
def test_a_recording_that_breaks_off_ends_the_run(engine):
    before = children()
    with pytest.raises(RecordingError, match="became shorter"):
        runner.run(Broken(), None, engine)
    assert children() == before


@pytest.mark.parametrize("engine", runner.ENGINES)
def test_progress_rises_to_the_end(tmp_path, engine):
    recording = open_recording(write(tmp_path / "call.wav", two_voices(7 * 16000)))
    seen = []
    result = runner.run(recording, None, engine, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == result.n_frames == recording.n_frames == 350


def test_a_result_gives_its_events_in_the_contracts_form():
    samples, _truth = render.render(scenario.load("silent_call"))

    class Call:
        def blocks(self):
            yield slots_of(samples)

    result = runner.run(Call())
    assert result.n_events_lost == 0
    assert result.duration_ms == len(samples) // 320 * 20
    assert len(result.frames) == result.n_frames
    for raw, event in zip(result.raw_events, result.events, strict=True):
        code, t_frames, call, _values = raw
        assert (event["event"], event["t_ms"], event["call"]) == (
            name_of(code),
            20 * t_frames,
            call,
        )


class Terminal:
    """A stream that is a terminal, or not, and keeps what was written."""

    def __init__(self, is_terminal):
        self.is_terminal = is_terminal
        self.text = ""

    def isatty(self):
        return self.is_terminal

    def write(self, text):
        self.text += text

    def flush(self):
        """Nothing waits here."""


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_progress_bar_is_drawn_for_a_person_who_waits_and_wiped_afterwards(
    monkeypatch, is_terminal
):
    now_s = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now_s[0])
    stream = Terminal(is_terminal)
    with Progress("listening", 200, stream) as progress:
        progress.at(20)
        assert stream.text == ""  # too early
        now_s[0] += 1
        progress.at(100)
        assert ("listening [###############               ]  50%" in stream.text) == is_terminal
    assert stream.text.endswith("\r\x1b[K") == is_terminal
    assert is_terminal or stream.text == ""
