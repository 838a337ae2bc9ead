"""A customer behind mains hum: he is heard, though his level is below the hum's."""

import numpy as np
import pytest
from callclip.core import events

from simulator import render, runner, sound, sweep
from tests.sound import test_short_words as short

RATE_HZ = short.RATE_HZ
HUM_DB, VOICE_DB = -36, -38
SENTENCE_S = 2.0


def mains_hum(n, level_db):
    """50 Hz and a tenth of its power at 150 Hz, below the telephone band."""
    phase = 2 * np.pi * 50 * np.arange(n) / RATE_HZ
    wave = np.sin(phase) + 0.316 * np.sin(3 * phase)
    return wave * sound.gain_from_db(level_db - sound.rms_db(wave))


def kinds_heard(name):
    """Of the events when the customer says a sentence, and the line goes dead."""
    both = short.silent_call().copy()
    up, down = int(short.LINE_UP_S * RATE_HZ), int(short.LINE_DOWN_S * RATE_HZ)
    both[up:down, 1] += mains_hum(down - up, HUM_DB)
    voice = render.clip(name)[: int(SENTENCE_S * RATE_HZ)]
    at = int(short.WORD_AT_S * RATE_HZ)
    both[at : at + len(voice), 1] += voice * sound.gain_from_db(VOICE_DB - sound.rms_db(voice))
    samples = np.clip(np.rint(both * 32768), -32768, 32767).astype(np.int16)
    return [code for code, _at, _call, _values in runner.run(sweep.Heard(samples)).raw_events]


@pytest.mark.parametrize("name", short.clips()[::4])
def test_a_customer_2_db_below_mains_hum_is_heard(name):
    """Only who has been heard can be held."""
    assert events.HOLD_STARTED in kinds_heard(name)
