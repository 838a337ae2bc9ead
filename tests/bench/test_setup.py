"""What the bench's set-up asks for, and what it says when something cannot be had."""

import re
import tomllib

import pytest

from benches.detection import libcxx
from host_tools import bootstrap
from tests.house.source import ROOT


def test_every_level_of_the_set_up_is_an_extra_that_exists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = {
        extra
        for text in bootstrap.REQUIREMENTS.values()
        for extra in re.findall(r"\[(\w+)\]", text)
    }
    assert asked <= set(extras)
    assert set(bootstrap.INCLUDED_IN) == set(bootstrap.REQUIREMENTS)


def test_a_library_that_cannot_be_had_is_an_error_with_its_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(libcxx, "BUILD", tmp_path)
    monkeypatch.setattr(libcxx, "OWN", tmp_path / "libcxx")
    monkeypatch.setattr(libcxx, "is_here", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(libcxx.LibraryError, match="apt install libc"):
        libcxx.fetch()
    assert list(tmp_path.iterdir()) == []
