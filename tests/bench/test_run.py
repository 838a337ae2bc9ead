"""The bench as it is started: a scenario through the real bead, figures on disk, wrong usage."""

import json

import pytest

from benches.detection import __main__ as bench
from benches.detection import page, parts
from simulator.world import calls


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


def test_what_is_built_is_taken_by_its_number(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "WORLD", tmp_path)
    (tmp_path / "reporting").mkdir()
    for number in (3, 199, 200, 401, 600):
        for suffix in (".wav", ".json"):
            (tmp_path / "reporting" / f"{number:04d}{suffix}").touch()
    (tmp_path / "reporting" / "0402.wav").touch()  # a call that is not ready

    def names(first):
        return [each.name for each in parts.sources("reporting", None, 1, True, first)]

    assert names(0) == ["0003", "0199"]
    assert names(400) == ["0401"]


def test_a_number_below_none_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        bench.main(["--first", "-1"])
    assert ended.value.code == 2
    assert "-1" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        bench.main(["--part", "scenarios", "--first", "5"])
    assert ended.value.code == 2
    assert "names" in capsys.readouterr().err


def test_only_calls_of_some_kinds(tmp_path, monkeypatch):
    numbers = calls.numbered("tuning", 9, 200, ("silent", "one_word"))
    assert len(numbers) == 9 and numbers == sorted(numbers) and numbers[0] >= 200
    assert {calls._kind("tuning", n) for n in numbers} == {"silent", "one_word"}
    assert calls.numbered("tuning", 3, 7) == [7, 8, 9]
    (tmp_path / "tuning").mkdir()
    monkeypatch.setattr(parts, "WORLD", tmp_path)
    for number in range(200, 260):
        for suffix in (".wav", ".json"):
            (tmp_path / "tuning" / f"{number:04d}{suffix}").touch()
    found = parts.sources("tuning", None, 1, True, 200, ("silent", "one_word"))
    assert [int(each.name) for each in found] == [n for n in numbers if n < 260]


@pytest.mark.parametrize(
    "options", [["--kinds", "sad"], ["--part", "scenarios", "--kinds", "hold"]]
)
def test_kinds_that_there_are_not_are_refused(options, capsys):
    with pytest.raises(SystemExit) as ended:
        bench.main(options)
    assert ended.value.code == 2
    assert "kind" in capsys.readouterr().err


def test_the_page_tells_of_further_calls_apart():
    row = {"what": "hold", "goal": "97 %", "figure": "96 %", "is_met": False}
    told = {"false_prompts": {}, "agent_interruptions": {"reported": 3, "lit": 2}, "kinds": {}}
    figures = {"events": told}
    further = {"first": 400, "calls": 200, "hours": 6.5, "goals": [row], "figures": figures}
    result = {"figures": {}, "peers": {}, "part": "reporting", "goals": [], "further": further}
    text = page.text(result, [])
    assert "## Once more, over 200 further calls" in text and "numbers 400 to 599" in text
    assert "| hold | 97 % | 96 % | **no** |" in text
