"""A call of one's own, written as sound and its truth; and what is said of one with a mistake."""

import json

import pytest
import soundfile

from simulator import sweep
from simulator.compose import write_call

CALL = "title A short one\nseed 2\n\n1.0 line up\n+0.5 agent hello\n+1.0 end\n"


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "mine.call"
    path.write_text(CALL, encoding="utf-8")
    return path


def test_sound_and_truth(script, tmp_path, capsys):
    wav = tmp_path / "mine.wav"
    assert write_call.main([str(script), str(wav)]) == 0
    truth = json.loads(wav.with_suffix(".json").read_text(encoding="utf-8"))
    info = soundfile.info(wav)
    assert (info.channels, info.samplerate, info.subtype) == (2, 16000, "PCM_16")
    assert info.frames == truth["duration_ms"] * 16 and truth["agent"]
    assert str(wav) in capsys.readouterr().out


@pytest.mark.parametrize("tool", ["write_call", "sweep"])
def test_a_mistake_is_told_with_its_line_and_nothing_is_written(tool, script, tmp_path, capsys):
    script.write_text(CALL.replace("agent hello", "agent helo"), encoding="utf-8")
    wav = tmp_path / "mine.wav"
    argv = [str(script), str(wav)] if tool == "write_call" else [str(script)]
    main = write_call.main if tool == "write_call" else sweep.main
    assert main(argv) == 2
    told = capsys.readouterr().err
    assert f"{script}" in told and "5" in told and "helo" in told
    assert not wav.exists()


def test_the_sound_must_be_a_wav(script, capsys):
    with pytest.raises(SystemExit) as stopped:
        write_call.main([str(script), "mine.mp3"])
    assert stopped.value.code == 2 and "mine.mp3" in capsys.readouterr().err
