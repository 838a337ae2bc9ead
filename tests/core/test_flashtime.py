"""When the unit may write flash: moments that nobody misses, rarely in a call."""

import pytest
from callclip.core import flashtime
from callclip.core.flashtime import FlashTime
from callclip.core.frame import Frame
from callclip.core.transitions import CLOSING, GREETING, HOLD, IDLE, RINGING, TALKING

IN_CALL = (GREETING, TALKING, HOLD, CLOSING)


def heard(is_agent=0, is_line=0, n_frames=flashtime.PAUSE_FRAMES, times=None):
    times = times or FlashTime()
    view = Frame()
    for channel, is_speech in ((view.agent, is_agent), (view.line, is_line)):
        channel.is_speech = channel.is_in_spurt = is_speech
    for _ in range(n_frames):
        times.hear(view)
    return times, view


@pytest.mark.parametrize("state", [IDLE, GREETING, TALKING, HOLD, CLOSING])
def test_not_into_somebodys_words(state):
    for who in ({"is_agent": 1}, {"is_line": 1}):
        times, view = heard(**who)
        assert not times.is_quiet(state, view)
    times, view = heard()
    assert times.is_quiet(state, view)


def test_not_into_a_ring():
    times, view = heard()
    assert not times.is_quiet(RINGING, view)


def test_a_breath_is_no_pause():
    times, _view = heard(is_agent=1)
    times, view = heard(n_frames=flashtime.PAUSE_FRAMES - 1, times=times)
    assert not times.is_quiet(TALKING, view)
    times, view = heard(n_frames=1, times=times)
    assert times.is_quiet(TALKING, view)


@pytest.mark.parametrize("state", IN_CALL)
def test_once_a_minute_in_a_call(state):
    times = FlashTime()
    assert times.is_allowed(state, True, False, 0)
    times.written(0)
    assert not times.is_allowed(state, True, False, flashtime.CALL_EVERY_MS - 1)
    assert times.is_allowed(state, True, False, flashtime.CALL_EVERY_MS)
    assert not times.is_allowed(state, False, False, flashtime.CALL_FORCED_MS - 1)
    assert times.is_allowed(state, False, False, flashtime.CALL_FORCED_MS)


@pytest.mark.parametrize("state", IN_CALL)
def test_a_full_buffer_goes_before_all(state):
    times = FlashTime()
    times.written(0)
    assert times.is_allowed(state, False, True, 1)


def test_outside_a_call_the_store_decides():
    times = FlashTime()
    times.written(0)
    assert times.is_allowed(IDLE, False, False, 1)
