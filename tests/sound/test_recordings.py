"""The recordings that come along: small, attributed, and as quiet as they were composed."""

import re

import numpy as np
import pytest
import soundfile

from simulator import calls, expected, render, scenario, sound
from simulator.compose import fetch_clips

ATTRIBUTION = calls.FOLDER.parent / "ATTRIBUTION.md"


def quiet_levels_db(samples, truth, state):
    """Levels of the line's 20 ms frames in one state, away from edges and from the agent's leak."""
    usable = np.zeros(len(samples), bool)
    for start_ms, end_ms, name in truth["line_states"]:
        if name == state:
            usable[(start_ms + 100) * 16 : max(start_ms + 100, end_ms - 100) * 16] = True
    for start_ms, end_ms in truth["agent"] + truth["customer"]:
        usable[max(0, start_ms - 100) * 16 : (end_ms + 300) * 16] = False
    frames = samples[: len(samples) // 320 * 320, 1].reshape(-1, 320) / 32768.0
    whole = usable[: len(frames) * 320].reshape(-1, 320).all(axis=1)
    return [sound.rms_db(frame) for frame in frames[whole]]


def test_clips_are_those_of_the_list_and_no_others():
    listed = {f"{voice}/{name}.flac" for voice, name, _source in fetch_clips.rows()}
    present = {str(p.relative_to(scenario.CLIPS)) for p in scenario.CLIPS.rglob("*.flac")}
    assert present == listed


def test_every_voice_and_piece_is_attributed():
    text = ATTRIBUTION.read_text(encoding="utf-8")
    for folder in scenario.CLIPS.iterdir():
        if folder.name == "music":
            for piece in folder.iterdir():
                assert f"`clips/music/{piece.name}`" in text
        else:
            assert f"`clips/{folder.name}/`" in text
    assert "https://creativecommons.org/licenses/by-sa/3.0/" in text


def test_no_more_than_two_pieces_of_music_are_used():
    assert len(list((scenario.CLIPS / "music").iterdir())) == 2


def test_every_clip_begins_and_ends_with_speech_at_the_common_level():
    for path in sorted(scenario.CLIPS.glob("*/*.flac")):
        samples, rate_hz = soundfile.read(path)
        assert (rate_hz, samples.ndim) == (16000, 1)
        if path.parent.name == "music":
            assert sound.rms_db(samples) == pytest.approx(-26, abs=0.1)
            continue
        assert sound.active_level_db(samples)[0] == pytest.approx(-26, abs=0.1), path.stem
        spurts = sound.speech_spurts(samples)
        assert spurts[0][0] <= 320, path.stem
        assert len(samples) - spurts[-1][1] <= 320, path.stem


def test_the_recordings_are_small():
    n_bytes = sum(p.stat().st_size for p in calls.FOLDER.parent.rglob("*") if p.is_file())
    assert n_bytes < 8_000_000
    assert sum(p.stat().st_size for p in calls.FOLDER.iterdir()) < 6_000_000


@pytest.mark.parametrize("name", calls.MORNING)
def test_a_recorded_call_is_its_scenario(name):
    composed, truth = render.render(scenario.load(name))
    recorded = calls.samples(name)
    assert truth == calls.truth(name)
    assert recorded.shape == composed.shape
    for channel in (0, 1):
        a, b = (block[:, channel].astype(float) for block in (composed, recorded))
        assert np.corrcoef(a, b)[0, 1] > 0.98  # no delay, and the same speech


@pytest.mark.parametrize("name", calls.MORNING)
def test_quiet_passages_survive_the_compression(name):
    composed, truth = render.render(scenario.load(name))
    recorded = calls.samples(name)
    dead = quiet_levels_db(recorded, truth, "NO_SIGNAL")
    assert np.percentile(dead, 99) < -75
    for state in ("NO_SIGNAL", "COMFORT_NOISE"):
        before, after = (quiet_levels_db(block, truth, state) for block in (composed, recorded))
        if before:
            assert np.median(after) == pytest.approx(np.median(before), abs=0.5)


def test_the_morning_is_one_wav_with_its_calls_one_after_another(tmp_path):
    parts, n_ms = calls.write_morning(tmp_path / "morning.wav")
    info = soundfile.info(tmp_path / "morning.wav")
    assert (info.samplerate, info.channels, info.subtype) == (16000, 2, "PCM_16")
    lengths = [len(calls.samples(name)) / 16000 for name in calls.MORNING]
    assert info.duration == pytest.approx(sum(lengths))
    assert [start for _title, start in parts] == pytest.approx(np.cumsum([0, *lengths[:-1]]))
    assert n_ms == pytest.approx(info.duration * 1000, abs=1)
    assert 180 < info.duration < 600


def test_the_demo_shows_what_it_promises():
    """A silent call to its third stage, a noisy line, a long hold, and a call that just ends."""
    wanted = {name: {e["event"] for e in calls.truth(name)["events"]} for name in calls.MORNING}
    assert wanted["normal_call"] == {"RING", "CALL_STARTED", "TAIL_SILENCE", "CALL_ENDED"}
    assert {e.get("stage") for e in calls.truth("silent_call")["events"]} >= {1, 2, 3}
    assert "NOISY_LINE" in wanted["noisy_line"]
    assert {"HOLD_STARTED", "LONG_HOLD", "HOLD_ENDED"} <= wanted["long_hold"]
    assert "CALL_ENDED" in wanted["dropped_line"]


def test_expected_events_follow_the_settings():
    """The yardstick itself: a longer wait moves the stages of a silent call by as much."""
    _samples, truth = render.render(scenario.load("silent_call"))
    stages = [e for e in expected.events(truth) if e["event"] == "SILENT_CALL"]
    shorter = expected.events(truth, {"silent_call_ms": 4000})
    stages_shorter = [e for e in shorter if e["event"] == "SILENT_CALL"]
    assert [e["stage"] for e in stages] == [1, 2, 3]
    assert stages[0]["t_ms"] == truth["agent"][1][1] + 5000
    assert stages_shorter[0]["t_ms"] == truth["agent"][1][1] + 4000


def test_the_list_of_clips_names_only_known_voices():
    text = (fetch_clips.HERE / "clips.txt").read_text(encoding="utf-8")
    voices = set(re.findall(r"^(\w+)  ", text, flags=re.MULTILINE))
    assert voices == {"studio", "reader", "caller", "operator", "music"}
