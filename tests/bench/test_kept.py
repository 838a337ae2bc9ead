"""A bench that was ended goes on: only what it had measured, of the same code, is taken again."""

import dataclasses

import pytest

from benches.detection import kept


@dataclasses.dataclass
class Options:
    part: str = "tuning"
    calls: int | None = None
    no_peers: bool = True
    as_built: bool = False
    first: int = 0
    kinds: tuple = ()
    resume: bool = True


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """[what was measured]; `with_kept` writes to a folder of its own."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    return []


def asked(name, options, measured):
    def measure():
        measured.append(name)
        return {"figure": len(measured)}

    return kept.with_kept(name, options, measure)


def test_what_was_measured_is_taken(measured):
    assert asked("clips", Options(), measured) == asked("clips", Options(), measured)
    assert measured == ["clips"]


def test_without_asking_for_it_everything_is_measured_again(measured):
    asked("clips", Options(), measured)
    assert asked("clips", Options(resume=False), measured) == {"figure": 2}


@pytest.mark.parametrize(
    "change", [{"part": "reporting"}, {"calls": 5}, {"no_peers": False}, {"as_built": True}]
)
def test_other_calls_are_other_figures(measured, change):
    asked("clips", Options(), measured)
    asked("clips", Options(**change), measured)
    asked("words", Options(), measured)
    assert measured == ["clips", "clips", "words"]


def test_other_code_is_measured_again(measured, monkeypatch):
    asked("clips", Options(), measured)
    monkeypatch.setattr(kept, "_code", lambda: "another byte")
    asked("clips", Options(), measured)
    assert measured == ["clips", "clips"]
