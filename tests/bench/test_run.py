"""The bench as it is started: a scenario through the real bead, figures on disk, wrong usage."""

import json

import pytest

from benches.detection import __main__ as bench
from benches.detection import parts


def test_a_run_writes_its_figures(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(parts, "BENCH", tmp_path)
    only = ",".join(bench.OVER_CALLS)
    options = ["--part", "scenarios", "--calls", "1", "--jobs", "1", "--no-peers", "--json"]
    assert bench.main([*options, "--only", only, "--worst", "2"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "detection-in-part.json").read_text())
    assert set(printed["figures"]) == set(bench.OVER_CALLS)
    assert printed["figures"]["events"]["calls"] == 1
    assert 0.0 < printed["figures"]["speech"]["agent"]["detectors"]["callclip"]["f1"]["all"] <= 1.0


def test_a_figure_of_another_name_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        bench.main(["--only", "spelling"])
    assert ended.value.code == 2
    assert "spelling" in capsys.readouterr().err


def test_calls_are_taken_evenly():
    assert parts.evenly(list("abcdef"), 3) == ["a", "c", "e"]
    assert parts.evenly([1, 2], 5) == [1, 2]
