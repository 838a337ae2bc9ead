"""Waiting for what a unit does by itself: what is told meanwhile; Ctrl-C stops it there, too."""

import pytest

from host_tools import underway

TELL, START, STOP = range(3)


@pytest.fixture
def said(monkeypatch):
    """What was said, by somebody who does not wait."""
    lines = []
    monkeypatch.setattr(underway.time, "sleep", lambda _s: None)
    monkeypatch.setattr(underway, "say", lines.append)
    return lines


def unit_of(answers, asked):
    left = list(answers)

    def ask(action):
        asked.append(action)
        answer = left.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return ask


def words_of(answer):
    return None if answer == "over" else answer.strip("-")


def test_it_is_started_once_then_asked_until_it_is_over(said):
    asked = []
    ask = unit_of(("-", "a", "a", "-", "b", "over"), asked)
    assert underway.wait_over(ask, START, TELL, STOP, words_of) == "over"
    assert asked == [START, TELL, TELL, TELL, TELL, TELL]
    assert said == ["a", "b"]


def test_what_is_over_at_once_is_not_asked_again(said):
    asked = []
    assert underway.wait_over(unit_of(("over",), asked), START, TELL, STOP, words_of) == "over"
    assert (asked, said) == ([START], [])


def test_ctrl_c_stops_it_on_the_unit_too(said):
    asked = []
    ask = unit_of(("a", KeyboardInterrupt(), "over"), asked)
    with pytest.raises(KeyboardInterrupt):
        underway.wait_over(ask, START, TELL, STOP, words_of)
    assert asked == [START, TELL, STOP]
