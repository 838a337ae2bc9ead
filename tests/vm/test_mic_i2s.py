"""The microphone port against a stand-in that loses DMA buffers in silence, as the chip does.

The recording counts sample pairs, so what was lost can be read off what arrived.
"""

import numpy as np
import pytest

from tests.vm import world

_LOOP = """
    from callclip import board
    from callclip.ports.mic_i2s import Microphones
    mics = Microphones(0, 26, 25, 33, board.I2S_BUFFER_BYTES, board.WARM_UP_SAMPLES, world.now_ms)
    firsts = []
    lost_ms = []
    def listen(n_frames):
        n = 0
        while n < n_frames:
            slots = mics.poll(world.now_ms)
            if slots is None:
                time.sleep_ms(4)
                continue
            n += 1
            left = int.from_bytes(slots[:4], "little") >> 8
            right = int.from_bytes(slots[4:8], "little") >> 8
            mics.go_on()
            firsts.append([left, right])
            found = mics.take_lost_ms()
            if found:
                lost_ms.append(found)
"""


def _counting(n_pairs):
    """Slots whose left samples count pairs and whose right ones count down."""
    left = np.arange(n_pairs, dtype="<i4") << 8
    right = (n_pairs - np.arange(n_pairs, dtype="<i4")) << 8
    return np.stack([left, right], 1).tobytes()


def _hear(tmp_path, lines, n_pairs=160000):
    return world.told(tmp_path, _LOOP + lines, slots=_counting(n_pairs))


def test_the_first_frame_is_the_recordings_first_sample_and_none_is_missing(tmp_path):
    firsts, lost_ms = _hear(tmp_path, "    listen(400)\n    tell([firsts, lost_ms])\n")
    assert firsts == [[320 * i, 160000 - 320 * i] for i in range(400)]
    assert lost_ms == []


@pytest.mark.parametrize("pause_ms", [50, 90, 100])
def test_a_pause_that_the_driver_bridges_loses_nothing(tmp_path, pause_ms):
    lines = f"""
    listen(50)
    time.sleep_ms({pause_ms})
    listen(100)
    tell([firsts, lost_ms])
"""
    firsts, lost_ms = _hear(tmp_path, lines)
    assert firsts == [[320 * i, 160000 - 320 * i] for i in range(150)]
    assert lost_ms == []


@pytest.mark.parametrize("pause_ms", [160, 200, 500, 900])
def test_what_the_driver_loses_in_silence_is_found_by_the_clock(tmp_path, pause_ms):
    lines = f"""
    listen(50)
    time.sleep_ms({pause_ms})
    listen(100)
    tell([firsts, lost_ms, mics._i2s.n_dropped])
"""
    firsts, lost_ms, n_dropped = _hear(tmp_path, lines)
    truly_lost_ms = (firsts[-1][0] - 320 * 149) // 16
    assert truly_lost_ms == 16 * n_dropped > 0
    # All that is certain is told before the first frame behind the loss; a buffer may follow.
    assert lost_ms[0] >= truly_lost_ms - 16
    assert sum(lost_ms) == truly_lost_ms


def test_several_gaps_add_up(tmp_path):
    lines = """
    for _ in range(5):
        listen(30)
        time.sleep_ms(200)
    listen(30)
    tell([firsts, lost_ms])
"""
    firsts, lost_ms = _hear(tmp_path, lines)
    assert sum(lost_ms) == (firsts[-1][0] - 320 * 179) // 16 > 0


def test_a_bus_that_gives_nothing_any_more_is_opened_anew(tmp_path):
    lines = """
    listen(50)
    mics._i2s.deinit()
    while not mics.is_stalled(world.now_ms):
        assert mics.poll(world.now_ms) is None or firsts
        time.sleep_ms(4)
    silent_ms = world.now_ms - mics._full_ms
    mics.restart(world.now_ms)
    before_ms = world.now_ms
    listen(50)
    tell([firsts, lost_ms, silent_ms, before_ms])
"""
    firsts, lost_ms, silent_ms, before_ms = _hear(tmp_path, lines)
    assert 1000 < silent_ms < 1010
    # Frame 50 is the first behind the second warm-up of 256 ms; time zero is the first start.
    assert firsts[50][0] == 16 * before_ms
    assert [left - firsts[50][0] for left, _right in firsts[50:]] == [320 * i for i in range(50)]
    assert lost_ms == [silent_ms + 256]  # the warm-up is lost, too


@pytest.mark.parametrize("erase_ms", [20, 45, 90, 400])
def test_what_an_erase_of_flash_costs_is_found_by_the_clock(tmp_path, erase_ms):
    lines = f"""
    listen(50)
    world.stand_still({erase_ms})
    listen(60)
    world.stand_still({erase_ms})
    world.stand_still({erase_ms})
    listen(100)
    tell([firsts, lost_ms, mics._i2s.n_dropped])
"""
    firsts, lost_ms, n_dropped = _hear(tmp_path, lines)
    truly_lost_ms = (firsts[-1][0] - 320 * 209) // 16
    # All buffers that complete meanwhile but the last, which an interrupt at the end still sees.
    assert 3 * (erase_ms // 16 - 1) <= n_dropped <= 3 * (erase_ms // 16)
    assert truly_lost_ms == 16 * n_dropped
    assert sum(lost_ms) == truly_lost_ms


def test_late_after_an_erase_loses_more_and_counts_each_hole_once(tmp_path):
    lines = """
    listen(50)
    world.stand_still(90)
    time.sleep_ms(300)
    listen(100)
    tell([firsts, lost_ms, mics._i2s.n_dropped])
"""
    firsts, lost_ms, n_dropped = _hear(tmp_path, lines)
    assert (firsts[-1][0] - 320 * 149) // 16 == 16 * n_dropped == sum(lost_ms) > 200
